//! Actions: verbs, resource-types and permission sets become permissions.

use rustc_hash::FxHashMap;

use super::Bind;
use crate::catalog::{Expansion, Permission, PermissionSet, ResourceType, Verb};
use crate::program::SetId;
use crate::source::Spanned;
use crate::syntax::{Action, Effect};

/// The sets of the verbs met so far on each type as typed, in the order of [`place`]: policies repeat them, and to find
/// a type by name and to unfold it was a third of binding.
#[derive(Default)]
pub(super) struct Actions(FxHashMap<Box<str>, [Option<SetId>; 2 * Verb::ALL.len()]>);

const fn place(verb: Verb, effect: Effect) -> usize {
    match effect {
        Effect::Allow => verb as usize,
        Effect::Deny => Verb::ALL.len() + verb as usize,
    }
}

impl Bind<'_> {
    /// The permissions an action gives, or takes when the statement denies. `None` for text that stands for nothing.
    ///
    /// A type the catalogue does not have may give what no type of the catalogue does; a permission it does not have is none of those a request
    /// can ask for. Both are findings of their own.
    pub(super) fn action(&mut self, action: &Spanned<Action>, effect: Effect) -> Option<SetId> {
        let binder = &mut *self.binder;
        match &action.node {
            Action::Verb { verb, resource } => {
                let (verb, typed) = (verb.node, resource.node.as_str());
                let at = place(verb, effect);
                let met = binder.actions.0.get(typed).and_then(|sets| sets.get(at).copied().flatten());
                if met.is_some() {
                    return met;
                }
                let set = binder.sets.intern(&match ResourceType::find(typed) {
                    None => Expansion::unknown_type(),
                    Some(found) => match effect {
                        Effect::Allow => found.resource_type.granted(verb),
                        Effect::Deny => found.resource_type.denied(verb),
                    },
                });
                let sets = binder.actions.0.entry(typed.into()).or_default();
                if let Some(place) = sets.get_mut(at) {
                    *place = Some(set);
                }
                Some(set)
            }
            Action::Permissions(names) => {
                let permissions = names.iter().filter_map(|name| Permission::find(name.node.as_str()));
                Some(binder.sets.intern(&Expansion::of(permissions.collect())))
            }
            Action::Opaque(_) => None,
        }
    }

    /// No permission at all: an association checks none.
    pub(super) fn nothing(&mut self) -> SetId {
        self.binder.sets.intern(&Expansion::of(PermissionSet::default()))
    }
}

/// A resource-type's name as the catalogue spells it, or as typed.
pub(super) fn type_name(typed: &str) -> String {
    ResourceType::find(typed).map_or_else(|| typed.to_owned(), |found| found.resource_type.name().to_owned())
}
