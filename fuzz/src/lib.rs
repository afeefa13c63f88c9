//! What the targets that read files promise of whatever they read.

use ocipol::read::Contents;
use ocipol::source::{Place, Sources};

/// Findings lie in the file, between two letters; so do statements, and each can be asked to be written back.
pub fn check(sources: &Sources, contents: &Contents) {
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
