//! The registry and its lints: every example of the documentation, every row of the acceptance tables.

use std::collections::{BTreeMap, BTreeSet};

use ocipol::bundle::{Bundle, Trust};
use ocipol::diagnostic::Severity;
use ocipol::files;
use ocipol::lint::{self, By, Check, Example, Input, LINTS, Level, Lint, Options, Rejects, Report};
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
    let levels: Vec<(&Lint, Level)> = off().into_iter().map(|lint| (lint, Level::On)).collect();
    let (sources, bound) = example.bind().unwrap();
    lint::lint(&sources, &bound, Options { levels: &levels })
}

/// Lints whose documentation cannot show an example, each with the reason.
const WITHOUT_EXAMPLES: [(&str, &str); 11] = [
    ("lint/too-many-dynamic-groups", "the text would fill a page; a test below has it"),
    ("file/too-many-statements", "the text would fill a shelf; a test of the readers has it"),
    ("lint/path-statement-count", "the text would fill a book; a test below has it"),
    ("lint/policy-too-many-statements", "the text would fill a page; a test below has it"),
    ("lint/too-many-policies", "the text would fill a book; a test below has it"),
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
                // What a person wants, runs or tests is read by commands of their own, and documented there.
                let elsewhere = ["encryption-configuration/", "generate/", "scenario/", "test/"]
                    .iter()
                    .any(|area| code.starts_with(area));
                assert!(
                    elsewhere || registered.contains(code),
                    "{code} in {} is not registered",
                    path.display()
                );
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

/// The ids found in some files, each with the line it points at.
fn lines(texts: &[(&str, &str)]) -> Vec<String> {
    let (sources, report) = check(texts, None, Options::default());
    let shown = |finding: &ocipol::diagnostic::Diagnostic| {
        let place = finding.place().unwrap();
        let line = sources.get(place.source).unwrap().position(place.span.start).line;
        format!("{line} {}", finding.code.id())
    };
    report.findings.iter().map(shown).collect()
}

const REDACTED_STATEMENT: &str =
    "Allow group A to {KEY_READ} in tenancy where target.key.id = 'ocid1.key.oc1.iad.bb____qq'\n";

#[test]
fn a_line_accepts_what_is_found_in_the_next_statement_only() {
    let other = REDACTED_STATEMENT.replace("group A", "group B");
    let text = format!("# lint-allow redacted-ocid: known\n{REDACTED_STATEMENT}{other}");
    assert_eq!(lines(&[("a.policy", &text)]), ["3 redacted-ocid"]);
    let text = format!("# lint-allow-file lint/redacted-ocid: known\n{REDACTED_STATEMENT}{other}");
    assert_eq!(lines(&[("a.policy", &text)]), [""; 0]);
    // Another file is another file.
    assert_eq!(lines(&[("a.policy", &text), ("b.policy", REDACTED_STATEMENT)]), ["1 redacted-ocid"]);
}

#[test]
fn a_line_may_name_several_lints_and_reports_those_that_find_nothing() {
    let text = format!("# lint-allow redacted-ocid, unused-define keyword-case: known\n{REDACTED_STATEMENT}");
    // `keyword-case` is off, so that nothing can be said about it.
    assert_eq!(lines(&[("a.policy", &text)]), ["1 unused-suppression"]);
}

#[test]
fn a_line_without_a_reason_or_with_an_unknown_id_accepts_nothing() {
    for line in
        ["# lint-allow redacted-ocid", "# lint-allow redacted-ocid:", "# lint-allow redacted-ocd: known"]
    {
        let text = format!("{line}\n{REDACTED_STATEMENT}");
        assert_eq!(lines(&[("a.policy", &text)]), ["1 unusable-directive", "2 redacted-ocid"], "{line}");
    }
    let text = format!("# lint-allowed: a comment like any other\n{REDACTED_STATEMENT}");
    assert_eq!(lines(&[("a.policy", &text)]), ["2 redacted-ocid"]);
}

#[test]
fn a_line_in_front_of_a_policy_accepts_what_is_found_about_the_policy() {
    let text = "# lint-allow policy-atomic-failure: split next week
# policy: both
Allow group A to read vcns in tenancy
Allow group A to read vcns
";
    assert_eq!(lines(&[("a.policy", text)]), ["4 missing-location"]);
}

#[test]
fn in_yaml_a_line_may_be_indented_and_a_line_in_a_string_is_text() {
    let text = format!("statements:\n  # lint-allow redacted-ocid: known\n  - {REDACTED_STATEMENT}");
    assert_eq!(lines(&[("a.yaml", &text)]), [""; 0]);
    let text = format!("note: |\n  # lint-allow redacted-ocid: known\nstatements:\n  - {REDACTED_STATEMENT}");
    assert_eq!(lines(&[("a.yaml", &text)]), ["4 redacted-ocid"]);
    let rule = "matching-rule: |\n  resource.id = 'ocid1.cluster.oc1.iad.bb____qq'\n";
    assert_eq!(lines(&[("a.yaml", rule)]), ["2 redacted-ocid"]);
    let accepted = format!("# lint-allow redacted-ocid: known\n{rule}");
    assert_eq!(lines(&[("a.yaml", &accepted)]), [""; 0]);
}

#[test]
fn a_placeholder_silences_what_else_there_is_to_say_about_its_text() {
    let text = "Allow group A to {KEY_READ} in tenancy where target.key.id = 'ocid1.key.oc1..<unique_ID>'\n";
    assert_eq!(lines(&[("a.policy", text)]), ["1 placeholder-left"]);
}

#[test]
fn of_a_guessed_shape_only_letters_and_dangers_are_judged() {
    let text = "Allow any-user to use keys where all { request.principal.type = 'cluster', target.key.id = 'ocid1.key.oc1..aaaa' }\n";
    let found = lines(&[("a.policy", text)]);
    assert_eq!(
        found,
        ["1 grant-key-export-sign", "1 missing-location", "1 any-user-scope-wider-than-described"]
    );
}

#[test]
fn limits_of_ours_are_findings() {
    let deep = format!(
        "Allow group A to read vcns in tenancy where {}a.b = 'c'{}",
        "all {".repeat(65),
        "}".repeat(65)
    );
    assert_eq!(lines(&[("a.policy", &deep)]), ["1 nesting-too-deep"]);
    let long = format!("Allow group A to read vcns in tenancy where a.b = '{}'", "c".repeat(100_001));
    assert_eq!(lines(&[("a.policy", &long)]), ["1 statement-too-long"]);
}

#[test]
fn a_policy_must_say_to_which_of_several_tenancies_it_belongs() {
    let text = "Allow group OKEAdminGroup to read vcns in tenancy\n";
    let model = Some("oke/documents/world.tenancy.yaml");
    let ids = |text: &str| -> Vec<&str> {
        let (_, report) = check(&[("a.policy", text)], model, Options::default());
        report.findings.iter().map(|finding| finding.code.id()).collect()
    };
    assert_eq!(ids(text), ["unattached-policy"]);
    assert_eq!(ids(&format!("# attach: ClusterTenancy\n{text}")), [""; 0]);
    assert_eq!(ids(&format!("# attach: KeyTenancy\n{text}")), ["group-not-found"]);
    assert_eq!(ids(&format!("# attach: Elsewhere\n{text}")), ["dangling-reference"]);
}

/// What a variant's files give, errors and warnings only, with and without a tenancy model.
fn loud(name: &str) -> Vec<Vec<String>> {
    let policy = std::fs::read_to_string(fixture(&format!("lint/{name}.policy"))).unwrap();
    let rules = std::fs::read_to_string(fixture("lint/variants.yaml")).unwrap();
    [None, Some("oke/cross-tenancy.tenancy.yaml")]
        .into_iter()
        .map(|model| {
            let mut texts = vec![("variant.policy", policy.as_str())];
            if model.is_none() {
                texts.push(("variants.yaml", rules.as_str()));
            }
            let (_, report) = check(&texts, model, Options::default());
            let loud = report.findings.iter().filter(|finding| finding.severity <= Severity::Warning);
            loud.map(|finding| format!("{} {}", finding.severity.as_str(), finding.code.id())).collect()
        })
        .collect()
}

#[test]
fn the_corrected_pair_by_dynamic_group_is_clean() {
    assert_eq!(loud("variant-a"), [[""; 0]; 2]);
}

#[test]
fn the_corrected_pair_by_principal_type_is_wide_on_both_halves() {
    assert_eq!(loud("variant-b"), [[WIDE, WIDE], [WIDE, WIDE]]);
}

#[test]
fn among_three_open_tenancies_the_define_says_which_is_which() {
    let text = "# policy: fjord
# attach: Fjord
Define tenancy Glacier as ocid1.tenancy.oc1..glacier
Endorse group Pilots to read buckets in tenancy Glacier
# policy: glacier
# attach: Glacier
Define tenancy Fjord as ocid1.tenancy.oc1..fjord
Define group RemotePilots as ocid1.group.oc1..pilots
Admit group RemotePilots of tenancy Fjord to read buckets in tenancy
# policy: harbor
# attach: Harbor
Allow group Crew to read buckets in tenancy
";
    assert_eq!(lines(&[("a.policy", text)]), [""; 0]);
    let one_sided = text.replace("Admit group RemotePilots", "Admit dynamic-group RemotePilots");
    let one_sided = one_sided
        .replace("group RemotePilots as ocid1.group", "dynamic-group RemotePilots as ocid1.dynamicgroup");
    assert_eq!(lines(&[("a.policy", &one_sided)]), ["4 endorse-without-admit", "9 admit-without-endorse"]);
}

#[test]
fn a_half_whose_other_side_nobody_gave_is_a_remark_and_oracles_own_side_is_nobodys_business() {
    let endorse = |ocid: &str| {
        format!("Define tenancy There as {ocid}\nEndorse group Pilots to read objects in tenancy There\n")
    };
    let (_, report) = check(&[("a.policy", &endorse("ocid1.tenancy.oc1..there"))], None, Options::default());
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.code.id(), finding.severity)).collect();
    assert_eq!(found, [("endorse-without-admit", Severity::Info)]);
    let skipped: Vec<&str> = report.skipped.iter().map(|skipped| skipped.lint.code.id()).collect();
    assert!(skipped.contains(&"endorse-broader-than-admit"), "{skipped:?}");
    let reports = ocipol::catalog::KnownTenancy::named("usage-report").unwrap();
    assert_eq!(lines(&[("a.policy", &endorse(reports.ocid()))]), [""; 0]);
}

