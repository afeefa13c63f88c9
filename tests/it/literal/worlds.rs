//! Random worlds: tenancies with everything a decision looks at, policies that often apply, and questions about them.

use std::fmt::Write;

use ocipol::tenancy::{Address, Tenancies};

use super::evaluate::{Act, Asker, Question, TAG_KEYS, Target};

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

    fn one_in(&mut self, parts: usize) -> bool {
        self.below(parts) == 0
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn of<'t, T>(&mut self, items: &'t [T]) -> &'t T {
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
type Path = Vec<String>;

/// Instants with month, day of the month, day of the week and time of day, as a calendar has them.
pub(super) const TIMES: [[&str; 5]; 4] = [
    ["2026-06-01T23:30:00Z", "6", "1", "Monday", "23:30:00Z"],
    ["2026-12-15T02:00:00Z", "12", "15", "Tuesday", "02:00:00Z"],
    ["2027-01-31T12:00:00Z", "1", "31", "Sunday", "12:00:00Z"],
    ["2026-06-01T04:00:00Z", "6", "1", "Monday", "04:00:00Z"],
];

const NAMES: [&str; 4] = ["alpha", "Beta", "gamma", "delta"];
const GROUPS: [&str; 3] = ["Ops", "Dev", "Net Ops"];
const BOTS: [&str; 2] = ["Bots", "Nodes"];
const REGIONS: [&str; 2] = ["iad", "phx"];
const VALUES: [&str; 2] = ["x", "Prod"];
const SERVICES: [&str; 2] = ["objectstorage-us-ashburn-1", "faas"];
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
    WorldText { tenancies, policies }
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
    writeln!(out, "    network-sources:\n      - {{name: corp, public: [192.0.2.0/24]}}").unwrap();
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
fn compartment_id(number: usize, path: &[String]) -> String {
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

fn policy(dice: &mut Dice, trees: &[Vec<Path>]) -> PolicyText {
    let tenancy = dice.below(trees.len());
    let attached = if dice.one_in(3) { dice.of(&trees[tenancy]).clone() } else { Vec::new() };
    let mut scope = Scope { dice, trees, tenancy, attached: &attached };
    let mut statements = Vec::new();
    if attached.is_empty() && scope.dice.one_in(3) {
        statements = scope.cross();
    } else {
        for _ in 0..1 + scope.dice.below(4) {
            statements.push(scope.grant());
        }
    }
    PolicyText { tenancy, attached, statements }
}

struct Scope<'d> {
    dice: &'d mut Dice,
    trees: &'d [Vec<Path>],
    tenancy: usize,
    attached: &'d [String],
}

