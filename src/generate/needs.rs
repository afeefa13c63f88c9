//! What an intent needs: operations become the least permissions, verbs stay verbs.

use super::codes;
use super::intent::Need;
use crate::catalog::{Operation, Permission, PermissionSet, ResourceType, TypeKind, Verb, VerbRow};
use crate::diagnostic::{Diagnostic, Severity};
use crate::request::{Action, Ask, Asker};
use crate::source::{Place, SourceId, Span, Spanned};
use crate::suggest;

/// What an intent needs.
#[derive(Debug, Clone, Default)]
pub(super) struct Needed {
    /// Verbs that were asked for as such.
    pub(super) verbs: Vec<VerbRow>,
    /// Permissions beside those of the verbs.
    pub(super) permissions: PermissionSet,
    /// What the policies have to allow in the end, one question a need.
    pub(super) questions: Vec<Question>,
}

/// A question the policies have to answer with yes.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) action: Action,
    pub(super) case: Option<String>,
    /// The need it comes from.
    pub(super) span: Span,
}

/// Looks the needs of an intent up in the catalogue; `None` where one of them cannot be met, which is reported.
pub(super) fn needed(
    needs: &[Spanned<Need>],
    source: SourceId,
    findings: &mut Vec<Diagnostic>,
) -> Option<Needed> {
    let mut lookup =
        Lookup { source, findings, needed: Needed::default(), choices: Vec::new(), cases: Vec::new() };
    let mut complete = true;
    for need in needs {
        complete &= lookup.need(need).is_some();
    }
    lookup.choose();
    lookup.tell_cases();
    let Needed { verbs, mut permissions, questions } = lookup.needed;
    if let Some(first) = needs.first().filter(|_| complete && questions.is_empty()) {
        let place = Place { source, span: first.span };
        findings.push(
            Diagnostic::error(codes::NOTHING, place, "the intent needs no permission at all")
                .with_help("leave the intent out"),
        );
    }
    for row in &verbs {
        permissions = permissions - row.resource_type.granted(row.verb).certain;
    }
    (complete && !questions.is_empty()).then_some(Needed { verbs, permissions, questions })
}

struct Lookup<'f> {
    source: SourceId,
    findings: &'f mut Vec<Diagnostic>,
    needed: Needed,
    /// Of each of these one permission is needed.
    choices: Vec<Vec<Permission>>,
    /// What was assumed, of which operations.
    cases: Vec<(String, Vec<&'static str>, Span)>,
}

impl Lookup<'_> {
    fn need(&mut self, need: &Spanned<Need>) -> Option<()> {
        let span = need.span;
        match &need.node {
            Need::Permission(name) => {
                let question = Action::Permissions(vec![name.clone()]);
                self.ask(question, None, span)
            }
            Need::Operation { name, case } => self.ask(Action::Operation(name.clone()), case.clone(), span),
            Need::Verb { verb, resource } => self.verb(*verb, resource, span),
        }
    }

    /// Reads the requirement exactly as a request would.
    fn ask(&mut self, action: Action, case: Option<String>, span: Span) -> Option<()> {
        let mut ask = Ask::new(Asker::Named(String::new()), action.clone(), "");
        ask.case.clone_from(&case);
        let mut notes = Vec::new();
        let (operation, needs) = match ask.requirement(&[], &mut notes) {
            Ok(found) => found,
            Err(error) => {
                let finding = Diagnostic::error(codes::UNKNOWN_NEED, self.place(span), error.to_string());
                self.findings.push(finding.with_help(error.help()));
                return None;
            }
        };
        let what = operation.map_or("this", Operation::name);
        let requirement = needs.permissions;
        let in_place = |row: &VerbRow| format!("`{what}` needs `{} {}`", row.verb, row.resource_type);
        let unknown = needs.unknown.or_else(|| needs.rows.first().map(in_place));
        if let Some(unknown) = unknown {
            let finding = Diagnostic::error(codes::NEED_NOT_KNOWN, self.place(span), unknown);
            self.findings.push(finding.with_help(instead(operation)));
            return None;
        }
        if requirement.is_empty() {
            self.note(codes::NOTHING_NEEDED, span, format!("`{what}` needs no permission"));
            return Some(());
        }
        let what = operation.map_or("", Operation::name);
        for note in notes {
            match self.cases.iter_mut().find(|(known, ..)| *known == note) {
                Some((_, operations, _)) => operations.push(what),
                None => self.cases.push((note, vec![what], span)),
            }
        }
        if let Some(operation) = operation {
            self.places(operation, requirement.iter().flatten().copied().collect(), span);
        }
        for alternatives in requirement {
            match alternatives.as_slice() {
                [only] => self.needed.permissions.insert(*only),
                _ => self.choices.push(alternatives),
            }
        }
        // The question is about the case that was taken, whatever the model has.
        let taken = operation.and_then(|operation| operation.requirement().variants().next());
        let case = case.or_else(|| taken.map(|case| case.when().to_owned()));
        self.needed.questions.push(Question { action, case, span });
        Some(())
    }

    /// Says which of the permissions are needed elsewhere than on the target.
    fn places(&mut self, operation: Operation, needed: PermissionSet, span: Span) {
        let requirement = operation.requirement();
        let cases = requirement.variants().chain(requirement.conditional());
        let places = requirement.places().chain(cases.flat_map(|case| case.places().collect::<Vec<_>>()));
        for (permission, place) in places.collect::<Vec<_>>() {
            if needed.contains(permission) {
                self.note(codes::ELSEWHERE, span, format!("`{operation}` needs {permission} on {place}"));
            }
        }
    }

    fn verb(&mut self, verb: Verb, resource: &str, span: Span) -> Option<()> {
        let Some(found) = ResourceType::find(resource) else {
            let near = suggest::did_you_mean(resource, ResourceType::all().map(ResourceType::name));
            let help = near.map_or_else(
                || "write the name as the policy reference has it".to_owned(),
                |near| format!("did you mean `{verb} {near}`?"),
            );
            let message = format!("no resource-type `{resource}` in the catalogue");
            let finding = Diagnostic::error(codes::UNKNOWN_NEED, self.place(span), message);
            self.findings.push(finding.with_help(help));
            return None;
        };
        let row = VerbRow { resource_type: found.resource_type, verb };
        let granted = row.resource_type.granted(verb).certain;
        if granted.is_empty() {
            let lowest = row.resource_type.lowest_verb();
            let help = lowest.map_or_else(
                || "the catalogue knows no permission of this type".to_owned(),
                |lowest| format!("the lowest verb that gives anything is `{lowest} {}`", row.resource_type),
            );
            let finding =
                Diagnostic::error(codes::NEED_NOT_KNOWN, self.place(span), format!("`{row}` gives nothing"));
            self.findings.push(finding.with_help(help));
            return None;
        }
        let names = granted.iter().map(|permission| permission.name().to_owned());
        let action = Action::Permissions(names.collect());
        self.needed.questions.push(Question { action, case: None, span });
        match self.needed.verbs.iter_mut().find(|known| known.resource_type == row.resource_type) {
            Some(known) => known.verb = known.verb.max(verb),
            None => self.needed.verbs.push(row),
        }
        Some(())
    }

    /// Picks of each group of alternatives the least: one that is needed anyway, else the one of the lowest verb.
    fn choose(&mut self) {
        let mut given = self.needed.permissions;
        for row in &self.needed.verbs {
            given = given | row.resource_type.granted(row.verb).certain;
        }
        for alternatives in std::mem::take(&mut self.choices) {
            if alternatives.iter().any(|&permission| given.contains(permission)) {
                continue;
            }
            if let Some(least) =
                alternatives.into_iter().min_by_key(|&permission| (level(permission), permission))
            {
                self.needed.permissions.insert(least);
                given.insert(least);
            }
        }
    }

    /// Says once what was assumed, and of which operations.
    fn tell_cases(&mut self) {
        for (note, operations, span) in std::mem::take(&mut self.cases) {
            let operations: Vec<String> = operations.iter().map(|name| format!("`{name}`")).collect();
            self.note(codes::CASE, span, format!("{}: {note}", operations.join(", ")));
        }
    }

    fn note(&mut self, code: crate::diagnostic::Code, span: Span, message: String) {
        self.findings.push(Diagnostic::new(code, Severity::Info, self.place(span), message));
    }

    const fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }
}

