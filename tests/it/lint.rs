//! The registry and its lints: every example of the documentation, every row of the acceptance tables.

use std::collections::{BTreeMap, BTreeSet};

use ocipol::bundle::{Bundle, Trust};
use ocipol::diagnostic::Severity;
use ocipol::files;
use ocipol::lint::{self, By, Check, Example, Input, LINTS, Lint, Options, Report};
use ocipol::source::{Source, Sources};
use ocipol::{parse, resolve, tenancy};

use crate::world::fixture;

/// Everything that is found in some texts: policy text, or YAML where the name says so.
fn check(texts: &[(&str, &str)], model: Option<&str>, options: Options<'_>) -> (Sources, Report) {
    let mut sources = Sources::new();
    let mut bundle = Bundle::new();
    for (name, text) in texts {
        let id = sources.add(Source::new(*name, *text).unwrap());
        match name.rsplit_once('.') {
            Some((_, "yaml")) => {
                bundle.document(&mut sources, id, Trust::Named, &mut |_, _| Err("no files here".to_owned()));
            }
            Some((_, "rule")) => bundle.matching_rule(&sources, id),
            _ => {
                bundle.policy_text(&sources, id);
            }
        }
    }
    let given = model.map(|path| {
        let id = files::open(&mut sources, &fixture(path)).unwrap();
        let mut findings = Vec::new();
        let model = tenancy::read_file(&mut sources, id, &mut |_, _| Err("none".to_owned()), &mut findings);
        assert_eq!(findings, []);
        model
    });
    let bound = bundle.bind(&sources, given);
    let report = lint::lint(&sources, &bound, options);
    (sources, report)
}

fn off() -> Vec<&'static Lint> {
    LINTS.iter().copied().filter(|lint| lint.off.is_some()).collect()
}

fn run(example: &Example) -> Report {
    let enabled = off();
    let options = Options { enabled: &enabled };
    if example.input == Input::Yaml {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("example.tenancy.yaml", example.text.as_str()).unwrap());
        let mut bundle = Bundle::new();
        bundle.document(&mut sources, id, Trust::Model, &mut |_, _| Err("no such file".to_owned()));
        let bound = bundle.bind(&sources, None);
        return lint::lint(&sources, &bound, options);
    }
    let name = if example.input == Input::Rule { "example.rule" } else { "example.policy" };
    check(&[(name, &example.text)], None, options).1
}

/// Lints whose documentation cannot show an example, each with the reason.
const WITHOUT_EXAMPLES: [(&str, &str); 6] = [
    ("internal/grammar-drift", "a mistake of ours that nobody can make on purpose"),
    ("resolve/not-strict", "a reason of last resort that no finding carries"),
    ("syntax/nesting-too-deep", "the text would fill a page; a test below has it"),
    ("syntax/statement-too-long", "the text would fill a book; a test below has it"),
    ("test/unaskable", "needs a file of policy tests; `test` has its own"),
    ("tenancy/unattached-policy", "needs a policy and a model in two files; a test below has it"),
];

