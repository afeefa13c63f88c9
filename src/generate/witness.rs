//! Situations in which an intent's condition holds: values for the variables that nothing else decides.
//!
//! What the model says of a variable is never changed, and a variable that does not exist for the operation gets no
//! value: a condition that can never hold for the request must not look as if it could.

use std::collections::BTreeMap;

use super::stage::Stage;
use crate::caseless;
use crate::catalog::{Operation, Variable};
use crate::decide::evaluate::{Scene, Seen};
use crate::instant;
use crate::program::{Program, Texts, VariableRef};
use crate::request::{self, Request};
use crate::source::Spanned;
use crate::syntax::{Condition, Operand, Predicate};

/// The most situations that are tried.
const MOST: usize = 4096;

/// A value that no condition names.
const SOMETHING: &str = "something-else";

/// Values by variable.
type Situation = Vec<(String, Vec<String>)>;

/// Situations worth trying, the likeliest first.
pub(super) fn situations(
    stage: &Stage,
    program: &Program,
    request: &Request,
    condition: &Spanned<Condition>,
) -> Vec<Situation> {
    let mut candidates: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for test in condition.tests() {
        let test = test.node;
        let name = caseless::fold(&test.variable.node);
        let mut add = |name: String, values: Vec<Vec<String>>| {
            if may_be_given(stage, program, request, &name) {
                candidates.entry(name).or_default().extend(values);
            }
        };
        for other in test.predicate.operands() {
            if let Operand::Variable(other) = &other.node {
                add(caseless::fold(other), vec![vec![SOMETHING.to_owned()]]);
            }
        }
        add(name, values(&test.predicate));
    }
    let mut situations: Vec<Situation> = vec![Vec::new()];
    for (name, mut values) in candidates {
        values.dedup();
        // A variable may also stay as it is: one part of an `any` is enough.
        let longer = situations.iter().flat_map(|known| {
            let given = values.iter().map(|value| {
                known.iter().cloned().chain([(name.clone(), value.clone())]).collect::<Situation>()
            });
            given.chain([known.clone()]).collect::<Vec<_>>()
        });
        situations = longer.take(MOST).collect();
    }
    situations
}

/// Values that may satisfy a test.
fn values(predicate: &Predicate) -> Vec<Vec<String>> {
    let one = |text: &str| vec![vec![text.to_owned()]];
    let each = |operands: &[Spanned<Operand>]| -> Vec<Vec<String>> {
        operands.iter().flat_map(|operand| texts(&operand.node)).map(|text| vec![text]).collect()
    };
    let moment = |operand: &Spanned<Operand>, seconds: i64| -> Vec<Vec<String>> {
        let Operand::Text(text) = &operand.node else { return Vec::new() };
        let at =
            instant::parse(text).and_then(|at| jiff::Timestamp::from_second(at.as_second() + seconds).ok());
        at.map(|at| vec![at.to_string()]).into_iter().collect()
    };
    match predicate {
        Predicate::Equal(operand) => each(std::slice::from_ref(operand)),
        Predicate::In(operands) | Predicate::SetsIntersect(operands) => each(operands),
        Predicate::SetsEqual(operands) => {
            vec![operands.iter().flat_map(|operand| texts(&operand.node)).collect()]
        }
        Predicate::NotEqual(_) | Predicate::NotIn(_) | Predicate::Present => one(SOMETHING),
        Predicate::Before(operand) => moment(operand, -1),
        Predicate::After(operand) => moment(operand, 1),
        Predicate::Between { from, .. } => each(std::slice::from_ref(from)),
        Predicate::Absent => Vec::new(),
    }
}

/// Texts that satisfy an operand.
fn texts(operand: &Operand) -> Vec<String> {
    match operand {
        Operand::Text(text) if text.contains('*') => {
            vec![text.clone(), text.replace('*', ""), SOMETHING.to_owned()]
        }
        Operand::Text(text) => vec![text.clone()],
        Operand::Pattern(pattern) => {
            let text = pattern.replace('*', "");
            vec![if text.is_empty() { SOMETHING.to_owned() } else { text }]
        }
        Operand::Variable(_) | Operand::Opaque(_) => vec![SOMETHING.to_owned()],
    }
}

/// The variable of a name.
pub(super) fn variable(program: &Program, name: &str) -> VariableRef {
    let mut texts = Texts::beyond(&program.texts);
    VariableRef::of(&caseless::fold(name), |text| {
        program.texts.find(text).unwrap_or_else(|| texts.intern(text))
    })
}

/// Whether a variable is open: not decided by the model, and existing for the request.
fn may_be_given(stage: &Stage, program: &Program, request: &Request, name: &str) -> bool {
    let Some(check) = request.checks.first() else { return false };
    let permissions = request.permissions();
    let variable = variable(program, name);
    let scene = Scene {
        program,
        request,
        target: &check.target,
        pair: None,
        permission: permissions.first().copied(),
    };
    match scene.variable(variable) {
        Seen::Unknown => true,
        Seen::Absent => absent_may_be_given(stage, program, request, variable, name),
        Seen::One(_)
        | Seen::Many(_)
        | Seen::Rows(..)
        | Seen::Permission(_)
        | Seen::Number(_)
        | Seen::Seconds(_)
        | Seen::Instant(_)
        | Seen::Given(_) => false,
    }
}

/// Whether a variable the request lacks may exist for such a request all the same.
fn absent_may_be_given(
    stage: &Stage,
    program: &Program,
    request: &Request,
    variable: VariableRef,
    name: &str,
) -> bool {
    let Some(check) = request.checks.first() else { return false };
    let principal = &request.principal;
    let known = Variable::find(name).map(|found| found.variable);
    let open = |tenancy| stage.leaves_open(tenancy, crate::tenancy::Aspect::Compartments);
    // Tags of what the model has are as the model says.
    if matches!(variable, VariableRef::PrincipalCompartmentTag(_) | VariableRef::PrincipalGroupTag(_)) {
        return open(principal.tenancy);
    }
    if matches!(variable, VariableRef::TargetCompartmentTag(_)) {
        return open(check.target.tenancy);
    }
    if matches!(variable, VariableRef::TargetTag(_)) {
        let invented = check.target.resource.is_none_or(|resource| stage.is_stand_in(resource));
        let mut operations = operations(program, request).iter();
        let single = operations.all(|&operation| request::names_a_resource(Some(operation)));
        let tagged = request.permissions().into_iter().all(|permission| permission.has_target_tags());
        return invented && single && tagged;
    }
    if name.starts_with("target.") {
        return known.is_none_or(|known| applies(known, program, request));
    }
    known.is_none_or(|known| known.exists_for(principal.kind))
}

/// Whether the catalogue has a target variable for what is asked.
fn applies(variable: Variable, program: &Program, request: &Request) -> bool {
    let fits = |operation: &Operation| {
        let types = operation.resource_types();
        types.is_empty() || types.iter().any(|&resource_type| variable.applies_to(*operation, resource_type))
    };
    let named = operations(program, request);
    if named.is_empty() {
        return request.permissions().into_iter().any(|permission| permission.operations().iter().any(fits));
    }
    named.iter().any(fits)
}

/// The operations of the name that is asked for; none where permissions are.
fn operations(program: &Program, request: &Request) -> &'static [Operation] {
    let text = request.operation.and_then(|id| program.texts.get(id).or_else(|| request.texts.get(id)));
    text.map_or(&[], Operation::find)
}
