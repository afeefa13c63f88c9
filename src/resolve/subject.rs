//! Subjects: groups, dynamic groups, services, everybody.

use super::{Bind, codes};
use crate::caseless;
use crate::program::{ServiceName, Subject};
use crate::source::Spanned;
use crate::suggest;
use crate::syntax::{AliasKind, Name, Principal, Subject as Written};
use crate::tenancy::{Aspect, DEFAULT_DOMAIN, DynamicGroup, DynamicGroupId, Group, GroupId, TenancyId};

/// Subjects of the policy's own tenancy. `None` for text that stands for nothing.
pub(super) fn local(bind: &mut Bind<'_>, subject: &Spanned<Written>) -> Option<Box<[Subject]>> {
    Some(match &subject.node {
        Written::AnyUser => Box::new([Subject::AnyUser]),
        Written::AnyGroup => Box::new([Subject::AnyGroup]),
        Written::Groups(groups) => groups.iter().map(|group| Subject::Group(bind.group(group))).collect(),
        Written::DynamicGroups(groups) => {
            groups.iter().map(|group| Subject::DynamicGroup(bind.dynamic_group(group))).collect()
        }
        Written::Services(names) => names.iter().map(|name| bind.service(name)).collect(),
        Written::Resource { .. } => Box::new([Subject::Unsupported]),
        Written::Users(_) | Written::Opaque(_) => return None,
    })
}

/// Subjects of an Admit: principals of another tenancy, by alias or OCID.
pub(super) fn foreign(
    bind: &mut Bind<'_>,
    subject: &Spanned<Written>,
    from: Option<TenancyId>,
) -> Option<Box<[Subject]>> {
    Some(match &subject.node {
        Written::AnyUser => Box::new([Subject::AnyUser]),
        Written::AnyGroup => Box::new([Subject::AnyGroup]),
        Written::Groups(groups) => {
            groups.iter().map(|group| Subject::Group(bind.foreign_group(group, from))).collect()
        }
        Written::DynamicGroups(groups) => groups
            .iter()
            .map(|group| Subject::DynamicGroup(bind.foreign_dynamic_group(group, from)))
            .collect(),
        Written::Services(_) | Written::Resource { .. } => {
            bind.reject(
                codes::ADMIT_SUBJECT,
                subject.span,
                "an Admit lets in groups, dynamic groups, `any-user` or `any-group` of another tenancy",
                "name a group by an alias: `Define group ALIAS as OCID`",
            );
            Box::new([Subject::Unsupported])
        }
        Written::Users(_) | Written::Opaque(_) => return None,
    })
}

