//! Policies, written in the model or in files beside it.

use super::{DANGLING, Open, Reader, UNREADABLE};
use crate::diagnostic::Diagnostic;
use crate::parse;
use crate::source::{Place, Sources, Spanned};
use crate::syntax::{Item, Policy};
use crate::tenancy::{self, AttachedPolicy, CompartmentId};
use crate::yaml::{Fields, Node};

impl Reader<'_> {
    pub(super) fn policy(
        &mut self,
        sources: &mut Sources,
        node: &Node,
        open: &mut Open<'_>,
        names_tenancy: bool,
    ) {
        let Some(mut fields) = Fields::of(self.id, node, "a policy", self.findings) else {
            return;
        };
        if names_tenancy {
            fields.node("tenancy");
        }
        let name = fields.text("name");
        let id = fields.ocid("id").map(|id| id.node);
        let attach = fields.text("attach");
        let file = fields.text("file");
        let statements = fields.list("statements");
        if file.is_none() && fields.node("statements").is_none() {
            let span = fields.span();
            fields.wrong(
                span,
                "a policy needs `statements` or `file`",
                "add `statements:` with one text a statement",
            );
        }
        fields.finish();
        let attachment = self.compartment(attach.as_ref());
        if let Some(file) = &file {
            self.policy_file(sources, file, name.as_ref(), attachment, open);
        }
        let Some(attachment) = attachment else { return };
        if statements.is_empty() {
            return;
        }
        let mut items: Vec<Item> = Vec::new();
        for statement in statements {
            let passage = sources.get(self.id).and_then(|source| statement.passage(source, self.id));
            match passage {
                Some(passage) => items.extend(parse::statements(&passage, self.findings)),
                None => {
                    let message = format!("a statement is a text, found {}", statement.kind());
                    self.report(
                        crate::yaml::WRONG_VALUE,
                        statement.span,
                        message,
                        "put the statement in quotes",
                    );
                }
            }
        }
        let policy = Policy { source: self.id, name: name.clone(), attachment: None, items };
        let name = name.map_or_else(|| "policy".to_owned(), |name| name.node);
        self.model.policies.push(AttachedPolicy { name, id, attachment, policy });
    }

    fn policy_file(
        &mut self,
        sources: &mut Sources,
        file: &Spanned<String>,
        name: Option<&Spanned<String>>,
        attachment: Option<CompartmentId>,
        open: &mut Open<'_>,
    ) {
        let id = match open(sources, &file.node) {
            Ok(id) => id,
            Err(why) => {
                self.report(
                    UNREADABLE,
                    file.span,
                    format!("`{}` cannot be read: {why}", file.node),
                    "check the path, which is relative to this file",
                );
                return;
            }
        };
        let Some(source) = sources.get(id) else { return };
        let (policies, findings) = parse::policies(source, id);
        self.findings.extend(findings);
        for policy in policies {
            let place = match &policy.attachment {
                None => attachment,
                Some(written) => tenancy::place(self.model, &written.node).or_else(|| {
                    let place = Place { source: id, span: written.span };
                    self.findings.push(
                        Diagnostic::error(
                            DANGLING,
                            place,
                            "the policy is attached to a compartment the model does not have",
                        )
                        .with_help("check the names against the tenancy model"),
                    );
                    None
                }),
            };
            let Some(attachment) = place else { continue };
            let name =
                policy.name.as_ref().or(name).map_or_else(|| file.node.clone(), |name| name.node.clone());
            self.model.policies.push(AttachedPolicy { name, id: None, attachment, policy });
        }
    }
}
