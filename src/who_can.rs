//! Who may: every principal that a request would be allowed for, and through which statements.
//!
//! The answer for a principal of the model is what [`decide`](crate::decide::decide) says of it, no more and no less.
//! Principals that nothing relevant tells apart are decided once: of a hundred thousand users in one group, one is asked
//! for. Beside the principals of the model stand *classes*, which hold for principals the model does not list too: the
//! members of a group, the resources a matching rule picks, a service, everybody of a tenancy.
//!
//! # Example
//! ```
//! use ocipol::program::Mode;
//! use ocipol::request::{Action, Ask, Asker};
//! use ocipol::source::{Source, Sources};
//! use ocipol::who_can::{Who, who_can};
//! use ocipol::{resolve, tenancy};
//!
//! let world = "
//! tenancies:
//!   - name: Fjord
//!     id: ocid1.tenancy.oc1..fjord
//!     users: [{name: kim, id: ocid1.user.oc1..kim}, {name: lee, id: ocid1.user.oc1..lee}]
//!     groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [kim]}]
//!     resources: [{name: logs, id: ocid1.bucket.oc1.iad.logs}]
//!     policies:
//!       - name: pilots
//!         statements:
//!           - Allow group Pilots to read buckets in tenancy
//!           - Allow any-user to read buckets in tenancy where request.principal.type = 'fnfunc'
//! ";
//! let mut sources = Sources::new();
//! let file = sources.add(Source::new("fjord.tenancy.yaml", world)?);
//! let mut findings = Vec::new();
//! let no_files = &mut |_: &mut Sources, _: &str| Err("no files here".to_owned());
//! let model = tenancy::read_file(&mut sources, file, no_files, &mut findings);
//! let (program, _) = resolve::resolve(&model, Mode::default());
//!
//! // Whoever the question names as principal, everybody is asked for.
//! let question = Ask::new(Asker::Named(String::new()), Action::Operation("GetBucket".into()), "logs");
//! let answer = who_can(&program, &question)?;
//!
//! let certain: Vec<String> = answer.certain().map(|(who, _)| who.words(&program)).collect();
//! assert_eq!(certain, ["group `Pilots` of Fjord", "user `kim` of Fjord"]);
//! let (who, way) = answer.possible().next().ok_or("nobody")?;
//! assert_eq!(who.words(&program), "everybody of Fjord");
//! assert_eq!(way.when[0].condition, "request.principal.type = 'fnfunc'");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod judge;
mod relevant;
mod search;
mod words;

use crate::decide::{Free, Verdict};
use crate::explain::RejectedPolicy;
use crate::program::{Program, StatementId};
use crate::request::{Ask, AskError};
use crate::tenancy::{DynamicGroupId, GroupId, ResourceId, TenancyId, UserId};

/// Everybody who may, or perhaps may.
#[derive(Debug, Clone)]
pub struct WhoCan {
    /// What was asked, in a clause: the action and the target.
    pub question: String,
    /// The ways in which somebody may: the certain ones first, each once.
    pub ways: Vec<Way>,
    /// Policies that are not in force, each with the reason: they might let in more.
    pub rejected: Vec<RejectedPolicy>,
    /// What had to be assumed.
    pub notes: Vec<String>,
}

/// One way in which principals may do what was asked.
#[derive(Debug, Clone)]
pub struct Way {
    /// [`Verdict::Allow`], or [`Verdict::Indeterminate`] where it depends on something nobody said.
    pub verdict: Verdict,
    /// The statements it rests on, ordered by policy name and number: across tenancies both halves.
    pub because: Vec<StatementId>,
    /// As what those statements speak of the principals.
    pub through: Vec<Through>,
    /// Conditions that remain open, statement by statement.
    pub when: Vec<When>,
    /// What else nobody said and the answer depends on, each in one clause.
    pub open: Vec<String>,
    /// The classes and principals it holds for: classes first, then in the order of the model.
    pub who: Vec<Who>,
}

/// A principal, or a class of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// Every principal of a tenancy, listed in the model or not.
    Everybody(TenancyId),
    /// Everybody in a group, as far as no other group of theirs matters.
    Group(GroupId),
    /// Every resource that the rule of a dynamic group picks.
    DynamicGroup(DynamicGroupId),
    /// A service that a statement names, acting in a tenancy.
    Service {
        /// The name of the service principal.
        name: String,
        /// Where it acts.
        tenancy: TenancyId,
    },
    /// A resource of the model.
    Resource(ResourceId),
    /// A user of the model.
    User(UserId),
}

/// As what a statement speaks of a principal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Through {
    /// As everybody.
    AnyUser,
    /// As everybody but services.
    AnyGroup,
    /// As a member of a group.
    Group(GroupId),
    /// As a resource that a matching rule picks.
    DynamicGroup(DynamicGroupId),
    /// As a service, by its name.
    Service(String),
    /// No statement does: the right needs none.
    Right(Free),
}

/// A condition that remains open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct When {
    /// The statement that asks for it.
    pub statement: StatementId,
    /// What is left of its condition, as statements write it.
    pub condition: String,
    /// Whether the statement forbids: the condition must not hold then.
    pub unless: bool,
}

/// Finds everybody who may do what a question asks; whom the question names as principal does not matter.
///
/// # Errors
/// [`AskError`] when the question means nothing for any principal of the model.
pub fn who_can(program: &Program, question: &Ask) -> Result<WhoCan, AskError> {
    search::search(program, question)
}

impl WhoCan {
    /// Everybody who certainly may, with the way.
    pub fn certain(&self) -> impl Iterator<Item = (&Who, &Way)> {
        self.of(Verdict::Allow)
    }

    /// Everybody who may if what is open turns out well, with the way.
    pub fn possible(&self) -> impl Iterator<Item = (&Who, &Way)> {
        self.of(Verdict::Indeterminate)
    }

    fn of(&self, verdict: Verdict) -> impl Iterator<Item = (&Who, &Way)> {
        let ways = self.ways.iter().filter(move |way| way.verdict == verdict);
        ways.flat_map(|way| way.who.iter().map(move |who| (who, way)))
    }

    /// The answer for one principal or class; [`Verdict::ImplicitDeny`] stands for every refusal.
    #[must_use]
    pub fn verdict(&self, who: &Who) -> Verdict {
        let way = self.ways.iter().find(|way| way.who.binary_search(who).is_ok());
        way.map_or(Verdict::ImplicitDeny, |way| way.verdict)
    }
}
