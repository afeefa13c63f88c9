//! Questions in people's words.

use jiff::Timestamp;

use super::principal::{self, Principal};
use super::target::{self, Target};
use super::values::{Given, Known};
use super::{AskError, Check, Pair, Request};
use crate::caseless;
use crate::catalog::{self, Operation, Permission};
use crate::program::{Program, TextId, Texts, VariableRef};
use crate::suggest;
use crate::tenancy::Address;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// A user or resource of the model, by OCID or name.
    Named(String),
    /// A resource the model does not have: its type, its OCID, the tenancy it is in, and its compartment where known.
    Resource {
        /// Its type, as in its OCID.
        kind: String,
        /// Its OCID; `None` for a resource that is about to be created, which no statement that names one can match.
        id: Option<String>,
        /// Name or OCID of its tenancy.
        tenancy: String,
        /// OCID or path of its compartment; `None` where nobody said.
        compartment: Option<String>,
    },
    /// A service of Oracle acting in a tenancy.
    Service {
        /// The service principal's name, with its region where it has one.
        name: String,
        /// Name or OCID of the tenancy it acts in.
        tenancy: String,
    },
    /// A workload of a Kubernetes cluster.
    Workload {
        /// OCID or name of the cluster.
        cluster: String,
        /// The Kubernetes namespace.
        namespace: String,
        /// The Kubernetes service account.
        service_account: String,
    },
}

/// What they want to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// An operation of a service's interface: `Decrypt`, or `vault/Decrypt` where several services have one.
    Operation(String),
    /// Permissions, all of them.
    Permissions(Vec<String>),
    /// Linking two resources of two tenancies; the first target is the one addressed by `1.`
    Associate {
        /// The first resource's type.
        first: String,
        /// The second resource's type.
        second: String,
    },
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A resource, user or group of the model by OCID or name, or a compartment as `TENANCY[/path]` or OCID.
    Named(String),
    /// Something the model does not list, by what conditions can see of it.
    Placed {
        /// How to call it in words.
        label: String,
        /// OCID or path of its compartment.
        compartment: String,
        /// Condition variables that concern it: `target.key.id`, …
        variables: Vec<(String, String)>,
    },
}

