//! `syntax/placeholder-left`

use super::context::Context;
use super::findings::Findings;
use super::texts::{self, Text};
use crate::caseless;
use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::source::Spanned;
use crate::syntax::{Item, MatchingRule};

lint! {
    /// Flags text that a person was meant to replace: `<name>`, `{name}`, `[name]`, `_name_`, `YOUR_NAME`, `xxxx`,
    /// `tenancy | compartment NAME`.
    ///
    /// # Why
    /// The service reads it literally. Without quotes it does not parse, or names something that does not exist, and the
    /// whole policy is refused. In quotes it is a text that equals nothing: the policy is saved and the statement matches
    /// nothing.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow dynamic-group <robots> to use keys in compartment safe
    /// ```
    /// ```policy flagged
    /// Allow dynamic-group Robots to use keys in compartment safe where target.key.id = '<key-ocid>'
    /// ```
    /// ```rule flagged
    /// resource.compartment.id = 'YOUR_COMPARTMENT_OCID'
    /// ```
    /// ```policy clean
    /// Allow dynamic-group Robots to use keys in compartment safe where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// ```
    "syntax/placeholder-left", Error, rejects: Sometimes, basis: "[O/I]",
    checks: [
        Check::Reported(By::Parser),
        Check::Statement(statement),
        Check::Rule(rule),
        Check::Hint(hint),
    ]
}

fn statement(item: &Item, findings: &mut Findings<'_>) {
    texts::of_statement(&item.statement, |text| report(text, findings));
}

fn rule(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    texts::of_rule(&rule.node, |text| report(text, findings));
}

fn report(Text { text, span }: Text<'_>, findings: &mut Findings<'_>) {
    if let Some(placeholder) = find(text) {
        findings.report(
            span,
            format!("the placeholder `{placeholder}` was not replaced"),
            "write what it stands for",
        );
    }
}

/// The part of a text that a person was meant to replace.
pub(super) fn find(text: &str) -> Option<&str> {
    let told = is_emphasised(text) || is_ordered(text);
    // One look at each letter is enough for nearly every text.
    if !told && !has_signs(text) {
        return None;
    }
    between(text, '<', '>')
        .or_else(|| {
            let bracketed = [('{', '}'), ('[', ']')].into_iter();
            bracketed.filter_map(|(open, close)| between(text, open, close)).find(|found| *found == text)
        })
        .or_else(|| told.then_some(text))
        .or_else(|| {
            text.split(|letter: char| !letter.is_ascii_alphanumeric()).find(|word| is_crossed_out(word))
        })
}

/// Whether a text has an opening bracket, or three crosses in a row.
fn has_signs(text: &str) -> bool {
    let mut crosses = 0;
    text.bytes().any(|byte| {
        crosses = if byte.eq_ignore_ascii_case(&b'x') { crosses + 1 } else { 0 };
        crosses == 3 || matches!(byte, b'<' | b'{' | b'[')
    })
}

/// `<name>`, brackets included.
fn between(text: &str, open: char, close: char) -> Option<&str> {
    let start = text.find(open)?;
    let length = text.get(start..)?.find(close)?;
    let found = text.get(start..=start + length)?;
    let inner = found.get(1..found.len() - 1)?;
    let name = !inner.is_empty() && inner.contains(|letter: char| letter.is_ascii_alphabetic());
    (name && !inner.contains(['\'', '='])).then_some(found)
}

/// `_name_`: emphasis of a rendered page.
fn is_emphasised(text: &str) -> bool {
    let inner = text.trim_matches('_');
    text.len() > 2 && text.starts_with('_') && text.ends_with('_') && !inner.is_empty()
}

/// `YOUR_NAME`, `replace-me`: words that tell a reader what to do.
fn is_ordered(text: &str) -> bool {
    const SIGNS: [char; 3] = ['_', '-', ' '];
    let behind = |word: &str| text.get(word.len()..).filter(|_| starts_with(text, word));
    let yours = behind("your").and_then(|rest| rest.strip_prefix(SIGNS)).is_some_and(|rest| !rest.is_empty());
    let is_me = |rest: &str| {
        rest.trim_start_matches(SIGNS).split(SIGNS).next().is_some_and(|word| word.eq_ignore_ascii_case("me"))
    };
    yours || ["replace", "change"].into_iter().filter_map(behind).any(is_me)
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// `xxxx`
fn is_crossed_out(word: &str) -> bool {
    word.len() >= 3 && word.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x'))
}

/// Says so where leaving out the brackets alone gives a name that exists.
fn hint(context: &Context<'_>, finding: &mut Diagnostic) {
    let Some(place) = finding.place() else { return };
    let Some(text) = context.source(place).map(|source| source.slice(place.span)) else { return };
    let Some(inner) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) else { return };
    let model = context.model;
    let is = |name: Option<&str>| name.is_some_and(|name| caseless::equal(name, inner));
    let exists = model.groups().any(|(_, group)| group.known && is(group.name.as_deref()))
        || model.dynamic_groups().any(|(_, group)| group.known && is(group.name.as_deref()))
        || model
            .compartments()
            .any(|(_, compartment)| compartment.id.is_some() && is(Some(&compartment.name)));
    if exists {
        finding.help = Some(format!("`{inner}` exists: leave out the angle brackets if it is meant"));
        let title = "leave out the angle brackets";
        finding.fix = Some(Fix::edit(Safety::Unsafe, title, place.span, inner));
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_placeholder_is_told_from_a_name() {
        let table = [
            ("<key-ocid>", Some("<key-ocid>")),
            ("ocid1.key.oc1..<unique_ID>", Some("<unique_ID>")),
            ("{your-bucket}", Some("{your-bucket}")),
            ("[ocid]", Some("[ocid]")),
            ("_compartment_", Some("_compartment_")),
            ("YOUR_COMPARTMENT", Some("YOUR_COMPARTMENT")),
            ("ocid1.key.oc1.iad.xxxxxxxx", Some("xxxxxxxx")),
            ("__PSM", None),
            ("changeme", Some("changeme")),
            ("REPLACE_ME", Some("REPLACE_ME")),
            ("yours", None),
            ("replacement", None),
            ("exxxtra", None),
            ("a < b", None),
            ("prod-*", None),
            ("ocid1.key.oc1.iad.annrl______trfg", None),
        ];
        for (text, expected) in table {
            assert_eq!(find(text), expected, "{text}");
        }
    }
}
