//! The project file `ocipol.yaml`: what is checked, in which world, and how heavy each kind of finding is.
//!
//! ```yaml
//! paths: [policies, terraform/iam]    # files and folders; those of the command line come first
//! tenancies: fjord.tenancy.yaml       # the world, where the command line names none
//! lints:
//!   unused-define: error              # error, warning, info or style: how heavy it is here
//!   mergeable-statements: off
//!   dg-compartment-not-inherited: on  # as heavy as it is; needed for lints that are off by default
//! ```
//!
//! Every key may be left out. Paths are relative to the folder of the file.
//!
//! # Example
//! ```
//! use ocipol::lint::Level;
//! use ocipol::project;
//! use ocipol::source::{Source, Sources};
//! let mut sources = Sources::new();
//! let id = sources.add(Source::new("ocipol.yaml", "paths: [policies]\nlints: {unused-define: off}\n")?);
//! let (project, findings) = project::read(&sources, id);
//! assert!(findings.is_empty());
//! assert_eq!(project.paths, ["policies"]);
//! assert_eq!(project.levels[0].1, Level::Off);
//! # Ok::<(), ocipol::source::TooLong>(())
//! ```

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::lint::{self, LINTS, Level, Lint};
use crate::source::{SourceId, Sources, Spanned};
use crate::suggest;
use crate::yaml::{self, Fields};

/// What the file is called.
pub const NAME: &str = "ocipol.yaml";

/// What a project file says.
#[derive(Debug, Default)]
pub struct Project {
    /// Files and folders to work on, relative to the project file; empty where it names none.
    pub paths: Vec<String>,
    /// The tenancy model, relative to the project file; `None` where it names none.
    pub tenancies: Option<String>,
    /// Lints that do not run as they usually do.
    pub levels: Vec<(&'static Lint, Level)>,
}

const LEVELS: [(&str, Level); 6] = [
    ("off", Level::Off),
    ("on", Level::On),
    ("error", Level::At(Severity::Error)),
    ("warning", Level::At(Severity::Warning)),
    ("info", Level::At(Severity::Info)),
    ("style", Level::At(Severity::Style)),
];

/// Reads a project file; the findings say what is wrong with it. An empty file says nothing.
#[must_use]
pub fn read(sources: &Sources, id: SourceId) -> (Project, Vec<Diagnostic>) {
    let mut project = Project::default();
    let Some(source) = sources.get(id) else { return (project, Vec::new()) };
    let (documents, mut findings) = yaml::read(source, id);
    if let Some(document) = documents.first()
        && let Some(mut fields) = Fields::of(id, document, "a project file", &mut findings)
    {
        project.paths = fields.texts("paths").into_iter().map(|path| path.node).collect();
        project.tenancies = fields.text("tenancies").map(|path| path.node);
        for (name, word) in fields.text_map("lints") {
            if let Some(level) = level(&mut fields, &name, &word) {
                project.levels.push(level);
            }
        }
        fields.finish();
    }
    diagnostic::sort(&mut findings);
    (project, findings)
}

fn level(
    fields: &mut Fields<'_, '_>,
    name: &Spanned<String>,
    word: &Spanned<String>,
) -> Option<(&'static Lint, Level)> {
    let Some(lint) = lint::find(&name.node) else {
        let known = LINTS.iter().map(|lint| lint.code.id());
        let help = suggest::did_you_mean(&name.node, known).map_or_else(
            || "the id stands in front of the message of a finding".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        fields.wrong(name.span, format!("there is no lint `{}`", name.node), help);
        return None;
    };
    Some((lint, fields.choice_of(lint.code.id(), word, &LEVELS)?))
}
