//! Names and quoted texts.

use super::grammar::{Drift, Node, Read, Rule};
use super::reader::Reader;
use super::slip::Slip;
use crate::diagnostic::Edit;
use crate::passage::Host;
use crate::source::Spanned;
use crate::syntax::Name;

impl Reader<'_> {
    /// Whether a node is one of the forms a name may have.
    pub(super) fn is_name(node: &Node<'_>) -> bool {
        matches!(node.as_rule(), Rule::word | Rule::quoted | Rule::slip_double_quoted)
    }

    /// Reads a bare or quoted name.
    pub(super) fn name(&mut self, node: &Node<'_>) -> Read<Spanned<Name>> {
        let name = match node.as_rule() {
            Rule::word => self.word(node),
            Rule::quoted | Rule::slip_double_quoted => {
                let text = self.quoted(node)?;
                if template_start(&text).is_some() {
                    Name::Template(node.as_str().to_owned())
                } else {
                    Name::Literal(text)
                }
            }
            _ => return Err(Drift),
        };
        Ok(self.spanned(node, name))
    }

    /// Reads the first child that is a name.
    pub(super) fn name_in(&mut self, node: &Node<'_>) -> Read<Spanned<Name>> {
        let name = node.clone().into_inner().find(Self::is_name).ok_or(Drift)?;
        self.name(&name)
    }

    /// Reads every child that is a name.
    pub(super) fn names_in(&mut self, node: &Node<'_>) -> Read<Vec<Spanned<Name>>> {
        node.clone().into_inner().filter(Self::is_name).map(|name| self.name(&name)).collect()
    }

    fn word(&mut self, node: &Node<'_>) -> Name {
        let text = node.as_str();
        if text
            .bytes()
            .all(|byte| byte.is_ascii() && !matches!(byte, b'$' | b'<' | b'{' | b'%' | b'[' | b'*' | b'#'))
        {
            return Name::Literal(text.to_owned());
        }
        if template_start(text).is_some() {
            self.template(node);
            return Name::Template(text.to_owned());
        }
        if text.contains(['<', '{', '[', '*']) {
            self.placeholder(node);
            return Name::Placeholder(text.to_owned());
        }
        if !text.is_ascii() {
            let span = self.span(node);
            self.slip(Slip::NonAscii, span, format!("`{text}` has a letter outside ASCII"))
                .help("put it in single quotes if the tenancy has it so");
        }
        Name::Literal(text.to_owned())
    }

    /// Reads a text in single quotes, or in double quotes, which is reported.
    pub(super) fn quoted(&mut self, node: &Node<'_>) -> Read<String> {
        let raw = node.as_str();
        let inner = raw.get(1..raw.len().saturating_sub(1)).ok_or(Drift)?;
        let span = self.span(node);
        if template_start(inner).is_some() {
            self.template(node);
        }
        if node.as_rule() == Rule::slip_double_quoted {
            // A double quote that another tool will read first is that tool's, not the policy's.
            let report = self
                .slip(Slip::DoubleQuotes, span, format!("{raw} is in double quotes"))
                .help("use single quotes");
            if !inner.contains('\'') {
                report.safe("use single quotes", span, format!("'{inner}'"));
            }
            return Ok(inner.to_owned());
        }
        if !inner.is_ascii() {
            self.slip(Slip::NonAsciiQuoted, span, format!("{raw} has a letter outside ASCII"))
                .help("nothing is documented about such letters; prefer an ASCII name");
        }
        if !inner.contains('\\') {
            return Ok(inner.to_owned());
        }
        self.slip(Slip::Escape, span, format!("{raw} has a backslash"))
            .help("no escape is documented; rename the thing, or compare with a pattern");
        Ok(unescaped(inner))
    }

    /// Reports text that another tool fills in.
    pub(super) fn template(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let text = node.as_str().to_owned();
        let help = match self.host() {
            Host::Template => "decisions need the rendered text: check the plan",
            Host::Plain => "fill it in before the policy is saved, or check the file it comes from",
        };
        self.slip(Slip::Interpolation, span, format!("`{text}` is not filled in")).help(help);
    }

    /// Reports text that a person was meant to replace.
    pub(super) fn placeholder(&mut self, node: &Node<'_>) {
        let span = self.span(node);
        let text = node.as_str().to_owned();
        self.slip(Slip::Placeholder, span, format!("the placeholder `{text}` was not replaced"))
            .help(example(&text));
    }
}

/// What to write: `<your-group-name>` asks for "the group name".
fn example(placeholder: &str) -> String {
    let inside = placeholder.split(['<', '[', '{']).nth(1).unwrap_or(placeholder);
    let words = inside.split(['>', ']', '}']).next().unwrap_or(inside);
    let words = words.replace(['-', '_', '*'], " ").trim().to_lowercase();
    match words.strip_prefix("your ").unwrap_or(&words) {
        plain if plain.contains(char::is_alphabetic) => {
            format!("write what it stands for, without the brackets: the {plain}")
        }
        _ => "write what belongs here".to_owned(),
    }
}

/// Where the first part that another tool fills in begins.
pub(super) fn template_start(text: &str) -> Option<usize> {
    let marked = |offset: usize| {
        let rest = text.get(offset..).unwrap_or_default();
        let followed = |by: &[char]| rest.chars().nth(1).is_some_and(|next| by.contains(&next));
        match rest.chars().next() {
            Some('$') => followed(&['{']) || encloses(rest, "$(", ")"),
            Some('#') => encloses(rest, "#{", "}"),
            Some('{') => followed(&['{']) && rest.contains("}}"),
            Some('%') => followed(&['{', 's', 'v', 'd', 'q']) || is_field(rest),
            _ => false,
        }
    };
    text.bytes()
        .enumerate()
        .filter(|(_, byte)| matches!(byte, b'$' | b'{' | b'%' | b'#'))
        .map(|(offset, _)| offset)
        .find(|&offset| marked(offset))
}

/// Whether a text begins with something between two signs.
fn encloses(text: &str, open: &str, close: &str) -> bool {
    text.strip_prefix(open).and_then(|inside| inside.find(close)).is_some_and(|length| length > 0)
}

/// Whether a text begins with `%(NAME)s`.
fn is_field(text: &str) -> bool {
    let field = text.strip_prefix("%(").and_then(|inside| inside.split_once(')'));
    field.is_some_and(|(name, behind)| {
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        !name.is_empty() && name.chars().all(letter) && behind.starts_with(['s', 'd', 'r'])
    })
}

/// `\'` and `\\` are a quote and a backslash; any other backslash stands for itself.
pub(super) fn unescaped(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next_if(|next| matches!(next, '\'' | '\\')).unwrap_or('\\')),
            _ => text.push(letter),
        }
    }
    text
}

/// An edit that puts quotes around a span.
pub(super) fn quote(span: crate::source::Span, text: &str) -> Edit {
    Edit { span, text: format!("'{text}'") }
}
