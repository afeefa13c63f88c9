//! `lint/admit-broader-than-endorse`

use super::context::Context;
use super::findings::ProgramFindings;
use super::halves::{self, Half};

lint! {
    /// Flags an Admit that gives more than the other tenancy endorses.
    ///
    /// # Why
    /// What counts is what both halves give. The surplus is dead weight today, and a grant the day the other tenancy
    /// widens its Endorse, which the admitting tenancy does not see.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: fjord
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read objects in tenancy Glacier
    /// # policy: glacier
    /// # attach: Glacier
    /// Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    /// Define group RemotePilots as ocid1.group.oc1..pilots
    /// Admit group RemotePilots of tenancy Fjord to manage object-family in tenancy
    /// ```
    /// ```policy clean
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
    "lint/admit-broader-than-endorse", Info, rejects: No, basis: "[I: XT]",
    needs: [Need::Partner],
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let endorses = halves::endorses(context);
    let whole = |half: &&Half<'_>| half.broken.is_none();
    for admit in halves::admits(context).iter().filter(whole) {
        let Some(from) = admit.partner else { continue };
        let met: Vec<&Half<'_>> = endorses
            .iter()
            .filter(whole)
            .filter(|endorse| endorse.home == from && halves::meet(context, endorse, admit))
            .collect();
        let Some(other) = met.first() else { continue };
        let Some(surplus) = halves::surplus(context, admit, &met) else { continue };
        let place = admit.statement.place;
        findings
            .report(
                place,
                format!("this admits more than {} endorses: it {surplus}", context.name(from)),
                "narrow it to what the Endorse gives",
            )
            .label(other.statement.place, "what is endorsed");
    }
}
