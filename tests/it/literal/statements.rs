//! Random policies of a world, often about things it has.

use super::worlds::{BOTS, Dice, GROUPS, NAMES, Path, PolicyText, SERVICES, TIMES, compartment_id};

pub(super) fn policy(dice: &mut Dice, trees: &[Vec<Path>]) -> PolicyText {
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
        if scope.dice.one_in(6) {
            statements.splice(0..0, scope.aliased());
        }
        if scope.dice.one_in(25) {
            statements.push(scope.mistaken());
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

    /// Grants that call groups and places of one's own by alias.
    fn aliased(&mut self) -> Vec<String> {
        let (own, what, condition) = (self.tenancy, self.what(), self.condition("target"));
        let below: Vec<&Path> = self.trees[own]
            .iter()
            .filter(|path| !path.is_empty() && path.starts_with(self.attached))
            .collect();
        let mut out = vec![
            format!("Define group Ours as ocid1.group.oc1..g{own}{}", self.dice.below(4)),
            format!("Define dynamic-group Rigs as ocid1.dynamicgroup.oc1..d{own}{}", self.dice.below(3)),
        ];
        let mut location = "compartment Here".to_owned();
        if below.is_empty() {
            location = self.location();
        } else {
            // An alias comes before a compartment of that name.
            let name = if self.dice.one_in(3) { "alpha" } else { "Here" };
            location = location.replace("Here", name);
            let place = self.dice.pick(&below);
            out.push(format!("Define compartment {name} as {}", compartment_id(own, place)));
        }
        let who = if self.dice.one_in(3) { "dynamic-group rigs" } else { "group OURS" };
        out.push(format!("Allow {who} to {what} in {location}{condition}"));
        out
    }

    /// A statement that rejects its policy, or would elsewhere.
    fn mistaken(&mut self) -> String {
        let other = (self.tenancy + 1) % self.trees.len();
        match self.dice.below(7) {
            0 => "Allow any-user to read buckets in tenancy".to_owned(),
            1 => "Allow group Typo to read buckets in compartment alpha".to_owned(),
            2 => "Allow group 'Nowhere'/'Ops' to read buckets in tenancy".to_owned(),
            3 => format!("Allow any-user to read buckets in compartment id ocid1.tenancy.oc1..t{other}"),
            4 => "Endorse any-user to read buckets in any-tenancy".to_owned(),
            5 => "Allow dynamic-group id ocid1.dynamicgroup.oc1..d09 to read buckets in compartment alpha"
                .to_owned(),
            _ => "Admit group Ops of any-tenancy to read buckets in tenancy".to_owned(),
        }
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
        match self.dice.below(17) {
            16 if self.dice.one_in(2) => format!("resource {} {}", self.dice.of(&["vcn", "bucket"]), "x"),
            0..=4 | 16 => "any-user".to_owned(),
            5 => "any-group".to_owned(),
            6..=7 => format!("group '{}'", self.dice.of(&GROUPS)),
            8 => format!("group '{}'", self.dice.of(&GROUPS).to_uppercase()),
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
        let third = *dice.of(&LISTS);
        match dice.below(18) {
            14 => return format!("{other} in ({}, {third})", dice.of(&LISTS)),
            15 => return format!("{other} not in ({third}, 'Ops')"),
            16 => return format!("sets-equal({other}, ({third}, 'x'))"),
            17 => return format!("sets-intersect({other}, ({third}, 'Ops'))"),
            _ => {}
        }
        match dice.below(14) {
            0..=5 => format!("{variable} = {first}"),
            6 | 7 => format!("{variable} != {first}"),
            8 => format!("{variable} in ({first}, {second})"),
            9 => format!("{variable} not in ({first}, {second})"),
            10 => format!("{other} = {}", dice.of(&LISTS)),
            11 => format!("{other} != {}", dice.of(&LISTS)),
            12 if variable.starts_with("request.") => {
                format!("sets-equal({variable}, ('{}', '{}'))", exact[0], exact[1])
            }
            12 => format!("sets-equal({other}, ('{}', '{}'))", exact[0], exact[1]),
            _ => format!("sets-intersect({variable}, ('{}', '{}'))", exact[0], exact[1]),
        }
    }
}

/// Permissions that statements and questions of the worlds are about.
pub(super) const PERMISSIONS: [&str; 14] = [
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
pub(super) const VARIABLES: [(&str, &[&str]); 42] = [
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
    ("target.bucket.tag.org.team", &["x", "Prod", "*"]),
    ("request.ad", &["Uocm:IAD-AD-1", "uocm:PHX-AD-2"]),
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
