//! `lint/allow-fully-denied`

use super::context::Context;
use super::denies;
use super::findings::ProgramFindings;
use crate::program::Side;
use crate::syntax::Effect;

lint! {
    /// Flags an allow all of which a deny takes away.
    ///
    /// # Why
    /// A deny outranks every allow: the statement grants nothing, and who reads it believes that it does. Only a deny without
    /// conditions that binds the same subjects in the same place or above counts. The default Administrators are exempt.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: guests
    /// Allow group Guests to read buckets in compartment hangar
    /// # policy: guards
    /// Deny group Guests to inspect buckets in tenancy
    /// ```
    /// ```policy clean
    /// # policy: guests
    /// Allow group Guests to read buckets in compartment hangar
    /// # policy: guards
    /// Deny group Guests to inspect buckets in compartment vault
    /// ```
    "lint/allow-fully-denied", Warning, rejects: No, basis: "[D: DENY]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let certain = denies::certain(context);
    if certain.is_empty() {
        return;
    }
    for (_, statement) in context.program.statements() {
        if statement.effect != Effect::Allow || statement.side != Side::Own {
            continue;
        }
        if let Some(deny) = denies::taking_all(context, &certain, statement) {
            findings
                .report(
                    statement.place,
                    "a deny takes all of this away",
                    "delete this statement, or narrow the deny",
                )
                .label(deny.place, "the deny");
        }
    }
}
