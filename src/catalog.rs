//! Facts of the cloud: services, resource-types, families, permissions, operations, variables.

/// temporary
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// inspect
    Inspect,
    /// read
    Read,
    /// use
    Use,
    /// manage
    Manage,
}

impl Verb {
    /// word
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Read => "read",
            Self::Use => "use",
            Self::Manage => "manage",
        }
    }
    /// read
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Inspect, Self::Read, Self::Use, Self::Manage]
            .into_iter()
            .find(|verb| verb.as_str().eq_ignore_ascii_case(text))
    }
}
