//! Stand-ins: principals and resources that stand for all of their kind.

use super::Stage;
use crate::caseless;
use crate::decide::membership::{self, Facts};
use crate::generate::rules;
use crate::ocid::Ocid;
use crate::source::{Span, Spanned};
use crate::syntax::{Attribute, Comparison, MatchingRule, Reading};
use crate::tenancy::{CompartmentId, DynamicGroupId, GroupId, Resource, ResourceId, Tags, TenancyId};
use crate::truth::Truth;

/// The name of a stand-in.
const ANY: &str = "any";

impl Stage {
    /// A member of a group; a stand-in where the model has none.
    pub(in crate::generate) fn member(&mut self, group: GroupId) -> Option<Ocid> {
        let found = self.model.group(group)?;
        let member = found.members.first().copied();
        let (tenancy, domain) = (found.tenancy, found.domain.clone());
        let user = match member {
            Some(member) => member,
            None => {
                let id = self.invent("user")?;
                let user = self.add_user(tenancy, domain, ANY.to_owned(), id);
                self.model.groups.get_mut(group.index())?.members.push(user);
                user
            }
        };
        self.model.user(user).map(|user| user.id.clone())
    }

    /// A resource that stands for all of its type in a compartment.
    pub(in crate::generate) fn stand_in(&mut self, kind: &str, compartment: CompartmentId) -> Option<Ocid> {
        let own = self.stand_in_named(kind, ANY, compartment)?;
        self.model.resource(own).map(|resource| resource.id.clone())
    }

    /// A resource known by its name alone.
    pub(in crate::generate) fn stand_in_named(
        &mut self,
        kind: &str,
        name: &str,
        compartment: CompartmentId,
    ) -> Option<ResourceId> {
        let found = self.model.resources().find(|(own, resource)| {
            self.stand_ins.contains(own)
                && resource.compartment == compartment
                && resource.name.as_deref() == Some(name)
                && caseless::equal(&resource.kind, kind)
        });
        if let Some((found, _)) = found {
            return Some(found);
        }
        let id = self.invent(kind)?;
        Some(self.add_resource(id, Some(name.to_owned()), Some(kind), compartment))
    }

    /// A resource that certainly belongs to a dynamic group: one of the model, else a stand-in made from the rule.
    pub(in crate::generate) fn dynamic_member(&mut self, group: DynamicGroupId) -> Option<Ocid> {
        let found = self.model.dynamic_group(group)?;
        let tenancy = found.tenancy;
        let Some((rule, _)) = found.rule.clone() else {
            // Nothing is known of its members: one of them is invented, and the rule with it.
            let id = self.invent("resource")?;
            self.add_resource(id.clone(), None, None, self.root(tenancy));
            let rule = rules::one_resource("resource", &[id.to_string()]);
            let own = self.model.dynamic_groups.get_mut(group.index())?;
            (own.rule, own.fault) = (Some((Spanned::new(rule, Span::default()), Reading::Strict)), None);
            return Some(id);
        };
        let known = self.model.resources().find(|(_, resource)| {
            self.tenancy_of(resource.compartment) == tenancy && self.belongs(&rule.node, resource)
        });
        if let Some((_, known)) = known {
            return Some(known.id.clone());
        }
        let resource = self.fitting(tenancy, &rule.node)?;
        let id = resource.id.clone();
        let own = self.model.add_resource(resource);
        self.stand_ins.insert(own);
        Some(id)
    }

    fn belongs(&self, rule: &MatchingRule, resource: &Resource) -> bool {
        let compartment = self.model.compartment(resource.compartment).and_then(|found| found.id.as_ref());
        let facts = Facts {
            id: resource.id.as_str(),
            kind: &resource.kind,
            compartment: compartment.map(Ocid::as_str),
            tags: Some(&resource.tags),
        };
        membership::matches(rule, &facts) == Truth::True
    }

    /// A resource made of the values that a rule names; `None` where none of them satisfies it.
    fn fitting(&mut self, tenancy: TenancyId, rule: &MatchingRule) -> Option<Resource> {
        let named = rules::values(rule);
        let of = |wanted: fn(&Attribute) -> bool| -> Vec<String> {
            let own = named.iter().filter(|(attribute, _)| wanted(attribute));
            own.filter_map(|(_, comparison)| literal(comparison)).collect()
        };
        let mut kinds = of(|attribute| *attribute == Attribute::ResourceType);
        kinds.extend(["instance", "resource"].map(str::to_owned));
        let ids = of(|attribute| matches!(attribute, Attribute::ResourceId | Attribute::InstanceId));
        let mut ids: Vec<Ocid> = ids.iter().filter_map(|id| Ocid::parse(id).ok()).collect();
        ids.extend(kinds.iter().filter_map(|kind| self.invent(kind)));
        let places = of(|attribute| {
            matches!(attribute, Attribute::ResourceCompartment | Attribute::InstanceCompartment)
        });
        let mut compartments: Vec<CompartmentId> =
            places.iter().filter_map(|place| self.model.find_compartment(place)).collect();
        compartments.push(self.root(tenancy));
        compartments.retain(|&compartment| self.tenancy_of(compartment) == tenancy);
        let tags = [Tags::new(), tags(&named)];
        for id in &ids {
            for &compartment in &compartments {
                for tags in &tags {
                    let resource = Resource {
                        id: id.clone(),
                        name: None,
                        kind: id.resource_kind().to_owned(),
                        compartment,
                        parent: None,
                        tags: tags.clone(),
                        variables: Vec::new(),
                    };
                    if self.belongs(rule, &resource) {
                        return Some(resource);
                    }
                }
            }
        }
        None
    }

    /// An OCID nothing real has.
    fn invent(&mut self, kind: &str) -> Option<Ocid> {
        self.invented += 1;
        let kind = kind.replace(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-', "");
        Ocid::parse(&format!("ocid1.{kind}.oc1..ocipolstandin{}", self.invented)).ok()
    }
}

/// Tags with every value that a rule names.
fn tags(named: &[(Attribute, Comparison)]) -> Tags {
    let mut tags = Tags::new();
    for (attribute, comparison) in named {
        if let Attribute::Tag { namespace, key } = attribute {
            let value = literal(comparison).unwrap_or_else(|| ANY.to_owned());
            tags.push((format!("{namespace}.{key}"), value));
        }
    }
    tags
}

fn literal(comparison: &Comparison) -> Option<String> {
    match comparison {
        Comparison::Equal(value) => value.node.literal().map(str::to_owned),
        Comparison::NotEqual(_) | Comparison::Present => None,
    }
}
