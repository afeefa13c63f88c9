//! Policies and matching rules in Terraform source.
//!
//! All files of a folder are one module. From every `statements` and `matching_rule` we go back to the strings that reach
//! it, through locals, defaults of variables, lists, functions that put lists together and both branches of conditions;
//! what only running Terraform would show stays a template. Each string is read where it is written, once. Strings that
//! reach no resource of this module (they may be on their way into another one) are read if they are the value of such a
//! key, or read like statements.
//!
//! # Source
//! Terraform language, "Resources", "Local Values", "Input Variables", "Functions"; OCI provider, `oci_identity_policy`,
//! `oci_identity_dynamic_group`, `oci_identity_domains_dynamic_resource_group`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "expressions are another package's; what a reader does not name gives no text"
)]

mod collect;
mod lenient;
mod module;
mod text;

use hcl_edit::structure::Body;

use super::{Contents, TERRAFORM_SYNTAX};
use crate::diagnostic::Diagnostic;
use crate::source::{Place, Source, SourceId, Span};

/// A file of a module.
struct File<'s> {
    id: SourceId,
    source: &'s Source,
    body: Body,
}

/// Reads the files of one module: those of one folder.
#[must_use]
pub fn terraform(files: &[(SourceId, &Source)]) -> Contents {
    let mut contents = Contents::default();
    let mut read = Vec::with_capacity(files.len());
    for &(id, source) in files {
        match parse(source.text()) {
            Ok(body) => read.push(File { id, source, body }),
            Err(error) => contents.findings.push(broken(id, source, &error)),
        }
    }
    let module = module::Module::new(&read);
    collect::collect(&module, &mut contents);
    for &(id, _) in files {
        super::limit(id, &mut contents);
    }
    contents
}

/// The most keys of a file that stand twice in their objects.
const MOST_REPEATED: u8 = 100;

/// Parses a file, and once more without what Terraform takes and the parser does not.
fn parse(text: &str) -> Result<Body, hcl_edit::parser::Error> {
    hcl_edit::parser::parse_body(text).or_else(|error| {
        let mut text = lenient::joined(text);
        for round in 0..MOST_REPEATED {
            text = match hcl_edit::parser::parse_body(&text) {
                Ok(body) => return Ok(body),
                Err(next) => match lenient::told_apart(&text, &next, round) {
                    Some(text) => text,
                    None => break,
                },
            };
        }
        // The first error is about the text as it is written.
        Err(error)
    })
}

fn broken(id: SourceId, source: &Source, error: &hcl_edit::parser::Error) -> Diagnostic {
    let (line, column) = (error.location().line(), error.location().column());
    let unclosed = error.message() == "unexpected token" && (line, column) == (1, 1);
    // The parser goes back to the beginning where it meets the end in the middle of something.
    let (line, column, message) = if unclosed {
        let last = source.line_count();
        (last, usize::MAX, "it ends before everything that is open is closed")
    } else {
        (line, column, error.message())
    };
    let line = line.checked_sub(1).and_then(|line| source.line_span(line)).unwrap_or_default();
    let text = source.slice(line);
    let before: usize = text.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    let offset = line.start.saturating_add(u32::try_from(before).unwrap_or(u32::MAX)).min(line.end);
    let place = Place { source: id, span: Span::new(offset, offset) };
    Diagnostic::error(TERRAFORM_SYNTAX, place, format!("this is no Terraform: {message}"))
        .with_help("`terraform validate` says more; nothing of this file was read")
}
