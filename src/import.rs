//! A tenancy model from what the OCI CLI prints.
//!
//! Everything that `oci … list` and `oci … get` write as JSON is taken, whatever the files are called: what a record is
//! shows in its keys and in the type of its OCID. Keys may be spelled as the CLI, the SDKs or the REST interface do;
//! several answers may stand in one file, one behind another. What was deleted is left out.
//!
//! A dump is rarely whole. What is not in it is never taken for empty: the model says `not-known`, and the report says
//! which command would supply it.
//!
//! # Source
//! OCI CLI command reference (`iam`, `identity-domains`, `kms`, `ce`, `search`), read 2026-11: answers have a `data` key
//! over a list or a mapping, a list of a search or a domain has its records below `items` or `resources`, and an answer
//! that is not the last page has `opc-next-page`. An empty list prints nothing at all.
//!
//! # Example
//! ```
//! use ocipol::import::Import;
//!
//! let mut import = Import::new();
//! import.add("tenancy.json", r#"{"data": {"id": "ocid1.tenancy.oc1..fjord", "name": "Fjord"}}"#)?;
//! import.add(
//!     "groups.json",
//!     r#"{"data": [{"id": "ocid1.group.oc1..pilots", "name": "Pilots", "compartment-id": "ocid1.tenancy.oc1..fjord"}]}"#,
//! )?;
//! let imported = import.finish()?;
//! assert!(imported.model.starts_with("tenancies:\n- name: Fjord\n  id: ocid1.tenancy.oc1..fjord\n"));
//! assert!(imported.model.contains("not-known:\n  - compartments\n  - users\n  - memberships\n"));
//! assert_eq!(imported.took[1].words(), "groups.json: 1 group");
//! assert!(imported.missing.iter().any(|missing| missing.command.starts_with("oci iam user list")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assemble;
mod record;
mod written;

use std::collections::BTreeMap;

use record::Found;

/// Answers of the OCI CLI that are to become a model.
#[derive(Debug, Default)]
pub struct Import {
    found: Found,
    took: Vec<Took>,
}

/// What an import gives.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The tenancy model as YAML, the same for the same answers in whatever order they came.
    pub model: String,
    /// What was taken from which file, in the order they came.
    pub took: Vec<Took>,
    /// What the answers do not say, and what would.
    pub missing: Vec<Missing>,
    /// What was left out of the model or concluded from something else, each in one clause.
    pub notes: Vec<String>,
}

/// What was taken from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Took {
    /// The name of the file.
    pub file: String,
    /// How many records of each kind, by the name of the kind; empty where there is none.
    pub counts: BTreeMap<&'static str, usize>,
    /// Whether the answer says that it has more pages.
    pub has_more_pages: bool,
}

/// Something that the answers do not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The tenancy it is missing in.
    pub tenancy: String,
    /// What is missing, in one clause.
    pub what: String,
    /// The command that would supply it.
    pub command: String,
}

/// A text is no JSON.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` is no JSON at {line}:{column}")]
pub struct NotJson {
    /// The name of the file.
    pub file: String,
    /// Line of the first mistake, from 1.
    pub line: usize,
    /// Column of it, from 1.
    pub column: usize,
    /// What the reader says.
    #[source]
    pub source: serde_json::Error,
}

/// There is nothing to make a model of.
#[derive(Debug, thiserror::Error)]
pub enum NoModel {
    /// No record says which tenancy it belongs to.
    #[error("no answer of the OCI CLI names a tenancy")]
    NoTenancy,
    /// The model cannot be written.
    #[error(transparent)]
    Write(#[from] crate::yaml::WriteError),
}

impl Took {
    /// The file and what was taken from it, as people read it.
    #[must_use]
    pub fn words(&self) -> String {
        let counts: Vec<String> = self
            .counts
            .iter()
            .map(
                |(kind, count)| {
                    if *count == 1 { format!("1 {kind}") } else { format!("{count} {}", plural(kind)) }
                },
            )
            .collect();
        let counts = if counts.is_empty() {
            "nothing it knows; an empty list does not say what of".to_owned()
        } else {
            counts.join(", ")
        };
        let more = if self.has_more_pages { ", and there are more pages" } else { "" };
        format!("{}: {counts}{more}", self.file)
    }
}

fn plural(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) if kind != "key" => format!("{stem}ies"),
        _ => format!("{kind}s"),
    }
}

impl Import {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what stands in a file. An empty text is the answer of an empty list.
    ///
    /// # Errors
    /// [`NotJson`] at the first mistake; the answers in front of it are taken.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), NotJson> {
        let mut took = Took { file: file.to_owned(), counts: BTreeMap::new(), has_more_pages: false };
        let folder = file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
        let mut answers = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
        let mut mistake = None;
        for answer in &mut answers {
            match answer {
                Ok(answer) => self.found.take(&answer, folder, &mut took),
                Err(source) => {
                    let (line, column) = (source.line(), source.column().max(1));
                    mistake = Some(NotJson { file: file.to_owned(), line, column, source });
                    break;
                }
            }
        }
        self.took.push(took);
        mistake.map_or(Ok(()), Err)
    }

    /// Makes the model.
    ///
    /// # Errors
    /// [`NoModel`] when no record names a tenancy.
    pub fn finish(self) -> Result<Imported, NoModel> {
        let assembled = assemble::assemble(self.found)?;
        Ok(Imported {
            model: crate::yaml::write(&assembled.model)?,
            took: self.took,
            missing: assembled.missing,
            notes: assembled.notes,
        })
    }
}
