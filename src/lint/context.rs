//! What a lint that looks at everything may ask.

use rustc_hash::FxHashMap;

use crate::bundle::World;
use crate::diagnostic::Diagnostic;
use crate::ocid::Ocid;
use crate::program::{PolicyId, Program, Statement};
use crate::source::{Place, Source, Sources};
use crate::syntax::Item;
use crate::tenancy::{Aspect, AttachedPolicy, Tenancies, TenancyId};

/// A world of policies, bound, with the text they were made from.
pub struct Context<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// The tenancies as they were given, with their policies.
    pub model: &'a Tenancies,
    /// The policies bound. Its tenancies hold what statements name beside what was given.
    pub program: &'a Program,
    /// By place.
    written: Vec<(Place, Written<'a>)>,
    /// Found once: dozens of lints go through all of them.
    statements: Vec<(&'a Statement, Written<'a>)>,
    faults: FxHashMap<PolicyId, Vec<(u32, &'a Diagnostic)>>,
}

/// A statement as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The policy it belongs to.
    pub policy: &'a AttachedPolicy,
    /// What it says.
    pub item: &'a Item,
}

impl<'a> Context<'a> {
    pub(super) fn new(sources: &'a Sources, world: &'a World) -> Self {
        let mut written = Vec::new();
        for policy in world.model.policies() {
            for (_, item) in policy.policy.statements() {
                let place = Place { source: policy.policy.source, span: item.span };
                written.push((place, Written { policy, item }));
            }
        }
        written.sort_by_key(|(place, _)| *place);
        let mut faults: FxHashMap<PolicyId, Vec<(u32, &Diagnostic)>> = FxHashMap::default();
        for rejection in world.program.rejections() {
            faults.entry(rejection.policy).or_default().push((rejection.number, &rejection.finding));
        }
        let (model, program) = (&world.model, &world.program);
        let bound = program.statements().map(|(_, statement)| statement).chain(program.inert());
        let statements =
            bound.filter_map(|statement| Some((statement, find(&written, statement)?))).collect();
        Self { sources, model, program, written, statements, faults }
    }

    /// Every statement that could be bound, also one that is not in force.
    pub fn statements(&self) -> impl Iterator<Item = (&'a Statement, Written<'a>)> {
        self.statements.iter().copied()
    }

    /// What a bound statement was made from.
    #[must_use]
    pub fn written(&self, statement: &Statement) -> Option<Written<'a>> {
        find(&self.written, statement)
    }

    /// The statement around a place.
    #[must_use]
    pub fn around(&self, place: Place) -> Option<Written<'a>> {
        let behind = self.written.partition_point(|(known, _)| {
            (known.source, known.span.start) <= (place.source, place.span.start)
        });
        let (known, written) = self.written.get(behind.checked_sub(1)?)?;
        (known.source == place.source && known.span.contains(place.span)).then_some(*written)
    }

    /// Why a policy is rejected: the statement's number and what is wrong with it. Text that is yet to be filled in
    /// is left out: who wrote it knows.
    pub fn faults(&self, policy: PolicyId) -> impl Iterator<Item = (u32, &'a Diagnostic)> + use<'_, 'a> {
        let all = self.faults.get(&policy).map_or(&[][..], Vec::as_slice);
        all.iter().copied().filter(|(_, finding)| !super::is_unfilled(finding.code))
    }

    /// The tenancy a bound statement belongs to.
    #[must_use]
    pub fn tenancy(&self, statement: &Statement) -> TenancyId {
        self.program.policy(statement.policy).map_or(TenancyId(0), |policy| policy.tenancy)
    }

    /// A tenancy as messages call it.
    #[must_use]
    pub fn name(&self, tenancy: TenancyId) -> String {
        match self.program.tenancies().tenancy(tenancy).map(|tenancy| tenancy.name.as_str()) {
            None | Some("") => "the other tenancy".to_owned(),
            Some(name) => format!("`{name}`"),
        }
    }

    /// The OCID of a tenancy, where anybody wrote it down.
    #[must_use]
    pub fn ocid(&self, tenancy: TenancyId) -> Option<&'a Ocid> {
        self.program.tenancies().tenancy(tenancy)?.id.as_ref()
    }

    /// Whether the policies of a tenancy are among what is checked.
    #[must_use]
    pub fn has_policies_of(&self, tenancy: TenancyId) -> bool {
        self.program.tenancies().knows(tenancy, Aspect::Policies)
            || self.program.policies().any(|(_, policy)| policy.tenancy == tenancy)
    }

    /// The text of a place's source.
    #[must_use]
    pub fn source(&self, place: Place) -> Option<&'a Source> {
        self.sources.get(place.source)
    }
}

/// What a bound statement was made from.
fn find<'a>(written: &[(Place, Written<'a>)], statement: &Statement) -> Option<Written<'a>> {
    let found = written.binary_search_by_key(&statement.place, |(place, _)| *place).ok()?;
    written.get(found).map(|(_, written)| *written)
}
