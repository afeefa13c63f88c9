//! Findings: what is wrong, where, and what to type now.
//!
//! A finding is data. The terminal, JSON and SARIF render the same [`Diagnostic`]; [`Rendered`] alone knows miette.

use std::fmt;

use crate::source::{Place, Source, SourceId, Sources, Span};

/// Names a kind of finding for ever: `area/problem-in-kebab-case`.
///
/// The problem's name alone ([`Code::id`]) is unique too, so that a suppression may leave the area out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// Makes a code of `area/problem`.
    #[must_use]
    pub const fn new(code: &'static str) -> Self {
        Self(code)
    }

    /// The whole code, `area/problem`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The part before the slash: `syntax`, `resolve`, `lint`, …
    #[must_use]
    pub fn area(self) -> &'static str {
        self.0.split_once('/').map_or("", |(area, _)| area)
    }

    /// The part behind the slash: the name of the problem.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.0.split_once('/').map_or(self.0, |(_, id)| id)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How much a finding weighs. Worst first, so that `max` over findings is the least of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The service would refuse the text, or no request can match what clearly should match one.
    Error,
    /// Legal and effective, but very probably not what was meant, or dangerous.
    Warning,
    /// True and worth knowing; no action required.
    Info,
    /// Same meaning, nicer text.
    Style,
}

impl Severity {
    /// The word people and JSON see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Style => "style",
        }
    }
}

/// How dangerous what a finding describes is, kept apart from whether it is a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// Little to lose.
    Low,
    /// Something to lose.
    Medium,
    /// Much to lose.
    High,
    /// Everything to lose.
    Critical,
}

impl Risk {
    /// The word people and JSON see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A place with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What to say there; empty when the message says it all.
    pub text: String,
}

/// Whether a fix may be applied without a person looking at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// The repaired text has exactly the meaning the author obviously wanted; a test checks that claim.
    Safe,
    /// The repair may change who may do what: shown, applied only on demand.
    Unsafe,
}

/// Replaces the bytes of a span; an empty span inserts, an empty text deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What to replace.
    pub span: Span,
    /// What to put there, in policy language; the edge escapes it for the host file.
    pub text: String,
}

/// A repair of the source the finding's first label lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// What it does, as an imperative: "insert `to`".
    pub title: String,
    /// Non-overlapping edits in source order.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of one edit.
    #[must_use]
    pub fn edit(safety: Safety, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self { safety, title: title.into(), edits: vec![Edit { span, text: text.into() }] }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding.
    pub code: Code,
    /// Its weight.
    pub severity: Severity,
    /// The danger it describes; `None` where it describes none.
    pub risk: Option<Risk>,
    /// What is wrong: one clause, lower case, no full stop, the user's own words in backticks.
    pub message: String,
    /// The culprit first; then related places, which may lie in other sources.
    pub labels: Vec<Label>,
    /// What to type now.
    pub help: Option<String>,
    /// A repair, where one is known.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding at one place.
    #[must_use]
    pub fn new(code: Code, severity: Severity, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            risk: None,
            message: message.into(),
            labels: vec![Label { place, text: String::new() }],
            help: None,
            fix: None,
        }
    }

    /// An error at one place.
    #[must_use]
    pub fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, place, message)
    }

    /// A warning at one place.
    #[must_use]
    pub fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, place, message)
    }

    /// Says what to type now.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn with_label(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// Adds the repair.
    #[must_use]
    pub fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Says how dangerous it is.
    #[must_use]
    pub fn with_risk(mut self, risk: Risk) -> Self {
        self.risk = Some(risk);
        self
    }

    /// The culprit; `None` only for a finding made without a label.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.labels.first().map(|label| label.place)
    }
}

/// Brings findings into the order people read them: by source, position, then code.
pub fn sort(findings: &mut [Diagnostic]) {
    findings.sort_by(|a, b| (a.place(), a.code, &a.message).cmp(&(b.place(), b.code, &b.message)));
}

/// A finding with the sources it speaks of: the one place where we meet miette.
pub struct Rendered<'a> {
    sources: &'a Sources,
    diagnostic: &'a Diagnostic,
    elsewhere: Vec<Elsewhere<'a>>,
}