/// What to write in place of an operation whose permissions the catalogue does not know.
fn instead(operation: Option<Operation>) -> String {
    let requirement = operation.map(Operation::requirement);
    let row = requirement.and_then(|needed| {
        let fully = needed.covered_by().iter().find(|coverer| coverer.fully).map(|coverer| coverer.row);
        needed.requires().or(fully)
    });
    match row {
        Some(row) => format!("write `{row}` in place of it, which gives more than this one operation"),
        None => "name the permissions it needs, or a verb with a resource-type".to_owned(),
    }
}

/// The lowest verb that gives a permission; none of the four comes last.
fn level(permission: Permission) -> (bool, Option<Verb>) {
    let lowest = permission.granted_by().iter().map(|row| row.verb).min();
    (lowest.is_none(), lowest)
}

/// The lowest verbs that give a set of permissions, and the permissions no verb gives.
///
/// Each permission is given by the type that brings the least else along; a type stands once, with the highest verb it
/// is needed for.
pub(super) fn verbs(wanted: PermissionSet) -> (Vec<VerbRow>, PermissionSet) {
    let mut order: Vec<Permission> = wanted.iter().collect();
    // What needs the highest verb comes first: it often gives the rest.
    order.sort_by_key(|&permission| std::cmp::Reverse(level(permission)));
    let (mut rows, mut given, mut left): (Vec<VerbRow>, _, _) =
        (Vec::new(), PermissionSet::EMPTY, PermissionSet::EMPTY);
    for permission in order {
        if given.contains(permission) {
            continue;
        }
        let types =
            permission.granted_by().iter().filter(|row| row.resource_type.kind() == TypeKind::Individual);
        let least = types.min_by_key(|row| {
            let granted = row.resource_type.granted(row.verb).certain;
            ((granted - wanted).len(), row.resource_type)
        });
        let Some(&least) = least else {
            left.insert(permission);
            continue;
        };
        given = given | least.resource_type.granted(least.verb).certain;
        match rows.iter_mut().find(|row| row.resource_type == least.resource_type) {
            Some(row) => row.verb = row.verb.max(least.verb),
            None => rows.push(least),
        }
    }
    rows.sort_by_key(|row| row.resource_type);
    (rows, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> PermissionSet {
        names.iter().filter_map(|name| Permission::find(name)).collect()
    }

    #[test]
    fn the_lowest_verbs_give_a_set() {
        let table: [(&[&str], &str); 4] = [
            (&["KEY_READ", "KEY_ENCRYPT", "KEY_DECRYPT"], "use keys"),
            (&["KEY_READ"], "read keys"),
            (&["BUCKET_INSPECT", "OBJECT_INSPECT", "OBJECT_READ"], "inspect buckets, read objects"),
            (&["KEY_CREATE", "VAULT_CREATE_KEY"], "manage keys, use vaults"),
        ];
        for (names, expected) in table {
            let (rows, left) = verbs(set(names));
            let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
            assert_eq!(rows.join(", "), expected, "{names:?}");
            assert!(left.is_empty());
        }
    }
}
