//! Tenancies with their compartments, in which everything else stands.

use std::collections::BTreeSet;

use super::DUPLICATE;
use crate::diagnostic::Diagnostic;
use crate::source::{Place, SourceId};
use crate::tenancy::{Compartment, CompartmentId, Tags, Tenancies, Tenancy, TenancyId};
use crate::yaml::{Fields, Node};

/// The tenancy itself and its compartments, which everything else stands in.
pub(super) fn skeleton(
    model: &mut Tenancies,
    id: SourceId,
    node: &Node,
    findings: &mut Vec<Diagnostic>,
) -> Option<TenancyId> {
    let root = CompartmentId::at(model.compartments.len());
    let mut fields = Fields::of(id, node, "a tenancy", findings)?;
    let name = fields.required_text("name")?;
    let ocid = fields.required_ocid("id").map(|ocid| ocid.node);
    let other = ocid.as_ref().and_then(|ocid| model.tenancy_by_id(ocid.as_str()));
    if let Some(other) = other.and_then(|other| model.tenancy(other)) {
        let message = format!("`{}` has the OCID of `{}`", name.node, other.name);
        fields.report(DUPLICATE, name.span, message, "every tenancy has an OCID of its own");
    }
    let tenancy = model.push_tenancy(Tenancy {
        id: ocid.clone(),
        name: name.node.clone(),
        home_region: None,
        regions: None,
        deny_policies: false,
        root,
        domains: Vec::new(),
        tag_keys: None,
        not_known: BTreeSet::new(),
        place: Some(Place { source: id, span: name.span }),
    });
    let tags = tags(&mut fields, "tags");
    model.push_compartment(Compartment {
        id: ocid,
        name: name.node,
        tenancy,
        parent: None,
        tags,
        known: true,
    });
    let children = fields.list("compartments");
    for child in children {
        compartment(model, id, child, tenancy, root, findings);
    }
    Some(tenancy)
}

fn compartment(
    model: &mut Tenancies,
    id: SourceId,
    node: &Node,
    tenancy: TenancyId,
    parent: CompartmentId,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(mut fields) = Fields::of(id, node, "a compartment", findings) else {
        return;
    };
    let own = CompartmentId::at(model.compartments.len());
    let name = fields.required_text("name");
    let ocid = fields.required_ocid("id");
    let tags = tags(&mut fields, "tags");
    let children = fields.list("compartments");
    if let Some(name) = name {
        if name.node.contains(':') {
            let message = format!("`{}` is no name of a compartment", name.node);
            fields.wrong(
                name.span,
                message,
                "`:` stands between the names of a path: letters, digits, `.`, `-`, `_`",
            );
        }
        if model.child(parent, &name.node).is_some() {
            let message = format!("`{}` stands twice in the same compartment", name.node);
            fields.report(DUPLICATE, name.span, message, "give siblings different names");
        }
        if let Some(ocid) = &ocid
            && let Some(other) = model.find_compartment(ocid.node.as_str())
        {
            let message = format!("this is already the OCID of `{}`", model.path(other));
            fields.report(DUPLICATE, ocid.span, message, "every compartment has an OCID of its own");
        }
        let ocid = ocid.map(|ocid| ocid.node);
        model.push_compartment(Compartment {
            id: ocid,
            name: name.node,
            tenancy,
            parent: Some(parent),
            tags,
            known: true,
        });
    }
    fields.finish();
    if model.compartments.len() > own.index() {
        for child in children {
            compartment(model, id, child, tenancy, own, findings);
        }
    }
}

/// `tags: {NAMESPACE.KEY: VALUE}`
pub(super) fn tags(fields: &mut Fields<'_, '_>, key: &'static str) -> Tags {
    let entries = fields.text_map(key);
    for (name, _) in entries.iter().filter(|(name, _)| name.node.split('.').count() != 2) {
        let message = format!("`{}` is no defined tag", name.node);
        fields.wrong(
            name.span,
            message,
            "write `NAMESPACE.KEY: VALUE`; only defined tags take part in policy",
        );
    }
    entries.into_iter().map(|(name, value)| (name.node, value.node)).collect()
}