impl<'a> Rendered<'a> {
    /// Joins a finding with the texts its labels point into.
    #[must_use]
    pub fn new(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Self {
        let near = |label: &&Label| is_near(sources, diagnostic.place(), label.place);
        let elsewhere = diagnostic
            .labels
            .iter()
            .filter(|label| !near(label))
            .filter_map(|label| Some(Elsewhere { source: sources.get(label.place.source)?, label }))
            .collect();
        Self { sources, diagnostic, elsewhere }
    }

    fn home(&self) -> Option<SourceId> {
        self.diagnostic.place().map(|place| place.source)
    }
}

impl fmt::Debug for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.diagnostic, f)
    }
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Rendered<'_> {}

impl miette::Diagnostic for Rendered<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info | Severity::Style => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        let source = self.sources.get(self.home()?)?;
        Some(source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let here = self.diagnostic.labels.iter().enumerate();
        let here = here.filter(|(_, label)| is_near(self.sources, self.diagnostic.place(), label.place));
        Some(Box::new(here.map(|(index, label)| labelled(label, index == 0))))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|other| other as &dyn miette::Diagnostic)))
    }
}

/// How many lines may lie between two places that are shown in one piece, with everything between them.
const APART: usize = 12;

/// Whether a place is shown in one piece with the finding's own.
fn is_near(sources: &Sources, home: Option<Place>, place: Place) -> bool {
    let Some(home) = home.filter(|home| home.source == place.source) else { return false };
    let Some(source) = sources.get(home.source) else { return false };
    let line = |place: Place| source.line(place.span.start);
    line(home).abs_diff(line(place)) <= APART + 1
}

/// A related place in another source than the finding's own, or far from it.
struct Elsewhere<'a> {
    source: &'a Source,
    label: &'a Label,
}

impl fmt::Debug for Elsewhere<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.label, f)
    }
}

impl fmt::Display for Elsewhere<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.label.text.is_empty() { "related" } else { &self.label.text })
    }
}

impl std::error::Error for Elsewhere<'_> {}

impl miette::Diagnostic for Elsewhere<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let span = (self.label.place.span.start as usize, self.label.place.span.len() as usize);
        Some(Box::new(std::iter::once(miette::LabeledSpan::new_primary_with_span(None, span))))
    }
}

/// The culprit gives the position in the header of the finding.
fn labelled(label: &Label, culprit: bool) -> miette::LabeledSpan {
    let text = (!label.text.is_empty()).then(|| label.text.clone());
    let span = (label.place.span.start as usize, label.place.span.len() as usize);
    if culprit {
        miette::LabeledSpan::new_primary_with_span(text, span)
    } else {
        miette::LabeledSpan::new_with_span(text, span)
    }
}

/// How much of a line is shown on either side of what it is about: a file may be one line.
const AROUND: u32 = 500;

impl Source {
    /// The part of some lines that is near a span in them.
    fn near(&self, lines: Span, span: Span) -> Span {
        let boundary = |at: &u32| self.text().is_char_boundary(*at as usize);
        let (start, end) = (span.start.saturating_sub(AROUND), span.end.saturating_add(AROUND));
        let start = (start.max(lines.start)..=span.start).find(boundary);
        let end = (span.end..=end.min(lines.end)).rev().find(boundary);
        Span { start: start.unwrap_or(lines.start), end: end.unwrap_or(lines.end) }
    }
}

impl miette::SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        let start = u32::try_from(span.offset()).map_err(|_| miette::MietteError::OutOfBounds)?;
        let end = u32::try_from(span.offset() + span.len()).map_err(|_| miette::MietteError::OutOfBounds)?;
        if self.text().get(start as usize..end as usize).is_none() {
            return Err(miette::MietteError::OutOfBounds);
        }
        let first = (self.position(start).line - 1).saturating_sub(context_lines_before);
        let last = self.position(end).line - 1 + context_lines_after;
        let from = self.line_span(first).unwrap_or_default();
        let to = (first..=last).rev().find_map(|line| self.line_span(line)).unwrap_or(from);
        let shown = self.near(from.to(to), Span { start, end });
        // The header names the column only of what is asked for alone.
        let column = if context_lines_before == 0 { self.position(start).column - 1 } else { 0 };
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.name().to_owned(),
            self.slice(shown).as_bytes(),
            (shown.start as usize, shown.len() as usize).into(),
            first,
            column,
            self.line_count(),
        )))
    }
}
