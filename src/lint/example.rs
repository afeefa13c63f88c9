//! The examples in the documentation of the lints: text that is flagged, and text that is not.

use crate::bundle::{Bound, Bundle, Trust};
use crate::source::{Source, Sources, TooLong};

/// One example.
///
/// A block of a lint's documentation whose first word says what it holds and whose second says what must come out:
///
/// ```text
/// policy flagged     policy text; `# policy:` and `# attach:` lines make several policies and several tenancies
/// policy clean
/// rule flagged       one matching rule
/// yaml flagged       a file of YAML: a tenancy model, or mappings with `statements` or `matching-rule`
/// json flagged       a file of JSON
/// terraform flagged  a file of Terraform source
/// ```
///
/// Policy text is checked with nothing known of its tenancies; an example that needs to know more is a tenancy model.
/// Every lint runs, also one that is off by default. A *flagged* example must have a finding of its lint, a *clean*
/// one must have none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What the text is.
    pub input: Input,
    /// Whether the lint must find something in it.
    pub flagged: bool,
    /// The text.
    pub text: String,
}

/// What the text of an example is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Policy text.
    Policy,
    /// One matching rule.
    Rule,
    /// A YAML file.
    Yaml,
    /// A JSON file.
    Json,
    /// A file of Terraform source.
    Terraform,
}

impl Example {
    /// Reads and binds the text, as a check of a file with nothing but it does. Files that it names are not there.
    ///
    /// # Errors
    /// When the text is longer than a source may be, which no example is.
    pub fn bind(&self) -> Result<(Sources, Bound), TooLong> {
        let name = match self.input {
            Input::Json => "example.json",
            Input::Policy | Input::Rule | Input::Yaml | Input::Terraform => "example",
        };
        let mut sources = Sources::new();
        let id = sources.add(Source::new(name, self.text.as_str())?);
        let mut bundle = Bundle::new();
        let mut open = |_: &mut Sources, _: &str| Err("no such file".to_owned());
        match self.input {
            Input::Policy => {
                bundle.policy_text(&sources, id);
            }
            Input::Rule => bundle.matching_rule(&sources, id),
            Input::Yaml => {
                bundle.document(&mut sources, id, Trust::Model, &mut open);
            }
            Input::Json => {
                bundle.document(&mut sources, id, Trust::Named, &mut open);
            }
            Input::Terraform => {
                if let Some(source) = sources.get(id) {
                    let contents = crate::read::terraform(&[(id, source)]);
                    bundle.contents(&mut sources, id, contents, &mut open);
                }
            }
        }
        let bound = bundle.bind(&sources, None);
        Ok((sources, bound))
    }
}

/// The examples in the lines of a documentation.
pub(super) fn of(lines: impl Iterator<Item = &'static str>) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut open: Option<Option<Example>> = None;
    for line in lines {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(words)) => open = Some(begin(words)),
            (Some(_), Some(_)) => examples.extend(open.take().flatten()),
            (Some(Some(example)), None) => {
                example.text.push_str(line);
                example.text.push('\n');
            }
            (Some(None) | None, None) => {}
        }
    }
    examples
}

/// The example a block begins; `None` for a block that is none.
fn begin(words: &str) -> Option<Example> {
    let (input, verdict) = words.split_once(' ')?;
    let input = match input {
        "policy" => Input::Policy,
        "rule" => Input::Rule,
        "yaml" => Input::Yaml,
        "json" => Input::Json,
        "terraform" => Input::Terraform,
        _ => return None,
    };
    let flagged = match verdict {
        "flagged" => true,
        "clean" => false,
        _ => return None,
    };
    Some(Example { input, flagged, text: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_says_what_it_holds_and_what_must_come_out() {
        let docs =
            "x\n```policy flagged\na\nb\n```\n```rule clean\nc\n```\n```text\nd\n```\n```policy perhaps\n```";
        let found: Vec<_> = of(docs.lines()).into_iter().map(|e| (e.input, e.flagged, e.text)).collect();
        assert_eq!(
            found,
            [(Input::Policy, true, "a\nb\n".to_owned()), (Input::Rule, false, "c\n".to_owned())]
        );
    }
}
