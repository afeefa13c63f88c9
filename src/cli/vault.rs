//! `ocipol vault`: keys by hand, as a principal under policies.

mod answers;

use std::io;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use self::answers::{show_keys, show_vaults, show_versions};
use super::output::Answer;
use super::stage::{Begins, NoStage, Set, Stage, Undone, end};
use super::{Exit, Format, Output};
use crate::audit;
use crate::engine::{Client, KubernetesVersion, NewCluster, Session, Workflow};
use crate::envelope::{Profile, ProviderName};
use crate::vault::{DELETION_DAYS, NewKey, NewVault, Protection, Shape, VaultKind};

/// Arguments of `ocipol vault`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  ocipol vault create-vault vault --tenancies meadow.tenancy.yaml --as cid
  ocipol vault create-key etcd-key --vault vault --tenancies meadow.tenancy.yaml --as cid
  ocipol vault rotate etcd-key --tenancies meadow.tenancy.yaml --as cid

Things are kept in the file ocipol.store unless --store says otherwise.

Exit code: 0 done, 2 input that cannot be read, 20 to 31 and 70 as the table of failures says.")]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) stage: Stage,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Acting(Acting),
    /// Checks the chain of the audit log
    Audit,
}

/// What a principal does, under policies.
#[derive(Debug, Subcommand)]
enum Acting {
    /// Makes a vault that the model has
    CreateVault {
        /// Its name in the model
        name: String,
        /// A partition of its own: keys may rotate by themselves
        #[arg(long)]
        private: bool,
    },
    /// Makes a key that the model has, in a vault
    CreateKey {
        /// Its name in the model
        name: String,
        /// The vault
        #[arg(long)]
        vault: String,
        /// AES-128, AES-192, AES-256, RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384 or ECDSA-P521
        #[arg(long, default_value = "AES-256", value_parser = shape)]
        shape: Shape,
        /// Where its material lives; HSM is imitated, and never exported
        #[arg(long, value_enum, default_value_t)]
        protection: ProtectionArgument,
    },
    /// Makes a cluster that the model has; its secrets go under a key for its whole life
    CreateCluster {
        /// Its name in the model
        name: String,
        /// The key; without one the provider keeps one for it
        #[arg(long)]
        key: Option<String>,
        /// Its Kubernetes version
        #[arg(long, default_value = "1.34.2", value_parser = KubernetesVersion::parse)]
        kubernetes: KubernetesVersion,
    },
    /// Lists vaults, the keys of a vault, or the versions of a key
    List {
        /// A vault or key; nothing for all vaults
        what: Option<String>,
    },
    /// Shows a key
    Get {
        /// The key
        key: String,
    },
    /// Makes a new version of a key the current one
    Rotate {
        /// The key
        key: String,
    },
    /// Lets a key rotate by itself
    AutoRotate {
        /// The key, in a private vault
        key: String,
        /// Every how many days, 60 to 365; without it no longer
        #[arg(long)]
        days: Option<u16>,
    },
    /// Puts a key into use
    Enable {
        /// The key
        key: String,
    },
    /// Takes a key out of use
    Disable {
        /// The key
        key: String,
    },
    /// Schedules the deletion of a vault, a key or a version: unusable at once, gone when its time comes
    ScheduleDeletion {
        /// A vault or key
        what: String,
        /// A version of the key, by OCID, instead of the whole key
        #[arg(long, value_name = "OCID")]
        version: Option<String>,
        /// In how many days, 7 to 30
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(7..=30))]
        days: i64,
        /// The version's OCID again, to delete it although secrets are still sealed under it
        #[arg(long, value_name = "OCID", requires = "version")]
        force: Option<String>,
    },
    /// Cancels a deletion: what it was comes back
    CancelDeletion {
        /// A vault or key
        what: String,
        /// A version of the key, by OCID, instead of the whole key
        #[arg(long, value_name = "OCID")]
        version: Option<String>,
    },
    /// Wraps a version of a SOFTWARE key under an RSA public key, and prints it in base64
    Export {
        /// The key
        key: String,
        /// A version, by OCID; without it the current one
        #[arg(long, value_name = "OCID")]
        version: Option<String>,
        /// The RSA public key, as PEM (`BEGIN PUBLIC KEY`)
        #[arg(long, value_name = "FILE")]
        public_key: PathBuf,
    },
}

