//! Actions: verbs, resource-types and permission sets become permissions.

use super::Bind;
use crate::catalog::{Expansion, Permission, PermissionSet, ResourceType};
use crate::program::SetId;
use crate::source::Spanned;
use crate::syntax::{Action, Effect};

impl Bind<'_> {
    /// The permissions an action gives, or takes when the statement denies. `None` for text that stands for nothing.
    ///
    /// A type the catalogue does not have may give what no type of the catalogue does; a permission it does not have is none of those a request
    /// can ask for. Both are findings of their own.
    pub(super) fn action(&mut self, action: &Spanned<Action>, effect: Effect) -> Option<SetId> {
        let expansion = match &action.node {
            Action::Verb { verb, resource } => match ResourceType::find(resource.node.as_str()) {
                None => Expansion::unknown_type(),
                Some(found) => match effect {
                    Effect::Allow => found.resource_type.granted(verb.node),
                    Effect::Deny => found.resource_type.denied(verb.node),
                },
            },
            Action::Permissions(names) => {
                let permissions = names.iter().filter_map(|name| Permission::find(name.node.as_str()));
                Expansion::of(permissions.collect())
            }
            Action::Opaque(_) => return None,
        };
        Some(self.binder.sets.intern(expansion))
    }

    /// No permission at all: an association checks none.
    pub(super) fn nothing(&mut self) -> SetId {
        self.binder.sets.intern(Expansion::of(PermissionSet::default()))
    }
}

/// A resource-type's name as the catalogue spells it, or as typed.
pub(super) fn type_name(typed: &str) -> String {
    ResourceType::find(typed).map_or_else(|| typed.to_owned(), |found| found.resource_type.name().to_owned())
}
