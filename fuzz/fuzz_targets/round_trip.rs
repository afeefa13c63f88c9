//! Formatting: it never refuses, changes nothing the second time, and each strict statement has a canonical text; repairs
//! come to an end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::edit::Edits;
use ocipol::format::{self, Formatted, Layout};
use ocipol::parse;
use ocipol::source::{Source, SourceId, Sources};
use ocipol::syntax::Reading;

fuzz_target!(|text: &str| {
    let Some((sources, id)) = read(text) else { return };
    let Some(source) = sources.get(id) else { return };
    let (policies, _) = parse::policies(source, id);
    for (_, item) in policies.iter().flat_map(|policy| policy.statements()) {
        if item.reading == Reading::Strict {
            assert!(format::item(item, Layout::OneLine).is_some(), "no canonical text: {item:?}");
        }
    }
    let once = formatted(text);
    assert_eq!(formatted(&once), once);
    repaired(text);
});

fn read(text: &str) -> Option<(Sources, SourceId)> {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("fuzz", text).ok()?);
    Some((sources, id))
}

fn formatted(text: &str) -> String {
    let Some((sources, id)) = read(text) else { return String::new() };
    let formatted = sources.get(id).map(|source| format::policy_text(source, id));
    let Some(Ok(Formatted { text, .. })) = formatted else { panic!("formatting would change the meaning") };
    text
}

/// Makes every repair of the parser until none is left.
fn repaired(text: &str) {
    let mut text = text.to_owned();
    for _ in 0..50 {
        let Some((sources, id)) = read(&text) else { return };
        let Some(source) = sources.get(id) else { return };
        let mut edits = Edits::default();
        for fix in parse::policies(source, id).1.into_iter().filter_map(|finding| finding.fix) {
            edits.take(fix.edits);
        }
        if edits.is_empty() {
            return;
        }
        text = edits.apply(source.text());
    }
    panic!("repairs undo each other: {text}");
}
