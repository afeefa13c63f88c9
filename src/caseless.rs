//! Text that compares without regard to case: names, values, OCIDs.
//!
//! # Source
//! Oracle IAM documentation, "Policy Syntax" and "Conditions": comparison of values ignores case.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// An owned text that keeps the case it was written in and compares without it.
#[derive(Clone, Default)]
pub(crate) struct Caseless(Box<str>);

impl Caseless {
    /// Takes the text as written.
    pub(crate) fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text as written.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether two texts are equal but for case.
#[must_use]
pub(crate) fn equal(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { a.eq_ignore_ascii_case(b) } else { folded(a).eq(folded(b)) }
}

/// The text in the one case that comparison uses.
#[must_use]
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { folded(text).collect() }
}

fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

impl PartialEq for Caseless {
    fn eq(&self, other: &Self) -> bool {
        equal(&self.0, &other.0)
    }
}

impl Eq for Caseless {}

impl PartialOrd for Caseless {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Caseless {
    fn cmp(&self, other: &Self) -> Ordering {
        folded(&self.0).cmp(folded(&other.0))
    }
}

impl Hash for Caseless {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for letter in folded(&self.0) {
            letter.hash(state);
        }
    }
}

impl From<&str> for Caseless {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Caseless {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Caseless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Caseless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn case_takes_no_part_in_comparison_order_and_hash() {
        assert_eq!(Caseless::from("NetOps"), Caseless::from("netops"));
        assert_eq!(Caseless::from("ÄPFEL"), Caseless::from("äpfel"));
        assert!(Caseless::from("a") < Caseless::from("B"));
        let names = HashSet::from([Caseless::from("Key")]);
        assert!(names.contains(&Caseless::from("KEY")));
        assert_eq!(names.iter().next().unwrap().to_string(), "Key");
    }
}
