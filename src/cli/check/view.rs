//! A report as the formats show it: places as lines and columns, repairs as the file must be written.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::Checked;
use crate::bundle::{Bound, Located};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::host::Patch;
use crate::lint::{Lint, Report};
use crate::source::{Place, Position, Source, SourceId, Sources};

/// A report with all that is needed to show it.
pub(super) struct View<'a> {
    pub(super) sources: &'a Sources,
    pub(super) report: &'a Report,
    /// How many files were checked.
    pub(super) files: usize,
    /// Whether something that was asked for could not be read.
    pub(super) unreadable: bool,
    /// The least severity that fails.
    pub(super) failing: Severity,
    bound: &'a Bound,
    statements: Vec<Located<'a>>,
    patches: OnceCell<FxHashMap<(Place, &'a str), Patch>>,
}

/// A run of characters in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region<'a> {
    pub(super) file: &'a str,
    pub(super) start: Position,
    /// Behind the last character.
    pub(super) end: Position,
}

/// What to put in place of a region.
pub(super) struct Replacement<'a> {
    pub(super) region: Region<'a>,
    pub(super) text: String,
}

impl<'a> View<'a> {
    pub(super) fn new(checked: &'a Checked) -> Self {
        Self {
            sources: &checked.sources,
            report: &checked.report,
            files: checked.files,
            unreadable: checked.unreadable,
            failing: checked.failing,
            bound: &checked.bound,
            statements: checked.bound.statements(),
            patches: OnceCell::new(),
        }
    }

    /// How many findings have a severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.report.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether some finding is heavy enough to fail.
    pub(super) fn fails(&self) -> bool {
        self.report.findings.iter().any(|finding| self.is_failure(finding))
    }

    /// Whether a finding is heavy enough to fail. Worst is least.
    pub(super) fn is_failure(&self, finding: &Diagnostic) -> bool {
        finding.severity <= self.failing
    }

    /// Where a place lies.
    pub(super) fn region(&self, place: Place) -> Option<Region<'a>> {
        let source = self.sources.get(place.source)?;
        Some(Region {
            file: source.name(),
            start: source.position(place.span.start),
            end: source.position(place.span.end),
        })
    }

    /// The statement a finding is about.
    pub(super) fn statement(&self, finding: &Diagnostic) -> Option<&Located<'a>> {
        let place = finding.place()?;
        let behind = self.statements.partition_point(|statement| {
            (statement.place.source, statement.place.span.start) <= (place.source, place.span.start)
        });
        let statement = self.statements.get(behind.checked_sub(1)?)?;
        let inside = statement.place.source == place.source && statement.place.span.contains(place.span);
        inside.then_some(statement)
    }

    /// Policy text as the file must have it at a place; `None` where the string there cannot take it, or where a line break
    /// would put two statements into one string.
    pub(super) fn patch(&self, place: Place, text: &str) -> Option<Patch> {
        if text.contains('\n') && self.bound.hosts.is_inside(place.source, place.span.start) {
            return None;
        }
        self.patches.get_or_init(|| self.patch_all()).get(&(place, text)).cloned()
    }

    /// What every repair asks for, found at once: a string may hold thousands of statements.
    fn patch_all(&self) -> FxHashMap<(Place, &'a str), Patch> {
        let suppressed = self.report.suppressed.iter().map(|suppressed| &suppressed.finding);
        let repairs = self.report.findings.iter().chain(suppressed).filter_map(|finding| {
            let source = finding.place()?.source;
            let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
            Some(edits.map(move |edit| (Place { source, span: edit.span }, edit.text.as_str())))
        });
        let changes: Vec<(Place, &str)> = repairs.flatten().collect();
        let patches = self.bound.hosts.patch_all(self.sources, &changes);
        changes.into_iter().zip(patches).filter_map(|(change, patch)| Some((change, patch.ok()?))).collect()
    }

    /// A repair as the file must be written; `None` where its strings cannot take it.
    pub(super) fn replacements(&self, finding: &Diagnostic, fix: &Fix) -> Option<Vec<Replacement<'a>>> {
        let source = finding.place()?.source;
        fix.edits
            .iter()
            .map(|edit| {
                let place = Place { source, span: edit.span };
                let patch = self.patch(place, &edit.text)?;
                let place = Place { source, span: patch.span };
                Some(Replacement { region: self.region(place)?, text: patch.text })
            })
            .collect()
    }

    /// The sources with something to say about, in order, each with its findings.
    pub(super) fn by_source(&self) -> Vec<(&'a Source, Vec<&'a Diagnostic>)> {
        let mut groups: Vec<(SourceId, Vec<&Diagnostic>)> = Vec::new();
        for finding in &self.report.findings {
            let Some(place) = finding.place() else { continue };
            match groups.last_mut() {
                Some((source, findings)) if *source == place.source => findings.push(finding),
                _ => groups.push((place.source, vec![finding])),
            }
        }
        let named = |(id, findings)| Some((self.sources.get(id)?, findings));
        groups.into_iter().filter_map(named).collect()
    }

    /// Lints that could not run, by what is missing.
    pub(super) fn skipped(&self) -> Vec<(&'static str, Vec<&'static Lint>)> {
        let mut groups: Vec<(&'static str, Vec<&'static Lint>)> = Vec::new();
        for skipped in &self.report.skipped {
            let missing = skipped.missing.missing();
            match groups.iter_mut().find(|(known, _)| *known == missing) {
                Some((_, lints)) => lints.push(skipped.lint),
                None => groups.push((missing, vec![skipped.lint])),
            }
        }
        groups
    }
}
