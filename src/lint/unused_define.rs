//! `lint/unused-define`

use super::findings::Findings;
use crate::caseless;
use crate::source::{Source, Span, Spanned};
use crate::syntax::{
    AliasKind, CrossAction, Define, Item, Location, Name, Origin, Policy, Principal, Reading, Scope,
    Statement, Subject,
};

lint! {
    /// Flags an alias that nothing in its policy uses.
    ///
    /// # Why
    /// It may be a leftover. More often another statement means it and misspells it, which the finding points at.
    ///
    /// # Examples
    /// ```policy flagged
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Allow group Pilots to read buckets in tenancy
    /// ```
    /// ```policy clean
    /// Define tenancy Glacier as ocid1.tenancy.oc1..glacier
    /// Endorse group Pilots to read buckets in tenancy Glacier
    /// ```
    "lint/unused-define", Warning, rejects: No, basis: "[D: XT] [DD]",
    checks: [Check::Policy(check)]
}

fn check(policy: &Policy, source: &Source, findings: &mut Findings<'_>) {
    let defines: Vec<(&Item, &Define)> = policy
        .items
        .iter()
        .filter_map(|item| match &item.statement {
            Statement::Define(define) => Some((item, define)),
            Statement::Grant(_)
            | Statement::Endorse(_)
            | Statement::Admit(_)
            | Statement::Comment(_)
            | Statement::Broken => None,
        })
        .collect();
    if defines.is_empty() {
        return;
    }
    let mut uses = Uses::default();
    for item in &policy.items {
        uses.statement(&item.statement);
    }
    let is_used = |define: &Define| {
        let alias = define.alias.node.as_str();
        let literal = define.alias.node.literal().is_some();
        !literal || uses.has(define.kind.node, alias) || is_in_unread_text(policy, source, alias)
    };
    let undefined = uses.0.iter().find(|(kind, name, _)| {
        let same = |define: &Define| {
            define.kind.node == AliasKind::Tenancy && caseless::equal(define.alias.node.as_str(), name)
        };
        *kind == AliasKind::Tenancy && !defines.iter().any(|(_, define)| same(define))
    });
    for (_, define) in defines.iter().filter(|(_, define)| !is_used(define)) {
        let kind = define.kind.node;
        let message =
            format!("nothing in this policy uses the {} `{}`", kind.as_str(), define.alias.node.as_str());
        let elsewhere =
            undefined.filter(|_| kind == AliasKind::Tenancy).map(|(.., span)| findings.place(*span));
        let finding = findings.report(define.alias.span, message, "use it, or delete the Define");
        if let Some(place) = elsewhere {
            finding.label(place, "used here, and defined nowhere");
        }
    }
}

/// Whether a statement that could not be read to its end has the word: it may use the alias.
fn is_in_unread_text(policy: &Policy, source: &Source, alias: &str) -> bool {
    let alias = caseless::fold(alias);
    policy.statements().any(|(_, item)| {
        let unread = match item.statement {
            Statement::Broken => true,
            Statement::Define(_) | Statement::Comment(_) => false,
            Statement::Grant(_) | Statement::Endorse(_) | Statement::Admit(_) => {
                item.reading == Reading::Guessed
            }
        };
        unread && caseless::fold(source.slice(item.span)).contains(&alias)
    })
}

/// Names that may be aliases, each with the kind it would have.
#[derive(Default)]
struct Uses<'s>(Vec<(AliasKind, &'s str, Span)>);

impl<'s> Uses<'s> {
    fn has(&self, kind: AliasKind, alias: &str) -> bool {
        self.0.iter().any(|(used, name, _)| *used == kind && caseless::equal(name, alias))
    }

    fn name(&mut self, kind: AliasKind, name: &'s Spanned<Name>) {
        if let Name::Literal(text) = &name.node {
            self.0.push((kind, text, name.span));
        }
    }

    fn statement(&mut self, statement: &'s Statement) {
        if let Some(subject) = statement.subject() {
            self.subject(&subject.node);
        }
        match statement {
            Statement::Grant(grant) => self.location(&grant.location.node),
            Statement::Endorse(endorse) => match &endorse.action {
                CrossAction::In { place, .. } => self.scope(&place.node),
                CrossAction::Associate(pair) => {
                    self.scope(&pair.first.scope.node);
                    self.scope(&pair.second.scope.node);
                }
            },
            Statement::Admit(admit) => {
                if let Origin::Tenancy(alias) = &admit.origin.node {
                    self.name(AliasKind::Tenancy, alias);
                }
                match &admit.action {
                    CrossAction::In { place, .. } => self.location(&place.node),
                    CrossAction::Associate(pair) => {
                        self.scope(&pair.first.scope.node);
                        self.scope(&pair.second.scope.node);
                    }
                }
            }
            Statement::Define(_) | Statement::Comment(_) | Statement::Broken => {}
        }
    }

    fn subject(&mut self, subject: &'s Subject) {
        let (kind, principals) = match subject {
            Subject::Groups(principals) => (AliasKind::Group, principals),
            Subject::DynamicGroups(principals) => (AliasKind::DynamicGroup, principals),
            Subject::AnyUser
            | Subject::AnyGroup
            | Subject::Services(_)
            | Subject::Resource { .. }
            | Subject::Users(_)
            | Subject::Opaque(_) => return,
        };
        for principal in principals {
            if let Principal::Named { domain: None, name } = &principal.node {
                self.name(kind, name);
            }
        }
    }

    fn location(&mut self, location: &'s Location) {
        if let Location::Compartment(path) = location
            && let [only] = path.as_slice()
        {
            self.name(AliasKind::Compartment, only);
        }
    }

    fn scope(&mut self, scope: &'s Scope) {
        match scope {
            Scope::Tenancy(alias) => self.name(AliasKind::Tenancy, alias),
            Scope::CompartmentOf { compartment, tenancy } => {
                self.location(&compartment.node);
                self.name(AliasKind::Tenancy, tenancy);
            }
            Scope::Local(location) => self.location(location),
            Scope::AnyTenancy => {}
        }
    }
}
