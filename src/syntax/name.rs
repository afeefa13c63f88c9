//! Names as typed.

/// A name of a group, compartment, resource-type, …: a bare word or a quoted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// What stands in the quotes, or the bare word: `Pilots`, `'Net Ops'`.
    Literal(String),
    /// Text with a part that another tool fills in, as written: `${var.group}`, `'%s'`.
    Template(String),
    /// Text with a part that a person was meant to replace, as written: `<group-name>`.
    Placeholder(String),
}

impl Name {
    /// The literal text; `None` where the text is not final.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::Template(_) | Self::Placeholder(_) => None,
        }
    }

    /// What was typed, without the quotes of a literal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Literal(text) | Self::Template(text) | Self::Placeholder(text) => text,
        }
    }
}
