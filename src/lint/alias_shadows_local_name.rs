//! `lint/alias-shadows-local-name`

use rustc_hash::FxHashMap;

use super::context::Context;
use super::findings::ProgramFindings;
use crate::caseless;
use crate::ocid::Ocid;
use crate::source::Place;
use crate::syntax::{AliasKind, Statement};
use crate::tenancy::TenancyId;

lint! {
    /// Flags an alias that is called like a different group or dynamic group of the own tenancy.
    ///
    /// # Why
    /// In this policy the name means the alias, in every other the local group. A reader sees one name for two things.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    ///           - Define group Pilots as ocid1.group.oc1..foreign
    ///           - Admit group Pilots of tenancy Glacier to read buckets in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements:
    ///           - Define group Flyers as ocid1.group.oc1..pilots
    ///           - Allow group Flyers to read buckets in tenancy
    /// ```
    "lint/alias-shadows-local-name", Warning, rejects: No, basis: "[DD]",
    needs: [Need::Knows(Aspect::Groups)],
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let model = context.model;
    let mut local: FxHashMap<(TenancyId, AliasKind, String), &Ocid> = FxHashMap::default();
    let groups = model.groups().map(|(_, group)| (group.tenancy, AliasKind::Group, &group.name, &group.id));
    let dynamic = model
        .dynamic_groups()
        .map(|(_, group)| (group.tenancy, AliasKind::DynamicGroup, &group.name, &group.id));
    for (tenancy, kind, name, id) in groups.chain(dynamic) {
        if let (Some(name), Some(id)) = (name, id) {
            local.insert((tenancy, kind, caseless::fold(name)), id);
        }
    }
    for policy in model.policies() {
        let Some(place) = model.compartment(policy.attachment) else { continue };
        for item in &policy.policy.items {
            let Statement::Define(define) = &item.statement else { continue };
            let (Some(alias), Some(ocid)) = (define.alias.node.literal(), define.ocid.node.literal()) else {
                continue;
            };
            let key = (place.tenancy, define.kind.node, caseless::fold(alias));
            if local.get(&key).is_some_and(|id| !caseless::equal(id.as_str(), ocid)) {
                findings.report(
                    Place { source: policy.policy.source, span: define.alias.span },
                    format!("the tenancy has another {} `{alias}` of its own", define.kind.node.as_str()),
                    format!("choose another alias, such as `Remote{alias}`"),
                );
            }
        }
    }
}
