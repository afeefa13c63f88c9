//! What the commands over keys and secrets stand on: a model, a principal in it, a store, the engine.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::place::{self, NoPlace, Places};
use super::{Exit, Format, Output, account, memory, model};
use crate::authority::Authority;
use crate::caseless;
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::decider::{Principal, PrincipalKind};
use crate::diagnostic::Diagnostic;
use crate::engine::{Code, Engine, Failure};
use crate::files::ReadError;
use crate::ocid::Ocid;
use crate::random::SystemRng;
use crate::scenario::home;
use crate::source::Sources;
use crate::store::{AuditLog as _, Embedded, StoreError};
use crate::suggest;
use crate::tenancy::Tenancies;
use crate::vault::Timing;

/// The file where nobody names one.
const STORE: &str = "ocipol.store";

/// Arguments that every one of these commands has.
#[derive(Debug, clap::Args)]
pub(super) struct Stage {
    /// The tenancy model whose policies decide
    #[arg(long, value_name = "FILE", global = true)]
    tenancies: Option<PathBuf>,
    /// Who acts: a user, cluster or instance of the model, by name or OCID
    #[arg(long = "as", value_name = "WHO", global = true)]
    actor: Option<String>,
    #[command(flatten)]
    places: Places,
    /// Act as if it were this instant, `2027-01-31T00:00:00Z`: what is due by then happens; never before the newest record
    #[arg(long, value_name = "INSTANT", global = true, value_parser = instant)]
    at: Option<Timestamp>,
    /// How to answer
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(super) format: Format,
}

/// A model, who acts in it, and the engine.
pub(super) struct Set {
    pub(super) model: Tenancies,
    pub(super) actor: Principal,
    pub(super) engine: Engine,
    pub(super) clock: Arc<dyn Clock>,
    authority: Arc<Authority>,
    sources: Sources,
}

/// A resource of the model with its place.
pub(super) struct Placed {
    pub(super) id: Ocid,
    pub(super) name: String,
    pub(super) compartment: Ocid,
    pub(super) tenancy: Ocid,
}

