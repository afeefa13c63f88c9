//! All data files, parsed.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::schema::{General, Language, Regions, Seen, ServiceFile, Tenancies};

/// IAM on a Roving Edge device: another system than a tenancy, so it stays out of the tables.
pub const ROVING_EDGE: &str = "roving-edge";
/// IAM of a tenancy without identity domains: only what `iam` does not define is taken.
pub const WITHOUT_DOMAINS: &str = "iam-without-identity-domains";
/// IAM of a tenancy with identity domains.
pub const WITH_DOMAINS: &str = "iam";

pub struct Files {
    /// Service files by slug.
    pub services: BTreeMap<String, ServiceFile>,
    pub general: General,
    pub seen: Seen,
    pub language: Language,
    pub regions: Regions,
    pub tenancies: Tenancies,
}

impl Files {
    pub fn parse(texts: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
        let mut services = BTreeMap::new();
        let mut mistakes = Vec::new();
        for (name, text) in texts.iter().filter(|(name, _)| !name.starts_with('_')) {
            match serde_yaml::from_str(text) {
                Ok(file) => {
                    services.insert(name.clone(), file);
                }
                Err(error) => mistakes.push(unreadable(name, &error)),
            }
        }
        let parsed = (
            one(texts, "_general"),
            one(texts, "_seen"),
            one(texts, "_language"),
            one(texts, "_regions"),
            one(texts, "_tenancies"),
        );
        match parsed {
            (Ok(general), Ok(seen), Ok(language), Ok(regions), Ok(tenancies)) if mistakes.is_empty() => {
                Ok(Self { services, general, seen, language, regions, tenancies })
            }
            (general, seen, language, regions, tenancies) => {
                mistakes.extend(general.err());
                mistakes.extend(seen.err());
                mistakes.extend(language.err());
                mistakes.extend(regions.err());
                mistakes.extend(tenancies.err());
                Err(mistakes)
            }
        }
    }

    /// The files that speak of a tenancy, `iam` before its variant without domains.
    pub fn of_a_tenancy(&self) -> impl Iterator<Item = &ServiceFile> {
        self.services.values().filter(|file| file.slug != ROVING_EDGE)
    }

    /// The file of that name; used for joins after the check has seen that it exists.
    pub fn service(&self, slug: &str) -> Option<&ServiceFile> {
        self.services.get(slug)
    }
}

fn one<T: DeserializeOwned>(texts: &BTreeMap<String, String>, name: &str) -> Result<T, String> {
    let text = texts.get(name).ok_or_else(|| format!("{}: the file is missing", path(name)))?;
    serde_yaml::from_str(text).map_err(|error| unreadable(name, &error))
}

fn unreadable(name: &str, error: &serde_yaml::Error) -> String {
    format!("{}: {error}", path(name))
}

/// The path of a data file as people know it.
pub fn path(name: &str) -> String {
    format!("src/catalog/data/{name}.yaml")
}
