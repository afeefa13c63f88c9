//! Facts of the cloud: services, resource-types, families, permissions, operations, variables.
//!
//! ```text
//! statement ──▶ Verb ┐
//!               ResourceType ──granted, denied──▶ Expansion ──▶ PermissionSet
//!                                                                 ▲
//! request ────▶ Operation ──requirement──▶ Requirement ──▶ Permission
//! condition ──▶ Variable ──▶ Definition: for which types, operations and callers it exists
//! ```
//!
//! Every name is found in any case and printed as the pages print it. A name that is not found may still be worth a
//! milder finding: see [`Seen`], [`ResourceType::aliases`], [`Permission::corrected`] and [`Operation::corrected`].
//! For "did you mean", each of the types lists all its names (`all`).
//!
//! The facts are data files with their sources, in `src/catalog/data`; the page there tells their schema and their traps.
//! The build checks them and writes static tables: loading them costs nothing, and looking a name up some ten steps.
//!
//! # Example
//! ```
//! use ocipol::catalog::{Operation, ResourceType, Verb};
//! // May a statement "use keys" rotate a key?
//! let keys = ResourceType::find("keys").ok_or("a type")?.resource_type;
//! let rotate = Operation::find("CreateKeyVersion").first().ok_or("an operation")?;
//! let needed = rotate.requirement().permissions().ok_or("the page says what it needs")?;
//! let granted = keys.granted(Verb::Use);
//! assert_eq!(needed.iter().map(|&each| granted.holds(each)).collect::<Vec<_>>(), [Some(false)]);
//! assert_eq!(needed.iter().map(|&each| keys.level(each)).collect::<Vec<_>>(), [Some(Verb::Manage)]);
//! # Ok::<(), &str>(())
//! ```

mod expansion;
mod known_tenancy;
mod operation;
mod permission;
mod permission_set;
mod principal;
mod region;
mod resource_type;
mod seen;
mod service;
mod tables;
mod variable;
mod verb;

pub use expansion::Expansion;
pub use known_tenancy::KnownTenancy;
pub use operation::{Case, Coverer, Operation, OperationKind, Requirement};
pub use permission::{Permission, Placement};
pub use permission_set::PermissionSet;
pub use principal::{PrincipalKind, PrincipalType, ServicePrincipal, resource_subjects};
pub use region::Region;
pub use resource_type::{Found, ResourceType, Spelling, TypeKind, VerbRow};
pub use seen::Seen;
pub use service::{Completeness, Coverage, Section, Service};
pub use variable::{Definition, NameList, Origin, TagName, ValueType, Variable, VariableMatch};
pub use verb::Verb;
