//! Everything a check reads, brought together: policies and matching rules from files, and the tenancies they speak of.
//!
//! ```text
//! files ──read──▶ Contents ──▶ Bundle ──bind──▶ Bound: one World for the loose policies,
//!                                              ▲           one for each tenancy model among the files
//!                              a tenancy model, or nothing
//! ```
//!
//! Without a tenancy model the world is *open*: the tenancies that `# attach:` lines name exist, and nothing is known of
//! them, so that every group and compartment a statement names may be there. Policies without such a line share one
//! tenancy without a name.

mod open_world;

pub use crate::read::{Rule, Trust};

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::host::Hosts;
use crate::program::{Mode, Program};
use crate::read::{self, Contents, Format};
use crate::resolve::resolve;
use crate::source::{Place, SourceId, Sources, Span};
use crate::syntax::{Item, Policy};
use crate::tenancy::{self, AttachedPolicy, CompartmentId, Tenancies};

/// A policy says nowhere to which of several tenancies it belongs.
pub const UNATTACHED: Code = Code::new("tenancy/unattached-policy");

/// Policies, matching rules and tenancy models as read from files. Nothing is attached or bound yet.
#[derive(Debug, Default)]
pub struct Bundle {
    policies: Vec<Policy>,
    rules: Vec<Rule>,
    models: Vec<Tenancies>,
    hosts: Hosts,
    findings: Vec<Diagnostic>,
}

/// A model with its policies, and what they mean in it.
#[derive(Debug)]
pub struct World {
    /// The tenancies, with every policy attached.
    pub model: Tenancies,
    /// The policies bound.
    pub program: Program,
}

/// A bundle whose policies are attached and bound.
#[derive(Debug)]
pub struct Bound {
    /// The world of the loose policies first, then one for each tenancy model among the files.
    pub worlds: Vec<World>,
    /// Policies that could not be attached.
    pub loose: Vec<Policy>,
    /// The matching rules, those of tenancy models included.
    pub rules: Vec<Rule>,
    /// Strings of YAML and JSON that hold policy text.
    pub hosts: Hosts,
    /// What was found so far: by the reader, the parser and the resolver.
    pub findings: Vec<Diagnostic>,
}

/// A statement and the policy it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Located<'b> {
    /// Where it stands.
    pub place: Place,
    /// The policy's name.
    pub policy: &'b str,
    /// Its number in the policy, from 1.
    pub number: usize,
    /// The statement.
    pub item: &'b Item,
}

impl Bundle {
    /// Nothing read yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a source as policy text. Gives how many statements it holds.
    pub fn policy_text(&mut self, sources: &Sources, id: SourceId) -> usize {
        let Some(source) = sources.get(id) else { return 0 };
        let contents = read::policy_text(source, id);
        let count = contents.policies.iter().map(|policy| policy.statements().count()).sum();
        self.add(contents);
        count
    }

    /// Reads a source as one matching rule.
    pub fn matching_rule(&mut self, sources: &Sources, id: SourceId) {
        if let Some(source) = sources.get(id) {
            self.add(read::matching_rule(source, id));
        }
    }

    /// Reads a source as YAML or JSON: tenancy models, policies and matching rules anywhere in it. Gives whether it holds
    /// any of them, or something is wrong with it. Files that a model names are opened through `open`.
    pub fn document(
        &mut self,
        sources: &mut Sources,
        id: SourceId,
        trust: Trust,
        open: &mut tenancy::Open<'_>,
    ) -> bool {
        let Some(source) = sources.get(id) else { return false };
        let format = Format::of(Path::new(source.name())).unwrap_or(Format::Yaml);
        let contents = read::document(source, id, format, trust);
        let holds = !contents.is_empty();
        self.contents(sources, id, contents, open);
        holds
    }

    /// Takes in what a reader found in a source. Files that a model among it names are opened through `open`.
    pub fn contents(
        &mut self,
        sources: &mut Sources,
        id: SourceId,
        mut contents: Contents,
        open: &mut tenancy::Open<'_>,
    ) {
        for model in std::mem::take(&mut contents.models) {
            let tenancies = model.items().unwrap_or_default();
            self.models.push(tenancy::read(sources, id, tenancies, open, &mut self.findings));
        }
        self.add(contents);
    }

    fn add(&mut self, contents: Contents) {
        self.policies.extend(contents.policies);
        self.rules.extend(contents.rules);
        self.hosts.append(contents.hosts);
        self.findings.extend(contents.findings);
    }

