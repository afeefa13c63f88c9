//! Patterns: `*` stands for any run of characters, everything else for itself, case ignored.
//!
//! # Source
//! Oracle IAM documentation, "Policy Syntax" and "Conditions"; `*` in the middle is our reading of an undocumented form.

use crate::caseless;

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// The stretches between the stars, folded. One stretch means no star.
    stretches: Box<[Box<str>]>,
    /// As it was written.
    written: Box<str>,
}

impl Pattern {
    /// Compiles the text between the slashes.
    ///
    /// # Example
    /// ```
    /// use ocipol::program::Pattern;
    /// let prod = Pattern::new("prod-*");
    /// assert!(prod.matches("PROD-eu") && !prod.matches("my-prod-eu"));
    /// assert!(Pattern::new("*").matches(""));
    /// assert!(Pattern::new("a*b*c").matches("aXbYc"));
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { stretches: caseless::fold(text).split('*').map(Box::from).collect(), written: text.into() }
    }

    /// Whether the whole text fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.matches_folded(&caseless::fold(text))
    }

    /// Whether the pattern fits every text.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.stretches.len() > 1 && self.stretches.iter().all(|stretch| stretch.is_empty())
    }

    /// The text the pattern is equal to, where it has no star.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        match &*self.stretches {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The text every match begins with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.stretches.first().map_or("", |first| first)
    }

    /// The text every match ends with.
    #[must_use]
    pub fn suffix(&self) -> &str {
        self.stretches.last().map_or("", |last| last)
    }

    pub(crate) fn matches_folded(&self, text: &str) -> bool {
        let [first, middle @ .., last] = &*self.stretches else {
            return self.stretches.first().is_some_and(|only| **only == *text);
        };
        let Some(mut rest) = text.strip_prefix(&**first) else { return false };
        for stretch in middle {
            let Some(at) = rest.find(&**stretch) else { return false };
            rest = rest.get(at + stretch.len()..).unwrap_or_default();
        }
        rest.ends_with(&**last)
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_anchored_at_both_ends() {
        let table = [
            ("abc", "ABC", true),
            ("abc", "abcd", false),
            ("ab*", "ab", true),
            ("*bc", "abc", true),
            ("*b*", "abc", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*a", "abba", true),
            ("**", "x", true),
            ("a.*", "axx", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "/{pattern}/ {text}");
        }
    }
}
