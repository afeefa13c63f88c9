//! Callers: their kinds, the values of `request.principal.type`, names of services.

use std::fmt;

use super::region::Region;
use super::tables::{self, PRINCIPAL_TYPES, PrincipalTypeRow, RESOURCE_SUBJECTS, SERVICE_PRINCIPALS};

/// The kind of a caller, which decides what is known about it.
///
/// # Source
/// Oracle IAM documentation, "General Variables", 2026-09, and "Granting Workloads Access to OCI Resources", 2025-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// A person, or a program with a person's keys.
    User,
    /// A compute instance.
    Instance,
    /// Another resource: a cluster, a function, …
    Resource,
    /// A workload of a Kubernetes cluster.
    Workload,
    /// A service of Oracle.
    Service,
}

impl PrincipalKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::User, Self::Instance, Self::Resource, Self::Workload, Self::Service];

    /// The word for the kind; for all but `resource`, also the value of `request.principal.type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Instance => "instance",
            Self::Resource => "resource",
            Self::Workload => "workload",
            Self::Service => "service",
        }
    }

    pub(super) const fn bit(self) -> u8 {
        match self {
            Self::User => 1,
            Self::Instance => 2,
            Self::Resource => 4,
            Self::Workload => 8,
            Self::Service => 16,
        }
    }
}

impl fmt::Display for PrincipalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A value of `request.principal.type`, or of `resource.type` in a matching rule, that the sources show.
///
/// Not a closed list: an unknown value is worth a hint, no more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrincipalType(u16);

impl PrincipalType {
    /// The type of that name, in any case.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{PrincipalKind, PrincipalType};
    /// let cluster = PrincipalType::find("cluster").ok_or("a principal type")?;
    /// assert_eq!(cluster.kind(), PrincipalKind::Resource);
    /// assert_eq!(PrincipalType::find("clusters"), None);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        tables::find(&PRINCIPAL_TYPES, name, |row| row.name).map(Self)
    }

    /// All known types, by name.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        tables::ids(&PRINCIPAL_TYPES).map(Self)
    }

    /// The name as the sources have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    /// The kind of caller.
    #[must_use]
    pub fn kind(self) -> PrincipalKind {
        let named =
            PrincipalKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(self.name()));
        named.unwrap_or(PrincipalKind::Resource)
    }

    /// Whether it was seen as `resource.type` of a matching rule only, and never as a caller's type in a condition.
    #[must_use]
    pub fn is_of_matching_rules(self) -> bool {
        self.row().in_matching_rule
    }

    /// What it is.
    #[must_use]
    pub fn note(self) -> Option<&'static str> {
        self.row().note.known()
    }

    fn row(self) -> &'static PrincipalTypeRow {
        tables::row(&PRINCIPAL_TYPES, self.0)
    }
}

impl fmt::Debug for PrincipalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is known about a name behind `service` in a subject. Not a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServicePrincipal {
    /// A service with one name everywhere.
    Global(&'static str),
    /// A service with one name for each region: the part without the region, and the region, if it is known.
    Regional(&'static str, Option<Region>),
    /// The name of a regional service without its region: it authorises nobody.
    WithoutRegion(&'static str),
}

impl ServicePrincipal {
    /// What is known about that name, in any case.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{Region, ServicePrincipal};
    /// let global = ServicePrincipal::find("FaaS");
    /// assert_eq!(global, Some(ServicePrincipal::Global("faas")));
    /// let regional = ServicePrincipal::find("objectstorage-eu-frankfurt-1");
    /// assert_eq!(regional, Some(ServicePrincipal::Regional("objectstorage", Region::find("fra"))));
    /// let bare = ServicePrincipal::find("objectstorage");
    /// assert_eq!(bare, Some(ServicePrincipal::WithoutRegion("objectstorage")));
    /// assert_eq!(ServicePrincipal::find("blokstorage"), None);
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::names().find_map(|known| {
            let Some(stem) = known.strip_suffix("-<region>") else {
                return known.eq_ignore_ascii_case(name).then_some(Self::Global(known));
            };
            let (head, rest) = name.split_at_checked(stem.len())?;
            if !head.eq_ignore_ascii_case(stem) {
                return None;
            }
            match rest.strip_prefix('-') {
                Some(region) => Some(Self::Regional(stem, Region::find_long(region))),
                None => rest.is_empty().then_some(Self::WithoutRegion(stem)),
            }
        })
    }

    /// All known names; `<region>` stands for a region's long name.
    pub fn names() -> impl ExactSizeIterator<Item = &'static str> + Clone {
        SERVICE_PRINCIPALS.iter().map(|text| text.get())
    }
}

/// Types that the old subject form `resource TYPE NAME` was seen with.
pub fn resource_subjects() -> impl ExactSizeIterator<Item = &'static str> + Clone {
    RESOURCE_SUBJECTS.iter().map(|text| text.get())
}