impl Scope<'_> {
    fn grant(&mut self) -> String {
        let effect = if self.dice.one_in(4) { "Deny" } else { "Allow" };
        let (who, what) = (self.who(self.tenancy), self.what());
        let (location, condition) = (self.location(), self.condition("target"));
        format!("{effect} {who} to {what} in {location}{condition}")
    }

    /// Defines, and statements across tenancies that use them.
    fn cross(&mut self) -> Vec<String> {
        let others: Vec<usize> = (0..self.trees.len()).filter(|&other| other != self.tenancy).collect();
        let other = *self.dice.of(&others);
        let mut out = vec![
            format!("Define tenancy Other as ocid1.tenancy.oc1..t{other}"),
            format!("Define group Them as ocid1.group.oc1..g{other}{}", self.dice.below(3)),
            format!("Define dynamic-group Things as ocid1.dynamicgroup.oc1..d{other}{}", self.dice.below(2)),
        ];
        let there = self.dice.of(&self.trees[other]).clone();
        out.push(format!("Define compartment Place as {}", compartment_id(other, &there)));
        if there.is_empty() {
            // The kind of the OCID has to agree with the Define.
            out.pop();
        }
        for _ in 0..1 + self.dice.below(3) {
            let deny = if self.dice.one_in(6) { "Deny " } else { "" };
            let what = self.what();
            let condition = self.condition("target");
            let statement = match self.dice.below(8) {
                0..=2 => {
                    let who = self.who(self.tenancy);
                    let place = match self.dice.below(6) {
                        0 | 1 => "any-tenancy".to_owned(),
                        2 | 3 => "tenancy Other".to_owned(),
                        4 if !there.is_empty() => "compartment Place of tenancy Other".to_owned(),
                        _ if there.is_empty() => "tenancy Other".to_owned(),
                        _ => format!("compartment {} of tenancy Other", there.join(":")),
                    };
                    format!("{deny}Endorse {who} to {what} in {place}{condition}")
                }
                3..=6 => {
                    let location = self.location();
                    let (who, origin) = match self.dice.below(6) {
                        0 | 1 => ("any-user", "any-tenancy"),
                        2 => ("any-group", "tenancy Other"),
                        3 => ("any-user", "tenancy Other"),
                        4 => ("dynamic-group Things", "tenancy Other"),
                        _ => (
                            "group Them",
                            if self.dice.one_in(12) { "tenancy Nobody" } else { "tenancy Other" },
                        ),
                    };
                    format!("{deny}Admit {who} of {origin} to {what} in {location}{condition}")
                }
                _ => {
                    let (a, b) =
                        (*self.dice.of(&["buckets", "vaults"]), *self.dice.of(&["buckets", "vaults"]));
                    let location = self.location();
                    let condition = self.condition("1");
                    if self.dice.one_in(2) {
                        let who = self.who(self.tenancy);
                        format!(
                            "{deny}Endorse {who} to associate {a} in {location} with {b} in tenancy Other{condition}"
                        )
                    } else {
                        let who = if self.dice.one_in(2) { "any-user" } else { "group Them" };
                        format!(
                            "{deny}Admit {who} of tenancy Other to associate {a} in tenancy Other with {b} in {location}{condition}"
                        )
                    }
                }
            };
            out.push(statement);
        }
        out
    }

    fn who(&mut self, tenancy: usize) -> String {
        match self.dice.below(16) {
            0..=4 => "any-user".to_owned(),
            5 => "any-group".to_owned(),
            6..=8 => format!("group '{}'", self.dice.of(&GROUPS)),
            9 => format!("group '{}', '{}'", self.dice.of(&GROUPS), self.dice.of(&GROUPS)),
            10 => format!("group id ocid1.group.oc1..g{tenancy}{}", self.dice.below(5)),
            11 => "group 'Side'/'Ops'".to_owned(),
            12..=14 => format!("dynamic-group {}", self.dice.of(&BOTS)),
            _ => format!("service {}", self.dice.of(&SERVICES)),
        }
    }

    fn what(&mut self) -> String {
        const TYPES: [&str; 12] = [
            "buckets",
            "objects",
            "object-family",
            "keys",
            "key-delegate",
            "vaults",
            "instances",
            "users",
            "groups",
            "all-resources",
            "all-resources",
            "cluster-family",
        ];
        match self.dice.below(12) {
            0 => format!("{{{}, {}}}", self.dice.of(&PERMISSIONS), self.dice.of(&PERMISSIONS)),
            1 if self.dice.one_in(3) => "manage wonderful-things".to_owned(),
            _ => {
                let verb = self.dice.of(&["inspect", "read", "use", "manage", "manage", "manage"]);
                format!("{verb} {}", self.dice.of(&TYPES))
            }
        }
    }

    fn location(&mut self) -> String {
        if self.attached.is_empty() && self.dice.one_in(2) {
            return "tenancy".to_owned();
        }
        let below: Vec<&Path> =
            self.trees[self.tenancy].iter().filter(|path| path.starts_with(self.attached)).collect();
        let place = (*self.dice.of(&below)).clone();
        let relative = &place[self.attached.len()..];
        if self.dice.one_in(40) {
            // A path that does not lead anywhere from here.
            return format!("compartment {}:{}", self.dice.of(&NAMES), self.dice.of(&NAMES));
        }
        match (relative, self.attached) {
            ([], []) => "tenancy".to_owned(),
            ([], [.., own]) => format!("compartment {own}"),
            _ if self.dice.one_in(4) => {
                format!("compartment id {}", compartment_id(self.tenancy, &place))
            }
            (path, _) => format!("compartment {}", path.join(":")),
        }
    }

    fn condition(&mut self, prefix: &str) -> String {
        if !self.dice.one_in(3) {
            return String::new();
        }
        format!(" where {}", self.formula(prefix, 0))
    }

    fn formula(&mut self, prefix: &str, depth: usize) -> String {
        if depth < 2 && self.dice.one_in(3) {
            let word = self.dice.of(&["all", "any"]);
            let parts: Vec<String> =
                (0..1 + self.dice.below(3)).map(|_| self.formula(prefix, depth + 1)).collect();
            return format!("{word} {{{}}}", parts.join(", "));
        }
        self.test(prefix)
    }

    fn test(&mut self, prefix: &str) -> String {
        let dice = &mut *self.dice;
        match dice.below(12) {
            0 => return format!("!{}", dice.of(&VARIABLES).0),
            1 => return dice.pick(&VARIABLES).0.to_owned(),
            2 => {
                let word = dice.of(&["before", "after"]);
                return format!("request.utc-timestamp {word} '{}'", dice.of(&TIMES)[0]);
            }
            3 => {
                let (from, to) = (dice.of(&TIMES)[4], dice.of(&TIMES)[4]);
                return format!("request.utc-timestamp.time-of-day between '{from}' and '{to}'");
            }
            _ => {}
        }
        let (variable, values) = *dice.of(&VARIABLES);
        let variable = if prefix == "1" && dice.one_in(2) {
            format!("{}.bucket.id", 1 + dice.below(2))
        } else {
            variable.to_owned()
        };
        let mut literal = || {
            let value = *dice.of(values);
            let plain = !value.contains("ocid1") && dice.one_in(5);
            match (plain, value.split_at_checked(2)) {
                (true, Some((head, _))) if dice.one_in(2) => format!("/{head}*/"),
                (true, Some((_, tail))) => format!("/*{tail}/"),
                _ if dice.one_in(12) => "/*/".to_owned(),
                _ => format!("'{value}'"),
            }
        };
        let (first, second) = (literal(), literal());
        let exact = [*dice.of(values), *dice.of(values)];
        let other = *dice.of(&LISTS);
        match dice.below(14) {
            0..=5 => format!("{variable} = {first}"),
            6 | 7 => format!("{variable} != {first}"),
            8 => format!("{variable} in ({first}, {second})"),
            9 => format!("{variable} not in ({first}, {second})"),
            10 => format!("{other} = {}", dice.of(&LISTS)),
            11 => format!("{other} != {}", dice.of(&LISTS)),
            12 => format!("sets-equal({other}, ('{}', '{}'))", exact[0], exact[1]),
            _ => format!("sets-intersect({variable}, ('{}', '{}'))", exact[0], exact[1]),
        }
    }
}

