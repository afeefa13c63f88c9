//! The shape of the catalogue's files, exactly as `src/catalog/data/README.md` describes it: an unknown key is an error.
//!
//! Fields that are read by people only (notes, sources of single facts) are part of the shape all the same.

mod index;
mod service;

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

pub use index::{
    General, GeneralVariable, Language, PrincipalKind, PrincipalType, Regions, Seen, SeenName, Tenancies,
    UsedAs, ValuesFrom,
};
pub use service::{
    Case, Coverage, Extent, Family, Known, Operation, ServiceFile, TypeRows, Ungranted, Variable,
};

/// A YAML mapping in the order it is written; a key that stands twice is an error.
#[derive(Debug, Clone)]
pub struct Map<T>(Vec<(String, T)>);

impl<T> Map<T> {
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    pub fn get(&self, key: &str) -> Option<&T> {
        self.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Map<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Map<T>, A::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((key, value)) = access.next_entry::<String, T>()? {
                    if entries.iter().any(|(name, _)| *name == key) {
                        return Err(A::Error::custom(format!("`{key}` stands here twice")));
                    }
                    entries.push((key, value));
                }
                Ok(Map(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

/// A key that must be written even where its value is `null`: `null` says "unknown", absence says nothing.
fn written<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    Inspect,
    Read,
    Use,
    Manage,
}

impl Verb {
    pub const ALL: [Self; 4] = [Self::Inspect, Self::Read, Self::Use, Self::Manage];

    pub const fn bit(self) -> u8 {
        match self {
            Self::Inspect => 1,
            Self::Read => 2,
            Self::Use => 4,
            Self::Manage => 8,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Read => "read",
            Self::Use => "use",
            Self::Manage => "manage",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub page: String,
    #[serde(deserialize_with = "written")]
    pub updated: Option<String>,
    pub kind: Option<SourceKind>,
    pub cites: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum SourceKind {
    #[serde(rename = "official-docs-crawl-2026-09")]
    Crawl2026,
    #[serde(rename = "official-docs-crawl-2025-03")]
    Crawl2025,
    #[serde(rename = "third-party-extract")]
    Extract,
    #[serde(rename = "official-page-opening")]
    Opening,
}
