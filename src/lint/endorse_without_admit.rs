//! `lint/endorse-without-admit`

use super::context::Context;
use super::findings::ProgramFindings;
use super::halves::{self, Half};

lint! {
    /// Flags an Endorse that no Admit of the other tenancy meets.
    ///
    /// # Why
    /// Both tenancies must agree: what one endorses and the other does not admit is not allowed. An Admit that is there
    /// but not in force, because its policy is refused, is pointed at. Where the other tenancy's policies are not among
    /// the files the finding is a remark; the tenancies of Oracle whose policies nobody sees are left alone.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: fjord
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// # policy: glacier
    /// # attach: Glacier
    /// Allow group Crew to read buckets in tenancy
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
    /// Admit group RemotePilots of tenancy Fjord to read buckets in compartment shelf
    /// ```
    "lint/endorse-without-admit", Warning, rejects: No, basis: "[D: XT, XOS, XOKE]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let (endorses, admits) = (halves::endorses(context), halves::admits(context));
    let strangers = halves::strangers(context, &endorses, &admits);
    for endorse in &endorses {
        let Some(there) = endorse.partner.filter(|there| *there != endorse.home) else { continue };
        // That its Admit has nothing in common with it is told by another lint.
        let told = strangers.iter().any(|(stranger, _)| std::ptr::eq(*stranger, endorse));
        if told || !endorse.is_clear() || halves::is_oracles(context, there) {
            continue;
        }
        let met: Vec<&Half<'_>> = admits
            .iter()
            .filter(|admit| admit.home == there && halves::meet(context, endorse, admit))
            .collect();
        if met.iter().any(|admit| admit.broken.is_none()) {
            continue;
        }
        let place = endorse.statement.place;
        let name = context.name(there);
        match met.first().and_then(|admit| Some((admit, admit.broken?))) {
            Some((admit, fault)) => {
                let help = fault.help.clone().unwrap_or_else(|| "repair the Admit".to_owned());
                findings
                    .report(place, format!("the Admit of {name} for this is not in force"), help)
                    .label(admit.statement.place, fault.message.clone());
            }
            None => {
                let finding = findings.report(
                    place,
                    format!("nothing in {name} admits this"),
                    halves::missing_admit(context, endorse),
                );
                if !context.has_policies_of(there) {
                    finding.as_info();
                }
            }
        }
    }
}
