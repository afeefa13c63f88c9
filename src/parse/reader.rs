//! What every part of the reader carries: the text, the findings, and how faithful the reading still is.

use super::grammar::{Node, range};
use super::shape::Shape;
use super::slip::Slip;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::passage::{Host, Passage};
use crate::source::{Place, Span, Spanned};
use crate::syntax::{Fault, Reading};

pub(super) struct Reader<'a> {
    passage: &'a Passage<'a>,
    findings: &'a mut Vec<Diagnostic>,
    pub(super) reading: Reading,
    pub(super) faults: Vec<Fault>,
    pub(super) comments: Vec<Spanned<String>>,
    /// Repairs that wait until the whole statement is read.
    pub(super) shapes: Vec<Shape>,
    /// Where the condition stands in the text.
    pub(super) condition_range: Option<(usize, usize)>,
    /// Whether the words of the location were explained, and what stands behind them needs no more.
    pub(super) place_misspelt: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(passage: &'a Passage<'a>, findings: &'a mut Vec<Diagnostic>) -> Self {
        Self {
            passage,
            findings,
            reading: Reading::Strict,
            faults: Vec::new(),
            comments: Vec::new(),
            shapes: Vec::new(),
            condition_range: None,
            place_misspelt: false,
        }
    }

    pub(super) fn span(&self, node: &Node<'_>) -> Span {
        let (start, end) = range(node);
        self.passage.span(start, end)
    }

    pub(super) fn span_of(&self, start: usize, end: usize) -> Span {
        self.passage.span(start, end)
    }

    /// The span of a node and of the blanks in front of it: what goes with it when it is left out.
    pub(super) fn with_blanks_before(&self, node: &Node<'_>) -> Span {
        let (start, end) = range(node);
        let before = node.as_span().get_input().get(..start).unwrap_or_default();
        self.passage.span(before.trim_end().len(), end)
    }

    pub(super) fn spanned<T>(&self, node: &Node<'_>, value: T) -> Spanned<T> {
        Spanned::new(value, self.span(node))
    }

    /// The index of the finding just reported.
    pub(super) fn last_finding(&self) -> usize {
        self.findings.len().saturating_sub(1)
    }

    /// Gives a finding its repair.
    pub(super) fn complete(&mut self, finding: usize, fix: Fix) {
        if let Some(finding) = self.findings.get_mut(finding) {
            finding.fix = Some(fix);
        }
    }

    pub(super) fn host(&self) -> Host {
        self.passage.host
    }

    /// Reports a slip and lowers the reading accordingly.
    pub(super) fn slip(&mut self, slip: Slip, span: Span, message: impl Into<String>) -> Report<'_> {
        self.reading = self.reading.max(slip.reading());
        let place = Place { source: self.passage.source, span };
        let severity = slip.severity(self.passage.host);
        let finding = Diagnostic::new(slip.code(), severity, place, message);
        if slip.reading() > Reading::Strict {
            self.faults.push(Fault { code: finding.code, message: finding.message.clone() });
        }
        self.findings.push(finding);
        Report(self.findings.last_mut())
    }
}

/// The finding just reported, to be completed with help and repair.
pub(super) struct Report<'a>(Option<&'a mut Diagnostic>);

impl Report<'_> {
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        if let Some(finding) = self.0 {
            finding.help = Some(help.into());
            return Self(Some(finding));
        }
        self
    }

    pub(super) fn fix(self, safety: Safety, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        if let Some(finding) = self.0 {
            finding.fix = Some(Fix { safety, title: title.into(), edits });
            return Self(Some(finding));
        }
        self
    }

    /// A repair that has exactly the meaning the author obviously wanted.
    pub(super) fn safe(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix(Safety::Safe, title, vec![Edit { span, text: text.into() }])
    }

    /// A repair somebody has to look at.
    pub(super) fn suggest(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix(Safety::Unsafe, title, vec![Edit { span, text: text.into() }])
    }
}
