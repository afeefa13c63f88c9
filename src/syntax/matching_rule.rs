//! The matching rule of a dynamic group.

use super::Name;
use crate::source::Spanned;

/// Which resources belong to a dynamic group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchingRule {
    /// `all { RULE, … }`
    All(Vec<Spanned<MatchingRule>>),
    /// `any { RULE, … }`
    Any(Vec<Spanned<MatchingRule>>),
    /// A test of one attribute
    Test(RuleTest),
    /// A template that stands for a rule, or text the parser could not read, as written
    Opaque(String),
}

/// One test of a resource's attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTest {
    /// What is looked at.
    pub attribute: Spanned<Attribute>,
    /// What is asked of it.
    pub comparison: Comparison,
}

/// An attribute of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// `instance.id`
    InstanceId,
    /// `instance.compartment.id`
    InstanceCompartment,
    /// `resource.id`
    ResourceId,
    /// `resource.compartment.id`
    ResourceCompartment,
    /// `resource.type`
    ResourceType,
    /// `tag.NAMESPACE.KEY.value`
    Tag {
        /// The tag namespace.
        namespace: String,
        /// The tag key.
        key: String,
    },
    /// Any other name; the parser has reported it
    Unknown(String),
}

impl Attribute {
    /// The attribute of a name, whatever its case.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let known = [
            (Self::InstanceId, "instance.id"),
            (Self::InstanceCompartment, "instance.compartment.id"),
            (Self::ResourceId, "resource.id"),
            (Self::ResourceCompartment, "resource.compartment.id"),
            (Self::ResourceType, "resource.type"),
        ];
        if let Some((attribute, _)) = known.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(name)) {
            return attribute;
        }
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            [tag, namespace, key, value]
                if tag.eq_ignore_ascii_case("tag") && value.eq_ignore_ascii_case("value") =>
            {
                Self::Tag { namespace: (*namespace).to_owned(), key: (*key).to_owned() }
            }
            _ => Self::Unknown(name.to_owned()),
        }
    }
}

impl std::fmt::Display for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InstanceId => f.write_str("instance.id"),
            Self::InstanceCompartment => f.write_str("instance.compartment.id"),
            Self::ResourceId => f.write_str("resource.id"),
            Self::ResourceCompartment => f.write_str("resource.compartment.id"),
            Self::ResourceType => f.write_str("resource.type"),
            Self::Tag { namespace, key } => write!(f, "tag.{namespace}.{key}.value"),
            Self::Unknown(name) => f.write_str(name),
        }
    }
}

/// What a test asks of its attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// `= 'VALUE'`
    Equal(Spanned<Name>),
    /// `!= 'VALUE'`
    NotEqual(Spanned<Name>),
    /// The tag attribute alone: the key is set, to whatever value
    Present,
}
