//! Actions: verb and resource-type, permission sets, associations.

use super::grammar::{Children, Drift, Node, Read, Rule, range};
use super::reader::Reader;
use super::slip::Slip;
use crate::catalog::{ResourceType, Seen, Verb};
use crate::source::Spanned;
use crate::syntax::{Action, Associate, Association, Name, Scope};

impl Reader<'_> {
    /// Reads the action out of a statement's children; its place among them is the grammar's business.
    pub(super) fn action(&mut self, statement: &Children<'_>) -> Read<Spanned<Action>> {
        if let Some(slip) = statement.get(Rule::slip_missing_to) {
            let at = self.span(slip);
            let before = slip.as_span().get_input().get(..range(slip).0).unwrap_or_default();
            let name = before.split_whitespace().next_back().unwrap_or_default();
            let glued = name.len() > 3
                && name.get(name.len() - 2..).is_some_and(|end| end.eq_ignore_ascii_case("to"));
            let report = self.slip(Slip::MissingTo, at, "`to` is missing in front of the verb");
            if glued {
                // Whoever wrote `Pilotsto read` has it in the name.
                report
                    .help(format!(
                        "write a blank in `{name}` if its end is the `to`; otherwise `to` behind it"
                    ))
                    .suggest("insert `to`", at, "to ");
            } else {
                report.help("write `to` between the subject and the verb").safe("insert `to`", at, "to ");
            }
        }
        let mut verb = None;
        for child in statement.iter() {
            match child.as_rule() {
                Rule::verb => verb = Some(child),
                Rule::permissions => return self.permissions(statement, child),
                Rule::slip_several_verbs => return self.several_verbs(child),
                Rule::slip_empty_permissions => {
                    let span = self.span(child);
                    self.slip(Slip::EmptyGroup, span, "the permission set is empty")
                        .help("name the permissions: `{KEY_ENCRYPT, KEY_DECRYPT}`");
                    return Ok(self.opaque_action(child));
                }
                Rule::slip_unknown_verb => return self.unknown_verb(child),
                Rule::slip_template_action => {
                    self.template(child);
                    return Ok(self.opaque_action(child));
                }
                _ if Self::is_name(child) => {
                    if let Some(verb) = verb {
                        return self.verb_and_type(statement, verb, child);
                    }
                }
                _ => {}
            }
        }
        Err(Drift)
    }

    fn verb_and_type(
        &mut self,
        statement: &Children<'_>,
        verb: &Node<'_>,
        resource: &Node<'_>,
    ) -> Read<Spanned<Action>> {
        let known = Verb::find(verb.as_str()).ok_or(Drift)?;
        let node = resource;
        let resource = self.name(node)?;
        if let Some(more) = statement.get(Rule::slip_several_types) {
            let span = self.span(more);
            self.slip(Slip::SeveralTypes, span, "a statement names one resource-type")
                .help("write a statement for each type, or name a family that covers them");
            let others = more.clone().into_inner().filter(Self::is_name).map(|name| name.as_str().to_owned());
            self.split(node, more, std::iter::once(node.as_str().to_owned()).chain(others).collect());
        }
        if let Some(words) = statement.get(Rule::slip_spaced_type) {
            let span = resource.span.to(self.span(words));
            let typed = format!("{}{}", resource.node.as_str(), words.as_str());
            let joined = typed.split_whitespace().collect::<Vec<_>>().join("-").to_ascii_lowercase();
            let known = ResourceType::find(&joined).is_some() || Seen::resource_type(&joined).is_some();
            let report =
                self.slip(Slip::SyntaxError, span, format!("a resource-type is one word, found `{typed}`"));
            if known {
                report.help(format!("types are spelled with hyphens: `{joined}`")).suggest(
                    format!("write `{joined}`"),
                    span,
                    joined,
                );
            } else {
                report.help(
                    "write the type as the service's policy reference spells it, with hyphens for blanks",
                );
            }
        }
        let span = self.span(verb).to(resource.span);
        let verb = self.spanned(verb, known);
        Ok(Spanned::new(Action::Verb { verb, resource }, span))
    }

    fn permissions(&mut self, statement: &Children<'_>, node: &Node<'_>) -> Read<Spanned<Action>> {
        if statement.get(Rule::to).is_none() && statement.parent == Rule::grant {
            let at = self.span(node).before();
            self.slip(Slip::MissingTo, at, "`to` is missing in front of the permission set")
                .help("write `to` between the subject and the set")
                .safe("insert `to`", at, "to ");
        }
        if let Some(extra) = statement.get(Rule::slip_type_after_permissions) {
            let (span, whole) = (self.span(extra), self.with_blanks_before(extra));
            self.slip(
                Slip::SetWithType,
                span,
                "a resource-type stands behind a permission set, which implies it",
            )
            .help(format!("leave `{}` out", extra.as_str()))
            .safe("leave the type out", whole, "");
        }
        self.trailing_comma(node);
        let names = self.names_in(node)?;
        let words_in_braces = names.iter().find(|name| Verb::find(name.node.as_str()).is_some());
        if let Some(word) = words_in_braces {
            let (span, text) = (word.span, word.node.as_str().to_owned());
            self.slip(Slip::SyntaxError, span, format!("`{text}` is a verb; braces hold permissions")).help(
                "write permissions such as `BUCKET_READ`, or a verb and a resource-type without braces",
            );
        }
        Ok(self.spanned(node, Action::Permissions(names)))
    }

    /// Reports a comma in front of the closing bracket.
    pub(super) fn trailing_comma(&mut self, node: &Node<'_>) {
        let slip = node.clone().into_inner().find(|child| child.as_rule() == Rule::slip_trailing_comma);
        let Some(comma) = slip.and_then(|slip| slip.into_inner().next()) else { return };
        let span = self.span(&comma);
        self.slip(Slip::TrailingComma, span, "a comma stands in front of the closing bracket")
            .help("leave it out")
            .safe("leave the comma out", span, "");
    }

    fn several_verbs(&mut self, node: &Node<'_>) -> Read<Spanned<Action>> {
        let children = node.clone().into_inner();
        let verbs = children.clone().filter(|child| child.as_rule() == Rule::verb_of_list);
        let strongest = verbs.clone().filter_map(|verb| Verb::find(verb.as_str())).max().ok_or(Drift)?;
        let resource = children.clone().find(Self::is_name).ok_or(Drift)?;
        let list = verbs.map(|verb| self.span(&verb)).reduce(|a, b| a.to(b)).ok_or(Drift)?;
        self.slip(Slip::SeveralVerbs, list, "a statement has one verb")
            .help(format!("verbs are cumulative: `{}` is enough", strongest.as_str()))
            .suggest(format!("keep `{}`", strongest.as_str()), list, strongest.as_str());
        let resource = self.name(&resource)?;
        Ok(self.spanned(node, Action::Verb { verb: Spanned::new(strongest, list), resource }))
    }

    fn unknown_verb(&mut self, node: &Node<'_>) -> Read<Spanned<Action>> {
        let word = self.name_in(node)?;
        let span = self.span(node);
        let typed = word.node.as_str().to_owned();
        let _reported = match meant(&typed) {
            Some(verb) => self
                .slip(Slip::UnknownVerb, word.span, format!("`{typed}` is no verb"))
                .help(format!("did you mean `{verb}`? The verbs are `inspect`, `read`, `use` and `manage`"))
                .suggest(format!("write `{verb}`"), word.span, verb),
            None if Verb::find(&typed).is_some() && node.as_str().contains('{') => self
                .slip(Slip::SyntaxError, span, "a permission set takes no verb")
                .help(format!("leave `{typed}` out")),
            None if Verb::find(&typed).is_some() => self
                .slip(Slip::SyntaxError, span, "a resource-type is one word, without blanks")
                .help("join the words as the service spells the type: `all-resources`, `cluster-family`"),
            None => self
                .slip(Slip::UnknownVerb, word.span, format!("`{typed}` is no verb"))
                .help("the verbs are `inspect`, `read`, `use` and `manage`"),
        };
        Ok(self.opaque_action(node))
    }

    fn opaque_action(&self, node: &Node<'_>) -> Spanned<Action> {
        self.spanned(node, Action::Opaque(node.as_str().to_owned()))
    }

    /// Reads `to associate TYPE in SCOPE with TYPE in SCOPE`.
    pub(super) fn association(&mut self, node: &Node<'_>) -> Read<Association> {
        let mut resource: Option<Spanned<Name>> = None;
        let mut sides: Vec<Associate> = Vec::new();
        for child in node.clone().into_inner() {
            if Self::is_name(&child) {
                resource = Some(self.name(&child)?);
            } else if let Some(scope) = self.scope(&child)? {
                let resource = resource.take().ok_or(Drift)?;
                sides.push(Associate { resource, scope: Spanned::<Scope>::new(scope.node, scope.span) });
            }
        }
        let [first, second] = <[Associate; 2]>::try_from(sides).map_err(|_| Drift)?;
        Ok(Association { first, second })
    }
}

/// The verb people mean by another word.
fn meant(word: &str) -> Option<&'static str> {
    let table: [(&str, &[&str]); 4] = [
        ("inspect", &["list", "ls"]),
        ("read", &["view", "get", "see", "show"]),
        ("use", &["write", "update", "edit", "us", "uses", "using"]),
        ("manage", &["create", "delete", "admin", "administer", "mange", "manages", "launch", "all"]),
    ];
    table
        .iter()
        .find(|(_, words)| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
        .map(|(verb, _)| *verb)
}
