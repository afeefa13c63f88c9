//! Tenancies and compartments by what people call them, so that a large model is read and bound in linear time.

use rustc_hash::FxHashMap;

use super::{Compartment, CompartmentId, TenancyId};
use crate::caseless;
use crate::ocid::Ocid;

/// Names and OCIDs, folded. Of several things with one name the first counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    tenancy_ids: FxHashMap<String, TenancyId>,
    tenancy_names: FxHashMap<String, TenancyId>,
    compartment_ids: FxHashMap<String, Named>,
    children: FxHashMap<(CompartmentId, String), Named>,
    /// What is directly inside a compartment, in the order of the model.
    inside: FxHashMap<CompartmentId, Vec<CompartmentId>>,
}

/// A compartment of some name, and whether the model knows it.
#[derive(Debug, Clone, Copy)]
struct Named {
    id: CompartmentId,
    known: bool,
}

impl Index {
    pub(super) fn add_tenancy(&mut self, id: TenancyId, name: &str) {
        self.tenancy_names.entry(caseless::fold(name)).or_insert(id);
    }

    pub(super) fn add_tenancy_id(&mut self, id: TenancyId, ocid: &Ocid) {
        self.tenancy_ids.entry(caseless::fold(ocid.as_str())).or_insert(id);
    }

    pub(super) fn add_compartment(&mut self, id: CompartmentId, compartment: &Compartment) {
        let named = Named { id, known: compartment.known };
        if let Some(ocid) = &compartment.id {
            self.add_compartment_id(named, ocid);
        }
        if let Some(parent) = compartment.parent {
            let place = self.children.entry((parent, caseless::fold(&compartment.name))).or_insert(named);
            place.prefer_known(named);
            self.inside.entry(parent).or_default().push(id);
        }
    }

    /// The OCID of a root that had none.
    pub(super) fn add_root_id(&mut self, id: CompartmentId, ocid: &Ocid) {
        self.add_compartment_id(Named { id, known: true }, ocid);
    }

    fn add_compartment_id(&mut self, named: Named, ocid: &Ocid) {
        let place = self.compartment_ids.entry(caseless::fold(ocid.as_str())).or_insert(named);
        place.prefer_known(named);
    }

    pub(super) fn tenancy_by_id(&self, ocid: &str) -> Option<TenancyId> {
        self.tenancy_ids.get(&caseless::fold(ocid)).copied()
    }

    pub(super) fn tenancy(&self, name: &str) -> Option<TenancyId> {
        let name = caseless::fold(name);
        self.tenancy_ids.get(&name).or_else(|| self.tenancy_names.get(&name)).copied()
    }

    pub(super) fn compartment(&self, ocid: &str) -> Option<CompartmentId> {
        self.compartment_ids.get(&caseless::fold(ocid)).map(|named| named.id)
    }

    pub(super) fn child(&self, parent: CompartmentId, name: &str) -> Option<CompartmentId> {
        self.children.get(&(parent, caseless::fold(name))).map(|named| named.id)
    }

    pub(super) fn inside(&self, parent: CompartmentId) -> &[CompartmentId] {
        self.inside.get(&parent).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Named {
    /// A compartment that only statements name gives way to one the model knows.
    fn prefer_known(&mut self, other: Self) {
        if !self.known && other.known {
            *self = other;
        }
    }
}
