//! Users, groups and dynamic groups on the stage.

use super::{Found, Stage, Unknown};
use crate::caseless;
use crate::ocid::Ocid;
use crate::source::{Span, Spanned};
use crate::suggest;
use crate::syntax::{MatchingRule, Reading};
use crate::tenancy::{
    Aspect, DEFAULT_DOMAIN, DynamicGroup, DynamicGroupId, Group, GroupId, Tags, TenancyId, User, UserId,
};

/// A group or dynamic group, by what it may be called.
struct Row<'m, Id> {
    id: Id,
    tenancy: TenancyId,
    domain: &'m str,
    name: Option<&'m str>,
    ocid: Option<&'m Ocid>,
}

/// What a text calls.
struct Called {
    domain: String,
    /// The name; `None` for an OCID.
    name: Option<String>,
    id: Option<Ocid>,
}

impl Called {
    fn is<Id>(&self, row: &Row<'_, Id>) -> bool {
        match &self.name {
            None => self.id.as_ref() == row.ocid,
            Some(name) => {
                caseless::equal(row.domain, &self.domain)
                    && row.name.is_some_and(|known| caseless::equal(known, name))
            }
        }
    }
}

impl Stage {
    /// A group by `[DOMAIN/]NAME` or OCID.
    pub(in crate::generate) fn group(&mut self, tenancy: TenancyId, text: &str) -> Found<GroupId> {
        let called = self.called(tenancy, text)?;
        let rows = self.model.groups().map(|(id, group)| Row {
            id,
            tenancy: group.tenancy,
            domain: &group.domain,
            name: group.name.as_deref(),
            ocid: group.id.as_ref(),
        });
        if let Some(found) = self.among(rows.collect(), "group", Aspect::Groups, tenancy, text, &called)? {
            return Ok(found);
        }
        let own = GroupId::at(self.model.groups.len());
        let Called { domain, name, id } = called;
        self.model.groups.push(Group {
            id,
            name,
            tenancy,
            domain,
            members: Vec::new(),
            tags: Tags::new(),
            default_administrators: false,
            known: true,
        });
        Ok(own)
    }

    /// A dynamic group by `[DOMAIN/]NAME` or OCID.
    pub(in crate::generate) fn dynamic_group(
        &mut self,
        tenancy: TenancyId,
        text: &str,
    ) -> Found<DynamicGroupId> {
        let called = self.called(tenancy, text)?;
        let rows = self.model.dynamic_groups().map(|(id, group)| Row {
            id,
            tenancy: group.tenancy,
            domain: &group.domain,
            name: group.name.as_deref(),
            ocid: group.id.as_ref(),
        });
        let aspect = Aspect::DynamicGroups;
        match self.among(rows.collect(), "dynamic group", aspect, tenancy, text, &called)? {
            Some(found) => Ok(found),
            None => Ok(self.add_dynamic_group(tenancy, called, None)),
        }
    }

    /// The row that is called so; `None` where the model leaves open whether there is one.
    fn among<Id: Copy>(
        &self,
        rows: Vec<Row<'_, Id>>,
        what: &str,
        aspect: Aspect,
        tenancy: TenancyId,
        text: &str,
        called: &Called,
    ) -> Found<Option<Id>> {
        let of_it = |row: &&Row<'_, Id>| row.tenancy == tenancy && called.is(row);
        if let Some(row) = rows.iter().find(of_it) {
            return Ok(Some(row.id));
        }
        if self.leaves_open(tenancy, aspect) {
            return Ok(None);
        }
        let names = rows.iter().filter(|row| row.tenancy == tenancy).filter_map(|row| row.name);
        let elsewhere = rows.iter().find(|row| called.is(row)).map(|row| self.tenancy_name(row.tenancy));
        let help = match (elsewhere, suggest::did_you_mean(text, names)) {
            (Some(home), _) => format!("it is a {what} of {home}: add `tenancy: {home}` to `who`"),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => format!("add the {what} to the tenancy model"),
        };
        Err(Unknown::new(format!("no {what} `{text}` in {}", self.tenancy_name(tenancy)), help))
    }

