//! The page on the language: what it shows as statements and rules is strict, and its table of slips is the one that is tested.

use ocipol::parse;
use ocipol::passage::Passage;
use ocipol::source::{Source, Sources};
use ocipol::syntax::Reading;
use serde_yaml::Value;

const FILE: &str = "book/src/language.md";

/// The lines inside the fenced blocks of one kind.
fn lines(page: &str, kind: &str) -> Vec<String> {
    let fence = format!("```{kind}\n");
    let blocks = page.split(&fence).skip(1);
    blocks.flat_map(|block| block.split("```").next().unwrap().lines()).map(str::to_owned).collect()
}

fn read(line: &str, kind: &str) -> (Reading, Vec<String>) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("page", line).unwrap());
    let mut findings = Vec::new();
    let passage = Passage::verbatim(id, line, 0);
    let reading = match kind {
        "rule" => parse::matching_rule(&passage, &mut findings).1,
        _ => parse::statements(&passage, &mut findings)[0].reading,
    };
    (reading, findings.iter().map(|finding| finding.message.clone()).collect())
}

#[test]
fn every_statement_and_rule_of_the_page_is_strict() {
    let page = std::fs::read_to_string(FILE).unwrap();
    for (kind, least) in [("policy", 25), ("rule", 4)] {
        let lines = lines(&page, kind);
        assert!(lines.len() >= least, "{kind}: {}", lines.len());
        for line in lines {
            assert_eq!(read(&line, kind), (Reading::Strict, Vec::new()), "{line}");
        }
    }
}

#[test]
fn the_table_of_slips_is_the_one_that_is_tested() {
    let (begin, end) = ("<!-- slips -->\n", "<!-- end of slips -->");
    let page = std::fs::read_to_string(FILE).unwrap();
    let (before, rest) = page.split_once(begin).unwrap();
    let (there, behind) = rest.split_once(end).unwrap();
    let table = table();
    if std::env::var_os("OCIPOL_UPDATE_BOOK").is_some() {
        std::fs::write(FILE, format!("{before}{begin}{table}{end}{behind}")).unwrap();
        return;
    }
    assert_eq!(there, table, "run this test again with OCIPOL_UPDATE_BOOK=1");
}

/// `fixtures/syntax/deviations.yaml` for people.
fn table() -> String {
    let yaml = std::fs::read_to_string("fixtures/syntax/deviations.yaml").unwrap();
    let rows: Vec<Value> = serde_yaml::from_str(&yaml).unwrap();
    let mut table = "| slip | for example | found | read | repaired |\n|---|---|---|---|---|\n".to_owned();
    for row in &rows {
        let of = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let found: Vec<String> =
            row["finds"].as_sequence().unwrap().iter().map(|id| code(id.as_str().unwrap())).collect();
        let repaired = match (of("fixed"), of("suggested")) {
            ("", "") => "by hand".to_owned(),
            ("", suggested) => format!("suggested: {}", code(suggested)),
            (fixed, _) => code(fixed),
        };
        let (slip, text, reading) = (of("slip"), code(of("text")), of("reading"));
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(" ") };
        let repaired = if found == "nothing" { String::new() } else { repaired };
        table.push_str(&format!("| {} | {text} | {found} | {reading} | {repaired} |\n", cell(slip)));
    }
    table
}

/// Text as code in a cell of a table.
fn code(text: &str) -> String {
    let text = text.trim_end();
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.contains('`') {
            true => format!("`` {} ``", cell(line)),
            false => format!("`{}`", cell(line)),
        })
        .collect();
    lines.join("<br>")
}

/// Text that neither ends the cell nor hides letters that print as nothing.
fn cell(text: &str) -> String {
    let visible = |letter: char| match letter {
        '|' => "\\|".to_owned(),
        '\u{200b}' | '\u{a0}' => format!("⟨U+{:04X}⟩", u32::from(letter)),
        letter => letter.to_string(),
    };
    text.chars().map(visible).collect()
}
