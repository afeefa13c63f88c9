//! `lint/companion-missing-key-delegate`

use super::context::Context;
use super::findings::ProgramFindings;
use super::meaning::Meaning;
use crate::catalog::{Permission, TypeKind};
use crate::program::{Side, Statement, Subject};
use crate::source::Place;
use crate::syntax::Effect;
use crate::tenancy::{Aspect, TenancyId};

lint! {
    /// Flags `use key-delegate` where no service may use keys, and a service that may use keys where nobody may delegate them.
    ///
    /// # Why
    /// Whoever makes an encrypted volume or bucket lets the service use the key on their behalf. That takes two statements:
    /// one for the people, one for the service. Only tenancies all of whose policies are known are looked at.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Bakers, id: ocid1.group.oc1..bakers}]
    ///     policies:
    ///       - statements: [Allow group Bakers to use key-delegate in tenancy]
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Bakers, id: ocid1.group.oc1..bakers}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Bakers to use key-delegate in tenancy
    ///           - Allow service blockstorage to use keys in tenancy
    /// ```
    "lint/companion-missing-key-delegate", Warning, rejects: No, basis: "[D: KEY, COM]",
    needs: [Need::Knows(Aspect::Policies)],
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let (Some(delegate), Some(encrypt)) =
        (Permission::find("KEY_ASSOCIATE"), Permission::find("KEY_ENCRYPT"))
    else {
        return;
    };
    let allows = |statement: &Statement| statement.effect == Effect::Allow && statement.side == Side::Own;
    let gives = |statement: &Statement, permission: Permission| {
        let set = context.program.permission_sets().get(statement.permissions);
        set.is_some_and(|set| set.certain.contains(permission) || set.unknown.contains(permission))
    };
    // A service, or whatever may be one: resources use keys as themselves too.
    let may_be_service = |statement: &Statement| {
        statement.subjects.iter().any(|subject| !matches!(subject, Subject::Group(_)))
    };
    let any = |tenancy: TenancyId, wanted: &dyn Fn(&Statement) -> bool| {
        context
            .statements()
            .any(|(other, _)| allows(other) && context.tenancy(other) == tenancy && wanted(other))
    };
    for (statement, written) in context.statements().filter(|(statement, _)| allows(statement)) {
        let tenancy = context.tenancy(statement);
        let (delegates, encrypts) = (gives(statement, delegate), gives(statement, encrypt));
        if (!delegates && !encrypts) || !context.model.knows(tenancy, Aspect::Policies) {
            continue;
        }
        let meaning = Meaning::of(written.item);
        let Some(action) = meaning.statement().action() else { continue };
        let place = Place { source: statement.place.source, span: action.span };
        let narrow = meaning.found().is_none_or(|found| found.resource_type.kind() == TypeKind::Individual);
        let is_service = statement.subjects.iter().all(|subject| matches!(subject, Subject::Service(_)));
        if delegates && narrow && !is_service {
            if !any(tenancy, &|other| may_be_service(other) && gives(other, encrypt)) {
                findings.report(
                    place,
                    "the key may be delegated to a service, and no service may use keys",
                    "add `Allow service NAME to use keys in …`, as in `Allow service blockstorage to use keys in tenancy`",
                );
            }
        } else if encrypts && narrow && is_service && !any(tenancy, &|other| gives(other, delegate)) {
            findings.report(
                place,
                "the service may use keys, and nobody may delegate one to it",
                "add `Allow group NAME to use key-delegate in …` for those who make what is encrypted",
            );
        }
    }
}
