//! `lint/companion-statement-missing`

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use super::meaning::Meaning;
use crate::catalog::{Expansion, Operation, Permission, PermissionSet, TypeKind};
use crate::program::{Side, Statement, Subject};
use crate::source::Place;
use crate::syntax::Effect;
use crate::tenancy::{Aspect, TenancyId};

lint! {
    /// Flags a right that is useless alone, where its holder has not the other rights that the operation needs.
    ///
    /// # Why
    /// Adding somebody to a group needs the right to change users and the right to change groups; a volume is attached with rights on
    /// the volume and on the instance; an instance is launched into a subnet and from an image; a key is made in a vault, and a secret
    /// with a key. Nothing says so when one of the statements is missing: the operation is refused as if the resource were not there.
    /// Only tenancies all of whose policies are known are looked at.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Bakers, id: ocid1.group.oc1..bakers}]
    ///     policies:
    ///       - statements: [Allow group Bakers to manage keys in tenancy]
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Bakers, id: ocid1.group.oc1..bakers}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Bakers to manage keys in tenancy where request.permission != 'KEY_DELETE'
    ///           - Allow group Bakers to use vaults in tenancy
    /// ```
    "lint/companion-statement-missing", Warning, rejects: No, basis: "[D: IAMP, COM, KEY]",
    needs: [Need::Knows(Aspect::Policies)],
    checks: [Check::Program(check)]
}

/// Operations of several resources, each with the permission that nobody is given for anything else.
const OPERATIONS: [(&str, &str); 5] = [
    ("AddUserToGroup", "USER_UPDATE"),
    ("AttachVolume", "VOLUME_ATTACHMENT_CREATE"),
    ("LaunchInstance", "INSTANCE_CREATE"),
    ("CreateKey", "KEY_CREATE"),
    ("CreateSecret", "SECRET_CREATE"),
];

/// An operation, the permission that shows it is meant, and all it needs.
struct Needed {
    operation: Operation,
    shows: Permission,
    all: &'static [Permission],
}

static NEEDED: LazyLock<Vec<Needed>> = LazyLock::new(|| {
    let needed = |(operation, shows): &(&str, &str)| {
        let operation = *Operation::find(operation).first()?;
        let all = operation.requirement().permissions()?;
        Some(Needed { operation, shows: Permission::find(shows)?, all })
    };
    OPERATIONS.iter().filter_map(needed).collect()
});

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let rights = Rights::of(context);
    for (statement, written) in context.statements() {
        if !is_own_allow(statement) || !knows(context, context.tenancy(statement)) {
            continue;
        }
        let Some(given) = context.program.permission_sets().get(statement.permissions) else { continue };
        let mut shown = NEEDED.iter().filter(|needed| given.certain.contains(needed.shows)).peekable();
        if shown.peek().is_none() {
            continue;
        }
        let meaning = Meaning::of(written.item);
        let everything =
            meaning.found().is_some_and(|found| found.resource_type.kind() == TypeKind::AllResources);
        let Some(action) = meaning.statement().action().filter(|_| !everything) else { continue };
        let place = Place { source: statement.place.source, span: action.span };
        for needed in shown.filter(|needed| meaning.freely_grants(needed.shows)) {
            let Some(missing) = statement.subjects.iter().find_map(|subject| {
                let held = rights.of_subject(context.tenancy(statement), *subject);
                let missing: Vec<&str> = needed
                    .all
                    .iter()
                    .filter(|permission| {
                        !held.certain.contains(**permission) && !held.unknown.contains(**permission)
                    })
                    .map(|permission| permission.name())
                    .collect();
                (!missing.is_empty()).then_some(missing)
            }) else {
                continue;
            };
            findings.report(
                place,
                format!("{} also needs {}, which no statement grants", needed.operation, missing.join(", ")),
                format!("add what is missing: {}", grants(&missing)),
            );
        }
    }
}

/// The verbs and types that grant some permissions.
fn grants(missing: &[&str]) -> String {
    let row = |name: &&str| Permission::find(name)?.granted_by().first().map(ToString::to_string);
    let mut rows: Vec<String> = missing.iter().filter_map(row).collect();
    rows.dedup();
    if rows.is_empty() {
        "see the policy reference of the service".to_owned()
    } else {
        format!("`{}`", rows.join("`, `"))
    }
}

fn is_own_allow(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && statement.side == Side::Own
}

fn knows(context: &Context<'_>, tenancy: TenancyId) -> bool {
    context.model.knows(tenancy, Aspect::Policies)
}

/// What the subjects of each tenancy are given, places and conditions left aside.
struct Rights {
    given: FxHashMap<(TenancyId, Subject), Expansion>,
}

impl Rights {
    fn of(context: &Context<'_>) -> Self {
        let mut given: FxHashMap<(TenancyId, Subject), Expansion> = FxHashMap::default();
        for (statement, _) in context.statements().filter(|(statement, _)| is_own_allow(statement)) {
            let Some(set) = context.program.permission_sets().get(statement.permissions) else { continue };
            for subject in &statement.subjects {
                let all = given
                    .entry((context.tenancy(statement), *subject))
                    .or_insert_with(|| Expansion::of(PermissionSet::EMPTY));
                all.certain = all.certain | set.certain;
                // Of a set that names nothing for certain nobody knows what is missing.
                all.unknown = all.unknown | set.unknown;
            }
        }
        Self { given }
    }

    /// What a subject has, by itself and as one of everybody.
    fn of_subject(&self, tenancy: TenancyId, subject: Subject) -> Expansion {
        let mut all = Expansion::of(PermissionSet::EMPTY);
        for subject in [subject, Subject::AnyUser, Subject::AnyGroup] {
            if let Some(more) = self.given.get(&(tenancy, subject)) {
                all.certain = all.certain | more.certain;
                all.unknown = all.unknown | more.unknown;
            }
        }
        all
    }
}
