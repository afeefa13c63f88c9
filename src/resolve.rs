//! Names → ids: policies and tenancies become a [`Program`].
//!
//! Binding happens here as it happens when a policy is saved: groups, dynamic groups, compartments and aliases become
//! ids, verbs and resource-types become permission sets, conditions become formulas. What cannot be bound is reported
//! and rejects its policy, as the service refuses to save it; the rest of the catalogue of findings
//! ([`lint`](crate::lint)) rejects nothing.
//!
//! # Source
//! Oracle IAM documentation, "How Policies Work", "Creating a Policy", "Policy Attachment", "Cross-Tenancy Access
//! Policies". That one bad statement takes its policy along is inferred from the service's refusal to save.

mod action;
mod aliases;
mod condition;
mod directory;
mod location;
mod subject;

use crate::caseless;
use crate::decide::membership;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::program::{
    Associate, Association, Guards, Index, Mode, PolicyEntry, PolicyId, Program, ProgramId, Reach, Rejection,
    Scope, Sets, Side, Statement, Subject, Texts, World,
};
use crate::source::{Place, Span, Spanned};
use crate::suggest::Patience;
use crate::syntax::{self, CrossAction, Effect, Item};
use crate::tenancy::{AttachedPolicy, CompartmentId, Tenancies, TenancyId};
use action::Actions;
use aliases::Aliases;
use directory::Directory;

/// Findings of this stage; each of them rejects the policy unless it says otherwise.
pub mod codes {
    use crate::diagnostic::Code;

    /// The text is not what the strict language accepts; the parser has said why.
    pub const NOT_STRICT: Code = Code::new("resolve/not-strict");
    /// No group of this name.
    pub const GROUP_NOT_FOUND: Code = Code::new("resolve/group-not-found");
    /// No dynamic group of this name.
    pub const DYNAMIC_GROUP_NOT_FOUND: Code = Code::new("resolve/dynamic-group-not-found");
    /// No identity domain of this name.
    pub const DOMAIN_NOT_FOUND: Code = Code::new("resolve/domain-not-found");
    /// No group with this OCID; the statement is kept and matches nobody.
    pub const GROUP_ID_UNKNOWN: Code = Code::new("resolve/group-id-unknown");
    /// No compartment of this name.
    pub const COMPARTMENT_NOT_FOUND: Code = Code::new("resolve/compartment-not-found");
    /// The compartment exists, but not at or below the attachment.
    pub const NOT_IN_SUBTREE: Code = Code::new("resolve/compartment-not-in-subtree");
    /// `in tenancy` in a policy that is not attached to the root.
    pub const TENANCY_IN_CHILD: Code = Code::new("resolve/location-tenancy-in-child-policy");
    /// An alias nothing in the policy defines.
    pub const UNDEFINED_ALIAS: Code = Code::new("resolve/undefined-alias");
    /// An alias defined twice.
    pub const DUPLICATE_DEFINE: Code = Code::new("resolve/duplicate-define");
    /// An alias whose OCID is of another kind than the Define says.
    pub const DEFINE_KIND: Code = Code::new("resolve/define-kind-mismatch");
    /// Define, Endorse or Admit in a policy that is not attached to the root.
    pub const NOT_ROOT: Code = Code::new("resolve/cross-tenancy-not-root");
    /// A deny statement where the tenancy's deny feature is off.
    pub const DENY_OFF: Code = Code::new("resolve/deny-feature-off");
    /// An Admit whose subject can be no foreigner.
    pub const ADMIT_SUBJECT: Code = Code::new("resolve/admit-subject");
    /// An Endorse whose place in the other tenancy is not in the model; the statement is kept.
    pub const PLACE_NOT_MODELLED: Code = Code::new("resolve/place-not-modelled");
    /// An Endorse that names its own tenancy; the statement is kept and reaches nothing.
    pub const ENDORSE_OWN: Code = Code::new("resolve/endorse-own-tenancy");

