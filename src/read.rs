//! Getting policies, matching rules and tenancy models out of the files people keep them in.
//!
//! One file per format. A reader takes a [`Source`] and gives its [`Contents`]; it opens nothing and knows of no other
//! file, so that many files may be read at once. Terraform alone is read by folder: all its files are one module.
//!
//! | format | what is read |
//! |---|---|
//! | policy text | statements one after another, see [`parse::policies`] |
//! | YAML, JSON | `statements`, `matching-rule`, `tenancies`, and lists of texts that are statements, wherever they stand |
//! | output of the OCI CLI, Terraform plans, `.tf.json` | JSON of a known shape |
//! | Terraform | what reaches `statements` and `matching_rule`, as far as it is written down |

mod document;
mod terraform;

pub use document::document;
pub use terraform::terraform;

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::host::Hosts;
use crate::parse;
use crate::passage::Passage;
use crate::source::{Place, Source, SourceId, Span, Spanned};
use crate::syntax::{MatchingRule, Policy, Reading};
use crate::yaml::Node;

/// The text is no JSON.
pub const JSON_SYNTAX: Code = Code::new("json/invalid-json");
/// The text is no Terraform.
pub const TERRAFORM_SYNTAX: Code = Code::new("terraform/invalid-terraform");
/// A file holds more statements than we read.
pub const TOO_MANY: Code = Code::new("file/too-many-statements");

/// The most statements that are read from one file; more are reported, not read.
pub const MAX_STATEMENTS: usize = 200_000;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Policy text.
    Policy,
    /// YAML.
    Yaml,
    /// JSON: a document of somebody's tool, Terraform's, a Terraform plan, or what the OCI CLI prints.
    Json,
    /// Terraform source and its variable files.
    Terraform,
}

impl Format {
    /// What the name of a file says; `None` where it says nothing.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "policy" | "txt" => Some(Self::Policy),
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "tf" | "tfvars" => Some(Self::Terraform),
            _ => None,
        }
    }

    /// Whether a text has a word without which it holds nothing of ours: a quick look, before it is read.
    #[must_use]
    pub fn may_hold_policies(self, text: &str) -> bool {
        match self {
            Self::Policy => text.lines().any(parse::resembles_statement),
            Self::Yaml | Self::Json | Self::Terraform => {
                let keys = ["statements", "matching-rule", "matching_rule", "matchingRule", "tenancies"];
                keys.iter().any(|key| text.contains(key)) || has_a_first_word(text)
            }
        }
    }
}

/// Whether a text has a word that statements begin with, wherever it stands.
fn has_a_first_word(text: &str) -> bool {
    let words = ["allow ", "deny ", "define ", "endorse ", "admit "];
    let begins = |rest: &[u8]| {
        words.iter().any(|word| {
            rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        })
    };
    let bytes = text.as_bytes();
    (0..bytes.len()).any(|at| bytes.get(at..).is_some_and(begins))
}

/// Whether a file is known to be one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// A tenancy model by its name: keys it does not have are mistakes.
    Model,
    /// Somebody named the file: every list of `statements` in it is a policy.
    Named,
    /// Found in a folder: a list of `statements` is a policy if some text in it begins like a statement, a list of
    /// `tenancies` a model if all of them have a name or an id.
    Found,
}

/// The matching rule of a dynamic group, with what is known of the group.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The source it lies in.
    pub source: SourceId,
    /// The group's name, where the file gives one.
    pub name: Option<String>,
    /// The rule.
    pub rule: Spanned<MatchingRule>,
    /// How faithfully it could be read.
    pub reading: Reading,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// Its policies that have statements.
    pub policies: Vec<Policy>,
    /// Its matching rules.
    pub rules: Vec<Rule>,
    /// Its tenancy models: the lists behind `tenancies`.
    pub models: Vec<Node>,
    /// The strings it holds policy text in.
    pub hosts: Hosts,
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
}

impl Contents {
    /// Whether there is nothing to check, and nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
            && self.rules.is_empty()
            && self.models.is_empty()
            && self.findings.is_empty()
    }
}

/// Reads policy text.
#[must_use]
pub fn policy_text(source: &Source, id: SourceId) -> Contents {
    let (policies, findings) = parse::policies(source, id);
    // Comments in front of the first `# policy:` line are no policy; a policy that is named and empty is a mistake.
    let is_policy = |policy: &Policy| policy.name.is_some() || policy.statements().next().is_some();
    let policies = policies.into_iter().filter(is_policy).collect();
    let mut contents = Contents { policies, findings, ..Contents::default() };
    limit(id, &mut contents);
    contents
}

/// Reads a text that is one matching rule.
#[must_use]
pub fn matching_rule(source: &Source, id: SourceId) -> Contents {
    let mut contents = Contents::default();
    let passage = Passage::verbatim(id, source.text(), 0);
    let (rule, reading) = parse::matching_rule(&passage, &mut contents.findings);
    contents.rules.push(Rule { source: id, name: None, rule, reading });
    contents
}

/// Leaves out what is too much.
fn limit(id: SourceId, contents: &mut Contents) {
    let mut count = 0;
    for policy in contents.policies.iter_mut().filter(|policy| policy.source == id) {
        let room = MAX_STATEMENTS.saturating_sub(count);
        count += policy.items.len();
        let Some(first) = policy.items.get(room) else { continue };
        let place = Place { source: id, span: Span::new(first.span.start, first.span.start) };
        policy.items.truncate(room);
        if room > 0 {
            contents.findings.push(
                Diagnostic::error(
                    TOO_MANY,
                    place,
                    format!("the file holds more than {MAX_STATEMENTS} statements"),
                )
                .with_help("split the file; what stands from here on is not read"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::{Item, Statement};

    #[test]
    fn a_file_has_so_many_statements_and_no_more() {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("many.policy", "").unwrap());
        let item = |start| Item {
            statement: Statement::Broken,
            span: Span::new(start, start + 1),
            reading: Reading::Guessed,
            faults: Vec::new(),
            comments: Vec::new(),
        };
        let policy = |range: std::ops::Range<u32>| Policy {
            source: id,
            name: None,
            attachment: None,
            items: range.map(item).collect(),
        };
        let most = u32::try_from(MAX_STATEMENTS).unwrap();
        let policies = vec![policy(0..most - 1), policy(most - 1..most + 5), policy(most + 5..most + 6)];
        let mut contents = Contents { policies, ..Contents::default() };
        limit(id, &mut contents);
        assert_eq!(contents.policies.iter().map(|policy| policy.items.len()).sum::<usize>(), MAX_STATEMENTS);
        let [finding] = contents.findings.as_slice() else { panic!("{:?}", contents.findings) };
        assert_eq!((finding.code, finding.place().unwrap().span.start), (TOO_MANY, most));
    }
}
