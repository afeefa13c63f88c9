//! Statements and rules as they are read: source and findings together.

use ocipol::diagnostic::Rendered;
use ocipol::parse;
use ocipol::source::{Source, Sources};

/// Reads policy text and shows the findings under the lines they point at.
fn check(text: &str) -> String {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("text.policy", text).unwrap());
    let (policies, findings) = parse::policies(sources.get(id).unwrap(), id);
    let mut out = String::new();
    for policy in &policies {
        for (index, item) in policy.statements() {
            out += &format!("{index} {:?}\n", item.reading);
        }
    }
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none()).with_width(110);
    for finding in &findings {
        handler.render_report(&mut out, &Rendered::new(&sources, finding)).unwrap();
    }
    out
}

#[test]
fn fixtures() {
    insta::glob!("../../fixtures", "syntax/*.policy", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        insta::assert_snapshot!(check(&text));
    });
}

#[test]
fn marks_that_turn_text_are_reported_in_statements_and_comments() {
    let text = "# only \u{202e}readers\u{202c}\nAllow group Pilots to \u{2066}read buckets in tenancy\n# caf\u{e9}\u{a0}\n";
    let mut sources = Sources::new();
    let id = sources.add(Source::new("turned.policy", text).unwrap());
    let (_, findings) = parse::policies(sources.get(id).unwrap(), id);
    let told: Vec<String> = findings
        .iter()
        .map(|finding| {
            format!("{} {}: {}", sources.locate(finding.place().unwrap()), finding.code, finding.message)
        })
        .collect();
    assert_eq!(
        told,
        [
            "turned.policy:1:8 syntax/invisible-characters: U+202E turns the direction of text: what is shown here is not what stands here; 1 more in this comment",
            "turned.policy:2:23 syntax/invisible-characters: U+2066 turns the direction of text: what is shown here is not what stands here",
        ]
    );
    let fixed = findings.iter().filter_map(|finding| finding.fix.as_ref()).map(|fix| fix.edits.len());
    assert_eq!(fixed.collect::<Vec<_>>(), [2, 1]);
}