    /// Every code the resolver may report.
    pub const ALL: &[Code] = &[
        NOT_STRICT,
        GROUP_NOT_FOUND,
        DYNAMIC_GROUP_NOT_FOUND,
        DOMAIN_NOT_FOUND,
        GROUP_ID_UNKNOWN,
        COMPARTMENT_NOT_FOUND,
        NOT_IN_SUBTREE,
        TENANCY_IN_CHILD,
        UNDEFINED_ALIAS,
        DUPLICATE_DEFINE,
        DEFINE_KIND,
        NOT_ROOT,
        DENY_OFF,
        ADMIT_SUBJECT,
        PLACE_NOT_MODELLED,
        ENDORSE_OWN,
    ];
}

/// Binds every policy of the model. The findings are sorted by position.
///
/// # Example
/// ```
/// use ocipol::program::Mode;
/// use ocipol::source::{Source, Sources};
/// let yaml = "
/// tenancies:
///   - name: Fjord
///     id: ocid1.tenancy.oc1..fjord
///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
///     policies:
///       - statements:
///           - Allow group Pilots to read vcns in tenancy
///           - Allow group Pilotes to read vcns in tenancy
/// ";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("fjord.tenancy.yaml", yaml)?);
/// let (documents, _) = ocipol::yaml::read(sources.get(id).unwrap(), id);
/// let tenancies = documents[0].get("tenancies").and_then(|node| node.items()).unwrap();
/// let mut findings = Vec::new();
/// let model = ocipol::tenancy::read(&mut sources, id, tenancies, &mut |_, _| Err("none".into()), &mut findings);
/// let (program, findings) = ocipol::resolve::resolve(&model, Mode::default());
/// assert_eq!(findings[0].code.as_str(), "resolve/group-not-found");
/// assert_eq!(program.statements().count(), 0, "one bad statement takes its policy along");
/// # Ok::<(), ocipol::source::TooLong>(())
/// ```
#[must_use]
pub fn resolve(model: &Tenancies, mode: Mode) -> (Program, Vec<Diagnostic>) {
    let mut binder = Binder {
        directory: Directory::new(model),
        texts: Texts::default(),
        sets: Sets::default(),
        guards: Guards::default(),
        actions: Actions::default(),
        patience: Patience::default(),
        findings: Vec::new(),
    };
    // Values that evaluation makes up rather than reads.
    for word in
        ["true", "false", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    {
        binder.texts.intern(word);
    }
    let mut order: Vec<&AttachedPolicy> = model.policies().iter().collect();
    order.sort_by_cached_key(|policy| rank(model, policy));
    let mut policies = Vec::with_capacity(order.len());
    let mut statements = Vec::new();
    let mut inert = Vec::new();
    let mut rejections = Vec::new();
    for (policy, id) in order.into_iter().zip((0u32..).map(PolicyId)) {
        let bound = binder.policy(policy, id, mode);
        let dropped_whole = mode.scope == Scope::Policy && !bound.rejections.is_empty();
        for (statement, rejected) in bound.statements {
            if rejected || dropped_whole { inert.push(statement) } else { statements.push(statement) }
        }
        rejections.extend(bound.rejections);
        policies.push(PolicyEntry {
            name: policy.name.clone(),
            id: policy.id.clone(),
            attachment: policy.attachment,
            tenancy: bound.tenancy,
            in_force: !dropped_whole,
        });
    }
    let Binder { directory, mut texts, sets, guards, mut findings, .. } = binder;
    let (sets, guards) = (sets.settled(), guards.settled());
    let world = World::new(directory.into_model(), &mut texts);
    let memberships = membership::memberships(&world, mode.accepted());
    let tenancy_of =
        |statement: &Statement| policies.get(statement.policy.0 as usize).map_or(TenancyId(0), |p| p.tenancy);
    statements.shrink_to_fit();
    let index = Index::new(&world, &guards, &statements, tenancy_of);
    diagnostic::sort(&mut findings);
    let program = Program {
        id: ProgramId::fresh(),
        world,
        texts,
        sets,
        guards,
        policies,
        statements,
        inert,
        rejections,
        memberships,
        index,
        mode,
    };
    (program, findings)
}

/// Policies in the order people expect reasons in: by name, ignoring case, then by tenancy.
fn rank(model: &Tenancies, policy: &AttachedPolicy) -> (String, Option<TenancyId>) {
    let home = model.compartment(policy.attachment).map(|compartment| compartment.tenancy);
    (caseless::fold(&policy.name), home)
}

/// What all policies share while they are bound.
struct Binder {
    directory: Directory,
    texts: Texts,
    sets: Sets,
    guards: Guards,
    actions: Actions,
    /// For suggestions.
    patience: Patience,
    findings: Vec<Diagnostic>,
}

/// A bound policy.
struct Bound {
    tenancy: TenancyId,
    /// Each statement that means something, with whether it was rejected.
    statements: Vec<(Statement, bool)>,
    rejections: Vec<Rejection>,
}

impl Binder {
    fn policy(&mut self, policy: &AttachedPolicy, id: PolicyId, mode: Mode) -> Bound {
        let tenancy = self.directory.tenancy_of(policy.attachment);
        let mut scope =
            Bind { binder: self, source: policy, tenancy, aliases: Aliases::default(), rejected: Vec::new() };
        let mut statements = Vec::new();
        let mut rejections = Vec::new();
        // An alias may be used before its Define, which is only worth a warning.
        for (_, item) in policy.policy.statements() {
            if let syntax::Statement::Define(define) = &item.statement {
                scope.define(define, item.span);
            }
        }
        let defines = std::mem::take(&mut scope.rejected);
        for (index, item) in policy.policy.statements() {
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let statement = scope.item(item, id, number, mode);
            let own = defines
                .iter()
                .filter(|finding| finding.place().is_some_and(|place| item.span.contains(place.span)));
            let found: Vec<Diagnostic> = own.cloned().chain(std::mem::take(&mut scope.rejected)).collect();
            statements.extend(statement.map(|statement| (statement, !found.is_empty())));
            rejections.extend(found.into_iter().map(|finding| Rejection { policy: id, number, finding }));
        }
        Bound { tenancy, statements, rejections }
    }
}

/// One policy being bound.
struct Bind<'b> {
    binder: &'b mut Binder,
    source: &'b AttachedPolicy,
    tenancy: TenancyId,
    aliases: Aliases,
    /// What rejects the statement at hand.
    rejected: Vec<Diagnostic>,
}

