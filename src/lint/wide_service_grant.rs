//! `lint/wide-service-grant`

use super::findings::Findings;
use super::meaning::{Extent, Meaning};
use crate::catalog::{TypeKind, Verb};
use crate::syntax::Subject;

lint! {
    /// Says that a service is given more than services need: everything, or the management of a type in the whole tenancy.
    ///
    /// # Why
    /// The page of the service lists the statements it needs. What is granted beyond them is open to whoever can make the service
    /// act.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow service vulnerability-scanning-service to manage all-resources in tenancy
    /// ```
    /// ```policy clean
    /// Allow service vulnerability-scanning-service to read vnics in tenancy
    /// ```
    "lint/wide-service-grant", Info, risk: Medium, rejects: No, basis: "[I: COM]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let service = matches!(meaning.subject(), Some(Subject::Services(_)));
    if !service || !meaning.gives() || meaning.statement().condition().is_some() {
        return;
    }
    let (Some((verb, _)), Some(action)) = (meaning.verb(), meaning.statement().action()) else { return };
    let all = meaning.found().is_some_and(|found| found.resource_type.kind() == TypeKind::AllResources);
    if (all && verb.node >= Verb::Use) || (verb.node == Verb::Manage && meaning.extent() == Extent::Tenancy) {
        findings.report(
            action.span,
            "a service seldom needs this much",
            "write the statements that the service's page asks for, in the compartments concerned",
        );
    }
}
