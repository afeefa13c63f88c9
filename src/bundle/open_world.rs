//! A world of tenancies of which nothing is known but what policies say of them.

use crate::caseless;
use crate::ocid::Ocid;
use crate::source::Sources;
use crate::syntax::{AliasKind, Attachment, Define, Policy, Statement};
use crate::tenancy::{CompartmentId, Tenancies, TenancyId};

/// The name of the tenancy that policies without an attachment share.
const UNNAMED: &str = "";

/// The tenancies that attachments name, with the policies attached.
///
/// A tenancy gets the OCID that a Define in another tenancy's policy gives to an alias of its name, so that the two
/// sides of a cross-tenancy pair find each other among more than two tenancies. The resolver finds the only two by
/// itself.
pub(super) fn open_world(sources: &Sources, policies: Vec<Policy>) -> Tenancies {
    let mut model = Tenancies::default();
    let homes: Vec<CompartmentId> = policies
        .iter()
        .map(|policy| home(&mut model, policy.attachment.as_ref().map(|attachment| &attachment.node)))
        .collect();
    name_tenancies(&mut model, &policies, &homes);
    for (policy, attachment) in policies.into_iter().zip(homes) {
        super::attach(&mut model, sources, attachment, policy);
    }
    model
}

/// The compartment an attachment names, made where it is not there yet.
fn home(model: &mut Tenancies, attachment: Option<&Attachment>) -> CompartmentId {
    let name = attachment.map_or(UNNAMED, |attachment| &attachment.tenancy);
    let tenancy = match model.find_tenancy(name) {
        Some(known) => known,
        None => model.add_open_tenancy(name, Ocid::parse(name).ok()),
    };
    let mut here = model.root(tenancy);
    for segment in attachment.map(|attachment| attachment.compartments.as_slice()).unwrap_or_default() {
        here = match model.child(here, segment) {
            Some(known) => known,
            None => model.add_compartment(here, segment),
        };
    }
    here
}

fn name_tenancies(model: &mut Tenancies, policies: &[Policy], homes: &[CompartmentId]) {
    let mut named: Vec<(TenancyId, Ocid)> = Vec::new();
    for (policy, home) in policies.iter().zip(homes) {
        let own = model.compartment(*home).map(|compartment| compartment.tenancy);
        for define in policy.items.iter().filter_map(|item| tenancy_define(&item.statement)) {
            let alias = define.alias.node.as_str();
            let ocid = define.ocid.node.literal().and_then(|text| Ocid::parse(text).ok());
            let other = model.tenancies().find(|(id, tenancy)| {
                Some(*id) != own && tenancy.id.is_none() && caseless::equal(&tenancy.name, alias)
            });
            if let (Some((id, _)), Some(ocid)) = (other, ocid) {
                named.push((id, ocid));
            }
        }
    }
    for (id, ocid) in &named {
        // Two policies that disagree leave the question open.
        let agreed = named.iter().all(|(other, said)| (other == id) == (said == ocid));
        if agreed {
            model.name_tenancy(*id, ocid.clone());
        }
    }
}

fn tenancy_define(statement: &Statement) -> Option<&Define> {
    match statement {
        Statement::Define(define) if define.kind.node == AliasKind::Tenancy => Some(define),
        Statement::Define(_)
        | Statement::Grant(_)
        | Statement::Endorse(_)
        | Statement::Admit(_)
        | Statement::Comment(_)
        | Statement::Broken => None,
    }
}
