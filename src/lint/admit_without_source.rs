//! `syntax/admit-without-source`

lint! {
    /// Flags an Admit that does not say whose principals it lets in.
    ///
    /// # Why
    /// `of tenancy ALIAS` is part of the statement; without it nobody is meant.
    ///
    /// # Examples
    /// ```policy flagged
    /// Admit any-user to read buckets in compartment shelf
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Admit any-user of tenancy Glacier to read buckets in compartment shelf
    /// ```
    "syntax/admit-without-source", Error, rejects: Yes, basis: "[E] [DD]",
    checks: [Check::Reported(By::Parser)]
}
