//! Define statements: names for OCIDs, valid inside one policy. Each kind of alias has a name space of its own.

use super::{Bind, codes};
use crate::caseless;
use crate::source::{Span, Spanned};
use crate::suggest;
use crate::syntax::{AliasKind, Define, Name};
use crate::tenancy::TenancyId;

/// The aliases of a policy.
#[derive(Default)]
pub(super) struct Aliases(Vec<Alias>);

struct Alias {
    kind: AliasKind,
    name: String,
    ocid: String,
    span: Span,
}

impl Aliases {
    /// The OCID an alias stands for.
    pub(super) fn find(&self, kind: AliasKind, name: &str) -> Option<&str> {
        self.get(kind, name).map(|alias| alias.ocid.as_str())
    }

    fn get(&self, kind: AliasKind, name: &str) -> Option<&Alias> {
        self.0.iter().find(|alias| alias.kind == kind && caseless::equal(&alias.name, name))
    }

    fn names(&self, kind: AliasKind) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |alias| alias.kind == kind).map(|alias| alias.name.as_str())
    }
}

impl Bind<'_> {
    /// Takes a Define in, or rejects it.
    pub(super) fn define(&mut self, define: &Define, span: Span) {
        let (kind, name) = (define.kind.node, define.alias.node.as_str());
        if let Some(first) = self.aliases.get(kind, name).map(|alias| alias.span) {
            let first = self.place(first);
            self.reject(
                codes::DUPLICATE_DEFINE,
                define.alias.span,
                format!("the alias `{name}` is defined twice"),
                "keep one of the two Defines",
            );
            for finding in self.rejected.last_mut().into_iter().chain(self.binder.findings.last_mut()) {
                *finding = finding.clone().with_label(first, "first defined here");
            }
            return;
        }
        let ocid = define.ocid.node.as_str();
        if matches!(define.ocid.node, Name::Literal(_)) {
            let mut parts = ocid.split(['.', ':']);
            let version = parts.next().unwrap_or_default();
            let found = parts.next().unwrap_or_default();
            if !version.eq_ignore_ascii_case("ocid1") {
                self.reject(
                    codes::DEFINE_KIND,
                    define.ocid.span,
                    format!("`{ocid}` is no OCID"),
                    format!("write the OCID of the {}: `ocid1.{}.…`", kind.as_str(), kind.ocid_kind()),
                );
            } else if !found.eq_ignore_ascii_case(kind.ocid_kind()) {
                self.reject(
                    codes::DEFINE_KIND,
                    define.ocid.span,
                    format!("this is the OCID of a {found}, the Define speaks of a {}", kind.as_str()),
                    format!("write `Define {}`, or the OCID of a {}", found_keyword(found), kind.as_str()),
                );
            }
        }
        self.aliases.0.push(Alias { kind, name: name.to_owned(), ocid: ocid.to_owned(), span });
    }

    /// The tenancy an alias stands for; an alias nothing defines is rejected and stands for an unknown tenancy.
    pub(super) fn tenancy_alias(&mut self, name: &Spanned<Name>) -> TenancyId {
        let typed = name.node.as_str();
        if let Some(ocid) = self.aliases.find(AliasKind::Tenancy, typed).map(str::to_owned) {
            return self.binder.directory.partner(self.tenancy, typed, &ocid);
        }
        if name.node.literal().is_none() {
            // It is yet to be filled in, which the parser has reported.
            return self.binder.directory.partner(self.tenancy, typed, typed);
        }
        let near = suggest::did_you_mean(typed, self.aliases.names(AliasKind::Tenancy)).map(str::to_owned);
        let mut defined = self.aliases.0.iter().filter(|alias| alias.kind == AliasKind::Tenancy);
        let only = match (defined.next(), defined.next()) {
            (Some(only), None) => Some((only.name.clone(), only.span)),
            _ => None,
        };
        let help = match (&near, &only) {
            (Some(near), _) => {
                format!("did you mean `{near}`? An alias is what `Define` says, not the tenancy's name")
            }
            (None, Some((only, _))) => format!(
                "the only tenancy this policy defines is `{only}`: write `{only}` here, or add `Define tenancy {typed} as OCID`"
            ),
            (None, None) => {
                format!("add `Define tenancy {typed} as OCID` in front; aliases hold inside one policy only")
            }
        };
        self.reject(
            codes::UNDEFINED_ALIAS,
            name.span,
            format!("nothing in this policy defines the tenancy `{typed}`"),
            help,
        );
        if let Some((_, span)) = only {
            let place = self.place(span);
            for finding in self.rejected.last_mut().into_iter().chain(self.binder.findings.last_mut()) {
                *finding = finding.clone().with_label(place, "the only tenancy that is defined");
            }
        }
        self.binder.directory.partner(self.tenancy, typed, typed)
    }
}

fn found_keyword(ocid_kind: &str) -> &str {
    if ocid_kind.eq_ignore_ascii_case("dynamicgroup") { "dynamic-group" } else { ocid_kind }
}
