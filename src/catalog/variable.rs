//! Variables of conditions: what they hold, and where they exist.

use std::fmt;

use super::operation::Operation;
use super::principal::PrincipalKind;
use super::resource_type::ResourceType;
use super::service::Service;
use super::tables::{
    self, DEFINITIONS, DefinitionRow, PATTERNS, SEGMENTS, TEXT_LISTS, TYPE_LISTS, Text, VARIABLES,
    VariableRow,
};
use super::verb::Verb;

/// A variable, by name: `target.key.id`.
///
/// Several pages may define one name; each of them is a [`Definition`]. All definitions of one name hold the same type
/// of value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable(pub(super) u16);

/// A variable found by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VariableMatch<'a> {
    /// The variable.
    pub variable: Variable,
    /// The two free segments of a tag variable, as the name has them; `None` for any other variable.
    pub tag: Option<TagName<'a>>,
}

/// Namespace and key of a defined tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TagName<'a> {
    /// The tag namespace.
    pub namespace: &'a str,
    /// The tag key.
    pub key: &'a str,
}

/// What one value of a variable is. Policies write all of them as quoted strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Any text.
    String,
    /// An OCID.
    Ocid,
    /// `'true'` or `'false'`
    Boolean,
    /// An instant, in UTC.
    Timestamp,
    /// A month, `'1'` to `'12'`.
    Month,
    /// A day of the month, `'1'` to `'31'`.
    DayOfMonth,
    /// An English day name.
    DayOfWeek,
    /// A time of day, in UTC.
    TimeOfDay,
}

/// A list of names of the catalogue that a variable's values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameList {
    /// Permissions.
    Permissions,
    /// Operations.
    Operations,
    /// Region keys.
    RegionKeys,
    /// Principal types. Not a closed list.
    PrincipalTypes,
}

/// Where a definition of a variable stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The table of variables for all requests.
    General,
    /// In no table: an official example, or public policies.
    Example,
    /// The page of a service.
    Service(Service),
}

