//! The rules the data must keep. Each mistake names its file and key.

mod index;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use super::files::{Files, ROVING_EDGE, WITH_DOMAINS, WITHOUT_DOMAINS, path};
use super::schema::{ServiceFile, TypeRows, Verb};

/// Every mistake of the data, in file order.
pub fn check(files: &Files) -> Vec<String> {
    let mut check = Check { files, names: Names::collect(files), file: String::new(), mistakes: Vec::new() };
    for slug in [ROVING_EDGE, WITH_DOMAINS, WITHOUT_DOMAINS] {
        slug.clone_into(&mut check.file);
        check.must(files.service(slug).is_some(), "slug", "the file is missing");
    }
    for (slug, file) in &files.services {
        check.file.clone_from(slug);
        check.service_file(slug, file);
    }
    check.index_files();
    check.value_types();
    check.mistakes
}

struct Check<'a> {
    files: &'a Files,
    names: Names<'a>,
    /// The file that is being checked.
    file: String,
    mistakes: Vec<String>,
}

/// What all files of a tenancy define together.
struct Names<'a> {
    /// Permissions that a verb row or a family's own table grants.
    granted: BTreeSet<&'a str>,
    /// Those, and permissions whose verb is not known.
    permissions: BTreeSet<&'a str>,
    /// Types and families in lower case.
    types: BTreeSet<String>,
    /// Those of them that some row grants a permission for.
    with_rows: BTreeSet<String>,
}

impl<'a> Names<'a> {
    fn collect(files: &'a Files) -> Self {
        let mut names = Self {
            granted: BTreeSet::new(),
            permissions: BTreeSet::new(),
            types: BTreeSet::new(),
            with_rows: BTreeSet::new(),
        };
        for file in files.of_a_tenancy() {
            for (name, rows) in file.resource_types.iter() {
                names.granted.extend(granted(rows));
                names.types.insert(name.to_ascii_lowercase());
                if granted(rows).next().is_some() {
                    names.with_rows.insert(name.to_ascii_lowercase());
                }
                names.permissions.extend(rows.permissions_unassigned.iter().map(String::as_str));
            }
            for (name, family) in file.families.iter() {
                names.types.insert(name.to_ascii_lowercase());
                let extra = family.extra_permissions.iter().flat_map(|(_, row)| row);
                names.granted.extend(extra.map(String::as_str));
            }
            names.permissions.extend(file.ungranted_permissions.keys());
        }
        names.permissions.extend(&names.granted);
        names
    }

    fn is_type(&self, name: &str) -> bool {
        self.types.contains(&name.to_ascii_lowercase())
    }

    fn has_rows(&self, name: &str) -> bool {
        self.with_rows.contains(&name.to_ascii_lowercase())
    }
}

impl Check<'_> {
    fn wrong(&mut self, key: &str, what: &str) {
        self.mistakes.push(format!("{}: {key}: {what}", path(&self.file)));
    }

    fn must(&mut self, holds: bool, key: &str, what: &str) {
        if !holds {
            self.wrong(key, what);
        }
    }

    /// That all definitions of a variable hold the same type of value.
    fn value_types(&mut self) {
        let files = self.files;
        let mut first: BTreeMap<String, (&str, &str)> = BTreeMap::new();
        let general = files.general.general_variables.iter();
        let other = files.general.other_variables.iter();
        let general = general.chain(other).map(|entry| ("_general", entry));
        let language = files.language.variables.iter().map(|entry| ("_language", entry));
        let general = general
            .chain(language)
            .map(|(file, (name, variable))| (file, name, variable.value_type.as_str()));
        let of_services = files.of_a_tenancy().flat_map(|file| {
            file.variables
                .iter()
                .map(|(name, variable)| (file.slug.as_str(), name, variable.value_type.as_str()))
        });
        for (file, name, value_type) in general.chain(of_services) {
            let (other, expected) = *first.entry(variable_key(name)).or_insert((file, value_type));
            file.clone_into(&mut self.file);
            self.must(
                value_type == expected,
                &format!("variables.{name}"),
                &format!("holds {value_type} here and {expected} in {other}"),
            );
        }
    }

    fn permission_names<'p>(&mut self, key: &str, names: impl IntoIterator<Item = &'p String>) {
        for name in names {
            self.must(is_permission(name), key, &format!("`{name}` is not spelled like a permission"));
        }
    }
}

/// The permissions the verb rows of a type grant.
pub(super) fn granted(rows: &TypeRows) -> impl Iterator<Item = &str> {
    Verb::ALL.into_iter().filter_map(|verb| rows.row(verb)).flatten().map(String::as_str)
}

/// `^[A-Z][A-Z0-9_]+$`, but for the two tokens of File Storage that spell `NFSv3` with a small letter.
fn is_permission(name: &str) -> bool {
    let name = name.replace("_NFSv3_", "_NFS_");
    let mut letters = name.bytes();
    letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && name.len() > 1
        && letters.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'_')
}

/// A word of the policy language: what a type or family may be called.
fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_')
}

/// What makes two spellings one variable: pages write different words for the free segments.
pub(super) fn variable_key(name: &str) -> String {
    let prefix = name.split_once(".<").map_or(name, |(prefix, _)| prefix);
    prefix.to_ascii_lowercase()
}

/// Segments joined by dots, a segment being a word or a free one in angle brackets.
fn is_variable(name: &str) -> bool {
    name.split('.').count() > 1
        && name.split('.').all(|segment| {
            let free = segment.strip_prefix('<').and_then(|inner| inner.strip_suffix('>'));
            is_word(free.unwrap_or(segment))
        })
}

fn is_date(text: &str) -> bool {
    let shape: String =
        text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    shape == "0000-00-00"
}

/// `VERB TYPE`, the statement an operation needs in place of permissions.
pub(super) fn demand(text: &str) -> Option<(Verb, &str)> {
    let (verb, resource_type) = text.split_once(' ')?;
    let verb = Verb::ALL.into_iter().find(|known| known.name() == verb)?;
    Some((verb, resource_type))
}

/// Whether a name of the identity domain file already has a meaning there.
pub(super) fn defined_with_domains(files: &Files, name: &str) -> bool {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    files
        .service(WITH_DOMAINS)
        .is_some_and(|iam: &ServiceFile| iam.resource_types.keys().chain(iam.aliases.keys()).any(same))
}
