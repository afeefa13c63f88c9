//! `lint/well-known-tenancy-spoof`

use super::findings::Findings;
use crate::catalog::KnownTenancy;
use crate::ocid::Ocid;
use crate::syntax::{AliasKind, Item, Statement};

lint! {
    /// Flags an alias called like a tenancy of Oracle that stands for another one.
    ///
    /// # Why
    /// A reader trusts the name. What is endorsed into that tenancy, cost reports for example, goes to somebody else.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy usage-report as ocid1.tenancy.oc1..somebodyelse
    /// Endorse group Accountants to read objects in tenancy usage-report
    /// ```
    /// ```policy clean
    /// Define tenancy partner as ocid1.tenancy.oc1..somebodyelse
    /// Endorse group Accountants to read objects in tenancy partner
    /// ```
    "lint/well-known-tenancy-spoof", Warning, risk: High, rejects: No, basis: "[E] [I]",
    checks: [Check::Statement(check)]
}

fn check(item: &Item, findings: &mut Findings<'_>) {
    let Statement::Define(define) = &item.statement else { return };
    let (Some(alias), Some(ocid)) = (define.alias.node.literal(), define.ocid.node.literal()) else { return };
    if define.kind.node != AliasKind::Tenancy || super::redacted_ocid::is_redacted(ocid) {
        return;
    }
    let Some(known) = KnownTenancy::named(alias).filter(|_| Ocid::parse(ocid).is_ok()) else { return };
    if !KnownTenancy::all().any(|other| other.ocid().eq_ignore_ascii_case(ocid)) {
        findings.report(
            define.ocid.span,
            format!("this is not the tenancy of Oracle that is known as `{}`", known.alias()),
            format!("write `{}`, or another alias", known.ocid()),
        );
    }
}