#[test]
fn a_safe_repair_leaves_nothing_to_say() {
    let mut repaired = 0;
    for lint in LINTS {
        let texts =
            lint.examples().into_iter().filter(|example| example.flagged && example.input != Input::Yaml);
        for example in texts {
            let before = run(&example);
            let mut edits: Vec<_> = before
                .findings
                .iter()
                .filter(|finding| finding.code == lint.code)
                .filter_map(|finding| finding.fix.as_ref())
                .filter(|fix| fix.safety == ocipol::diagnostic::Safety::Safe)
                .flat_map(|fix| fix.edits.clone())
                .collect();
            if edits.is_empty() {
                continue;
            }
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
            let mut text = example.text.clone();
            for edit in edits {
                text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            }
            let known: BTreeSet<&str> = before.findings.iter().map(|finding| finding.code.id()).collect();
            let after = run(&Example { text: text.clone(), ..example });
            for finding in &after.findings {
                assert!(finding.code != lint.code, "{} is still there:\n{text}", lint.code);
                let heavy = finding.severity <= Severity::Warning;
                assert!(
                    !heavy || known.contains(finding.code.id()),
                    "{} made {}:\n{text}",
                    lint.code,
                    finding.code
                );
            }
            repaired += 1;
        }
    }
    assert!(repaired > 20, "{repaired}");
}

