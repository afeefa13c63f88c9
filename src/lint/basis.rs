//! How sure we are of what a lint says, and of whom we know.
//!
//! A basis is written as in `[D: KEY, COM] [I]`: a tag, and the keys of the pages behind it.

/// What a tag means.
const TAGS: [(&str, &str); 7] = [
    ("D", "documented"),
    ("E", "seen in an official example only"),
    ("L", "checked against the live service by others"),
    ("O", "observed in the service's answers or in live policies"),
    ("I", "our inference"),
    ("X", "the sources contradict each other"),
    ("DD", "undocumented, our decision"),
];

/// The pages behind the keys.
///
/// # Source
/// Oracle documentation as read between 2024-09 and 2026-09; the last four are tools of others.
const PAGES: [(&str, &str); 29] = [
    ("PS", "Policy Syntax"),
    ("SUB", "Subjects"),
    ("LOC", "Locations"),
    ("CON", "Conditions"),
    ("POB", "IAM Policies Overview"),
    ("VERB", "Verbs"),
    ("HPW", "How Policies Work"),
    ("SPO", "Scoping Access with Permissions or API Operations"),
    ("TIM", "Restricting Access to Resources Based on Time Frame"),
    ("GV", "General Variables for All Requests"),
    ("TAG", "Using Tags to Manage Access"),
    ("DENY", "Deny Policies"),
    ("XT", "Cross-Tenancy Access Policies"),
    ("XOS", "Accessing Object Storage Resources Across Tenancies"),
    ("XOKE", "Accessing Cluster-Related Resources Across Tenancies"),
    ("XNET", "IAM Policies for Routing Between VCNs"),
    ("XDNS", "Managing DNS Resources Across Tenancies"),
    ("XDBT", "Database Tools: Cross-Tenancy Policies"),
    ("DGR", "Writing Matching Rules to Define Dynamic Groups"),
    ("DGM", "Managing Dynamic Groups"),
    ("COM", "Common Policies"),
    ("CRP", "Creating a Policy"),
    ("GSP", "Getting Started with Policies"),
    ("LIM", "Service Limits"),
    ("OCIDS", "Resource Identifiers"),
    ("KEY", "Details for Vault, Key Management, and Secret Management Service"),
    ("OKEE", "Encrypting Kubernetes Secrets at Rest in Etcd"),
    ("IAMP", "Details for IAM with Identity Domains"),
    ("PEERS", "other tools that read the language"),
];

/// Each part of a basis as a line of words. A tag or key that no table has is given as it stands.
pub(super) fn in_words(basis: &str) -> Vec<String> {
    let part = |(tags, keys): (Vec<&str>, Vec<&str>)| {
        let tags: Vec<&str> = tags.into_iter().map(|tag| find(&TAGS, tag).unwrap_or(tag)).collect();
        let page = |key| find(&PAGES, key).map_or_else(|| key.to_owned(), |page| format!("\"{page}\""));
        let pages: Vec<String> = keys.into_iter().map(page).collect();
        let words = tags.join("; ");
        if pages.is_empty() { words } else { format!("{words}: {}", pages.join(", ")) }
    };
    parts(basis).map(part).collect()
}

/// The tags and the keys of each part.
fn parts(basis: &str) -> impl Iterator<Item = (Vec<&str>, Vec<&str>)> {
    basis.split(']').filter_map(|part| {
        let inner = part.trim().strip_prefix('[')?;
        let (tags, keys) = inner.split_once(':').unwrap_or((inner, ""));
        Some((words(tags, '/'), words(keys, ',')))
    })
}

fn words(text: &str, sign: char) -> Vec<&str> {
    text.split(sign).map(str::trim).filter(|word| !word.is_empty()).collect()
}

fn find(table: &[(&'static str, &'static str)], key: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == key).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basis_in_words_names_pages() {
        assert_eq!(
            in_words("[D: KEY] [E/I: OKEE] [DD]"),
            [
                "documented: \"Details for Vault, Key Management, and Secret Management Service\"",
                "seen in an official example only; our inference: \"Encrypting Kubernetes Secrets at Rest in Etcd\"",
                "undocumented, our decision",
            ]
        );
    }

    #[test]
    fn every_lint_uses_tags_and_keys_of_the_tables() {
        for lint in crate::lint::LINTS {
            assert!(!lint.basis.is_empty(), "{}", lint.code);
            for (tags, keys) in parts(lint.basis) {
                for tag in tags {
                    assert!(find(&TAGS, tag).is_some(), "{}: tag {tag}", lint.code);
                }
                for key in keys {
                    assert!(find(&PAGES, key).is_some(), "{}: key {key}", lint.code);
                }
            }
        }
    }
}
