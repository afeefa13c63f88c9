//! `lint/unknown-variable`

use super::findings::Findings;
use super::meaning::Meaning;
use crate::catalog::{Completeness, Section, Service, Variable};
use crate::source::Span;
use crate::suggest::did_you_mean;
use crate::syntax::Operand;

lint! {
    /// Flags a variable that no page has.
    ///
    /// # Why
    /// A variable that does not exist is absent from every request, and a test of an absent variable is false. A name that
    /// does not begin with `request.` or `target.` cannot be a variable at all. Where neither a similar name is known nor all
    /// variables of the service, it is a remark only.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Bakers to read objects in compartment shelf where target.bucketname = 'dough'
    /// ```
    /// ```policy flagged
    /// Allow group Bakers to read objects in compartment shelf where bucket.name = 'dough'
    /// ```
    /// ```policy clean
    /// Allow group Bakers to read objects in compartment shelf where target.bucket.name = 'dough'
    /// ```
    "lint/unknown-variable", Error, rejects: No, basis: "[D: CON] [O]",
    checks: [Check::Meaning(check)]
}

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in &meaning.leaves {
        if leaf.variable.is_none() {
            report(&leaf.test.variable.node, leaf.test.variable.span, meaning, findings);
        }
        for operand in leaf.test.predicate.operands() {
            if let Operand::Variable(name) = &operand.node
                && name.contains('.')
                && Variable::find(name).is_none()
            {
                report(name, operand.span, meaning, findings);
            }
        }
    }
}

fn report(name: &str, span: Span, meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    // Attributes of a linked pair and tags of Oracle's own are listed nowhere; dots alone are what a page left out.
    let side = name.starts_with("1.") || name.starts_with("2.");
    if side || name.contains(".system-tag.") || !name.contains(|letter: char| letter.is_ascii_alphabetic()) {
        return;
    }
    let like = nearest(name);
    let message = format!("there is no variable `{name}`");
    let lower = name.to_ascii_lowercase();
    let named_rightly = lower.starts_with("request.") || lower.starts_with("target.");
    let Some(like) = like else {
        let help = "a variable begins with `request.` (about the caller) or `target.` (about the resource)";
        let finding = findings.report(span, message, help);
        if named_rightly {
            let finding = finding.as_warning();
            // What else a caller has is a matter of its own service.
            if !knows_all_variables(meaning) || lower.starts_with("request.principal.") {
                finding.as_info();
            }
        }
        return;
    };
    let finding = findings.report(span, message, format!("did you mean `{like}`?")).suggest(
        format!("write `{like}`"),
        span,
        like,
    );
    if named_rightly {
        finding.as_warning();
    }
}

/// The variable a name probably means.
fn nearest(name: &str) -> Option<&'static str> {
    let known = || Variable::all().map(Variable::name).filter(|known| !known.contains('<'));
    let bare = |text: &str| text.to_ascii_lowercase().replace(['.', '-', '_'], "");
    let typed = bare(name);
    // Parts run together, or the first part left out.
    let same = known().find(|candidate| bare(candidate) == typed);
    let tail = || {
        let mut ends = known().filter(|c| c.split_once('.').is_some_and(|(_, tail)| bare(tail) == typed));
        ends.next().filter(|_| ends.next().is_none())
    };
    same.or_else(tail).or_else(|| did_you_mean(name, known()))
}

fn knows_all_variables(meaning: &Meaning<'_>) -> bool {
    let complete = |service: &Service| service.completeness(Section::Variables) == Completeness::Complete;
    meaning.found().is_some_and(|found| found.resource_type.services().iter().all(complete))
}
