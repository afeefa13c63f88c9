//! Intents become policies that do what is asked, and nothing beyond.

mod command;
mod formats;
mod gallery;
mod proof;
mod refusals;
mod world;

use std::path::{Path, PathBuf};

use ocipol::diagnostic::{Diagnostic, Rendered};
use ocipol::files;
use ocipol::generate::{self, Generated, Intents};
use ocipol::source::{Source, Sources};

/// Every intent file among the fixtures, by name.
fn fixtures() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/generate");
    let mut found: Vec<(String, PathBuf)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(".intent.yaml")?.to_owned();
            Some((name, path))
        })
        .collect();
    found.sort();
    assert!(found.len() >= 18, "the fixtures are gone");
    found
}

/// Reads and generates a fixture, which must go well.
fn generated(path: &Path) -> (Sources, Intents, Generated) {
    let mut sources = Sources::new();
    let id = files::open(&mut sources, path).unwrap();
    let (intents, findings) = generate::read(&mut sources, id, &mut files::beside(path));
    assert_eq!(findings, [], "{}", path.display());
    let generated = generate::generate(&intents).unwrap_or_else(|refused| {
        let why = rendered(&sources, &refused);
        unreachable!("{} is refused:\n{why}", path.display())
    });
    (sources, intents, generated)
}

/// Reads and generates a text; the findings are those of either step.
fn attempt(text: &str) -> (Sources, Result<Generated, Vec<Diagnostic>>) {
    let mut sources = Sources::new();
    let id = sources.add(Source::new("test.intent.yaml", text).unwrap());
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/generate/test.intent.yaml");
    let (intents, findings) = generate::read(&mut sources, id, &mut files::beside(&fixtures));
    if !findings.is_empty() {
        return (sources, Err(findings));
    }
    let generated = generate::generate(&intents);
    (sources, generated)
}

/// Findings under the lines they point at.
fn rendered(sources: &Sources, findings: &[Diagnostic]) -> String {
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none()).with_width(110);
    let mut out = String::new();
    for finding in findings {
        handler.render_report(&mut out, &Rendered::new(sources, finding)).unwrap();
    }
    out
}