impl From<&str> for Object {
    fn from(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

impl From<String> for Object {
    fn from(name: String) -> Self {
        Self::Named(name)
    }
}

/// A question in people's words.
///
/// A variable that is not mentioned and cannot be derived is absent, but for region, availability domain, time and
/// network, which are unknown when the question does not say.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Who asks.
    pub principal: Asker,
    /// What they want to do.
    pub action: Action,
    /// What to: the resource first, then others that take part (the group a user is put into). A compartment, as
    /// `TENANCY[/path]` or OCID, where the operation lists or creates.
    pub targets: Vec<Object>,
    /// Words of the case that applies, for operations that need different permissions in different cases.
    pub case: Option<String>,
    /// The key of the region the request goes to.
    pub region: Option<String>,
    /// The availability domain.
    pub availability_domain: Option<String>,
    /// When.
    pub time: Option<Timestamp>,
    /// From where.
    pub address: Option<Address>,
    /// Values of variables.
    pub given: Vec<(String, Vec<String>)>,
    /// Variables that do not apply.
    pub absent: Vec<String>,
    /// Variables whose value nobody knows.
    pub unknown: Vec<String>,
}

impl Ask {
    /// A question with nothing said beyond who, what and what to.
    #[must_use]
    pub fn new(principal: Asker, action: Action, target: impl Into<Object>) -> Self {
        Self {
            principal,
            action,
            targets: vec![target.into()],
            case: None,
            region: None,
            availability_domain: None,
            time: None,
            address: None,
            given: Vec::new(),
            absent: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Puts the question in a program's terms.
    ///
    /// # Errors
    /// [`AskError`] when it names something neither the model nor the catalogue has.
    pub fn prepare(&self, program: &Program) -> Result<Request, AskError> {
        let mut texts = Texts::beyond(&program.texts);
        let mut notes = Vec::new();
        let principal = principal::prepare(program, &mut texts, &self.principal)?;
        let (operation, requirement, unknown) = self.requirement(&mut notes)?;
        let target = target::prepare(program, &mut texts, &principal, &self.targets, operation)?;
        let pair = self.pair(program, &mut texts, &principal)?;
        let mut intern = |text: &str| intern(program, &mut texts, text);
        let mut given: Vec<(VariableRef, Known<Given>)> = Vec::new();
        for (name, values) in &self.given {
            let variable = VariableRef::of(&caseless::fold(name), &mut intern);
            given.push((variable, Known::Present(Given::new(values, &mut intern))));
        }
        for name in &self.absent {
            given.push((VariableRef::of(&caseless::fold(name), &mut intern), Known::Absent));
        }
        for name in &self.unknown {
            // What is said to be unknown is, whatever else is said.
            let variable = VariableRef::of(&caseless::fold(name), &mut intern);
            given.retain(|(other, _)| *other != variable);
            given.push((variable, Known::Unknown));
        }
        let operation_text = operation.map(|operation| intern(operation.name()));
        let region = self.region.as_deref().map(&mut intern);
        let availability_domain = self.availability_domain.as_deref().map(&mut intern);
        let networks = self.address.as_ref().map(|address| {
            let sources = program.tenancies().network_sources();
            let home =
                sources.iter().filter(|source| source.tenancy == target.tenancy && source.contains(address));
            home.map(|source| intern(&source.name)).collect()
        });
        let networks = match networks {
            None => Known::Unknown,
            Some(names) => {
                let names: Box<[TextId]> = names;
                if names.is_empty() { Known::Absent } else { Known::Present(names) }
            }
        };
        Ok(Request {
            principal,
            operation: operation_text,
            checks: vec![Check { requirement, unknown, target, pair, free: false }],
            region: Known::from_option(region),
            availability_domain: Known::from_option(availability_domain),
            instant: Known::from_option(self.time.map(Timestamp::as_second)),
            networks,
            given,
            texts,
            notes,
        })
    }

    fn pair(
        &self,
        program: &Program,
        texts: &mut Texts,
        principal: &Principal,
    ) -> Result<Option<Box<Pair>>, AskError> {
        let Action::Associate { first, second } = &self.action else { return Ok(None) };
        let [one, two, ..] = self.targets.as_slice() else { return Err(AskError::NoTarget) };
        let mut side = |kind: &String, object: &Object| -> Result<(String, Target), AskError> {
            let target = target::prepare(program, texts, principal, std::slice::from_ref(object), None)?;
            let kind = catalog::ResourceType::find(kind)
                .map_or_else(|| kind.clone(), |found| found.resource_type.name().to_owned());
            Ok((kind, target))
        };
        Ok(Some(Box::new(Pair { first: side(first, one)?, second: side(second, two)? })))
    }

    /// The operation, and what it needs: every list, of each one permission; or words for what is not known.
    #[expect(clippy::type_complexity, reason = "three answers of one look-up, taken apart at once")]
    pub(crate) fn requirement(
        &self,
        notes: &mut Vec<String>,
    ) -> Result<(Option<Operation>, Vec<Vec<Permission>>, Option<String>), AskError> {
        match &self.action {
            Action::Associate { .. } => Ok((None, Vec::new(), None)),
            Action::Permissions(names) => {
                let find = |name: &String| {
                    Permission::find(name).map(|permission| vec![permission]).ok_or_else(|| {
                        AskError::UnknownPermission {
                            name: name.clone(),
                            near: suggest::did_you_mean(name, Permission::all().map(Permission::name))
                                .map(str::to_owned),
                        }
                    })
                };
                Ok((None, names.iter().map(find).collect::<Result<_, _>>()?, None))
            }
            Action::Operation(name) => {
                let operation = find_operation(name)?;
                let (requirement, unknown) = self.needs(operation, notes)?;
                Ok((Some(operation), requirement, unknown))
            }
        }
    }

    fn needs(
        &self,
        operation: Operation,
        notes: &mut Vec<String>,
    ) -> Result<(Vec<Vec<Permission>>, Option<String>), AskError> {
        let needed = operation.requirement();
        let Some(always) = needed.permissions() else {
            let what = needed.requires().map_or_else(
                || format!("the catalogue does not know what `{operation}` needs"),
                |grant| format!("`{operation}` needs `{} {}`", grant.verb, grant.resource_type),
            );
            return Ok((Vec::new(), Some(what)));
        };
        let mut requirement: Vec<Vec<Permission>> =
            always.iter().map(|&permission| vec![permission]).collect();
        requirement.extend(needed.one_of().map(<[Permission]>::to_vec));
        let fits = |when: &str| {
            let when = caseless::fold(when);
            self.case
                .as_ref()
                .is_some_and(|case| case.split_whitespace().all(|word| when.contains(&caseless::fold(word))))
        };
        let chosen = needed.variants().find(|case| fits(case.when()));
        let assumed = needed.variants().next().filter(|_| chosen.is_none());
        notes.extend(assumed.map(|case| format!("taken to be the case: {}", case.when())));
        let extra: Vec<catalog::Case> = needed.conditional().filter(|case| fits(case.when())).collect();
        if let Some(case) = &self.case
            && chosen.is_none()
            && extra.is_empty()
        {
            let all = needed.variants().chain(needed.conditional());
            return Err(AskError::UnknownCase {
                operation: operation.name().to_owned(),
                case: case.clone(),
                cases: all.map(|case| case.when().to_owned()).collect(),
            });
        }
        for case in chosen.iter().chain(&assumed).chain(&extra) {
            requirement.extend(case.permissions().iter().map(|&permission| vec![permission]));
            requirement.extend(case.one_of().map(<[Permission]>::to_vec));
        }
        notes.extend(
            needed
                .conditional()
                .filter(|case| !fits(case.when()))
                .map(|case| format!("more is needed if {}", case.when())),
        );
        Ok((requirement, None))
    }
}

/// The operation of a name; `SERVICE/NAME` where several services have one.
fn find_operation(name: &str) -> Result<Operation, AskError> {
    let (service, bare) = name.split_once('/').map_or((None, name), |(service, bare)| (Some(service), bare));
    let all = Operation::find(bare);
    let fitting: Vec<Operation> = all
        .iter()
        .copied()
        .filter(|operation| service.is_none_or(|slug| operation.service().slug().eq_ignore_ascii_case(slug)))
        .filter(|operation| service.is_some() || operation.service().environment().is_none())
        .collect();
    match fitting.as_slice() {
        [only] => Ok(*only),
        [] => Err(AskError::UnknownOperation {
            name: name.to_owned(),
            near: suggest::did_you_mean(bare, Operation::all().iter().map(|operation| operation.name()))
                .map(str::to_owned),
        }),
        several => Err(AskError::AmbiguousOperation {
            name: bare.to_owned(),
            services: several.iter().map(|operation| operation.service().slug().to_owned()).collect(),
        }),
    }
}

/// The id of a text: the program's where it has the text, else the request's own.
pub(super) fn intern(program: &Program, texts: &mut Texts, text: &str) -> TextId {
    program.texts.find(text).unwrap_or_else(|| texts.intern(text))
}
