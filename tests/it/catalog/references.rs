//! Every number in the tables leads to a row, and both directions of a relation agree.

use ocipol::catalog::{
    Definition, Operation, Origin, Permission, Placement, PrincipalKind, ResourceType, Service, TypeKind,
    ValueType, Variable, Verb,
};

use super::{operation, resource_type};

#[test]
fn types_know_their_members_and_services() {
    let services: Vec<Service> = Service::all().collect();
    for each in ResourceType::all() {
        assert!(!each.services().is_empty(), "{each}");
        assert!(each.services().iter().all(|service| services.contains(service)), "{each}");
        assert!(each.types().is_sorted(), "{each}");
        assert!(each.types().iter().all(|inner| inner.kind() == TypeKind::Individual), "{each}");
        for member in each.members() {
            assert!(member.types().iter().all(|inner| each.types().contains(inner)), "{each} {member}");
            assert!(member.types().is_empty() || each.covers(*member), "{each} {member}");
        }
        match each.kind() {
            TypeKind::Individual => assert!(each.types().contains(&each), "{each}"),
            TypeKind::Family => {
                // No source tells the members of this one.
                assert_eq!(each.types().is_empty(), each.name() == "datasafe-family-resources", "{each}");
            }
            TypeKind::AllResources => assert_eq!(each.types().len(), 572),
        }
    }
    let all = resource_type("all-resources");
    assert!(ResourceType::all().all(|each| all.covers(each)));
    assert!(resource_type("virtual-network-family").covers(resource_type("drgs")));
    assert!(!resource_type("drgs").covers(resource_type("virtual-network-family")));
    assert!(resource_type("local-peering-gateways").covers(resource_type("local-peering-to")));
}

#[test]
fn a_permission_knows_the_rows_that_grant_it() {
    for permission in Permission::all() {
        for grant in permission.granted_by() {
            let level = grant.resource_type.level(permission);
            assert!(level.is_some_and(|level| grant.verb.covers(level)), "{permission} {grant}");
        }
        let grants = permission.granted_by();
        let of_all_resources = |name: &str| grants.iter().all(|grant| grant.to_string() == name);
        match permission.placement() {
            Placement::Row => assert!(!grants.is_empty(), "{permission}"),
            Placement::Unassigned => assert!(grants.is_empty(), "{permission}"),
            Placement::Ungranted => {
                assert_eq!(grants.len(), 1, "{permission}");
                assert!(of_all_resources("manage all-resources"), "{permission}");
            }
        }
    }
    for each in ResourceType::all().filter(|each| each.kind() == TypeKind::Individual) {
        for permission in each.granted(Verb::Manage).certain.iter() {
            let mut rows = permission.granted_by().iter();
            assert!(rows.any(|grant| each.covers(grant.resource_type)), "{each} {permission}");
        }
    }
}

#[test]
fn an_operation_and_its_permissions_know_each_other() {
    let mut named = 0;
    for operation in Operation::all() {
        let requirement = operation.requirement();
        let cases = requirement.conditional().chain(requirement.variants());
        let mut permissions: Vec<Permission> = requirement.permissions().unwrap_or_default().to_vec();
        permissions.extend(requirement.one_of().flatten());
        for case in cases {
            assert!(!case.when().is_empty(), "{operation:?}");
            permissions.extend(case.permissions().iter().chain(case.one_of().flatten()));
            assert!(case.places().all(|(permission, _)| permissions.contains(&permission)), "{operation:?}");
        }
        assert!(
            requirement.places().all(|(permission, _)| permissions.contains(&permission)),
            "{operation:?}"
        );
        for permission in &permissions {
            assert!(permission.operations().contains(operation), "{operation:?} {permission}");
        }
        permissions.sort_unstable();
        permissions.dedup();
        named += permissions.len();
        for each in operation.resource_types() {
            let of_service = each.services().contains(&operation.service());
            assert!(of_service, "{operation:?} {each}");
        }
        if requirement.is_unknown() {
            let said = requirement.note().is_some() || !requirement.covered_by().is_empty();
            assert!(said, "{operation:?}");
        }
    }
    let counted: usize = Permission::all().map(|permission| permission.operations().len()).sum();
    assert_eq!(counted, named);
}

#[test]
fn a_variable_knows_where_it_exists() {
    for variable in Variable::all() {
        let definitions: Vec<Definition> = variable.definitions().collect();
        assert!(!definitions.is_empty(), "{variable}");
        for definition in &definitions {
            assert_eq!(definition.value_type(), variable.value_type(), "{variable}");
            assert_eq!(definition.is_list(), variable.is_list(), "{variable}");
            if let Origin::Service(service) = definition.origin() {
                let mut types = definition.resource_types().iter();
                assert!(types.all(|each| each.services().contains(&service)), "{variable}");
                assert!(variable.services().any(|each| each == service), "{variable}");
            } else {
                assert!(definition.resource_types().is_empty(), "{variable}");
            }
        }
        assert!(PrincipalKind::ALL.into_iter().any(|kind| variable.exists_for(kind)), "{variable}");
    }
}

