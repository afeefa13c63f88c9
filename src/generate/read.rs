//! Intent files from YAML. Every mistake is reported at its place; what stands beside it is read all the same.

mod intent;

use std::path::Path;

use super::codes;
use super::intent::{Intent, Intents};
use crate::caseless;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::source::{Place, SourceId, Sources, Span};
use crate::tenancy::{self, Open, Tenancies};
use crate::yaml::{self, Fields, Node, Value};
use intent::{Reader, STYLES};

/// Reads an intent file.
///
/// The file is a mapping: `tenancies` (a tenancy model, as a list or as the path of a file), `prefer`, and `intents`. A
/// model that is named is opened through `open`. The findings are sorted by position; where one is an error, what was
/// read may be incomplete and [`generate`](super::generate) is not to be called.
///
/// # Example
/// ```
/// use ocipol::source::{Source, Sources};
/// let yaml = "
/// intents:
///   - name: log readers
///     who: {group: Auditors}
///     may: [ListObjects, GetObject]
///     on: {tenancy: ocid1.tenancy.oc1..fjord, compartment: logs}
/// ";
/// let mut sources = Sources::new();
/// let id = sources.add(Source::new("logs.intent.yaml", yaml)?);
/// let (intents, findings) = ocipol::generate::read(&mut sources, id, &mut |_, _| Err("no files".to_owned()));
/// assert!(findings.is_empty());
/// assert_eq!(intents.intents[0].name.node, "log readers");
/// # Ok::<(), ocipol::source::TooLong>(())
/// ```
pub fn read(sources: &mut Sources, id: SourceId, open: &mut Open<'_>) -> (Intents, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut intents = Intents { source: id, tenancies: Tenancies::default(), intents: Vec::new() };
    let help = "write `intents:` with a list of intents";
    if let Some(document) = yaml::only(sources, id, "an intent file", help, &mut findings) {
        file(sources, id, &document, open, &mut findings, &mut intents);
    }
    diagnostic::sort(&mut findings);
    (intents, findings)
}

fn file(
    sources: &mut Sources,
    id: SourceId,
    document: &Node,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
    intents: &mut Intents,
) {
    let Some(mut fields) = Fields::of(id, document, "an intent file", findings) else { return };
    let tenancies = fields.node("tenancies");
    let prefer = fields.choice("prefer", &STYLES).unwrap_or_default();
    let nodes = match fields.required("intents") {
        Some(_) => fields.list("intents"),
        None => &[],
    };
    fields.finish();
    if let Some(node) = tenancies {
        intents.tenancies = model(sources, id, node, open, findings);
    }
    for node in nodes {
        let read = Reader { sources, id, findings }.intent(node, prefer);
        let Some(intent) = read else { continue };
        let same = |other: &&Intent| caseless::equal(&other.name.node, &intent.name.node);
        if let Some(first) = intents.intents.iter().find(same) {
            let place = |span| Place { source: id, span };
            let message = format!("another intent is called `{}`", intent.name.node);
            findings.push(
                Diagnostic::error(codes::DUPLICATE, place(intent.name.span), message)
                    .with_label(place(first.name.span), "the first one")
                    .with_help("give every intent a name of its own"),
            );
        }
        intents.intents.push(intent);
    }
}

/// The tenancy model of an intent file: a list, or the path of a model file.
fn model(
    sources: &mut Sources,
    id: SourceId,
    node: &Node,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Tenancies {
    let mut found = Vec::new();
    let model = match &node.value {
        Value::List(items) => tenancy::read(sources, id, items, open, &mut found),
        Value::Scalar { text, .. } => model_file(sources, id, node.span, text, open, &mut found),
        Value::Map(_) | Value::Null => {
            let place = Place { source: id, span: node.span };
            found.push(
                Diagnostic::error(yaml::WRONG_VALUE, place, "`tenancies` is a list, or the path of a file")
                    .with_help("write `- name: …` lines, or the path of a tenancy model"),
            );
            Tenancies::default()
        }
    };
    // Statements of the model that cannot be read are not what is asked about.
    found.retain(|finding| finding.severity == Severity::Error && finding.code.area() != "syntax");
    findings.extend(found);
    model
}

fn model_file(
    sources: &mut Sources,
    id: SourceId,
    span: Span,
    path: &str,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Tenancies {
    let own = Place { source: id, span };
    let model = match open(sources, path) {
        Ok(model) => model,
        Err(why) => {
            findings.push(
                Diagnostic::error(codes::UNREADABLE, own, format!("`{path}` cannot be read: {why}"))
                    .with_help("check the path, which is relative to this file"),
            );
            return Tenancies::default();
        }
    };
    let Some(source) = sources.get(model) else { return Tenancies::default() };
    let (documents, mistakes) = yaml::read(source, model);
    findings.extend(mistakes);
    let Some(document) = documents.first() else {
        findings.push(
            Diagnostic::error(codes::UNREADABLE, own, format!("`{path}` has no tenancy model in it"))
                .with_help("name a file with `tenancies:`"),
        );
        return Tenancies::default();
    };
    let Some(mut fields) = Fields::of(model, document, "a tenancy model", findings) else {
        return Tenancies::default();
    };
    let nodes = match fields.required("tenancies") {
        Some(_) => fields.list("tenancies"),
        None => &[],
    };
    // Files that the model names lie beside the model.
    let folder = Path::new(path).parent().map(Path::to_owned).unwrap_or_default();
    let mut beside =
        |sources: &mut Sources, name: &str| open(sources, &folder.join(name).display().to_string());
    tenancy::read(sources, model, nodes, &mut beside, findings)
}
