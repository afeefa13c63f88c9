//! What somebody probably meant who wrote what the grammar does not accept: better words for common mistakes.

use super::broken::token;
use crate::suggest::did_you_mean;

/// What is wrong, and what to type now.
pub(super) struct Hint {
    pub(super) message: String,
    pub(super) help: String,
}

fn hint(message: impl Into<String>, help: impl Into<String>) -> Option<Hint> {
    Some(Hint { message: message.into(), help: help.into() })
}

const OPERATORS: &str = "the operators are `=`, `!=`, `in`, `not in`, `before`, `after` and `between`; a pattern stands between slashes";

/// What a statement that stopped at `found` probably means; `text` has no blanks in front.
pub(super) fn statement(text: &str, offset: usize, found: &str) -> Option<Hint> {
    let before = text.get(..offset).unwrap_or_default();
    let behind = text.get(offset + found.len()..).unwrap_or_default();
    if before.trim().is_empty() {
        return first_word(text, found);
    }
    if first(text).eq_ignore_ascii_case("define") {
        return define(text);
    }
    dangling(if found.is_empty() { before } else { text.get(..offset + found.len())? }, behind)
        .or_else(|| condition(before, found))
        .or_else(|| action(before, found))
        .or_else(|| subject(before, found))
}

fn first(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

fn last(text: &str) -> &str {
    text.split_whitespace().next_back().unwrap_or_default()
}

fn is(word: &str, any: &[&str]) -> bool {
    any.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// A statement that begins with another word.
fn first_word(text: &str, found: &str) -> Option<Hint> {
    let instead = if is(found, &["grant", "permit", "enable", "let"]) {
        "Allow"
    } else if is(found, &["disallow", "forbid", "revoke", "block", "prohibit"]) {
        "Deny"
    } else {
        did_you_mean(found, ["Allow", "Deny", "Define", "Endorse", "Admit"])?
    };
    if is(found, &[instead]) {
        return define(text).filter(|_| instead == "Define").or_else(|| {
            hint(format!("`{found}` is not followed by what it needs"), "say who may do what, and where")
        });
    }
    hint(
        format!("a statement cannot begin with `{found}`"),
        format!(
            "did you mean `{instead}`? Statements begin with `Allow`, `Deny`, `Define`, `Endorse` or `Admit`"
        ),
    )
}

/// A `Define` whose parts are not where they belong.
fn define(text: &str) -> Option<Hint> {
    let words: Vec<&str> = text.split_whitespace().skip(1).collect();
    let Some((kind, rest)) = words.split_first() else {
        return hint(
            "`Define` is not followed by what it needs",
            "the shape is: `Define tenancy|group|dynamic-group|compartment ALIAS as OCID`",
        );
    };
    let at = rest.iter().position(|word| is(word, &["as"]));
    let sign = rest.iter().find(|word| matches!(**word, "=" | ":" | ":=" | "is"));
    match at {
        Some(0) => {
            hint(format!("`Define {kind}` gives no alias"), format!("write `Define {kind} ALIAS as OCID`"))
        }
        Some(at) if at > 1 => hint(
            format!("the alias `{}` has blanks", rest.get(..at)?.join(" ")),
            "an alias is one word of your choice; it need not be the real name",
        ),
        Some(at) if rest.first()?.contains(['/', ':', '(']) => hint(
            format!("`{}` cannot be an alias", rest.get(..at)?.join(" ")),
            "an alias is one word of your choice, without a domain; it need not be the real name",
        ),
        Some(at) if rest.len() == at + 1 => hint("nothing stands behind `as`", "write the OCID there"),
        Some(_) => None,
        None => {
            let found = sign.map_or_else(|| "it is missing".to_owned(), |sign| format!("found `{sign}`"));
            hint(
                format!("the alias is followed by `as`, {found}"),
                format!("write `Define {kind} ALIAS as OCID`"),
            )
        }
    }
}

/// A statement that ends too early.
fn dangling(until: &str, behind: &str) -> Option<Hint> {
    if !behind.trim().is_empty() {
        return None;
    }
    let word = last(until);
    let needs = match word.to_ascii_lowercase().as_str() {
        "where" => "a condition: `VARIABLE = 'VALUE'`, or `all|any { CONDITION, … }`",
        "in" => "`tenancy` or `compartment NAME`",
        "compartment" => "the compartment's name, or `id` and its OCID",
        "to" => "`VERB RESOURCE-TYPE`, or permissions in braces",
        "id" => "an OCID",
        "of" => "`tenancy ALIAS` or `any-tenancy`",
        "group" | "dynamic-group" | "service" => "a name",
        "inspect" | "read" | "use" | "manage" => "a resource-type",
        "and" | "or" | "not" | "=" | "!=" => return None,
        _ => {
            let started = is(first(until), &["allow", "deny", "endorse"]);
            let acted = until.split_whitespace().any(|word| is(word, &["to"]) || word.starts_with('{'));
            return if started && !acted && until.split_whitespace().count() > 1 {
                hint(
                    format!("the statement ends behind `{word}`"),
                    "say what may be done, and where: `to VERB RESOURCE-TYPE in tenancy|compartment NAME`",
                )
            } else {
                None
            };
        }
    };
    hint(format!("nothing stands behind `{word}`"), format!("`{word}` is followed by {needs}"))
}

/// A condition that is none.
fn condition(before: &str, found: &str) -> Option<Hint> {
    let lower = before.to_ascii_lowercase();
    let conditions = lower.rsplit_once("where").map(|(_, conditions)| conditions)?;
    let previous = last(conditions);
    let starts = conditions.trim().is_empty() || conditions.trim_end().ends_with(['{', ',']);
    if is(found, &["where"]) {
        return hint("a statement has one `where`", "join the conditions: `where all { CONDITION, … }`");
    }
    if previous == "in" {
        return hint(
            format!("`in` is followed by a list in parentheses, found `{found}`"),
            "write `in ('VALUE', …)`",
        );
    }
    if starts && found == "'" {
        return hint(
            "a condition begins with a variable, found a text in quotes",
            "write `VARIABLE = 'VALUE'`",
        );
    }
    if previous.ends_with('=') && matches!(found, "`" | "}" | ")" | "," | "") {
        return hint("nothing is compared with", "write a text in single quotes behind the operator");
    }
    let word = found.chars().next().is_some_and(|letter| letter.is_ascii_alphabetic());
    let variable = previous.contains('.') && !previous.contains(['\'', '=', '}', ')']);
    if word && variable {
        return hint(format!("`{found}` is no operator"), OPERATORS);
    }
    None
}

/// An action or location that is none.
fn action(before: &str, found: &str) -> Option<Hint> {
    let mut words = before.split_whitespace().rev();
    let (previous, earlier) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let verb = |word: &str| is(word, &["inspect", "read", "use", "manage"]);
    let place = is(found, &["tenancy", "compartment", "any-tenancy"]);
    if is(previous, &["in"]) && verb(earlier) {
        return hint(
            format!("no resource-type stands behind `{earlier}`"),
            "name one, such as `buckets`, a family such as `object-family`, or `all-resources`",
        );
    }
    if place && verb(earlier) {
        return hint(format!("`in` is missing in front of `{found}`"), format!("write `in {found}`"));
    }
    if verb(earlier) && is(found, &["on", "at", "for", "within", "inside", "from", "of"]) {
        return hint(
            format!("a location begins with `in`, found `{found}`"),
            "write `in tenancy` or `in compartment NAME`",
        );
    }
    None
}

/// A subject that is none.
fn subject(before: &str, found: &str) -> Option<Hint> {
    let kind = last(before);
    if is(found, &["to", "of"]) && is(kind, &["group", "dynamic-group", "groups", "user", "users", "service"])
    {
        return hint(
            format!("no name stands behind `{kind}`"),
            format!("write the name in front of `{found}`; one that is called `{found}` stands in quotes"),
        );
    }
    let shape =
        "name a subject: `group NAME`, `dynamic-group NAME`, `any-user`, `any-group` or `service NAME`";
    if !is(before.trim(), &["allow", "deny", "endorse", "admit", "deny endorse", "deny admit"]) {
        return None;
    }
    let everybody =
        ["any", "anyuser", "any_user", "anybody", "anyone", "all", "all-users", "everyone", "everybody", "*"];
    let message = format!("`{found}` is no subject");
    if is(found, &everybody) {
        return hint(message, "write `any-user` for every principal, or `any-group` for all but services");
    }
    match did_you_mean(
        &found.to_ascii_lowercase(),
        ["group", "dynamic-group", "any-user", "any-group", "service"],
    ) {
        Some(near) => hint(message, format!("did you mean `{near}`? Otherwise {shape}")),
        None => hint(message, shape),
    }
}

/// What stands behind a complete statement and begins no comment.
pub(super) fn rest(before: &str, text: &str, word: &str) -> Option<Hint> {
    let conditional = before.to_ascii_lowercase().contains(" where ");
    if !conditional
        && is(word, &["if", "when", "only", "having", "provided", "unless", "wher", "were", "whre", "with"])
    {
        return hint(format!("a condition does not begin with `{word}`"), "write `where CONDITION`");
    }
    let glued = ["whereall", "whereany"].into_iter().find(|glued| word.eq_ignore_ascii_case(glued));
    if let Some(glued) = glued {
        let kind = glued.trim_start_matches("where");
        return hint(format!("a blank is missing in `{word}`"), format!("write `where {kind} {{ … }}`"));
    }
    if is(word, &["in"]) {
        return hint("a statement has one location", "write a statement for each, or keep one of them");
    }
    if !conditional && matches!(word, "/" | "\\" | ">") {
        return hint("the compartments of a path are joined by `:`", "write `compartment OUTER:INNER`");
    }
    if conditional && word.starts_with(['=', '!', '<', '>', '~']) {
        let mut words = before.split_whitespace().rev();
        if words.nth(1).is_some_and(|word| is(word, &["not"])) {
            return hint(
                "`not` stands in front of a variable alone",
                "turn the operator round: `!=` for `=`",
            );
        }
        let value = token(text.trim_start_matches(['=', '!', '<', '>', '~', ' ']));
        let value = if value == "`" { "a back-tick".to_owned() } else { format!("`{value}`") };
        return hint(
            format!("{value} behind `{word}` is no value"),
            "a value is a text in single quotes, a pattern between slashes, or the name of a variable",
        );
    }
    None
}
