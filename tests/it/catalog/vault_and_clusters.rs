//! The tables of the vault and of clusters, row by row as the pages print them.

use ocipol::catalog::{OperationKind, TypeKind, Verb};

use super::{added, needs, operation, permissions, resource_type};

/// Type, then what inspect, read, use and manage add.
type Ladder = (&'static str, [&'static str; 4]);

const VAULT: [Ladder; 7] = [
    (
        "vaults",
        [
            "VAULT_INSPECT",
            "VAULT_READ",
            "VAULT_CREATE_KEY VAULT_IMPORT_KEY VAULT_CREATE_SECRET",
            "VAULT_CREATE VAULT_UPDATE VAULT_DELETE VAULT_MOVE VAULT_BACKUP VAULT_RESTORE VAULT_REPLICATE",
        ],
    ),
    (
        "keys",
        [
            "KEY_INSPECT",
            "KEY_READ",
            "KEY_ENCRYPT KEY_DECRYPT KEY_EXPORT KEY_SIGN KEY_VERIFY",
            "KEY_CREATE KEY_UPDATE KEY_ROTATE KEY_DELETE KEY_MOVE KEY_IMPORT KEY_BACKUP KEY_RESTORE",
        ],
    ),
    ("key-delegate", ["", "", "KEY_ASSOCIATE KEY_DISASSOCIATE", ""]),
    (
        "hsm-cluster",
        [
            "HSM_CLUSTER_INSPECT",
            "HSM_CLUSTER_READ",
            "HSM_CLUSTER_UPDATE",
            "HSM_CLUSTER_CREATE HSM_CLUSTER_DELETE HSM_CLUSTER_MOVE",
        ],
    ),
    (
        "secrets",
        [
            "SECRET_INSPECT",
            "SECRET_READ",
            "SECRET_UPDATE SECRET_ROTATE",
            "SECRET_CREATE SECRET_DELETE SECRET_MOVE SECRET_REPLICATE_CONFIGURE",
        ],
    ),
    ("secret-versions", ["SECRET_VERSION_INSPECT", "SECRET_VERSION_READ", "", "SECRET_VERSION_DELETE"]),
    ("secret-bundles", ["SECRET_BUNDLE_INSPECT", "SECRET_BUNDLE_READ", "", ""]),
];

const CLUSTERS: [Ladder; 6] = [
    (
        "clusters",
        [
            "CLUSTER_INSPECT",
            "CLUSTER_READ",
            "CLUSTER_USE",
            "CLUSTER_CREATE CLUSTER_DELETE CLUSTER_UPDATE CLUSTER_MANAGE CLUSTER_JOIN",
        ],
    ),
    (
        "cluster-node-pools",
        [
            "CLUSTER_NODE_POOL_INSPECT",
            "CLUSTER_NODE_POOL_READ",
            "",
            "CLUSTER_NODE_POOL_CREATE CLUSTER_NODE_POOL_DELETE CLUSTER_NODE_POOL_UPDATE",
        ],
    ),
    (
        "cluster-virtualnode-pools",
        [
            "CLUSTER_VIRTUAL_NODE_POOL_INSPECT",
            "CLUSTER_VIRTUAL_NODE_POOL_READ",
            "",
            "CLUSTER_VIRTUAL_NODE_POOL_CREATE CLUSTER_VIRTUAL_NODE_POOL_UPDATE CLUSTER_VIRTUAL_NODE_POOL_DELETE",
        ],
    ),
    ("cluster-pod-shapes", ["CLUSTER_VIRTUAL_NODE_POOL_INSPECT", "", "", ""]),
    (
        "cluster-work-requests",
        ["CLUSTER_WORK_REQUEST_INSPECT", "CLUSTER_WORK_REQUEST_READ", "", "CLUSTER_WORK_REQUEST_DELETE"],
    ),
    (
        "cluster-workload-mappings",
        [
            "CLUSTER_WORKLOAD_MAPPING_INSPECT",
            "CLUSTER_WORKLOAD_MAPPING_READ",
            "CLUSTER_WORKLOAD_MAPPING_UPDATE CLUSTER_WORKLOAD_COMPARTMENT_BIND CLUSTER_WORKLOAD_COMPARTMENT_UNBIND",
            "CLUSTER_WORKLOAD_MAPPING_CREATE CLUSTER_WORKLOAD_MAPPING_DELETE",
        ],
    ),
];

#[test]
fn verbs_add_what_the_pages_of_vault_and_clusters_print() {
    for (name, rows) in VAULT.into_iter().chain(CLUSTERS) {
        let resource_type = resource_type(name);
        for (verb, row) in Verb::ALL.into_iter().zip(rows) {
            let mut expected: Vec<&str> = row.split_whitespace().collect();
            expected.sort_unstable();
            assert_eq!(added(resource_type, verb), expected, "{verb} {name}");
        }
    }
}

