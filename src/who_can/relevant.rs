//! What can make a difference between two principals: the statements that may give or take what is asked for, whom they
//! speak of, and what their conditions look at.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::catalog::{Permission, PermissionSet};
use crate::program::{Operand, Program, ServiceName, Statement, Subject, Test, Text, VariableRef};
use crate::request::Request;
use crate::syntax::Effect;
use crate::tenancy::{DynamicGroupId, GroupId, TenancyId};

/// What tells principals apart, for one question.
#[derive(Debug, Default)]
pub(super) struct Relevant {
    pub(super) groups: FxHashSet<GroupId>,
    pub(super) dynamic_groups: FxHashSet<DynamicGroupId>,
    pub(super) services: BTreeSet<(TenancyId, ServiceName)>,
    /// Whom deny statements speak of.
    pub(super) denied: BTreeSet<Subject>,
    /// Variables of the principal that conditions look at.
    pub(super) variables: BTreeSet<VariableRef>,
    /// Whether conditions look at who a principal is, so that no two are alike.
    pub(super) identity: bool,
    /// Whether conditions look at all groups a principal is in.
    pub(super) memberships: bool,
}

impl Relevant {
    /// For one question, put by each tenancy: what it needs may depend on who asks.
    pub(super) fn new(program: &Program, requests: &[Request]) -> Self {
        let permissions: PermissionSet = requests.iter().flat_map(Request::permissions).collect();
        let mut checks = requests.iter().flat_map(|request| &request.checks);
        let pair = checks.clone().any(|check| check.pair.is_some());
        // Where a whole row is needed, any statement may be part of it, or take some of it.
        let row = checks.any(|check| !check.rows.is_empty());
        let mut relevant = Self::default();
        let model = program.tenancies();
        // No deny binds them, so that they differ from everybody else.
        let administrators = model.groups().filter(|(_, group)| group.default_administrators);
        relevant.groups.extend(administrators.map(|(id, _)| id));
        let may_matter = |statement: &Statement| {
            row || pair && statement.association.is_some()
                || permissions.iter().any(|permission| holds(program, statement, permission))
        };
        for (_, statement) in program.statements().filter(|(_, statement)| may_matter(statement)) {
            relevant.add(program, statement);
        }
        relevant
    }

    fn add(&mut self, program: &Program, statement: &Statement) {
        let home = program.policy(statement.policy).map(|policy| policy.tenancy);
        for subject in &statement.subjects {
            match subject {
                Subject::Group(group) => {
                    self.groups.insert(*group);
                }
                Subject::DynamicGroup(group) => {
                    self.dynamic_groups.insert(*group);
                }
                Subject::Service(name) => self.services.extend(home.map(|home| (home, *name))),
                Subject::AnyUser | Subject::AnyGroup | Subject::Unsupported => {}
            }
            if statement.effect == Effect::Deny {
                self.denied.insert(*subject);
            }
        }
        for atom in program.guards().atoms(statement.guard) {
            let operands: &[Operand] = match &atom.test {
                Test::Equal(operand) | Test::NotEqual(operand) => std::slice::from_ref(operand),
                Test::In(items)
                | Test::NotIn(items)
                | Test::SetsEqual(items)
                | Test::SetsIntersect(items) => items,
                Test::Before(_)
                | Test::After(_)
                | Test::Between(..)
                | Test::Present
                | Test::Absent
                | Test::Never => &[],
            };
            let others = operands.iter().filter_map(Operand::variable);
            for variable in std::iter::once(atom.variable).chain(others) {
                self.look(program, variable);
            }
        }
    }

    fn look(&mut self, program: &Program, variable: VariableRef) {
        match variable {
            VariableRef::PrincipalId
            | VariableRef::UserId
            | VariableRef::UserName
            | VariableRef::InstanceId
            | VariableRef::ServiceName
            | VariableRef::TargetGroupMember => self.identity = true,
            VariableRef::Named(Text(name)) => {
                if program.texts.get(name).is_some_and(|name| name.starts_with("target.")) {
                    return;
                }
                self.identity = true;
            }
            VariableRef::GroupIds
            | VariableRef::GroupNames
            | VariableRef::DynamicGroupIds
            | VariableRef::DynamicGroupNames
            | VariableRef::PrincipalGroupTag(_) => self.memberships = true,
            // The tenancy, type, domain and compartment of a principal tell it apart anyway.
            VariableRef::PrincipalType
            | VariableRef::PrincipalCompartment
            | VariableRef::PrincipalCompartmentTag(_)
            | VariableRef::DomainName
            | VariableRef::InstanceCompartment
            | VariableRef::ResourceCompartment => {}
            // The same for every principal.
            VariableRef::Permission
            | VariableRef::Operation
            | VariableRef::Region
            | VariableRef::AvailabilityDomain
            | VariableRef::NetworkSource
            | VariableRef::Instant
            | VariableRef::Month
            | VariableRef::DayOfMonth
            | VariableRef::DayOfWeek
            | VariableRef::TimeOfDay
            | VariableRef::TargetCompartment
            | VariableRef::TargetCompartmentName
            | VariableRef::TargetTenancy
            | VariableRef::TargetTenancyName
            | VariableRef::TargetTag(_)
            | VariableRef::TargetCompartmentTag(_) => return,
        }
        self.variables.insert(variable);
    }
}

fn holds(program: &Program, statement: &Statement, permission: Permission) -> bool {
    program.permission_sets().holds(statement.permissions, permission).may_be()
}
