//! Tenancy models from YAML. Every mistake is reported at its place; what stands beside it is read all the same.

mod compartments;
mod policies;
mod principals;
mod resources;

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Aspect, CompartmentId, DEFAULT_DOMAIN, ResourceId, Tenancies, TenancyId, UserId};
use crate::caseless;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Place, SourceId, Sources, Span, Spanned};
use crate::suggest;
use crate::yaml::{Fields, Node};
use compartments::skeleton;

/// Something is named that the model does not have.
pub const DANGLING: Code = Code::new("tenancy/dangling-reference");
/// Two things of one kind have the same name or OCID.
pub const DUPLICATE: Code = Code::new("tenancy/duplicate");
/// A file the model names cannot be read.
pub const UNREADABLE: Code = Code::new("file/unreadable");

/// Opens a file that a model names, relative to the model: adds it to the sources, or says why it cannot.
pub type Open<'o> = dyn FnMut(&mut Sources, &str) -> Result<SourceId, String> + 'o;

/// Reads a mapping with a `tenancies` list into a model.
///
/// The node may be a whole file or a part of one; keys other than `tenancies` are the caller's business.
/// Files that policies name are opened through `open`. The findings are appended in no particular order.
pub fn read(
    sources: &mut Sources,
    id: SourceId,
    tenancies: &[Node],
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Tenancies {
    let mut model = Tenancies::default();
    // Two passes: resources and members may be named before the things they name.
    let mut pending = Vec::new();
    for node in tenancies {
        if let Some(tenancy) = skeleton(&mut model, id, node, findings) {
            pending.push((tenancy, node));
        }
    }
    let mut names = Names::default();
    for &(tenancy, node) in &pending {
        Reader { model: &mut model, id, tenancy, findings, names: &mut names }.contents(sources, node, open);
    }
    for &(tenancy, node) in &pending {
        Reader { model: &mut model, id, tenancy, findings, names: &mut names }.parents(node);
    }
    model
}

/// Reads what stands behind a `tenancies` key: the list itself, or the path of a file that holds one.
pub fn read_at(
    sources: &mut Sources,
    id: SourceId,
    node: &Node,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Tenancies {
    if let Some(items) = node.items() {
        return read(sources, id, items, open, findings);
    }
    let place = Place { source: id, span: node.span };
    let Some(path) = node.text() else {
        findings.push(
            Diagnostic::error(
                crate::yaml::WRONG_VALUE,
                place,
                format!("`tenancies` is a list or a path, found {}", node.kind()),
            )
            .with_help("write the path of a tenancy model beside this file"),
        );
        return Tenancies::default();
    };
    match open(sources, path) {
        Ok(file) => {
            // What the model names lies beside the model, not beside the file that names the model.
            let folder = Path::new(path).parent().map(Path::to_owned).unwrap_or_default();
            let mut open =
                |sources: &mut Sources, name: &str| open(sources, &folder.join(name).to_string_lossy());
            read_file(sources, file, &mut open, findings)
        }
        Err(why) => {
            findings.push(
                Diagnostic::error(UNREADABLE, place, format!("`{path}` cannot be read: {why}"))
                    .with_help("check the path, which is relative to this file"),
            );
            Tenancies::default()
        }
    }
}

/// Reads a whole file that is a tenancy model: a mapping with `tenancies` alone.
pub fn read_file(
    sources: &mut Sources,
    id: SourceId,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Tenancies {
    let help = "write `tenancies:` with a list of tenancies";
    let Some(document) = crate::yaml::only(sources, id, "a tenancy model", help, findings) else {
        return Tenancies::default();
    };
    let Some(mut fields) = Fields::of(id, &document, "a tenancy model", findings) else {
        return Tenancies::default();
    };
    fields.required("tenancies");
    let tenancies = fields.list("tenancies");
    fields.finish();
    read(sources, id, tenancies, open, findings)
}

/// Reads a list of policies into a model: the entries of a tenancy's `policies`, each with the tenancy it belongs to.
///
/// `tenancy: NAME` may be left out where the model has one tenancy only. The findings are appended in no particular
/// order.
pub fn read_policies(
    sources: &mut Sources,
    id: SourceId,
    model: &mut Tenancies,
    policies: &[Node],
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    for node in policies {
        let named = node.get("tenancy");
        let tenancy = match named.and_then(Node::text) {
            Some(name) => model.find_tenancy(name),
            None if model.tenancies.len() == 1 => Some(TenancyId(0)),
            None => None,
        };
        let Some(tenancy) = tenancy else {
            let place = Place { source: id, span: named.map_or(node.span, |named| named.span) };
            findings.push(
                Diagnostic::error(DANGLING, place, "the policy names no tenancy of the model")
                    .with_help("write `tenancy: NAME`"),
            );
            continue;
        };
        Reader { model, id, tenancy, findings, names: &mut Names::default() }
            .policy(sources, node, open, true);
    }
}

struct Reader<'r> {
    model: &'r mut Tenancies,
    id: SourceId,
    tenancy: TenancyId,
    findings: &'r mut Vec<Diagnostic>,
    names: &'r mut Names,
}

/// What was read so far by folded name or OCID, so that a large model is read in linear time. Of several things with
/// one name the first counts.
#[derive(Default)]
struct Names {
    users: FxHashMap<(TenancyId, String), UserId>,
    groups: FxHashSet<(TenancyId, String, String)>,
    resource_ids: FxHashMap<String, ResourceId>,
    resource_names: FxHashMap<String, ResourceId>,
    /// For suggestions.
    patience: suggest::Patience,
}

impl Names {
    fn resource(&self, name: &str) -> Option<ResourceId> {
        let name = caseless::fold(name);
        self.resource_ids.get(&name).or_else(|| self.resource_names.get(&name)).copied()
    }
}

impl Reader<'_> {
    fn contents(&mut self, sources: &mut Sources, node: &Node, open: &mut Open<'_>) {
        let Some(mut fields) = Fields::of(self.id, node, "a tenancy", self.findings) else {
            return;
        };
        // Read with the skeleton.
        for key in ["name", "id", "tags", "compartments"] {
            fields.node(key);
        }
        let home_region = fields.text("home-region").map(|key| key.node);
        let regions = fields.node("regions").is_some().then(|| fields.texts("regions"));
        let deny =
            fields.choice("deny-policies", &[("enabled", true), ("disabled", false)]).unwrap_or_default();
        let domains = fields.texts("domains");
        let tag_keys = fields.node("tag-keys").is_some().then(|| fields.texts("tag-keys"));
        let not_known = fields.texts("not-known");
        let not_known =
            not_known.iter().filter_map(|word| fields.choice_of("not-known", word, &Aspect::ALL)).collect();
        let lists = ["users", "groups", "dynamic-groups", "network-sources", "resources", "policies"]
            .map(|key| (key, fields.list(key)));
        fields.finish();
        if let Some(tenancy) = self.model.tenancies.get_mut(self.tenancy.index()) {
            tenancy.home_region = home_region;
            tenancy.regions = regions.map(plain);
            tenancy.deny_policies = deny;
            tenancy.domains = plain(domains);
            tenancy.tag_keys = tag_keys.map(plain);
            tenancy.not_known = not_known;
        }
        for (key, items) in lists {
            for item in items {
                match key {
                    "users" => self.user(item),
                    "groups" => self.group(item),
                    "dynamic-groups" => self.dynamic_group(sources, item),
                    "network-sources" => self.network_source(item),
                    "resources" => self.resource(item),
                    _ => self.policy(sources, item, open, false),
                }
            }
        }
    }

    /// A compartment of this tenancy, named by path or OCID; the root where nothing is named.
    fn compartment(&mut self, name: Option<&Spanned<String>>) -> Option<CompartmentId> {
        let root = self.model.tenancy(self.tenancy)?.root;
        let Some(name) = name else { return Some(root) };
        let path: Vec<&str> = name.node.split(':').map(str::trim).collect();
        let found = if name.node.starts_with("ocid1.") {
            // An OCID is found wherever it stands. A policy that grants in another tenancy, or a resource that lies in
            // one, would do so without that tenancy's word.
            let own = |id: &CompartmentId| {
                self.model.compartment(*id).is_some_and(|compartment| compartment.tenancy == self.tenancy)
            };
            self.model.find_compartment(&name.node).filter(own)
        } else {
            self.model.compartment_at(self.tenancy, &path)
        };
        if found.is_none() {
            let patient = self.names.patience.lasts_for(self.model.compartments.len());
            let own = self.model.compartments().filter(|(_, other)| patient && other.tenancy == self.tenancy);
            let paths: Vec<String> = own.map(|(id, _)| self.model.path(id)).collect();
            let help = suggest::did_you_mean(&name.node, paths.iter().map(String::as_str)).map_or_else(
                || "write the path from below the root: `apps:web`; leave it out for the root".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            self.report(DANGLING, name.span, format!("no compartment `{}` in this tenancy", name.node), help);
        }
        found
    }

    fn domain(&mut self, name: Option<Spanned<String>>) -> String {
        let Some(name) = name else {
            return DEFAULT_DOMAIN.to_owned();
        };
        let known = self.model.tenancy(self.tenancy).is_some_and(|tenancy| {
            caseless::equal(&name.node, DEFAULT_DOMAIN)
                || tenancy.domains.iter().any(|domain| caseless::equal(domain, &name.node))
        });
        if !known {
            self.report(
                DANGLING,
                name.span,
                format!("no identity domain `{}` in this tenancy", name.node),
                "add it to `domains`",
            );
        }
        name.node
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let place = Place { source: self.id, span };
        self.findings.push(Diagnostic::error(code, place, message).with_help(help));
    }
}

fn plain(texts: Vec<Spanned<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.node).collect()
}
