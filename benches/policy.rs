//! Speed of the policy side: reading, binding, deciding, explaining.
//!
//! `cargo bench --bench policy`. Figures of one machine at one time; compare ratios within one run.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a bench that cannot go on has nothing to measure"
)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ocipol::bundle::Bundle;
use ocipol::decide::decide;
use ocipol::explain::explain;
use ocipol::passage::Passage;
use ocipol::program::{Mode, Program};
use ocipol::request::{Action, Ask, Asker, Request};
use ocipol::resolve::resolve;
use ocipol::source::{Source, SourceId, Sources};
use ocipol::tenancy::{self, Tenancies};
use ocipol::{format, lint, parse, read, yaml};

mod synthetic;

fn main() {
    divan::main();
}

fn sources_of(text: &str) -> (Sources, SourceId) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("bench", text).unwrap());
    (sources, id)
}

/// Statements of the corpus beside the checkout; the synthetic ones where it is not there.
fn statements() -> Vec<String> {
    let root = std::env::var_os("OCIPOL_SHARED")
        .map_or_else(|| std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), Into::into);
    let Ok(text) = std::fs::read_to_string(root.join("corpus/statements.jsonl")) else {
        return synthetic::statements(5_000);
    };
    text.lines()
        .filter_map(|line| {
            let json: serde_json::Value = serde_json::from_str(line).ok()?;
            let odd = json.get("observed").is_some();
            json.get("rendered").or_else(|| json.get("text")).filter(|_| !odd)?.as_str().map(str::to_owned)
        })
        .collect()
}

#[divan::bench]
fn parse_corpus(bencher: Bencher<'_, '_>) {
    let statements = statements();
    let bytes: usize = statements.iter().map(String::len).sum();
    let (_, id) = sources_of("");
    bencher.counter(ItemsCount::new(statements.len())).counter(BytesCount::new(bytes)).bench(|| {
        let mut findings = Vec::new();
        for text in &statements {
            black_box(parse::statements(&Passage::verbatim(id, text, 0), &mut findings));
        }
        findings
    });
}

#[divan::bench(args = [1_000, 20_000])]
fn parse_policy_text(bencher: Bencher<'_, '_>, count: usize) {
    let text = synthetic::statements(count).join("\n");
    let (sources, id) = sources_of(&text);
    let source = sources.get(id).unwrap();
    bencher
        .counter(ItemsCount::new(count))
        .counter(BytesCount::new(text.len()))
        .bench(|| parse::policies(source, id));
}

/// Everything `ocipol check` does with a text, from its letters to its findings.
#[divan::bench(args = [335, 5_000])]
fn check_policy_text(bencher: Bencher<'_, '_>, count: usize) {
    let text = synthetic::statements(count).join("\n");
    let (sources, id) = sources_of(&text);
    bencher.counter(ItemsCount::new(count)).counter(BytesCount::new(text.len())).bench(|| {
        let mut bundle = Bundle::new();
        bundle.policy_text(&sources, id);
        let bound = bundle.bind(&sources, None);
        lint::lint(&sources, &bound, lint::Options::default()).findings.len()
    });
}

/// The same with what people really wrote, in policies of a dozen statements.
#[divan::bench]
fn check_corpus(bencher: Bencher<'_, '_>) {
    let statements = statements();
    let policies = statements.chunks(12).enumerate();
    let text: String =
        policies.map(|(number, policy)| format!("# policy: p{number}\n{}\n", policy.join("\n"))).collect();
    let (sources, id) = sources_of(&text);
    bencher.counter(ItemsCount::new(statements.len())).counter(BytesCount::new(text.len())).bench(|| {
        let mut bundle = Bundle::new();
        bundle.policy_text(&sources, id);
        let bound = bundle.bind(&sources, None);
        lint::lint(&sources, &bound, lint::Options::default()).findings.len()
    });
}

#[divan::bench(args = [5_000])]
fn format_policy_text(bencher: Bencher<'_, '_>, count: usize) {
    let text = synthetic::statements(count).join("\n");
    let (sources, id) = sources_of(&text);
    let source = sources.get(id).unwrap();
    bencher
        .counter(ItemsCount::new(count))
        .counter(BytesCount::new(text.len()))
        .bench(|| format::policy_text(source, id).map(|formatted| formatted.text.len()));
}

