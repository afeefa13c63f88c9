//! Worlds for tests: tenancy models from files or texts, with policies attached.

use std::path::{Path, PathBuf};

use ocipol::decide::{Decision, decide};
use ocipol::diagnostic::Diagnostic;
use ocipol::explain::{Account, explain};
use ocipol::files;
use ocipol::parse;
use ocipol::program::{Mode, Program};
use ocipol::request::{Action, Ask, Asker};
use ocipol::resolve::resolve;
use ocipol::source::{Source, Sources};
use ocipol::tenancy::{self, AttachedPolicy, Tenancies};
use ocipol::yaml;

/// A path below `fixtures/`.
pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

/// A model, and the sources it points into.
pub(crate) struct World {
    pub(crate) sources: Sources,
    pub(crate) model: Tenancies,
    pub(crate) findings: Vec<Diagnostic>,
}

impl World {
    /// Reads a tenancy model's text.
    pub(crate) fn new(yaml: &str) -> Self {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("world.tenancy.yaml", yaml).unwrap());
        let (documents, mut findings) = yaml::read(sources.get(id).unwrap(), id);
        let nodes = documents[0].get("tenancies").and_then(|node| node.items()).unwrap();
        let model = tenancy::read(
            &mut sources,
            id,
            nodes,
            &mut |_, _| Err("no files here".to_owned()),
            &mut findings,
        );
        Self { sources, model, findings }
    }

    /// Reads a tenancy model of the fixtures.
    pub(crate) fn fixture(path: &str) -> Self {
        Self::new(&std::fs::read_to_string(fixture(path)).unwrap())
    }

    /// Attaches the policies of a policy text whose names are wanted.
    pub(crate) fn attach(&mut self, path: &Path, wanted: impl Fn(&str) -> bool) {
        let id = files::open(&mut self.sources, path).unwrap();
        let (policies, findings) = parse::policies(self.sources.get(id).unwrap(), id);
        self.findings.extend(findings);
        for policy in policies {
            let name = policy.name.as_ref().map(|name| name.node.clone()).unwrap_or_default();
            let Some(attachment) = policy.attachment.as_ref() else { continue };
            if wanted(&name) {
                let attachment = tenancy::place(&self.model, &attachment.node).unwrap();
                self.model.attach(AttachedPolicy { name, id: None, attachment, policy });
            }
        }
    }

    /// Binds the policies.
    pub(crate) fn program(&self) -> Program {
        resolve(&self.model, Mode::default()).0
    }
}

/// Decides one question about things of the model.
pub(crate) fn ask(program: &Program, who: &str, operation: &str, target: &str) -> (Decision, Account) {
    put(program, Ask::new(Asker::Named(who.to_owned()), Action::Operation(operation.to_owned()), target))
}

/// Decides a question.
pub(crate) fn put(program: &Program, ask: Ask) -> (Decision, Account) {
    let request = ask.prepare(program).unwrap();
    let decision = decide(program, &request);
    let account = explain(program, &request, &decision);
    (decision, account)
}
