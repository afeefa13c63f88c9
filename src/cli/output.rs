//! Where output goes, and how findings look on a terminal.

use std::io::{self, Write};

use clap::ValueEnum;
use miette::{GraphicalReportHandler, GraphicalTheme};

use super::Exit;
use crate::diagnostic::{Diagnostic, Rendered};
use crate::source::Sources;

/// How to answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

/// An answer for programs, with the version of its shape.
#[derive(serde::Serialize)]
pub(super) struct Answer<T: serde::Serialize> {
    pub(super) version: u32,
    #[serde(flatten)]
    pub(super) answer: T,
}

/// Standard output and error, and whether they take colour.
pub struct Output<'w> {
    /// What was asked for.
    pub out: &'w mut dyn Write,
    /// Notes and progress.
    pub err: &'w mut dyn Write,
    /// Whether what was asked for is shown on a terminal that takes colour.
    pub colour: bool,
    /// The same of notes.
    pub notes_colour: bool,
    /// How wide a line may be.
    pub width: usize,
}

/// How wide a line may be: as wide as the terminal, within reason.
#[must_use]
pub fn width() -> usize {
    terminal_size::terminal_size().map_or(WIDEST, |(width, _)| usize::from(width.0).clamp(40, WIDEST))
}

/// Longer lines are hard to read.
const WIDEST: usize = 110;

/// What a word in an answer means, for those who see colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be
    Good,
    /// Not as it should be
    Bad,
    /// Nobody can tell
    Unsure,
    /// Less important than what stands around it
    Faint,
}

impl Output<'_> {
    /// A word in the colour of what it means; as it is where no colour is wanted.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Unsure => "33",
            Tone::Faint => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// Shows findings under the lines they point at.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn findings(&mut self, sources: &Sources, findings: &[Diagnostic]) -> io::Result<()> {
        let text = self.rendered(sources, findings, self.colour);
        self.out.write_all(text.as_bytes())
    }

    /// Shows findings on standard error, where standard output takes something else than findings.
    ///
    /// # Errors
    /// When the error cannot be written.
    pub fn notes(&mut self, sources: &Sources, findings: &[Diagnostic]) -> io::Result<()> {
        let text = self.rendered(sources, findings, self.notes_colour);
        self.err.write_all(text.as_bytes())
    }

    fn rendered(&self, sources: &Sources, findings: &[Diagnostic], colour: bool) -> String {
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(self.width).with_context_lines(0);
        let mut all = String::new();
        for finding in findings {
            let mut text = String::new();
            if handler.render_report(&mut text, &Rendered::new(sources, finding)).is_ok() {
                if !all.is_empty() {
                    all.push('\n');
                }
                // What stands elsewhere is no advice, which is the lightest word the handler has.
                all.push_str(&text.trim_end().replace("\nAdvice: \n", "\nSee also:\n"));
                all.push('\n');
            }
        }
        all
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn json(&mut self, value: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *self.out, value)?;
        writeln!(self.out)
    }

    /// Says on standard error why nothing could be done, and what to type now.
    ///
    /// # Errors
    /// When the error cannot be written.
    pub fn refuse(&mut self, error: &dyn std::error::Error, help: &str) -> io::Result<Exit> {
        writeln!(self.err, "error: {error}")?;
        let mut cause = error.source();
        while let Some(next) = cause {
            writeln!(self.err, "  because: {next}")?;
            cause = next.source();
        }
        writeln!(self.err, "  help: {help}")?;
        Ok(Exit::Usage)
    }

    /// Help, the version, or a mistake in the arguments.
    pub(super) fn usage(&mut self, error: &clap::Error) -> Exit {
        let text = error.render();
        let (stream, colour, exit): (&mut dyn Write, bool, Exit) = if error.use_stderr() {
            (&mut *self.err, self.notes_colour, Exit::Usage)
        } else {
            (&mut *self.out, self.colour, Exit::Fine)
        };
        let styled = if colour { text.ansi().to_string() } else { text.to_string() };
        // Nobody is left to tell when this cannot be written.
        let _ = stream.write_all(styled.as_bytes());
        exit
    }
}
