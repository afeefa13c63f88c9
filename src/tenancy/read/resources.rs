//! Resources, and the networks requests come from.

use super::compartments::tags;
use super::{DANGLING, DUPLICATE, Reader};
use crate::caseless;
use crate::source::Spanned;
use crate::tenancy::{NetworkSource, Range, Resource, ResourceId};
use crate::yaml::{Fields, Node};

impl Reader<'_> {
    pub(super) fn network_source(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a network source", self.findings) else {
            return;
        };
        let name = fields.required_text("name");
        let public = fields.texts("public");
        let private = fields.list("private");
        let mut ranges = |texts: Vec<Spanned<String>>| -> Vec<Range> {
            let read = |text: &Spanned<String>| {
                let range = Range::parse(&text.node);
                if range.is_none() {
                    fields.wrong(
                        text.span,
                        format!("`{}` is no range of addresses", text.node),
                        "write `192.0.2.0/24`",
                    );
                }
                range
            };
            texts.iter().filter_map(read).collect()
        };
        let public = ranges(public);
        fields.finish();
        let mut both = Vec::new();
        for node in private {
            let Some(mut fields) = Fields::of(self.id, node, "a private range", self.findings) else {
                continue;
            };
            let vcn = fields.required_ocid("vcn");
            for text in fields.texts("ranges") {
                match (Range::parse(&text.node), &vcn) {
                    (Some(range), Some(vcn)) => both.push((vcn.node.to_string(), range)),
                    (None, _) => {
                        fields.wrong(
                            text.span,
                            format!("`{}` is no range of addresses", text.node),
                            "write `10.0.0.0/16`",
                        );
                    }
                    (Some(_), None) => {}
                }
            }
            fields.finish();
        }
        if let Some(name) = name {
            self.model.network_sources.push(NetworkSource {
                name: name.node,
                tenancy: self.tenancy,
                public,
                private: both,
            });
        }
    }

    pub(super) fn resource(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a resource", self.findings) else {
            return;
        };
        let id = fields.required_ocid("id");
        let name = fields.text("name").map(|name| name.node);
        let kind = fields.text("type").map(|kind| kind.node);
        let compartment = fields.text("compartment");
        // Read when every resource is known.
        fields.node("parent");
        let tags = tags(&mut fields, "tags");
        let variables = fields.text_map("variables");
        fields.finish();
        let Some(compartment) = self.compartment(compartment.as_ref()) else {
            return;
        };
        let Some(id) = id else { return };
        let resource = ResourceId::at(self.model.resources.len());
        let folded = caseless::fold(id.node.as_str());
        let other = *self.names.resource_ids.entry(folded).or_insert(resource);
        if let Some(name) = &name {
            self.names.resource_names.entry(caseless::fold(name)).or_insert(resource);
        }
        if other != resource {
            self.report(
                DUPLICATE,
                id.span,
                "another resource has this OCID",
                "every resource has an OCID of its own",
            );
        }
        self.model.resources.push(Resource {
            kind: kind.unwrap_or_else(|| id.node.resource_kind().to_owned()),
            id: id.node,
            name,
            compartment,
            parent: None,
            tags,
            variables: variables.into_iter().map(|(name, value)| (name.node, value.node)).collect(),
        });
    }

    /// Links resources to the resources they belong to.
    pub(super) fn parents(&mut self, node: &Node) {
        let resources = node.get("resources").and_then(Node::items).unwrap_or_default();
        for resource in resources {
            let (Some(id), Some(parent)) = (resource.get("id").and_then(Node::text), resource.get("parent"))
            else {
                continue;
            };
            let own = self.names.resource(id);
            let Some(name) = parent.text() else { continue };
            let found: Option<ResourceId> = self.names.resource(name);
            if found.is_none() || found == own {
                let message = format!("no resource `{name}` this one could belong to");
                self.report(
                    DANGLING,
                    parent.span,
                    message,
                    "name another resource of the model, by OCID or name",
                );
                continue;
            }
            if let Some(own) = own.and_then(|own| self.model.resources.get_mut(own.index())) {
                own.parent = found;
            }
        }
    }
}
