//! `lint/ambiguous-group-name`

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use crate::caseless;
use crate::program::Side;
use crate::source::Place;
use crate::syntax::{Principal, Subject};
use crate::tenancy::{DEFAULT_DOMAIN, TenancyId};

lint! {
    /// Flags a group's name without its domain where several domains have a group of that name.
    ///
    /// # Why
    /// It means the group of the default domain. A reader may think of the other one.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     domains: [FlightOps]
    ///     groups:
    ///       - {name: Pilots, id: ocid1.group.oc1..pilots}
    ///       - {name: Pilots, id: ocid1.group.oc1..others, domain: FlightOps}
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     domains: [FlightOps]
    ///     groups:
    ///       - {name: Pilots, id: ocid1.group.oc1..pilots}
    ///       - {name: Pilots, id: ocid1.group.oc1..others, domain: FlightOps}
    ///     policies:
    ///       - statements:
    ///           - Allow group Default/Pilots to read vcns in tenancy
    /// ```
    "lint/ambiguous-group-name", Warning, rejects: No, basis: "[D: SUB]",
    needs: [Need::Knows(Aspect::Groups)],
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let mut domains: FxHashMap<(TenancyId, String), Vec<&str>> = FxHashMap::default();
    for (_, group) in context.model.groups().filter(|(_, group)| group.known) {
        if let Some(name) = &group.name {
            domains.entry((group.tenancy, caseless::fold(name))).or_default().push(&group.domain);
        }
    }
    domains.retain(|_, domains| domains.len() > 1);
    if domains.is_empty() {
        return;
    }
    for (statement, written) in context.statements() {
        let Some(Subject::Groups(groups)) = written.item.statement.subject().map(|subject| &subject.node)
        else {
            continue;
        };
        if matches!(statement.side, Side::Admit { .. }) {
            continue;
        }
        for group in groups {
            let Principal::Named { domain: None, name } = &group.node else { continue };
            let Some(typed) = name.node.literal() else { continue };
            let Some(known) = domains.get(&(context.tenancy(statement), caseless::fold(typed))) else {
                continue;
            };
            let own = known.iter().any(|domain| caseless::equal(domain, DEFAULT_DOMAIN));
            let Some(other) = known.iter().find(|domain| !caseless::equal(domain, DEFAULT_DOMAIN)) else {
                continue;
            };
            if own {
                findings
                    .report(
                        Place { source: statement.place.source, span: group.span },
                        format!("the domain `{other}` has a group of this name too"),
                        format!("write `{DEFAULT_DOMAIN}/{typed}` or `{other}/{typed}`"),
                    )
                    .suggest(
                        format!("write `{DEFAULT_DOMAIN}/{typed}`"),
                        group.span.before(),
                        format!("{DEFAULT_DOMAIN}/"),
                    );
            }
        }
    }
}
