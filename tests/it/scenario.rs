//! Scenarios: the fixtures hold, bad ones point at the place, and small changes of policy are noticed.

use std::path::Path;
use std::sync::Arc;

use ocipol::cli::Output;
use ocipol::scenario::{self, Told};
use ocipol::source::Sources;
use ocipol::store::Memory;

use crate::rig::Dice;
use crate::world::fixture;

/// Runs the program; gives its exit code, what it printed, and what it said beside.
pub(crate) fn ocipol(arguments: &[&str]) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut output = Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
    let arguments = std::iter::once("ocipol").chain(arguments.iter().copied()).map(Into::into);
    let exit = ocipol::cli::run(arguments, &mut output);
    let root = format!("{}/", env!("CARGO_MANIFEST_DIR"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&root, "");
    (exit.code(), text(out), text(err))
}

fn story(path: &Path) -> (u8, String) {
    let (exit, out, _) = ocipol(&["run", path.to_str().unwrap()]);
    (exit, out)
}

#[test]
fn every_scenario_of_the_fixtures_holds() {
    insta::glob!("../../fixtures", "oke/**/*.scenario.yaml", |path| {
        let (exit, story) = story(path);
        insta::assert_snapshot!(story);
        assert_eq!(exit, 0);
    });
}

#[test]
fn a_scenario_that_cannot_be_read_is_shown_where() {
    insta::glob!("../../fixtures", "scenario/*.scenario.yaml", |path| {
        let (exit, out) = story(path);
        insta::assert_snapshot!(out);
        assert_eq!(exit, 2);
    });
}

macro_rules! claims {
    ($($name:ident: $($file:literal),+;)+) => {$(
        #[test]
        fn $name() {
            for file in [$($file),+] {
                let (exit, story) = story(&fixture(&format!("oke/{file}.scenario.yaml")));
                assert_eq!(exit, 0, "{story}");
            }
        }
    )+};
}

// What the documents promise, by real policies; the other rows are in the tests of the engine and the vault.
claims! {
    sc_04_any_user_narrowed_to_clusters_gives_clusters_one_key: "any-user";
    sc_05_a_dynamic_group_gives_the_clusters_of_a_compartment_one_key: "dynamic-group";
    sc_06_narrowing_leaves_one_cluster_and_refuses_the_other_at_once: "narrowed";
    sc_07_no_quick_create_and_no_key_afterwards: "creation", "provider-managed";
    sc_08_09_10_scheduled_cancelled_and_completed_deletion: "deletion";
    sc_11_12_13_rotation_and_encrypting_again: "rotation";
    sc_15_both_cross_tenancy_pairs_work: "cross-tenancy", "cross-tenancy-any-user", "documents/repaired";
    sc_16_the_console_offers_no_key_of_another_tenancy: "cross-tenancy";
    the_documents_own_statements_are_refused_with_their_reasons: "documents/verbatim", "documents/bound";
}

