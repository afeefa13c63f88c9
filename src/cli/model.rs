//! Reading tenancy models for commands that need them.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::files::{self, ReadError};
use crate::source::Sources;
use crate::tenancy::{self, Tenancies};
use crate::yaml::{self, Fields};

/// Reads a tenancy model from a file; the findings say what is wrong with it.
///
/// # Errors
/// [`ReadError`] when the file itself cannot be read.
pub(crate) fn read(sources: &mut Sources, path: &Path) -> Result<(Tenancies, Vec<Diagnostic>), ReadError> {
    let id = files::open(sources, path)?;
    let Some(source) = sources.get(id) else { return Ok(Default::default()) };
    let (documents, mut findings) = yaml::read(source, id);
    let mut open = files::beside(path);
    let mut model = Tenancies::default();
    match documents.first() {
        None if findings.is_empty() => {
            let place = crate::source::Place { source: id, span: crate::source::Span::default() };
            findings.push(
                Diagnostic::error(yaml::MISSING_KEY, place, "the file is empty")
                    .with_help("write `tenancies:` with a list of tenancies"),
            );
        }
        None => {}
        Some(document) => {
            if let Some(mut fields) = Fields::of(id, document, "a tenancy model", &mut findings) {
                let tenancies =
                    fields.required("tenancies").and_then(|node| node.items()).unwrap_or_default();
                fields.list("tenancies");
                fields.finish();
                model = tenancy::read(sources, id, tenancies, &mut open, &mut findings);
            }
        }
    }
    crate::diagnostic::sort(&mut findings);
    Ok((model, findings))
}