/// Permissions that statements and questions of the worlds are about.
const PERMISSIONS: [&str; 14] = [
    "BUCKET_INSPECT",
    "BUCKET_READ",
    "BUCKET_UPDATE",
    "BUCKET_DELETE",
    "OBJECT_READ",
    "OBJECT_CREATE",
    "KEY_READ",
    "KEY_DECRYPT",
    "KEY_DELETE",
    "KEY_ASSOCIATE",
    "VAULT_READ",
    "INSTANCE_READ",
    "INSTANCE_POWER_ACTIONS",
    "CLUSTER_USE",
];

/// Variables with values that are often right.
const VARIABLES: [(&str, &[&str]); 40] = [
    ("request.permission", &["BUCKET_READ", "KEY_DECRYPT", "BUCKET_INSPECT"]),
    ("request.permission", &["BUCKET_READ", "KEY_DECRYPT", "OBJECT_READ"]),
    ("request.operation", &["GetBucket", "Decrypt", "ListBuckets"]),
    ("request.principal.type", &["user", "instance", "cluster", "service", "workload"]),
    ("request.principal.type", &["user", "instance", "cluster"]),
    ("request.principal.id", &["ocid1.cluster.oc1.iad.cluster00", "ocid1.user.oc1..u00"]),
    ("request.principal.compartment.id", &["ocid1.tenancy.oc1..t0", "ocid1.tenancy.oc1..t1"]),
    ("request.principal.compartment.tag.org.team", &["x", "Prod", "*"]),
    ("request.principal.group.tag.ops.env", &["x", "prod"]),
    ("request.principal.namespace", &["pay", "lab"]),
    ("request.principal.service_account", &["reader"]),
    ("request.principal.cluster_id", &["ocid1.cluster.oc1.iad.cluster00"]),
    ("request.user.id", &["ocid1.user.oc1..u00", "ocid1.user.oc1..U11"]),
    ("request.user.name", &["u00", "u01", "u10"]),
    ("request.groups.id", &["ocid1.group.oc1..g00", "ocid1.group.oc1..g11"]),
    ("request.groups.name", &["Ops", "dev", "Net Ops"]),
    ("request.dynamicgroup.id", &["ocid1.dynamicgroup.oc1..d00"]),
    ("request.dynamicgroup.name", &["bots", "Nodes"]),
    ("request.domain.name", &["Default", "side"]),
    ("request.instance.id", &["ocid1.instance.oc1.iad.instance00"]),
    ("request.instance.compartment.id", &["ocid1.tenancy.oc1..t0"]),
    ("request.resource.compartment.id", &["ocid1.tenancy.oc1..t0"]),
    ("request.service.name", &["faas", "objectstorage-us-ashburn-1"]),
    ("request.region", &["IAD", "phx"]),
    ("request.region", &["iad", "phx"]),
    ("request.networkSource.name", &["corp", "home"]),
    ("request.utc-timestamp.month-of-year", &["6", "12"]),
    ("request.utc-timestamp.day-of-month", &["1", "01", "31"]),
    ("request.utc-timestamp.day-of-week", &["monday", "Sunday"]),
    ("target.compartment.id", &["ocid1.tenancy.oc1..t0", "ocid1.compartment.oc1..t0alpha"]),
    ("target.compartment.name", &["alpha", "beta", "T0"]),
    ("target.resource.tag.org.team", &["x", "Prod", "*"]),
    ("target.resource.compartment.tag.org.team", &["x", "prod", "*"]),
    ("target.bucket.name", &["bucket00", "BUCKET10", "bucket*"]),
    ("target.bucket.id", &["ocid1.bucket.oc1.iad.bucket00"]),
    ("target.object.name", &["object*", "OBJECT00"]),
    ("target.key.id", &["ocid1.key.oc1.iad.key00", "ocid1.key.oc1.iad.key10"]),
    ("target.vault.id", &["ocid1.vault.oc1.iad.vault00"]),
    ("target.group.name", &["Ops", "dev"]),
    ("target.group.member", &["true", "false"]),
];

