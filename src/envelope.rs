//! The envelope: how a secret becomes bytes in etcd, and back.
//!
//! ```text
//!  MEK version ─┐                                       suite 01
//!  salt(32) ────┴─ HKDF-SHA-256 "oenv/1 wrap" ──▶ K
//!                                                 │
//!  CEK = MAC key(32) ‖ DEK(32) ── AES-GCM(K, nonce, AAD = H) ──▶ wrapped = salt ‖ nonce ‖ C ‖ tag
//!         │            │
//!         │            └─ AES-256-CBC(IV, PKCS7(plaintext)) ──▶ C
//!         └─ HMAC-SHA-512(A ‖ IV ‖ C ‖ 8·|A|), first 32 bytes ──▶ tag
//!
//!  H     = "OENV" 01 suite flags key-OCID version-OCID SHA-256(context)
//!  blob  = H ‖ u16 w ‖ wrapped ‖ tag                    context = cluster, tenancies, provider, resource, path
//!  value = "k8s:enc:kms:v1:" name ":" ‖ u16 n ‖ blob ‖ IV ‖ C
//!  A     = value up to the tag ‖ u32 |path| ‖ path
//! ```
//! That is the profile [`Profile::Sealed`]: authenticated, bound to its path, and still an ordinary KMS v1 value to an
//! unmodified kube-apiserver, whose plugin is handed the blob. [`Profile::Compat`] leaves out the MAC key, the tag and
//! the path, and is what Kubernetes itself stored up to 1.24. DEK, MAC key, IV, salt and nonce are fresh for each value.
//!
//! Nothing here does input or output, reads a clock or reaches for randomness. [`seal`] and the stages behind [`recognise`]
//! take the evidence of a decision ([`Permit`](crate::decider::Permit)) and a key version that may be used ([`MasterKey`]).
//!
//! # Example
//! ```
//! # use ocipol::decider::*;
//! # use ocipol::envelope::*;
//! # use ocipol::ocid::Ocid;
//! # use ocipol::random::{Rng, SystemRng};
//! # struct Yes;
//! # impl Decider for Yes {
//! #     fn decide(&self, _: &Request) -> Verdict { Verdict::Allowed { because: vec![] } }
//! #     fn revision(&self) -> u64 { 1 }
//! # }
//! # struct Loose { key: Ocid, version: Ocid, mek: Mek }
//! # impl MasterKey for Loose {
//! #     fn key(&self) -> &Ocid { &self.key }
//! #     fn version(&self) -> &Ocid { &self.version }
//! #     fn suite(&self) -> Suite { Suite::HkdfGcm }
//! #     fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, WrapError> {
//! #         self.suite().wrap(&self.mek, header, cek, rng)
//! #     }
//! #     fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
//! #         suite.unwrap(&self.mek, header, wrapped)
//! #     }
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tenancy = Ocid::parse("ocid1.tenancy.oc1..t")?;
//! # let cluster = Ocid::parse("ocid1.cluster.oc1.iad.c")?;
//! # let provider = ProviderName::new("oci-vault")?;
//! # let master = Loose {
//! #     key: Ocid::parse("ocid1.key.oc1.iad.v.k")?,
//! #     version: Ocid::parse("ocid1.keyversion.oc1.iad.v.1")?,
//! #     mek: Mek::fresh(AesLength::Aes256, &SystemRng)?,
//! # };
//! # let ask = |operation| permit(&Yes, Request {
//! #     principal: Principal {
//! #         kind: PrincipalKind::Cluster,
//! #         ocid: Some(cluster.clone()),
//! #         tenancy: tenancy.clone(),
//! #         compartment: tenancy.clone(),
//! #     },
//! #     operation,
//! #     target: Target {
//! #         key: Some(master.key.clone()),
//! #         vault: None,
//! #         compartment: tenancy.clone(),
//! #         tenancy: tenancy.clone(),
//! #     },
//! #     include_plaintext_key: None,
//! #     time: jiff::Timestamp::UNIX_EPOCH,
//! # });
//! let context = Context {
//!     cluster: &cluster,
//!     cluster_tenancy: &tenancy,
//!     key_tenancy: &tenancy,
//!     provider: &provider,
//!     resource: "secrets",
//!     path: "/registry/secrets/default/db-password",
//! };
//! let may_seal = ask(Operation::GenerateDataEncryptionKey)?;
//! let value = seal(may_seal, &master, &context, Profile::Sealed, b"hunter2", &SystemRng)?;
//!
//! let may_open = ask(Operation::Decrypt)?;
//! let opened = recognise(&value, &context, Reading::Strict)?
//!     .authorise(may_open)?
//!     .unwrap(&master)?
//!     .open()?;
//! assert_eq!(opened.plaintext.as_bytes(), b"hunter2");
//!
//! let elsewhere = Context { path: "/registry/secrets/default/other", ..context };
//! assert!(recognise(&value, &elsewhere, Reading::Strict).is_err());
//! # Ok(())
//! # }
//! ```

pub mod a256cbc_hs512;
pub mod aes_cbc;
pub mod aes_gcm;
pub mod aes_kw;
pub mod asymmetric;
mod bound;
mod context;
pub mod hkdf_sha256;
pub mod kms_v1;
pub mod kms_v2;
mod master_key;
pub mod material;
mod oenv;
mod open;
mod pkcs7;
mod rejected;
mod seal;
pub mod secret;
mod stack;
mod suite;
mod suite_01;
mod suite_02;
mod suite_03;
mod suite_11;
pub mod transformers;

pub use context::{Context, ContextDigest, NoProviderName, ProviderName, TooLong};
pub use master_key::{MasterKey, WrapError};
pub use oenv::{BLOB_LENGTH, Blob, Flags, Header, Unfit, worst_length};
pub use open::{Authorised, Opened, Reading, RecogniseError, Recognised, Unwrapped, WrongPermit, recognise};
pub use rejected::{Cause, Rejected};
pub use seal::{PLAINTEXT_LENGTH, Profile, SealError, seal, sealing_operation};
pub use secret::{AesLength, Cek, Mek, PAYLOAD_LENGTH, Plaintext, StoreKey};
pub use suite::{Suite, WRAPS, WRAPS_WARNING};
