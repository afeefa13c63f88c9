//! What a question may say of condition variables.

use super::ask::Action;
use super::error::AskError;
use super::target::{is_called, segment};
use crate::caseless;
use crate::catalog::{ResourceType, Variable};
use crate::program::{Program, VariableRef};
use crate::suggest;

/// Whether a condition can mean anything by a variable: the catalogue or the language has it, or something of the model.
/// Things of every type have an `id` and a `name`.
pub(crate) fn exists(program: &Program, name: &str) -> bool {
    let folded = caseless::fold(name);
    // Attributes of a linked pair and tags of Oracle's own are listed nowhere.
    let unlisted = folded.starts_with("1.") || folded.starts_with("2.") || folded.contains(".system-tag.");
    if unlisted || VariableRef::is_known(name) || Variable::find(name).is_some() {
        return true;
    }
    let model = program.tenancies();
    let parts: Vec<&str> = folded.split('.').collect();
    let of_a_type = match parts.as_slice() {
        ["target", of, "id" | "name"] => {
            ResourceType::all().any(|known| is_called(known, of))
                || model.resources().any(|(_, resource)| segment(&resource.kind) == *of)
        }
        _ => false,
    };
    let said = |(known, _): &(String, String)| caseless::equal(known, name);
    of_a_type || model.resources().any(|(_, resource)| resource.variables.iter().any(said))
}

/// The variable that one which does not exist probably means.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    suggest::did_you_mean(name, Variable::all().map(Variable::name))
}

/// Refuses a variable that no condition can mean. One that the catalogue does not have counts where a statement names it,
/// unless it is a slip of one that it has.
pub(super) fn known(program: &Program, name: &str) -> Result<(), AskError> {
    let near = nearest(name);
    if exists(program, name) || near.is_none() && program.texts.find(name).is_some() {
        return Ok(());
    }
    Err(AskError::UnknownVariable { name: name.to_owned(), near: near.map(str::to_owned) })
}

/// Refuses to give or take a variable that the rest of the question fixes.
pub(super) fn free(action: &Action, name: &str, variable: VariableRef) -> Result<(), AskError> {
    let of_the_asker = matches!(
        variable,
        VariableRef::PrincipalType
            | VariableRef::PrincipalId
            | VariableRef::PrincipalCompartment
            | VariableRef::UserId
            | VariableRef::UserName
    );
    let instead = if variable == VariableRef::Permission {
        "it is each permission that is tested: ask for the permission itself"
    } else if variable == VariableRef::Operation && matches!(action, Action::Operation(_)) {
        "it is the operation that is asked for: ask for another operation"
    } else if of_the_asker {
        "it follows from who asks: name another principal"
    } else {
        return Ok(());
    };
    Err(AskError::FixedVariable { name: name.to_owned(), instead })
}
