//! Letters from word processors: typographic quotes, blanks that are no blanks, characters that print as nothing.
//!
//! Marks that turn the direction of text are among them: a line that holds one shows other words than it says
//! (CVE-2021-42574), in a comment as well as in a statement. All are replaced before the grammar sees the text, so that the grammar knows ASCII blanks and quotes only.

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
        '‘' | '’' | '‚' | '‛' | '“' | '”' | '„' | '‟' | '′' | '″' | '´' | '＇' | '＂' => {
            Some((Slip::SmartQuotes, "'"))
        }
        _ if turns(letter) => Some((Slip::InvisibleCharacters, "")),
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

/// Whether a letter turns the direction of the text around it.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Reports the marks in a comment that turn the direction of text; other letters are free there.
pub(super) fn turned(comment: &Passage<'_>, findings: &mut Vec<Diagnostic>) {
    if comment.text.is_ascii() {
        return;
    }
    let marks = comment.text.char_indices().filter(|(_, letter)| turns(*letter));
    let found = marks.filter_map(|(offset, letter)| {
        let end = offset + letter.len_utf8();
        let edit = Edit { span: comment.span(offset, end), text: String::new() };
        Some((comment.text.get(offset..end)?, edit))
    });
    report((comment, "comment"), Slip::InvisibleCharacters, found.collect(), findings);
}

/// The passage with such letters replaced, and a finding for each kind; `None` where there are none.
pub(super) fn plain(passage: &Passage<'_>, findings: &mut Vec<Diagnostic>) -> Option<Plain> {
    let text = &*passage.text;
    // No branch depends on a letter, so that many are looked at at once: nearly every text ends here.
    let suspicious = |byte: u8| !byte.is_ascii() | (byte == b'&') | (byte == 0x0B) | (byte == 0x0C);
    if !text.bytes().fold(false, |found, byte| found | suspicious(byte)) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut runs = vec![Run { text: 0, source: 0 }];
    let mut found: [Vec<(&str, Edit)>; 3] = Default::default();
    let mut behind = 0;
    for (offset, letter) in text
        .char_indices()
        .filter(|(_, letter)| !letter.is_ascii() || matches!(letter, '&' | '\u{0B}' | '\u{0C}'))
    {
        let rest = text.get(offset..).unwrap_or_default();
        let (slip, written, instead) = match (entity(rest), replacement(letter)) {
            (Some((written, instead)), _) => (Slip::Markup, written, instead),
            (None, Some((slip, instead))) => {
                (slip, rest.get(..letter.len_utf8()).unwrap_or_default(), instead)
            }
            (None, None) => continue,
        };
        plain.push_str(text.get(behind..offset).unwrap_or_default());
        behind = offset + written.len();
        let edit = Edit { span: passage.span(offset, behind), text: instead.to_owned() };
        let [quotes, blanks, marks] = &mut found;
        match slip {
            Slip::SmartQuotes => quotes.push((written, edit)),
            Slip::Markup => marks.push((written, edit)),
            _ => blanks.push((written, edit)),
        }
        push_run(&mut runs, plain.len(), offset);
        plain.push_str(instead);
        push_run(&mut runs, plain.len(), behind);
    }
    if behind == 0 {
        return None;
    }
    plain.push_str(text.get(behind..).unwrap_or_default());
    let reported = findings.len();
    for (slip, edits) in [Slip::SmartQuotes, Slip::InvisibleCharacters, Slip::Markup].into_iter().zip(found) {
        report((passage, "statement"), slip, edits, findings);
    }
    let new = findings.get(reported..).unwrap_or_default();
    let faults =
        new.iter().map(|finding| Fault { code: finding.code, message: finding.message.clone() }).collect();
    Some(Plain { passage: passage.rewritten(plain, &runs), reading: Reading::Repaired, faults })
}

/// The entity of a page's source that a text begins with, and the letter it stands for.
fn entity(text: &str) -> Option<(&str, &'static str)> {
    const ENTITIES: [(&str, &str); 9] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&quot;", "'"),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#34;", "'"),
        ("&nbsp;", " "),
    ];
    ENTITIES.iter().find_map(|(entity, letter)| {
        Some((text.get(..entity.len()).filter(|start| start == entity)?, *letter))
    })
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

/// Reports letters of one kind, which stand in a `whole`: a statement, a comment.
fn report(
    (passage, whole): (&Passage<'_>, &str),
    slip: Slip,
    found: Vec<(&str, Edit)>,
    findings: &mut Vec<Diagnostic>,
) {
    let Some((written, first)) = found.first() else {
        return;
    };
    let place = Place { source: passage.source, span: first.span };
    let (what, help, title) = match slip {
        Slip::SmartQuotes => {
            (format!("`{written}` is a typographic quotation mark"), "type `'`".to_owned(), "replace by `'`")
        }
        Slip::Markup => (
            format!("`{written}` belongs to the source of the page this was copied from"),
            format!("write `{}`", first.text),
            "write the letter it stands for",
        ),
        _ if written.contains(turns) => (
            format!(
                "U+{:04X} turns the direction of text: what is shown here is not what stands here",
                written.chars().next().map_or(0, u32::from)
            ),
            "delete it".to_owned(),
            "delete it",
        ),
        _ => (
            format!(
                "U+{:04X} looks like nothing or like a blank",
                written.chars().next().map_or(0, u32::from)
            ),
            "type a plain blank, or delete it".to_owned(),
            "replace by a plain blank or nothing",
        ),
    };
    let message = match found.len() {
        1 => what,
        count => format!("{what}; {} more in this {whole}", count - 1),
    };
    let edits: Vec<Edit> = found.into_iter().map(|(_, edit)| edit).collect();
    findings.push(
        Diagnostic::new(slip.code(), slip.severity(passage.host), place, message)
            .with_help(help)
            .with_fix(Fix { safety: Safety::Safe, title: title.to_owned(), edits }),
    );
}
