//! What is easy to get wrong about the data: one test for each trap the page beside them tells.

use ocipol::catalog::{
    Completeness, Coverage, OperationKind, Permission, Placement, ResourceType, Section, Seen, Service,
    Spelling, Variable, Verb,
};

use super::{added, needs, operation, permission, resource_type};

fn levels(rows: &[(&str, &str, Option<Verb>)]) {
    for (name, permission_name, expected) in rows {
        let level = resource_type(name).level(permission(permission_name));
        assert_eq!(level, *expected, "{name} {permission_name}");
    }
}

#[test]
fn an_empty_section_says_none_only_where_it_is_complete() {
    let table = [
        ("database-management", Section::Operations, Completeness::Unknown),
        ("generative-ai", Section::Operations, Completeness::Unknown),
        ("api-gateway", Section::Variables, Completeness::Complete),
        ("cloud-guard", Section::Variables, Completeness::Unknown),
        ("database", Section::TypeNames, Completeness::Incomplete),
        ("mysql-heatwave", Section::TypePermissions, Completeness::Incomplete),
        ("data-safe", Section::Families, Completeness::Incomplete),
        ("vault", Section::Families, Completeness::Complete),
    ];
    for (slug, section, expected) in table {
        let service = Service::find(slug).unwrap();
        assert_eq!(service.completeness(section), expected, "{slug} {section:?}");
    }
    assert_eq!(Service::find("queue").unwrap().coverage(), Coverage::NamesOnly);
    // `null` is unknown, `[]` is nothing.
    assert!(!resource_type("analytics-instance").row_is_known(Verb::Read));
    assert!(resource_type("secret-bundles").row_is_known(Verb::Manage));
}

#[test]
fn a_verb_does_not_follow_from_the_name_of_a_permission() {
    use Verb::{Inspect, Manage, Read, Use};
    levels(&[
        ("vcns", "VCN_READ", Some(Inspect)),
        ("subnets", "SUBNET_READ", Some(Inspect)),
        ("policies", "POLICY_READ", Some(Inspect)),
        ("instances", "INSTANCE_READ", Some(Read)),
        ("instances", "INSTANCE_INSPECT", Some(Inspect)),
        ("load-balancers", "LOAD_BALANCER_MOVE", Some(Use)),
        ("vnics", "VNIC_DELETE", Some(Use)),
        ("objects", "OBJECT_OVERWRITE", Some(Use)),
        ("objects", "OBJECT_CREATE", Some(Manage)),
        ("dynamic-groups", "DYNAMIC_GROUP_UPDATE", Some(Use)),
        ("policies", "POLICY_UPDATE", Some(Manage)),
        ("clusters", "CLUSTER_JOIN", Some(Manage)),
        ("keys", "VAULT_READ", None),
    ]);
    assert_eq!(Permission::find("POLICY_INSPECT"), None);
    assert_eq!(
        needs(operation("ListInstances", "core-services").requirement()),
        "INSTANCE_READ and maybe COMPUTE_CLUSTER_READ"
    );
}

#[test]
fn some_types_lack_rows() {
    let table: [(&str, [&str; 4]); 3] = [
        ("key-delegate", ["", "", "KEY_ASSOCIATE KEY_DISASSOCIATE", ""]),
        ("marketplace-community-listings", ["", "MARKETPLACE_COMMUNITY_LISTING_READ", "", ""]),
        ("secret-bundles", ["SECRET_BUNDLE_INSPECT", "SECRET_BUNDLE_READ", "", ""]),
    ];
    for (name, rows) in table {
        for (verb, row) in Verb::ALL.into_iter().zip(rows) {
            let expected: Vec<&str> = row.split_whitespace().collect();
            assert_eq!(added(resource_type(name), verb), expected, "{verb} {name}");
        }
    }
}

#[test]
fn some_families_grant_more_or_print_less_than_their_members() {
    use Verb::{Inspect, Read, Use};
    levels(&[
        ("instance-family", "VNIC_READ", Some(Inspect)),
        ("instance-family", "VNIC_ATTACHMENT_READ", Some(Inspect)),
        ("instance-family", "VNIC_DETACH", Some(Use)),
        ("instance-family", "VOLUME_ATTACHMENT_INSPECT", Some(Inspect)),
        ("email-family", "EMAIL_CONFIGURATION_READ", Some(Read)),
        ("email-family", "APPROVED_SENDER_UPDATE", Some(Use)),
        // The family's own table does not print what this member grants; a family is its members all the same.
        ("organizations-family", "GOVERNANCE_RULE_ENFORCED_INSPECT", Some(Inspect)),
    ]);
}

#[test]
fn one_name_of_two_services_grants_both() {
    let work_requests = resource_type("work-requests");
    let slugs: Vec<&str> = work_requests.services().iter().map(|service| service.slug()).collect();
    assert_eq!(slugs, ["core-services", "file-storage"]);
    assert_eq!(added(work_requests, Verb::Inspect), ["FSS_WORK_REQUEST_INSPECT", "WORKREQUEST_INSPECT"]);
}

#[test]
fn two_permissions_have_a_small_letter() {
    for name in ["FILE_SYSTEM_NFSv3_EXPORT", "FILE_SYSTEM_NFSv3_UNEXPORT"] {
        assert_eq!(Permission::find(&name.to_uppercase()).map(Permission::name), Some(name));
    }
    let lower =
        Permission::all().filter(|each| each.name().contains(|letter: char| letter.is_ascii_lowercase()));
    assert_eq!(lower.count(), 2);
}

