//! Questions in people's words.

use jiff::Timestamp;

use super::principal::{self, Principal};
use super::target::{self, Target};
use super::values::{Given, Known};
use super::variable;
use super::{AskError, Check, Pair, Request};
use crate::caseless;
use crate::catalog::{self, Operation, Permission, Region, VerbRow};
use crate::program::{Program, TextId, Texts, VariableRef};
use crate::suggest;
use crate::tenancy::{Address, TenancyId};

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
    /// Permissions, all of them; at least one.
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

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Placed { label, .. } => f.write_str(label),
        }
    }
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
    /// The region the request goes to, by key or long name.
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
        let kinds = self.kinds(program, &principal)?;
        let (operation, needs) = self.requirement(&kinds, &mut notes)?;
        let needs = self.abroad(program, &principal, operation, needs, &mut notes)?;
        let mut targets = self.targets.as_slice();
        let mut unknown = needs.unknown;
        let shared = self.shared_place(program, &principal, operation, &mut unknown)?;
        if let Some(place) = &shared {
            targets = std::slice::from_ref(place);
        }
        let target = target::prepare(program, &mut texts, &principal, targets, operation)?;
        let pair = self.pair(program, &mut texts, &principal)?;
        let mut nonsense = None;
        if let Some(kind) =
            targets.first().map(|first| target::kind(program, &principal, first)).transpose()?.flatten()
            && operation.is_some_and(|operation| !target::is_for(operation, &kind))
        {
            let name = operation.map(Operation::name).unwrap_or_default();
            let told = format!(
                "`{name}` is asked of no resource of type `{kind}`: of `{}` only the compartment and the tags count",
                target.label
            );
            notes.insert(0, told.clone());
            nonsense = Some(told);
        }
        // Everybody may manage their own credentials, whatever permissions that needs.
        let free = operation.is_some_and(Operation::is_of_credentials)
            && principal.user.is_some()
            && target.user == principal.user;
        let needs_nothing = operation.is_some()
            && pair.is_none()
            && needs.permissions.is_empty()
            && needs.rows.is_empty()
            && unknown.is_none();
        let needs_permissions = !needs.permissions.is_empty();
        let elsewhere = self.elsewhere(&kinds, &needs.permissions);
        if shared.is_none() && pair.is_none() && needs_permissions {
            let idle = self.targets.iter().zip(0..).skip(1).filter(|(_, index)| !elsewhere.contains(index));
            let what = operation.map_or("what is asked", Operation::name);
            notes.extend(idle.map(|(object, _)| {
                format!("no permission of `{what}` is needed on `{object}`: of it only the variables count")
            }));
        }
        if needs_permissions {
            notes.extend(operation.and_then(|operation| operation.requirement().note()).map(str::to_owned));
        }
        let mut checks =
            vec![Check { requirement: Vec::new(), rows: needs.rows, unknown, target, pair, free }];
        let mut placed: Vec<(usize, usize)> = Vec::new();
        for (part, at) in needs.permissions.into_iter().zip(elsewhere) {
            let known = placed.iter().find(|(target, _)| *target == at).map(|(_, check)| *check);
            let check = match known {
                _ if at == 0 => 0,
                Some(check) => check,
                None => {
                    // What the other resource is does not change what the operation as a whole names.
                    let mut objects = self.targets.clone();
                    objects.swap(0, at);
                    let target = target::prepare(program, &mut texts, &principal, &objects, operation)?;
                    let (requirement, rows) = (Vec::new(), Vec::new());
                    checks.push(Check { requirement, rows, unknown: None, target, pair: None, free });
                    placed.push((at, checks.len() - 1));
                    checks.len() - 1
                }
            };
            if let Some(check) = checks.get_mut(check) {
                check.requirement.push(part);
            }
        }
        let mut intern = |text: &str| intern(program, &mut texts, text);
        for name in self.given.iter().map(|(name, _)| name).chain(&self.absent).chain(&self.unknown) {
            variable::known(program, name)?;
        }
        let mut given: Vec<(VariableRef, Known<Given>)> = Vec::new();
        for (name, values) in &self.given {
            let variable = VariableRef::of(name, &mut intern);
            variable::free(&self.action, name, variable)?;
            if self.absent.iter().any(|absent| caseless::equal(absent, name)) {
                return Err(AskError::Contradiction { name: name.clone() });
            }
            // Tags of what is listed, or not there yet, never apply, whatever the request sends along.
            if matches!(variable, VariableRef::TargetTag(_))
                && let Some(operation) = operation.filter(|_| !super::names_a_resource(operation))
            {
                notes.push(format!(
                    "`{name}` does not apply: `{operation}` names no resource that has tags yet"
                ));
                continue;
            }
            let keys: Vec<String>;
            let values = if variable == VariableRef::Region {
                keys = values.iter().map(|name| region_key(name)).collect::<Result<_, _>>()?;
                &keys
            } else {
                values
            };
            given.push((variable, Known::Present(Given::new(values, &mut intern))));
        }
        for name in &self.absent {
            let variable = VariableRef::of(name, &mut intern);
            variable::free(&self.action, name, variable)?;
            given.push((variable, Known::Absent));
        }
        for name in &self.unknown {
            // What is said to be unknown is, whatever else is said.
            let variable = VariableRef::of(name, &mut intern);
            given.retain(|(other, _)| *other != variable);
            given.push((variable, Known::Unknown));
        }
        let operation_text = operation.map(|operation| intern(operation.name()));
        let region = self.region.as_deref().map(region_key).transpose()?;
        let region = region.as_deref().map(&mut intern);
        let availability_domain = self.availability_domain.as_deref().map(&mut intern);
        let networks = self.address.as_ref().map(|address| networks(program, address, &mut intern));
        Ok(Request {
            program: program.id,
            needs_nothing,
            principal,
            operation: operation_text,
            checks,
            region: Known::from_option(region),
            availability_domain: Known::from_option(availability_domain),
            instant: Known::from_option(self.time.map(Timestamp::as_second)),
            networks: Known::from_option(networks),
            given,
            texts,
            notes,
            nonsense,
        })
    }

    /// What is free at home is not in another tenancy: there the case counts in which the operation needs permissions
    /// (`GetNamespace` with a compartment's OCID, which says that another tenancy's is meant).
    fn abroad(
        &self,
        program: &Program,
        principal: &Principal,
        operation: Option<Operation>,
        needs: Needs,
        notes: &mut Vec<String>,
    ) -> Result<Needs, AskError> {
        let free = needs.permissions.is_empty() && needs.rows.is_empty() && needs.unknown.is_none();
        let case = operation.and_then(|operation| operation.requirement().conditional().next());
        let (Some(case), Some(object), true) = (case, self.targets.first(), free) else { return Ok(needs) };
        let place = target::place(program, principal, object)?;
        if program.world.tenancy_of(place) == Some(principal.tenancy) {
            return Ok(needs);
        }
        notes.retain(|note| !note.ends_with(case.when()));
        notes.push(format!(
            "it needs no permission in one's own tenancy only; taken to be the case: {}",
            case.when()
        ));
        let permissions = case.permissions().iter().map(|&permission| vec![permission]).collect();
        Ok(Needs { permissions, ..needs })
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

    /// For each part of a requirement, on which of the targets it is needed: on the one whose type has the permission,
    /// else on the first.
    fn elsewhere(&self, kinds: &[Option<String>], parts: &[Vec<Permission>]) -> Vec<usize> {
        if self.targets.len() < 2 || matches!(self.action, Action::Associate { .. }) {
            return vec![0; parts.len()];
        }
        let of = |part: &Vec<Permission>| {
            let own = |kind: &Option<String>| {
                kind.as_ref().is_some_and(|kind| part.iter().any(|&need| target::is_held_by(need, kind)))
            };
            kinds.iter().position(own).unwrap_or(0)
        };
        parts.iter().map(of).collect()
    }

    /// The OCID types of the targets, where they are things of a type.
    fn kinds(&self, program: &Program, principal: &Principal) -> Result<Vec<Option<String>>, AskError> {
        self.targets.iter().map(|object| target::kind(program, principal, object)).collect()
    }

    /// The place where an operation is checked that needs a whole statement, such as moving a compartment: the lowest
    /// compartment that holds both its targets. With one target it is not known.
    fn shared_place(
        &self,
        program: &Program,
        principal: &Principal,
        operation: Option<Operation>,
        unknown: &mut Option<String>,
    ) -> Result<Option<Object>, AskError> {
        let Some(row) = operation.and_then(|operation| operation.requirement().requires()) else {
            return Ok(None);
        };
        let name = operation.map(Operation::name).unwrap_or_default();
        let [from, to, ..] = self.targets.as_slice() else {
            *unknown = Some(format!(
                "`{name}` needs `{} {}` on the lowest compartment that holds both ends: name the destination as a second target",
                row.verb, row.resource_type
            ));
            return Ok(None);
        };
        let from = target::place(program, principal, from)?;
        let to = target::place(program, principal, to)?;
        let model = program.tenancies();
        let outer: Vec<_> = model.ancestors(from).skip(1).collect();
        let shared = model.ancestors(to).find(|place| outer.contains(place));
        let Some(shared) = shared else {
            *unknown = Some(format!("`{name}` moves nothing from one tenancy to another"));
            return Ok(None);
        };
        Ok(Some(target::object(program, shared)))
    }

    /// The operation, and what it needs.
    ///
    /// `kinds` are the OCID types of the targets, where they are things of the model.
    pub(crate) fn requirement(
        &self,
        kinds: &[Option<String>],
        notes: &mut Vec<String>,
    ) -> Result<(Option<Operation>, Needs), AskError> {
        let permissions = |permissions| Needs { permissions, rows: Vec::new(), unknown: None };
        match &self.action {
            Action::Associate { .. } => Ok((None, permissions(Vec::new()))),
            Action::Permissions(names) if names.is_empty() => Err(AskError::NoPermission),
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
                Ok((None, permissions(names.iter().map(find).collect::<Result<_, _>>()?)))
            }
            Action::Operation(name) => {
                let operation = find_operation(name, kinds.first().and_then(Option::as_deref))?;
                Ok((Some(operation), self.needs(operation, kinds, notes)?))
            }
        }
    }

    fn needs(
        &self,
        operation: Operation,
        kinds: &[Option<String>],
        notes: &mut Vec<String>,
    ) -> Result<Needs, AskError> {
        let needed = operation.requirement();
        let Some(always) = needed.permissions() else {
            let full = needed.covered_by().iter().filter(|coverer| coverer.fully).map(|coverer| coverer.row);
            let rows: Vec<VerbRow> = needed.requires().into_iter().chain(full).collect();
            if needed.requires().is_none() && !rows.is_empty() {
                notes.push(format!(
                    "only a verb table names `{operation}`: what one of its rows gives is taken to be enough"
                ));
            }
            let unknown =
                rows.is_empty().then(|| format!("the catalogue does not know what `{operation}` needs"));
            return Ok(Needs { permissions: Vec::new(), rows, unknown });
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
        // What is in the model exists; anything else is taken to be new.
        let exists = |case: &catalog::Case| {
            case.exists().is_some_and(|kind| {
                // Where the first target is needed for something else, another one is meant.
                let taken = always.iter().any(|&permission| target::is_held_by(permission, kind));
                kinds.iter().skip(usize::from(taken)).flatten().any(|known| known == kind)
            })
        };
        let assumed =
            needed.variants().find(exists).or_else(|| needed.variants().next()).filter(|_| chosen.is_none());
        notes.extend(assumed.map(|case| format!("taken to be the case: {}", case.when())));
        // A resource named beside the target takes part in the case that needs something of such a resource.
        let beside = |case: &catalog::Case| {
            let holds = |kind: &String, all: &[Permission]| {
                all.iter().any(|&permission| target::is_held_by(permission, kind))
            };
            let others = kinds.iter().skip(1).flatten();
            others.into_iter().any(|kind| holds(kind, case.permissions()) && !holds(kind, always))
        };
        let extra: Vec<catalog::Case> =
            needed.conditional().filter(|case| fits(case.when()) || beside(case)).collect();
        let named = extra.iter().filter(|case| !fits(case.when()));
        notes.extend(named.map(|case| format!("as the question names what it takes: {}", case.when())));
        if let Some(case) = &self.case
            && chosen.is_none()
            && !extra.iter().any(|case| fits(case.when()))
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
                .filter(|case| !fits(case.when()) && !beside(case))
                .map(|case| format!("more is needed if {}", case.when())),
        );
        Ok(Needs { permissions: requirement, rows: Vec::new(), unknown: None })
    }
}

