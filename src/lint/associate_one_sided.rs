//! `lint/associate-one-sided`

use super::context::Context;
use super::findings::ProgramFindings;
use crate::program::{Association, Reach, Side, Statement};
use crate::syntax::Effect;
use crate::tenancy::TenancyId;

lint! {
    /// Flags an `associate` that only one of the two tenancies has.
    ///
    /// # Why
    /// Linking two resources of two tenancies takes an Endorse on one side and an Admit on the other, both `to associate`.
    /// Nothing is said where the other tenancy's policies are not among the files.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: here
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to associate drg-attachments in tenancy with vcns in tenancy Glacier
    /// # policy: there
    /// # attach: Glacier
    /// Allow group Netters to read vcns in tenancy
    /// ```
    /// ```policy clean
    /// # policy: here
    /// # attach: Fjord
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to associate drg-attachments in tenancy with vcns in tenancy Glacier
    /// # policy: there
    /// # attach: Glacier
    /// Define tenancy Fjord as ocid1.tenancy.oc1..fjord
    /// Define group Remote as ocid1.group.oc1..pilots
    /// Admit group Remote of tenancy Fjord to associate drg-attachments in tenancy Fjord with vcns in tenancy
    /// ```
    "lint/associate-one-sided", Warning, rejects: No, basis: "[D: XDBT] [E: XNET, XDNS]",
    checks: [Check::Program(check)]
}

/// One side of a link, and the tenancy on the other.
struct Half<'a> {
    statement: &'a Statement,
    pair: &'a Association,
    home: TenancyId,
    partner: Option<TenancyId>,
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let halves: Vec<Half<'_>> = context
        .statements()
        .filter(|(statement, _)| statement.effect == Effect::Allow)
        .filter_map(|(statement, _)| {
            let pair = statement.association.as_deref()?;
            let home = context.tenancy(statement);
            let reach = |reach: Reach| match reach {
                Reach::Tenancy(there) | Reach::NotModelled(there) => Some(there),
                Reach::Below(place) => {
                    context.program.tenancies().compartment(place).map(|compartment| compartment.tenancy)
                }
                Reach::AnyTenancy | Reach::Nowhere => None,
            };
            let partner = match statement.side {
                Side::Admit { from } => from,
                Side::Endorse | Side::Own => [pair.first.reach, pair.second.reach]
                    .into_iter()
                    .filter_map(reach)
                    .find(|there| *there != home),
            };
            Some(Half { statement, pair, home, partner })
        })
        .collect();
    let same = |a: &Association, b: &Association| {
        let names = |pair: &Association| {
            let mut names =
                [pair.first.resource.to_ascii_lowercase(), pair.second.resource.to_ascii_lowercase()];
            names.sort();
            names
        };
        names(a) == names(b)
    };
    for half in &halves {
        let Some(partner) = half.partner.filter(|partner| context.has_policies_of(*partner)) else {
            continue;
        };
        let met = halves.iter().any(|other| {
            other.home == partner
                && other.partner.is_none_or(|there| there == half.home)
                && (other.statement.side == Side::Endorse) != (half.statement.side == Side::Endorse)
                && same(half.pair, other.pair)
        });
        if !met {
            let verb = if half.statement.side == Side::Endorse { "Admit" } else { "Endorse" };
            findings.report(
                half.statement.place,
                format!("nothing in {} lets the two be linked from its side", context.name(partner)),
                format!(
                    "add `{verb} … to associate {} in … with {} in …` there",
                    half.pair.first.resource, half.pair.second.resource
                ),
            );
        }
    }
}
