//! The four verbs.

use std::fmt;

/// How much a statement grants on a type: `inspect`, `read`, `use` or `manage`.
///
/// Ordered: for allow, a verb grants what every lower one grants; for deny, it removes what every higher one adds.
///
/// # Source
/// Oracle IAM documentation, "Verbs", 2025-02.
///
/// # Example
/// ```
/// use ocipol::catalog::Verb;
/// assert_eq!(Verb::find("Manage"), Some(Verb::Manage));
/// assert!(Verb::Manage.covers(Verb::Use));
/// assert!(!Verb::Read.covers(Verb::Use));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// `inspect`
    Inspect,
    /// `read`
    Read,
    /// `use`
    Use,
    /// `manage`
    Manage,
}

impl Verb {
    /// All verbs, the lowest first.
    pub const ALL: [Self; 4] = [Self::Inspect, Self::Read, Self::Use, Self::Manage];

    /// The verb of that name, in any case.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.as_str().eq_ignore_ascii_case(name))
    }

    /// The verb as policies write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Read => "read",
            Self::Use => "use",
            Self::Manage => "manage",
        }
    }

    /// Whether a grant with this verb contains a grant with the other.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self >= other
    }

    /// The one bit of this verb in a row's set of verbs.
    pub(super) const fn bit(self) -> u8 {
        match self {
            Self::Inspect => 1,
            Self::Read => 2,
            Self::Use => 4,
            Self::Manage => 8,
        }
    }

    /// The bits of this verb and the lower ones: what an allow grants.
    pub(super) const fn bits_up_to(self) -> u8 {
        (self.bit() << 1) - 1
    }

    /// The bits of this verb and the higher ones: what a deny removes.
    pub(super) const fn bits_from(self) -> u8 {
        0b1111 & !(self.bit() - 1)
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_cumulative() {
        use Verb::{Inspect, Manage, Read, Use};
        let table = [
            (Inspect, 0b0001, 0b1111),
            (Read, 0b0011, 0b1110),
            (Use, 0b0111, 0b1100),
            (Manage, 0b1111, 0b1000),
        ];
        for (verb, up_to, from) in table {
            assert_eq!(verb.bits_up_to(), up_to, "{verb}");
            assert_eq!(verb.bits_from(), from, "{verb}");
        }
    }
}
