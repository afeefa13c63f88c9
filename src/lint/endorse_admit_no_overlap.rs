//! `lint/endorse-admit-no-overlap`

use super::context::Context;
use super::findings::ProgramFindings;
use super::halves::{self, Half};

lint! {
    /// Flags an Endorse and an Admit that speak of each other and have nothing in common.
    ///
    /// # Why
    /// What counts is what both halves give: other types, other places or conditions that exclude each other leave nothing. Both
    /// halves are there, so that the pair looks complete.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: fjord
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
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
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// # policy: glacier
    /// # attach: Glacier
    /// Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    /// Define group RemotePilots as ocid1.group.oc1..pilots
    /// Admit group RemotePilots of tenancy Fjord to read buckets in tenancy
    /// ```
    "lint/endorse-admit-no-overlap", Warning, rejects: No, basis: "[I: XT]",
    needs: [Need::Partner],
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let (endorses, admits) = (halves::endorses(context), halves::admits(context));
    for (endorse, admit) in halves::strangers(context, &endorses, &admits) {
        let text = |half: &Half<'_>| {
            let action = half.written.item.statement.action();
            action.map(|action| halves::text(context, half, action.span)).unwrap_or_default()
        };
        let (given, admitted) = (text(endorse), text(admit));
        let why = if given.eq_ignore_ascii_case(&admitted) {
            "their places or conditions exclude each other".to_owned()
        } else {
            format!("one gives `{given}`, the other `{admitted}`")
        };
        findings
            .report(
                endorse.statement.place,
                format!("this and its Admit have nothing in common: {why}"),
                "write the same permissions, place and conditions on both sides",
            )
            .label(admit.statement.place, "the Admit");
    }
}
