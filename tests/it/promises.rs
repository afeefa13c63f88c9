//! The promises about text, on random trees and random text.

use ocipol::bundle::Bundle;
use ocipol::diagnostic::{Diagnostic, Safety};
use ocipol::format::{self, Layout};
use ocipol::lint::{Input, Options, lint};
use ocipol::parse;
use ocipol::passage::Passage;
use ocipol::source::{Place, Source, SourceId, Sources};
use ocipol::syntax::{Item, Policy, Reading, Statement};
use proptest::prelude::*;

use crate::arbitrary::{rule, soup, statement};
use crate::fix::fixed;

fn source(text: &str) -> (Sources, SourceId) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("text", text).unwrap());
    (sources, id)
}

fn statements(text: &str) -> Vec<Item> {
    let (_, id) = source(text);
    parse::statements(&Passage::verbatim(id, text, 0), &mut Vec::new())
}

fn policies(text: &str) -> (Vec<Policy>, Vec<Diagnostic>) {
    let (sources, id) = source(text);
    parse::policies(sources.get(id).unwrap(), id)
}

/// Every place a finding speaks of lies in its source, between two letters.
fn in_bounds(sources: &Sources, place: Place) -> bool {
    let text = sources.get(place.source).unwrap().text();
    text.get(place.span.start as usize..place.span.end as usize).is_some()
}

