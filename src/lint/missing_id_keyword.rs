//! `syntax/missing-id-keyword`

use super::findings::Findings;
use crate::source::Spanned;
use crate::syntax::{CrossAction, Item, Location, Name, Principal, Scope, Statement, Subject};

lint! {
    /// Flags an OCID where a name is expected, and `compartment id:OCID`, `compartment in OCID`.
    ///
    /// # Why
    /// Without `id` in front of it the service looks for a group or compartment that is *called* like the OCID.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to read vcns in compartment ocid1.compartment.oc1..hangar
    /// ```
    /// ```policy flagged
    /// Allow group ocid1.group.oc1..pilots to read vcns in tenancy
    /// ```
    /// ```policy flagged
    /// Allow group Pilots to read vcns in compartment id:ocid1.compartment.oc1..hangar
    /// ```
    /// ```policy clean
    /// Allow group id ocid1.group.oc1..pilots to read vcns in compartment id ocid1.compartment.oc1..hangar
    /// ```
    "syntax/missing-id-keyword", Error, rejects: Yes, basis: "[O]",
    checks: [Check::Reported(By::Parser), Check::Statement(check)]
}

fn check(item: &Item, findings: &mut Findings<'_>) {
    if let Some(Spanned { node: Subject::Groups(groups) | Subject::DynamicGroups(groups), .. }) =
        item.statement.subject()
    {
        for group in groups {
            if let Principal::Named { domain: None, name } = &group.node {
                report(name, findings);
            }
        }
    }
    // Behind the first segment of a path an OCID is a name like others.
    if let Some(Location::Compartment(path)) = location(&item.statement)
        && let [only] = path.as_slice()
    {
        report(only, findings);
    }
}

fn location(statement: &Statement) -> Option<&Location> {
    match statement {
        Statement::Grant(grant) => Some(&grant.location.node),
        Statement::Admit(admit) => match &admit.action {
            CrossAction::In { place, .. } => Some(&place.node),
            CrossAction::Associate(_) => None,
        },
        Statement::Endorse(endorse) => match &endorse.action {
            CrossAction::In { place, .. } => match &place.node {
                Scope::CompartmentOf { compartment, .. } => Some(&compartment.node),
                Scope::Local(location) => Some(location),
                Scope::AnyTenancy | Scope::Tenancy(_) => None,
            },
            CrossAction::Associate(_) => None,
        },
        Statement::Define(_) | Statement::Comment(_) | Statement::Broken => None,
    }
}

fn report(name: &Spanned<Name>, findings: &mut Findings<'_>) {
    let text = name.node.as_str();
    if text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("ocid1.")) {
        findings
            .report(
                name.span,
                format!("`{text}` is an OCID where a name is expected"),
                format!("write `id {text}`"),
            )
            .safe("insert `id`", name.span.before(), "id ");
    }
}
