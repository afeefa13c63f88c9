//! `lint/value-shape-mismatch`

use super::findings::Findings;
use super::meaning::{Leaf, Meaning};
use crate::catalog::{ValueType, Variable};
use crate::ocid::Ocid;

lint! {
    /// Flags a value that the variable can never have: a name for an OCID, an OCID for a name, the OCID of something else.
    ///
    /// # Why
    /// The test is never true, or with `!=` always.
    ///
    /// # Examples
    /// ```policy flagged
    /// Allow group Crew to {KEY_DECRYPT} in compartment safe where target.key.id = 'ocid1.vault.oc1.iad.bbsafe.abvault'
    /// ```
    /// ```policy flagged
    /// Allow group Crew to {KEY_DECRYPT} in compartment safe where target.key.id = 'master-key'
    /// ```
    /// ```policy flagged
    /// Allow group Crew to {BUCKET_READ} in compartment safe where target.bucket.name = 'ocid1.bucket.oc1.iad.logs'
    /// ```
    /// ```policy clean
    /// Allow group Crew to {KEY_DECRYPT} in compartment safe where target.key.id = 'ocid1.key.oc1.iad.bbsafe.abkey'
    /// ```
    "lint/value-shape-mismatch", Error, rejects: No, basis: "[D: GV, OCIDS] [I]",
    checks: [Check::Meaning(check)]
}

/// Variables whose OCIDs are of one kind, and those kinds.
const KINDS: [(&str, &[&str]); 20] = [
    ("request.user.id", &["user", "saml2idp"]),
    ("request.groups.id", &["group"]),
    ("request.dynamicgroup.id", &["dynamicgroup"]),
    ("request.instance.id", &["instance"]),
    ("request.instance.compartment.id", &["compartment", "tenancy"]),
    ("request.resource.compartment.id", &["compartment", "tenancy"]),
    ("request.principal.compartment.id", &["compartment", "tenancy"]),
    ("target.compartment.id", &["compartment", "tenancy"]),
    ("target.tenant.id", &["tenancy"]),
    ("target.user.id", &["user"]),
    ("target.group.id", &["group"]),
    ("target.dynamicgroup.id", &["dynamicgroup"]),
    ("target.policy.id", &["policy"]),
    ("target.key.id", &["key"]),
    ("target.vault.id", &["vault"]),
    ("target.secret.id", &["vaultsecret"]),
    ("target.cluster.id", &["cluster"]),
    ("target.nodepool.id", &["nodepool"]),
    ("target.image.id", &["image"]),
    ("request.principal.cluster_id", &["cluster"]),
];

fn check(meaning: &Meaning<'_>, findings: &mut Findings<'_>) {
    for leaf in meaning.leaves.iter().filter(|leaf| leaf.asks_for_values() || leaf.excludes_values()) {
        let Some(found) = leaf.variable.filter(|found| found.tag.is_none()) else { continue };
        for (text, span) in leaf.texts() {
            let Some((message, help)) = mismatch(leaf, found.variable, text) else { continue };
            let finding = findings.report(span, message, help);
            // A test that can fail while the statement still holds, or that is true in place of false.
            if leaf.excludes_values() || !meaning.needs(|other| other.span == leaf.span) {
                finding.as_warning();
            }
        }
    }
}

fn mismatch(leaf: &Leaf<'_>, variable: Variable, text: &str) -> Option<(String, String)> {
    let name = leaf.name();
    let ocid = Ocid::parse(text);
    match variable.value_type() {
        ValueType::Ocid => match ocid {
            Ok(ocid) => {
                let (_, kinds) = KINDS.iter().find(|(known, _)| leaf.is(known))?;
                let kind = ocid.resource_kind();
                if kinds.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
                    return None;
                }
                let own = Variable::segment(kind).unwrap_or(kind);
                let other = format!("target.{own}.id");
                let help = match Variable::find(&other).filter(|_| leaf.starts_with("target.")) {
                    Some(_) => format!("compare `{other}`, or write the OCID of a {}", kinds.first()?),
                    None => format!("write the OCID of a {}", kinds.first()?),
                };
                Some((format!("`{name}` is never the OCID of a {kind}"), help))
            }
            Err(_) => {
                let looks_like_ocid = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("oci"));
                let empty = text.is_empty() || text.contains('*');
                (!looks_like_ocid && !empty)
                    .then(|| (format!("`{name}` is an OCID and never `{text}`"), "write the OCID".to_owned()))
            }
        },
        ValueType::String => (name.to_ascii_lowercase().ends_with(".name") && ocid.is_ok()).then(|| {
            let id = name.get(..name.len() - ".name".len()).unwrap_or_default();
            let other = format!("{id}.id");
            let help = match Variable::find(&other) {
                Some(_) => format!("compare `{other}`, or write the name"),
                None => "write the name".to_owned(),
            };
            (format!("`{name}` is a name and never an OCID"), help)
        }),
        ValueType::Boolean
        | ValueType::Timestamp
        | ValueType::Month
        | ValueType::DayOfMonth
        | ValueType::DayOfWeek
        | ValueType::TimeOfDay => None,
    }
}