#[test]
fn an_allow_grants_the_rows_up_to_its_verb_and_a_deny_removes_the_rows_from_its_verb_on() {
    for (name, rows) in VAULT.into_iter().chain(CLUSTERS) {
        let resource_type = resource_type(name);
        for (verb, place) in Verb::ALL.into_iter().zip(0..) {
            let words = |rows: &[&'static str]| -> Vec<&'static str> {
                rows.iter().flat_map(|row| row.split_whitespace()).collect()
            };
            let (granted, denied) = (resource_type.granted(verb), resource_type.denied(verb));
            assert_eq!(granted.certain, permissions(&words(&rows[..=place])), "allow {verb} {name}");
            assert_eq!(denied.certain, permissions(&words(&rows[place..])), "deny {verb} {name}");
            assert!(denied.unknown.is_empty(), "deny {verb} {name}");
        }
    }
}

#[test]
fn the_families_are_their_members() {
    let table = [
        ("secret-family", "secret-bundles secret-versions secrets"),
        (
            "cluster-family",
            "cluster-node-pools cluster-pod-shapes cluster-virtualnode-pools cluster-work-requests \
             cluster-workload-mappings clusters",
        ),
    ];
    for (name, members) in table {
        let family = resource_type(name);
        let names: Vec<&str> = family.types().iter().map(|member| member.name()).collect();
        assert_eq!(family.kind(), TypeKind::Family);
        assert_eq!(names, members.split_whitespace().collect::<Vec<_>>(), "{name}");
        for verb in Verb::ALL {
            let together =
                family.types().iter().fold(ocipol::catalog::PermissionSet::EMPTY, |together, member| {
                    together | member.granted(verb).certain
                });
            assert_eq!(family.granted(verb).certain, together, "{verb} {name}");
        }
    }
}

#[test]
fn operations_of_the_vault_need_what_its_page_prints() {
    let table = [
        ("ListVaults", "VAULT_INSPECT"),
        ("GetVault", "VAULT_READ"),
        ("GetVaultUsage", "VAULT_READ"),
        ("CreateVault", "VAULT_CREATE"),
        ("UpdateVault", "VAULT_UPDATE"),
        ("ScheduleVaultDeletion", "VAULT_DELETE"),
        ("CancelVaultDeletion", "VAULT_DELETE"),
        ("ChangeVaultCompartment", "VAULT_MOVE"),
        ("BackupVault", "VAULT_BACKUP"),
        ("RestoreVaultFromFile", "VAULT_RESTORE"),
        ("RestoreVaultFromObjectStore", "VAULT_RESTORE"),
        ("CreateVaultReplica", "VAULT_REPLICATE"),
        ("DeleteVaultReplica", "VAULT_REPLICATE"),
        ("ListVaultReplicas", "VAULT_INSPECT"),
        ("ListKeys", "KEY_INSPECT"),
        ("ListKeyVersions", "KEY_INSPECT"),
        ("GetKey", "KEY_READ"),
        ("GetKeyVersion", "KEY_READ"),
        ("CreateKey", "KEY_CREATE and VAULT_CREATE_KEY"),
        ("ImportKey", "KEY_IMPORT and VAULT_IMPORT_KEY"),
        ("EnableKey", "KEY_UPDATE"),
        ("DisableKey", "KEY_UPDATE"),
        ("UpdateKey", "KEY_UPDATE"),
        ("CreateKeyVersion", "KEY_ROTATE"),
        ("ImportKeyVersion", "KEY_IMPORT"),
        ("ScheduleKeyDeletion", "KEY_DELETE"),
        ("CancelKeyDeletion", "KEY_DELETE"),
        ("ChangeKeyCompartment", "KEY_MOVE"),
        ("BackupKey", "KEY_BACKUP"),
        ("RestoreKeyFromFile", "KEY_RESTORE"),
        ("RestoreKeyFromObjectStore", "KEY_RESTORE"),
        ("Encrypt", "either {KEY_ENCRYPT | KEY_ASSOCIATE}"),
        ("GenerateDataEncryptionKey", "either {KEY_ENCRYPT | KEY_ASSOCIATE}"),
        ("Decrypt", "either {KEY_DECRYPT | KEY_ASSOCIATE}"),
        ("Sign", "KEY_SIGN"),
        ("Verify", "KEY_VERIFY"),
        ("ExportKey", "KEY_EXPORT"),
        (
            "CreateSecret",
            "SECRET_CREATE and VAULT_CREATE_SECRET and KEY_ENCRYPT and KEY_DECRYPT and maybe SECRET_REPLICATE_CONFIGURE",
        ),
        ("UpdateSecret", "SECRET_UPDATE and maybe SECRET_REPLICATE_CONFIGURE"),
        ("RotateSecret", "SECRET_ROTATE"),
        ("GetSecret", "SECRET_READ"),
        ("ListSecrets", "SECRET_INSPECT"),
        ("ScheduleSecretDeletion", "SECRET_DELETE"),
        ("ChangeSecretCompartment", "SECRET_MOVE and SECRET_UPDATE"),
        ("GetSecretVersion", "SECRET_VERSION_READ"),
        ("ListSecretVersions", "SECRET_VERSION_INSPECT"),
        ("ScheduleSecretVersionDeletion", "SECRET_VERSION_DELETE and SECRET_UPDATE"),
        ("CancelSecretVersionDeletion", "SECRET_VERSION_DELETE and SECRET_UPDATE"),
        ("GetSecretBundle", "SECRET_BUNDLE_READ"),
        ("GetSecretBundleByName", "SECRET_BUNDLE_READ"),
        ("ListSecretBundles", "SECRET_BUNDLE_INSPECT"),
        ("GetHsmCluster", "HSM_CLUSTER_READ"),
        ("GetHsmPartition", "HSM_CLUSTER_READ"),
        ("ListHsmClusters", "HSM_CLUSTER_INSPECT"),
        ("ListHsmPartitions", "HSM_CLUSTER_INSPECT"),
        ("CreateHsmCluster", "HSM_CLUSTER_CREATE"),
        ("ChangeHsmClusterCompartment", "HSM_CLUSTER_MOVE"),
        ("ScheduleHsmClusterDeletion", "HSM_CLUSTER_DELETE"),
        ("CancelDeletion", "HSM_CLUSTER_DELETE"),
        ("UpdateHsmCluster", "HSM_CLUSTER_UPDATE"),
        ("GetPreCoUserCredentials", "HSM_CLUSTER_UPDATE"),
        ("DownloadCertificateSigningRequest", "HSM_CLUSTER_UPDATE"),
        ("UploadPartitionOwnerCertificate", "HSM_CLUSTER_UPDATE"),
    ];
    for (name, expected) in table {
        assert_eq!(needs(operation(name, "vault").requirement()), expected, "{name}");
    }
    let unlisted = |name: &&str| !table.iter().any(|(listed, _)| listed == name);
    let vault = operation("Encrypt", "vault").service();
    let rest: Vec<&str> = ocipol::catalog::Operation::all()
        .iter()
        .filter(|operation| operation.service() == vault)
        .map(|operation| operation.name())
        .filter(unlisted)
        .collect();
    // Only verb tables name these.
    let verb_tables_only =
        ["CancelHsmClusterDeletion", "CancelRotation", "CancelSecretDeletion", "UploadPartitionCertificates"];
    assert_eq!(rest, verb_tables_only);
}

#[test]
fn operations_of_clusters_need_what_their_page_prints() {
    let table = [
        ("CreateCluster", "CLUSTER_CREATE"),
        ("UpdateCluster", "CLUSTER_UPDATE"),
        ("DeleteCluster", "CLUSTER_DELETE and CLUSTER_NODE_POOL_DELETE"),
        ("JoinCluster", "CLUSTER_MANAGE"),
        ("CreateKubeconfig", "CLUSTER_USE"),
        ("GetWorkRequest", "(CLUSTER_WORK_REQUEST_READ or CLUSTER_NODE_POOL_READ or CLUSTER_READ)"),
        ("CreateWorkloadMapping", "CLUSTER_WORKLOAD_MAPPING_CREATE and CLUSTER_WORKLOAD_COMPARTMENT_BIND"),
    ];
    for (name, expected) in table {
        assert_eq!(needs(operation(name, "kubernetes-engine").requirement()), expected, "{name}");
    }
}

#[test]
fn an_operation_knows_the_types_it_concerns_and_whether_its_target_exists() {
    let table = [
        ("ListKeys", "vault", "keys", OperationKind::List),
        ("ListKeyVersions", "vault", "keys", OperationKind::List),
        ("CreateKey", "vault", "keys vaults", OperationKind::Create),
        ("CreateKeyVersion", "vault", "keys", OperationKind::Other),
        ("Encrypt", "vault", "key-delegate keys", OperationKind::Other),
        ("CreateSecret", "vault", "keys secrets vaults", OperationKind::Create),
        ("CancelRotation", "vault", "secrets", OperationKind::Other),
        ("LaunchInstance", "core-services", "instance-images instances subnets vnics", OperationKind::Create),
        ("CreateOrResetUIPassword", "iam", "users", OperationKind::Other),
        ("CreateTag", "iam", "tag-namespaces", OperationKind::Other),
        ("GetWorkRequest", "core-services", "", OperationKind::Other),
        ("CreateIntegrationInstance", "integration", "", OperationKind::Create),
    ];
    for (name, slug, types, kind) in table {
        let operation = operation(name, slug);
        let names: Vec<&str> = operation.resource_types().iter().map(|each| each.name()).collect();
        assert_eq!(names, types.split_whitespace().collect::<Vec<_>>(), "{name}");
        assert_eq!(operation.kind(), kind, "{name}");
    }
}