impl Bind<'_> {
    fn place(&self, span: Span) -> Place {
        Place { source: self.source.policy.source, span }
    }

    /// Reports something that rejects the statement at hand.
    fn reject(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let finding = Diagnostic::error(code, self.place(span), message).with_help(help);
        self.rejected.push(finding.clone());
        self.binder.findings.push(finding);
    }

    /// Reports something that is kept all the same.
    fn warn(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let finding = Diagnostic::warning(code, self.place(span), message).with_help(help);
        self.binder.findings.push(finding);
    }

    fn attachment(&self) -> CompartmentId {
        self.source.attachment
    }

    fn is_root(&self) -> bool {
        self.binder.directory.is_root(self.attachment())
    }

    /// Binds one statement; `None` for what can never mean anything.
    fn item(&mut self, item: &Item, policy: PolicyId, number: u32, mode: Mode) -> Option<Statement> {
        if item.reading > mode.accepted() {
            // The parser has reported it; only the rejection is new.
            let message = item.faults.first().map_or("the text is not accepted", |fault| &fault.message);
            let code = item.faults.first().map_or(codes::NOT_STRICT, |fault| fault.code);
            self.rejected.push(Diagnostic::error(code, self.place(item.span), message));
        }
        if item.statement.is_cross_tenancy() && !self.is_root() {
            self.reject(
                codes::NOT_ROOT,
                item.span,
                "statements about other tenancies count only in a policy attached to the root compartment",
                "attach the policy to the root",
            );
        }
        let denies = item.statement.effect() == Some(Effect::Deny);
        if denies && !self.binder.directory.deny_enabled(self.tenancy) {
            self.reject(
                codes::DENY_OFF,
                item.span,
                "deny policies are not enabled in this tenancy",
                "enable the feature first (it cannot be disabled again), or narrow the allows",
            );
        }
        let place = self.place(item.span);
        let statement = |effect, side, subjects, permissions, reach, guard, association| Statement {
            policy,
            number,
            place,
            effect,
            side,
            subjects,
            permissions,
            reach,
            guard,
            association,
        };
        match &item.statement {
            syntax::Statement::Grant(grant) => {
                let subjects = self.subjects(&grant.subject)?;
                let permissions = self.action(&grant.action, grant.effect.node)?;
                let reach = Reach::Below(self.location(&grant.location)?);
                let guard = self.condition(grant.condition.as_ref())?;
                Some(statement(grant.effect.node, Side::Own, subjects, permissions, reach, guard, None))
            }
            syntax::Statement::Endorse(endorse) => {
                let subjects = self.subjects(&endorse.subject)?;
                let (permissions, reach, association) = match &endorse.action {
                    CrossAction::In { action, place } => {
                        (self.action(action, endorse.effect)?, self.scope(place)?, None)
                    }
                    CrossAction::Associate(pair) => {
                        (self.nothing(), Reach::AnyTenancy, Some(self.association(pair)?))
                    }
                };
                let guard = self.condition(endorse.condition.as_ref())?;
                Some(statement(
                    endorse.effect,
                    Side::Endorse,
                    subjects,
                    permissions,
                    reach,
                    guard,
                    association,
                ))
            }
            syntax::Statement::Admit(admit) => {
                let from = self.origin(&admit.origin)?;
                let subjects = self.foreign_subjects(&admit.subject, from)?;
                let (permissions, reach, association) = match &admit.action {
                    CrossAction::In { action, place } => {
                        (self.action(action, admit.effect)?, Reach::Below(self.location(place)?), None)
                    }
                    CrossAction::Associate(pair) => {
                        let root = self.binder.directory.root(self.tenancy);
                        (self.nothing(), Reach::Below(root), Some(self.association(pair)?))
                    }
                };
                let guard = self.condition(admit.condition.as_ref())?;
                Some(statement(
                    admit.effect,
                    Side::Admit { from },
                    subjects,
                    permissions,
                    reach,
                    guard,
                    association,
                ))
            }
            syntax::Statement::Define(_) | syntax::Statement::Comment(_) | syntax::Statement::Broken => None,
        }
    }

    fn association(&mut self, pair: &syntax::Association) -> Option<Box<Association>> {
        let mut side = |side: &syntax::Associate| {
            Some(Associate {
                resource: action::type_name(side.resource.node.as_str()),
                reach: self.associate(&side.scope)?,
            })
        };
        Some(Box::new(Association { first: side(&pair.first)?, second: side(&pair.second)? }))
    }

    /// Where one side of an association is: `tenancy` means the tenancy of the policy.
    fn associate(&mut self, scope: &Spanned<syntax::Scope>) -> Option<Reach> {
        match &scope.node {
            syntax::Scope::Local(location) => {
                let location = Spanned::new(location.clone(), scope.span);
                Some(Reach::Below(self.location(&location)?))
            }
            // A pair may name its own tenancy too.
            syntax::Scope::Tenancy(alias) => Some(Reach::Tenancy(self.tenancy_alias(alias))),
            syntax::Scope::AnyTenancy | syntax::Scope::CompartmentOf { .. } => self.scope(scope),
        }
    }

    fn subjects(&mut self, subject: &Spanned<syntax::Subject>) -> Option<Box<[Subject]>> {
        subject::local(self, subject)
    }

    fn foreign_subjects(
        &mut self,
        subject: &Spanned<syntax::Subject>,
        from: Option<TenancyId>,
    ) -> Option<Box<[Subject]>> {
        subject::foreign(self, subject, from)
    }
}
