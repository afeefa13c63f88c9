//! Scenarios from YAML. Every mistake is reported at its place; what stands beside it is read all the same.

use jiff::Timestamp;

use super::actions::{KINDS, Kind, Read, Reader};
use super::{Actor, Event, Expected, Scenario, Step};
use crate::caseless;
use crate::decider::{Principal, PrincipalKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::instant;
use crate::ocid::Ocid;
use crate::source::{Place, SourceId, Sources, Spanned};
use crate::suggest;
use crate::tenancy::{self, CompartmentId, Open, Tenancies, TenancyId};
use crate::yaml::{self, Fields, Node};

/// A step names something the model does not have.
pub(super) const UNKNOWN_NAME: Code = Code::new("scenario/unknown-name");

/// The time of the first step where the file names none: 2026-01-01T00:00:00Z.
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Reads a scenario. Mistakes are reported at their place; `None` where nothing could be run.
pub fn read(sources: &mut Sources, id: SourceId, open: &mut Open<'_>) -> (Option<Scenario>, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let help = "write `title:`, `tenancies:` and `steps:`";
    let document = yaml::only(sources, id, "a scenario", help, &mut findings);
    let scenario = document.and_then(|document| scenario(sources, id, &document, open, &mut findings));
    crate::diagnostic::sort(&mut findings);
    (scenario, findings)
}

fn scenario(
    sources: &mut Sources,
    id: SourceId,
    document: &Node,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Scenario> {
    let mut fields = Fields::of(id, document, "a scenario", findings)?;
    let title = fields.required_text("title").map(|title| title.node);
    let tenancies = fields.required("tenancies");
    let policies = fields.list("policies");
    let clock = fields.text("clock");
    let listed = fields.required("steps").map(|node| node.span);
    let nodes = fields.list("steps");
    if let (Some(span), true) = (listed, nodes.is_empty()) {
        fields.wrong(
            span,
            "a scenario without steps shows nothing",
            "add a step, such as `- {as: ada, create-vault: vault}`",
        );
    }
    let clock = clock.map_or(Some(START), |text| {
        let read = instant::parse(&text.node);
        if read.is_none() {
            fields.wrong(text.span, format!("`{}` is no instant", text.node), "write `2026-04-01T15:00:00Z`");
        }
        read
    });
    fields.finish();
    let mut world = tenancy::read_at(sources, id, tenancies?, open, findings);
    tenancy::read_policies(sources, id, &mut world, policies, open, findings);
    if world.tenancies.is_empty() {
        // Every name of every step would be unknown, which has been said.
        return None;
    }
    let mut steps = Vec::new();
    for node in nodes {
        steps.extend(step(sources, id, &mut world, node, open, findings));
    }
    Some(Scenario { title: title?, world, clock: clock?, steps })
}

fn step(
    sources: &mut Sources,
    id: SourceId,
    world: &mut Tenancies,
    node: &Node,
    open: &mut Open<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Option<Step> {
    let mut fields = Fields::of(id, node, "a step", findings)?;
    let place = Place { source: id, span: fields.span() };
    let title = fields.text("step").map(|title| title.node);
    let expected = match fields.text("expect") {
        None => Some(Expected::Allowed),
        Some(word) => fields.choice_of("expect", &word, &Expected::words()),
    };
    let reason = fields.text("reason").map(|reason| reason.node);
    let kind = kind(node, &mut fields)?;
    let event = match kind.read {
        Read::Act(read) => {
            // Without who acts the rest is not looked at: half of what it means depends on them.
            let actor = fields.required_text("as").and_then(|name| actor(world, &mut fields, &name))?;
            let mut reader = Reader { sources, id, world, open, fields, actor: Some(&actor) };
            let act = read(&mut reader, kind.key);
            reader.fields.finish();
            act.map(|act| Event::Act(actor, act))
        }
        Read::Change(read) => {
            let mut reader = Reader { sources, id, world, open, fields, actor: None };
            let change = read(&mut reader, kind.key);
            reader.fields.finish();
            change.map(Event::Change)
        }
    };
    Some(Step { title, event: event?, expected: expected?, reason, place })
}

/// What a step does: the one key of it that says so.
fn kind(node: &Node, fields: &mut Fields<'_, '_>) -> Option<&'static Kind> {
    let mut present = KINDS.iter().filter(|kind| node.get(kind.key).is_some());
    let written = node.entries().unwrap_or_default().iter().map(|(key, _)| key);
    let (span, message, help) = match (present.next(), present.next()) {
        (Some(kind), None) => return Some(kind),
        (Some(one), Some(other)) => (
            written.clone().find(|key| key.node == other.key).map_or(fields.span(), |key| key.span),
            format!("a step does one thing, and this one has `{}` and `{}`", one.key, other.key),
            "make two steps of it".to_owned(),
        ),
        (None, _) => {
            let near =
                |key: &Spanned<String>| suggest::did_you_mean(&key.node, KINDS.iter().map(|kind| kind.key));
            let near = written.clone().find_map(|key| Some((key.span, near(key)?)));
            let all: Vec<&str> = KINDS.iter().map(|kind| kind.key).collect();
            (
                near.map_or_else(
                    || written.clone().next().map_or(fields.span(), |key| key.span),
                    |(span, _)| span,
                ),
                "the step does not say what is done".to_owned(),
                near.map_or_else(
                    || format!("a step has one of: {}", all.join(", ")),
                    |(_, near)| format!("did you mean `{near}`?"),
                ),
            )
        }
    };
    fields.wrong(span, message, help);
    None
}

/// The principal of a name: a user, cluster or instance of the model.
fn actor(world: &Tenancies, fields: &mut Fields<'_, '_>, name: &Spanned<String>) -> Option<Actor> {
    let tenancy = |id: TenancyId| world.tenancy(id)?.id.clone();
    if let Some(user) = world.find_user(&name.node).and_then(|id| world.user(id)) {
        let home = tenancy(user.tenancy)?;
        let principal = Principal {
            kind: PrincipalKind::User,
            ocid: Some(user.id.clone()),
            tenancy: home.clone(),
            compartment: home,
        };
        return Some(Actor { name: user.name.clone(), principal });
    }
    let Some(resource) = world.find_resource(&name.node).and_then(|id| world.resource(id)) else {
        unknown(world, fields, name, "user or resource");
        return None;
    };
    let kind = match caseless::fold(&resource.kind).as_str() {
        "cluster" => PrincipalKind::Cluster,
        "instance" => PrincipalKind::Instance,
        other => {
            let message = format!("`{}` is a {other}, which does not act here", name.node);
            fields.wrong(name.span, message, "name a user, a cluster or an instance");
            return None;
        }
    };
    let (compartment, tenancy) = home(world, resource.compartment)?;
    let principal = Principal { kind, ocid: Some(resource.id.clone()), tenancy, compartment };
    Some(Actor { name: resource.name.clone().unwrap_or_else(|| name.node.clone()), principal })
}

/// The OCIDs of a compartment and its tenancy.
pub(crate) fn home(world: &Tenancies, compartment: CompartmentId) -> Option<(Ocid, Ocid)> {
    let compartment = world.compartment(compartment)?;
    Some((compartment.id.clone()?, world.tenancy(compartment.tenancy)?.id.clone()?))
}

pub(super) fn unknown(world: &Tenancies, fields: &mut Fields<'_, '_>, name: &Spanned<String>, what: &str) {
    let (message, help) = match world.find_resource(&name.node).and_then(|id| world.resource(id)) {
        Some(other) => (
            format!("`{}` is no {what}: it is a {}", name.node, other.kind),
            "name another resource".to_owned(),
        ),
        None => {
            let resources = world.resources().filter_map(|(_, resource)| resource.name.as_deref());
            let names = resources.chain(world.users().map(|(_, user)| user.name.as_str()));
            let near = suggest::did_you_mean(&name.node, names);
            (
                format!("the model has no {what} `{}`", name.node),
                near.map_or_else(
                    || "add it to the tenancy model".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                ),
            )
        }
    };
    fields.report(UNKNOWN_NAME, name.span, message, help);
}
