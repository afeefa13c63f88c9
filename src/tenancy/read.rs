//! Tenancy models from YAML. Every mistake is reported at its place; what stands beside it is read all the same.

use std::collections::BTreeSet;
use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Aspect, AttachedPolicy, Compartment, CompartmentId, DEFAULT_DOMAIN, DynamicGroup, Group, NetworkSource,
    Range, Resource, ResourceId, Tags, Tenancies, Tenancy, TenancyId, User, UserId,
};
use crate::caseless;
use crate::diagnostic::{Code, Diagnostic};
use crate::parse;
use crate::source::{Place, SourceId, Sources, Span, Spanned};
use crate::suggest;
use crate::syntax::{Item, Policy};
use crate::yaml::{Fields, Node};

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

/// The tenancy itself and its compartments, which everything else stands in.
fn skeleton(
    model: &mut Tenancies,
    id: SourceId,
    node: &Node,
    findings: &mut Vec<Diagnostic>,
) -> Option<TenancyId> {
    let tenancy = TenancyId::at(model.tenancies.len());
    let root = CompartmentId::at(model.compartments.len());
    let mut fields = Fields::of(id, node, "a tenancy", findings)?;
    let name = fields.required_text("name")?;
    let ocid = fields.required_ocid("id").map(|ocid| ocid.node);
    if let Some(other) = model.tenancies.iter().find(|other| other.id.is_some() && other.id == ocid) {
        let message = format!("`{}` has the OCID of `{}`", name.node, other.name);
        fields.report(DUPLICATE, name.span, message, "every tenancy has an OCID of its own");
    }
    model.tenancies.push(Tenancy {
        id: ocid.clone(),
        name: name.node.clone(),
        home_region: None,
        regions: None,
        deny_policies: false,
        root,
        domains: Vec::new(),
        tag_keys: None,
        not_known: BTreeSet::new(),
        place: Some(Place { source: id, span: name.span }),
    });
    let tags = tags(&mut fields, "tags");
    model.compartments.push(Compartment {
        id: ocid,
        name: name.node,
        tenancy,
        parent: None,
        tags,
        known: true,
    });
    let children = fields.list("compartments");
    for child in children {
        compartment(model, id, child, tenancy, root, findings);
    }
    Some(tenancy)
}

fn compartment(
    model: &mut Tenancies,
    id: SourceId,
    node: &Node,
    tenancy: TenancyId,
    parent: CompartmentId,
    findings: &mut Vec<Diagnostic>,
) {
    let Some(mut fields) = Fields::of(id, node, "a compartment", findings) else {
        return;
    };
    let own = CompartmentId::at(model.compartments.len());
    let name = fields.required_text("name");
    let ocid = fields.required_ocid("id");
    let tags = tags(&mut fields, "tags");
    let children = fields.list("compartments");
    if let Some(name) = name {
        if model.child(parent, &name.node).is_some() {
            let message = format!("`{}` stands twice in the same compartment", name.node);
            fields.report(DUPLICATE, name.span, message, "give siblings different names");
        }
        if let Some(ocid) = &ocid
            && let Some(other) = model.find_compartment(ocid.node.as_str())
        {
            let message = format!("this is already the OCID of `{}`", model.path(other));
            fields.report(DUPLICATE, ocid.span, message, "every compartment has an OCID of its own");
        }
        let ocid = ocid.map(|ocid| ocid.node);
        model.compartments.push(Compartment {
            id: ocid,
            name: name.node,
            tenancy,
            parent: Some(parent),
            tags,
            known: true,
        });
    }
    fields.finish();
    if model.compartments.len() > own.index() {
        for child in children {
            compartment(model, id, child, tenancy, own, findings);
        }
    }
}