/// The key of a region, which requests and conditions name it by; people know the long names too. The catalogue does not
/// have the regions of every realm, so that any three letters may be a key.
fn region_key(name: &str) -> Result<String, AskError> {
    if let Some(region) = Region::find_long(name) {
        return Ok(region.key().to_ascii_lowercase());
    }
    if Region::find(name).is_some() || name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_alphabetic())
    {
        return Ok(name.to_owned());
    }
    let known = Region::all().flat_map(|region| [region.key(), region.long_name()]);
    Err(AskError::UnknownRegion {
        name: name.to_owned(),
        near: suggest::did_you_mean(name, known).map(str::to_owned),
    })
}

/// What an operation needs.
pub(crate) struct Needs {
    /// Every list, of each one permission.
    pub(crate) permissions: Vec<Vec<Permission>>,
    /// In place of permissions, a statement that gives one of these rows.
    pub(crate) rows: Vec<VerbRow>,
    /// Words for what is not known.
    pub(crate) unknown: Option<String>,
}

/// The operation of a name; `SERVICE/NAME` where several services have one, unless the type of the target says which.
fn find_operation(name: &str, kind: Option<&str>) -> Result<Operation, AskError> {
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
        several => {
            let about = |operation: &&Operation| kind.is_some_and(|kind| target::concerns(**operation, kind));
            let mut about = several.iter().filter(about);
            match (about.next(), about.next()) {
                (Some(only), None) => Ok(*only),
                _ => Err(AskError::AmbiguousOperation {
                    name: bare.to_owned(),
                    services: several.iter().map(|operation| operation.service().slug().to_owned()).collect(),
                }),
            }
        }
    }
}

/// The names of the network sources that hold an address, tenancy by tenancy.
fn networks(
    program: &Program,
    address: &Address,
    intern: &mut impl FnMut(&str) -> TextId,
) -> Vec<(TenancyId, Box<[TextId]>)> {
    let model = program.tenancies();
    let of = |(tenancy, _)| {
        let own = model.network_sources().iter().filter(|source| source.tenancy == tenancy);
        let names: Box<[TextId]> =
            own.filter(|source| source.contains(address)).map(|source| intern(&source.name)).collect();
        (!names.is_empty()).then_some((tenancy, names))
    };
    model.tenancies().filter_map(of).collect()
}

/// The id of a text: the program's where it has the text, else the request's own.
pub(super) fn intern(program: &Program, texts: &mut Texts, text: &str) -> TextId {
    let Some(known) = program.texts.find(text) else { return texts.intern(text) };
    // An answer shows it as the question or the model spells it, not as some statement does.
    if program.texts.spelled(known) != Some(text) {
        texts.respell(known, text);
    }
    known
}
