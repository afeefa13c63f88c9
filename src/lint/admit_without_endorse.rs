//! `lint/admit-without-endorse`

use super::context::Context;
use super::findings::ProgramFindings;
use super::halves::{self, Half};

lint! {
    /// Flags an Admit that no Endorse of the other tenancy meets.
    ///
    /// # Why
    /// Both tenancies must agree: what one admits and the other does not endorse is not allowed. An Endorse that is there
    /// but not in force, because its policy is refused, is pointed at. Where the other tenancy's policies are not among
    /// the files the finding is a remark.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: glacier
    /// # attach: Glacier
    /// Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    /// Define group RemotePilots as ocid1.group.oc1..pilots
    /// Admit group RemotePilots of tenancy Fjord to read buckets in tenancy
    /// # policy: fjord
    /// # attach: Fjord
    /// Allow group Pilots to read buckets in tenancy
    /// ```
    /// ```policy clean
    /// # policy: glacier
    /// # attach: Glacier
    /// Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    /// Define group RemotePilots as ocid1.group.oc1..pilots
    /// Admit group RemotePilots of tenancy Fjord to read buckets in tenancy
    /// # policy: fjord
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to manage object-family in tenancy Glacier
    /// ```
    "lint/admit-without-endorse", Warning, rejects: No, basis: "[D: XT, XOS, XOKE]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let (endorses, admits) = (halves::endorses(context), halves::admits(context));
    let strangers = halves::strangers(context, &endorses, &admits);
    for admit in &admits {
        let Some(from) = admit.partner.filter(|from| *from != admit.home) else { continue };
        // That its Endorse has nothing in common with it is told by another lint.
        let told = strangers.iter().any(|(_, stranger)| std::ptr::eq(*stranger, admit));
        if told || !admit.is_clear() || halves::is_oracles(context, from) {
            continue;
        }
        let met: Vec<&Half<'_>> = endorses
            .iter()
            .filter(|endorse| endorse.home == from && halves::meet(context, endorse, admit))
            .collect();
        if met.iter().any(|endorse| endorse.broken.is_none()) {
            continue;
        }
        let place = admit.statement.place;
        let name = context.name(from);
        match met.first().and_then(|endorse| Some((endorse, endorse.broken?))) {
            Some((endorse, fault)) => {
                let help = fault.help.clone().unwrap_or_else(|| "repair the Endorse".to_owned());
                findings
                    .report(place, format!("the Endorse of {name} for this is not in force"), help)
                    .label(endorse.statement.place, fault.message.clone());
            }
            None => {
                let finding = findings.report(
                    place,
                    format!("nothing in {name} endorses this"),
                    halves::missing_endorse(context, admit),
                );
                if !context.has_policies_of(from) {
                    finding.as_info();
                }
            }
        }
    }
}
