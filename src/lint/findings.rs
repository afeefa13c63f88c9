//! Where a lint puts what it finds.

use super::entry::Lint;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::source::{Place, SourceId, Span};

/// The findings of a lint that looks at one source.
pub struct Findings<'f> {
    inner: ProgramFindings<'f>,
    source: SourceId,
}

impl<'f> Findings<'f> {
    pub(super) fn new(lint: &'static Lint, source: SourceId, found: &'f mut Vec<Diagnostic>) -> Self {
        Self { inner: ProgramFindings::new(lint, found), source }
    }

    /// Reports something: where in the source, what is wrong, what to type now.
    pub fn report(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) -> Finding<'_> {
        let place = self.place(span);
        self.inner.report(place, message, help)
    }

    /// A place in the source.
    #[must_use]
    pub const fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }
}

/// The findings of a lint that looks at everything.
pub struct ProgramFindings<'f> {
    lint: &'static Lint,
    found: &'f mut Vec<Diagnostic>,
}

impl<'f> ProgramFindings<'f> {
    pub(super) fn new(lint: &'static Lint, found: &'f mut Vec<Diagnostic>) -> Self {
        Self { lint, found }
    }

    /// Reports something: where, what is wrong, what to type now.
    pub fn report(
        &mut self,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding<'_> {
        let mut finding = Diagnostic::new(self.lint.code, self.lint.severity, place, message).with_help(help);
        finding.risk = self.lint.risk;
        Finding(self.found.push_mut(finding))
    }
}

/// A finding just reported, to be completed.
pub struct Finding<'f>(&'f mut Diagnostic);

impl Finding<'_> {
    /// A repair that has exactly the meaning the author obviously wanted.
    pub fn safe(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix(Safety::Safe, title, vec![Edit { span, text: text.into() }])
    }

    /// A repair somebody has to look at.
    pub fn suggest(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix(Safety::Unsafe, title, vec![Edit { span, text: text.into() }])
    }

    /// A repair of several edits.
    pub fn fix(self, safety: Safety, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.0.fix = Some(Fix { safety, title: title.into(), edits });
        self
    }

    /// A related place.
    pub fn label(self, place: Place, text: impl Into<String>) -> Self {
        self.0.labels.push(crate::diagnostic::Label { place, text: text.into() });
        self
    }

    /// Lowers the weight to a remark: true, worth knowing, no action required.
    pub fn as_info(self) -> Self {
        self.0.severity = crate::diagnostic::Severity::Info;
        self
    }
}
