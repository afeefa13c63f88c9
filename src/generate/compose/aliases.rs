//! Aliases: what statements across tenancies call the other tenancy and its groups.

use crate::caseless;
use crate::ocid::Ocid;
use crate::source::{Span, Spanned};
use crate::syntax::{AliasKind, Define, Name, Statement};
use crate::tenancy::{DynamicGroupId, GroupId, Tenancies, Tenancy, TenancyId};

/// The aliases of one policy, in the order they are first needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aliases(Vec<Alias>);

#[derive(Debug, Clone)]
struct Alias {
    kind: AliasKind,
    name: String,
    ocid: Name,
}

impl Aliases {
    /// The Defines, by kind.
    pub(super) fn defines(&self, span: Span) -> Vec<Statement> {
        let mut ordered: Vec<&Alias> = self.0.iter().collect();
        ordered.sort_by_key(|alias| alias.kind);
        let define = |alias: &&Alias| {
            Statement::Define(Define {
                kind: Spanned::new(alias.kind, span),
                alias: Spanned::new(Name::Literal(alias.name.clone()), span),
                ocid: Spanned::new(alias.ocid.clone(), span),
            })
        };
        ordered.iter().map(define).collect()
    }

    pub(super) fn tenancy(&mut self, model: &Tenancies, id: TenancyId) -> Name {
        let tenancy = model.tenancy(id);
        let proposal = tenancy.map_or_else(String::new, |tenancy| tenancy_word(&tenancy.name));
        let ocid = ocid(tenancy.and_then(|tenancy| tenancy.id.as_ref()), "tenancy OCID");
        self.define(AliasKind::Tenancy, &proposal, ocid, |_| false)
    }

    pub(super) fn group(&mut self, model: &Tenancies, own: TenancyId, id: GroupId) -> Name {
        let group = model.group(id);
        let home = group.and_then(|group| model.tenancy(group.tenancy));
        let proposal = remote(home, group.and_then(|group| group.name.as_deref()), "group");
        let ocid = ocid(group.and_then(|group| group.id.as_ref()), "group OCID");
        // An alias would stand before a real group of that name.
        let taken = |name: &str| {
            model.groups().any(|(_, other)| other.tenancy == own && is_called(other.name.as_deref(), name))
        };
        self.define(AliasKind::Group, &proposal, ocid, taken)
    }

    pub(super) fn dynamic_group(&mut self, model: &Tenancies, own: TenancyId, id: DynamicGroupId) -> Name {
        let group = model.dynamic_group(id);
        let home = group.and_then(|group| model.tenancy(group.tenancy));
        let proposal = remote(home, group.and_then(|group| group.name.as_deref()), "dynamic-group");
        let ocid = ocid(group.and_then(|group| group.id.as_ref()), "dynamic group OCID");
        let taken = |name: &str| {
            model
                .dynamic_groups()
                .any(|(_, other)| other.tenancy == own && is_called(other.name.as_deref(), name))
        };
        self.define(AliasKind::DynamicGroup, &proposal, ocid, taken)
    }

    /// The alias of an OCID; a proposal that is taken gets a number.
    fn define(&mut self, kind: AliasKind, proposal: &str, ocid: Name, taken: impl Fn(&str) -> bool) -> Name {
        if let Some(known) = self.0.iter().find(|alias| alias.kind == kind && alias.ocid == ocid) {
            return Name::Literal(known.name.clone());
        }
        let used = |name: &str| {
            taken(name) || self.0.iter().any(|alias| alias.kind == kind && caseless::equal(&alias.name, name))
        };
        let numbered = (2u32..).map(|number| format!("{proposal}-{number}"));
        let name = std::iter::once(proposal.to_owned())
            .chain(numbered)
            .find(|name| !used(name))
            .unwrap_or_else(|| proposal.to_owned());
        self.0.push(Alias { kind, name: name.clone(), ocid });
        Name::Literal(name)
    }
}

fn is_called(known: Option<&str>, name: &str) -> bool {
    known.is_some_and(|known| caseless::equal(known, name))
}

fn ocid(id: Option<&Ocid>, missing: &str) -> Name {
    id.map_or_else(|| Name::Placeholder(format!("<{missing}>")), |id| Name::Literal(id.as_str().to_owned()))
}

/// A tenancy's name with only letters an alias may have; for one known by its OCID alone, the end of the OCID.
pub(crate) fn tenancy_word(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((head, unique)) if head.to_ascii_lowercase().starts_with("ocid1.") => {
            let end = unique.char_indices().nth_back(5).map_or(0, |(offset, _)| offset);
            format!("tenancy-{}", unique.get(end..).unwrap_or_default())
        }
        Some(_) | None => word(name),
    }
}

/// The alias of a group of another tenancy: whose it is and what it is called.
fn remote(home: Option<&Tenancy>, name: Option<&str>, otherwise: &str) -> String {
    let home = home.map_or_else(|| "remote".to_owned(), |home| tenancy_word(&home.name));
    format!("{home}-{}", word(name.unwrap_or(otherwise)))
}

/// A text with only letters an alias may have.
fn word(text: &str) -> String {
    text.replace(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_', "-")
}
