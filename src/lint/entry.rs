//! What the registry knows about one kind of finding.

use super::context::Context;
use super::example::{self, Example};
use super::findings::{Findings, ProgramFindings};
use super::meaning::Meaning;
use crate::diagnostic::{Code, Diagnostic, Risk, Severity};
use crate::source::{Source, Spanned};
use crate::syntax::{Item, MatchingRule, Policy};
use crate::tenancy::Aspect;

/// One kind of finding: what it is called, how much it weighs, what finds it, and what there is to say about it.
pub struct Lint {
    /// Its name, for ever.
    pub code: Code,
    /// Its usual weight; a finding may weigh less where the documentation says so.
    pub severity: Severity,
    /// The danger it describes; `None` where it describes none.
    pub risk: Option<Risk>,
    /// Whether a policy is refused because of it.
    pub rejects: Rejects,
    /// How sure we are, and of whom we know: see [`Lint::grounds`].
    pub basis: &'static str,
    /// What it cannot do without.
    pub needs: &'static [Need],
    /// Why it does not run unless asked for by name; `None` for a lint that always runs.
    pub off: Option<&'static str>,
    /// What finds it.
    pub checks: &'static [Check],
    pub(super) docs: &'static str,
}

/// Whether a policy with such a finding is taken to be refused, so that none of its statements is in force.
///
/// # Source
/// Refusals are observed, or inferred from the service's own words; every other finding, however heavy, leaves the
/// statement evaluated as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejects {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on the form; the documentation of the lint says on what.
    Sometimes,
}

impl Rejects {
    /// The word people and JSON see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Sometimes => "sometimes",
        }
    }
}

/// How a lint runs where somebody asked for it to run otherwise than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Not at all.
    Off,
    /// As heavy as it usually is, also where it is off by default.
    On,
    /// With every finding this heavy, also where it is off by default.
    At(Severity),
}

/// What a lint cannot do without. A lint whose needs are not met does not run, and the report says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A tenancy model that knows this aspect of some tenancy with policies.
    Knows(Aspect),
    /// The policies of the tenancy on the other side.
    Partner,
}

impl Need {
    /// What is missing, in words.
    #[must_use]
    pub const fn missing(self) -> &'static str {
        match self {
            Self::Knows(_) => "no tenancy model (`--tenancies`)",
            Self::Partner => "the other tenancy's policies are not among the files",
        }
    }
}

/// What finds it. The less a check sees, the earlier it can run.
#[derive(Clone, Copy)]
pub enum Check {
    /// Another stage reports it; the registry only documents it.
    Reported(By),
    /// Looks at one statement.
    Statement(fn(&Item, &mut Findings<'_>)),
    /// Looks at one statement beside the others of its policy.
    Beside(fn(&Item, &Policy, &mut Findings<'_>)),
    /// Looks at one statement with what the catalogue knows of it.
    Meaning(fn(&Meaning<'_>, &mut Findings<'_>)),
    /// Looks at one statement's letters. Only policy text has them as the user typed them: a string of YAML or JSON is
    /// folded and escaped by its format.
    Text(fn(&Item, &str, &mut Findings<'_>)),
    /// Looks at one matching rule.
    Rule(fn(&Spanned<MatchingRule>, &mut Findings<'_>)),
    /// Looks at one policy.
    Policy(fn(&Policy, &Source, &mut Findings<'_>)),
    /// Looks at everything, bound.
    Program(fn(&Context<'_>, &mut ProgramFindings<'_>)),
    /// Adds to a finding of this lint what the model knows.
    Hint(fn(&Context<'_>, &mut Diagnostic)),
}

/// Which stage reports a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// [`parse`](crate::parse)
    Parser,
    /// [`resolve`](crate::resolve)
    Resolver,
    /// The readers of YAML files.
    Reader,
    /// The runner of lints itself.
    Runner,
}

impl Lint {
    /// The documentation, as Markdown.
    ///
    /// A first paragraph that says what is flagged; `# Why`; `# Examples` with blocks as [`Example`] describes them.
    pub fn docs(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line))
    }

    /// What is flagged: the first paragraph.
    #[must_use]
    pub fn summary(&self) -> String {
        joined(self.docs().take_while(|line| !line.is_empty()))
    }

    /// Why it matters: the paragraphs under `# Why`, each on one line.
    #[must_use]
    pub fn why(&self) -> String {
        let section = self.docs().skip_while(|line| *line != "# Why").skip(1);
        let lines: Vec<&str> = section.take_while(|line| !line.starts_with("# ")).collect();
        let paragraphs: Vec<String> =
            lines.split(|line| line.is_empty()).map(|lines| joined(lines.iter().copied())).collect();
        paragraphs.join("\n").trim().to_owned()
    }

    /// The examples of the documentation.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        example::of(self.docs())
    }

    /// How sure we are and of whom we know, in words: one line for each part of [`Lint::basis`].
    #[must_use]
    pub fn grounds(&self) -> Vec<String> {
        super::basis::in_words(self.basis)
    }
}

impl std::fmt::Debug for Lint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Lint").field(&self.code).finish()
    }
}

fn joined(lines: impl Iterator<Item = &'static str>) -> String {
    lines.collect::<Vec<_>>().join(" ")
}
