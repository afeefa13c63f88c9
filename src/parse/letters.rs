//! Letters from word processors: typographic quotes, blanks that are no blanks, characters that print as nothing.
//!
//! They are replaced before the grammar sees the text, so that the grammar knows ASCII blanks and quotes only.

use super::slip::Slip;
use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::passage::{Passage, Run};
use crate::source::Place;
use crate::syntax::{Fault, Reading};

/// A passage whose letters were replaced.
pub(super) struct Plain {
    pub(super) passage: Passage<'static>,
    /// How faithful a reading of it is at best.
    pub(super) reading: Reading,
    /// Why.
    pub(super) faults: Vec<Fault>,
}

/// What stands in for a letter.
fn replacement(letter: char) -> Option<(Slip, &'static str)> {
    match letter {
        '‘' | '’' | '‚' | '‛' | '“' | '”' | '„' | '‟' | '′' | '″' => {
            Some((Slip::SmartQuotes, "'"))
        }
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => Some((Slip::InvisibleCharacters, "")),
        '\u{A0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200A}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202F}'
        | '\u{205F}'
        | '\u{3000}'
        | '\u{0B}'
        | '\u{0C}'
        | '\u{85}' => Some((Slip::InvisibleCharacters, " ")),
        _ => None,
    }
}

/// The passage with such letters replaced, and a finding for each kind; `None` where there are none.
pub(super) fn plain(passage: &Passage<'_>, findings: &mut Vec<Diagnostic>) -> Option<Plain> {
    let text = &*passage.text;
    if text.is_ascii() && !text.bytes().any(|byte| matches!(byte, 0x0B | 0x0C)) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut runs = vec![Run { text: 0, source: 0 }];
    let mut quotes = Vec::new();
    let mut blanks = Vec::new();
    for (offset, letter) in text.char_indices() {
        let Some((slip, instead)) = replacement(letter) else {
            plain.push(letter);
            continue;
        };
        let end = offset + letter.len_utf8();
        let edit = (letter, Edit { span: passage.span(offset, end), text: instead.to_owned() });
        if slip == Slip::SmartQuotes {
            quotes.push(edit)
        } else {
            blanks.push(edit)
        }
        push_run(&mut runs, plain.len(), offset);
        plain.push_str(instead);
        push_run(&mut runs, plain.len(), end);
    }
    if quotes.is_empty() && blanks.is_empty() {
        return None;
    }
    let reported = findings.len();
    report(passage, Slip::SmartQuotes, quotes, findings);
    report(passage, Slip::InvisibleCharacters, blanks, findings);
    let new = findings.get(reported..).unwrap_or_default();
    let faults =
        new.iter().map(|finding| Fault { code: finding.code, message: finding.message.clone() }).collect();
    Some(Plain { passage: passage.rewritten(plain, &runs), reading: Reading::Repaired, faults })
}

fn push_run(runs: &mut Vec<Run>, text: usize, source: usize) {
    let run = Run {
        text: u32::try_from(text).unwrap_or(u32::MAX),
        source: u32::try_from(source).unwrap_or(u32::MAX),
    };
    match runs.last_mut() {
        Some(last) if last.text == run.text => *last = run,
        _ => runs.push(run),
    }
}

fn report(passage: &Passage<'_>, slip: Slip, found: Vec<(char, Edit)>, findings: &mut Vec<Diagnostic>) {
    let Some((letter, first)) = found.first() else {
        return;
    };
    let place = Place { source: passage.source, span: first.span };
    let (what, title) = if slip == Slip::SmartQuotes {
        (format!("`{letter}` is a typographic quotation mark"), "replace by `'`")
    } else {
        (
            format!("U+{:04X} looks like nothing or like a blank", u32::from(*letter)),
            "replace by a plain blank or nothing",
        )
    };
    let message = match found.len() {
        1 => what,
        count => format!("{what}; {} more in this statement", count - 1),
    };
    let help = if slip == Slip::SmartQuotes { "type `'`" } else { "type a plain blank, or delete it" };
    let edits: Vec<Edit> = found.into_iter().map(|(_, edit)| edit).collect();
    findings.push(
        Diagnostic::new(slip.code(), slip.severity(passage.host), place, message)
            .with_help(help)
            .with_fix(Fix { safety: Safety::Safe, title: title.to_owned(), edits }),
    );
}
