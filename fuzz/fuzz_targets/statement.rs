//! Policy text: nothing panics, every place a finding or node speaks of lies in the text, and what is not strict is told.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::parse;
use ocipol::source::{Source, Span, Sources};
use ocipol::syntax::Reading;

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let Ok(source) = Source::new("fuzz", text) else { return };
    let id = sources.add(source);
    let Some(source) = sources.get(id) else { return };
    let text = source.text();
    let (policies, findings) = parse::policies(source, id);
    let inside = |span: Span| text.get(span.start as usize..span.end as usize).is_some();
    for finding in &findings {
        assert!(finding.labels.iter().all(|label| inside(label.place.span)), "{finding:?}");
        assert!(finding.fix.iter().flat_map(|fix| &fix.edits).all(|edit| inside(edit.span)), "{finding:?}");
        assert_ne!(finding.code.area(), "internal", "{finding:?}");
    }
    for (_, item) in policies.iter().flat_map(|policy| policy.statements()) {
        assert!(inside(item.span), "{item:?}");
        assert!(item.reading == Reading::Strict || !findings.is_empty(), "{item:?}");
    }
});
