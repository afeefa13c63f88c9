//! `lint/unknown-permission`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{Completeness, Permission, Section, Seen};
use crate::source::Span;
use crate::suggest::did_you_mean;
use crate::syntax::Action;

lint! {
    /// Flags a permission that no page of Oracle's policy reference has, in a set or in a test of `request.permission`.
    ///
    /// # Why
    /// A set with such a name grants nothing by it, and a test for it is never true. The usual cause is a word of the
    /// interface (LIST, GET, WRITE) in place of the permission's own (INSPECT, READ, UPDATE). Only of services that are known
    /// completely can be said that they have no such permission; elsewhere it is a warning.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to {BUCKET_LIST} in compartment shelf
    /// ```
    /// ```policy flagged
    /// Allow group Bakers to manage buckets in compartment shelf where request.permission = 'BUCKET_UPDATED'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to {BUCKET_INSPECT} in compartment shelf
    /// ```
    "lint/unknown-permission", Error, rejects: No, basis: "[D: PS, SPO]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    if let Some(Action::Permissions(names)) = meaning.statement().action().map(|action| &action.node) {
        for name in names {
            if let Some(text) = name.node.literal() {
                report(text, name.span, false, findings);
            }
        }
    }
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.is("request.permission")) {
        for (text, span) in leaf.texts().filter(|(text, _)| !text.contains('*')) {
            report(text, span, true, findings);
        }
    }
}

fn report(name: &str, span: Span, quoted: bool, findings: &mut Findings<'_>) {
    if Permission::find(name).is_some() || Seen::permission(name).is_some() {
        return;
    }
    let message = format!("there is no permission `{name}`");
    match nearest(name) {
        Some(like) => {
            let text = if quoted { format!("'{like}'") } else { like.name().to_owned() };
            let finding = findings.report(span, message, format!("did you mean `{like}`?")).suggest(
                format!("write `{like}`"),
                span,
                text,
            );
            if !is_known_completely(like) {
                finding.as_warning();
            }
        }
        None => {
            findings
                .report(span, message, "check the name against the policy reference of the service")
                .as_warning();
        }
    }
}

/// Words of interfaces, and what permissions call the same.
const WORDS: [(&str, &[&str]); 7] = [
    ("LIST", &["INSPECT", "READ"]),
    ("GET", &["READ", "INSPECT"]),
    ("WRITE", &["UPDATE", "OVERWRITE", "CREATE"]),
    ("PUT", &["CREATE", "UPDATE"]),
    ("EDIT", &["UPDATE"]),
    ("REMOVE", &["DELETE"]),
    ("ADD", &["CREATE"]),
];

fn nearest(name: &str) -> Option<Permission> {
    Permission::corrected(name).or_else(|| {
        let upper = name.to_ascii_uppercase();
        let by_word = upper.rsplit_once('_').and_then(|(stem, word)| {
            let (_, words) = WORDS.iter().find(|(known, _)| *known == word)?;
            words.iter().find_map(|word| Permission::find(&format!("{stem}_{word}")))
        });
        by_word.or_else(|| Permission::find(did_you_mean(name, Permission::all().map(Permission::name))?))
    })
}

/// Whether every permission of the types it belongs to is in the catalogue.
fn is_known_completely(permission: Permission) -> bool {
    let rows = permission.granted_by();
    !rows.is_empty()
        && rows
            .iter()
            .flat_map(|row| row.resource_type.services())
            .all(|service| service.completeness(Section::TypePermissions) == Completeness::Complete)
}
