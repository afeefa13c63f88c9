//! What to say about a statement that the grammar does not accept at all.

use std::collections::BTreeSet;

use pest::error::{ErrorVariant, InputLocation};

use super::grammar::{Failure, Rule};
use super::hint;
use super::reader::Reader;
use super::slip::Slip;
use super::split::starts_statement;

/// Reports why a statement cannot be read, at the place where the grammar gave up.
pub(super) fn report(reader: &mut Reader<'_>, text: &str, failure: &Failure) {
    if unclosed_reported(reader, text) {
        return;
    }
    let start = text.len() - text.trim_start().len();
    let stop = Stop::of(text, failure);
    let span = reader.span_of(stop.offset, stop.offset + stop.found.len());
    if let Some(hint) = hint::statement(text.trim_start(), stop.offset - start, stop.found) {
        reader.slip(Slip::SyntaxError, span, hint.message).help(hint.help);
        return;
    }
    let message = if stop.offset == start && !starts_statement(text.trim_start()) {
        format!("a statement cannot begin with `{}`", stop.found)
    } else {
        format!("{} (character {} of the statement)", stop.message(failure), stop.offset - start)
    };
    reader.slip(Slip::SyntaxError, span, message).help(format!("the shape is: {}", shape(text)));
}

/// The same for a matching rule.
pub(super) fn report_rule(reader: &mut Reader<'_>, text: &str, failure: &Failure) {
    if unclosed_reported(reader, text) {
        return;
    }
    let stop = Stop::of(text, failure);
    let span = reader.span_of(stop.offset, stop.offset + stop.found.len());
    let word = ["and", "or"].iter().any(|word| word.eq_ignore_ascii_case(stop.found));
    let message = if word { "rules are not joined by words".to_owned() } else { stop.message(failure) };
    reader
        .slip(Slip::RuleSyntax, span, message)
        .help("the shape is: `all|any { ATTRIBUTE = 'VALUE', … }`, or one comparison without braces");
}

/// The same for a condition that stands alone.
pub(super) fn report_condition(reader: &mut Reader<'_>, text: &str, failure: &Failure) {
    if unclosed_reported(reader, text) {
        return;
    }
    let stop = Stop::of(text, failure);
    let span = reader.span_of(stop.offset, stop.offset + stop.found.len());
    reader
        .slip(Slip::ConditionSyntax, span, stop.message(failure))
        .help("the shape is: `VARIABLE = 'VALUE'`, or `all|any { CONDITION, … }`");
}

/// Reports a quote or bracket that is never closed; gives whether there is one.
pub(super) fn unclosed_reported(reader: &mut Reader<'_>, text: &str) -> bool {
    let Some((offset, bracket)) = unclosed(text) else {
        return false;
    };
    let span = reader.span_of(offset, offset + bracket.len_utf8());
    reader
        .slip(Slip::Unbalanced, span, format!("`{bracket}` is never closed"))
        .help(format!("close it with `{}`", closing(bracket)));
    true
}

/// Where the grammar gave up, and what stands there.
struct Stop<'t> {
    offset: usize,
    found: &'t str,
    /// The innermost bracket that is open there.
    bracket: Option<char>,
}

impl<'t> Stop<'t> {
    fn of(text: &'t str, failure: &Failure) -> Self {
        let (InputLocation::Pos(offset) | InputLocation::Span((offset, _))) = failure.location;
        let rest = text.get(offset..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        let before = open_brackets(text.get(..offset).unwrap_or_default()).ok();
        let bracket = before.and_then(|open| open.last().map(|&(_, bracket)| bracket));
        Self { offset: offset + blank, found: token(rest.trim_start()), bracket }
    }

    fn message(&self, failure: &Failure) -> String {
        let found = match self.found {
            "" => "the text ends".to_owned(),
            found => format!("found `{found}`"),
        };
        match expected(failure).as_slice() {
            words if words.iter().any(|word| word.trim_matches('`').eq_ignore_ascii_case(self.found)) => {
                format!("`{}` is not followed by what it needs", self.found)
            }
            [] if self.bracket.is_some() => {
                format!("expected `,` or `{}`, {found}", self.bracket.map_or('}', closing))
            }
            [] => format!("{found} where it cannot stand"),
            ["a permission set in braces"] => format!("expected `to`, {found}"),
            ["`any-tenancy`"] => format!("expected `tenancy ALIAS` or `any-tenancy`, {found}"),
            [only] => format!("expected {only}, {found}"),
            [init @ .., last] => format!("expected {} or {last}, {found}", init.join(", ")),
        }
    }
}

/// The word, bracket or sign a text begins with.
pub(super) fn token(rest: &str) -> &str {
    let mut letters = rest.char_indices();
    let Some((_, first)) = letters.next() else {
        return "";
    };
    // What another tool fills in is one word, however long.
    if let Some(end) = rest.strip_prefix("${").and_then(|inside| inside.find('}')) {
        return rest.get(..end + 3).unwrap_or_default();
    }
    if first == '%' {
        let end = rest.char_indices().nth(2).map_or(rest.len(), |(offset, _)| offset);
        return rest.get(..end).unwrap_or_default();
    }
    let wordy = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '@' | '$');
    let end = if wordy(first) {
        letters.find(|&(_, letter)| !wordy(letter)).map_or(rest.len(), |(offset, _)| offset)
    } else {
        first.len_utf8()
    };
    rest.get(..end).unwrap_or_default()
}