#[test]
fn some_variables_are_not_spelled_like_the_others() {
    let listing = Variable::find("listing.id").unwrap().variable;
    let definition = listing.definitions().next().unwrap();
    let verbs: Vec<bool> = Verb::ALL.into_iter().map(|verb| definition.applies_to_verb(verb)).collect();
    assert_eq!(verbs, [false, true, true, true]);
    assert!(Variable::find("target.mapping.cluster_id").is_some());
    assert!(Variable::find("target.mapping.cluster.id").is_none());
}

#[test]
fn alternatives_are_no_list_of_demands() {
    let table = [
        ("HeadObject", "object-storage", "(OBJECT_READ or OBJECT_INSPECT)"),
        ("PutObject", "object-storage", "either {OBJECT_CREATE | OBJECT_OVERWRITE}"),
        (
            "RestartDbSystem",
            "mysql-heatwave",
            "(MYSQL_INSTANCE_USE or MYSQL_INSTANCE_STOP) and (MYSQL_INSTANCE_USE or MYSQL_INSTANCE_START)",
        ),
        ("CreateTagDefault", "iam", "(TAG_DEFAULT_CREATE or TAG_DEFAULT_MANAGE)"),
        (
            "CreateVolumeGroup",
            "core-services",
            "VOLUME_GROUP_CREATE and either {VOLUME_INSPECT | VOLUME_GROUP_INSPECT and VOLUME_CREATE and VOLUME_WRITE \
             | VOLUME_GROUP_BACKUP_INSPECT and VOLUME_CREATE and VOLUME_WRITE and (VOLUME_BACKUP_READ or \
             BOOT_VOLUME_BACKUP_READ)}",
        ),
    ];
    for (name, slug, expected) in table {
        assert_eq!(needs(operation(name, slug).requirement()), expected, "{name}");
    }
}

#[test]
fn an_operation_may_need_nothing_a_statement_or_something_unknown() {
    let table = [
        ("SearchResources", "search", "nothing"),
        ("GetNamespace", "object-storage", "maybe OBJECTSTORAGE_NAMESPACE_READ"),
        ("MoveCompartment", "iam", "manage all-resources"),
        ("GetWorkRequest", "core-services", "unknown"),
        ("CancelSecretDeletion", "vault", "unknown"),
    ];
    for (name, slug, expected) in table {
        let requirement = operation(name, slug).requirement();
        assert_eq!(needs(requirement), expected, "{name}");
        assert_eq!(requirement.is_unknown(), expected == "unknown", "{name}");
    }
    let rows: Vec<String> = operation("CancelSecretDeletion", "vault")
        .requirement()
        .covered_by()
        .iter()
        .map(|coverer| format!("{} {}", coverer.row, coverer.fully))
        .collect();
    assert_eq!(rows, ["manage secrets true"]);
}

#[test]
fn a_permission_may_be_needed_on_another_resource() {
    let create = operation("CreateImage", "core-services").requirement();
    let places: Vec<String> =
        create.places().map(|(permission, place)| format!("{permission} {place}")).collect();
    assert_eq!(places, ["INSTANCE_IMAGE_CREATE on the image", "INSTANCE_CREATE_IMAGE on the instance"]);
    let launch = operation("LaunchInstance", "core-services");
    let elsewhere = launch.requirement().conditional().flat_map(|case| case.places()).count();
    assert_eq!((elsewhere, launch.kind()), (1, OperationKind::Create));
}

#[test]
fn ungranted_permissions_come_with_a_hint() {
    for name in ["COMPARTMENT_READ", "TAG_DEFAULT_MANAGE", "VNIC_ASSIGN", "IAM_WORKREQUEST_INSPECT"] {
        let permission = permission(name);
        assert_eq!(permission.placement(), Placement::Ungranted, "{name}");
        assert!(permission.hint().is_some(), "{name}");
        assert!(!permission.operations().is_empty(), "{name}");
    }
    let unassigned = Permission::all().filter(|each| each.placement() == Placement::Unassigned);
    assert!(unassigned.into_iter().all(|each| each.name().starts_with("OBJECTSTORAGE_PRIVATE_ENDPOINT_")));
}

#[test]
fn iam_without_domains_adds_names_only() {
    let of_variant: Vec<&str> =
        ResourceType::all().filter(|each| each.is_without_domains()).map(ResourceType::name).collect();
    let expected = [
        "authentication",
        "group-memberships",
        "oauth2-clients",
        "regions",
        "service-principal",
        "tagNamespaces",
        "tagRules",
        "tasdomain",
    ];
    assert_eq!(of_variant, expected);
    let domain = ResourceType::find("domain").unwrap();
    assert_eq!((domain.resource_type.name(), domain.spelling), ("domains", Spelling::Alias));
    assert!(Service::find("iam-without-identity-domains").unwrap().environment().is_some());
    assert_eq!(Service::find("roving-edge"), None);
    // The device's own types are not those of a tenancy.
    assert_eq!(ResourceType::find("boot-volumes"), None);
    assert!(Seen::resource_type("boot-volumes").is_some());
}

#[test]
fn tags_of_a_target_do_not_exist_everywhere() {
    let without: Vec<&str> =
        Permission::all().filter(|each| !each.has_target_tags()).map(Permission::name).collect();
    let expected = ["INSTANCE_POWER_ACTIONS", "PRIVATE_IP_DELETE", "VNIC_UPDATE", "VOLUME_BACKUP_COPY"];
    assert_eq!(without, expected);
    let without: Vec<&str> =
        ResourceType::all().filter(|each| !each.has_target_tags()).map(ResourceType::name).collect();
    assert_eq!(without, ["instance-pools", "objects"]);
}