    /// Puts a dynamic group with this rule in place of one of that name, or makes it. Gives it, and whether it replaced
    /// another rule.
    pub(in crate::generate) fn make_dynamic_group(
        &mut self,
        tenancy: TenancyId,
        name: &str,
        id: Option<Ocid>,
        rule: MatchingRule,
    ) -> (DynamicGroupId, bool) {
        let called = Called { domain: DEFAULT_DOMAIN.to_owned(), name: Some(name.to_owned()), id };
        let found = self.model.dynamic_groups.iter_mut().enumerate().find(|(_, group)| {
            group.tenancy == tenancy
                && caseless::equal(&group.domain, &called.domain)
                && group.name.as_deref().is_some_and(|known| caseless::equal(known, name))
        });
        let Some((index, group)) = found else {
            return (self.add_dynamic_group(tenancy, called, Some(rule)), false);
        };
        let replaced = group.rule.as_ref().is_some_and(|(before, _)| before.node != rule);
        group.rule = Some((Spanned::new(rule, Span::default()), Reading::Strict));
        group.fault = None;
        group.id = called.id.or_else(|| group.id.take());
        (DynamicGroupId::at(index), replaced)
    }

    fn add_dynamic_group(
        &mut self,
        tenancy: TenancyId,
        called: Called,
        rule: Option<MatchingRule>,
    ) -> DynamicGroupId {
        let own = DynamicGroupId::at(self.model.dynamic_groups.len());
        let Called { domain, name, id } = called;
        self.model.dynamic_groups.push(DynamicGroup {
            id,
            name,
            tenancy,
            domain,
            rule: rule.map(|rule| (Spanned::new(rule, Span::default()), Reading::Strict)),
            fault: None,
            tags: Tags::new(),
            known: true,
            place: None,
        });
        own
    }

    /// What `[DOMAIN/]NAME` or an OCID calls.
    fn called(&mut self, tenancy: TenancyId, text: &str) -> Found<Called> {
        if let Ok(id) = Ocid::parse(text) {
            return Ok(Called { domain: DEFAULT_DOMAIN.to_owned(), name: None, id: Some(id) });
        }
        let (domain, name) = text.split_once('/').unwrap_or((DEFAULT_DOMAIN, text));
        let known = self.model.tenancy(tenancy).is_some_and(|tenancy| {
            caseless::equal(domain, DEFAULT_DOMAIN)
                || tenancy.domains.iter().any(|known| caseless::equal(known, domain))
        });
        if !known && !self.leaves_open(tenancy, Aspect::Groups) {
            return Err(Unknown::new(
                format!("no identity domain `{domain}` in {}", self.tenancy_name(tenancy)),
                "leave the domain out for the default one",
            ));
        }
        if let Some(open) = self.model.tenancies.get_mut(tenancy.index()).filter(|_| !known) {
            open.domains.push(domain.to_owned());
        }
        Ok(Called { domain: domain.to_owned(), name: Some(name.to_owned()), id: None })
    }

    /// A user by OCID, or by name in a tenancy.
    pub(in crate::generate) fn user(&mut self, tenancy: TenancyId, text: &str) -> Found<UserId> {
        let id = Ocid::parse(text).ok();
        let found = self.model.users().find(|(_, user)| match &id {
            Some(id) => user.id == *id,
            None => user.tenancy == tenancy && caseless::equal(&user.name, text),
        });
        if let Some((found, _)) = found {
            return Ok(found);
        }
        let open = self.leaves_open(tenancy, Aspect::Users);
        if let Some(id) = id.filter(|_| open) {
            return Ok(self.add_user(tenancy, DEFAULT_DOMAIN.to_owned(), text.to_owned(), id));
        }
        let own = self.model.users().filter(|(_, user)| user.tenancy == tenancy);
        let near = suggest::did_you_mean(text, own.map(|(_, user)| user.name.as_str()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if open => "write the user's OCID".to_owned(),
            None => "add the user to the tenancy model".to_owned(),
        };
        Err(Unknown::new(format!("no user `{text}` in {}", self.tenancy_name(tenancy)), help))
    }

    pub(super) fn add_user(&mut self, tenancy: TenancyId, domain: String, name: String, id: Ocid) -> UserId {
        let own = UserId::at(self.model.users.len());
        self.model.users.push(User { id, name, tenancy, domain });
        own
    }
}
