//! Tenancies of Oracle that policies name.

use super::tables::{TENANCIES, TenancyRow};

/// A tenancy of Oracle that official examples endorse access to.
///
/// Only the Endorse half is visible to customers; the matching Admit is Oracle's.
///
/// # Source
/// Oracle documentation, example policies of the services concerned, 2026-08.
#[derive(Clone, Copy)]
pub struct KnownTenancy(&'static TenancyRow);

impl KnownTenancy {
    /// The tenancy with that OCID, in any case.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::KnownTenancy;
    /// let reports = KnownTenancy::named("usage-report").ok_or("a known tenancy")?;
    /// assert_eq!(KnownTenancy::find(reports.ocid()).map(|found| found.alias()), Some("usage-report"));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn find(ocid: &str) -> Option<Self> {
        Self::all().find(|tenancy| tenancy.ocid().eq_ignore_ascii_case(ocid))
    }

    /// The tenancy that examples define under that alias, in any case.
    #[must_use]
    pub fn named(alias: &str) -> Option<Self> {
        Self::all().find(|tenancy| tenancy.alias().eq_ignore_ascii_case(alias))
    }

    /// All of them.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        TENANCIES.iter().map(Self)
    }

    /// The alias that examples give it.
    #[must_use]
    pub fn alias(self) -> &'static str {
        self.0.alias.get()
    }

    /// Its OCID.
    #[must_use]
    pub fn ocid(self) -> &'static str {
        self.0.ocid.get()
    }

    /// What access to it is for.
    #[must_use]
    pub fn purpose(self) -> &'static str {
        self.0.purpose.get()
    }
}

impl std::fmt::Debug for KnownTenancy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.alias())
    }
}
