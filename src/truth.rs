//! Three-valued truth: what is not known never silently becomes false.

use std::ops::{BitAnd, BitOr, Not};

/// False, unknown or true, in this order, so that "and" is the least and "or" the greatest (Kleene).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Truth {
    /// Certainly not.
    #[default]
    False,
    /// It depends on something nobody said.
    Unknown,
    /// Certainly.
    True,
}

impl Truth {
    /// Whether it is certain and true.
    #[must_use]
    pub const fn is_true(self) -> bool {
        matches!(self, Self::True)
    }

    /// Whether it is certain and false.
    #[must_use]
    pub const fn is_false(self) -> bool {
        matches!(self, Self::False)
    }

    /// Whether it may be true.
    #[must_use]
    pub const fn may_be(self) -> bool {
        !self.is_false()
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }
}

impl BitAnd for Truth {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.min(other)
    }
}

impl BitOr for Truth {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};

    #[test]
    fn kleene() {
        let table =
            [(False, Unknown, False, Unknown), (True, Unknown, Unknown, True), (True, False, False, True)];
        for (a, b, and, or) in table {
            assert_eq!((a & b, b & a, a | b, b | a), (and, and, or, or), "{a:?} {b:?}");
        }
        assert_eq!((!False, !Unknown, !True), (True, Unknown, False));
    }
}
