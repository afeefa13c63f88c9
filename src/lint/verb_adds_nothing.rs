//! `lint/verb-adds-nothing`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{TypeKind, Verb};
use crate::syntax::Effect;

lint! {
    /// Says that a verb grants exactly what the next lower one grants.
    ///
    /// # Why
    /// `read volumes` is `inspect volumes`: the table of the type has nothing in the row. Who wrote the higher verb may have
    /// expected more: reading what a volume holds, for example, or changing what has no right of its own.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read volumes in compartment shelf
    /// ```
    /// ```policy clean
    /// Allow group Bakers to inspect volumes in compartment shelf
    /// Allow group Bakers to read buckets in compartment shelf
    /// ```
    "lint/verb-adds-nothing", Info, rejects: No, basis: "[D: VERB]",
    off: "the higher verb does no harm, and many types have such a row",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    let (Some((verb, resource)), Some(of)) = (meaning.verb(), meaning.resource_type()) else { return };
    if meaning.effect() != Some(Effect::Allow) || of.kind() == TypeKind::AllResources {
        return;
    }
    let Some(equal) = lowest_equal(verb.node, |verb| of.adds_nothing(verb)) else {
        return;
    };
    // That nothing is granted at all is told by another lint.
    if of.grants_nothing(verb.node) {
        return;
    }
    let (verb_typed, name) = (verb.node, resource.node.as_str());
    let help = match next_more(of, verb_typed) {
        Some((higher, first)) => {
            format!("write `{equal}`, or `{higher}` if {first} is what was meant")
        }
        None => format!("write `{equal}`: no verb grants more here"),
    };
    findings
        .report(verb.span, format!("`{verb_typed} {name}` grants no more than `{equal} {name}`"), help)
        .suggest(format!("write `{equal}`"), verb.span, equal.as_str());
}

/// The lowest verb that grants as much as this one; `None` where each lower one grants less.
fn lowest_equal(verb: Verb, adds_nothing: impl Fn(Verb) -> bool) -> Option<Verb> {
    let mut lower = Verb::ALL.into_iter().rev().skip_while(|other| *other != verb);
    let mut lowest = lower.next()?;
    for next in lower {
        if !adds_nothing(lowest) {
            break;
        }
        lowest = next;
    }
    (lowest != verb).then_some(lowest)
}

/// The first higher verb that grants more, and something it adds.
fn next_more(of: crate::catalog::ResourceType, verb: Verb) -> Option<(Verb, &'static str)> {
    let own = of.granted(verb).certain;
    Verb::ALL.into_iter().filter(|higher| *higher > verb).find_map(|higher| {
        let more = of.granted(higher).certain - own;
        Some((higher, more.iter().next()?.name()))
    })
}