#[test]
fn every_example_is_what_it_says() {
    let mut wrong = Vec::new();
    for lint in LINTS {
        for example in lint.examples() {
            let report = run(&example);
            let found = report.findings.iter().any(|finding| finding.code == lint.code);
            if found != example.flagged {
                let codes: Vec<String> =
                    report.findings.iter().map(|f| format!("{}: {}", f.code, f.message)).collect();
                wrong.push(format!(
                    "{} flagged={}\n{}found {codes:#?}",
                    lint.code, example.flagged, example.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_lint_is_documented() {
    let mut seen = BTreeSet::new();
    for lint in LINTS {
        let code = lint.code;
        assert!(seen.insert(code.id()), "{code}: the id stands twice");
        assert!(
            lint.summary().starts_with("Flags ") || lint.summary().starts_with("Says "),
            "{code}: {}",
            lint.summary()
        );
        assert!(lint.why().len() > 20, "{code}: no reason");
        assert!(!lint.grounds().is_empty(), "{code}: no basis");
        let shown: BTreeSet<bool> = lint.examples().iter().map(|example| example.flagged).collect();
        let exempt = WITHOUT_EXAMPLES.iter().any(|(exempt, _)| *exempt == code.as_str());
        assert_eq!(shown.is_empty(), exempt, "{code}: examples");
        assert!(exempt || shown.len() == 2, "{code}: needs an example that is flagged and one that is not");
        assert_eq!(lint::find(code.id()).map(|found| found.code), Some(code));
    }
}

#[test]
fn clean_examples_have_no_error_and_no_warning() {
    let mut loud = Vec::new();
    for lint in LINTS {
        for example in lint.examples().iter().filter(|example| !example.flagged) {
            for finding in run(example).findings {
                if finding.severity <= Severity::Warning {
                    loud.push(format!(
                        "{}: {} {}\n{}",
                        lint.code, finding.code, finding.message, example.text
                    ));
                }
            }
        }
    }
    assert!(loud.is_empty(), "{}", loud.join("\n"));
}

#[test]
fn everything_that_is_reported_is_registered() {
    let registered: BTreeSet<&str> = LINTS.iter().map(|lint| lint.code.as_str()).collect();
    for code in parse::CODES.iter().chain(resolve::codes::ALL) {
        assert!(registered.contains(code.as_str()), "{code} is not registered");
    }
    // Codes of the readers are constants all over the sources.
    let mut stack = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for rest in text.split("Code::new(\"").skip(1) {
                let code = rest.split('"').next().unwrap();
                assert!(registered.contains(code), "{code} in {} is not registered", path.display());
            }
        }
    }
}

#[test]
fn what_a_stage_reports_is_reported_by_that_stage() {
    let reported = |lint: &Lint, by: By| {
        lint.checks.iter().any(|check| matches!(check, Check::Reported(stage) if *stage == by))
    };
    for lint in LINTS {
        let code = lint.code;
        assert_eq!(reported(lint, By::Parser), parse::CODES.contains(&code), "{code}");
        assert_eq!(reported(lint, By::Resolver), resolve::codes::ALL.contains(&code), "{code}");
    }
}

/// What is found in each statement: its label is the policy's name and, where the policy has several statements, the
/// statement's number; findings about a whole policy carry its name alone.
fn found(mode: &str, model: Option<&str>) -> BTreeMap<String, Vec<String>> {
    let read = |ending: &str| {
        let path = format!("oke/documents/{mode}.{ending}");
        std::fs::read_to_string(fixture(&path)).unwrap()
    };
    let (policy, rules) = (read("policy"), read("yaml"));
    let (sources, report) =
        check(&[("page.policy", &policy), ("page.yaml", &rules)], model, Options::default());
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in &report.findings {
        let place = finding.place().unwrap();
        let source = sources.get(place.source).unwrap();
        let line = source.position(place.span.start).line;
        let label = label(source.text(), line);
        let list = found.entry(label).or_default();
        list.push(format!("{} {}", finding.severity.as_str(), finding.code.id()));
    }
    found.values_mut().for_each(|codes| codes.sort());
    found
}

/// The label of the statement or rule on a line.
fn label(text: &str, line: usize) -> String {
    let mut name = "";
    let mut number = 0;
    for (index, content) in text.lines().enumerate().take(line) {
        let named = content.strip_prefix("# policy: ").or_else(|| content.strip_prefix("  - name: "));
        if let Some(named) = named {
            (name, number) = (named, 0);
            if index + 1 == line {
                return name.to_owned();
            }
        } else if !content.starts_with('#') {
            number += 1;
        }
    }
    if matches!(name, "K" | "C") { format!("{name}{number}") } else { name.to_owned() }
}

fn assert_table(mode: &str, model: Option<&str>, expected: &[(&str, &[&str])]) {
    let found = found(mode, model);
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (labels, codes) in expected {
        for label in labels.split(' ') {
            let mut codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            codes.sort();
            wanted.insert(label.to_owned(), codes);
        }
    }
    assert_eq!(found, wanted, "{mode}");
}

const EXPORT: &str = "info grant-key-export-sign";
const LIST: &str = "info list-not-covered-by-target-condition";
const PLACEHOLDER: &str = "error placeholder-left";
const REDACTED: &str = "warning redacted-ocid";
const WIDE: &str = "warning any-user-scope-wider-than-described";

#[test]
fn the_page_as_it_is_printed() {
    assert_table(
        "verbatim",
        None,
        &[
            ("S1", &[PLACEHOLDER, PLACEHOLDER, WIDE, EXPORT, LIST]),
            ("S2", &[REDACTED, WIDE, EXPORT, LIST]),
            ("S3", &[PLACEHOLDER]),
            ("S4", &[REDACTED]),
            ("S5", &[PLACEHOLDER, PLACEHOLDER, PLACEHOLDER, EXPORT, LIST]),
            ("S6", &[PLACEHOLDER, REDACTED, EXPORT, LIST]),
            ("S7", &[REDACTED, REDACTED, EXPORT, LIST]),
            ("S8", &[REDACTED]),
            ("K1", &[PLACEHOLDER, "warning unused-define"]),
            ("K2 K3", &[PLACEHOLDER]),
            ("K4 K5", &["error undefined-alias", PLACEHOLDER, EXPORT, LIST]),
            ("K", &["warning policy-atomic-failure"]),
            ("C1", &[PLACEHOLDER]),
            ("C2 C3", &["warning endorse-without-admit"]),
            ("C4", &[PLACEHOLDER, "warning dead-statement-foreign-ocid", EXPORT, LIST]),
        ],
    );
}

#[test]
fn the_page_with_every_placeholder_bound() {
    assert_table(
        "bound",
        Some("oke/documents/world.tenancy.yaml"),
        &[
            ("S1 S2", &[WIDE, EXPORT, LIST]),
            ("S5 S7", &[EXPORT, LIST]),
            ("S6", &[PLACEHOLDER, EXPORT, LIST]),
            ("K1", &["warning unused-define"]),
            ("K4 K5", &["error undefined-alias", "warning ocid-missing-region", EXPORT, LIST]),
            ("K", &["warning policy-atomic-failure"]),
            ("C2 C3", &["warning endorse-without-admit"]),
            ("C4", &["warning dead-statement-foreign-ocid", EXPORT, LIST]),
        ],
    );
}

#[test]
fn the_page_repaired() {
    assert_table(
        "repaired",
        Some("oke/documents/world.tenancy.yaml"),
        &[
            ("S1 S2", &[WIDE, EXPORT, LIST]),
            ("S5 S6 S7", &[EXPORT, LIST]),
            ("K4 K5", &[EXPORT, LIST]),
            ("C2 C3", &["info endorse-broader-than-admit"]),
            ("C4", &["warning dead-statement-foreign-ocid", EXPORT, LIST]),
        ],
    );
}

/// The codes found in a policy text, with the text they point at.
fn codes(text: &str) -> Vec<String> {
    let (sources, report) = check(&[("text.policy", text)], None, Options::default());
    let shown = |finding: &ocipol::diagnostic::Diagnostic| {
        let place = finding.place().unwrap();
        format!("{} `{}`", finding.code.id(), sources.get(place.source).unwrap().slice(place.span))
    };
    report.findings.iter().map(shown).collect()
}

#[test]
fn an_alias_that_is_yet_to_be_filled_in_is_reported_once() {
    let text = "Define tenancy Acme as ocid1.tenancy.oc1..acme
Define group Remote as ocid1.group.oc1..remote
Admit group <group> of tenancy <tenancy> to read buckets in tenancy
Admit group Remote of tenancy Acme to read buckets in tenancy
";
    let pair = "admit-without-endorse `Admit group Remote of tenancy Acme to read buckets in tenancy`";
    assert_eq!(codes(text), ["placeholder-left `<group>`", "placeholder-left `<tenancy>`", pair]);
}
