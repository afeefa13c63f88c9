//! `lint/request-permission-not-in-grant`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning};
use crate::catalog::Permission;
use crate::source::Span;
use crate::syntax::Effect;

lint! {
    /// Flags a test of `request.permission` for a permission that the verb and type do not grant.
    ///
    /// # Why
    /// The condition only picks among the permissions the statement grants: it adds none. A test for another one is never
    /// true, and ruling another one out changes nothing, which is a warning only.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Clerks to use groups in tenancy where request.permission = 'GROUP_DELETE'
    /// ```
    /// ```policy clean
    /// Allow group Clerks to manage groups in tenancy where request.permission = 'GROUP_INSPECT'
    /// ```
    "lint/request-permission-not-in-grant", Error, rejects: No, basis: "[D: SPO]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let what = match meaning.effect() {
        Some(Effect::Allow) => "grants",
        Some(Effect::Deny) => "removes",
        None => return,
    };
    if meaning.statement().action().is_none() {
        return;
    }
    let asked = |leaf: &&Leaf<'_>| leaf.is("request.permission") && leaf.asks_for_values();
    let excluded = |leaf: &&Leaf<'_>| leaf.is("request.permission") && leaf.excludes_values();
    let lacking: Vec<Missing> =
        meaning.leaves.iter().filter(asked).flat_map(|leaf| missing(leaf, meaning)).collect();
    if let Some(first) = lacking.first() {
        let message = format!("the statement {what} no {}: never true", names(&lacking));
        let finding = findings.report(first.span, message, first.belongs(meaning));
        let may_hold = lacking.len() < meaning.leaves.iter().filter(asked).flat_map(Leaf::texts).count();
        if may_hold || !meaning.needs(|other| other.span == first.leaf) {
            finding.as_warning();
        }
    }
    let lacking: Vec<Missing> =
        meaning.leaves.iter().filter(excluded).flat_map(|leaf| missing(leaf, meaning)).collect();
    if let Some(first) = lacking.first() {
        let message = format!("the statement {what} no {} that could be left out", names(&lacking));
        let help = format!("delete the test; {}", first.belongs(meaning));
        findings.report(first.span, message, help).as_warning();
    }
}

/// A permission that a test names and the statement does not have.
struct Missing {
    permission: Permission,
    span: Span,
    leaf: Span,
}

impl Missing {
    fn belongs(&self, meaning: &Meaning<'_>) -> String {
        match meaning.found().and_then(|found| found.resource_type.level(self.permission)) {
            Some(verb) => format!("`{verb}` would have it"),
            None => match self.permission.granted_by().first() {
                Some(row) => format!("{} belongs to `{row}`", self.permission),
                None => "check which type it belongs to".to_owned(),
            },
        }
    }
}

fn missing(leaf: &Leaf<'_>, meaning: &Meaning<'_>) -> Vec<Missing> {
    let lacks = |(text, span)| {
        let permission = Permission::find(text)?;
        let lacking = meaning.granted().holds(permission) == Some(false);
        lacking.then_some(Missing { permission, span, leaf: leaf.span })
    };
    leaf.texts().filter_map(lacks).collect()
}

fn names(missing: &[Missing]) -> String {
    let names: Vec<&str> = missing.iter().take(4).map(|missing| missing.permission.name()).collect();
    let more = missing.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}
