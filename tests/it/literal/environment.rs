//! What a condition can see: every variable of sections 5.5 and 5.6, by name.

use ocipol::catalog::{Operation, OperationKind, Permission, ResourceType};
use ocipol::tenancy::{Aspect, DynamicGroupId, Tags, TenancyId};
use ocipol::truth::Truth;

use super::evaluate::{Asker, Literal, Question, Target};
use super::variables::{Environment, State};
use super::worlds::TIMES;

impl Literal<'_> {
    pub(super) fn environment(
        &self,
        question: &Question,
        operation: Option<Operation>,
        permission: Option<Permission>,
        target: Target,
        speaker: TenancyId,
    ) -> Environment {
        let mut environment = Environment::new();
        let present = |value: &str| State::Present(vec![value.to_owned()]);
        let mut say = |name: &str, state: State| {
            environment.insert(name.to_owned(), state);
        };
        if let Some(permission) = permission {
            say("request.permission", present(permission.name()));
        }
        if let Some(operation) = operation {
            say("request.operation", present(operation.name()));
        }
        say("request.principal.type", present(&self.kind(&question.asker)));
        say("request.region", question.region.map_or(State::Unknown, present));
        say("request.ad", question.domain.map_or(State::Unknown, present));
        self.say_time(question, &mut say);
        self.say_asker(question, &mut say);
        // A statement's network sources are those of the tenancy that says it.
        let network = question.from.as_ref().map_or(State::Unknown, |(address, _)| {
            let sources = self.model.network_sources().iter();
            let names: Vec<String> = sources
                .filter(|source| source.tenancy == speaker && source.contains(address))
                .map(|source| source.name.clone())
                .collect();
            if names.is_empty() { State::Absent } else { State::Present(names) }
        });
        say("request.networksource.name", network);

        let exists = operation.is_none_or(|operation| operation.kind() == OperationKind::Other);
        for &each in &question.targets {
            self.describe(each, operation, &mut environment);
        }
        let place = self.place(target);
        let compartment = self.model.compartment(place).unwrap();
        let mut say = |name: String, state: State| {
            environment.insert(name, state);
        };
        if operation.is_none_or(|operation| operation.name() != "ListCompartments") {
            say("target.compartment.id".to_owned(), present(compartment.id.as_ref().unwrap().as_str()));
            say("target.compartment.name".to_owned(), present(&compartment.name));
        }
        // A tag on a compartment counts for everything below it.
        for key in TAG_KEYS {
            let inherited: Vec<String> = self
                .model
                .ancestors(place)
                .flat_map(|outer| values(&self.model.compartment(outer).unwrap().tags, key))
                .collect();
            if !inherited.is_empty() {
                say(format!("target.resource.compartment.tag.{key}"), State::Present(inherited));
            }
            // What the operation is about counts, not what it names it by: an object has no tags, its bucket has.
            let about = operation.map(|operation| operation.resource_types()).unwrap_or_default();
            let tagged = permission.is_none_or(Permission::has_target_tags)
                && (about.is_empty() || about.iter().any(|known| known.has_target_tags()));
            let own = match target {
                Target::Resource(id) => {
                    let resource = self.model.resource(id).unwrap();
                    let named = format!("{}s", resource.kind);
                    let kind = ResourceType::find(&named).map(|found| found.resource_type);
                    let kind = kind.is_none_or(ResourceType::has_target_tags);
                    kind.then(|| Some(values(&resource.tags, key)))
                }
                Target::User(_) => Some(None),
                Target::Group(id) => Some(Some(values(&self.model.group(id).unwrap().tags, key))),
                // Anything else is done to something in the compartment, whose tags nobody said.
                Target::Compartment(id) => {
                    let itself = operation.is_some_and(|operation| {
                        operation.resource_types().iter().any(|known| known.name() == "compartments")
                    });
                    let own = self.model.compartment(id).filter(|_| itself);
                    Some(own.map(|compartment| values(&compartment.tags, key)))
                }
            };
            let state = match own {
                _ if !tagged || !exists => State::Absent,
                None => State::Absent,
                Some(None) => State::Unknown,
                Some(Some(values)) if values.is_empty() => State::Absent,
                Some(Some(values)) => State::Present(values),
            };
            say(format!("target.resource.tag.{key}"), state);
        }
        let group = question.targets.iter().rev().find_map(|target| match target {
            Target::Group(id) => Some(*id),
            Target::Resource(_) | Target::User(_) | Target::Compartment(_) => None,
        });
        if let (Asker::User(user), Some(group)) = (&question.asker, group) {
            let state = match self.member(*user, group) {
                Truth::True => present("true"),
                Truth::False => present("false"),
                Truth::Unknown => State::Unknown,
            };
            say("target.group.member".to_owned(), state);
        }
        overrule(question, &mut environment);
        environment
    }

    fn say_time(&self, question: &Question, say: &mut impl FnMut(&str, State)) {
        // Written out beside each instant in `worlds`: instant, month, day, weekday, time.
        let parts = question.time.map(|time| {
            let row = TIMES.iter().find(|row| row[0] == time).unwrap();
            row.map(|value| State::Present(vec![value.to_owned()]))
        });
        let names = ["", ".month-of-year", ".day-of-month", ".day-of-week", ".time-of-day"];
        for (index, name) in names.iter().enumerate() {
            let state = parts.as_ref().map_or(State::Unknown, |parts| parts[index].clone());
            say(&format!("request.utc-timestamp{name}"), state);
        }
    }

    fn say_asker(&self, question: &Question, say: &mut impl FnMut(&str, State)) {
        let present = |value: &str| State::Present(vec![value.to_owned()]);
        let listed = |values: Vec<String>, certain: bool| match (certain, values.is_empty()) {
            (false, _) => State::Unknown,
            (true, true) => State::Absent,
            (true, false) => State::Present(values),
        };
        let home = self.home(&question.asker);
        match &question.asker {
            Asker::User(id) => {
                let user = self.model.user(*id).unwrap();
                say("request.principal.id", present(user.id.as_str()));
                say("request.user.id", present(user.id.as_str()));
                say("request.user.name", present(&user.name));
                say("request.domain.name", present(&user.domain));
                let certain =
                    self.model.knows(home, Aspect::Memberships) && self.model.knows(home, Aspect::Groups);
                let groups: Vec<_> = self
                    .model
                    .groups()
                    .filter(|(_, group)| group.members.contains(id))
                    .map(|(_, group)| group)
                    .collect();
                let ids = groups.iter().map(|group| group.id.as_ref().unwrap().to_string()).collect();
                let names = groups.iter().filter_map(|group| group.name.clone()).collect();
                say("request.groups.id", listed(ids, certain));
                say("request.groups.name", listed(names, certain));
                self.say_tags(
                    say,
                    "request.principal.group",
                    groups.iter().map(|group| &group.tags),
                    certain,
                );
                let root = self.model.compartment(self.model.root(home)).unwrap();
                self.say_tags(say, "request.principal.compartment", std::iter::once(&root.tags), true);
            }
            Asker::Resource(_) | Asker::Outsider(..) => {
                let kind = self.kind(&question.asker);
                let (id, compartment) = match &question.asker {
                    Asker::Resource(id) => {
                        let resource = self.model.resource(*id).unwrap();
                        (resource.id.to_string(), resource.compartment)
                    }
                    Asker::Outsider(_, id, compartment) => (id.clone(), *compartment),
                    Asker::User(_) | Asker::Service(..) | Asker::Workload(..) => {
                        unreachable!("matched above")
                    }
                };
                let compartment = self.model.compartment(compartment).unwrap();
                let place = compartment.id.as_ref().unwrap().as_str();
                say("request.principal.id", present(&id));
                say("request.principal.compartment.id", present(place));
                if kind == "instance" {
                    say("request.instance.id", present(&id));
                    say("request.instance.compartment.id", present(place));
                } else {
                    say("request.resource.compartment.id", present(place));
                }
                let all: Vec<(DynamicGroupId, Truth)> = self
                    .model
                    .dynamic_groups()
                    .map(|(group, _)| (group, self.matched(&question.asker, group)))
                    .collect();
                let certain = !all.iter().any(|(_, member)| *member == Truth::Unknown)
                    && self.model.knows(home, Aspect::DynamicGroups);
                let groups: Vec<_> = all
                    .iter()
                    .filter(|(_, member)| member.is_true())
                    .map(|(group, _)| self.model.dynamic_group(*group).unwrap())
                    .collect();
                let ids = groups.iter().map(|group| group.id.as_ref().unwrap().to_string()).collect();
                let names = groups.iter().filter_map(|group| group.name.clone()).collect();
                say("request.dynamicgroup.id", listed(ids, certain));
                say("request.dynamicgroup.name", listed(names, certain));
                self.say_tags(
                    say,
                    "request.principal.group",
                    groups.iter().map(|group| &group.tags),
                    certain,
                );
                let own = std::iter::once(&compartment.tags);
                self.say_tags(say, "request.principal.compartment", own, true);
            }
            Asker::Service(name, _) => say("request.service.name", present(name)),
            Asker::Workload(cluster, namespace, account) => {
                let cluster = self.model.resource(*cluster).unwrap();
                say("request.principal.cluster_id", present(cluster.id.as_str()));
                say("request.principal.namespace", present(namespace));
                say("request.principal.service_account", present(account));
            }
        }
    }

    fn say_tags<'t>(
        &self,
        say: &mut impl FnMut(&str, State),
        prefix: &str,
        tags: impl Iterator<Item = &'t Tags> + Clone,
        certain: bool,
    ) {
        for key in TAG_KEYS {
            let values: Vec<String> = tags.clone().flat_map(|tags| values(tags, key)).collect();
            let state = match (certain, values.is_empty()) {
                (false, _) => State::Unknown,
                (true, true) => State::Absent,
                (true, false) => State::Present(values),
            };
            say(&format!("{prefix}.tag.{key}"), state);
        }
    }

    /// `target.KIND.id` and `target.KIND.name` of a target and all it belongs to.
    pub(super) fn describe(
        &self,
        target: Target,
        operation: Option<Operation>,
        environment: &mut Environment,
    ) {
        let mut tags = Tags::new();
        let mut say = |kind: &str, id: &str, name: Option<&str>| {
            let mut add = |what: &str, value: &str| {
                let state = environment.entry(format!("target.{kind}.{what}")).or_insert(State::Absent);
                match state {
                    State::Present(values) => values.push(value.to_owned()),
                    State::Absent | State::Unknown => *state = State::Present(vec![value.to_owned()]),
                }
            };
            add("id", id);
            if let Some(name) = name {
                add("name", name);
            }
        };
        match target {
            Target::Resource(id) => {
                let mut next = self.model.resource(id);
                let mut own = true;
                while let Some(resource) = next {
                    // Listing or creating things of a kind names none of them.
                    let listed = operation.is_some_and(|operation| {
                        operation.name().eq_ignore_ascii_case(&format!("list{}s", resource.kind))
                    });
                    if !own || !listed {
                        say(&resource.kind, resource.id.as_str(), resource.name.as_deref());
                        if resource.kind == "bucket" {
                            tags.extend(resource.tags.iter().cloned());
                        }
                    }
                    own = false;
                    next = resource.parent.and_then(|parent| self.model.resource(parent));
                }
            }
            Target::User(id) => {
                let user = self.model.user(id).unwrap();
                say("user", user.id.as_str(), Some(&user.name));
            }
            Target::Group(id) => {
                let group = self.model.group(id).unwrap();
                say("group", group.id.as_ref().unwrap().as_str(), group.name.as_deref());
            }
            Target::Compartment(_) => {}
        }
        for key in TAG_KEYS {
            let own = values(&tags, key);
            if !own.is_empty() {
                environment.insert(format!("target.bucket.tag.{key}"), State::Present(own));
            }
        }
    }
}

/// Tag keys of the random worlds.
pub(super) const TAG_KEYS: [&str; 2] = ["org.team", "ops.env"];

pub(super) fn values(tags: &Tags, key: &str) -> Vec<String> {
    tags.iter().filter(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, value)| value.clone()).collect()
}

/// What the question itself says outranks what is derived; unknown outranks everything.
pub(super) fn overrule(question: &Question, environment: &mut Environment) {
    for (name, values) in &question.given {
        environment.insert(name.to_lowercase(), State::Present(values.clone()));
    }
    for name in &question.absent {
        environment.insert(name.to_lowercase(), State::Absent);
    }
    for name in &question.unknown {
        environment.insert(name.to_lowercase(), State::Unknown);
    }
}