#[test]
fn the_registry_says_what_a_finding_weighs_and_rejects() {
    // An OCID in the place of a name is refused for the name that no tenancy has.
    let elsewhere = ["syntax/missing-id-keyword"];
    for lint in LINTS {
        let texts =
            lint.examples().into_iter().filter(|example| example.flagged && example.input != Input::Rule);
        for example in texts {
            let (_, bound) = example.bind().unwrap();
            let rejected = bound
                .worlds
                .iter()
                .flat_map(|world| world.program.rejections())
                .any(|rejection| rejection.finding.code == lint.code);
            let says = lint.rejects != Rejects::No;
            let sure = lint.rejects == Rejects::Yes && !elsewhere.contains(&lint.code.as_str());
            assert!(!rejected || says, "{} rejects:\n{}", lint.code, example.text);
            assert!(rejected || !sure, "{} does not reject:\n{}", lint.code, example.text);
        }
        for finding in lint.examples().iter().flat_map(|example| run(example).findings) {
            let known = lint::find(finding.code.as_str()).unwrap();
            assert!(finding.severity >= known.severity, "{} weighs {:?}", finding.code, finding.severity);
            assert_eq!(finding.risk, known.risk, "{}", finding.code);
        }
    }
}

/// Policies of some statements each, of one tenancy.
fn many(policies: usize, statements: usize) -> String {
    let mut text = String::new();
    for policy in 0..policies {
        text += &format!("# policy: p{policy}\n# attach: Fjord\n");
        for statement in 0..statements {
            text += &format!("Allow group G{statement} to read vcns in compartment c{policy}\n");
        }
    }
    text
}

