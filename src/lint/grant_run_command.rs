//! `lint/grant-run-command`

use super::context::Context;
use super::findings::ProgramFindings;
use super::powers::{self, Power};

lint! {
    /// Flags the right to run commands on instances that belong to a dynamic group.
    ///
    /// # Why
    /// A command that the agent runs on an instance can call services as the instance: its author may do what the dynamic group may
    /// do. Only instances whose compartment the rule names are known to belong to it.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    ///     groups: [{name: Devs, id: ocid1.group.oc1..devs}]
    ///     dynamic-groups:
    ///       - {name: Robots, id: ocid1.dynamicgroup.oc1..robots, matching-rule: "instance.compartment.id = 'ocid1.compartment.oc1..hangar'"}
    ///     policies:
    ///       - statements:
    ///           - Allow group Devs to manage instance-agent-command-family in compartment hangar
    ///           - Allow dynamic-group Robots to read buckets in tenancy
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    ///     groups: [{name: Devs, id: ocid1.group.oc1..devs}]
    ///     dynamic-groups:
    ///       - {name: Robots, id: ocid1.dynamicgroup.oc1..robots, matching-rule: "instance.compartment.id = 'ocid1.compartment.oc1..hangar'"}
    ///     policies:
    ///       - statements:
    ///           - Allow group Devs to read instance-agent-command-family in compartment hangar
    ///           - Allow dynamic-group Robots to read buckets in tenancy
    /// ```
    "lint/grant-run-command", Warning, risk: High, rejects: No, basis: "[I]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    for step in powers::steps_to_grants(context, Power::RunCommands) {
        findings.report(
            step.place,
            format!("who runs commands here may do what {} may do", powers::name(context, step.to.1)),
            "keep the two in separate compartments, or give the dynamic group less",
        );
    }
}
