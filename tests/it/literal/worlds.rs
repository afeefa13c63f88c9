//! Random worlds: tenancies with everything a decision looks at, policies that often apply, and questions about them.

use std::fmt::Write;

use ocipol::tenancy::{Address, Tenancies};

use super::environment::TAG_KEYS;
use super::evaluate::{Act, Asker, Question, Target};
use super::statements::{PERMISSIONS, VARIABLES, policy};

/// A small generator of numbers, the same on every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }

    pub(super) fn one_in(&mut self, parts: usize) -> bool {
        self.below(parts) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub(super) fn of<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

/// A policy in text.
#[derive(Debug, Clone)]
pub(super) struct PolicyText {
    pub(super) tenancy: usize,
    /// Names from the root; empty for the root.
    pub(super) attached: Vec<String>,
    pub(super) statements: Vec<String>,
}

/// A world in text.
#[derive(Debug, Clone)]
pub(super) struct WorldText {
    /// Each tenancy's part of the model, without policies.
    pub(super) tenancies: Vec<String>,
    pub(super) policies: Vec<PolicyText>,
}

impl WorldText {
    /// The tenancy model.
    pub(super) fn yaml(&self) -> String {
        let mut out = String::from("tenancies:\n");
        for (number, tenancy) in self.tenancies.iter().enumerate() {
            out += tenancy;
            let own: Vec<_> = self.policies.iter().enumerate().filter(|(_, p)| p.tenancy == number).collect();
            if own.is_empty() {
                continue;
            }
            out += "    policies:\n";
            for (index, policy) in own {
                writeln!(out, "      - name: p{index:02}").unwrap();
                if !policy.attached.is_empty() {
                    writeln!(out, "        attach: \"{}\"", policy.attached.join(":")).unwrap();
                }
                out += "        statements:\n";
                for statement in &policy.statements {
                    writeln!(out, "          - \"{statement}\"").unwrap();
                }
            }
        }
        out
    }
}

/// A compartment of the tree being made: its names from the root.
pub(super) type Path = Vec<String>;

/// Instants with month, day of the month, day of the week and time of day, as a calendar has them.
pub(super) const TIMES: [[&str; 5]; 4] = [
    ["2026-06-01T23:30:00Z", "6", "1", "Monday", "23:30:00Z"],
    ["2026-12-15T02:00:00Z", "12", "15", "Tuesday", "02:00:00Z"],
    ["2027-01-31T12:00:00Z", "1", "31", "Sunday", "12:00:00Z"],
    ["2026-06-01T04:00:00Z", "6", "1", "Monday", "04:00:00Z"],
];

pub(super) const NAMES: [&str; 4] = ["alpha", "Beta", "gamma", "delta"];
pub(super) const GROUPS: [&str; 3] = ["Ops", "Dev", "Net Ops"];
pub(super) const BOTS: [&str; 2] = ["Bots", "Nodes"];
/// The tenancy of the cost and usage reports, among those that evaluation.md 8 lists.
const USAGE_REPORTS: &str = "ocid1.tenancy.oc1..aaaaaaaaned4fkpkisbwjlr56u7cj63lf3wffbilvqknstgtvzub7vhqkggq";
const VCN: &str = "ocid1.vcn.oc1.iad.home";
const REGIONS: [&str; 2] = ["iad", "phx"];
const VALUES: [&str; 2] = ["x", "Prod"];
pub(super) const SERVICES: [&str; 2] = ["objectstorage-us-ashburn-1", "faas"];
const KINDS: [&str; 6] = ["instance", "cluster", "bucket", "object", "vault", "key"];

pub(super) fn world(dice: &mut Dice) -> WorldText {
    let count = 2 + usize::from(dice.one_in(3));
    let mut trees: Vec<Vec<Path>> = Vec::new();
    let mut tenancies = Vec::new();
    for number in 0..count {
        let (text, tree) = tenancy(dice, number);
        tenancies.push(text);
        trees.push(tree);
    }
    let policies = (0..8 + dice.below(10)).map(|_| policy(dice, &trees)).collect();
    let mut world = WorldText { tenancies, policies };
    if dice.one_in(10) {
        // A tenancy of Oracle's own: where its policies are not known, it is taken to admit.
        let known = |text: &mut String| *text = text.replace("ocid1.tenancy.oc1..t1", USAGE_REPORTS);
        world.tenancies.iter_mut().for_each(known);
        world.policies.iter_mut().flat_map(|policy| &mut policy.statements).for_each(known);
    }
    world
}

fn tags(dice: &mut Dice) -> String {
    let mut coins = Dice(dice.0 ^ 0x5DEE_CE66);
    dice.below(2);
    let all: Vec<String> = TAG_KEYS
        .iter()
        .filter(|_| coins.one_in(2))
        .map(|key| format!("{key}: {}", dice.of(&VALUES)))
        .collect();
    if all.is_empty() { String::new() } else { format!(", tags: {{{}}}", all.join(", ")) }
}

fn tenancy(dice: &mut Dice, number: usize) -> (String, Vec<Path>) {
    let mut out = String::new();
    writeln!(out, "  - name: T{number}\n    id: ocid1.tenancy.oc1..t{number}").unwrap();
    if !dice.one_in(4) {
        out += "    deny-policies: enabled\n";
    }
    if dice.one_in(5) {
        let aspect = dice.of(&["memberships", "policies", "dynamic-groups", "groups"]);
        writeln!(out, "    not-known: [{aspect}]").unwrap();
    }
    out += "    domains: [Side]\n";
    out += "    tag-keys: [org.team, ops.env]\n";
    let mut tree: Vec<Path> = vec![Vec::new()];
    for _ in 0..dice.below(6) {
        let parent = dice.of(&tree).clone();
        let name = (*dice.of(&NAMES)).to_owned();
        let path: Path = parent.iter().cloned().chain([name]).collect();
        if !tree.contains(&path) && path.len() < 4 {
            tree.push(path);
        }
    }
    if tree.len() > 1 {
        out += "    compartments:\n";
        compartments(dice, &mut out, &tree, &[], number, 6);
    }
    out += "    users:\n";
    for user in 0..3 {
        let domain = if dice.one_in(4) { ", domain: Side" } else { "" };
        writeln!(out, "      - {{name: u{number}{user}, id: ocid1.user.oc1..u{number}{user}{domain}}}")
            .unwrap();
    }
    out += "    groups:\n";
    for (index, name) in GROUPS.iter().enumerate() {
        let members: Vec<String> =
            (0..3).filter(|_| dice.one_in(2)).map(|user| format!("u{number}{user}")).collect();
        let domain = if dice.one_in(6) { ", domain: Side" } else { "" };
        let admins = if dice.one_in(8) { ", default-administrators: true" } else { "" };
        let tags = tags(dice);
        writeln!(
            out,
            "      - {{name: {name}, id: ocid1.group.oc1..g{number}{index}, members: [{}]{domain}{admins}{tags}}}",
            members.join(", ")
        )
        .unwrap();
    }
    out += "    dynamic-groups:\n";
    for (index, name) in BOTS.iter().enumerate() {
        let rule = rule(dice, number, 0);
        let tags = tags(dice);
        writeln!(
            out,
            "      - {{name: {name}, id: ocid1.dynamicgroup.oc1..d{number}{index}, matching-rule: \"{rule}\"{tags}}}"
        )
        .unwrap();
    }
    let net = dice.of(&["192.0.2.0/24", "198.51.100.0/24"]);
    writeln!(out, "    network-sources:\n      - {{name: corp, public: [{net}]}}").unwrap();
    if dice.one_in(2) {
        writeln!(out, "      - {{name: HOME, private: [{{vcn: {VCN}, ranges: [10.0.0.0/16]}}]}}").unwrap();
    }
    out += "    resources:\n";
    let paths: Vec<String> = tree.iter().map(|path| path.join(":")).collect();
    for kind in &KINDS {
        for copy in 0..=usize::from(dice.one_in(2)) {
            let place = dice.of(&paths).clone();
            let place = if place.is_empty() { String::new() } else { format!(", compartment: \"{place}\"") };
            let parent = match *kind {
                "object" => format!(", parent: bucket{number}0"),
                "key" => format!(", parent: vault{number}0"),
                _ => String::new(),
            };
            let tags = tags(dice);
            writeln!(
                out,
                "      - {{name: {kind}{number}{copy}, id: ocid1.{kind}.oc1.iad.{kind}{number}{copy}{place}{parent}{tags}}}"
            )
            .unwrap();
        }
    }
    (out, tree)
}

/// The number of a compartment in its OCID.
pub(super) fn compartment_id(number: usize, path: &[String]) -> String {
    if path.is_empty() {
        format!("ocid1.tenancy.oc1..t{number}")
    } else {
        format!("ocid1.compartment.oc1..t{number}{}", path.concat().to_lowercase())
    }
}

fn compartments(
    dice: &mut Dice,
    out: &mut String,
    tree: &[Path],
    at: &[String],
    number: usize,
    indent: usize,
) {
    let children: Vec<&Path> =
        tree.iter().filter(|path| path.len() == at.len() + 1 && path.starts_with(at)).collect();
    for child in children {
        let blank = " ".repeat(indent);
        writeln!(
            out,
            "{blank}- name: {}\n{blank}  id: {}",
            child.last().unwrap(),
            compartment_id(number, child)
        )
        .unwrap();
        let tags = tags(dice);
        if let Some(tags) = tags.strip_prefix(", ") {
            writeln!(out, "{blank}  {tags}").unwrap();
        }
        if tree.iter().any(|path| path.len() == child.len() + 1 && path.starts_with(child)) {
            writeln!(out, "{blank}  compartments:").unwrap();
            compartments(dice, out, tree, child, number, indent + 4);
        }
    }
}

fn rule(dice: &mut Dice, number: usize, depth: usize) -> String {
    if depth < 2 && dice.one_in(3) {
        let word = dice.of(&["all", "any"]);
        let parts: Vec<String> = (0..1 + dice.below(3)).map(|_| rule(dice, number, depth + 1)).collect();
        return format!("{word} {{{}}}", parts.join(", "));
    }
    let operator = if dice.one_in(4) { "!=" } else { "=" };
    let place = if dice.one_in(2) {
        format!("ocid1.tenancy.oc1..t{number}")
    } else {
        format!("ocid1.compartment.oc1..t{number}{}", dice.of(&NAMES).to_lowercase())
    };
    match dice.below(8) {
        0 => format!("instance.id {operator} 'ocid1.instance.oc1.iad.instance{number}0'"),
        1 | 2 => format!("instance.compartment.id {operator} '{place}'"),
        3 => format!("resource.id {operator} 'ocid1.cluster.oc1.iad.cluster{number}0'"),
        4 => format!("resource.compartment.id {operator} '{place}'"),
        5 => format!("resource.type {operator} '{}'", dice.of(&KINDS)),
        6 => format!("tag.{}.value", dice.of(&TAG_KEYS)),
        _ => format!("tag.{}.value {operator} '{}'", dice.of(&TAG_KEYS), dice.of(&VALUES)),
    }
}

/// A random question of a world.
pub(super) fn question(dice: &mut Dice, model: &Tenancies) -> Question {
    // Most questions stay within one tenancy.
    let tenancies: Vec<_> = model.tenancies().map(|(id, _)| id).collect();
    let at_home = (!dice.one_in(3)).then(|| *dice.of(&tenancies));
    let here = |tenancy| at_home.is_none_or(|home| home == tenancy);
    let compartments: Vec<_> =
        model.compartments().filter(|(_, found)| here(found.tenancy)).map(|(id, _)| id).collect();
    let resources: Vec<_> =
        model.resources().filter(|(_, found)| compartments.contains(&found.compartment)).collect();
    let users: Vec<_> = model.users().filter(|(_, found)| here(found.tenancy)).map(|(id, _)| id).collect();
    let groups: Vec<_> = model.groups().filter(|(_, found)| here(found.tenancy)).map(|(id, _)| id).collect();
    let of = |dice: &mut Dice, kind: &str| {
        let fitting: Vec<_> = resources.iter().filter(|(_, resource)| resource.kind == kind).collect();
        dice.of(&fitting).0
    };
    let asker = match dice.below(12) {
        0..=4 => Asker::User(*dice.of(&users)),
        5 | 6 => Asker::Resource(of(dice, "instance")),
        7 | 8 => Asker::Resource(of(dice, "cluster")),
        9 => Asker::Outsider("cluster", "ocid1.cluster.oc1.iad.new".to_owned(), *dice.of(&compartments)),
        10 => Asker::Service(dice.pick(&SERVICES), at_home.unwrap_or_else(|| *dice.of(&tenancies))),
        _ => Asker::Workload(of(dice, "cluster"), dice.pick(&["pay", "lab"]), "reader"),
    };
    let inner: Vec<_> =
        compartments.iter().copied().filter(|&id| model.compartment(id).unwrap().parent.is_some()).collect();
    let listed = dice.pick(&["vault", "key"]);
    let (act, targets) = match dice.below(25) {
        0 => {
            let kinds = [*dice.of(&["buckets", "vaults"]), *dice.of(&["buckets", "vaults"])];
            let targets = kinds.map(|kind| Target::Resource(of(dice, kind.trim_end_matches('s'))));
            (Act::Link(kinds[0], kinds[1]), targets.to_vec())
        }
        1 => (Act::Operation("ListBuckets"), vec![Target::Compartment(*dice.of(&compartments))]),
        2 => (Act::Operation("GetBucket"), vec![Target::Resource(of(dice, "bucket"))]),
        3 => (Act::Operation("Decrypt"), vec![Target::Resource(of(dice, "key"))]),
        4 => (Act::Operation("ListKeys"), vec![Target::Resource(of(dice, listed))]),
        5 => (
            Act::Operation("iam/AddUserToGroup"),
            vec![Target::Group(*dice.of(&groups)), Target::User(*dice.of(&users))],
        ),
        6 => (Act::Operation("iam/UploadApiKey"), vec![Target::User(*dice.of(&users))]),
        20 => (
            Act::Operation("object-storage/GetNamespace"),
            vec![Target::Compartment(*dice.of(&compartments))],
        ),
        24 => (Act::Operation("ListKeyVersions"), vec![Target::Resource(of(dice, "key"))]),
        21 => (Act::Operation("ListPreauthenticatedRequests"), vec![Target::Resource(of(dice, "bucket"))]),
        22 => (Act::Operation("HeadObject"), vec![Target::Resource(of(dice, "object"))]),
        23 if !inner.is_empty() => {
            let from = *dice.of(&inner);
            let tenancy = model.compartment(from).unwrap().tenancy;
            let to: Vec<_> = model.compartments().filter(|(_, found)| found.tenancy == tenancy).collect();
            (
                Act::Operation("MoveCompartment"),
                vec![Target::Compartment(from), Target::Compartment(dice.of(&to).0)],
            )
        }
        7 => (Act::Operation("ListCompartments"), vec![Target::Compartment(*dice.of(&compartments))]),
        8 => (Act::Permission("GROUP_UPDATE"), vec![Target::Group(*dice.of(&groups))]),
        9 => (Act::Permission(dice.pick(&PERMISSIONS)), vec![Target::Compartment(*dice.of(&compartments))]),
        _ => {
            let permission = *dice.of(&PERMISSIONS);
            let kind = permission.split('_').next().unwrap().to_lowercase();
            (Act::Permission(permission), vec![Target::Resource(of(dice, &kind))])
        }
    };
    let from = dice.one_in(2).then(|| {
        let text = *dice.of(&["192.0.2.9", "198.51.100.7", "10.0.1.2"]);
        let vcn = text.starts_with("10.").then(|| VCN.to_owned());
        (Address { ip: text.parse().unwrap(), vcn }, text)
    });
    let mut given = Vec::new();
    if dice.one_in(8) {
        let (name, values) = *dice.of(&VARIABLES);
        let typed = ["request.permission"];
        if !typed.iter().any(|typed| name.starts_with(typed)) {
            // A moment has one month.
            let several = !name.starts_with("request.utc-timestamp");
            let count = 1 + usize::from(several && dice.one_in(4));
            given.push((name, (0..count).map(|_| (*dice.of(values)).to_owned()).collect()));
        }
    }
    let absent = if dice.one_in(12) { vec![dice.of(&VARIABLES).0] } else { Vec::new() };
    // What the question fixes it may not say, nor that a variable has a value and does not apply.
    let fixed = [
        "request.principal.type",
        "request.principal.id",
        "request.principal.compartment.id",
        "request.user.id",
        "request.user.name",
        "request.operation",
        "request.permission",
    ];
    given.retain(|(name, _): &(&str, Vec<String>)| !fixed.contains(name));
    let absent: Vec<&'static str> = absent
        .into_iter()
        .filter(|name| !fixed.contains(name) && !given.iter().any(|(known, _)| known == name))
        .collect();
    let lists = matches!(act, Act::Operation(name) if ["List", "Create", "Launch"].iter().any(|verb| name.starts_with(verb)));
    given.retain(|(name, _)| !(lists && name.starts_with("target.resource.tag.")));
    let unknown = if dice.one_in(8) { vec![dice.of(&VARIABLES).0] } else { Vec::new() };
    Question {
        asker,
        act,
        targets,
        region: (!dice.one_in(3)).then(|| *dice.of(&REGIONS)),
        domain: dice.one_in(2).then(|| *dice.of(&["uocm:IAD-AD-1", "uocm:IAD-AD-2"])),
        time: (!dice.one_in(3)).then(|| dice.of(&TIMES)[0]),
        from,
        given,
        absent,
        unknown,
    }
}