    /// Reads a source as the tenancy model the policies are attached to, which [`Bundle::bind`] is then given.
    pub fn model(&mut self, sources: &mut Sources, id: SourceId, open: &mut tenancy::Open<'_>) -> Tenancies {
        if let Some(source) = sources.get(id) {
            // What is wrong with the YAML is reported below.
            let (documents, _) = crate::yaml::read(source, id);
            documents.iter().for_each(|document| self.hosts.add_document(id, document));
        }
        tenancy::read_file(sources, id, open, &mut self.findings)
    }

    /// Attaches the policies and binds them: to the tenancies given, or in an open world.
    ///
    /// `given` brings its own policies along; they are part of what is checked.
    #[must_use]
    pub fn bind(mut self, sources: &Sources, given: Option<Tenancies>) -> Bound {
        let loose = std::mem::take(&mut self.policies);
        let mut left = Vec::new();
        let world = match given {
            Some(mut model) => {
                for policy in loose {
                    match self.home(&model, &policy) {
                        Some(attachment) => attach(&mut model, sources, attachment, policy),
                        None => left.push(policy),
                    }
                }
                Some(model)
            }
            None if loose.is_empty() => None,
            None => Some(open_world::open_world(sources, loose)),
        };
        let mut rules = self.rules;
        let mut findings = self.findings;
        let mut worlds = Vec::new();
        for model in world.into_iter().chain(self.models) {
            let own = model.dynamic_groups().filter_map(|(_, group)| {
                let (rule, reading) = group.rule.clone()?;
                Some(Rule { source: group.place?.source, name: group.name.clone(), rule, reading })
            });
            rules.extend(own);
            let (program, bound) = resolve(&model, Mode::default());
            findings.extend(bound);
            worlds.push(World { model, program });
        }
        Bound { worlds, loose: left, rules, hosts: self.hosts, findings }
    }

    /// Where a loose policy belongs in a model; what stands in the way is reported.
    fn home(&mut self, model: &Tenancies, policy: &Policy) -> Option<CompartmentId> {
        if let Some(written) = &policy.attachment {
            let found = tenancy::place(model, &written.node);
            if found.is_none() {
                let place = Place { source: policy.source, span: written.span };
                let tenancy = model.find_tenancy(&written.node.tenancy);
                let message = if tenancy.is_none() {
                    format!("the model has no tenancy `{}`", written.node.tenancy)
                } else {
                    format!("the tenancy has no compartment `{}`", written.node.compartments.join(":"))
                };
                self.findings.push(
                    Diagnostic::error(tenancy::DANGLING, place, message)
                        .with_help("check the names against the tenancy model"),
                );
            }
            return found;
        }
        let mut tenancies = model.tenancies();
        if let (Some((_, only)), None) = (tenancies.next(), tenancies.next()) {
            return Some(only.root);
        }
        let first = policy.statements().next().map_or(Span::default(), |(_, item)| item.span.before());
        let span = policy.name.as_ref().map_or(first, |name| name.span);
        let names: Vec<&str> = model.tenancies().map(|(_, tenancy)| tenancy.name.as_str()).collect();
        self.findings.push(
            Diagnostic::error(
                UNATTACHED,
                Place { source: policy.source, span },
                "the policy does not say which tenancy it belongs to, and the model has several",
            )
            .with_help(format!("write `# attach: TENANCY` in front of it; there are: {}", names.join(", "))),
        );
        None
    }
}

fn attach(model: &mut Tenancies, sources: &Sources, attachment: CompartmentId, policy: Policy) {
    let name = policy.name.as_ref().map_or_else(
        || sources.get(policy.source).map_or_else(String::new, |source| source.name().to_owned()),
        |name| name.node.clone(),
    );
    model.attach(AttachedPolicy { name, id: None, attachment, policy });
}

impl Bound {
    /// Every policy, attached or not, with its name.
    pub fn policies(&self) -> impl Iterator<Item = (&str, &Policy)> {
        let attached = self.worlds.iter().flat_map(|world| world.model.policies());
        let loose =
            self.loose.iter().map(|policy| (policy.name.as_ref().map_or("", |name| &name.node), policy));
        attached.map(|attached| (attached.name.as_str(), &attached.policy)).chain(loose)
    }

    /// Every statement by source and position.
    #[must_use]
    pub fn statements(&self) -> Vec<Located<'_>> {
        let mut statements: Vec<Located<'_>> = self
            .policies()
            .flat_map(|(name, policy)| {
                policy.statements().map(move |(index, item)| Located {
                    place: Place { source: policy.source, span: item.span },
                    policy: name,
                    number: index + 1,
                    item,
                })
            })
            .collect();
        statements.sort_by_key(|statement| statement.place);
        statements
    }
}