#[test]
fn a_policy_has_at_most_fifty_statements() {
    let found = |statements| lines(&[("a.policy", &many(1, statements))]);
    assert_eq!(found(44), [""; 0]);
    assert_eq!(found(45), ["1 policy-too-many-statements"]);
    let (_, report) = check(&[("a.policy", &many(1, 50))], None, Options::default());
    assert_eq!(report.findings[0].severity, Severity::Info);
    let (_, report) = check(&[("a.policy", &many(1, 51))], None, Options::default());
    assert_eq!(report.findings[0].severity, Severity::Error);
}

#[test]
fn a_tenancy_has_at_most_a_hundred_policies() {
    assert_eq!(lines(&[("a.policy", &many(100, 1))]), [""; 0]);
    assert_eq!(lines(&[("a.policy", &many(101, 1))]), ["301 too-many-policies"]);
}

#[test]
fn a_path_has_at_most_five_hundred_statements() {
    assert_eq!(lines(&[("a.policy", &many(11, 40))]), [""; 0]);
    assert_eq!(lines(&[("a.policy", &many(12, 40))]), ["463 path-statement-count"]);
    let (_, report) = check(&[("a.policy", &many(13, 40))], None, Options::default());
    assert_eq!(report.findings[0].severity, Severity::Error);
}

#[test]
fn a_domain_has_at_most_fifty_dynamic_groups() {
    let model = |count: usize| {
        let groups = (0..count).map(|number| {
            format!("      - {{name: g{number}, id: ocid1.dynamicgroup.oc1..g{number}, matching-rule: \"instance.id = 'ocid1.instance.oc1.iad.i{number}'\"}}\n")
        });
        format!(
            "tenancies:\n  - name: Fjord\n    id: ocid1.tenancy.oc1..fjord\n    dynamic-groups:\n{}",
            groups.collect::<String>()
        )
    };
    let found = |count| lines(&[("m.yaml", &model(count))]);
    assert_eq!(found(50), [""; 0]);
    assert_eq!(found(51), ["2 too-many-dynamic-groups"]);
}

/// What the catalogue of checks describes, and which of it is not built, with the reason.
const CATALOGUE: &str = include_str!("../../fixtures/lint/catalogue.txt");

#[test]
fn nothing_of_the_catalogue_is_missing_without_a_reason() {
    let registered: BTreeSet<&str> = LINTS.iter().map(|lint| lint.code.id()).collect();
    let (mut described, mut beyond) = (BTreeSet::new(), BTreeSet::new());
    for line in CATALOGUE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let fresh = match (line.strip_prefix("+ "), line.split_once(": ")) {
            (Some(id), _) => {
                assert!(registered.contains(id), "{id} is not in the registry");
                beyond.insert(id)
            }
            (None, Some((id, reason))) => {
                assert!(!registered.contains(id), "{id} is built: take its reason out");
                assert!(reason.len() > 20, "{id}: no reason");
                described.insert(id)
            }
            (None, None) => {
                assert!(registered.contains(line), "{line} is not in the registry, and no reason is written");
                described.insert(line)
            }
        };
        assert!(fresh, "{line} stands twice");
    }
    let known: BTreeSet<&str> = described.union(&beyond).copied().collect();
    let unknown: Vec<&&str> = registered.difference(&known).collect();
    assert!(unknown.is_empty(), "not in the fixture: {unknown:?}");
    // The list is whole where the catalogue itself is at hand.
    let Some(path) = crate::shared::file("spec/lints.md") else { return };
    let catalogue = std::fs::read_to_string(path).unwrap();
    let entries = catalogue.lines().filter(|line| line.starts_with("**`"));
    for line in entries {
        let head = line.split(['·', '—']).next().unwrap();
        for id in head.split('`').skip(1).step_by(2) {
            assert!(described.contains(id), "{id} of the catalogue is not in the fixture");
        }
    }
}
