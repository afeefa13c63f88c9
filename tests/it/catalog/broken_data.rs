//! Data that break a rule stop the build, with a message that names the file and the key.

#[path = "../../../build/catalog.rs"]
mod build;

use super::data;

#[test]
fn the_data_as_they_stand_are_sound_and_give_the_same_tables_each_time() {
    let texts = data();
    let once = build::tables(&texts).map_err(|mistakes| mistakes.join("\n")).unwrap();
    let twice = build::tables(&texts).map_err(|mistakes| mistakes.join("\n")).unwrap();
    assert!(once.rust == twice.rust && once.text == twice.text);
}

/// Writes each change into its file and checks that the build says what belongs to it.
fn said_together(changes: &[(&str, &str, &str, &str)]) {
    let mut texts = data();
    for (file, there, instead, _) in changes {
        let text = texts.get_mut(*file).unwrap();
        assert!(text.contains(there), "{file} has no `{there}`");
        *text = text.replacen(there, instead, 1);
    }
    let mistakes = build::tables(&texts).err().unwrap_or_default();
    for (file, _, instead, expected) in changes {
        let expected = format!("src/catalog/data/{file}.yaml: {expected}");
        let said = mistakes.iter().any(|mistake| mistake.starts_with(&expected));
        assert!(said, "`{instead}` should give\n{expected}\nall that was said:\n{mistakes:#?}");
    }
}

#[test]
fn a_mistake_of_shape_is_named_with_its_file_and_key() {
    // File, what stands there, what someone writes instead, how the message begins. One for each file: a file that
    // cannot be read has no second mistake.
    said_together(&[
        ("vault", "slug: vault", "slog: vault", "unknown field `slog`"),
        ("iam", "coverage: full", "coverage: total", "coverage: unknown variant `total`"),
        ("dns", "    inspect: [DNS_ZONE_INSPECT]\n", "", "resource_types.dns-zones: missing field `inspect`"),
        (
            "bastion",
            "operations:\n",
            "operations:\n  ListBastions: {permissions: []}\n",
            "operations: `ListBastions` stands here twice",
        ),
        (
            "_general",
            "  request.user.id: {type: ocid, principals: [user]}",
            "  request.user.id: {type: ocid, principals: [person]}",
            "general_variables.request.user.id.principals[0]: unknown variant `person`",
        ),
        (
            "_seen",
            "    repositories: 2",
            "    repositories: two",
            "resource_types.accountmanagement-family.repositories: ",
        ),
    ]);
}

