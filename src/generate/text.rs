//! Generated policies as policy text.

use std::fmt::Write as _;

use super::{Generated, GeneratedGroup, GeneratedPolicy, GeneratedStatement};
use crate::format;

/// Policy text: a `# policy:` and an `# attach:` directive, then the statements, one a line.
///
/// [`parse::policies`](crate::parse::policies) reads it back as the same statements. A comment names the intents a
/// statement serves. Dynamic groups stand as comments in the policy of their own tenancy that names them, each rule on a
/// line of its own: what is to be pasted into the Console is a line, without its `#`.
#[must_use]
pub fn text(generated: &Generated) -> String {
    let mut out = String::new();
    let mut shown: Vec<&GeneratedGroup> = Vec::new();
    for policy in &generated.policies {
        if !out.is_empty() {
            out.push('\n');
        }
        // Writing to a string cannot fail.
        let _ = writeln!(out, "# policy: {}\n# attach: {}", policy.name, attachment(policy));
        for group in generated.dynamic_groups.iter().filter(|group| group.is_named_in(policy)) {
            if shown.contains(&group) {
                continue;
            }
            shown.push(group);
            let exists = group.id.as_ref().map_or_else(String::new, |id| format!(", {id}"));
            let _ = writeln!(out, "# dynamic group {}{exists}, with the matching rule", group.name);
            let _ = writeln!(out, "#   {}", format::matching_rule(&group.rule));
        }
        let mut before: Option<&[String]> = None;
        for GeneratedStatement { statement, intents } in &policy.statements {
            if !intents.is_empty() && before != Some(intents) {
                let _ = writeln!(out, "# for {}", intents.join(", "));
                before = Some(intents);
            }
            let _ = writeln!(out, "{}", format::statement(statement));
        }
    }
    out
}

/// `TENANCY[/path:to:compartment]`
pub(super) fn attachment(policy: &GeneratedPolicy) -> String {
    // A name with a slash in it would read as a path, one with a line break as something else altogether.
    let odd = |letter: char| letter == '/' || letter.is_control();
    let plain = !policy.tenancy.name.contains(odd);
    let tenancy = if plain { policy.tenancy.name.as_str() } else { policy.tenancy.id.as_str() };
    if policy.attachment.is_empty() {
        tenancy.to_owned()
    } else {
        let path = policy.attachment.join(":").replace(char::is_control, "");
        format!("{tenancy}/{path}")
    }
}

impl GeneratedGroup {
    /// Whether a policy of its own tenancy speaks of it.
    pub(super) fn is_named_in(&self, policy: &GeneratedPolicy) -> bool {
        use crate::syntax::{Name, Principal, Subject};
        let named = |principal: &Principal| match principal {
            Principal::Named { name: crate::source::Spanned { node: Name::Literal(name), .. }, .. } => {
                *name == self.name
            }
            Principal::Named { .. } | Principal::Id(_) => false,
        };
        self.tenancy == policy.tenancy
            && policy.statements.iter().filter_map(|own| own.statement.subject()).any(
                |subject| match &subject.node {
                    Subject::DynamicGroups(groups) => groups.iter().any(|group| named(&group.node)),
                    Subject::AnyUser
                    | Subject::AnyGroup
                    | Subject::Groups(_)
                    | Subject::Services(_)
                    | Subject::Resource { .. }
                    | Subject::Users(_)
                    | Subject::Opaque(_) => false,
                },
            )
    }
}
