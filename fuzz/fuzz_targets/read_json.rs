//! Any text as JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ocipol::read::{self, Contents, Format, Trust};
use ocipol::source::{Place, Source, Sources};

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("a.json", text).expect("the fuzzer makes no text of 4 GiB"));
    let source = sources.get(id).expect("it was just added");
    let contents = read::document(source, id, Format::Json, Trust::Found);
    check(&sources, &contents);
});

/// Findings lie in the file, between two letters; so do statements, and each can be asked to be written back.
fn check(sources: &Sources, contents: &Contents) {
    let labels = contents.findings.iter().flat_map(|finding| &finding.labels);
    labels.for_each(|label| assert_inside(sources, label.place));
    for policy in &contents.policies {
        for (_, item) in policy.statements() {
            let place = Place { source: policy.source, span: item.span };
            assert_inside(sources, place);
            // Whatever comes of it, it comes to an end.
            let _ = contents.hosts.rewrite(sources, place, "Allow group A to read vcns in tenancy");
        }
    }
}

fn assert_inside(sources: &Sources, place: Place) {
    let text = sources.get(place.source).expect("a place has a source").text();
    let range = place.span.start as usize..place.span.end as usize;
    assert!(text.get(range).is_some(), "{place:?}");
}
