//! Policy text in strings of other formats: where it stands there, and how it is written back.

use ocipol::host::{Hosts, Patch, Quoting, Unwritable};
use ocipol::source::{Place, Source, SourceId, Sources, Span};
use ocipol::yaml::{self, Node, Value};
use proptest::prelude::*;

struct File {
    sources: Sources,
    id: SourceId,
    hosts: Hosts,
}

impl File {
    fn yaml(text: &str) -> Self {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("file", text).unwrap());
        let (documents, findings) = yaml::read(sources.get(id).unwrap(), id);
        assert!(findings.is_empty(), "{findings:?}");
        let mut hosts = Hosts::default();
        documents.iter().for_each(|document| hosts.add_document(id, document));
        Self { sources, id, hosts }
    }

    /// A file with one Terraform string.
    fn terraform(text: &str, string: &str, quoting: Quoting) -> Self {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("file.tf", text).unwrap());
        let start = u32::try_from(text.find(string).unwrap()).unwrap();
        let mut hosts = Hosts::default();
        hosts.add(id, [(Span::at(start, string.len()), quoting)]);
        Self { sources, id, hosts }
    }

    fn text(&self) -> &str {
        self.sources.get(self.id).unwrap().text()
    }

    /// The bytes from the first letter of `first` to the last of `last`.
    fn place(&self, first: &str, last: &str) -> Place {
        let start = self.text().find(first).unwrap();
        let end = start + self.text()[start..].find(last).unwrap() + last.len();
        Place { source: self.id, span: Span::at(u32::try_from(start).unwrap(), end - start) }
    }

    fn patched(&self, patches: &[Patch]) -> String {
        let mut text = self.text().to_owned();
        for patch in patches.iter().rev() {
            text.replace_range(patch.span.start as usize..patch.span.end as usize, &patch.text);
        }
        text
    }

    fn rewritten(&self, first: &str, last: &str, text: &str) -> Result<String, Unwritable> {
        let patches = self.hosts.rewrite(&self.sources, self.place(first, last), text)?;
        Ok(self.patched(&patches))
    }
}

