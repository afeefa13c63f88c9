//! The CIS benchmark for Oracle Cloud: which of its controls concern policy text, and which lints look for them.

/// A control of the CIS Oracle Cloud Infrastructure Foundations Benchmark that policy text decides.
///
/// # Source
/// The benchmark's section 1, "Identity and Access Management", v3.1.0; numbers and subjects checked 2026-11. The controls
/// about users, passwords, keys of users and multi-factor authentication are not about policy text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Control {
    /// Its number.
    pub number: &'static str,
    /// What it asks for, in our words.
    pub asks: &'static str,
    /// The ids of the lints that look for a breach of it.
    pub lints: &'static [&'static str],
    /// What the lints cannot see of it; `None` where they see all that policy text says.
    pub beyond: Option<&'static str>,
}

/// The controls, by number.
pub static CONTROLS: &[Control] = &[
    Control {
        number: "1.1",
        asks: "there are administrators for single services",
        lints: &["grant-all-resources-tenancy", "grant-all-resources-compartment"],
        beyond: Some(
            "that somebody administers each service is not looked for, only that nobody administers all",
        ),
    },
    Control {
        number: "1.2",
        asks: "only the group of tenancy administrators may manage all resources",
        lints: &["grant-all-resources-tenancy"],
        beyond: None,
    },
    Control {
        number: "1.3",
        asks: "administrators of users and groups cannot change the group of tenancy administrators",
        lints: &["grant-group-membership", "grant-user-credentials", "shadow-admin"],
        beyond: None,
    },
    Control {
        number: "1.14",
        asks: "instances, databases and functions call services as themselves",
        lints: &["dg-workload", "any-user-scope-wider-than-described"],
        beyond: Some("which credentials a program really uses is not in any policy"),
    },
    Control {
        number: "1.15",
        asks: "administrators of storage cannot delete what they administer",
        lints: &["grant-storage-delete"],
        beyond: None,
    },
];

/// The controls that a lint looks after.
pub(super) fn of(id: &str) -> impl Iterator<Item = &'static Control> + use<'_> {
    CONTROLS.iter().filter(move |control| control.lints.contains(&id))
}
