//! `lint/ocid-missing-region`

use super::findings::Findings;
use super::texts::{self, Text};
use crate::ocid::Ocid;
use crate::source::Spanned;
use crate::syntax::{Item, MatchingRule};

lint! {
    /// Flags the OCID of a regional resource that has no region: `ocid1.key.oc1..abkey`.
    ///
    /// # Why
    /// Keys, vaults, clusters, networks and the like belong to a region, and their OCIDs say which. One without a region
    /// does not occur, so that a condition with it never holds.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Pilots to use keys in tenancy where target.key.id = 'ocid1.key.oc1..abkey'
    /// ```
    /// ```policy clean
    /// Allow group Pilots to use keys in tenancy where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// Allow group Pilots to use keys in compartment id ocid1.compartment.oc1..safe
    /// ```
    "lint/ocid-missing-region", Warning, rejects: No, basis: "[I: OCIDS]",
    checks: [Check::Statement(statement), Check::Rule(rule)]
}

/// Types of resources that belong to a region, as OCIDs spell them. Types that are not here may be either.
const REGIONAL: [&str; 33] = [
    "apigateway",
    "autonomousdatabase",
    "bootvolume",
    "bootvolumebackup",
    "cluster",
    "containerinstance",
    "dbsystem",
    "drg",
    "filesystem",
    "fnapp",
    "fnfunc",
    "instance",
    "instanceconfiguration",
    "instancepool",
    "internetgateway",
    "key",
    "loadbalancer",
    "loggroup",
    "mounttarget",
    "natgateway",
    "networkloadbalancer",
    "networksecuritygroup",
    "nodepool",
    "routetable",
    "securitylist",
    "servicegateway",
    "stream",
    "subnet",
    "vault",
    "vaultsecret",
    "vcn",
    "volume",
    "volumebackup",
];

fn statement(item: &Item, findings: &mut Findings<'_>) {
    texts::of_statement(&item.statement, |text| report(text, findings));
}

fn rule(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    texts::of_rule(&rule.node, |text| report(text, findings));
}

fn report(Text { text, span }: Text<'_>, findings: &mut Findings<'_>) {
    let Ok(ocid) = Ocid::parse(text) else { return };
    let kind = ocid.resource_kind();
    if ocid.region().is_none() && REGIONAL.iter().any(|regional| regional.eq_ignore_ascii_case(kind)) {
        findings.report(
            span,
            format!("the OCID of a {} has no region", kind.to_ascii_lowercase()),
            "copy the OCID from the resource: `ocid1.TYPE.REALM.REGION.…`",
        );
    }
}
