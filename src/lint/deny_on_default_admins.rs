//! `lint/deny-on-default-admins`

use super::context::Context;
use super::findings::ProgramFindings;
use crate::program::{Side, Subject};
use crate::syntax::Effect;

lint! {
    /// Flags a deny of nobody but the default administrators.
    ///
    /// # Why
    /// No deny binds them: the statement has no effect.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     deny-policies: enabled
    ///     groups: [{name: Administrators, id: ocid1.group.oc1..admins, default-administrators: true}]
    ///     policies:
    ///       - statements:
    ///           - Deny group Administrators to inspect keys in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     deny-policies: enabled
    ///     groups: [{name: Operators, id: ocid1.group.oc1..operators}]
    ///     policies:
    ///       - statements:
    ///           - Deny group Operators to inspect keys in tenancy
    /// ```
    "lint/deny-on-default-admins", Warning, rejects: No, basis: "[D: DENY]",
    needs: [Need::Knows(Aspect::Groups)],
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let model = context.program.tenancies();
    let exempt = |subject: &Subject| match subject {
        Subject::Group(id) => model.group(*id).is_some_and(|group| group.default_administrators),
        Subject::AnyUser
        | Subject::AnyGroup
        | Subject::DynamicGroup(_)
        | Subject::Service(_)
        | Subject::Unsupported => false,
    };
    for (statement, _) in context.statements() {
        if statement.effect == Effect::Deny
            && statement.side == Side::Own
            && !statement.subjects.is_empty()
            && statement.subjects.iter().all(exempt)
        {
            findings.report(
                statement.place,
                "no deny binds the default administrators: this has no effect",
                "work with another group of operators that is not exempt",
            );
        }
    }
}
