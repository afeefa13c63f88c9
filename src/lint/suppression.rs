//! `# lint-allow ID[, ID…]: REASON` on a line of its own: the findings somebody knows of and accepts.
//!
//! The line speaks of the next statement or matching rule of its file, and of what stands between the two;
//! `# lint-allow-file` of the whole file. An id is the name of a lint, with or without its area. The reason is required:
//! who reads the file next year wants to know. In YAML the line may be indented, and a line inside a string is text.

use super::entry::Lint;
use super::findings::ProgramFindings;
use crate::bundle::Hosts;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Place, Source, SourceId, Span};
use crate::suggest;

/// A line that cannot be read.
const UNUSABLE: Code = Code::new("syntax/unusable-directive");

/// A finding somebody accepts.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Diagnostic,
    /// Why, in the words of who accepts it.
    pub reason: String,
    /// The line that says so.
    pub place: Place,
}

/// One lint that one line allows.
#[derive(Debug)]
pub(super) struct Suppression {
    lint: &'static Lint,
    reason: String,
    place: Place,
    reach: Span,
    used: bool,
}

/// Whether a source may have such lines; nearly every one has none.
pub(super) fn may_be_in(source: &Source) -> bool {
    source.text().contains("lint-allow")
}

/// The lines of a source. `statements` are its statements and rules, by position.
pub(super) fn read(
    source: &Source,
    id: SourceId,
    statements: &[Span],
    hosts: &Hosts,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Suppression> {
    let mut suppressions = Vec::new();
    let indented = hosts.has(id);
    for span in (0..source.line_count()).filter_map(|line| source.line_span(line)) {
        let line = source.slice(span);
        let text = if indented { line.trim_start() } else { line };
        let start = span.end - u32::try_from(text.len()).unwrap_or_default();
        let Some(text) = text.strip_prefix('#').map(str::trim) else { continue };
        let Some((whole_file, rest)) = directive(text) else { continue };
        if hosts.is_inside(id, start) {
            continue;
        }
        let place = Place { source: id, span: Span::new(start, span.end) };
        let next = statements.iter().find(|statement| statement.end > span.end);
        let reach = match (whole_file, next) {
            (true, _) => Span::new(0, u32::MAX),
            (false, Some(next)) => place.span.to(*next),
            (false, None) => place.span,
        };
        suppressions.extend(parse(rest, place, reach, findings));
    }
    suppressions
}

/// What stands behind `lint-allow` or, as the flag says, `lint-allow-file`.
fn directive(text: &str) -> Option<(bool, &str)> {
    let rest = text.strip_prefix("lint-allow")?;
    let (whole_file, rest) = rest.strip_prefix("-file").map_or((false, rest), |rest| (true, rest));
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', ':']);
    ends.then_some((whole_file, rest))
}

fn parse(text: &str, place: Place, reach: Span, findings: &mut Vec<Diagnostic>) -> Vec<Suppression> {
    let mut refuse = |message: String, help: String| {
        findings.push(Diagnostic::error(UNUSABLE, place, message).with_help(help));
    };
    let (ids, reason) = text.split_once(':').map_or((text, ""), |(ids, reason)| (ids, reason.trim()));
    let ids: Vec<&str> = ids.split([',', ' ', '\t']).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() || reason.is_empty() {
        let missing = if ids.is_empty() { "names no lint" } else { "gives no reason" };
        refuse(
            format!("`# lint-allow` {missing}"),
            "write `# lint-allow ID: why this is fine here`".to_owned(),
        );
        return Vec::new();
    }
    let mut suppressions = Vec::new();
    for id in ids {
        match super::find(id) {
            Some(lint) => {
                suppressions.push(Suppression { lint, reason: reason.to_owned(), place, reach, used: false })
            }
            None => {
                let known = super::LINTS.iter().map(|lint| lint.code.id());
                let help = suggest::did_you_mean(id, known).map_or_else(
                    || "the id stands in front of the message of a finding".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                refuse(format!("there is no lint `{id}`"), help);
            }
        }
    }
    suppressions
}

/// Takes away what is accepted.
pub(super) fn apply(findings: &mut Vec<Diagnostic>, suppressions: &mut [Suppression]) -> Vec<Suppressed> {
    let mut suppressed = Vec::new();
    if suppressions.is_empty() {
        return suppressed;
    }
    findings.retain(|finding| {
        let Some(place) = finding.place() else { return true };
        let mut accepted = false;
        for suppression in suppressions.iter_mut() {
            let covers = suppression.lint.code == finding.code
                && suppression.place.source == place.source
                && suppression.reach.contains(place.span);
            if covers && !accepted {
                let reason = suppression.reason.clone();
                suppressed.push(Suppressed { finding: finding.clone(), reason, place: suppression.place });
            }
            suppression.used |= covers;
            accepted |= covers;
        }
        !accepted
    });
    suppressed
}

/// Reports what accepted nothing, unless the lint it names did not run.
pub(super) fn unused(
    suppressions: &[Suppression],
    ran: impl Fn(&'static Lint) -> bool,
    found: &mut Vec<Diagnostic>,
) {
    for suppression in suppressions.iter().filter(|suppression| !suppression.used && ran(suppression.lint)) {
        let id = suppression.lint.code.id();
        ProgramFindings::new(&super::unused_suppression::LINT, found).report(
            suppression.place,
            format!("`{id}` finds nothing here"),
            "delete the line, or the id",
        );
    }
}
