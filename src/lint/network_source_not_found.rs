//! `lint/network-source-not-found`

use super::context::Context;
use super::findings::ProgramFindings;
use super::meaning::Meaning;
use crate::caseless;
use crate::source::Place;
use crate::suggest::did_you_mean;

lint! {
    /// Flags a network source that the tenancy does not have.
    ///
    /// # Why
    /// Nothing checks the name when the policy is saved; the test is never true. Only tenancies whose model lists network sources
    /// are looked at.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     network-sources: [{name: office, public: [192.0.2.0/24]}]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in tenancy where request.networkSource.name = 'ofice'
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     network-sources: [{name: office, public: [192.0.2.0/24]}]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Allow group Pilots to read vcns in tenancy where request.networkSource.name = 'office'
    /// ```
    "lint/network-source-not-found", Warning, rejects: No, basis: "[D: GV]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let sources = context.model.network_sources();
    if sources.is_empty() {
        return;
    }
    for (statement, written) in context.statements() {
        let tenancy = context.tenancy(statement);
        let known =
            || sources.iter().filter(|source| source.tenancy == tenancy).map(|source| source.name.as_str());
        if written.item.statement.condition().is_none() || known().next().is_none() {
            continue;
        }
        for leaf in
            Meaning::of(written.item).leaves.iter().filter(|leaf| leaf.is("request.networkSource.name"))
        {
            for (text, span) in leaf.texts().filter(|(text, _)| !text.contains('*')) {
                if known().any(|name| caseless::equal(name, text)) {
                    continue;
                }
                let place = Place { source: statement.place.source, span };
                let message = format!("the tenancy has no network source `{text}`");
                match did_you_mean(text, known()) {
                    Some(like) => {
                        findings.report(place, message, format!("did you mean `{like}`?")).suggest(
                            format!("write `{like}`"),
                            span,
                            format!("'{like}'"),
                        );
                    }
                    None => {
                        findings.report(place, message, "make it, or name one that exists");
                    }
                }
            }
        }
    }
}
