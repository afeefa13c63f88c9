//! Three-valued expansion: what is certain, what is unknown, and why.

use ocipol::catalog::{Expansion, Permission, PermissionSet, Placement, ResourceType, Verb};

use super::{permission, resource_type};
use Verb::{Inspect, Manage, Read, Use};

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);
const UNKNOWN: Option<bool> = None;

#[test]
fn a_grant_is_certain_unknown_or_absent() {
    let table = [
        // Known rows.
        (Use, "keys", "KEY_ENCRYPT", YES),
        (Read, "keys", "KEY_ENCRYPT", NO),
        (Manage, "keys", "VAULT_READ", NO),
        // A type with a row at `use` only.
        (Read, "key-delegate", "KEY_ASSOCIATE", NO),
        (Use, "key-delegate", "KEY_ASSOCIATE", YES),
        (Manage, "key-delegate", "KEY_ASSOCIATE", YES),
        // An unknown row: what another row places is certainly not granted.
        (Inspect, "volume-replicas", "VOLUME_INSPECT", NO),
        (Manage, "analytics-instance", "ANALYTICS_INSTANCE_INSPECT", YES),
        (Manage, "analytics-instance", "KEY_READ", NO),
        (Manage, "analytics-instance", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", UNKNOWN),
        (Inspect, "analytics-instance", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", NO),
        // Permissions of a type whose verb is not known.
        (Inspect, "objectstorage-private-endpoint", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", UNKNOWN),
        (Manage, "objectstorage-private-endpoint", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", UNKNOWN),
        (Read, "buckets", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", NO),
        (Manage, "all-resources", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", YES),
        // Permissions that no row grants.
        (Use, "vnics", "VNIC_ASSIGN", UNKNOWN),
        (Manage, "buckets", "VNIC_ASSIGN", UNKNOWN),
        (Use, "all-resources", "VNIC_ASSIGN", UNKNOWN),
        (Manage, "all-resources", "VNIC_ASSIGN", YES),
        // A row that was only partly readable.
        (Use, "mysql-instances", "MYSQL_INSTANCE_CREATE", NO),
        (Manage, "mysql-instances", "MYSQL_INSTANCE_CREATE", YES),
        (Manage, "mysql-instances", "MYSQL_CHANNEL_CREATE", UNKNOWN),
        // A family without a list of members.
        (Inspect, "datasafe-family-resources", "DATA_SAFE_PRIVATE_ENDPOINT_INSPECT", UNKNOWN),
        (Inspect, "datasafe-family-resources", "KEY_INSPECT", NO),
        // The own table of a family.
        (Inspect, "instance-family", "VNIC_READ", YES),
        (Read, "instance-family", "VNIC_ATTACH", NO),
        (Use, "instance-family", "VNIC_ATTACH", YES),
        (Use, "instances", "VNIC_ATTACH", NO),
        (Read, "email-family", "EMAIL_CONFIGURATION_READ", YES),
        (Read, "all-resources", "EMAIL_CONFIGURATION_READ", YES),
        // Types that a type includes, and families in families.
        (Manage, "local-peering-gateways", "LOCAL_PEERING_GATEWAY_CONNECT_FROM", YES),
        (Manage, "local-peering-from", "LOCAL_PEERING_GATEWAY_CREATE", NO),
        (Inspect, "iot-family", "IOT_DOMAIN_GROUP_INSPECT", YES),
        // One name of two services.
        (Inspect, "work-requests", "WORKREQUEST_INSPECT", YES),
        (Inspect, "work-requests", "FSS_WORK_REQUEST_INSPECT", YES),
    ];
    for (verb, name, permission_name, expected) in table {
        let granted = resource_type(name).granted(verb);
        assert_eq!(
            granted.holds(permission(permission_name)),
            expected,
            "allow {verb} {name}: {permission_name}"
        );
    }
}

#[test]
fn a_deny_removes_its_verb_and_the_higher_ones_of_each_member() {
    let table = [
        (Manage, "buckets", "BUCKET_CREATE", YES),
        (Manage, "buckets", "BUCKET_UPDATE", NO),
        (Inspect, "buckets", "BUCKET_INSPECT", YES),
        (Read, "buckets", "BUCKET_INSPECT", NO),
        // `key-delegate` has a row at `use` only.
        (Manage, "key-delegate", "KEY_ASSOCIATE", NO),
        (Use, "key-delegate", "KEY_ASSOCIATE", YES),
        (Read, "key-delegate", "KEY_ASSOCIATE", YES),
        (Inspect, "key-delegate", "KEY_DISASSOCIATE", YES),
        // A family at `manage` keeps what a member grants at `use` …
        (Manage, "ons-family", "ONS_TOPIC_PUBLISH", NO),
        (Use, "ons-family", "ONS_TOPIC_PUBLISH", YES),
        (Manage, "virtual-network-family", "VNIC_ATTACH", NO),
        (Manage, "virtual-network-family", "SUBNET_CREATE", YES),
        (Manage, "secret-family", "SECRET_UPDATE", NO),
        // … unless another member grants the same at `manage`.
        (Manage, "ons-topics", "ONS_TOPIC_SUBSCRIBE", NO),
        (Manage, "ons-subscriptions", "ONS_TOPIC_SUBSCRIBE", YES),
        (Manage, "ons-family", "ONS_TOPIC_SUBSCRIBE", YES),
        // The own table of a family counts as a member.
        (Use, "instance-family", "VNIC_ATTACH", YES),
        (Manage, "instance-family", "VNIC_ATTACH", NO),
        (Manage, "email-family", "APPROVED_SENDER_UPDATE", YES),
        (Manage, "email-family", "EMAIL_CONFIGURATION_READ", NO),
        // Unknown rows at the verb or above.
        (Inspect, "analytics-instance", "ANALYTICS_INSTANCE_INSPECT", YES),
        (Manage, "analytics-instance", "ANALYTICS_INSTANCE_INSPECT", NO),
        (Manage, "analytics-instance", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", UNKNOWN),
        (Manage, "analytics-instance", "VNIC_ASSIGN", UNKNOWN),
        (Manage, "analytics-instance", "KEY_DELETE", NO),
        // No unknown row, no doubt.
        (Use, "vnics", "VNIC_ASSIGN", NO),
        // Everything.
        (Manage, "all-resources", "VNIC_ASSIGN", YES),
        (Manage, "all-resources", "KEY_READ", NO),
        (Manage, "all-resources", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", UNKNOWN),
        (Inspect, "all-resources", "OBJECTSTORAGE_PRIVATE_ENDPOINT_READ", YES),
        (Inspect, "datasafe-family-resources", "DATA_SAFE_PRIVATE_ENDPOINT_INSPECT", UNKNOWN),
    ];
    for (verb, name, permission_name, expected) in table {
        let denied = resource_type(name).denied(verb);
        assert_eq!(
            denied.holds(permission(permission_name)),
            expected,
            "deny {verb} {name}: {permission_name}"
        );
    }
}

#[test]
fn all_resources_is_everything() {
    let all = resource_type("all-resources");
    assert_eq!(all.granted(Manage), Expansion::of(PermissionSet::all()));
    assert_eq!(all.denied(Inspect), Expansion::of(PermissionSet::all()));
    let rows = |permission: &Permission| permission.placement() == Placement::Row;
    for verb in [Inspect, Read, Use] {
        let granted = all.granted(verb);
        let somewhere = Permission::all().filter(rows).filter(|permission| {
            let mut grants = permission.granted_by().iter();
            grants.any(|grant| verb.covers(grant.verb))
        });
        assert_eq!(granted.certain, somewhere.collect(), "{verb}");
        let doubtful = Permission::all().filter(|permission| !rows(permission));
        assert_eq!(granted.unknown, doubtful.collect(), "{verb}");
    }
}

#[test]
fn a_type_without_catalogue_may_give_what_no_row_places() {
    let unknown = Expansion::unknown_type();
    for permission in Permission::all() {
        let placed = permission.placement() == Placement::Row;
        assert_eq!(unknown.holds(permission), if placed { NO } else { UNKNOWN }, "{permission}");
    }
    assert_eq!(unknown.holds(permission("KEY_DECRYPT")), NO);
    let key = PermissionSet::from(permission("KEY_READ"));
    assert_eq!(Expansion::of(key).holds(permission("KEY_READ")), YES);
    assert_eq!(Expansion::of(key).holds(permission("KEY_DELETE")), NO);
}

#[test]
fn more_verb_grants_more_and_denies_less() {
    for resource_type in ResourceType::all() {
        for pair in Verb::ALL.windows(2) {
            let [lower, higher] = pair else { continue };
            let (less, more) = (resource_type.granted(*lower), resource_type.granted(*higher));
            assert!(less.certain.is_subset(&more.certain), "{resource_type} {lower}");
            let possible = less.certain | less.unknown;
            assert!(possible.is_subset(&(more.certain | more.unknown)), "{resource_type} {lower}");
            let (more, less) = (resource_type.denied(*lower), resource_type.denied(*higher));
            assert!(less.certain.is_subset(&more.certain), "{resource_type} {lower}");
        }
        for verb in Verb::ALL {
            for expansion in [resource_type.granted(verb), resource_type.denied(verb)] {
                assert!(expansion.certain.is_disjoint(&expansion.unknown), "{resource_type} {verb}");
            }
        }
    }
}

#[test]
fn the_level_is_the_lowest_verb_that_grants() {
    for resource_type in ResourceType::all() {
        let granted = Verb::ALL.map(|verb| (verb, resource_type.granted(verb).certain));
        for permission in Permission::all() {
            let lowest =
                granted.iter().find(|(_, granted)| granted.contains(permission)).map(|(verb, _)| *verb);
            assert_eq!(resource_type.level(permission), lowest, "{resource_type} {permission}");
        }
        let lowest = Verb::ALL.into_iter().find(|verb| !resource_type.granted(*verb).certain.is_empty());
        assert_eq!(resource_type.lowest_verb(), lowest, "{resource_type}");
    }
}

#[test]
fn a_verb_may_grant_nothing_or_add_nothing() {
    // Type, verb, grants nothing, adds nothing over the lower verb.
    let table = [
        ("key-delegate", Read, true, true),
        ("key-delegate", Use, false, false),
        ("key-delegate", Manage, false, true),
        ("volumes", Read, false, true),
        ("marketplace-community-listings", Inspect, true, true),
        ("marketplace-community-listings", Read, false, false),
        ("secret-bundles", Use, false, true),
        ("public-ips", Inspect, true, true),
        // Unknown rows: nothing is said.
        ("analytics-instance", Read, false, false),
        ("cloud-shell", Inspect, false, false),
        ("mysql-instances", Manage, false, false),
    ];
    for (name, verb, nothing, no_more) in table {
        let resource_type = resource_type(name);
        assert_eq!(resource_type.grants_nothing(verb), nothing, "{verb} {name}");
        assert_eq!(resource_type.adds_nothing(verb), no_more, "{verb} {name}");
    }
}