/// What could have stood there, in words, without the slips.
fn expected(failure: &Failure) -> Vec<&'static str> {
    let rules = match &failure.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
        ErrorVariant::CustomError { .. } => &[],
    };
    let words: BTreeSet<&'static str> = rules.iter().filter_map(|&rule| in_words(rule)).collect();
    words.into_iter().collect()
}

fn in_words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::grant | Rule::allow | Rule::deny => "`allow` or `deny`",
        Rule::endorse => "`endorse`",
        Rule::admit => "`admit`",
        Rule::define => "`define`",
        Rule::groups => "`group`",
        Rule::dynamic_groups => "`dynamic-group`",
        Rule::any_user => "`any-user`",
        Rule::any_group => "`any-group`",
        Rule::services => "`service`",
        Rule::to => "`to`",
        Rule::verb => "a verb",
        Rule::permissions => "a permission set in braces",
        Rule::in_list | Rule::r#in => "`in`",
        Rule::tenancy => "`tenancy`",
        Rule::any_tenancy => "`any-tenancy`",
        Rule::compartment => "`compartment`",
        Rule::word | Rule::quoted => "a name",
        Rule::all => "`all { … }`",
        Rule::any => "`any { … }`",
        Rule::test | Rule::variable => "a condition",
        Rule::equal => "`=`",
        Rule::not_equal => "`!=`",
        Rule::pattern | Rule::bare => "a value",
        Rule::EOI => "the end",
        _ => return None,
    })
}

/// The nearest valid shape of the statement somebody began.
fn shape(text: &str) -> &'static str {
    let lower = text.trim_start().to_ascii_lowercase();
    let begins = |word: &str| lower.starts_with(word);
    if begins("define") {
        "`Define tenancy|group|dynamic-group|compartment ALIAS as OCID`"
    } else if begins("endorse") || begins("deny endorse") {
        "`Endorse SUBJECT to VERB RESOURCE-TYPE in tenancy ALIAS [where CONDITION]`"
    } else if begins("admit") || begins("deny admit") {
        "`Admit SUBJECT of tenancy ALIAS to VERB RESOURCE-TYPE in tenancy|compartment NAME [where CONDITION]`"
    } else {
        "`Allow SUBJECT to VERB RESOURCE-TYPE in tenancy|compartment NAME [where CONDITION]`"
    }
}

/// The first quote or bracket that is never closed.
fn unclosed(text: &str) -> Option<(usize, char)> {
    match open_brackets(text) {
        Ok(open) => open.first().copied(),
        Err(quote) => Some((quote, '\'')),
    }
}

/// The brackets that are open at the end of a text, outermost first; the offset of a quote that is.
fn open_brackets(text: &str) -> Result<Vec<(usize, char)>, usize> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut letters = text.char_indices();
    while let Some((offset, letter)) = letters.next() {
        match letter {
            '\'' => {
                let mut escaped = false;
                let end = letters.by_ref().find(|&(_, letter)| {
                    let ends = !escaped && matches!(letter, '\'' | '\n');
                    escaped = letter == '\\' && !escaped;
                    ends
                });
                if !matches!(end, Some((_, '\''))) {
                    return Err(offset);
                }
            }
            '{' | '(' | '[' => open.push((offset, letter)),
            '}' | ')' | ']' => {
                open.pop();
            }
            _ => {}
        }
    }
    Ok(open)
}

const fn closing(bracket: char) -> char {
    match bracket {
        '{' => '}',
        '(' => ')',
        '[' => ']',
        other => other,
    }
}