/// How the same change looks in every kind of string.
#[test]
fn a_change_is_written_as_its_string_needs_it() {
    let table = [
        (r#"["allow x to \"y\""]"#, r#"["Allow x to \"y\""]"#),
        (r#"["allow x\u0020to \"y\""]"#, r#"["Allow x\u0020to \"y\""]"#),
        ("- 'allow x to \"y\"'", "- 'Allow x to \"y\"'"),
        ("- allow x to \"y\"", "- Allow x to \"y\""),
        ("- allow x\n  to \"y\"\n- b", "- Allow x\n  to \"y\"\n- b"),
        ("- |\n  allow x to \"y\"\n- b", "- |\n  Allow x to \"y\"\n- b"),
        ("- >- # why\n  allow x\n  to \"y\"\n- b", "- >- # why\n  Allow x\n  to \"y\"\n- b"),
        ("{a: [allow x to \"y\"]}", "{a: [Allow x to \"y\"]}"),
    ];
    for (file, expected) in table {
        let read = File::yaml(file);
        let last = if file.contains("\\\"") { "y\\\"" } else { "y\"" };
        assert_eq!(read.rewritten("allow", last, "Allow x to \"y\"").as_deref(), Ok(expected), "{file}");
    }
}

#[test]
fn quotes_and_breaks_are_escaped_or_refused() {
    let new = "allow x where a = 'it''s' \"b\"";
    let table = [
        (r#"["allow x"]"#, Ok(r#"["allow x where a = 'it''s' \"b\""]"#)),
        ("- 'allow x'", Ok("- 'allow x where a = ''it''''s'' \"b\"'")),
        ("- allow x", Ok("- allow x where a = 'it''s' \"b\"")),
        ("- |-\n  allow x", Ok("- |-\n  allow x where a = 'it''s' \"b\"")),
    ];
    for (file, expected) in table {
        let got = File::yaml(file).rewritten("allow", "x", new);
        assert_eq!(got, expected.map(str::to_owned), "{file}");
    }
    let refused = [
        ("- allow x", "allow x: y"),
        ("- allow x", "allow x # y"),
        ("- allow x", "'allow' x"),
        ("[allow x]", "allow {x, y}"),
        ("- allow x", "allow\nx"),
        ("- 'allow x'", "allow\nx"),
        ("- >-\n  allow x", "allow\nx"),
    ];
    for (file, new) in refused {
        assert_eq!(
            File::yaml(file).rewritten("allow", "x", new),
            Err(Unwritable::ReadsDifferently),
            "{file} {new}"
        );
    }
    assert_eq!(
        File::yaml(r#"["allow x"]"#).rewritten("allow", "x", "allow\nx").as_deref(),
        Ok(r#"["allow\nx"]"#)
    );
}

#[test]
fn terraform_strings_keep_their_templates() {
    let quoted = r#""allow \"x\" to ${join(",", [for g in var.g : "\"${g}\""])} a""#;
    let file = format!("a = {quoted}\n");
    let read = File::terraform(&file, quoted, Quoting::Terraform);
    let new = "Allow \"x\" \\ to ${join(\",\", [for g in var.g : \"\\\"${g}\\\"\"])} 'b'";
    assert_eq!(
        read.rewritten("allow", "} a", new).unwrap(),
        file.replace("\"allow \\\"x\\\" to", "\"Allow \\\"x\\\" \\\\ to").replace("} a", "} 'b'")
    );
    let heredoc = "<<-EOT\n    allow x\n      to ${var.y}\n    EOT";
    let file = format!("a = {heredoc}\n");
    let read = File::terraform(&file, heredoc, Quoting::Heredoc);
    assert_eq!(
        read.rewritten("allow", "y}", "Allow x\n  to use ${var.y}").unwrap(),
        "a = <<-EOT\n    Allow x\n      to use ${var.y}\n    EOT\n"
    );
    assert_eq!(
        read.rewritten("allow", "y}", "Allow x to ${var.y}").unwrap(),
        "a = <<-EOT\n    Allow x to ${var.y}\n    EOT\n"
    );
    let inside = read.place("var", "y");
    assert_eq!(read.hosts.patch(&read.sources, inside, "var.z").unwrap().text, "var.z");
}

#[test]
fn a_place_in_the_middle_of_an_escape_or_of_two_strings_is_refused() {
    let read = File::yaml(r#"["a\u0041b", "c"]"#);
    let at = |start, end| {
        read.hosts.patch(&read.sources, Place { source: read.id, span: Span::new(start, end) }, "x")
    };
    assert_eq!(at(5, 6), Err(Unwritable::InsideEscape));
    assert_eq!(at(2, 13), Err(Unwritable::SeveralStrings));
    assert_eq!(at(3, 9).map(|patch| patch.text), Ok("x".to_owned()));
}

/// What many repairs of one string ask for is found at once, as each alone would be: also of those that overlap, and of
/// those the string cannot take.
#[test]
fn many_patches_of_one_string_are_those_of_each_alone() {
    let statements: String = (0..40).map(|number| format!("  allow group g{number} to x #a\n")).collect();
    for text in [format!("statements: |\n{statements}"), format!("statements: >\n{statements}")] {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("many.yaml", text.as_str()).unwrap());
        let (documents, _) = yaml::read(sources.get(id).unwrap(), id);
        let mut hosts = Hosts::default();
        hosts.add_document(id, &documents[0]);
        let mut changes = Vec::new();
        for (start, _) in text.match_indices("allow") {
            let place = |from, to| Place { source: id, span: Span::new(from, to) };
            let start = u32::try_from(start).unwrap();
            changes.push((place(start, start + 5), "Allow"));
            changes.push((place(start + 2, start + 8), "ow  g"));
            changes.push((place(start, start), "# said before\n"));
            changes.push((place(start + 5, start + 5), "\n\n"));
            changes.push((place(0, start), "x"));
        }
        let together = hosts.patch_all(&sources, &changes);
        let alone = changes.iter().map(|(place, text)| hosts.patch(&sources, *place, text));
        assert_eq!(together, alone.collect::<Vec<_>>());
        assert!(together.iter().any(Result::is_err) && together.iter().any(Result::is_ok));
    }
}

#[test]
fn a_block_that_begins_with_empty_lines_keeps_the_place_of_its_words() {
    for mark in ["|", ">-"] {
        let text = format!("- {mark}\n\n\n\n  allow x\n  to y\n");
        let mut sources = Sources::new();
        let id = sources.add(Source::new("file", text.as_str()).unwrap());
        let source = sources.get(id).unwrap();
        let (documents, _) = yaml::read(source, id);
        let passage = documents[0].items().unwrap()[0].passage(source, id).unwrap();
        let at = passage.text.find("y").unwrap();
        assert_eq!(source.position(passage.span(at, at + 1).start).to_string(), "6:6", "{text}");
    }
}

#[test]
fn policy_text_is_written_as_it_is() {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("a.policy", "allow x\nto y").unwrap());
    let place = Place { source: id, span: Span::new(0, 12) };
    let patches = Hosts::default().rewrite(&sources, place, "Allow x\nto \"y\"").unwrap();
    assert_eq!(patches.len(), 3);
    assert_eq!(patches[0].text, "Allow");
}

fn scalars<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.value {
        Value::Scalar { .. } => found.push(node),
        Value::Null => {}
        Value::List(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| scalars(value, found)),
    }
}

proptest! {
    /// Every letter of a text that JSON holds is found where it stands, and a text written back as it is changes nothing.
    #[test]
    fn json_text_is_found_and_written_back(texts in prop::collection::vec(any::<String>(), 1..4), new in any::<String>()) {
        let json = serde_json::to_string(&texts).unwrap();
        let mut sources = Sources::new();
        let id = sources.add(Source::new("a.json", json.as_str()).unwrap());
        let source = sources.get(id).unwrap();
        let (documents, findings) = yaml::read(source, id);
        prop_assume!(findings.is_empty());
        let mut hosts = Hosts::default();
        hosts.add_document(id, &documents[0]);
        let mut found = Vec::new();
        scalars(&documents[0], &mut found);
        prop_assert_eq!(found.len(), texts.len());
        for (node, text) in found.iter().zip(&texts) {
            let passage = node.passage(source, id).unwrap();
            prop_assert_eq!(&*passage.text, text);
            for (start, letter) in text.char_indices() {
                let raw = source.slice(passage.span(start, start + letter.len_utf8()));
                let back: String = serde_json::from_str(&format!("\"{raw}\"")).unwrap();
                prop_assert_eq!(back, letter.to_string());
            }
            let whole = Place { source: id, span: passage.whole() };
            prop_assert_eq!(hosts.rewrite(&sources, whole, text), Ok(Vec::new()));
            let patches = hosts.rewrite(&sources, whole, &new).unwrap();
            let mut patched = json.clone();
            for patch in patches.iter().rev() {
                patched.replace_range(patch.span.start as usize..patch.span.end as usize, &patch.text);
            }
            let read: Vec<String> = serde_json::from_str(&patched).unwrap();
            prop_assert!(read.contains(&new));
        }
    }
}
