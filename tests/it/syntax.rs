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