/// `tags: {NAMESPACE.KEY: VALUE}`
fn tags(fields: &mut Fields<'_, '_>, key: &'static str) -> Tags {
    let entries = fields.text_map(key);
    for (name, _) in entries.iter().filter(|(name, _)| name.node.split('.').count() != 2) {
        let message = format!("`{}` is no defined tag", name.node);
        fields.wrong(
            name.span,
            message,
            "write `NAMESPACE.KEY: VALUE`; only defined tags take part in policy",
        );
    }
    entries.into_iter().map(|(name, value)| (name.node, value.node)).collect()
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

    fn user(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a user", self.findings) else {
            return;
        };
        let (name, id) = (fields.required_text("name"), fields.required_ocid("id"));
        let domain = fields.text("domain");
        fields.finish();
        let domain = self.domain(domain);
        if let (Some(name), Some(id)) = (name, id) {
            let user = UserId::at(self.model.users.len());
            for name in [&name.node, id.node.as_str()] {
                self.names.users.entry((self.tenancy, caseless::fold(name))).or_insert(user);
            }
            self.model.users.push(User { id: id.node, name: name.node, tenancy: self.tenancy, domain });
        }
    }

    fn group(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a group", self.findings) else {
            return;
        };
        let (name, id) = (fields.required_text("name"), fields.required_ocid("id"));
        let domain = fields.text("domain");
        let members = fields.texts("members");
        let tags = tags(&mut fields, "tags");
        let default_administrators = fields.flag("default-administrators").unwrap_or_default();
        fields.finish();
        let domain = self.domain(domain);
        let (Some(name), Some(id)) = (name, id) else {
            return;
        };
        let tenancy = self.tenancy;
        if !self.names.groups.insert((tenancy, caseless::fold(&domain), caseless::fold(&name.node))) {
            self.report(
                DUPLICATE,
                name.span,
                format!("there is another group `{}`", name.node),
                "names are unique in a domain",
            );
        }
        let members = members.iter().filter_map(|member| self.member(member)).collect();
        self.model.groups.push(Group {
            id: Some(id.node),
            name: Some(name.node),
            tenancy,
            domain,
            members,
            tags,
            default_administrators,
            known: true,
        });
    }

    fn member(&mut self, name: &Spanned<String>) -> Option<UserId> {
        if let Some(&id) = self.names.users.get(&(self.tenancy, caseless::fold(&name.node))) {
            return Some(id);
        }
        let names: Vec<&str> = self.model.users.iter().map(|user| user.name.as_str()).collect();
        let help = suggest::did_you_mean(&name.node, names)
            .map_or_else(|| "add the user to `users`".to_owned(), |near| format!("did you mean `{near}`?"));
        self.report(DANGLING, name.span, format!("no user `{}` in this tenancy", name.node), help);
        None
    }

    fn dynamic_group(&mut self, sources: &Sources, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a dynamic group", self.findings) else {
            return;
        };
        let (name, id) = (fields.required_text("name"), fields.required_ocid("id"));
        let domain = fields.text("domain");
        let rule = fields.required("matching-rule");
        let tags = tags(&mut fields, "tags");
        fields.finish();
        let domain = self.domain(domain);
        let read = rule.and_then(|rule| {
            let passage = rule.passage(sources.get(self.id)?, self.id)?;
            Some(parse::matching_rule(&passage, self.findings))
        });
        let (Some(name), Some(id)) = (name, id) else {
            return;
        };
        self.model.dynamic_groups.push(DynamicGroup {
            id: Some(id.node),
            name: Some(name.node),
            tenancy: self.tenancy,
            domain,
            rule: read,
            tags,
            known: true,
            place: rule.map(|rule| Place { source: self.id, span: rule.span }),
        });
    }

    fn network_source(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a network source", self.findings) else {
            return;
        };
        let name = fields.required_text("name");
        let public = fields.texts("public");
        let private = fields.list("private");
        let mut ranges = |texts: Vec<Spanned<String>>| -> Vec<Range> {
            let read = |text: &Spanned<String>| {
                let range = Range::parse(&text.node);
                if range.is_none() {
                    fields.wrong(
                        text.span,
                        format!("`{}` is no range of addresses", text.node),
                        "write `192.0.2.0/24`",
                    );
                }
                range
            };
            texts.iter().filter_map(read).collect()
        };
        let public = ranges(public);
        fields.finish();
        let mut both = Vec::new();
        for node in private {
            let Some(mut fields) = Fields::of(self.id, node, "a private range", self.findings) else {
                continue;
            };
            let vcn = fields.required_ocid("vcn");
            for text in fields.texts("ranges") {
                match (Range::parse(&text.node), &vcn) {
                    (Some(range), Some(vcn)) => both.push((vcn.node.to_string(), range)),
                    (None, _) => {
                        fields.wrong(
                            text.span,
                            format!("`{}` is no range of addresses", text.node),
                            "write `10.0.0.0/16`",
                        );
                    }
                    (Some(_), None) => {}
                }
            }
            fields.finish();
        }
        if let Some(name) = name {
            self.model.network_sources.push(NetworkSource {
                name: name.node,
                tenancy: self.tenancy,
                public,
                private: both,
            });
        }
    }

    fn resource(&mut self, node: &Node) {
        let Some(mut fields) = Fields::of(self.id, node, "a resource", self.findings) else {
            return;
        };
        let id = fields.required_ocid("id");
        let name = fields.text("name").map(|name| name.node);
        let kind = fields.text("type").map(|kind| kind.node);
        let compartment = fields.text("compartment");
        // Read when every resource is known.
        fields.node("parent");
        let tags = tags(&mut fields, "tags");
        let variables = fields.text_map("variables");
        fields.finish();
        let Some(compartment) = self.compartment(compartment.as_ref()) else {
            return;
        };
        let Some(id) = id else { return };
        let resource = ResourceId::at(self.model.resources.len());
        let folded = caseless::fold(id.node.as_str());
        let other = *self.names.resource_ids.entry(folded).or_insert(resource);
        if let Some(name) = &name {
            self.names.resource_names.entry(caseless::fold(name)).or_insert(resource);
        }
        if other != resource {
            self.report(
                DUPLICATE,
                id.span,
                "another resource has this OCID",
                "every resource has an OCID of its own",
            );
        }
        self.model.resources.push(Resource {
            kind: kind.unwrap_or_else(|| id.node.resource_kind().to_owned()),
            id: id.node,
            name,
            compartment,
            parent: None,
            tags,
            variables: variables.into_iter().map(|(name, value)| (name.node, value.node)).collect(),
        });
    }

    /// Links resources to the resources they belong to.
    fn parents(&mut self, node: &Node) {
        let resources = node.get("resources").and_then(Node::items).unwrap_or_default();
        for resource in resources {
            let (Some(id), Some(parent)) = (resource.get("id").and_then(Node::text), resource.get("parent"))
            else {
                continue;
            };
            let own = self.names.resource(id);
            let Some(name) = parent.text() else { continue };
            let found: Option<ResourceId> = self.names.resource(name);
            if found.is_none() || found == own {
                let message = format!("no resource `{name}` this one could belong to");
                self.report(
                    DANGLING,
                    parent.span,
                    message,
                    "name another resource of the model, by OCID or name",
                );
                continue;
            }
            if let Some(own) = own.and_then(|own| self.model.resources.get_mut(own.index())) {
                own.parent = found;
            }
        }
    }

    fn policy(&mut self, sources: &mut Sources, node: &Node, open: &mut Open<'_>, names_tenancy: bool) {
        let Some(mut fields) = Fields::of(self.id, node, "a policy", self.findings) else {
            return;
        };
        if names_tenancy {
            fields.node("tenancy");
        }
        let name = fields.text("name");
        let id = fields.ocid("id").map(|id| id.node);
        let attach = fields.text("attach");
        let file = fields.text("file");
        let statements = fields.list("statements");
        if file.is_none() && fields.node("statements").is_none() {
            let span = fields.span();
            fields.wrong(
                span,
                "a policy needs `statements` or `file`",
                "add `statements:` with one text a statement",
            );
        }
        fields.finish();
        let attachment = self.compartment(attach.as_ref());
        if let Some(file) = &file {
            self.policy_file(sources, file, name.as_ref(), attachment, open);
        }
        let Some(attachment) = attachment else { return };
        if statements.is_empty() {
            return;
        }
        let mut items: Vec<Item> = Vec::new();
        for statement in statements {
            let passage = sources.get(self.id).and_then(|source| statement.passage(source, self.id));
            match passage {
                Some(passage) => items.extend(parse::statements(&passage, self.findings)),
                None => {
                    let message = format!("a statement is a text, found {}", statement.kind());
                    self.report(
                        crate::yaml::WRONG_VALUE,
                        statement.span,
                        message,
                        "put the statement in quotes",
                    );
                }
            }
        }
        let policy = Policy { source: self.id, name: name.clone(), attachment: None, items };
        let name = name.map_or_else(|| "policy".to_owned(), |name| name.node);
        self.model.policies.push(AttachedPolicy { name, id, attachment, policy });
    }

    fn policy_file(
        &mut self,
        sources: &mut Sources,
        file: &Spanned<String>,
        name: Option<&Spanned<String>>,
        attachment: Option<CompartmentId>,
        open: &mut Open<'_>,
    ) {
        let id = match open(sources, &file.node) {
            Ok(id) => id,
            Err(why) => {
                self.report(
                    UNREADABLE,
                    file.span,
                    format!("`{}` cannot be read: {why}", file.node),
                    "check the path, which is relative to this file",
                );
                return;
            }
        };
        let Some(source) = sources.get(id) else { return };
        let (policies, findings) = parse::policies(source, id);
        self.findings.extend(findings);
        for policy in policies {
            let place = match &policy.attachment {
                None => attachment,
                Some(written) => super::place(self.model, &written.node).or_else(|| {
                    let place = Place { source: id, span: written.span };
                    self.findings.push(
                        Diagnostic::error(
                            DANGLING,
                            place,
                            "the policy is attached to a compartment the model does not have",
                        )
                        .with_help("check the names against the tenancy model"),
                    );
                    None
                }),
            };
            let Some(attachment) = place else { continue };
            let name =
                policy.name.as_ref().or(name).map_or_else(|| file.node.clone(), |name| name.node.clone());
            self.model.policies.push(AttachedPolicy { name, id: None, attachment, policy });
        }
    }

    /// A compartment of this tenancy, named by path or OCID; the root where nothing is named.
    fn compartment(&mut self, name: Option<&Spanned<String>>) -> Option<CompartmentId> {
        let root = self.model.tenancy(self.tenancy)?.root;
        let Some(name) = name else { return Some(root) };
        let path: Vec<&str> = name.node.split(':').map(str::trim).collect();
        let found = if name.node.starts_with("ocid1.") {
            self.model.find_compartment(&name.node)
        } else {
            self.model.compartment_at(self.tenancy, &path)
        };
        if found.is_none() {
            let paths: Vec<String> = self.model.compartments().map(|(id, _)| self.model.path(id)).collect();
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
