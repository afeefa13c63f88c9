//! Readers: what is found in files of each format, and where it is said to be.

use std::path::Path;

use ocipol::bundle::Bundle;
use ocipol::diagnostic::{Diagnostic, Severity};
use ocipol::format;
use ocipol::lint::{Options, lint};
use ocipol::read::{self, Contents, Format, Trust};
use ocipol::source::{Source, SourceId, Sources};
use proptest::prelude::*;

use crate::shared;

/// Reads texts as files of one format; those of Terraform as one module.
fn read(format: Format, files: &[(&str, &str)]) -> (Sources, Contents) {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(*name, *text).unwrap());
    }
    let texts: Vec<(SourceId, &Source)> = sources.iter().collect();
    let (id, source) = texts[0];
    let contents = match format {
        Format::Policy => read::policy_text(source, id),
        Format::Yaml | Format::Json => read::document(source, id, format, Trust::Named),
        Format::Terraform => read::terraform(&texts),
    };
    (sources, contents)
}

/// The statements of each policy, in canonical text.
fn statements(contents: &Contents) -> Vec<(String, Vec<String>)> {
    let policies = contents.policies.iter();
    policies
        .map(|policy| {
            let name = policy.name.as_ref().map_or("", |name| &name.node).to_owned();
            let texts = policy.statements().map(|(_, item)| format::statement(&item.statement));
            (name, texts.collect())
        })
        .collect()
}

/// What stands in a file from `LINE:COLUMN` on, counted in its own bytes.
fn standing<'t>(text: &'t str, at: &str) -> &'t str {
    let (line, column) = at.split_once(':').unwrap();
    let line = text.split('\n').nth(line.parse::<usize>().unwrap() - 1).unwrap();
    let column: usize = column.parse().unwrap();
    line.char_indices().nth(column - 1).map_or("", |(offset, _)| &line[offset..])
}