fn model(count: usize) -> Tenancies {
    let text = synthetic::tenancy(count);
    let (mut sources, id) = sources_of(&text);
    let (documents, _) = yaml::read(sources.get(id).unwrap(), id);
    let nodes = documents[0].get("tenancies").and_then(|node| node.items()).unwrap();
    let mut findings = Vec::new();
    let model = tenancy::read(&mut sources, id, nodes, &mut |_, _| Err(String::new()), &mut findings);
    assert!(findings.is_empty(), "{findings:?}");
    model
}

#[divan::bench(args = [335, 5_000, 100_000], sample_count = 10)]
fn bind(bencher: Bencher<'_, '_>, count: usize) {
    let model = model(count);
    bencher.counter(ItemsCount::new(count)).bench(|| resolve(&model, Mode::default()));
}

fn requests(program: &Program, count: usize) -> Vec<Request> {
    synthetic::requests(count, 2_000)
        .into_iter()
        .map(|asked| {
            let mut ask = Ask::new(
                Asker::Named(asked.user),
                Action::Permissions(vec![asked.permission.to_owned()]),
                asked.compartment,
            );
            ask.region = Some(asked.region.to_owned());
            ask.prepare(program).unwrap()
        })
        .collect()
}

#[divan::bench(args = [100, 335, 1_000, 5_000, 20_000, 100_000])]
fn decide_one(bencher: Bencher<'_, '_>, count: usize) {
    let (program, findings) = resolve(&model(count), Mode::default());
    assert!(findings.is_empty(), "{findings:?}");
    let requests = requests(&program, count);
    let allowed = requests.iter().filter(|request| decide(&program, request).verdict.is_allow()).count();
    eprintln!("{count} statements: {allowed} of {} requests are allowed", requests.len());
    bencher.counter(ItemsCount::new(requests.len())).bench(|| {
        for request in &requests {
            black_box(decide(&program, request));
        }
    });
}

#[divan::bench(args = [335])]
fn decide_and_explain_one(bencher: Bencher<'_, '_>, count: usize) {
    let (program, _) = resolve(&model(count), Mode::default());
    let requests = requests(&program, count);
    bencher.counter(ItemsCount::new(requests.len())).bench(|| {
        for request in &requests {
            let decision = decide(&program, request);
            black_box(explain(&program, request, &decision));
        }
    });
}

/// A module of Terraform with statements in lists of locals.
#[divan::bench(args = [335, 5_000])]
fn read_terraform(bencher: Bencher<'_, '_>, count: usize) {
    let mut text = String::from("locals {\n  statements = [\n");
    for statement in synthetic::statements(count) {
        text.push_str(&format!("    {statement:?},\n"));
    }
    text.push_str("  ]\n}\nresource \"oci_identity_policy\" \"all\" {\n  statements = local.statements\n}\n");
    let (sources, id) = sources_of(&text);
    let source = sources.get(id).unwrap();
    assert_eq!(read::terraform(&[(id, source)]).policies[0].items.len(), count);
    bencher
        .counter(ItemsCount::new(count))
        .counter(BytesCount::new(text.len()))
        .bench(|| read::terraform(&[(id, source)]));
}

/// A repository: policies of a dozen statements, each in a file of its own.
#[cfg(feature = "cli")]
fn repository(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, statements) in synthetic::statements(count).chunks(12).enumerate() {
        std::fs::write(folder.path().join(format!("{number}.policy")), statements.join("\n")).unwrap();
    }
    folder
}

/// The whole of `ocipol check` on a repository, from the start of the process to its end.
#[cfg(feature = "cli")]
#[divan::bench(args = [335])]
fn check_process(bencher: Bencher<'_, '_>, count: usize) {
    let folder = repository(count);
    bencher.counter(ItemsCount::new(count)).bench(|| {
        let program = env!("CARGO_BIN_EXE_ocipol");
        std::process::Command::new(program).arg("check").arg(folder.path()).output().unwrap()
    });
}

/// A repository walked, read, bound and checked by every lint, inside this process.
#[cfg(feature = "cli")]
#[divan::bench(args = [335, 5_000])]
fn check_folder(bencher: Bencher<'_, '_>, count: usize) {
    use ocipol::cli::{self, Exit, Output};
    let folder = repository(count);
    let path = folder.path().to_str().unwrap();
    bencher.counter(ItemsCount::new(count)).bench(|| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output =
            Output { out: &mut out, err: &mut err, colour: false, notes_colour: false, width: 110 };
        let arguments = ["ocipol", "check", path].map(Into::into);
        assert_ne!(cli::run(arguments, &mut output), Exit::Usage);
        out
    });
}
