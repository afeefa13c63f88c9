//! Files and their canonical form, side by side.

use ocipol::bundle::Bundle;
use ocipol::format::{self, Formatted};
use ocipol::read::{self, Trust};
use ocipol::source::{Source, Sources};

fn formatted(name: &str, text: &str) -> Formatted {
    let mut sources = Sources::new();
    let id = sources.add(Source::new(name, text).unwrap());
    if name.ends_with(".policy") {
        format::policy_text(sources.get(id).unwrap(), id).unwrap()
    } else {
        let mut bundle = Bundle::new();
        let source = sources.get(id).unwrap();
        let contents = if name.ends_with(".tf") {
            read::terraform(&[(id, source)])
        } else {
            read::document(source, id, read::Format::Yaml, Trust::Named)
        };
        bundle.contents(&mut sources, id, contents, &mut |_, _| Err(String::new()));
        format::strings(&sources, &bundle.bind(&sources, None), id)
    }
}

#[test]
fn fixtures() {
    insta::glob!("../../../fixtures", "format/*", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let once = formatted(name, &text);
        let twice = formatted(name, &once.text);
        assert_eq!(twice.text, once.text);
        let left: Vec<&str> =
            once.left.iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
        insta::assert_snapshot!(format!("{}--- left as written\n{}", once.text, left.join("\n")));
    });
}

#[test]
fn line_breaks_stay_what_they_are() {
    let text = "allow group A to read vcns in tenancy\r\n\r\n\r\n# b\r\n";
    assert_eq!(formatted("x.policy", text).text, "Allow group A to read vcns in tenancy\r\n\r\n# b\r\n");
}

/// A form feed prints as nothing and is a slip of the statements around it: it stays, so that it is still reported.
#[test]
fn blanks_that_are_none_stay_between_statements() {
    for between in ["\u{c}\n", "\u{a0}\n\u{c}", "\n\u{c}\n"] {
        let text = format!("Allow group A to read vcns in tenancy --{between}\u{0}--0\n");
        assert_eq!(formatted("x.policy", &text).text, text);
    }
    let text = "Allow group A to read vcns in tenancy\n\u{c}\n";
    assert_eq!(formatted("x.policy", text).text, text);
}
