//! What there is to say about one kind of finding, as one text: `--explain` and the book print it.

use std::fmt::Write;

use super::entry::{Level, Lint, Rejects};
use super::example::{Example, Input};
use super::{Options, cis};
use crate::diagnostic::{Fix, Safety};

impl Lint {
    /// Everything there is to say about it, as Markdown: how much it weighs, what is flagged and why, examples, what
    /// `--fix` makes of them, and how sure we are.
    ///
    /// The name is not part of it: each page has its own way of writing a heading.
    ///
    /// # Example
    /// ```
    /// let page = ocipol::lint::find("double-equals").ok_or("a lint")?.page();
    /// assert!(page.contains("Repair (`--fix`): write `=`"));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn page(&'static self) -> String {
        let mut page = String::new();
        // Writing into a text does not fail.
        let _ = self.write(&mut page);
        page
    }

    fn write(&'static self, page: &mut String) -> std::fmt::Result {
        let risk = self.risk.map_or_else(String::new, |risk| format!(", risk {}", risk.as_str()));
        let rejects = match self.rejects {
            Rejects::Yes => "the service refuses the policy",
            Rejects::No => "the service takes it",
            Rejects::Sometimes => "the service refuses some forms of it",
        };
        writeln!(page, "{}{risk}; {rejects}", self.severity.as_str())?;
        // What is flagged, and why: the headings of the documentation are for who writes a lint.
        let mut empty = false;
        writeln!(page)?;
        for line in self.docs().take_while(|line| *line != "# Examples").filter(|line| *line != "# Why") {
            if !(line.is_empty() && empty) {
                writeln!(page, "{line}")?;
            }
            empty = line.is_empty();
        }
        if !empty {
            writeln!(page)?;
        }
        let examples = self.examples();
        for (flagged, word) in [(true, "Flagged:"), (false, "Not flagged:")] {
            let mut these = examples.iter().filter(|example| example.flagged == flagged).peekable();
            if these.peek().is_some() {
                writeln!(page, "{word}\n")?;
            }
            for example in these {
                writeln!(page, "```{}\n{}```\n", language(example.input), example.text)?;
            }
        }
        if let Some(fix) = examples.iter().filter(|example| example.flagged).find_map(|of| self.repair(of)) {
            let flag = match fix.safety {
                Safety::Safe => "--fix",
                Safety::Unsafe => "--fix=all",
            };
            writeln!(page, "Repair (`{flag}`): {}\n", fix.title)?;
        }
        if let Some(off) = self.off {
            writeln!(page, "Off by default, because {off}: `--enable {}` runs it.\n", self.code.id())?;
        }
        let needs: Vec<&str> = self.needs.iter().map(|need| need.missing()).collect();
        if !needs.is_empty() {
            writeln!(page, "Skipped where it lacks what it needs: {}.\n", needs.join("; "))?;
        }
        for control in cis::of(self.code.id()) {
            writeln!(page, "CIS benchmark {}: {}.\n", control.number, control.asks)?;
        }
        writeln!(page, "How sure we are:\n")?;
        self.grounds().iter().try_for_each(|ground| writeln!(page, "- {ground}"))
    }

    /// The repair of what it finds in an example.
    fn repair(&'static self, example: &Example) -> Option<Fix> {
        let (sources, bound) = example.bind().ok()?;
        let report = super::lint(&sources, &bound, Options { levels: &[(self, Level::On)] });
        report.findings.into_iter().find(|finding| finding.code == self.code)?.fix
    }
}

/// What a page calls the language of an example.
const fn language(input: Input) -> &'static str {
    match input {
        Input::Policy => "policy",
        Input::Rule => "text",
        Input::Yaml => "yaml",
        Input::Json => "json",
        Input::Terraform => "terraform",
    }
}
