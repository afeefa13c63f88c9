//! Names are found in any case, and so are aliases, misprints, tag variables and regions.

use ocipol::catalog::{
    KnownTenancy, Operation, Permission, PrincipalKind, PrincipalType, Region, ResourceType, Seen, Service,
    ServicePrincipal, Spelling, Variable, Verb, resource_subjects,
};

/// The name in capitals, and in small letters.
fn cases(name: &str) -> [String; 2] {
    [name.to_uppercase(), name.to_lowercase()]
}

#[test]
fn every_name_is_found_in_any_case() {
    for verb in Verb::ALL {
        for name in cases(verb.as_str()) {
            assert_eq!(Verb::find(&name), Some(verb));
        }
    }
    for service in Service::all() {
        for slug in cases(service.slug()) {
            assert_eq!(Service::find(&slug), Some(service));
        }
    }
    for permission in Permission::all() {
        for name in cases(permission.name()) {
            assert_eq!(Permission::find(&name), Some(permission));
        }
    }
    for resource_type in ResourceType::all() {
        for name in cases(resource_type.name()) {
            let found = ResourceType::find(&name).unwrap();
            assert_eq!((found.resource_type, found.spelling), (resource_type, Spelling::Canonical));
        }
    }
    for operation in Operation::all() {
        for name in cases(operation.name()) {
            assert!(Operation::find(&name).contains(operation), "{name}");
        }
    }
    for variable in Variable::all() {
        for name in cases(variable.name()) {
            assert_eq!(Variable::find(&name).unwrap().variable, variable);
        }
    }
    for region in Region::all() {
        for (key, long) in cases(region.key()).iter().zip(cases(region.long_name())) {
            assert_eq!(Region::find(key), Some(region));
            assert_eq!(Region::find_long(&long), Some(region));
        }
    }
    for principal in PrincipalType::all() {
        for name in cases(principal.name()) {
            assert_eq!(PrincipalType::find(&name), Some(principal));
        }
    }
}

#[test]
fn a_name_that_is_nowhere_is_not_found() {
    for name in
        ["", "x", "~", "vault s", "schlüssel", "target.", ".", "..", "target.resource.tag.ns", "a.b.c.d.e"]
    {
        assert_eq!(ResourceType::find(name), None, "{name}");
        assert_eq!(Permission::find(name), None, "{name}");
        assert_eq!(Operation::find(name), [], "{name}");
        assert_eq!(Variable::find(name), None, "{name}");
        assert_eq!(Region::find(name), None, "{name}");
        assert_eq!(Verb::find(name), None, "{name}");
        assert_eq!(ServicePrincipal::find(name), None, "{name}");
        assert!(Seen::resource_type(name).is_none(), "{name}");
    }
}

#[test]
fn every_alias_finds_its_type() {
    for (alias, resource_type) in ResourceType::aliases() {
        for name in cases(alias) {
            let found = ResourceType::find(&name).unwrap();
            assert_eq!((found.resource_type, found.spelling), (resource_type, Spelling::Alias));
        }
    }
    // The slips that texts of Oracle contain.
    let table = [
        ("key-delegates", "key-delegate"),
        ("cluster-virtual-node-pools", "cluster-virtualnode-pools"),
        ("drg-attachment", "drg-attachments"),
        ("drg", "drgs"),
        ("instance", "instances"),
        ("autonomous-database", "autonomous-databases"),
        ("tag-namespace", "tag-namespaces"),
        ("network-security-group", "network-security-groups"),
        ("ons-topic", "ons-topics"),
        ("function-family", "functions-family"),
        ("domain", "domains"),
        ("any-resource", "all-resources"),
    ];
    for (alias, name) in table {
        let found = ResourceType::find(alias).unwrap();
        assert_eq!((found.resource_type.name(), found.spelling), (name, Spelling::Alias), "{alias}");
    }
}

#[test]
fn an_operation_name_may_stand_in_many_services() {
    let table = [
        ("GetWorkRequest", 29),
        ("ListWorkRequests", 28),
        ("CreateCertificate", 4),
        ("ListPolicies", 3),
        ("Encrypt", 1),
    ];
    for (name, services) in table {
        let found = Operation::find(name);
        let mut slugs: Vec<&str> = found.iter().map(|each| each.service().slug()).collect();
        assert_eq!(slugs.len(), services, "{name}: {slugs:?}");
        slugs.dedup();
        assert!(slugs.is_sorted() && slugs.len() == services, "{name}: {slugs:?}");
    }
}