impl Variable {
    /// The variable of that name, in any case; for a tag variable, with the namespace and key that the name has.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Variable;
    /// let found = Variable::find("Target.Key.Id").ok_or("a variable of the vault")?;
    /// assert_eq!((found.variable.name(), found.tag), ("target.key.id", None));
    ///
    /// let found = Variable::find("target.resource.tag.Ops.env").ok_or("a tag variable")?;
    /// assert_eq!(found.variable.name(), "target.resource.tag.<TagNamespace>.<TagKey>");
    /// let tag = found.tag.ok_or("it names a tag")?;
    /// assert_eq!((tag.namespace, tag.key), ("Ops", "env"));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<VariableMatch<'_>> {
        if let Some((rest, key)) = name.rsplit_once('.')
            && let Some((prefix, namespace)) = rest.rsplit_once('.')
            && !namespace.is_empty()
            && !key.is_empty()
            && let Some(place) = tables::find(&PATTERNS, prefix, |row| row.prefix)
        {
            return Some(VariableMatch {
                variable: tables::row(&PATTERNS, place).variable,
                tag: Some(TagName { namespace, key }),
            });
        }
        let place = tables::find(&VARIABLES, name, |row| row.name)?;
        Some(VariableMatch { variable: Self(place), tag: None })
    }

    /// What target variables call a resource of an OCID type, in any case, where that is another word.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::Variable;
    /// // The OCID of a secret begins `ocid1.vaultsecret`, its variable is `target.secret.id`.
    /// assert_eq!(Variable::segment("vaultsecret"), Some("secret"));
    /// assert_eq!(Variable::segment("key"), None);
    /// ```
    #[must_use]
    pub fn segment(ocid_type: &str) -> Option<&'static str> {
        let place = tables::find(&SEGMENTS, ocid_type, |row| row.name)?;
        Some(tables::row(&SEGMENTS, place).segment.get())
    }

    /// All variables, by name. Free segments stand in angle brackets.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        tables::ids(&VARIABLES).map(Self)
    }

    /// The documented name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name.get()
    }

    /// What one value of it is.
    #[must_use]
    pub fn value_type(self) -> ValueType {
        self.first().map_or(ValueType::String, Definition::value_type)
    }

    /// Whether the pages call it a list. Tag variables may hold several values although they do not.
    #[must_use]
    pub fn is_list(self) -> bool {
        self.first().is_some_and(Definition::is_list)
    }

    /// Everything the pages say about it: the general table first, then examples, then services by slug.
    pub fn definitions(self) -> impl ExactSizeIterator<Item = Definition> + Clone {
        self.row().definitions.of(&DEFINITIONS).iter().map(Definition)
    }

    /// The services on whose pages it stands; none for a variable that is general only.
    pub fn services(self) -> impl Iterator<Item = Service> + Clone {
        self.definitions().filter_map(|definition| match definition.origin() {
            Origin::Service(service) => Some(service),
            Origin::General | Origin::Example => None,
        })
    }

    /// Whether it may exist for a caller of that kind, as the general page has it.
    #[must_use]
    pub fn exists_for(self, kind: PrincipalKind) -> bool {
        // Pages of services repeat general variables without saying for whom they are: the general table does.
        let general = |definition: &Definition| matches!(definition.origin(), Origin::General);
        match self.definitions().find(general) {
            Some(definition) => definition.exists_for(kind),
            None => self.definitions().any(|definition| definition.exists_for(kind)),
        }
    }

    /// Whether it may exist when an operation concerns a resource of a type.
    ///
    /// One of its definitions must say so: a general one says it for everything, one of a service for operations and
    /// types of that service. What the operation's own service excludes is excluded whatever the others say.
    ///
    /// # Source
    /// Oracle IAM documentation, the policy reference of each service: "not available for", and the tables' own limits.
    ///
    /// # Example
    /// ```
    /// use ocipol::catalog::{Operation, ResourceType, Variable};
    /// let variable = Variable::find("target.key.id").ok_or("a variable")?.variable;
    /// let keys = ResourceType::find("keys").ok_or("a type")?.resource_type;
    /// let (Some(list), Some(encrypt)) = (Operation::find("ListKeys").first(), Operation::find("Encrypt").first()) else {
    ///     return Err("operations of the vault");
    /// };
    /// assert!(variable.applies_to(*encrypt, keys));
    /// assert!(!variable.applies_to(*list, keys));
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn applies_to(self, operation: Operation, resource_type: ResourceType) -> bool {
        let own = Origin::Service(operation.service());
        let excluded = self
            .definitions()
            .any(|definition| definition.origin() == own && definition.excludes(operation.name()));
        !excluded
            && self.definitions().any(|definition| match definition.origin() {
                Origin::General | Origin::Example => true,
                Origin::Service(_) => {
                    definition.origin() == own
                        && definition.includes(operation.name())
                        && definition.applies_to_type(resource_type)
                }
            })
    }

    /// Why it should not be used any more.
    #[must_use]
    pub fn deprecated(self) -> Option<&'static str> {
        self.definitions().find_map(Definition::deprecated)
    }

    fn first(self) -> Option<Definition> {
        self.definitions().next()
    }

    fn row(self) -> &'static VariableRow {
        tables::row(&VARIABLES, self.0)
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What one page says about a variable.
#[derive(Clone, Copy)]
pub struct Definition(&'static DefinitionRow);

impl Definition {
    /// Where the definition stands.
    #[must_use]
    pub fn origin(self) -> Origin {
        self.0.origin
    }

    /// What one value is.
    #[must_use]
    pub fn value_type(self) -> ValueType {
        self.0.value_type
    }

    /// Whether the page calls it a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        self.0.list
    }

    /// The types of the service that it exists for; empty where the page names none, which means all.
    #[must_use]
    pub fn resource_types(self) -> &'static [ResourceType] {
        self.0.resource_types.of(&TYPE_LISTS)
    }

    /// Whether it exists for a type of the service.
    #[must_use]
    pub fn applies_to_type(self, resource_type: ResourceType) -> bool {
        let types = self.resource_types();
        types.is_empty() || types.iter().any(|limit| limit.covers(resource_type))
    }

    /// Whether it may be used in a statement with this verb.
    #[must_use]
    pub fn applies_to_verb(self, verb: Verb) -> bool {
        self.0.verbs & verb.bit() != 0
    }

    /// The only operations it exists for; empty where the page names none, which means all.
    pub fn only_for(self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        texts(self.0.only_for.of(&TEXT_LISTS))
    }

    /// Operations it does not exist for.
    pub fn not_available_for(self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        texts(self.0.not_available_for.of(&TEXT_LISTS))
    }

    /// Whether it may exist for a caller of that kind.
    #[must_use]
    pub fn exists_for(self, kind: PrincipalKind) -> bool {
        self.0.principals & kind.bit() != 0
    }

    /// The only values of `request.principal.type` it exists for, among resources; empty where the page names none.
    pub fn principal_types(self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        texts(self.0.principal_types.of(&TEXT_LISTS))
    }

    /// Values that the page prints; empty where it prints none. Only some lists are closed.
    pub fn values(self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        texts(self.0.values.of(&TEXT_LISTS))
    }

    /// The list of names that its values come from.
    #[must_use]
    pub fn values_from(self) -> Option<NameList> {
        self.0.values_from
    }

    /// Why it should not be used any more.
    #[must_use]
    pub fn deprecated(self) -> Option<&'static str> {
        self.0.deprecated.known()
    }

    /// What else the page says.
    #[must_use]
    pub fn note(self) -> Option<&'static str> {
        self.0.note.known()
    }

    fn excludes(self, operation: &str) -> bool {
        self.not_available_for().any(|name| name.eq_ignore_ascii_case(operation))
    }

    fn includes(self, operation: &str) -> bool {
        self.0.only_for.is_empty() || self.only_for().any(|name| name.eq_ignore_ascii_case(operation))
    }
}

fn texts(texts: &'static [Text]) -> impl ExactSizeIterator<Item = &'static str> + Clone {
    texts.iter().map(|text| text.get())
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition")
            .field("origin", &self.origin())
            .field("value_type", &self.value_type())
            .field("is_list", &self.is_list())
            .finish_non_exhaustive()
    }
}
