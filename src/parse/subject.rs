//! Subjects.

use super::grammar::{Drift, Node, Read, Rule};
use super::reader::Reader;
use super::slip::Slip;
use crate::source::Spanned;
use crate::syntax::{Name, Principal, Subject};

impl Reader<'_> {
    /// Reads the node as a subject; `None` where it is none.
    pub(super) fn subject(&mut self, node: &Node<'_>) -> Read<Option<Spanned<Subject>>> {
        let subject = match node.as_rule() {
            Rule::any_user => Subject::AnyUser,
            Rule::any_group => Subject::AnyGroup,
            Rule::groups => Subject::Groups(self.principals(node)?),
            Rule::dynamic_groups => Subject::DynamicGroups(self.principals(node)?),
            Rule::services => Subject::Services(self.names_in(node)?),
            Rule::resource_subject => {
                let [kind, name] = <[Spanned<Name>; 2]>::try_from(self.names_in(node)?).map_err(|_| Drift)?;
                Subject::Resource { kind, name }
            }
            Rule::slip_dynamic_group => {
                self.respell(node, Rule::slip_dynamic_group_word, "dynamic-group")?;
                Subject::DynamicGroups(self.principals(node)?)
            }
            Rule::slip_groups => {
                self.respell(node, Rule::slip_groups_word, "group")?;
                Subject::Groups(self.principals(node)?)
            }
            Rule::slip_user => self.user(node)?,
            Rule::slip_template_subject => {
                self.template(node);
                Subject::Opaque(node.as_str().to_owned())
            }
            _ => return Ok(None),
        };
        Ok(Some(self.spanned(node, subject)))
    }

    fn principals(&mut self, node: &Node<'_>) -> Read<Vec<Spanned<Principal>>> {
        let mut principals: Vec<Spanned<Principal>> = Vec::new();
        for child in node.clone().into_inner() {
            match child.as_rule() {
                Rule::principal_id => {
                    let id = Principal::Id(self.name_in(&child)?);
                    principals.push(self.spanned(&child, id));
                }
                Rule::in_domain => {
                    let name = self.name_in(&child)?;
                    let last = principals.pop().ok_or(Drift)?;
                    let Principal::Named { domain: None, name: domain } = last.node else {
                        return Err(Drift);
                    };
                    let span = domain.span.to(name.span);
                    principals.push(Spanned::new(Principal::Named { domain: Some(domain), name }, span));
                }
                _ if Self::is_name(&child) => {
                    let name = self.name(&child)?;
                    principals
                        .push(Spanned::new(Principal::Named { domain: None, name: name.clone() }, name.span));
                }
                _ => {}
            }
        }
        if principals.is_empty() { Err(Drift) } else { Ok(principals) }
    }

    /// Joins the rest of a name with blanks to the last name of the subject.
    pub(super) fn spaced_name(&mut self, subject: Spanned<Subject>, rest: &Node<'_>) -> Spanned<Subject> {
        let span = subject.span.to(self.span(rest));
        let Spanned { node: Subject::Groups(mut principals), .. } = subject else {
            self.slip(Slip::SyntaxError, span, format!("expected `to`, found `{}`", rest.as_str().trim()))
                .help("write `to` between the subject and the verb");
            return subject;
        };
        if let Some(Spanned { node: Principal::Named { name, .. }, span }) = principals.last_mut() {
            let joined = format!("{} {}", name.node.as_str(), rest.as_str().trim());
            let whole = name.span.to(self.span(rest));
            let lower = joined.to_ascii_lowercase();
            let several = [" and ", " or ", " & "].into_iter().find(|word| lower.contains(word));
            let report =
                self.slip(Slip::UnquotedName, whole, format!("the name `{joined}` has blanks and no quotes"));
            let quoted = format!("'{joined}'");
            match several {
                None => report.help(format!("write `{quoted}`")).safe("put it in quotes", whole, quoted),
                Some(word) => report
                    .help(format!(
                        "write `{quoted}` if that is one name; with a comma for `{}` if it is several",
                        word.trim()
                    ))
                    .suggest("put it in quotes", whole, quoted),
            };
            *span = span.to(whole);
            *name = Spanned::new(Name::Literal(joined), whole);
        }
        Spanned::new(Subject::Groups(principals), span)
    }

    pub(super) fn respell(&mut self, node: &Node<'_>, misspelt: Rule, correct: &str) -> Read<()> {
        let written = node.clone().into_inner().find(|child| child.as_rule() == misspelt).ok_or(Drift)?;
        let span = self.span(&written);
        self.slip(
            Slip::DynamicGroupSpelling,
            span,
            format!("`{}` is not how this is spelled", written.as_str()),
        )
        .help(format!("write `{correct}`"))
        .safe(format!("write `{correct}`"), span, correct);
        Ok(())
    }

    fn user(&mut self, node: &Node<'_>) -> Read<Subject> {
        let principals = self.principals(node)?;
        let span = self.span(node);
        let named = |principal: &Spanned<Principal>| match &principal.node {
            Principal::Id(id) => format!("request.user.id = '{}'", id.node.as_str()),
            Principal::Named { name, .. } if name.node.as_str().starts_with("ocid1.") => {
                format!("request.user.id = '{}'", name.node.as_str())
            }
            Principal::Named { name, .. } => format!("request.user.name = '{}'", name.node.as_str()),
        };
        let all: Vec<String> = principals.iter().map(named).collect();
        let condition = match all.as_slice() {
            [only] => only.clone(),
            _ => format!("any {{ {} }}", all.join(", ")),
        };
        self.slip(Slip::UserSubject, span, "a user cannot be the subject of a statement")
            .help(format!("name a group, or write `any-group … where {condition}`"));
        self.as_condition(node, "any-group", condition);
        Ok(Subject::Users(principals))
    }
}
