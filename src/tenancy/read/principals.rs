//! Users, and the groups and dynamic groups of those who ask.

use super::compartments::tags;
use super::{DANGLING, DUPLICATE, Reader};
use crate::caseless;
use crate::parse;
use crate::source::{Place, Sources, Spanned};
use crate::suggest;
use crate::tenancy::{DynamicGroup, Group, User, UserId};
use crate::yaml::{Fields, Node};

impl Reader<'_> {
    pub(super) fn user(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a user", self.findings) else {
            return;
        };
        let (name, id) = (fields.required_text("name"), fields.required_ocid("id"));
        let domain = fields.text("domain");
        fields.finish();
        let domain = self.domain(domain);
        if let (Some(name), Some(id)) = (name, id) {
            let user = UserId::at(self.model.users.len());
            for name in [&name.node, id.node.as_str()] {
                self.names.users.entry((self.tenancy, caseless::fold(name))).or_insert(user);
            }
            self.model.users.push(User { id: id.node, name: name.node, tenancy: self.tenancy, domain });
        }
    }

    pub(super) fn group(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a group", self.findings) else {
            return;
        };
        let (name, id) = (fields.required_text("name"), fields.required_ocid("id"));
        let domain = fields.text("domain");
        let members = fields.texts("members");
        let tags = tags(&mut fields, "tags");
        let default_administrators = fields.flag("default-administrators").unwrap_or_default();
        fields.finish();
        let domain = self.domain(domain);
        let (Some(name), Some(id)) = (name, id) else {
            return;
        };
        let tenancy = self.tenancy;
        if !self.names.groups.insert((tenancy, caseless::fold(&domain), caseless::fold(&name.node))) {
            self.report(
                DUPLICATE,
                name.span,
                format!("there is another group `{}`", name.node),
                "names are unique in a domain",
            );
        }
        let members = members.iter().filter_map(|member| self.member(member)).collect();
        self.model.groups.push(Group {
            id: Some(id.node),
            name: Some(name.node),
            tenancy,
            domain,
            members,
            tags,
            default_administrators,
            known: true,
        });
    }

    fn member(&mut self, name: &Spanned<String>) -> Option<UserId> {
        if let Some(&id) = self.names.users.get(&(self.tenancy, caseless::fold(&name.node))) {
            return Some(id);
        }
        let patient = self.names.patience.lasts_for(self.model.users.len());
        let own = self.model.users.iter().filter(|user| patient && user.tenancy == self.tenancy);
        let help = suggest::did_you_mean(&name.node, own.map(|user| user.name.as_str()))
            .map_or_else(|| "add the user to `users`".to_owned(), |near| format!("did you mean `{near}`?"));
        self.report(DANGLING, name.span, format!("no user `{}` in this tenancy", name.node), help);
        None
    }

    pub(super) fn dynamic_group(&mut self, sources: &Sources, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a dynamic group", self.findings) else {
            return;
        };
        let (name, id) = (fields.required_text("name"), fields.required_ocid("id"));
        let domain = fields.text("domain");
        let rule = fields.required("matching-rule");
        let tags = tags(&mut fields, "tags");
        fields.finish();
        let domain = self.domain(domain);
        let read = rule.and_then(|rule| {
            let passage = rule.passage(sources.get(self.id)?, self.id)?;
            let before = self.findings.len();
            let read = parse::matching_rule(&passage, self.findings);
            let fault = parse::fault(read.1, self.findings.get(before..)?);
            Some((read, fault))
        });
        let (read, fault) = read.unzip();
        let (Some(name), Some(id)) = (name, id) else {
            return;
        };
        self.model.dynamic_groups.push(DynamicGroup {
            id: Some(id.node),
            name: Some(name.node),
            tenancy: self.tenancy,
            domain,
            rule: read,
            fault: fault.flatten(),
            tags,
            known: true,
            place: rule.map(|rule| Place { source: self.id, span: rule.span }),
        });
    }
}