fn all_in_bounds(sources: &Sources, findings: &[Diagnostic]) -> Result<(), TestCaseError> {
    for finding in findings {
        for label in &finding.labels {
            prop_assert!(in_bounds(sources, label.place), "{finding:?}");
        }
        let source = finding.place().unwrap().source;
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            prop_assert!(in_bounds(sources, Place { source, span: edit.span }), "{finding:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn canonical_text_reads_back_as_the_same_tree(tree in statement()) {
        let text = format::statement(&tree);
        let read = statements(&text);
        prop_assert_eq!(read.len(), 1, "{}", text);
        prop_assert_eq!(&read[0].statement, &tree, "{}", text);
        prop_assert_eq!(read[0].reading, Reading::Strict, "{}: {:?}", text, read[0].faults);
        prop_assert_eq!(format::item(&read[0], Layout::OneLine), Some(text));
    }

    #[test]
    fn a_statement_on_several_lines_reads_back_as_the_same_tree(trees in prop::collection::vec(statement(), 1..4)) {
        let text: String = trees.iter().map(|tree| format::lines(tree) + "\n").collect();
        let (sources, id) = source(&text);
        let formatted = format::policy_text(sources.get(id).unwrap(), id).unwrap();
        prop_assert_eq!(&formatted.text, &text);
        let (policies, _) = policies(&text);
        let read: Vec<&Statement> = policies[0].statements().map(|(_, item)| &item.statement).collect();
        prop_assert_eq!(read, trees.iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_canonical_rule_reads_back_as_the_same_rule(tree in rule()) {
        let text = format::matching_rule(&tree.node);
        let (_, id) = source(&text);
        let (read, reading) = parse::matching_rule(&Passage::verbatim(id, &text, 0), &mut Vec::new());
        prop_assert_eq!(&read.node, &tree.node, "{}", text);
        prop_assert_eq!(reading, Reading::Strict);
        prop_assert_eq!(format::rule(&read, reading), Some(text));
    }

    #[test]
    fn no_text_is_too_strange(text in soup()) {
        let (mut sources, id) = source(&text);
        let mut bundle = Bundle::new();
        bundle.policy_text(&sources, id);
        let other = sources.add(Source::new("rule", text.as_str()).unwrap());
        bundle.matching_rule(&sources, other);
        let bound = bundle.bind(&sources, None);
        for (_, policy) in bound.policies() {
            for item in &policy.items {
                let place = Place { source: policy.source, span: item.span };
                prop_assert!(in_bounds(&sources, place), "{:?}", item);
            }
        }
        all_in_bounds(&sources, &lint(&sources, &bound, Options::default()).findings)?;
    }

    #[test]
    fn what_is_not_read_strictly_is_reported(text in soup()) {
        let (policies, findings) = policies(&text);
        for (_, item) in policies.iter().flat_map(|policy| policy.statements()) {
            let told = findings.iter().any(|finding| finding.code.area() != "lint");
            prop_assert!(item.reading == Reading::Strict || told, "{:?}", item);
            prop_assert_eq!(item.reading == Reading::Strict, item.faults.is_empty());
        }
    }

    #[test]
    fn formatting_any_text_changes_nothing_the_second_time(text in soup()) {
        let (sources, id) = source(&text);
        let once = format::policy_text(sources.get(id).unwrap(), id);
        prop_assert!(once.is_ok(), "{:?}", text);
        let once = once.unwrap();
        let (sources, id) = source(&once.text);
        prop_assert_eq!(&format::policy_text(sources.get(id).unwrap(), id).unwrap().text, &once.text);
    }

    #[test]
    fn repairs_of_any_text_come_to_an_end(text in soup()) {
        for least in [Safety::Safe, Safety::Unsafe] {
            let text = fixed(&text, Input::Policy, least, Options::default());
            let _ = policies(&text);
        }
    }

    #[test]
    fn a_broken_statement_leaves_its_neighbours_alone(before in statement(), broken in soup(), after in statement()) {
        // A comment that is never closed, or a line that goes on, is part of what stands there.
        let broken = broken.replace(['\n', '\r'], " ");
        let text = format!("{}\nAllow {broken}\n{}\n", format::statement(&before), format::statement(&after));
        let (policies, _) = policies(&text);
        let read: Vec<&Statement> =
            policies.iter().flat_map(|policy| policy.statements()).map(|(_, item)| &item.statement).collect();
        prop_assert_eq!(read.first(), Some(&&before), "{}", text);
        prop_assert_eq!(read.last(), Some(&&after), "{}", text);
    }

    #[test]
    fn a_safe_repair_gives_back_what_was_meant(tree in statement(), slips in prop::collection::vec(0..SLIPS.len(), 1..4)) {
        let meant = format::statement(&tree);
        let mut slips = slips;
        slips.sort_unstable();
        slips.dedup();
        let text = slips.iter().fold(meant.clone(), |text, slip| SLIPS[*slip](&text));
        let read = statements(&fixed(&text, Input::Policy, Safety::Safe, Options::default()));
        prop_assert_eq!(read.len(), 1, "{}", text);
        prop_assert_eq!(&read[0].statement, &without_redundant_groups(&tree), "{}", text);
        prop_assert_eq!(read[0].reading, Reading::Strict, "{}", text);
    }
}

/// Threads of other programs have 2 MiB; a text that nests as deep as we read must not need more.
#[test]
fn the_deepest_text_fits_the_stack_of_a_thread() {
    let openings =
        ["{", "(", "[", "${", "all {", "any(", "(any {", "not (", "{ all {", "['", "in (", "<{", "{{"];
    let heads = [
        "",
        "Allow group A to read b in tenancy where ",
        "Allow group ",
        "Allow group A to ",
        "Allow group A to read ",
    ];
    for (opening, head) in openings.iter().flat_map(|opening| heads.map(|head| (opening, head))) {
        let text = format!(
            "{head}{}",
            opening.repeat(parse::MAX_NESTING / opening.matches(['{', '(', '[']).count())
        );
        eprintln!("{text}");
        let read = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            let _ = policies(&text);
            let (_, id) = source(&text);
            let _ = parse::matching_rule(&Passage::verbatim(id, &text, 0), &mut Vec::new());
            let _ = parse::condition(&Passage::verbatim(id, &text, 0), &mut Vec::new());
        });
        read.unwrap().join().unwrap();
    }
}

/// Slips that leave no doubt about what was meant.
const SLIPS: &[fn(&str) -> String] = &[
    |text| text.replacen(" to ", " ", usize::from(!text.contains(" to associate ") && !text.contains('\''))),
    |text| text.replace("dynamic-group ", "dynamic_group "),
    |text| if text.contains(['"', '\\']) { text.to_owned() } else { text.replace(" = '", " == '") },
    |text| format!("* {text}"),
    |text| text.to_uppercase().get(..5).unwrap_or_default().to_owned() + text.get(5..).unwrap_or_default(),
    |text| text.replace(" }", ", }"),
    |text| text.replace(' ', "\u{a0}"),
    |text| format!("{text} ;"),
];

/// A statement after the repair that flattens groups which say nothing.
fn without_redundant_groups(tree: &Statement) -> Statement {
    let text = fixed(&format::statement(tree), Input::Policy, Safety::Safe, Options::default());
    statements(&text).remove(0).statement
}
