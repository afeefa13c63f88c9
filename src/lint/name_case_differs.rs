//! `lint/name-case-differs`

use super::context::Context;
use super::findings::ProgramFindings;
use crate::caseless;
use crate::format;
use crate::program::{Reach, Side, Subject};
use crate::source::{Place, SourceId, Spanned};
use crate::syntax::{Location, Name, Principal, Statement, Subject as Written};

lint! {
    /// Says that a name is written in another case than the tenancy has it.
    ///
    /// # Why
    /// Case makes no difference to the service; who searches the policies for a group finds it under its own spelling only.
    ///
    /// # Examples
    /// ```yaml flagged
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements: [Allow group pilots to read vcns in compartment Hangar]
    /// ```
    /// ```yaml clean
    /// tenancies:
    ///   - name: Fjord
    ///     id: ocid1.tenancy.oc1..fjord
    ///     compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
    ///     groups: [{name: Pilots, id: ocid1.group.oc1..pilots}]
    ///     policies:
    ///       - statements: [Allow group Pilots to read vcns in compartment hangar]
    /// ```
    "lint/name-case-differs", Style, rejects: No, basis: "[D: PS] [I]",
    checks: [Check::Program(check)]
}

fn check(context: &Context<'_>, findings: &mut ProgramFindings<'_>) {
    let model = context.program.tenancies();
    for (statement, written) in context.statements() {
        let Statement::Grant(grant) = &written.item.statement else { continue };
        let source = statement.place.source;
        let (Written::Groups(names) | Written::DynamicGroups(names)) = &grant.subject.node else {
            place(context, statement.side, statement.reach, &grant.location, source, findings);
            continue;
        };
        for (principal, subject) in names.iter().zip(&statement.subjects) {
            let known = match subject {
                Subject::Group(id) => {
                    model.group(*id).filter(|group| group.known).and_then(|group| group.name.as_deref())
                }
                Subject::DynamicGroup(id) => {
                    let group = model.dynamic_group(*id).filter(|group| group.known);
                    group.and_then(|group| group.name.as_deref())
                }
                Subject::AnyUser | Subject::AnyGroup | Subject::Service(_) | Subject::Unsupported => None,
            };
            if let (Principal::Named { name, .. }, Some(known)) = (&principal.node, known) {
                compare(name, known, source, findings);
            }
        }
        place(context, statement.side, statement.reach, &grant.location, source, findings);
    }
}

/// Compares the names of a path with those of the compartment it leads to and of what that lies in.
fn place(
    context: &Context<'_>,
    side: Side,
    reach: Reach,
    location: &Spanned<Location>,
    source: SourceId,
    findings: &mut ProgramFindings<'_>,
) {
    let (Side::Own, Reach::Below(id), Location::Compartment(path)) = (side, reach, &location.node) else {
        return;
    };
    let model = context.program.tenancies();
    for (name, id) in path.iter().rev().zip(model.ancestors(id)) {
        if let Some(compartment) = model.compartment(id).filter(|compartment| compartment.known) {
            compare(name, &compartment.name, source, findings);
        }
    }
}

fn compare(name: &Spanned<Name>, known: &str, source: SourceId, findings: &mut ProgramFindings<'_>) {
    let Some(typed) = name.node.literal().filter(|typed| *typed != known) else { return };
    // An alias, or an OCID in the place of a name, is no other spelling.
    if !caseless::equal(typed, known) {
        return;
    }
    let instead = format::name(&Name::Literal(known.to_owned()));
    findings
        .report(
            Place { source, span: name.span },
            format!("the tenancy spells `{typed}` as `{known}`"),
            format!("write `{known}`"),
        )
        .safe(format!("write `{known}`"), name.span, instead);
}
