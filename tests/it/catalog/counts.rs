//! How much there is, against the page of counts beside the data.

use std::collections::BTreeSet;
use std::fs;

use ocipol::catalog::{
    KnownTenancy, Operation, Origin, Permission, Placement, PrincipalType, Region, ResourceType, Service,
    ServicePrincipal, TypeKind, Variable,
};
use serde_yaml::Value;

use super::literal::{entries, files, texts};

#[test]
fn the_tables_have_what_the_page_of_counts_says() {
    let kind = |kind| ResourceType::all().filter(|each| each.kind() == kind).count();
    let placement = |placement| Permission::all().filter(|each| each.placement() == placement).count();
    let in_tables = |operation: &&Operation| operation.requirement().covered_by().is_empty();
    let origin = |origin| {
        let definitions = Variable::all().flat_map(Variable::definitions);
        definitions.filter(|each| each.origin() == origin).count()
    };
    let iam = Origin::Service(Service::find("iam").unwrap());
    let of_services = Variable::all()
        .flat_map(Variable::definitions)
        .filter(|each| matches!(each.origin(), Origin::Service(_)))
        .count();
    let table = [
        // 96 files without the Roving Edge device.
        ("services", Service::all().len(), 95),
        // 564 in files other than the two variants; the variant without domains adds 8 and not `domain`, an alias.
        ("individual types", kind(TypeKind::Individual), 564 + 8),
        ("families", kind(TypeKind::Family), 68),
        ("all-resources", kind(TypeKind::AllResources), 1),
        // The page counts the five unassigned ones with the granted ones.
        ("placed", placement(Placement::Row), 2367 - 5),
        ("unassigned", placement(Placement::Unassigned), 5),
        ("ungranted", placement(Placement::Ungranted), 44),
        ("permissions", Permission::all().len(), 2411),
        // 2,666 and 61 over all files, of which the variant without domains repeats 105 and 4.
        ("operations", Operation::all().iter().filter(in_tables).count(), 2666 - 105),
        ("operations of verb tables", Operation::all().len(), 2666 - 105 + 61 - 4),
        ("general variables", origin(Origin::General), 35),
        // Of those of the language pages, one belongs to IAM.
        ("variables of examples", origin(Origin::Example), 21 + 5),
        // 171 over all files, of which the variant without domains repeats 11.
        ("variables of services", of_services, 171 - 11 + 1),
        ("variables of IAM", origin(iam), 19 + 1),
        ("variables by name", Variable::all().len(), 199),
        ("aliases", ResourceType::aliases().len(), 39 + 3),
        ("regions", Region::all().len(), 45),
        ("principal types", PrincipalType::all().len(), 47 + 2),
        ("service principals", ServicePrincipal::names().len(), 11),
        ("tenancies", KnownTenancy::all().len(), 4),
    ];
    for (what, found, expected) in table {
        assert_eq!(found, expected, "{what}");
    }
}

/// A row of the page: slug, then types, unknown, families, permissions, operations, verb-only, variables.
fn rows(page: &str) -> Vec<(&str, Vec<usize>)> {
    let services = page.split("\n### ").next().unwrap_or_default();
    let services = services.split("\n## ").nth(1).unwrap();
    services
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .filter(|cells| cells.len() == 11 && !["service file", "**total**"].contains(&cells[0]))
        .map(|cells| {
            let count = |cell: &&str| {
                let digits = cell.trim_end_matches([' ', '|', '+']);
                if digits == "?" { 0 } else { digits.parse().unwrap() }
            };
            (cells[0], cells[4..].iter().map(count).collect())
        })
        .collect()
}

#[test]
fn the_page_of_counts_counts_each_file() {
    let page =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/data/COVERAGE.md")).unwrap();
    let files = files();
    let rows = rows(&page);
    assert_eq!(rows.len(), files.len() + 1, "one row a file, and the Roving Edge device");
    for (slug, counts) in rows.iter().filter(|(slug, _)| *slug != "roving-edge") {
        assert_eq!(&counted(&files[*slug]), counts, "{slug}");
    }
}

fn counted(file: &Value) -> Vec<usize> {
    let verbs = ["inspect", "read", "use", "manage"];
    let types = entries(file, "resource_types");
    let unknown = types.iter().filter(|(_, rows)| verbs.iter().any(|verb| rows[*verb].is_null()));
    let families = entries(file, "families");
    let mut permissions = BTreeSet::new();
    for (_, rows) in &types {
        let known = verbs.iter().chain(&["permissions_unassigned"]);
        permissions.extend(known.flat_map(|verb| texts(rows, verb)));
    }
    for (_, family) in &families {
        if let Some(extra) = family.get("extra_permissions") {
            permissions.extend(verbs.iter().flat_map(|verb| texts(extra, verb)));
        }
    }
    vec![
        types.len(),
        unknown.count(),
        families.len(),
        permissions.len(),
        entries(file, "operations").len(),
        entries(file, "operations_verb_table_only").len(),
        entries(file, "variables").len(),
    ]
}
