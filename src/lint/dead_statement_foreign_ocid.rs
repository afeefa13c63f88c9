//! `lint/dead-statement-foreign-ocid`

use super::context::{Context, Written};
use super::findings::ProgramFindings;
use super::{placeholder_left, redacted_ocid};
use crate::caseless;
use crate::source::{Place, SourceId, Spanned};
use crate::syntax::{Condition, Operand, Predicate, Statement};
use crate::tenancy::TenancyId;

lint! {
    /// Flags an Allow or Deny whose condition pins a target that belongs to another tenancy.
    ///
    /// # Why
    /// Allow never crosses tenancies: the statement matches no request. That the target belongs to another tenancy is known
    /// from the tenancy model, or likely because another tenancy's Admit pins the same OCID. If target and caller are in
    /// one tenancy after all, the statement is fine.
    ///
    /// # Examples
    /// ```policy flagged
    /// # policy: clusters
    /// # attach: ClusterSide
    /// Allow dynamic-group Robots to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// # policy: keys
    /// # attach: KeySide
    /// Define tenancy ClusterSide as ocid1.tenancy.oc1..clusters
    /// Define dynamic-group RemoteRobots as ocid1.dynamicgroup.oc1..robots
    /// Admit dynamic-group RemoteRobots of tenancy ClusterSide to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// ```
    /// ```policy clean
    /// # policy: clusters
    /// # attach: ClusterSide
    /// Define tenancy KeySide as ocid1.tenancy.oc1..keys
    /// Endorse dynamic-group Robots to use keys in tenancy KeySide where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// # policy: keys
    /// # attach: KeySide
    /// Define tenancy ClusterSide as ocid1.tenancy.oc1..clusters
    /// Define dynamic-group RemoteRobots as ocid1.dynamicgroup.oc1..robots
    /// Admit dynamic-group RemoteRobots of tenancy ClusterSide to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// Allow group Crew to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// ```
    "lint/dead-statement-foreign-ocid", Warning, rejects: No, basis: "[I: XT, PS]",
    checks: [Check::Program(check)]
}

/// An OCID that an Admit pins.
struct Pin<'a> {
    ocid: &'a str,
    tenancy: TenancyId,
    place: Place,
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let pins = admitted(context);
    for (statement, written) in context.statements() {
        let (Statement::Grant(_), Some(condition)) =
            (&written.item.statement, written.item.statement.condition())
        else {
            continue;
        };
        let own = context.tenancy(statement);
        for (ocid, span) in pinned(condition) {
            let place = Place { source: statement.place.source, span };
            match home(context, ocid) {
                Some(there) if there == own => {}
                Some(there) => {
                    let message = format!(
                        "the target belongs to {}: the statement never matches it",
                        context.name(there)
                    );
                    findings.report(place, message, help(context, written, there));
                }
                None => {
                    let same = |pin: &&Pin<'_>| {
                        pin.tenancy != own
                            && caseless::equal(pin.ocid, ocid)
                            && (is_whole(ocid) || pin.place.source == place.source)
                    };
                    if let Some(pin) = pins.iter().find(same) {
                        let name = context.name(pin.tenancy);
                        findings
                            .report(
                                place,
                                format!(
                                    "the target probably belongs to {name}: the statement never matches it"
                                ),
                                help(context, written, pin.tenancy),
                            )
                            .label(pin.place, format!("{name} admits access to the same target"));
                    }
                }
            }
        }
    }
}

/// The OCIDs that Admits pin, whether they are in force or not.
fn admitted<'a>(context: &Context<'a>) -> Vec<Pin<'a>> {
    let mut pins = Vec::new();
    for (statement, Written { item, .. }) in context.statements() {
        if let (Statement::Admit(_), Some(condition)) = (&item.statement, item.statement.condition()) {
            let source: SourceId = statement.place.source;
            let tenancy = context.tenancy(statement);
            pins.extend(pinned(condition).into_iter().map(|(ocid, span)| Pin {
                ocid,
                tenancy,
                place: Place { source, span },
            }));
        }
    }
    pins
}

/// The OCIDs that a condition certainly pins the target to.
fn pinned(condition: &Spanned<Condition>) -> Vec<(&str, crate::source::Span)> {
    match &condition.node {
        Condition::All(members) => members.iter().flat_map(pinned).collect(),
        Condition::Test(test) => {
            let name = test.variable.node.to_ascii_lowercase();
            match &test.predicate {
                Predicate::Equal(Spanned { node: Operand::Text(text), span })
                    if name.starts_with("target.") && name.ends_with(".id") && is_ocid(text) =>
                {
                    vec![(text.as_str(), *span)]
                }
                Predicate::Equal(_)
                | Predicate::NotEqual(_)
                | Predicate::In(_)
                | Predicate::NotIn(_)
                | Predicate::Before(_)
                | Predicate::After(_)
                | Predicate::Between { .. }
                | Predicate::Present
                | Predicate::Absent
                | Predicate::SetsEqual(_)
                | Predicate::SetsIntersect(_) => Vec::new(),
            }
        }
        Condition::Any(_) | Condition::Opaque(_) => Vec::new(),
    }
}

fn is_ocid(text: &str) -> bool {
    text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("ocid1."))
}

/// Whether nothing of an OCID is left out; what is means the same only inside one document.
fn is_whole(ocid: &str) -> bool {
    placeholder_left::find(ocid).is_none() && !redacted_ocid::is_redacted(ocid)
}

/// The tenancy of a target that the model has.
fn home(context: &Context<'_>, ocid: &str) -> Option<TenancyId> {
    let model = context.model;
    let resource = model.resources().find(|(_, resource)| caseless::equal(resource.id.as_str(), ocid));
    let compartment =
        resource.map(|(_, resource)| resource.compartment).or_else(|| model.find_compartment(ocid))?;
    model.compartment(compartment).map(|compartment| compartment.tenancy)
}

fn help(context: &Context<'_>, written: Written<'_>, there: TenancyId) -> String {
    let source = context.sources.get(written.policy.policy.source);
    let words = |span| {
        let text = source.map(|source| source.slice(span)).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (subject, action) = (written.item.statement.subject(), written.item.statement.action());
    let statement = match (subject, action) {
        (Some(subject), Some(action)) => {
            format!("`Endorse {} to {} in tenancy ALIAS`", words(subject.span), words(action.span))
        }
        (None, _) | (_, None) => "an Endorse".to_owned(),
    };
    format!(
        "leave it out and write {statement}, with an Admit in {}; if caller and target are in one tenancy it is fine as it is",
        context.name(there)
    )
}