#[test]
fn variables_hold_what_the_pages_say() {
    use ValueType::{Boolean, DayOfMonth, DayOfWeek, Month, Ocid, String, TimeOfDay, Timestamp};
    let table = [
        ("request.user.id", Ocid, false),
        ("request.groups.id", Ocid, true),
        ("request.groups.name", String, true),
        ("request.utc-timestamp", Timestamp, false),
        ("request.utc-timestamp.month-of-year", Month, false),
        ("request.utc-timestamp.day-of-month", DayOfMonth, false),
        ("request.utc-timestamp.day-of-week", DayOfWeek, false),
        ("request.utc-timestamp.time-of-day", TimeOfDay, false),
        ("target.group.member", Boolean, false),
        ("target.policy.type", String, true),
        ("target.resource.tag.a.b", String, false),
    ];
    for (name, value_type, list) in table {
        let variable = Variable::find(name).unwrap().variable;
        assert_eq!((variable.value_type(), variable.is_list()), (value_type, list), "{name}");
    }
    let region = Variable::find("request.region").unwrap().variable;
    let from = region.definitions().next().unwrap().values_from();
    assert_eq!(from, Some(ocipol::catalog::NameList::RegionKeys));
    let day = Variable::find("request.utc-timestamp.day-of-week").unwrap().variable;
    assert_eq!(day.definitions().next().unwrap().values().len(), 7);
    for name in ["request.user.mfaTotpVerified", "request.ipv4.ipaddress", "request.vcn.id"] {
        assert!(Variable::find(name).unwrap().variable.deprecated().is_some(), "{name}");
    }
}

#[test]
fn variables_exist_for_the_callers_they_speak_of() {
    use PrincipalKind::{Instance, Resource, Service, User, Workload};
    let everyone: &[PrincipalKind] = &PrincipalKind::ALL;
    let table: [(&str, &[PrincipalKind]); 12] = [
        ("request.user.name", &[User]),
        ("request.user.id", &[User]),
        ("request.groups.id", &[User]),
        ("request.instance.id", &[Instance]),
        ("request.dynamicgroup.id", &[Instance, Resource]),
        ("request.resource.compartment.id", &[Resource]),
        ("request.service.name", &[Service]),
        ("request.principal.namespace", &[Workload]),
        ("request.principal.service_account", &[Workload]),
        ("request.principal.cluster_id", &[Workload]),
        ("request.permission", everyone),
        ("target.key.id", everyone),
    ];
    for (name, kinds) in table {
        let variable = Variable::find(name).unwrap().variable;
        let found: Vec<PrincipalKind> =
            PrincipalKind::ALL.into_iter().filter(|kind| variable.exists_for(*kind)).collect();
        assert_eq!(found, kinds, "{name}");
    }
    let subnet = Variable::find("request.principal.subnet").unwrap().variable;
    let types: Vec<&str> = subnet.definitions().flat_map(Definition::principal_types).collect();
    assert_eq!(types, ["virtualnode"]);
}

#[test]
fn variables_exist_for_the_operations_and_types_they_speak_of() {
    let table = [
        // Listing and creating name no user, group or policy.
        ("target.user.name", "ListUsers", "iam", "users", false),
        ("target.user.name", "CreateUser", "iam", "users", true),
        ("target.user.id", "CreateUser", "iam", "users", false),
        ("target.group.name", "ListGroups", "iam", "groups", false),
        ("target.group.name", "AddUserToGroup", "iam", "groups", true),
        ("target.group.name", "UpdateUser", "iam", "users", false),
        ("target.policy.name", "ListPolicies", "iam", "policies", false),
        ("target.domain.name", "ListDomains", "iam", "domains", false),
        ("target.tag-namespace.name", "ListTagNamespaces", "iam", "tag-namespaces", false),
        ("target.dynamicgroup.name", "CreateDynamicGroup", "iam", "dynamic-groups", false),
        ("target.policy.type", "CreatePolicy", "iam", "policies", true),
        ("target.policy.type", "ListPolicies", "iam", "policies", false),
        // Keys and vaults.
        ("target.key.id", "ListKeys", "vault", "keys", false),
        ("target.key.id", "ListKeyVersions", "vault", "keys", true),
        ("target.key.id", "Decrypt", "vault", "key-delegate", true),
        ("target.key.id", "GetVault", "vault", "vaults", false),
        ("target.key.id", "GetSecret", "vault", "secrets", false),
        ("target.vault.id", "GetKey", "vault", "keys", true),
        ("target.vault.id", "GetSecret", "vault", "secrets", true),
        ("target.secret.name", "GetSecretBundle", "vault", "secret-bundles", true),
        ("target.secret.name", "GetKey", "vault", "keys", false),
        // Another service's target.
        ("target.key.id", "CreateCluster", "kubernetes-engine", "clusters", false),
        ("target.bucket.name", "GetVcn", "core-services", "vcns", false),
        // General ones.
        ("target.compartment.id", "GetVcn", "core-services", "vcns", true),
        ("target.compartment.id", "ListCompartments", "iam", "compartments", false),
        ("target.compartment.id", "ListUsers", "iam", "users", true),
        ("request.permission", "Encrypt", "vault", "keys", true),
        ("target.resource.tag.a.b", "Encrypt", "vault", "keys", true),
        // Limited to few operations by the page.
        ("target.resource.type", "ListHistories", "cloud-advisor", "optimizer-history", true),
        ("target.resource.type", "ListCategories", "cloud-advisor", "optimizer-category", false),
    ];
    for (name, operation_name, slug, type_name, expected) in table {
        let variable = Variable::find(name).unwrap().variable;
        let applies = variable.applies_to(operation(operation_name, slug), resource_type(type_name));
        assert_eq!(applies, expected, "{name} for {operation_name} on {type_name}");
    }
}