impl Acting {
    fn begins(&self) -> Begins {
        match self {
            Self::CreateVault { .. } | Self::CreateCluster { .. } => Begins::WithAny,
            Self::CreateKey { .. }
            | Self::List { .. }
            | Self::Get { .. }
            | Self::Rotate { .. }
            | Self::AutoRotate { .. }
            | Self::Enable { .. }
            | Self::Disable { .. }
            | Self::ScheduleDeletion { .. }
            | Self::CancelDeletion { .. }
            | Self::Export { .. } => Begins::WithOneThatIsThere,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ProtectionArgument {
    #[default]
    Software,
    Hsm,
    External,
}

fn shape(text: &str) -> Result<Shape, String> {
    let found = Shape::ALL.into_iter().find(|shape| shape.to_string().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("write one of: {}", Shape::ALL.map(|shape| shape.to_string()).join(", ")))
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let format = arguments.stage.format;
    let done = match &arguments.command {
        Command::Audit => audit_log(arguments, output),
        Command::Acting(acting) => arguments.stage.set(acting.begins()).and_then(|set| {
            let session = set.engine.session(set.actor.clone());
            act(acting, &set, &session, format, output)
        }),
    };
    end(done, format, output)
}

fn audit_log(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Undone> {
    #[derive(Serialize)]
    struct Checked {
        records: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        newest_hash: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        broken_at: Option<u64>,
    }
    let engine = arguments.stage.engine_without_principal()?;
    let records = engine.audit().records().map_err(|error| arguments.stage.cannot_read(error))?;
    let (newest_hash, broken_at) = match audit::verify(&records) {
        Ok(hash) => (Some(hash.to_string()), None),
        Err(audit::Broken(number)) => (None, Some(number)),
    };
    let checked = Checked { records: records.len(), newest_hash, broken_at };
    match (arguments.stage.format, &checked) {
        (Format::Json, _) => output.json(&Answer { version: 1, answer: &checked })?,
        (Format::Human, Checked { records, newest_hash: Some(hash), .. }) => {
            writeln!(output.out, "{records} records, unbroken; the newest hash is {hash}")?;
        }
        (Format::Human, Checked { records, .. }) => {
            let at = broken_at.unwrap_or_default();
            writeln!(output.out, "{records} records; the chain is broken at record {at}")?;
        }
    }
    Ok(if broken_at.is_none() { Exit::Fine } else { Exit::Findings })
}

fn act(
    command: &Acting,
    set: &Set,
    session: &Session<'_>,
    format: Format,
    output: &mut Output<'_>,
) -> Result<Exit, Undone> {
    match command {
        Acting::CreateVault { name, private } => {
            let placed = set.placed("vault", name)?;
            let vault = session.create_vault(NewVault {
                id: Some(placed.id),
                region: String::new(),
                compartment: placed.compartment,
                tenancy: placed.tenancy,
                name: placed.name,
                kind: if *private { VaultKind::VirtualPrivate } else { VaultKind::Default },
            })?;
            show_vaults(&[vault.value], format, output)?;
        }
        Acting::CreateKey { name, vault, shape, protection } => {
            let placed = set.placed("key", name)?;
            let key = session.create_key(NewKey {
                id: Some(placed.id),
                version: None,
                vault: set.id("vault", vault)?,
                compartment: placed.compartment,
                name: placed.name,
                shape: *shape,
                protection: match protection {
                    ProtectionArgument::Software => Protection::Software,
                    ProtectionArgument::Hsm => Protection::Hsm,
                    ProtectionArgument::External => Protection::External,
                },
            })?;
            show_keys(&[key.value], format, output)?;
        }
        Acting::CreateCluster { name, key, kubernetes } => {
            let placed = set.placed("cluster", name)?;
            let key = key.as_deref().map(|key| set.id("key", key)).transpose()?;
            let provider =
                ProviderName::new("oci-vault").map_err(|_| NoStage::Argument("no provider name"))?;
            let cluster = session.create_cluster(NewCluster {
                id: Some(placed.id),
                region: String::new(),
                name: placed.name,
                tenancy: placed.tenancy,
                compartment: placed.compartment,
                kubernetes: *kubernetes,
                workflow: Workflow::Custom,
                client: Client::Cli,
                key,
                provider,
                profile: Profile::Sealed,
            })?;
            #[derive(Serialize)]
            struct Made {
                cluster: String,
                key: String,
            }
            let made = Made { cluster: cluster.value.id.to_string(), key: cluster.value.key.id.to_string() };
            match format {
                Format::Json => output.json(&Answer { version: 1, answer: made })?,
                Format::Human => writeln!(
                    output.out,
                    "cluster {} ({}): its secrets go under {}",
                    cluster.value.name,
                    made.cluster,
                    set.name(&cluster.value.key.id)
                )?,
            }
        }
        Acting::List { what } => list(set, session, what.as_deref(), format, output)?,
        Acting::Get { key } => show_keys(&[session.key(&set.id("key", key)?)?.value], format, output)?,
        Acting::Rotate { key } => {
            let key = set.id("key", key)?;
            let version = session.rotate_key(&key, None)?.value;
            show_versions(set, &[version], format, output)?;
        }
        Acting::AutoRotate { key, days } => {
            let key = session.set_auto_rotation(&set.id("key", key)?, *days)?;
            show_keys(&[key.value], format, output)?;
        }
        Acting::Enable { key } => {
            show_keys(&[session.enable_key(&set.id("key", key)?)?.value], format, output)?;
        }
        Acting::Disable { key } => {
            show_keys(&[session.disable_key(&set.id("key", key)?)?.value], format, output)?;
        }
        Acting::ScheduleDeletion { what, version, days, force } => {
            let ahead = SignedDuration::from_hours(24 * *days);
            // The engine looks at the clock a moment later: the least number of days must still be that many then.
            let slack = SignedDuration::from_secs(i64::from(*days < DELETION_DAYS.1));
            let time = Timestamp::now() + ahead + slack;
            match version {
                Some(version) => {
                    let (key, version) = (set.id("key", what)?, set.id("keyversion", version)?);
                    let force = force.as_deref().map(|force| set.id("keyversion", force)).transpose()?;
                    let retired = session.retire_version(&key, &version, Some(time), force.as_ref())?;
                    show_versions(set, &[retired.value], format, output)?;
                }
                None => match set.id("vault", what) {
                    Ok(vault) => {
                        let vault = session.schedule_vault_deletion(&vault, Some(time))?;
                        show_vaults(&[vault.value], format, output)?;
                    }
                    Err(_) => {
                        let key = session.schedule_key_deletion(&set.id("key", what)?, Some(time))?;
                        show_keys(&[key.value], format, output)?;
                    }
                },
            }
        }
        Acting::CancelDeletion { what, version } => match version {
            Some(version) => {
                let (key, version) = (set.id("key", what)?, set.id("keyversion", version)?);
                let back = session.cancel_version_deletion(&key, &version)?;
                show_versions(set, &[back.value], format, output)?;
            }
            None => match set.id("vault", what) {
                Ok(vault) => {
                    show_vaults(&[session.cancel_vault_deletion(&vault)?.value], format, output)?;
                }
                Err(_) => {
                    let key = session.cancel_key_deletion(&set.id("key", what)?)?;
                    show_keys(&[key.value], format, output)?;
                }
            },
        },
        Acting::Export { key, version, public_key } => {
            let key = set.id("key", key)?;
            let version = version.as_deref().map(|version| set.id("keyversion", version)).transpose()?;
            let public = pem(public_key)?;
            let exported = session.export_key(&key, version.as_ref(), &public)?.value;
            #[derive(Serialize)]
            struct Wrapped {
                version_id: String,
                algorithm: &'static str,
                encrypted_key: String,
            }
            let wrapped = Wrapped {
                version_id: exported.version.to_string(),
                algorithm: exported.way.as_str(),
                encrypted_key: STANDARD.encode(&exported.wrapped),
            };
            match format {
                Format::Json => output.json(&Answer { version: 1, answer: wrapped })?,
                Format::Human => writeln!(output.out, "{}", wrapped.encrypted_key)?,
            }
        }
    }
    Ok(Exit::Fine)
}

/// The DER inside a PEM file.
fn pem(path: &PathBuf) -> Result<Vec<u8>, NoStage> {
    let text = std::fs::read_to_string(path).map_err(|error| NoStage::File(path.clone(), error))?;
    let lines = text.lines().skip_while(|line| !line.starts_with("-----BEGIN PUBLIC KEY-----")).skip(1);
    let body: String = lines.take_while(|line| !line.starts_with("-----END")).map(str::trim).collect();
    let der = STANDARD.decode(body).ok().filter(|der| !der.is_empty());
    der.ok_or(NoStage::Argument("the file holds no `BEGIN PUBLIC KEY`"))
}

fn list(
    set: &Set,
    session: &Session<'_>,
    what: Option<&str>,
    format: Format,
    output: &mut Output<'_>,
) -> Result<(), Undone> {
    let Some(what) = what else {
        return show_vaults(&session.list_vaults()?, format, output);
    };
    match set.id("vault", what) {
        Ok(vault) => show_keys(&session.list_keys(&vault)?, format, output),
        Err(_) => {
            let key = set.id("key", what)?;
            let versions = session.list_versions(&key)?.value;
            show_versions(set, &versions, format, output)
        }
    }
}