impl Bind<'_> {
    fn service(&mut self, name: &Spanned<Name>) -> Subject {
        Subject::Service(ServiceName(self.binder.texts.intern(name.node.as_str())))
    }

    fn group(&mut self, principal: &Spanned<Principal>) -> GroupId {
        match &principal.node {
            Principal::Id(id) => self.group_id(id, self.tenancy),
            Principal::Named { domain: None, name } => match self.alias(AliasKind::Group, name) {
                Some(ocid) => self.group_ocid(&ocid, self.tenancy),
                None => self.named_group(DEFAULT_DOMAIN, name),
            },
            Principal::Named { domain: Some(domain), name } => {
                self.check_domain(domain);
                self.named_group(domain.node.as_str(), name)
            }
        }
    }

    fn named_group(&mut self, domain: &str, name: &Spanned<Name>) -> GroupId {
        let (tenancy, typed) = (self.tenancy, name.node.as_str());
        if let Some(id) = self.binder.directory.group(tenancy, domain, typed) {
            return id;
        }
        if self.closed(Aspect::Groups, &name.node) {
            let help = self.nearest_group(domain, typed);
            let message = format!("no group `{typed}` in the domain `{domain}`");
            self.reject(codes::GROUP_NOT_FOUND, name.span, message, help);
        }
        self.binder.directory.add_group(tenancy, domain, typed)
    }

    /// What to type in place of a group's name that does not exist.
    fn nearest_group(&mut self, domain: &str, typed: &str) -> String {
        let directory = &self.binder.directory;
        let known = |id| directory.model().dynamic_group(id).is_some_and(|group| group.known);
        if directory.dynamic_group(self.tenancy, domain, typed).is_some_and(known) {
            return format!("`{typed}` is a dynamic group: write `dynamic-group {typed}`");
        }
        let patient = self.binder.patience.lasts_for(directory.model().groups.len());
        let own = |group: &Group| patient && group.tenancy == self.tenancy && group.known;
        let names = directory.model().groups().filter(|(_, group)| own(group));
        let same = |group: &Group| group.name.as_deref().is_some_and(|known| caseless::equal(known, typed));
        if let Some((_, group)) = names.clone().find(|(_, group)| same(group)) {
            return format!("the group is in the domain `{0}`: write `{0}/{typed}`", group.domain);
        }
        suggest::did_you_mean(typed, names.filter_map(|(_, group)| group.name.as_deref())).map_or_else(
            || "a group must exist when the policy is saved".to_owned(),
            |near| format!("did you mean `{near}`?"),
        )
    }

    fn group_id(&mut self, id: &Spanned<Name>, tenancy: TenancyId) -> GroupId {
        let known = self.binder.directory.group_by_id(tenancy, id.node.as_str()).is_some();
        if !known && self.closed(Aspect::Groups, &id.node) {
            self.unknown_id("group", id);
        }
        self.group_ocid(id.node.as_str(), tenancy)
    }

    fn group_ocid(&mut self, ocid: &str, tenancy: TenancyId) -> GroupId {
        match self.binder.directory.group_by_id(tenancy, ocid) {
            Some(id) => id,
            None => self.binder.directory.add_group_id(tenancy, ocid),
        }
    }

    fn dynamic_group(&mut self, principal: &Spanned<Principal>) -> DynamicGroupId {
        match &principal.node {
            Principal::Id(id) => self.dynamic_group_id(id, self.tenancy),
            Principal::Named { domain: None, name } => match self.alias(AliasKind::DynamicGroup, name) {
                Some(ocid) => self.dynamic_group_ocid(&ocid, self.tenancy),
                None => self.named_dynamic_group(DEFAULT_DOMAIN, name),
            },
            Principal::Named { domain: Some(domain), name } => {
                self.check_domain(domain);
                self.named_dynamic_group(domain.node.as_str(), name)
            }
        }
    }

    fn named_dynamic_group(&mut self, domain: &str, name: &Spanned<Name>) -> DynamicGroupId {
        let (tenancy, typed) = (self.tenancy, name.node.as_str());
        if let Some(id) = self.binder.directory.dynamic_group(tenancy, domain, typed) {
            return id;
        }
        if self.closed(Aspect::DynamicGroups, &name.node) {
            let help = self.nearest_dynamic_group(domain, typed);
            let message = format!("no dynamic group `{typed}` in the domain `{domain}`");
            self.reject(codes::DYNAMIC_GROUP_NOT_FOUND, name.span, message, help);
        }
        self.binder.directory.add_dynamic_group(tenancy, domain, typed)
    }

    /// What to type in place of a dynamic group's name that does not exist.
    fn nearest_dynamic_group(&mut self, domain: &str, typed: &str) -> String {
        let directory = &self.binder.directory;
        let known = |id| directory.model().group(id).is_some_and(|group| group.known);
        if directory.group(self.tenancy, domain, typed).is_some_and(known) {
            return format!("`{typed}` is a group of users: write `group {typed}`");
        }
        let patient = self.binder.patience.lasts_for(directory.model().dynamic_groups.len());
        let own = |group: &DynamicGroup| patient && group.tenancy == self.tenancy && group.known;
        let names = directory.model().dynamic_groups().filter(|(_, group)| own(group));
        suggest::did_you_mean(typed, names.filter_map(|(_, group)| group.name.as_deref())).map_or_else(
            || "a dynamic group must exist when the policy is saved".to_owned(),
            |near| format!("did you mean `{near}`?"),
        )
    }

    fn dynamic_group_id(&mut self, id: &Spanned<Name>, tenancy: TenancyId) -> DynamicGroupId {
        let known = self.binder.directory.dynamic_group_by_id(tenancy, id.node.as_str()).is_some();
        if !known && self.closed(Aspect::DynamicGroups, &id.node) {
            self.unknown_id("dynamic group", id);
        }
        self.dynamic_group_ocid(id.node.as_str(), tenancy)
    }

    fn dynamic_group_ocid(&mut self, ocid: &str, tenancy: TenancyId) -> DynamicGroupId {
        match self.binder.directory.dynamic_group_by_id(tenancy, ocid) {
            Some(id) => id,
            None => self.binder.directory.add_dynamic_group_id(tenancy, ocid),
        }
    }

    fn foreign_group(&mut self, principal: &Spanned<Principal>, from: Option<TenancyId>) -> GroupId {
        let home = from.unwrap_or(self.tenancy);
        match &principal.node {
            Principal::Id(id) => self.group_ocid(id.node.as_str(), home),
            Principal::Named { domain: None, name } => {
                let ocid = self.foreign_alias(AliasKind::Group, name);
                self.group_ocid(&ocid, home)
            }
            Principal::Named { domain: Some(_), name } => {
                self.no_foreign_domain(name);
                self.group_ocid(name.node.as_str(), home)
            }
        }
    }

    fn foreign_dynamic_group(
        &mut self,
        principal: &Spanned<Principal>,
        from: Option<TenancyId>,
    ) -> DynamicGroupId {
        let home = from.unwrap_or(self.tenancy);
        match &principal.node {
            Principal::Id(id) => self.dynamic_group_ocid(id.node.as_str(), home),
            Principal::Named { domain: None, name } => {
                let ocid = self.foreign_alias(AliasKind::DynamicGroup, name);
                self.dynamic_group_ocid(&ocid, home)
            }
            Principal::Named { domain: Some(_), name } => {
                self.no_foreign_domain(name);
                self.dynamic_group_ocid(name.node.as_str(), home)
            }
        }
    }

    fn no_foreign_domain(&mut self, name: &Spanned<Name>) {
        self.reject(
            codes::ADMIT_SUBJECT,
            name.span,
            "an alias has no identity domain in front of it",
            "write the alias alone; the OCID in its Define says which group is meant",
        );
    }

    /// The OCID of a foreign group's alias; a name nothing defines is rejected.
    fn foreign_alias(&mut self, kind: AliasKind, name: &Spanned<Name>) -> String {
        if let Some(ocid) = self.alias(kind, name) {
            return ocid;
        }
        let typed = name.node.as_str();
        if name.node.literal().is_none() {
            // It is yet to be filled in, which the parser has reported.
            return typed.to_owned();
        }
        self.reject(
            codes::UNDEFINED_ALIAS,
            name.span,
            format!("nothing in this policy defines the {} `{typed}`", kind.as_str()),
            format!(
                "add `Define {} {typed} as OCID` in front: a foreign group is known by its OCID only",
                kind.as_str()
            ),
        );
        typed.to_owned()
    }

    fn alias(&self, kind: AliasKind, name: &Spanned<Name>) -> Option<String> {
        self.aliases.find(kind, name.node.as_str()).map(str::to_owned)
    }

    /// Whether the model claims to know everything of a kind, so that a name it lacks does not exist.
    fn closed(&self, aspect: Aspect, name: &Name) -> bool {
        matches!(name, Name::Literal(_)) && self.binder.directory.model().knows(self.tenancy, aspect)
    }

    fn check_domain(&mut self, domain: &Spanned<Name>) {
        let typed = domain.node.as_str();
        if matches!(domain.node, Name::Literal(_)) && !self.binder.directory.has_domain(self.tenancy, typed) {
            self.reject(
                codes::DOMAIN_NOT_FOUND,
                domain.span,
                format!("no identity domain `{typed}`"),
                "leave the domain out for the default one",
            );
        }
    }

    fn unknown_id(&mut self, what: &str, id: &Spanned<Name>) {
        self.warn(
            codes::GROUP_ID_UNKNOWN,
            id.span,
            format!("no {what} has this OCID; the statement matches nobody"),
            "an OCID is not verified when the policy is saved: check it",
        );
    }
}
