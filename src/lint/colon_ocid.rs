//! `lint/colon-ocid`

use super::findings::Findings;
use super::texts::{self, Text};
use crate::source::Spanned;
use crate::syntax::{AliasKind, Item, MatchingRule};

lint! {
    /// Flags an OCID with colons between its parts.
    ///
    /// # Why
    /// Old pages print OCIDs so; real ones have dots. As a literal the old form equals nothing.
    ///
    /// # Examples
    /// ```rule flagged
    /// instance.compartment.id = 'ocid1:compartment:oc1:phx:hangar'
    /// ```
    /// ```rule clean
    /// instance.compartment.id = 'ocid1.compartment.oc1..hangar'
    /// ```
    "lint/colon-ocid", Warning, rejects: No, basis: "[E: DGM] [D: OCIDS]",
    checks: [Check::Statement(statement), Check::Rule(rule)]
}

fn statement(item: &Item, findings: &mut Findings<'_>) {
    texts::of_statement(&item.statement, |text| report(text, findings));
}

fn rule(rule: &Spanned<MatchingRule>, findings: &mut Findings<'_>) {
    texts::of_rule(&rule.node, |text| report(text, findings));
}

fn report(Text { text, span }: Text<'_>, findings: &mut Findings<'_>) {
    if let Some(dotted) = dotted(text) {
        let written = format!("'{dotted}'");
        let finding = findings.report(
            span,
            format!("`{text}` has colons between its parts"),
            format!("write `{dotted}`"),
        );
        // More parts than an OCID has are another slip on top.
        if text.split(':').count() == 5 {
            finding.safe("write dots", span, written);
        } else {
            finding.suggest("write dots", span, written);
        }
    }
}

/// The OCID with dots, without the region that global resources do not have.
fn dotted(text: &str) -> Option<String> {
    let (version, rest) =
        text.split_once(':').filter(|(version, _)| version.eq_ignore_ascii_case("ocid1"))?;
    let parts: Vec<&str> = rest.split(':').collect();
    let [kind, realm, region, unique @ ..] = parts.as_slice() else { return None };
    if unique.is_empty() {
        return None;
    }
    let aliases = [AliasKind::Tenancy, AliasKind::Group, AliasKind::DynamicGroup, AliasKind::Compartment];
    let global = aliases.into_iter().map(AliasKind::ocid_kind).chain(["user", "policy"]);
    let region = if global.into_iter().any(|global| global.eq_ignore_ascii_case(kind)) { "" } else { region };
    Some(format!("{version}.{kind}.{realm}.{region}.{}", unique.join(".")))
}
