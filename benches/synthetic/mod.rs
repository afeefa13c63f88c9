//! The synthetic workload: statements *group g may verb v on type t in compartment c*, with a tenth as many groups, four
//! verbs, forty types, sixty compartments in a three-way tree, a quarter of the statements with a region condition. A
//! request: a user in three groups, one permission, one compartment, one region.

use std::fmt::Write;

/// Forty types with a permission each that `read` or `manage` gives.
pub(crate) const TYPES: [(&str, &str, &str); 40] = [
    ("vcns", "VCN_READ", "VCN_DELETE"),
    ("subnets", "SUBNET_READ", "SUBNET_DELETE"),
    ("instances", "INSTANCE_READ", "INSTANCE_DELETE"),
    ("volumes", "VOLUME_INSPECT", "VOLUME_DELETE"),
    ("buckets", "BUCKET_READ", "BUCKET_DELETE"),
    ("objects", "OBJECT_READ", "OBJECT_DELETE"),
    ("keys", "KEY_READ", "KEY_DELETE"),
    ("vaults", "VAULT_READ", "VAULT_DELETE"),
    ("secrets", "SECRET_READ", "SECRET_DELETE"),
    ("clusters", "CLUSTER_READ", "CLUSTER_DELETE"),
    ("cluster-node-pools", "CLUSTER_NODE_POOL_READ", "CLUSTER_NODE_POOL_DELETE"),
    ("users", "USER_READ", "USER_DELETE"),
    ("groups", "GROUP_INSPECT", "GROUP_DELETE"),
    ("policies", "POLICY_READ", "POLICY_DELETE"),
    ("compartments", "COMPARTMENT_INSPECT", "COMPARTMENT_DELETE"),
    ("dynamic-groups", "DYNAMIC_GROUP_INSPECT", "DYNAMIC_GROUP_DELETE"),
    ("tag-namespaces", "TAG_NAMESPACE_READ", "TAG_NAMESPACE_DELETE"),
    ("route-tables", "ROUTE_TABLE_READ", "ROUTE_TABLE_DELETE"),
    ("security-lists", "SECURITY_LIST_READ", "SECURITY_LIST_DELETE"),
    ("internet-gateways", "INTERNET_GATEWAY_READ", "INTERNET_GATEWAY_DELETE"),
    ("nat-gateways", "NAT_GATEWAY_READ", "NAT_GATEWAY_DELETE"),
    ("service-gateways", "SERVICE_GATEWAY_READ", "SERVICE_GATEWAY_DELETE"),
    ("drgs", "DRG_READ", "DRG_DELETE"),
    ("cpes", "CPE_READ", "CPE_DELETE"),
    ("public-ips", "PUBLIC_IP_READ", "PUBLIC_IP_DELETE"),
    ("private-ips", "PRIVATE_IP_READ", "PRIVATE_IP_DELETE"),
    ("dhcp-options", "DHCP_READ", "DHCP_DELETE"),
    ("load-balancers", "LOAD_BALANCER_READ", "LOAD_BALANCER_DELETE"),
    ("file-systems", "FILE_SYSTEM_READ", "FILE_SYSTEM_DELETE"),
    ("mount-targets", "MOUNT_TARGET_READ", "MOUNT_TARGET_DELETE"),
    ("alarms", "ALARM_READ", "ALARM_DELETE"),
    ("metrics", "METRIC_READ", "METRIC_WRITE"),
    ("repos", "REPOSITORY_READ", "REPOSITORY_DELETE"),
    ("instance-images", "INSTANCE_IMAGE_READ", "INSTANCE_IMAGE_DELETE"),
    ("volume-backups", "VOLUME_BACKUP_INSPECT", "VOLUME_BACKUP_DELETE"),
    ("boot-volumes", "VOLUME_INSPECT", "VOLUME_DELETE"),
    ("dns-zones", "DNS_ZONE_READ", "DNS_ZONE_DELETE"),
    ("dns-records", "DNS_RECORD_READ", "DNS_RECORD_DELETE"),
    ("streams", "STREAM_READ", "STREAM_DELETE"),
    ("ons-topics", "ONS_TOPIC_READ", "ONS_TOPIC_DELETE"),
];