/// Why a command cannot begin.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoStage {
    #[error("`--tenancies` is needed: the model whose policies decide")]
    NoModel,
    #[error("`--as` is needed: who acts")]
    NoActor,
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the model has no {what} `{name}`")]
    Unknown { what: &'static str, name: String, near: Option<String> },
    #[error("there is no store `{}`", .0.display())]
    NoStore(PathBuf),
    #[error("the store `{0}` cannot be opened")]
    Store(String, #[source] StoreError),
    #[error(transparent)]
    Place(#[from] NoPlace),
    #[error("the store has no cluster `{name}`")]
    NoCluster { name: String, near: Option<String> },
    #[error("`{}` cannot be read", .0.display())]
    File(PathBuf, #[source] io::Error),
    #[error("`{}` holds no report", .0.display())]
    NoReport(PathBuf, #[source] serde_json::Error),
    #[error("`--at {at}` is before the newest record of the store, which is of {newest}")]
    TooEarly { at: Timestamp, newest: Timestamp },
    #[error("{0}")]
    Argument(&'static str),
}

impl NoStage {
    fn help(&self) -> String {
        match self {
            Self::NoModel => "add `--tenancies FILE`".to_owned(),
            Self::NoActor => "add `--as NAME`, a user or cluster of the model".to_owned(),
            Self::Read(error) => error.help().to_owned(),
            Self::Unknown { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::Unknown { .. } => "name a resource or user of the model, or give its OCID".to_owned(),
            Self::NoStore(_) => {
                "make one with `ocipol vault create-vault`, or name one with `--store FILE`".to_owned()
            }
            Self::Store(_, error) => error.help().to_owned(),
            Self::Place(error) => error.help().to_owned(),
            Self::NoCluster { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::NoCluster { .. } => {
                "name a cluster that was made in this store, or give its OCID".to_owned()
            }
            Self::NoReport(..) => "name a file that `ocipol secret rotate --report` wrote".to_owned(),
            Self::TooEarly { newest, .. } => format!("time does not run backwards: give {newest} or later"),
            Self::File(..) => "check the path and its permissions".to_owned(),
            Self::Argument(_) => "see `--help`".to_owned(),
        }
    }
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(super) enum Undone {
    /// It never began.
    NoStage(NoStage),
    /// The model cannot be read as a whole. What is missing may be what denies, so nothing is decided by the rest.
    Model(Sources, Vec<Diagnostic>),
    /// The engine refused or failed.
    Failed(Failure, Told),
    /// Nobody reads the answer.
    Output(io::Error),
}

/// What the operator is told beside a failure.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The decision that refused, permission by permission, as `simulate` shows it.
    pub(super) account: Option<Box<(Vec<String>, account::Answer)>>,
    /// What to do now.
    pub(super) help: Option<String>,
}

impl Undone {
    /// Says what to do now, where the engine failed with a code.
    pub(super) fn helped(self, code: Code, help: impl FnOnce() -> Option<String>) -> Self {
        match self {
            Self::Failed(failure, told) if failure.code() == code => {
                Self::Failed(failure, Told { help: help(), ..told })
            }
            other @ (Self::NoStage(_) | Self::Model(..) | Self::Failed(..) | Self::Output(_)) => other,
        }
    }
}

impl<E: Into<NoStage>> From<E> for Undone {
    fn from(error: E) -> Self {
        Self::NoStage(error.into())
    }
}

impl From<Failure> for Undone {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure, Told::default())
    }
}

impl From<io::Error> for Undone {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

#[derive(Serialize)]
struct Refused<'f> {
    version: u32,
    error: &'static str,
    message: &'static str,
    /// For the operator: near misses, the state of a key and since when.
    explanation: &'f str,
    /// For the operator: the decision that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'f account::Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'f str>,
}

/// Ends a command: says why nothing was done, where nothing was.
pub(super) fn end(done: Result<Exit, Undone>, format: Format, output: &mut Output<'_>) -> io::Result<Exit> {
    match done {
        Ok(exit) => Ok(exit),
        Err(Undone::Output(error)) => Err(error),
        // The same answer as when it goes away later.
        #[cfg(feature = "etcd")]
        Err(Undone::NoStage(NoStage::Place(NoPlace::Etcd(nodes, error @ StoreError::Unavailable(_))))) => {
            let help = Some(format!("{} ({nodes})", error.help()));
            let told = Told { help, ..Told::default() };
            end(Err(Undone::Failed(error.into(), told)), format, output)
        }
        // Another program holds it: as the engine answers where that happens later.
        Err(Undone::NoStage(NoStage::Store(file, error @ StoreError::InUse))) => {
            let told = Told { help: Some(format!("{} ({file})", error.help())), ..Told::default() };
            end(Err(Undone::Failed(error.into(), told)), format, output)
        }
        Err(Undone::NoStage(error)) => output.refuse(&error, &error.help()),
        Err(Undone::Model(sources, findings)) => {
            output.findings(&sources, &findings)?;
            Ok(Exit::Usage)
        }
        Err(Undone::Failed(failure, told)) => {
            let row = failure.code().row();
            match format {
                Format::Human => {
                    writeln!(output.err, "{}: {}", row.name, row.message)?;
                    if !failure.explain().is_empty() && failure.explain() != row.message {
                        writeln!(output.err, "  because: {}", failure.explain())?;
                    }
                    for line in told.account.iter().flat_map(|account| &account.0) {
                        let indent = if line.is_empty() { "" } else { "  " };
                        writeln!(output.err, "{indent}{line}")?;
                    }
                    if let Some(help) = &told.help {
                        writeln!(output.err, "  help: {help}")?;
                    }
                }
                Format::Json => output.json(&Refused {
                    version: 1,
                    error: row.name,
                    message: row.message,
                    explanation: failure.explain(),
                    account: told.account.as_ref().map(|account| &account.1),
                    help: told.help.as_deref(),
                })?,
            }
            Ok(Exit::Envelope(row.exit))
        }
    }
}

/// Whether a command may begin with an empty store. Those that read would only say that nothing is there, where a name
/// was mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// A store is made where there is none.
    WithAny,
    /// A store must be there.
    WithOneThatIsThere,
}

impl Stage {
    /// The engine over model and store, and who acts.
    pub(super) fn set(&self, begins: Begins) -> Result<Set, Undone> {
        let mut sources = Sources::new();
        let path = self.tenancies.as_ref().ok_or(NoStage::NoModel)?;
        let (model, mut findings) = model::read(&mut sources, path)?;
        findings.retain(model::is_fatal);
        if !findings.is_empty() {
            return Err(Undone::Model(sources, findings));
        }
        let name = self.actor.as_ref().ok_or(NoStage::NoActor)?;
        let actor =
            principal(&model, name).ok_or_else(|| unknown(&model, "user, cluster or instance", name))?;
        let authority = Arc::new(Authority::new(&model));
        let (engine, clock) = self.engine(authority.clone(), begins)?;
        if self.at.is_some() {
            engine.settle()?;
        }
        Ok(Set { model, actor, engine, clock, authority, sources })
    }

    /// The engine alone, for what needs neither key nor principal. Without a model nothing is allowed.
    pub(super) fn engine_without_principal(&self) -> Result<Engine, NoStage> {
        let nobody = Arc::new(Authority::new(&Tenancies::default()));
        self.engine(nobody, Begins::WithOneThatIsThere).map(|(engine, _)| engine)
    }

    fn engine(&self, authority: Arc<Authority>, begins: Begins) -> Result<(Engine, Arc<dyn Clock>), NoStage> {
        let (file, nodes) = self.places.file_and_nodes()?;
        let file = file.unwrap_or(Path::new(STORE));
        memory::keep_to_itself();
        let store = match begins {
            Begins::WithAny => Embedded::open(file),
            Begins::WithOneThatIsThere => Embedded::open_existing(file),
        };
        let store = Arc::new(store.map_err(|error| cannot_open(file, error))?);
        let clock: Arc<dyn Clock> = match self.at {
            Some(at) => {
                let records = store.records().map_err(|error| cannot_open(file, error))?;
                let newest = records.iter().map(|record| record.entry.time).max();
                if let Some(newest) = newest.filter(|newest| at < *newest) {
                    return Err(NoStage::TooEarly { at, newest });
                }
                Arc::new(ManualClock::new(at))
            }
            None => Arc::new(SystemClock),
        };
        let engine =
            Engine::new(store.clone(), authority, clock.clone(), Arc::new(SystemRng), Timing::default());
        let engine = match place::values(nodes, store)? {
            Some(values) => engine.with_values(values),
            None => engine,
        };
        Ok((engine, clock))
    }

    /// The store's own failure, with its name.
    pub(super) fn cannot_read(&self, error: StoreError) -> NoStage {
        match self.places.file_and_nodes() {
            Ok((file, _)) => cannot_open(file.unwrap_or(Path::new(STORE)), error),
            Err(error) => error.into(),
        }
    }
}

fn instant(text: &str) -> Result<Timestamp, &'static str> {
    crate::instant::parse(text).or_else(|| text.parse().ok()).ok_or("write it in UTC: 2027-01-31T00:00:00Z")
}

fn cannot_open(file: &Path, error: StoreError) -> NoStage {
    if let StoreError::Missing(file) = error {
        NoStage::NoStore(file)
    } else {
        NoStage::Store(file.display().to_string(), error)
    }
}

impl Set {
    /// Puts the decision behind a refusal beside it, for whoever reads standard error.
    pub(super) fn told(&self, undone: Undone) -> Undone {
        match undone {
            Undone::Failed(failure, told) if failure.decision().is_some() => {
                let account = self.authority.last_refusal().map(|account| {
                    let answer = account::Answer::of(&self.sources, &account);
                    Box::new((account::lines(&self.sources, &account), answer))
                });
                Undone::Failed(failure, Told { account, ..told })
            }
            other @ (Undone::NoStage(_) | Undone::Model(..) | Undone::Failed(..) | Undone::Output(_)) => {
                other
            }
        }
    }

    /// A resource of the model of one kind.
    pub(super) fn placed(&self, kind: &'static str, name: &str) -> Result<Placed, NoStage> {
        let found = self.model.find_resource(name).and_then(|id| self.model.resource(id));
        let resource = found
            .filter(|resource| caseless::equal(&resource.kind, kind))
            .ok_or_else(|| unknown(&self.model, kind, name))?;
        let (compartment, tenancy) = home(&self.model, resource.compartment)
            .ok_or(NoStage::Argument("its compartment has no OCID in the model"))?;
        let name = resource.name.clone().unwrap_or_else(|| resource.id.to_string());
        Ok(Placed { id: resource.id.clone(), name, compartment, tenancy })
    }

    /// The OCID of a resource: of the model by name, or any OCID of that kind.
    pub(super) fn id(&self, kind: &'static str, name: &str) -> Result<Ocid, NoStage> {
        match Ocid::parse(name) {
            Ok(id) if id.resource_kind().eq_ignore_ascii_case(kind) => Ok(id),
            Ok(_) | Err(_) => self.placed(kind, name).map(|placed| placed.id),
        }
    }

    /// What the model calls an OCID.
    pub(super) fn name(&self, id: &Ocid) -> String {
        let found = self.model.find_resource(id.as_str()).and_then(|id| self.model.resource(id));
        let user = || self.model.find_user(id.as_str()).and_then(|id| self.model.user(id));
        let name = found.and_then(|resource| resource.name.clone());
        name.or_else(|| user().map(|user| user.name.clone())).unwrap_or_else(|| id.to_string())
    }
}

fn principal(model: &Tenancies, name: &str) -> Option<Principal> {
    if let Some(user) = model.find_user(name).and_then(|id| model.user(id)) {
        let tenancy = model.tenancy(user.tenancy)?.id.clone()?;
        let compartment = tenancy.clone();
        return Some(Principal {
            kind: PrincipalKind::User,
            ocid: Some(user.id.clone()),
            tenancy,
            compartment,
        });
    }
    let resource = model.find_resource(name).and_then(|id| model.resource(id))?;
    let kind = if caseless::equal(&resource.kind, "cluster") {
        PrincipalKind::Cluster
    } else if caseless::equal(&resource.kind, "instance") {
        PrincipalKind::Instance
    } else {
        return None;
    };
    let (compartment, tenancy) = home(model, resource.compartment)?;
    Some(Principal { kind, ocid: Some(resource.id.clone()), tenancy, compartment })
}

fn unknown(model: &Tenancies, what: &'static str, name: &str) -> NoStage {
    let resources = model.resources().filter_map(|(_, resource)| resource.name.as_deref());
    let names = resources.chain(model.users().map(|(_, user)| user.name.as_str()));
    let near = suggest::did_you_mean(name, names).map(str::to_owned);
    NoStage::Unknown { what, name: name.to_owned(), near }
}
