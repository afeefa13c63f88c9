//! A matching rule: nothing panics, what is not strict is told, and the canonical text says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::passage::Passage;
use ocipol::source::{Source, Span, Sources};
use ocipol::syntax::Reading;
use ocipol::{format, parse};

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let Ok(source) = Source::new("fuzz", text) else { return };
    let id = sources.add(source);
    let Some(text) = sources.get(id).map(Source::text) else { return };
    let mut findings = Vec::new();
    let (rule, reading) = parse::matching_rule(&Passage::verbatim(id, text, 0), &mut findings);
    let inside = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
    for finding in &findings {
        assert!(finding.labels.iter().all(|label| inside(label.place.span)), "{finding:?}");
        assert!(finding.fix.iter().flat_map(|fix| &fix.edits).all(|edit| inside(edit.span)), "{finding:?}");
        assert_ne!(finding.code.area(), "internal", "{finding:?}");
    }
    assert!(reading == Reading::Strict || !findings.is_empty());
    let once = format::rule(&rule, reading);
    assert!(once.is_some() || reading != Reading::Strict, "a strict rule has no canonical text");
    let Some(once) = once else { return };
    let (again, reading) = parse::matching_rule(&Passage::verbatim(id, &once, 0), &mut Vec::new());
    assert_eq!(format::rule(&again, reading), Some(once));
});