#[test]
fn misprints_of_the_pages_lead_to_what_they_mean() {
    let table = [
        ("UpdateIpSecConnection", "UpdateIPSecConnection"),
        ("ListWaasPolcies", "ListWaasPolicies"),
        ("Rotate", "RotateSecret"),
        ("approveForTransfer/unapproveForTransfer", "approveForTransfer unapproveForTransfer"),
    ];
    for (printed, meant) in table {
        let names: Vec<&str> = Operation::corrected(printed).iter().map(|each| each.name()).collect();
        assert_eq!(names, meant.split_whitespace().collect::<Vec<_>>(), "{printed}");
    }
    assert_eq!(Operation::corrected("Encrypt"), []);
    let meant = Permission::corrected("image_read");
    assert_eq!(meant.map(Permission::name), Some("INSTANCE_IMAGE_READ"));
}

#[test]
fn tag_variables_have_two_free_segments() {
    let table = [
        ("target.resource.tag.Ops.env", "target.resource.tag.<TagNamespace>.<TagKey>", "Ops", "env"),
        ("TARGET.RESOURCE.TAG.Ops.Env", "target.resource.tag.<TagNamespace>.<TagKey>", "Ops", "Env"),
        (
            "target.resource.compartment.tag.org.team",
            "target.resource.compartment.tag.<TagNamespace>.<TagKey>",
            "org",
            "team",
        ),
        (
            "request.principal.group.tag.a:b.c@d",
            "request.principal.group.tag.<TagNamespace>.<TagKey>",
            "a:b",
            "c@d",
        ),
        (
            "request.principal.compartment.tag.a.b",
            "request.principal.compartment.tag.<TagNamespace>.<TagKey>",
            "a",
            "b",
        ),
        ("target.bucket.tag.a.b", "target.bucket.tag.<TagNamespace>.<TagKeyDefinition>", "a", "b"),
    ];
    for (name, canonical, namespace, key) in table {
        let found = Variable::find(name).unwrap();
        let tag = found.tag.unwrap();
        assert_eq!((found.variable.name(), tag.namespace, tag.key), (canonical, namespace, key));
    }
    for name in [
        "target.resource.tag.ops",
        "target.resource.tag.a.b.c",
        "target.resource.tag..b",
        "target.resource.tag.a.",
    ] {
        assert_eq!(Variable::find(name), None, "{name}");
    }
    let free = Variable::all().filter(|variable| variable.name().contains('<')).count();
    assert_eq!(free, 5);
}

#[test]
fn names_without_a_table_are_hints() {
    let seen = Seen::resource_type("KEY-FAMILY").unwrap();
    assert_eq!((seen.repositories(), seen.note().is_some()), (0, true));
    assert_eq!(ResourceType::find("key-family"), None);
    let seen = Seen::resource_type("data-safe-family").unwrap();
    assert_eq!(seen.like().map(ResourceType::name), Some("datasafe-family-resources"));
    assert_eq!(
        Seen::permission("OSMH_MANAGED_INSTANCE_ACCESS").unwrap().service(),
        Some("os-management-hub")
    );
    assert_eq!(Seen::operation("updateusercapabilities").unwrap().repositories(), 9);
}

#[test]
fn callers_and_foreign_tenancies_are_known() {
    let table = [
        ("user", PrincipalKind::User),
        ("instance", PrincipalKind::Instance),
        ("workload", PrincipalKind::Workload),
        ("service", PrincipalKind::Service),
        ("cluster", PrincipalKind::Resource),
        ("apigateway", PrincipalKind::Resource),
        ("fnapp", PrincipalKind::Resource),
    ];
    for (name, kind) in table {
        assert_eq!(PrincipalType::find(name).unwrap().kind(), kind, "{name}");
    }
    assert!(PrincipalType::find("vaults").unwrap().is_of_matching_rules());
    assert_eq!(resource_subjects().collect::<Vec<_>>(), ["psmrp", "iam-domain"]);
    let aliases: Vec<&str> = KnownTenancy::all().map(KnownTenancy::alias).collect();
    assert_eq!(aliases, ["usage-report", "ocivssprod", "ske", "datascience"]);
    assert!(KnownTenancy::all().all(|tenancy| ocipol::ocid::Ocid::parse(tenancy.ocid()).is_ok()));
    assert!(
        KnownTenancy::named("Usage-Report").is_some() && KnownTenancy::find("ocid1.tenancy.oc1..x").is_none()
    );
}
