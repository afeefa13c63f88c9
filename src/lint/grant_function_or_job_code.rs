//! `lint/grant-function-or-job-code`

use super::context::Context;
use super::findings::ProgramFindings;
use super::powers::{self, Power};

lint! {
    /// Says that whoever may replace the code of some functions may do what their dynamic group may do.
    ///
    /// # Why
    /// A function calls services as itself. Its code decides what it does there, and whoever updates the function gives it other
    /// code. Only functions whose compartment the rule names are known to belong to the dynamic group.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    ///     groups: [{name: Devs, id: ocid1.group.oc1..devs}]
    ///     dynamic-groups:
    ///       - {name: Robots, id: ocid1.dynamicgroup.oc1..robots, matching-rule: "all {resource.type = 'fnfunc', resource.compartment.id = 'ocid1.compartment.oc1..hangar'}"}
    ///     policies:
    ///       - statements:
    ///           - Allow group Devs to manage functions-family in compartment hangar
    ///           - Allow dynamic-group Robots to read buckets in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    ///     groups: [{name: Devs, id: ocid1.group.oc1..devs}]
    ///     dynamic-groups:
    ///       - {name: Robots, id: ocid1.dynamicgroup.oc1..robots, matching-rule: "all {resource.type = 'fnfunc', resource.compartment.id = 'ocid1.compartment.oc1..hangar'}"}
    ///     policies:
    ///       - statements:
    ///           - Allow group Devs to read functions-family in compartment hangar
    ///           - Allow dynamic-group Robots to read buckets in tenancy
    /// ```
    "lint/grant-function-or-job-code", Info, risk: Medium, rejects: No, basis: "[I]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    for step in powers::steps_to_grants(context, Power::ReplaceCode) {
        findings.report(
            step.place,
            format!("who replaces the code here may do what {} may do", powers::name(context, step.to.1)),
            "give the dynamic group only what its functions need",
        );
    }
}
