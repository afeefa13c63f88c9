//! One intent, key by key.

use crate::catalog::{Operation, Permission, Verb};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::generate::codes;
use crate::generate::intent::{Intent, Need, NewGroup, On, Resources, Style, Who, Whom, Width};
use crate::parse;
use crate::source::{Place, SourceId, Sources, Span, Spanned};
use crate::suggest;
use crate::syntax::{Condition, Operand, Reading};
use crate::yaml::{self, Fields, MISSING_KEY, Node, Value};

pub(super) const STYLES: [(&str, Style); 2] = [("permissions", Style::Permissions), ("verbs", Style::Verbs)];
const WIDTHS: [(&str, Width); 2] = [("tenancy", Width::Tenancy), ("target", Width::Target)];

pub(super) struct Reader<'r> {
    pub(super) sources: &'r Sources,
    pub(super) id: SourceId,
    pub(super) findings: &'r mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reads an intent; `None` where it is too incomplete to mean anything, which is reported.
    pub(super) fn intent(&mut self, node: &Node, prefer: Style) -> Option<Intent> {
        let mut fields = Fields::of(self.id, node, "an intent", self.findings)?;
        let name = fields.required_text("name");
        if let Some(name) =
            name.as_ref().filter(|name| name.node.trim().is_empty() || !is_one_line(&name.node))
        {
            // It stands in comments of what is generated.
            fields.wrong(name.span, "a name is one line of text", "write some words, without a line break");
        }
        let description = fields.text("description");
        let who = fields.required("who");
        let may = fields.required("may");
        let on = fields.required("on");
        let condition = fields.node("where");
        let policy = fields.text("policy");
        let attach = fields.text("attach");
        let prefer = fields.choice("prefer", &STYLES).unwrap_or(prefer);
        let endorse = fields.choice("endorse", &WIDTHS).unwrap_or_default();
        fields.finish();
        let who = who.and_then(|node| Some(Spanned::new(self.who(node)?, node.span)));
        let may = may.map(|node| self.may(node)).unwrap_or_default();
        let on = on.and_then(|node| Some(Spanned::new(self.on(node)?, node.span)));
        let condition = condition.and_then(|node| self.condition(node));
        Some(Intent {
            name: name?,
            description,
            policy,
            attach,
            prefer,
            endorse,
            who: who?,
            may,
            on: on?,
            condition,
            span: node.span,
        })
    }

    fn who(&mut self, node: &Node) -> Option<Who> {
        let id = self.id;
        let mut fields = Fields::of(id, node, "`who`", self.findings)?;
        let (groups, dynamic_groups) = (fields.texts("group"), fields.texts("dynamic-group"));
        let user = fields.text("user");
        let kind = fields.text("type");
        let resources = fields.texts("resource");
        let compartments = fields.texts("compartment");
        let group = fields.text("as-dynamic-group");
        let group_id = fields.ocid("dynamic-group-id");
        let services = fields.texts("service");
        let workload = fields.node("workload");
        let tenancy = fields.text("tenancy");
        let acting = kind.is_some() || !resources.is_empty();
        let said = [
            ("group", !groups.is_empty()),
            ("dynamic-group", !dynamic_groups.is_empty()),
            ("user", user.is_some()),
            (if kind.is_some() { "type" } else { "resource" }, acting),
            ("service", !services.is_empty()),
            ("workload", workload.is_some()),
        ];
        let mut said = said.into_iter().filter(|(_, there)| *there).map(|(key, _)| key);
        let (first, second) = (said.next(), said.next());
        let only_acting = [
            ("compartment", compartments.first().map(|text| text.span)),
            ("as-dynamic-group", group.as_ref().map(|text| text.span)),
        ];
        let stray = only_acting.into_iter().find_map(|(key, span)| Some((key, span.filter(|_| !acting)?)));
        match (first, second, stray) {
            (None, ..) => {
                let span = fields.span();
                fields.report(
                    MISSING_KEY,
                    span,
                    "`who` names nobody",
                    "add one of: group, dynamic-group, user, type, resource, service, workload",
                );
            }
            (Some(first), Some(second), _) => {
                let span = fields.span();
                fields.wrong(
                    span,
                    format!("`who` has both `{first}` and `{second}`"),
                    "write two intents: a statement speaks of one kind of subject",
                );
            }
            (Some(first), None, Some((key, span))) => {
                fields.wrong(
                    span,
                    format!("`{key}` does not go with `{first}`"),
                    format!("`{key}` belongs to `type` or `resource`"),
                );
            }
            (Some(_), None, None) => {}
        }
        if let (Some(id), None) = (&group_id, &group) {
            fields.wrong(
                id.span,
                "`dynamic-group-id` goes with `as-dynamic-group`",
                "add `as-dynamic-group: NAME`",
            );
        }
        let workload = workload.and_then(|node| {
            let mut fields = Fields::of(id, node, "a workload", fields.findings())?;
            let cluster = fields.required_text("cluster");
            let (namespace, account) =
                (fields.required_text("namespace"), fields.required_text("service-account"));
            fields.finish();
            Some(Whom::Workload { cluster: cluster?, namespace: namespace?, service_account: account? })
        });
        fields.finish();
        if first.is_none() || second.is_some() || stray.is_some() {
            return None;
        }
        let whom = if !groups.is_empty() {
            Whom::Groups(groups)
        } else if !dynamic_groups.is_empty() {
            Whom::DynamicGroups(dynamic_groups)
        } else if let Some(user) = user {
            Whom::User(user)
        } else if !services.is_empty() {
            Whom::Services(services)
        } else if acting {
            let group = group.map(|name| NewGroup { name, id: group_id });
            Whom::Resources(Resources { kind, compartments, resources, group })
        } else {
            workload?
        };
        Some(Who { tenancy, whom })
    }

    fn may(&mut self, node: &Node) -> Vec<Spanned<Need>> {
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            Value::Scalar { .. } | Value::Null | Value::Map(_) => std::slice::from_ref(node),
        };
        if items.is_empty() {
            self.report(MISSING_KEY, node.span, "`may` is empty", "name operations or permissions");
        }
        items
            .iter()
            .filter_map(|item| {
                let need = match item.text() {
                    Some(text) => self.need(text, item.span)?,
                    None => self.operation(item)?,
                };
                Some(Spanned::new(need, item.span))
            })
            .collect()
    }

    /// `{operation: NAME, case: WORDS}`
    fn operation(&mut self, node: &Node) -> Option<Need> {
        let mut fields = Fields::of(self.id, node, "an item of `may`", self.findings)?;
        let (name, case) = (fields.required_text("operation"), fields.text("case"));
        fields.finish();
        Some(Need::Operation { name: name?.node, case: case.map(|case| case.node) })
    }

    /// An operation, a permission, or a verb with a resource-type.
    fn need(&mut self, text: &str, span: Span) -> Option<Need> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            [verb, resource] => match Verb::find(verb) {
                Some(verb) => Some(Need::Verb { verb, resource: (*resource).to_owned() }),
                None => {
                    let near = suggest::did_you_mean(verb, Verb::ALL.map(Verb::as_str));
                    let help = near.map_or_else(
                        || "write `VERB TYPE`, or one operation or permission an item".to_owned(),
                        |near| format!("did you mean `{near} {resource}`?"),
                    );
                    self.report(yaml::WRONG_VALUE, span, format!("`{verb}` is no verb"), help);
                    None
                }
            },
            [word] if Permission::find(word).is_some() => Some(Need::Permission((*word).to_owned())),
            // A name in capitals means a permission, however it is spelled.
            [word] if word.contains('_') && !word.contains('/') && Operation::find(word).is_empty() => {
                Some(Need::Permission((*word).to_owned()))
            }
            [word] => Some(Need::Operation { name: (*word).to_owned(), case: None }),
            _ => {
                self.report(
                    yaml::WRONG_VALUE,
                    span,
                    format!("`{text}` is neither an operation nor a permission nor `VERB TYPE`"),
                    "write one thing an item: `Decrypt`, `KEY_DECRYPT` or `use keys`",
                );
                None
            }
        }
    }

    fn on(&mut self, node: &Node) -> Option<On> {
        if let Some(text) = node.text() {
            return Some(On::Named(text.to_owned()));
        }
        let mut fields = Fields::of(self.id, node, "`on`", self.findings)?;
        let tenancy = fields.text("tenancy");
        let compartment = fields.text("compartment");
        let resources = fields.texts("resource");
        let kind = fields.text("type");
        if tenancy.is_none() && compartment.is_none() && resources.is_empty() {
            let span = fields.span();
            fields.report(
                MISSING_KEY,
                span,
                "`on` names nothing",
                "add `resource`, `compartment` or `tenancy`",
            );
            fields.finish();
            return None;
        }
        fields.finish();
        Some(On::Place { tenancy, compartment, resources, kind })
    }

    fn condition(&mut self, node: &Node) -> Option<Spanned<Condition>> {
        let passage = self.sources.get(self.id).and_then(|source| node.passage(source, self.id));
        let Some(passage) = passage else {
            let message = format!("`where` is a condition in the policy language, found {}", node.kind());
            self.report(yaml::WRONG_VALUE, node.span, message, "write it as one text, in quotes if need be");
            return None;
        };
        let before = self.findings.len();
        let (condition, reading) = parse::condition(&passage, self.findings);
        let told = self.findings.get(before..).unwrap_or_default();
        let told = told.iter().any(|finding| finding.severity == Severity::Error);
        if reading != Reading::Strict && !told {
            self.report(
                codes::NOT_STRICT,
                node.span,
                "the service would not accept this condition",
                "write it without templates and placeholders",
            );
        }
        let placeholder = condition.iter().flat_map(Spanned::tests).find_map(|test| {
            let operands = test.node.predicate.operands();
            operands.into_iter().find(|operand| is_placeholder(&operand.node)).map(|operand| operand.span)
        });
        if let Some(span) = placeholder {
            self.report(
                codes::NOT_STRICT,
                span,
                "this is a text that was meant to be replaced",
                "write the value the condition is to have",
            );
        }
        condition
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let place = Place { source: self.id, span };
        self.findings.push(Diagnostic::error(code, place, message).with_help(help));
    }
}

fn is_one_line(text: &str) -> bool {
    !text.contains(char::is_control)
}

/// Whether somebody forgot to fill a text in: `'<region>'`.
fn is_placeholder(operand: &Operand) -> bool {
    match operand {
        Operand::Text(text) | Operand::Pattern(text) => {
            text.split_once('<').is_some_and(|(_, rest)| rest.contains('>'))
        }
        Operand::Variable(_) | Operand::Opaque(_) => false,
    }
}
