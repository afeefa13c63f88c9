//! The policy evaluator as the decider of the envelope engine.
//!
//! The engine asks in its own terms (a principal's OCID, a key's place); an [`Authority`] puts the question to the
//! program in force and answers with the statements the answer rests on. Policies and memberships may change at any
//! time; each change raises the revision, and the next question is decided by the new program.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::decide::decide;
use crate::decider::{self, Decider, Operation, Principal, PrincipalKind, Target, Verdict};
use crate::explain::{Account, explain};
use crate::ocid::Ocid;
use crate::program::{Mode, Program};
use crate::request::{Action, Ask, Asker, Object};
use crate::resolve::resolve;
use crate::tenancy::Tenancies;

/// Decides for the engine by the policies of a tenancy model.
#[derive(Debug)]
pub struct Authority {
    state: RwLock<State>,
    journal: Option<Mutex<Vec<Consultation>>>,
    refusal: Mutex<Option<Account>>,
}

#[derive(Debug)]
struct State {
    program: Arc<Program>,
    revision: u64,
}

/// One question the engine asked, and the answer in words.
#[derive(Debug, Clone)]
pub struct Consultation {
    /// The operation.
    pub operation: Operation,
    /// The answer.
    pub account: Account,
}

impl Authority {
    /// Decides by the policies of a model.
    #[must_use]
    pub fn new(model: &Tenancies) -> Self {
        let program = Arc::new(resolve(model, Mode::default()).0);
        Self { state: RwLock::new(State { program, revision: 1 }), journal: None, refusal: Mutex::default() }
    }

    /// Keeps every question with its answer in words, for [`consultations`](Self::consultations).
    #[must_use]
    pub fn with_journal(mut self) -> Self {
        self.journal = Some(Mutex::default());
        self
    }

    /// Decides by another model from now on.
    pub fn replace(&self, model: &Tenancies) {
        let program = Arc::new(resolve(model, Mode::default()).0);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = State { program, revision: state.revision + 1 };
    }

    /// The program in force.
    #[must_use]
    pub fn program(&self) -> Arc<Program> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).program.clone()
    }

    /// The questions since the last call, in order; empty without a journal.
    #[must_use]
    pub fn consultations(&self) -> Vec<Consultation> {
        let Some(journal) = &self.journal else { return Vec::new() };
        std::mem::take(&mut *journal.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The newest decision that did not allow, in words; `None` where there was none yet.
    #[must_use]
    pub fn last_refusal(&self) -> Option<Account> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Decider for Authority {
    fn decide(&self, request: &decider::Request) -> Verdict {
        let program = self.program();
        let asked = match ask(program.tenancies(), request).prepare(&program) {
            Ok(asked) => asked,
            // The model has no such tenancy or compartment: no policy can allow anything there.
            Err(error) => return Verdict::Denied { explanation: format!("{error}; {}", error.help()) },
        };
        let decision = decide(&program, &asked);
        if decision.verdict.is_allow() && self.journal.is_none() {
            let because = decision.tests.iter().flat_map(|test| &test.because);
            let names = because.filter_map(|&id| {
                let statement = program.statement(id)?;
                Some(format!("{}#{}", program.policy(statement.policy)?.name, statement.number))
            });
            return Verdict::Allowed { because: names.collect() };
        }
        let account = explain(&program, &asked, &decision);
        let verdict = verdict(&account);
        if !account.verdict.is_allow() {
            *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(account.clone());
        }
        if let Some(journal) = &self.journal {
            let consultation = Consultation { operation: request.operation, account };
            journal.lock().unwrap_or_else(PoisonError::into_inner).push(consultation);
        }
        verdict
    }

    fn revision(&self) -> u64 {
        self.state.read().unwrap_or_else(PoisonError::into_inner).revision
    }
}

fn verdict(account: &Account) -> Verdict {
    let reasons = || {
        let mut lines: Vec<String> =
            account.permissions.iter().map(|finding| finding.reason.clone()).collect();
        lines.extend(account.rejected.iter().map(|rejected| {
            format!(
                "policy {} is not in force, because of statement {}: {}",
                rejected.policy, rejected.number, rejected.reason
            )
        }));
        lines.join("; ")
    };
    if account.verdict.is_allow() {
        let because = account.permissions.iter().flat_map(|finding| &finding.because);
        Verdict::Allowed {
            because: because.map(|cited| format!("{}#{}", cited.policy, cited.number)).collect(),
        }
    } else if account.invalid {
        Verdict::Unusable { explanation: reasons() }
    } else {
        Verdict::Denied { explanation: reasons() }
    }
}

/// The engine's question in people's words.
fn ask(model: &Tenancies, request: &decider::Request) -> Ask {
    let action = Action::Operation(format!("vault/{}", operation(request.operation)));
    let Target { key, vault, .. } = &request.target;
    let ids = [("target.key.id", key), ("target.vault.id", vault)];
    let ids: Vec<(&str, &str)> =
        ids.into_iter().filter_map(|(name, id)| Some((name, id.as_ref()?.as_str()))).collect();
    let object = object(model, &request.target, &ids);
    let mut ask = Ask::new(asker(model, &request.principal), action, object);
    ask.time = Some(request.time);
    ask.region = key.as_ref().or(vault.as_ref()).and_then(Ocid::region).map(str::to_owned);
    // The engine knows better than the model which vault a key is in.
    ask.given.extend(ids.into_iter().map(|(name, id)| (name.to_owned(), vec![id.to_owned()])));
    if let Some(include) = request.include_plaintext_key {
        ask.given.push(("request.includePlainTextKey".to_owned(), vec![include.to_string()]));
    }
    ask
}

/// Who asks: as the model has them, with their tags, where it has them in the same place.
fn asker(model: &Tenancies, principal: &Principal) -> Asker {
    match &principal.ocid {
        Some(ocid)
            if principal.kind == PrincipalKind::User || lies_in(model, ocid, &principal.compartment) =>
        {
            Asker::Named(ocid.to_string())
        }
        ocid => Asker::Resource {
            kind: principal.kind.as_str().to_owned(),
            id: ocid.as_ref().map(ToString::to_string),
            tenancy: principal.tenancy.to_string(),
            compartment: Some(principal.compartment.to_string()),
        },
    }
}

/// What is asked for: as the model has it, with its tags, where it has it in the same place.
fn object(model: &Tenancies, target: &Target, ids: &[(&str, &str)]) -> Object {
    match target.key.as_ref().or(target.vault.as_ref()) {
        Some(id) if lies_in(model, id, &target.compartment) => Object::Named(id.to_string()),
        id => Object::Placed {
            label: id.map_or_else(String::new, ToString::to_string),
            compartment: target.compartment.to_string(),
            variables: ids.iter().map(|&(name, id)| (name.to_owned(), id.to_owned())).collect(),
        },
    }
}

fn lies_in(model: &Tenancies, id: &Ocid, compartment: &Ocid) -> bool {
    let resource = model.find_resource(id.as_str()).and_then(|id| model.resource(id));
    let home = resource.and_then(|resource| model.compartment(resource.compartment)?.id.as_ref());
    home == Some(compartment)
}

/// The operation whose permissions the catalogue knows: versions are deleted with the permission of their key.
fn operation(operation: Operation) -> &'static str {
    if operation == Operation::ScheduleKeyVersionDeletion {
        Operation::ScheduleKeyDeletion.as_str()
    } else if operation == Operation::CancelKeyVersionDeletion {
        Operation::CancelKeyDeletion.as_str()
    } else {
        operation.as_str()
    }
}
