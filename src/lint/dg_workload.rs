//! `lint/dg-workload`

use super::dg_resource_type_not_ocid_type::types;
use super::findings::Findings;
use crate::source::Spanned;
use crate::syntax::MatchingRule;

lint! {
    /// Flags a matching rule for workloads of Kubernetes.
    ///
    /// # Why
    /// Workloads cannot be members of a dynamic group. A policy speaks of them as `any-user` with a condition on namespace,
    /// service account and cluster.
    ///
    /// # Examples
    /// ```rule flagged
    /// resource.type = 'workload'
    /// ```
    /// ```rule clean
    /// all { resource.type = 'cluster', resource.compartment.id = 'ocid1.compartment.oc1..hangar' }
    /// ```
    "lint/dg-workload", Error, rejects: No, basis: "[D: OKEE]",
    checks: [Check::Rule(check)]
}

fn check(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    for (value, asked) in types(rule) {
        if asked && value.node.as_str().eq_ignore_ascii_case("workload") {
            findings.report(
                value.span,
                "a workload is never a member of a dynamic group",
                "write a policy: `Allow any-user to … where all { request.principal.type = 'workload', request.principal.namespace = 'NAMESPACE', request.principal.service_account = 'ACCOUNT', request.principal.cluster_id = 'OCID' }`",
            );
        }
    }
}
