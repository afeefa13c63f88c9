//! What to change in what is written already: rejected policies that would count, and rules that do not.

use crate::decide::trace::{Trace, Why};
use crate::diagnostic::Diagnostic;
use crate::ocid::Ocid;
use crate::program::{PolicyId, Program, Rejection};
use crate::request::Request;
use crate::source::Place;
use crate::syntax::AliasKind;

use super::UnreadRule;

/// A change to what is written already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What to change: a statement of a policy, or the rule of a dynamic group.
    pub what: String,
    /// What to do.
    pub how: String,
    /// Where.
    pub place: Option<Place>,
}

/// The changes without which nothing that is there counts: first what rejects policies that would allow the request, then
/// the rules it depends on.
pub(super) fn changes(
    program: &Program,
    request: &Request,
    trace: &Trace,
    unread: &[UnreadRule],
) -> Vec<Change> {
    let misses = trace.tests.iter().flat_map(|test| &test.misses);
    let inert = misses.filter(|miss| miss.why == Why::NotInForce);
    let policies: Vec<_> =
        inert.filter_map(|miss| miss.statement.of(program)).map(|statement| statement.policy).collect();
    let mut changes: Vec<Change> = Vec::new();
    let mut told: Vec<(PolicyId, String)> = Vec::new();
    for rejection in program.rejections().iter().filter(|found| policies.contains(&found.policy)) {
        let Some(policy) = program.policy(rejection.policy) else { continue };
        let how = help(program, request, rejection)
            .unwrap_or_else(|| format!("{}: correct the statement", rejection.finding.message));
        // One Define mends every statement of its policy that lacks it.
        let own = (rejection.policy, how.clone());
        if told.contains(&own) {
            continue;
        }
        told.push(own);
        let what = format!("{} #{}", policy.name, rejection.number);
        changes.push(Change { what, how, place: rejection.finding.place() });
    }
    changes.extend(unread.iter().map(|unread| Change {
        what: format!("the rule of dynamic group `{}`", unread.group),
        how: match &unread.help {
            Some(help) => format!("{}: {help}", unread.reason),
            None => unread.reason.clone(),
        },
        place: unread.place,
    }));
    changes
}

/// What to type against a rejection, with the OCID that a Define lacks where the request shows which it is.
pub(super) fn help(program: &Program, request: &Request, rejection: &Rejection) -> Option<String> {
    let Diagnostic { help, .. } = &rejection.finding;
    let help = help.as_ref()?;
    let policy = program.policy(rejection.policy)?;
    let kinds = [AliasKind::Tenancy, AliasKind::Group, AliasKind::DynamicGroup];
    let lacking = |kind: &AliasKind| help.contains(&format!("`Define {} ", kind.as_str()));
    let ocid = kinds.into_iter().find(lacking).and_then(|kind| match kind {
        AliasKind::Tenancy => {
            let home = request.principal.tenancy;
            let there = request.checks.iter().map(|check| check.target.tenancy).find(|&there| there != home);
            let meant = if policy.tenancy == home { there? } else { home };
            program.tenancies().tenancy(meant)?.id.as_ref()
        }
        AliasKind::Group => {
            let own = request.principal.groups.iter().filter(|(_, member)| member.is_true());
            only(own.filter_map(|(id, _)| program.tenancies().group(*id)?.id.as_ref()))
        }
        AliasKind::DynamicGroup => {
            let own = request.principal.dynamic_groups.iter().filter(|(_, member)| member.is_true());
            only(own.filter_map(|(id, _)| program.tenancies().dynamic_group(*id)?.id.as_ref()))
        }
        AliasKind::Compartment => None,
    });
    Some(ocid.map_or_else(|| help.clone(), |ocid| help.replace(" as OCID`", &format!(" as {ocid}`"))))
}

/// The only one of several.
fn only<'o>(mut ocids: impl Iterator<Item = &'o Ocid>) -> Option<&'o Ocid> {
    let first = ocids.next()?;
    ocids.next().is_none().then_some(first)
}
