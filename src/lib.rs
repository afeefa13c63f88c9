//! **ocipol compiles Oracle Cloud Infrastructure IAM policy.**
//!
//! It reads policy statements and dynamic-group matching rules, resolves every name against a model of one or more
//! tenancies, compiles them into a decision program, and answers: *may this principal do this to that resource, and
//! because of which statements?* A bundled envelope engine then uses the answer for real: a Kubernetes cluster that may
//! use a master key in a vault, maybe in another tenancy, encrypts its secrets under it; one that may not, cannot.
//!
//! # The picture
//!
//! Each stage is a noun; one verb leads from a noun to the next. A stage that needs an earlier one takes that type, so
//! that no step can be skipped.
//!
//! ```text
//!  text ──parse──▶ Policy ──attach──▶ Tenancies ──resolve──▶ Program ──decide──▶ Decision ──explain──▶ words
//!  Source          syntax tree        the world,             ids, permissions,   verdict and          an Account,
//!    ▲               │      │         policies in it         guards, origins     the reasons          never a second
//!    │               │      │           ▲                        ▲                  │                 evaluator
//!    └─── format ◀───┘      └─ lint     │                        │                  ▼
//!                              │   model file, import         Request            permit ──▶ engine ──▶ a sealed value
//!                              ▼                                 ▲
//!                         Diagnostics                           Ask
//! ```
//!
//! | noun | module | verb |
//! |---|---|---|
//! | [`Source`](source::Source): a named text; everything below the edges speaks in byte spans of it | [`source`], [`passage`] | |
//! | [`Policy`](syntax::Policy): the tree as written | [`syntax`] | [`parse`] |
//! | [`Tenancies`](tenancy::Tenancies): compartments, groups, resources, policies | [`tenancy`] | [`tenancy::read`], [`attach`](tenancy::Tenancies::attach) |
//! | the facts of the cloud: types, permissions, operations, variables | [`catalog`] | |
//! | [`Program`](program::Program): what the policies mean | [`program`] | [`resolve`](mod@resolve) |
//! | [`Request`](request::Request): a question in the program's terms | [`request`] | [`Ask::prepare`](request::Ask::prepare) |
//! | [`Decision`](decide::Decision): the answer and what it rests on | [`decide`](mod@decide) | [`decide()`](decide::decide) |
//! | [`Account`](explain::Account): the answer in words | [`explain`](mod@explain) | [`explain()`](explain::explain) |
//! | [`WhoCan`](who_can::WhoCan): everybody for whom the answer is yes | [`who_can`](mod@who_can) | [`who_can()`](who_can::who_can) |
//! | [`Suite`](policytest::Suite): questions with the answers they must get | [`policytest`] | [`policytest::run`] |
//! | [`Diagnostic`](diagnostic::Diagnostic): a finding, with its place and what to type now | [`diagnostic`] | |
//!
//! Every arrow that reads what a user wrote gives *(value, findings)*: wrong input is a normal case, and what stands
//! beside a mistake is read all the same. Only the edges (files, arguments, keys) fail with an error. The middle does no
//! input or output, reads no clock and draws no randomness.
//!
//! # Example
//!
//! From text to words: a statement is read, attached to a tenancy, bound, asked, and explained.
//!
//! ```
//! use ocipol::decide::{Verdict, decide};
//! use ocipol::explain::explain;
//! use ocipol::program::Mode;
//! use ocipol::request::{Action, Ask, Asker};
//! use ocipol::resolve::resolve;
//! use ocipol::source::{Source, Sources};
//! use ocipol::tenancy::AttachedPolicy;
//! use ocipol::{parse, tenancy};
//!
//! // text ──parse──▶ Policy
//! let mut sources = Sources::new();
//! let text = "Allow group Pilots to read buckets in compartment hangar";
//! let id = sources.add(Source::new("pilots.policy", text)?);
//! let (policies, findings) = parse::policies(sources.get(id).ok_or("no such source")?, id);
//! assert!(findings.is_empty());
//!
//! // The world it is read in. It has no policies yet.
//! let world = "
//! tenancies:
//!   - name: Fjord
//!     id: ocid1.tenancy.oc1..fjord
//!     compartments: [{name: hangar, id: ocid1.compartment.oc1..hangar}]
//!     users: [{name: kim, id: ocid1.user.oc1..kim}]
//!     groups: [{name: Pilots, id: ocid1.group.oc1..pilots, members: [kim]}]
//!     resources: [{name: logs, id: ocid1.bucket.oc1.iad.logs, compartment: hangar}]
//! ";
//! let file = sources.add(Source::new("fjord.tenancy.yaml", world)?);
//! let mut findings = Vec::new();
//! let no_files = &mut |_: &mut Sources, _: &str| Err("the model names no files".to_owned());
//! let mut tenancies = tenancy::read_file(&mut sources, file, no_files, &mut findings);
//! assert!(findings.is_empty());
//!
//! // Policy ──attach──▶ Tenancies
//! let fjord = tenancies.find_tenancy("Fjord").ok_or("no such tenancy")?;
//! for policy in policies {
//!     let attachment = tenancies.root(fjord);
//!     tenancies.attach(AttachedPolicy { name: "pilots".into(), id: None, attachment, policy });
//! }
//!
//! // Tenancies ──resolve──▶ Program
//! let (program, findings) = resolve(&tenancies, Mode::default());
//! assert!(findings.is_empty());
//!
//! // Ask ──prepare──▶ Request; Program ──decide──▶ Decision
//! let mut ask = Ask::new(Asker::Named("kim".into()), Action::Operation("GetBucket".into()), "logs");
//! let request = ask.prepare(&program)?;
//! assert_eq!(decide(&program, &request).verdict, Verdict::Allow);
//!
//! // Decision ──explain──▶ words
//! ask.action = Action::Operation("DeleteBucket".into());
//! let request = ask.prepare(&program)?;
//! let decision = decide(&program, &request);
//! assert_eq!(decision.verdict, Verdict::ImplicitDeny);
//! let account = explain(&program, &request, &decision);
//! let near = &account.permissions[0].near[0];
//! assert_eq!(near.obstacle, "it gives less than BUCKET_DELETE, which comes with `manage`");
//! assert_eq!(sources.locate(near.statement.place), "pilots.policy:1:1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where things are
//!
//! | what | where |
//! |---|---|
//! | texts, places, findings | [`source`], [`passage`], [`diagnostic`] |
//! | the language: tree, reader, canonical text | [`syntax`], [`parse`], [`format`](mod@format) |
//! | policies in YAML, JSON and Terraform, and how text is written back into them | [`read`], [`yaml`], [`host`], [`files`] |
//! | many files brought together for a check | [`bundle`] |
//! | what is wrong or dangerous: one file a lint | [`lint`](mod@lint) |
//! | what a repository says of its own policies, in `ocipol.yaml` | [`project`] |
//! | the world: models by hand, and from what the OCI CLI prints | [`tenancy`], [`ocid`], [`import`] |
//! | facts of the cloud | [`catalog`] |
//! | meaning and answers | [`resolve`](mod@resolve), [`program`], [`request`], [`decide`](mod@decide), [`explain`](mod@explain), [`who_can`](mod@who_can) |
//! | tests of policies | [`policytest`] |
//! | the least policies for an intent | [`generate`](mod@generate) |
//! | from a decision to a right: who may, and the permit an engine asks for | [`decider`], [`authority`] |
//! | keys and their lives | [`vault`], [`clock`], [`random`] |
//! | sealed values: formats, primitives, Kubernetes' configuration | [`envelope`], [`encryption_configuration`] |
//! | clusters that create, seal, rotate; what is kept, and proof of it | [`engine`], [`store`], [`audit`], [`census`], [`failpoint`] |
//! | a world and steps in it, end to end | [`scenario`] |
#![cfg_attr(feature = "cli", doc = "| the program: arguments in, text and an exit code out | [`cli`] |")]
//!
//! One more *statement kind*: a grammar rule with a doc line in `grammar/policy.pest`, a variant of
//! [`Statement`](syntax::Statement), then follow the compiler. One more *lint*: one file in `src/lint/` and two lines in
//! `src/lint.rs`. One more *fact of the cloud*: a row in `src/catalog/data/`, never a literal in code.

// The parser that pest makes without its `std` names it.
extern crate alloc;

pub mod audit;
pub mod authority;
pub mod bundle;
mod caseless;
pub mod catalog;
pub mod census;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
mod codec;
pub mod decide;
pub mod decider;
pub mod diagnostic;
// Not of use to others: public for the tests and fuzz targets, which look at it from outside.
#[doc(hidden)]
pub mod edit;
pub mod encryption_configuration;
pub mod engine;
pub mod envelope;
pub mod explain;
pub mod failpoint;
pub mod files;
pub mod format;
pub mod generate;
pub mod host;
pub mod import;
// Not of use to others: public for the tests and fuzz targets, which look at it from outside.
#[doc(hidden)]
pub mod instant;
pub mod lint;
pub mod ocid;
pub mod parse;
pub mod passage;
pub mod policytest;
pub mod program;
pub mod project;
pub mod random;
pub mod read;
pub mod request;
pub mod resolve;
pub mod scenario;
pub mod source;
pub mod store;
mod suggest;
pub mod syntax;
pub mod tenancy;
// Not of use to others: public for the tests and fuzz targets, which look at it from outside.
#[doc(hidden)]
pub mod truth;
pub mod vault;
pub mod who_can;
pub mod yaml;