const VERBS: [&str; 4] = ["inspect", "read", "use", "manage"];
const REGIONS: [&str; 4] = ["iad", "phx", "fra", "lhr"];

/// A small generator of numbers, the same on every run.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit.max(1)
    }
}

pub(crate) fn groups(statements: usize) -> usize {
    (statements / 10).max(3)
}

/// The path of one of sixty compartments in a three-way tree: three at the top, nine below, the rest below those.
pub(crate) fn compartment(number: usize) -> String {
    match number % 60 {
        top @ 0..3 => format!("c{top}"),
        middle @ 3..12 => format!("c{}:c{middle}", (middle - 3) / 3),
        leaf => {
            let middle = 3 + (leaf - 12) % 9;
            format!("c{}:c{middle}:c{leaf}", (middle - 3) / 3)
        }
    }
}

pub(crate) fn statements(count: usize) -> Vec<String> {
    let mut numbers = Numbers::new(7);
    let statement = |_| {
        let group = numbers.below(groups(count));
        let (kind, ..) = TYPES[numbers.below(TYPES.len())];
        let verb = VERBS[numbers.below(VERBS.len())];
        let place = compartment(numbers.below(60));
        let condition = if numbers.below(4) == 0 {
            format!(" where request.region = '{}'", REGIONS[numbers.below(REGIONS.len())])
        } else {
            String::new()
        };
        format!("Allow group g{group} to {verb} {kind} in compartment {place}{condition}")
    };
    (0..count).map(statement).collect()
}

/// A tenancy model with those statements, fifty a policy, and as many users as groups, each in three.
pub(crate) fn tenancy(count: usize) -> String {
    let mut out =
        String::from("tenancies:\n  - name: Bench\n    id: ocid1.tenancy.oc1..bench\n    compartments:\n");
    for top in 0..3 {
        writeln!(
            out,
            "      - name: c{top}\n        id: ocid1.compartment.oc1..c{top}\n        compartments:"
        )
        .unwrap();
        for middle in (3..12).filter(|middle| (middle - 3) / 3 == top) {
            writeln!(out, "          - name: c{middle}\n            id: ocid1.compartment.oc1..c{middle}")
                .unwrap();
            writeln!(out, "            compartments:").unwrap();
            for leaf in (12..60).filter(|leaf| 3 + (leaf - 12) % 9 == middle) {
                writeln!(out, "              - {{name: c{leaf}, id: ocid1.compartment.oc1..c{leaf}}}")
                    .unwrap();
            }
        }
    }
    let groups = groups(count);
    out += "    users:\n";
    for user in 0..groups {
        writeln!(out, "      - {{name: u{user}, id: ocid1.user.oc1..u{user}}}").unwrap();
    }
    out += "    groups:\n";
    for group in 0..groups {
        let members: Vec<String> =
            [0, 1, 2].iter().map(|step| format!("u{}", (group + step * 7) % groups)).collect();
        writeln!(
            out,
            "      - {{name: g{group}, id: ocid1.group.oc1..g{group}, members: [{}]}}",
            members.join(", ")
        )
        .unwrap();
    }
    out += "    policies:\n";
    for (number, chunk) in statements(count).chunks(50).enumerate() {
        writeln!(out, "      - name: p{number:05}\n        statements:").unwrap();
        for statement in chunk {
            writeln!(out, "          - \"{statement}\"").unwrap();
        }
    }
    out
}

/// A question of the workload.
pub(crate) struct Asked {
    pub(crate) user: String,
    pub(crate) permission: &'static str,
    pub(crate) compartment: String,
    pub(crate) region: &'static str,
}

pub(crate) fn requests(statements: usize, count: usize) -> Vec<Asked> {
    let mut numbers = Numbers::new(11);
    let request = |_| {
        let (_, read, delete) = TYPES[numbers.below(TYPES.len())];
        Asked {
            user: format!("u{}", numbers.below(groups(statements))),
            permission: if numbers.below(2) == 0 { read } else { delete },
            compartment: format!("Bench/{}", compartment(numbers.below(60))),
            region: REGIONS[numbers.below(REGIONS.len())],
        }
    };
    (0..count).map(request).collect()
}
