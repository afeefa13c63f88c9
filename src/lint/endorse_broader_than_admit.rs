//! `lint/endorse-broader-than-admit`

use super::context::Context;
use super::findings::ProgramFindings;
use super::halves::{self, Half};

lint! {
    /// Flags an Endorse that gives more than the other tenancy admits.
    ///
    /// # Why
    /// What counts is what both halves give. The surplus is dead weight today, and a grant the day the other tenancy
    /// widens its Admit.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: fjord
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to manage object-family in tenancy Glacier
    /// # policy: glacier
    /// # attach: Glacier
    /// Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    /// Define group RemotePilots as ocid1.group.oc1..pilots
    /// Admit group RemotePilots of tenancy Fjord to read objects in tenancy
    /// ```
    /// ```policy clean
    /// # policy: fjord
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read objects in tenancy Glacier
    /// # policy: glacier
    /// # attach: Glacier
    /// Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    /// Define group RemotePilots as ocid1.group.oc1..pilots
    /// Admit group RemotePilots of tenancy Fjord to read objects in tenancy
    /// ```
    "lint/endorse-broader-than-admit", Info, rejects: No, basis: "[I: XT]",
    needs: [Need::Partner],
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let admits = halves::admits(context);
    let whole = |half: &&Half<'_>| half.broken.is_none();
    for endorse in halves::endorses(context).iter().filter(whole) {
        let Some(there) = endorse.partner else { continue };
        let met: Vec<&Half<'_>> = admits
            .iter()
            .filter(whole)
            .filter(|admit| admit.home == there && halves::meet(context, endorse, admit))
            .collect();
        let Some(other) = met.first() else { continue };
        let Some(surplus) = halves::surplus(context, endorse, &met) else { continue };
        let place = endorse.statement.place;
        findings
            .report(
                place,
                format!("this endorses more than {} admits: it {surplus}", context.name(there)),
                "narrow it to what the Admit gives",
            )
            .label(other.statement.place, "what is admitted");
    }
}