/// Runs the main scenario with a changed model, in memory, and gives the last step to what looks at it.
fn with_model(model: &str, look: impl FnOnce(&Told<'_>, usize)) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cross-tenancy.tenancy.yaml"), model).unwrap();
    let file = folder.path().join("changed.scenario.yaml");
    std::fs::copy(fixture("oke/cross-tenancy.scenario.yaml"), &file).unwrap();
    let mut sources = Sources::new();
    let id = ocipol::files::open(&mut sources, &file).unwrap();
    let (scenario, _) = scenario::read(&mut sources, id, &mut ocipol::files::beside(&file));
    let scenario = scenario.unwrap();
    let store = Arc::new(Memory::new());
    let told = scenario::run(&scenario, &store, store.clone(), Arc::new(Dice::new(7)));
    look(told.last().unwrap(), scenario.steps.len());
}

/// Every letter of a statement matters: with another one in its place the run fails, the explanation names the half
/// that is missing or not in force, and prints the statement to add.
fn every_letter_matters(statement: &str, half: &str) {
    let model = std::fs::read_to_string(fixture("oke/cross-tenancy.tenancy.yaml")).unwrap();
    assert_eq!(model.matches(statement).count(), 1, "{statement}");
    for (at, letter) in statement.char_indices().filter(|(_, letter)| letter.is_ascii_alphabetic()) {
        let other = if letter.eq_ignore_ascii_case(&'x') { 'y' } else { 'x' };
        let mut changed = statement.to_owned();
        changed.replace_range(at..=at, &other.to_string());
        with_model(&model.replace(statement, &changed), |last, _| {
            assert!(last.broken.is_some(), "{changed} changes nothing");
            let refused = last.consultations.iter().find(|one| !one.account.verdict.is_allow());
            let account = &refused.unwrap_or_else(|| panic!("{changed}: {last:?}")).account;
            let told = ["missing", "there, but not in force"].map(|state| format!("the {half} is {state}"));
            assert!(told.iter().any(|told| account.says(told)), "{changed}: {account:?}");
            let added = account.repairs.iter().flat_map(|repair| &repair.statements);
            assert!(added.clone().any(|added| added.starts_with(half)), "{changed}: {account:?}");
        });
    }
}

#[test]
fn the_unchanged_model_holds() {
    let model = std::fs::read_to_string(fixture("oke/cross-tenancy.tenancy.yaml")).unwrap();
    with_model(&model, |last, steps| {
        assert_eq!((last.number, &last.broken), (steps, &None));
    });
}

#[test]
fn sc_15_every_letter_of_the_endorse_matters() {
    every_letter_matters("Endorse dynamic-group oke-clusters to use keys in tenancy KmsSide", "Endorse");
}

#[test]
fn sc_15_every_letter_of_the_admit_matters() {
    every_letter_matters(
        "Admit dynamic-group OkeClusters of tenancy OkeSide to use keys in compartment kms where target.key.id = \
         'ocid1.key.oc1.iad.bbvault.etcdkey'",
        "Admit",
    );
}

#[test]
fn sc_15_every_letter_of_the_defines_matters() {
    every_letter_matters("Define tenancy KmsSide as ocid1.tenancy.oc1..citadel", "Endorse");
    every_letter_matters("Define tenancy OkeSide as ocid1.tenancy.oc1..harbor", "Admit");
    every_letter_matters("Define dynamic-group OkeClusters as ocid1.dynamicgroup.oc1..okeclusters", "Admit");
}

#[test]
fn a_statement_that_is_missing_stops_the_story_and_is_printed() {
    let model = std::fs::read_to_string(fixture("oke/cross-tenancy.tenancy.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let endorse = "          - Endorse dynamic-group oke-clusters to use keys in tenancy KmsSide\n";
    std::fs::write(folder.path().join("cross-tenancy.tenancy.yaml"), model.replace(endorse, "")).unwrap();
    let file = folder.path().join("main.scenario.yaml");
    std::fs::copy(fixture("oke/cross-tenancy.scenario.yaml"), &file).unwrap();
    let (exit, story) = story(&file);
    assert_eq!(exit, 1);
    insta::assert_snapshot!(story.replace(folder.path().to_str().unwrap(), "FOLDER"));
}

#[test]
fn programs_read_the_story_as_json() {
    let path = fixture("oke/provider-managed.scenario.yaml");
    let (exit, out, _) = ocipol(&["run", "--format", "json", path.to_str().unwrap()]);
    assert_eq!(exit, 0);
    let story: serde_json::Value = serde_json::from_str(&out).unwrap();
    insta::assert_json_snapshot!(story);
}

#[test]
fn no_story_tells_what_a_secret_holds() {
    let path = fixture("oke/cross-tenancy.scenario.yaml");
    for format in ["human", "json"] {
        let (_, out, err) = ocipol(&["run", "--format", format, path.to_str().unwrap()]);
        assert!(!out.contains("correct horse") && !err.contains("correct horse"), "{out}{err}");
    }
}

#[test]
fn a_store_that_is_named_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kept");
    let path = fixture("oke/provider-managed.scenario.yaml");
    let arguments = ["run", path.to_str().unwrap(), "--store", store.to_str().unwrap()];
    assert_eq!(ocipol(&arguments).0, 0);
    assert!(store.exists());
    // The cluster is there already.
    let (exit, story, _) = ocipol(&arguments);
    assert_eq!(exit, 1);
    assert!(story.contains("ocid1.cluster.oc1.iad.prod exists"), "{story}");
}

#[test]
fn what_is_no_file_is_refused_without_a_story() {
    let folder = tempfile::tempdir().unwrap();
    for (path, said) in [
        (folder.path().to_owned(), "is a folder, not a file"),
        (folder.path().join("nothing.yaml"), "cannot be read"),
    ] {
        let (exit, out, err) = ocipol(&["run", path.to_str().unwrap()]);
        assert_eq!((exit, out.as_str()), (2, ""));
        assert!(err.contains(said), "{err}");
    }
}