/// Variables that are compared with each other.
const LISTS: [&str; 8] = [
    "request.groups.id",
    "request.groups.name",
    "target.group.name",
    "target.group.id",
    "request.user.name",
    "request.principal.group.tag.org.team",
    "target.resource.compartment.tag.org.team",
    "request.principal.compartment.tag.ops.env",
];

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
    let (act, targets) = match dice.below(20) {
        0 => {
            let kinds = [*dice.of(&["buckets", "vaults"]), *dice.of(&["buckets", "vaults"])];
            let targets = kinds.map(|kind| Target::Resource(of(dice, kind.trim_end_matches('s'))));
            (Act::Link(kinds[0], kinds[1]), targets.to_vec())
        }
        1 => (Act::Operation("ListBuckets"), vec![Target::Compartment(*dice.of(&compartments))]),
        2 => (Act::Operation("GetBucket"), vec![Target::Resource(of(dice, "bucket"))]),
        3 => (Act::Operation("Decrypt"), vec![Target::Resource(of(dice, "key"))]),
        4 => (Act::Operation("ListKeys"), vec![Target::Resource(of(dice, "vault"))]),
        5 => (
            Act::Operation("iam/AddUserToGroup"),
            vec![Target::Group(*dice.of(&groups)), Target::User(*dice.of(&users))],
        ),
        6 => (Act::Operation("iam/UploadApiKey"), vec![Target::User(*dice.of(&users))]),
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
        let text = *dice.of(&["192.0.2.9", "198.51.100.7"]);
        (Address { ip: text.parse().unwrap(), vcn: None }, text)
    });
    let mut given = Vec::new();
    if dice.one_in(8) {
        let (name, values) = *dice.of(&VARIABLES);
        let typed = ["request.permission", "request.utc-timestamp"];
        if !typed.iter().any(|typed| name.starts_with(typed)) {
            given.push((name, vec![(*dice.of(values)).to_owned()]));
        }
    }
    let absent = if dice.one_in(12) { vec![dice.of(&VARIABLES).0] } else { Vec::new() };
    let unknown = if dice.one_in(8) { vec![dice.of(&VARIABLES).0] } else { Vec::new() };
    Question {
        asker,
        act,
        targets,
        region: (!dice.one_in(3)).then(|| *dice.of(&REGIONS)),
        time: (!dice.one_in(3)).then(|| dice.of(&TIMES)[0]),
        from,
        given,
        absent,
        unknown,
    }
}