#[test]
fn a_mistake_of_sense_is_named_with_its_file_and_key() {
    said_together(&[
        ("quotas", "slug: quotas", "slug: limits", "slug: differs from the file's name"),
        (
            "vault",
            "inspect: [KEY_INSPECT]",
            "inspect: [key_inspect]",
            "resource_types.keys.inspect: `key_inspect` is not spelled like a permission",
        ),
        (
            "vault",
            "read: [VAULT_READ]",
            "read: [VAULT_READ, VAULT_INSPECT]",
            "resource_types.vaults.read: `VAULT_INSPECT` stands in two rows of the type",
        ),
        (
            "vault",
            "rows_missing: [inspect, read, manage]",
            "rows_missing: [inspect, use]",
            "resource_types.key-delegate: the missing row `use` is not []",
        ),
        (
            "vault",
            "members: [secrets,",
            "members: [secret,",
            "families.secret-family: has the member `secret`, which this file does not define",
        ),
        (
            "vault",
            "  key-delegates: key-delegate",
            "  key-delegates: keys-delegate",
            "aliases.key-delegates: `keys-delegate` is no type or family of this file",
        ),
        (
            "vault",
            "ListVaults: {permissions: [VAULT_INSPECT]}",
            "ListVaults: {permissions: [VAULT_LIST]}",
            "operations.ListVaults: needs `VAULT_LIST`, which no row grants and `ungranted_permissions` lacks",
        ),
        (
            "vault",
            "GetVault: {permissions: [VAULT_READ]}",
            "GetVault: {permissions: null}",
            "operations.GetVault: says neither what it needs nor why that is not known",
        ),
        (
            "vault",
            "Rotate: RotateSecret",
            "Rotate: Spin",
            "operation_spellings.Rotate: `Spin` is no operation of this file",
        ),
        (
            "vault",
            "target.key.id: {type: ocid",
            "target.key.id: {type: guid",
            "variables.target.key.id: `guid` is no type of value",
        ),
        (
            "vault",
            "target.secret.name: {type: string, resource_types: [secrets,",
            "target.secret.name: {type: string, resource_types: [secretes,",
            "variables.target.secret.name: `secretes` is no type or family of this file",
        ),
        (
            "vault",
            "hsm-cluster, verb: use",
            "hsm, verb: use",
            "operations_verb_table_only.UploadPartitionCertificates: `hsm` is no type or family of this file",
        ),
        (
            "vault",
            "key-delegate: {use: {full: [Encrypt,",
            "key-delegate: {use: {full: [Enccrypt,",
            "verb_apis.key-delegate.use: `Enccrypt` is no operation of this file",
        ),
        (
            "iam",
            "needed_by: [GetWorkRequest]",
            "needed_by: [ListRegions]",
            "ungranted_permissions.COMPARTMENT_READ: `ListRegions` does not need it",
        ),
        (
            "iam",
            "requires: manage all-resources",
            "requires: manage everything",
            "operations.MoveCompartment: `requires: manage everything` is no verb and type",
        ),
        (
            "iam",
            "target.user.id:\n    type: ocid",
            "target.user.id:\n    type: ocid\n    only_for: [ListUser]",
            "variables.target.user.id: `ListUser` is no operation of this file",
        ),
        (
            "process-automation",
            "target.compartment.id: {type: ocid,",
            "target.compartment.id: {type: string,",
            "variables.target.compartment.id: holds string here and ocid in _general",
        ),
        (
            "core-services",
            "includes: [local-peering-from, local-peering-to]",
            "includes: [local-peering-gateways]",
            "resource_types.local-peering-gateways: includes `local-peering-gateways`",
        ),
        (
            "internet-of-things",
            "resource_types:\n",
            "  iot-loop: {members: [iot-loop]}\nresource_types:\n",
            "families.iot-loop: is a member of itself",
        ),
        (
            "_general",
            "  zpr-family: [zero-trust-packet-routing]",
            "  zpr-family: [iam]",
            "families.zpr-family: says [\"iam\"], the files that define it are [\"zero-trust-packet-routing\"]",
        ),
        ("_general", "  waf-family: [web-application-firewall]\n", "", "families: lacks `waf-family`"),
        (
            "_general",
            "fleet: {name: fleets,",
            "fleet: {name: fleet,",
            "aliases.fleet: java-management does not say `fleet`",
        ),
        ("_general", "  AMS: Nether", "  Ams: Nether", "region_keys.Ams: is not a key of three capitals"),
        (
            "_seen",
            "    like: buckets",
            "    like: bucketts",
            "resource_types.bucket: `bucketts` is no type or family",
        ),
        ("_language", "name: drgs", "name: drigs", "aliases.drg: `drigs` is no type or family"),
        (
            "_language",
            "service: vault",
            "service: safe",
            "variable_limits.target.key.id: safe has no such variable",
        ),
        (
            "_language",
            "segment: tag-namespace",
            "segment: tag-name-space",
            "variable_segments.tagnamespace: no variable begins with `target.tag-name-space.`",
        ),
        ("_regions", "  AMS: eu-amsterdam-1\n", "", "region_names: are not those of `region_keys`"),
        (
            "_tenancies",
            "ocid: ocid1.tenancy",
            "ocid: ocid1.tenant",
            "tenancies.usage-report: is not the OCID",
        ),
    ]);
}

#[test]
fn a_missing_file_is_named() {
    let sound = data();
    for (file, expected) in [
        ("_seen", "src/catalog/data/_seen.yaml: the file is missing"),
        ("iam", "src/catalog/data/iam.yaml: slug: the file is missing"),
    ] {
        let mut texts = sound.clone();
        texts.remove(file);
        let mistakes = build::tables(&texts).err().unwrap_or_default();
        assert!(mistakes.iter().any(|mistake| mistake == expected), "{mistakes:#?}");
    }
}