/// Files below `fixtures/read`, or those of one folder of it, as `LINE:COLUMN` (`FILE:LINE:COLUMN` in a folder), the
/// finding's id, and what the file has there: the text it points at, or before which something is missing.
///
/// The places were counted in the files, not taken from the output, and the test counts again.
#[track_caller]
fn assert_places(input: &str, expected: &[(&str, &str, &str)]) {
    let path = Path::new("fixtures/read").join(input);
    let folder = path.is_dir();
    let mut names = if folder {
        std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![path.clone()]
    };
    names.sort();
    let texts: Vec<(String, String)> = names
        .iter()
        .map(|path| (path.to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let format = if folder { Format::Terraform } else { Format::of(&path).unwrap() };
    let (mut sources, contents) = read(format, &files);
    let id = sources.iter().next().unwrap().0;
    let mut bundle = Bundle::new();
    bundle.contents(&mut sources, id, contents, &mut |_, _| Err("nothing is opened here".to_owned()));
    let report = lint(&sources, &bundle.bind(&sources, None), Options::default());
    let found: Vec<(String, &str, &str)> = report
        .findings
        .iter()
        .filter(|finding| finding.code.area() == "syntax")
        .map(|finding| {
            let place = finding.place().unwrap();
            let file = Path::new(sources.get(place.source).unwrap().name()).file_name().unwrap();
            let at = sources.locate(place);
            let at = at.rsplit_once('/').unwrap().1;
            let at = if folder {
                at
            } else {
                at.strip_prefix(file.to_str().unwrap()).unwrap().trim_start_matches(':')
            };
            (at.to_owned(), finding.code.id(), sources.get(place.source).unwrap().slice(place.span))
        })
        .collect();
    for (at, id, there) in expected {
        let (file, at) = at.split_once(".tf:").map_or(("", *at), |(file, at)| (file, at));
        let (name, text) = files.iter().find(|(name, _)| name.contains(&format!("/{file}"))).unwrap();
        assert!(standing(text, at).starts_with(there), "{name}:{at} {id}: {}", standing(text, at));
    }
    let found: Vec<(&str, &str, &str)> = std::iter::zip(&found, expected)
        // Nothing is pointed at where something is missing.
        .map(|((at, id, text), row)| (at.as_str(), *id, if text.is_empty() { row.2 } else { *text }))
        .chain(found.iter().skip(expected.len()).map(|(at, id, text)| (at.as_str(), *id, *text)))
        .collect();
    assert_eq!(found, expected);
    assert!(found.len() >= 10, "ten places a format");
}

#[test]
fn policy_text() {
    assert_places(
        "lists.policy",
        &[
            ("2:20", "missing-to", "manage"),
            ("3:68", "double-equals", "=="),
            ("4:74", "double-quotes", r#""logs""#),
            ("5:74", "smart-quotes", "‘"),
            ("7:7", "dynamic-group-spelling", "dynamicgroup"),
            ("9:18", "missing-id-keyword", "ocid1.compartment.oc1..hangar"),
            ("9:47", "trailing-punctuation", ";"),
            ("10:81", "trailing-comma", ","),
            ("11:75", "bracket-list", "['a', 'b']"),
            ("12:7", "user-subject", "user kim"),
            ("13:1", "redundant-allow-prefix", "Allow "),
        ],
    );
}

#[test]
fn yaml() {
    assert_places(
        "lists.yaml",
        &[
            ("6:30", "missing-to", "manage"),
            ("7:79", "double-equals", "=="),
            ("8:85", "double-quotes", r#"\"logs\""#),
            ("9:85", "smart-quotes", r"\u2018"),
            ("11:17", "dynamic-group-spelling", "dynamicgroup"),
            ("13:26", "missing-id-keyword", "ocid1.compartment.oc1..hangar"),
            ("13:55", "trailing-punctuation", ";"),
            ("16:47", "trailing-comma", ","),
            ("19:14", "bracket-list", "['a', 'b']"),
            ("20:39", "user-subject", "user kim"),
            ("20:74", "redundant-allow-prefix", r"Allow\x20"),
            ("23:43", "dg-syntax", "=="),
        ],
    );
}

#[test]
fn json() {
    assert_places(
        "lists.json",
        &[
            ("5:27", "missing-to", "manage"),
            ("6:80", "double-equals", "=="),
            ("7:81", "double-quotes", r#"\"logs\""#),
            ("8:81", "smart-quotes", r"\u2018"),
            ("9:16", "dynamic-group-spelling", "dynamicgroup"),
            ("9:65", "missing-id-keyword", "ocid1.compartment.oc1..hangar"),
            ("9:94", "trailing-punctuation", ";"),
            ("10:20", "non-ascii", r#"'Pilots \ud83d\ude80 \"x\"'"#),
            ("10:48", "missing-to", "read"),
            ("11:89", "trailing-comma", ","),
            ("12:82", "bracket-list", r"['a\/b', 'b']"),
            ("15:21", "user-subject", "user kim"),
        ],
    );
}

#[test]
fn output_of_the_oci_cli() {
    assert_places(
        "oci-policy-list.json",
        &[
            ("13:29", "missing-to", "manage"),
            ("14:77", "double-equals", "=="),
            ("15:83", "double-quotes", r#"\"logs\""#),
            ("16:83", "unquoted-value", "logs"),
            ("17:16", "dynamic-group-spelling", "dynamicgroup"),
            ("17:63", "missing-id-keyword", "ocid1.compartment.oc1..hangar"),
            ("17:92", "trailing-punctuation", ";"),
            ("26:48", "missing-compartment-keyword", "web"),
            ("26:86", "trailing-comma", ","),
            ("27:16", "user-subject", "user kim"),
            ("28:22", "unresolved-interpolation", "${group}"),
            ("34:45", "dg-syntax", "=="),
        ],
    );
}

#[test]
fn output_of_the_oci_cli_for_dynamic_groups() {
    assert_places(
        "oci-dynamic-group-list.json",
        &[
            ("9:44", "dg-syntax", "=="),
            ("12:93", "double-quotes", r#"\"cluster\""#),
            ("13:106", "smart-quotes", r"\u2018"),
            ("14:112", "trailing-comma", ","),
            ("15:105", "dg-syntax", "ocid1.compartment.oc1..hangar"),
            ("16:103", "dg-syntax", "and resource.compartment.id = 'ocid1.compartment.oc1..hangar'"),
            ("17:95", "dg-unsupported-operator", "in ('cluster', 'vault')"),
            ("18:85", "unbalanced-quote-or-brace", "{"),
            ("19:95", "dg-unsupported-operator", r"/clu*\//"),
            ("20:107", "invisible-characters", r"\u00a0"),
        ],
    );
}

#[test]
fn terraform() {
    assert_places(
        "module",
        &[
            ("locals.tf:6:75", "bracket-list", "['a', 'b']"),
            ("locals.tf:9:38", "unresolved-interpolation", "var.pilots"),
            ("locals.tf:9:51", "missing-to", "read"),
            ("policies.tf:7:20", "unresolved-interpolation", "${var.pilots}"),
            ("policies.tf:7:34", "missing-to", "manage"),
            ("policies.tf:8:75", "double-equals", "=="),
            ("policies.tf:9:81", "double-quotes", r#"\"logs\""#),
            ("policies.tf:10:81", "smart-quotes", r"\u2018"),
            ("policies.tf:12:53", "dynamic-group-spelling", "dynamicgroup"),
            ("policies.tf:12:66", "unresolved-interpolation", "${name}"),
            ("policies.tf:14:29", "unresolved-interpolation", "%s"),
            ("policies.tf:14:55", "trailing-punctuation", ";"),
            ("policies.tf:17:68", "non-ascii", "'é'"),
            ("policies.tf:17:71", "trailing-comma", ","),
            ("policies.tf:27:41", "dg-syntax", "=="),
            ("policies.tf:27:55", "unresolved-interpolation", "${local.rule}"),
            ("policies.tf:33:50", "user-subject", "user kim"),
        ],
    );
}

#[test]
fn terraform_json() {
    assert_places(
        "policies.tf.json",
        &[
            ("9:24", "unresolved-interpolation", "${var.pilots}"),
            ("9:38", "missing-to", "manage"),
            ("10:79", "double-equals", "=="),
            ("11:85", "double-quotes", r#"\"logs\""#),
            ("12:85", "smart-quotes", r"\u2018"),
            ("13:18", "dynamic-group-spelling", "dynamicgroup"),
            ("13:31", "unresolved-interpolation", r#"${var.robots[\"a\"]}"#),
            ("13:79", "missing-id-keyword", "ocid1.compartment.oc1..hangar"),
            ("13:108", "trailing-punctuation", ";"),
            ("14:92", "trailing-comma", ","),
            ("15:86", "bracket-list", "['a', 'b']"),
            ("20:56", "dg-syntax", "=="),
            ("23:30", "user-subject", "user kim"),
        ],
    );
}

#[test]
fn a_terraform_plan() {
    assert_places(
        "plan.json",
        &[
            ("4:27", "missing-to", "manage"),
            ("5:75", "double-equals", "=="),
            ("6:81", "double-quotes", r#"\"logs\""#),
            ("7:81", "smart-quotes", r"\u2018"),
            ("9:14", "dynamic-group-spelling", "dynamicgroup"),
            ("9:61", "missing-id-keyword", "ocid1.compartment.oc1..hangar"),
            ("9:90", "trailing-punctuation", ";"),
            ("12:88", "trailing-comma", ","),
            ("13:82", "bracket-list", "['a', 'b']"),
            ("14:14", "user-subject", "user kim"),
            ("15:105", "dg-syntax", "=="),
        ],
    );
}

#[test]
fn every_way_to_bring_texts_together_is_followed() {
    let s = "Allow group A to read vcns in tenancy";
    let statement = |name: &str| format!("\"Allow group {name} to read vcns in tenancy\"");
    let table: [(String, &[&str]); 22] = [
        (format!("[{}]", statement("A")), &["A"]),
        (statement("A"), &["A"]),
        (format!("concat([{}], [{}])", statement("A"), statement("B")), &["A", "B"]),
        (format!("flatten([[{}], [[{}]]])", statement("A"), statement("B")), &["A", "B"]),
        (format!("compact(distinct([{}, \"\"]))", statement("A")), &["A"]),
        (format!("var.x ? [{}] : [{}]", statement("A"), statement("B")), &["A", "B"]),
        ("local.list".to_owned(), &["L"]),
        ("local.map[\"a\"]".to_owned(), &["M"]),
        ("local.map.a".to_owned(), &["M"]),
        ("local.map.statements.*".to_owned(), &[]),
        ("values(local.map)[0]".to_owned(), &["M"]),
        ("[\"${local.one}\"]".to_owned(), &["O"]),
        ("var.given".to_owned(), &["V"]),
        ("[for s in local.list : s]".to_owned(), &["L"]),
        ("[for k, s in local.objects : s.text if s.on]".to_owned(), &["K"]),
        (format!("split(\"\\n\", \"{s}\\n{}\")", s.replace(" A ", " B ")), &["A", "B"]),
        ("[join(\" \", [\"Allow group\", \"J\", \"to read vcns in tenancy\"])]".to_owned(), &["J"]),
        ("[format(\"Allow group %s to read vcns in tenancy\", var.x)]".to_owned(), &["%s"]),
        (format!("[<<EOT\n{s}\nEOT\n]"), &["A"]),
        (format!("[trimspace(<<-EOT\n    {s}\n  EOT\n)]"), &["A"]),
        (format!("(try([{}], []))", statement("A")), &["A"]),
        (
            "[for s in var.unknown : \"Allow group ${s.name} to read vcns in tenancy\"]".to_owned(),
            &["${s.name}"],
        ),
    ];
    let names = format!(
        "variable \"given\" {{\n  default = [{}]\n}}\nlocals {{\n  list = [{}]\n  map = {{ a = {} }}\n  one = {}\n  objects = {{ k = {{ text = {}, on = true }} }}\n}}\n",
        statement("V"),
        statement("L"),
        statement("M"),
        statement("O"),
        statement("K"),
    );
    for (expression, expected) in table {
        let text = format!(
            "resource \"oci_identity_policy\" \"p\" {{\n  name = \"p\"\n  statements = {expression}\n}}\n"
        );
        let (_, contents) = read(Format::Terraform, &[("a.tf", &text), ("b.tf", &names)]);
        let errors: Vec<&Diagnostic> =
            contents.findings.iter().filter(|f| f.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{expression}\n{errors:?}");
        let found: Vec<String> = statements(&contents)
            .into_iter()
            .filter(|(name, _)| name == "p")
            .flat_map(|(_, statements)| statements)
            .map(|text| text.split(' ').nth(2).unwrap().to_owned())
            .collect();
        assert_eq!(found, expected, "{expression}");
    }
}

#[test]
fn a_policy_for_each_item_has_the_items_statements() {
    let text = r#"
locals {
  policies = {
    a = { statements = ["Allow group A to read vcns in tenancy"] }
    b = { statements = ["Allow group B to read vcns in tenancy"] }
  }
}
resource "oci_identity_policy" "each" {
  for_each   = local.policies
  name       = each.key
  statements = each.value.statements
}
"#;
    let (_, contents) = read(Format::Terraform, &[("a.tf", text)]);
    let found = statements(&contents);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.as_str(), found[0].1.len()), ("each", 2));
}

#[test]
fn of_a_key_that_stands_twice_in_an_object_the_last_counts() {
    let text = r#"
resource "oci_identity_policy" "p" {
  statements = local.p.statements
}
locals {
  p = {
    a = { statements = ["Allow group Z to read vcns in tenancy"] }
    statements = ["Allow group A to read vcns in tenancy"]
    "statements" : ["Allow group B to read vcns in tenancy"]
    statements = ["Allow group C to read vcns in tenancy"]
  }
}
"#;
    let (_, contents) = read(Format::Terraform, &[("a.tf", text)]);
    assert_eq!(contents.findings, []);
    let of_p: Vec<_> = statements(&contents).into_iter().filter(|(name, _)| name == "p").collect();
    assert_eq!(of_p, [("p".to_owned(), vec!["Allow group C to read vcns in tenancy".to_owned()])]);
    // However often it stands there.
    let often = format!("locals {{\n  p = {{\n{}  }}\n}}\n", "    alarm = { a = 1 }\n".repeat(40));
    assert_eq!(read(Format::Terraform, &[("a.tf", &often)]).1.findings, []);
    let quoted = "locals {\n  p = {\n    \"a b: c\" = { d = 1 }\n    \"e.f-g\" = 2,\n    \"a b: c\" = 3\n    \"e.f-g\" = 4\n  }\n}\n";
    assert_eq!(read(Format::Terraform, &[("a.tf", quoted)]).1.findings, []);
    // Two attributes of one name in a block are a mistake in Terraform too.
    let twice = "locals {\n  a = 1\n  a = 2\n}\n";
    assert_eq!(read(Format::Terraform, &[("a.tf", twice)]).1.findings.len(), 1);
}

#[test]
fn names_that_go_in_circles_end() {
    let text = "locals {\n  a = local.b\n  b = [local.a, local.a, local.b]\n}\nresource \"oci_identity_policy\" \"p\" {\n  statements = local.b\n}\n";
    assert!(read(Format::Terraform, &[("a.tf", text)]).1.policies.is_empty());
}

#[test]
fn what_is_no_file_of_its_format_is_said_at_its_place() {
    let table = [
        (Format::Json, "a.json", "[\n  \"x\",\n  oops ]", "json/invalid-json", "3:3"),
        (Format::Json, "a.json", "{\"a\": [\"x\"", "json/invalid-json", "1:10"),
        (Format::Yaml, "a.yaml", "a: [1\nb: 2\n", "yaml/syntax", "2:2"),
        (Format::Terraform, "a.tf", "a = [\n  1,\n  ?\n]\n", "terraform/invalid-terraform", "3:3"),
        (Format::Terraform, "a.tf", "a = {\n  b = \"c\"\n", "terraform/invalid-terraform", "2:10"),
        (Format::Terraform, "a.tf", "b \"c\" {\n  a = 1 +\n}\n", "terraform/invalid-terraform", "2:10"),
    ];
    for (format, name, text, code, place) in table {
        let (sources, contents) = read(format, &[(name, text)]);
        let finding = contents.findings.first().unwrap_or_else(|| panic!("{text} is fine"));
        assert_eq!(
            (finding.code.as_str(), sources.locate(finding.place().unwrap())),
            (code, format!("{name}:{place}")),
            "{text}"
        );
        assert!(finding.help.is_some());
    }
}

#[test]
fn nothing_nests_deeper_than_a_reader_goes() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let table = [
        (Format::Json, deep("[", "]")),
        (Format::Json, deep("{\"a\":", "}")),
        (Format::Yaml, deep("- ", "")),
        (Format::Yaml, deep("{a: ", "}")),
        (Format::Terraform, format!("a = {}", deep("[", "]"))),
        (Format::Terraform, format!("a = {}", deep("(", ")"))),
        (Format::Terraform, format!("a = {}", deep("{a=", "}"))),
        (Format::Terraform, format!("a = {}", deep("\"${", "}\""))),
        (Format::Terraform, deep("a {\n", "}\n")),
        (Format::Terraform, format!("a = {}1", "-".repeat(10_000))),
        (Format::Terraform, format!("a = {}1", "1 ? 2 : ".repeat(10_000))),
        (Format::Policy, format!("Allow group A to read vcns in tenancy where {}", deep("all {", "}"))),
    ];
    for (format, text) in table {
        let (_, contents) = read(format, &[("deep", &text)]);
        assert!(!contents.findings.is_empty(), "{format:?} {}", &text[..40]);
    }
}

/// Errors that are the file's own.
fn errors(sources: &Sources, contents: &Contents) -> Vec<String> {
    let wrong = contents.findings.iter().filter(|finding| finding.severity == Severity::Error);
    wrong
        .map(|finding| {
            format!("{} {} {}", sources.locate(finding.place().unwrap()), finding.code, finding.message)
        })
        .collect()
}

#[test]
fn whole_files_of_the_corpus_give_no_false_error() {
    let Some(folder) = shared::file("corpus/files") else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path).unwrap();
            let (sources, contents) = read(Format::Json, &[(path.to_str().unwrap(), &text)]);
            assert_eq!(errors(&sources, &contents), Vec::<String>::new());
            count += statements(&contents).iter().map(|(_, statements)| statements.len()).sum::<usize>();
        }
    }
    assert_eq!(count, 51, "the corpus is not the one this test was written for");
}

/// What is wrong in the Terraform files of the list, each looked at.
const WRONG_TERRAFORM: [(&str, &str); 2] = [
    // `… as ${local.remote_tenancy})`: the bracket is really there.
    ("identity_ml_app_operators/main.tf:21:", "syntax/unbalanced-quote-or-brace"),
    // `allow group <your_boat_group> …`: whoever uses the example is to put the name in.
    ("cloudguard_onboard_console_usecase_example/main.tf:42:", "syntax/placeholder-left"),
];

/// The files of `corpus/TERRAFORM.md` are other people's and not beside the checkout; whoever has them names the folder,
/// with `OWNER/NAME/PATH` below it.
#[test]
fn terraform_of_public_repositories_gives_no_false_error() {
    let (Some(list), Some(root)) =
        (shared::file("corpus/TERRAFORM.md"), std::env::var_os("OCIPOL_TERRAFORM"))
    else {
        eprintln!("skipped: OCIPOL_TERRAFORM names no folder with the files of TERRAFORM.md");
        return;
    };
    let list = std::fs::read_to_string(list).unwrap();
    let rows = list.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = |index: usize| cells.get(index)?.parse::<usize>().ok();
        Some((Path::new(cells.get(1)?).join(cells.get(2)?), number(4)?, number(5)?))
    });
    let (mut files, mut few, mut wrong) = (0, Vec::new(), Vec::new());
    for (path, statements_there, rules_there) in rows {
        let Ok(text) = std::fs::read_to_string(Path::new(&root).join(&path)) else { continue };
        let (sources, contents) = read(Format::Terraform, &[(path.to_str().unwrap(), &text)]);
        files += 1;
        wrong.extend(errors(&sources, &contents));
        let read: usize = statements(&contents).iter().map(|(_, statements)| statements.len()).sum();
        let known = NOT_STATEMENTS.iter().find(|(end, ..)| path.ends_with(end));
        let expected = known.map_or(statements_there, |(_, count, _)| *count);
        if read < expected || contents.rules.len() < rules_there {
            few.push(format!(
                "{}: {read} of {expected}, {} of {rules_there}",
                path.display(),
                contents.rules.len()
            ));
        }
    }
    let unexpected: Vec<&String> = wrong
        .iter()
        .filter(|line| {
            !WRONG_TERRAFORM.iter().any(|(place, code)| line.contains(place) && line.contains(code))
        })
        .collect();
    eprintln!("{files} files of public repositories read");
    assert!(few.is_empty(), "{few:#?}");
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

/// Statements that the rough count of the list has and the files have not: they are comments, or descriptions of policies.
/// Each was looked at.
const NOT_STATEMENTS: [(&str, usize, &str); 8] = [
    ("cis_oci_benchmark_siem_integration_remediation/iam.tf", 0, "two comments, one description"),
    ("policies/application_cmp_policy.tf", 36, "three comments"),
    ("policies/database_cmp_policy.tf", 34, "three comments"),
    ("policies/exainfra_cmp_policy.tf", 25, "a comment"),
    ("modules/corrino/policies.tf", 0, "the whole file is a comment"),
    ("examples/oci-logging-analytics/iam.tf", 9, "four comments"),
    ("oci-idcs-monitoring/terraform/policies.tf", 10, "six in comments"),
    ("identity_ml_app_enablement/main.tf", 4, "a description begins with `Endorse`"),
];

fn format_and_text() -> impl Strategy<Value = (Format, String)> {
    let formats = prop::sample::select(vec![Format::Policy, Format::Yaml, Format::Json, Format::Terraform]);
    let pieces = prop::sample::select(vec![
        "Allow group A to read vcns in tenancy",
        "statements",
        "matching_rule",
        "resource \"oci_identity_policy\" \"p\" {",
        "=",
        ":",
        " ",
        "\n",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "\"",
        "'",
        ",",
        "\\",
        "\\u00e9",
        "\\ud83d\\ude80",
        "é",
        "🚀",
        "${",
        "%{",
        "}",
        "$${",
        "<<EOT\n",
        "<<-EOT\n",
        "\nEOT\n",
        "join(\" \", ",
        "local.a",
        "locals {",
        "|\n",
        ">-\n",
        "- ",
        "#",
        "for x in ",
        "? ",
        "where a == 'b'",
        "‘",
        "\u{a0}",
        "\u{feff}",
        "\t",
        "\r\n",
        "&a ",
        "*a",
        "data",
        "null",
    ]);
    let words =
        prop::collection::vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => any::<String>()], 0..40);
    (formats, words.prop_map(|words| words.concat()))
}

proptest! {
    /// Whatever a file holds, reading it ends, and every finding lies in it, between two letters.
    #[test]
    fn any_text_is_read_as_any_format((format, text) in format_and_text()) {
        let (sources, contents) = read(format, &[("any", &text)]);
        for place in contents.findings.iter().flat_map(|finding| &finding.labels).map(|label| label.place) {
            let text = sources.get(place.source).unwrap().text();
            let (start, end) = (place.span.start as usize, place.span.end as usize);
            prop_assert!(text.get(start..end).is_some(), "{:?} in {:?}", place.span, text);
        }
        for (policy, (_, item)) in contents.policies.iter().flat_map(|policy| policy.statements().map(move |s| (policy, s))) {
            let text = sources.get(policy.source).unwrap().text();
            prop_assert!(text.get(item.span.start as usize..item.span.end as usize).is_some(), "{:?} in {:?}", item.span, text);
        }
    }

    /// A statement that is written back as it stands in its string changes nothing.
    #[test]
    fn what_is_written_back_unchanged_changes_nothing((format, text) in format_and_text()) {
        let (sources, contents) = read(format, &[("any", &text)]);
        for policy in &contents.policies {
            for (_, item) in policy.statements() {
                let place = ocipol::source::Place { source: policy.source, span: item.span };
                // Only what stands in its file as it is can be asked for here.
                let raw = sources.get(policy.source).unwrap().slice(item.span);
                if raw.contains(['\\', '\n', '\'']) {
                    continue;
                }
                if let Ok(patches) = contents.hosts.rewrite(&sources, place, raw) {
                    prop_assert!(patches.is_empty(), "{raw:?} in {text:?}: {patches:?}");
                }
            }
        }
    }
}
