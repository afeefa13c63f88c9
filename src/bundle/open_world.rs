//! A world of tenancies of which nothing is known but what policies say of them.

use rustc_hash::FxHashMap;

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
    // What each tenancy was said to be, and the tenancy each OCID was given to; `None` where two policies disagree,
    // which leaves the question open.
    let mut said: FxHashMap<TenancyId, Option<Ocid>> = FxHashMap::default();
    let mut given: FxHashMap<String, Option<TenancyId>> = FxHashMap::default();
    let mut named: Vec<TenancyId> = Vec::new();
    for (policy, home) in policies.iter().zip(homes) {
        let own = model.compartment(*home).map(|compartment| compartment.tenancy);
        for define in policy.items.iter().filter_map(|item| tenancy_define(&item.statement)) {
            let ocid = define.ocid.node.literal().and_then(|text| Ocid::parse(text).ok());
            // Invariant: no two tenancies of this model have one name, for a name is looked up before it is added.
            let other = model.find_tenancy(define.alias.node.as_str()).filter(|&id| {
                Some(id) != own && model.tenancy(id).is_some_and(|tenancy| tenancy.id.is_none())
            });
            let (Some(id), Some(ocid)) = (other, ocid) else { continue };
            let holder = given.entry(caseless::fold(ocid.as_str())).or_insert(Some(id));
            *holder = holder.filter(|&holder| holder == id);
            said.entry(id)
                .and_modify(|known| *known = known.take().filter(|known| *known == ocid))
                .or_insert_with(|| {
                    named.push(id);
                    Some(ocid)
                });
        }
    }
    for id in named {
        let agreed = said.remove(&id).flatten();
        let own = |ocid: &Ocid| given.get(&caseless::fold(ocid.as_str())) == Some(&Some(id));
        if let Some(ocid) = agreed.filter(own) {
            model.name_tenancy(id, ocid);
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
