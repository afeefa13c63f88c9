//! `ocipol vault`: keys by hand, as a principal under policies.

mod answers;
mod audit;

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
use crate::engine::{Client, Code, Failure, KubernetesVersion, NewCluster, Session, Workflow};
use crate::envelope::{Profile, ProviderName};
use crate::ocid::Ocid;
use crate::vault::{DELETION_DAYS, NewKey, NewVault, Protection, Shape, State, VaultKind};

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
    /// Shows the audit log, and checks its chain
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
        #[arg(long, value_enum, ignore_case = true, default_value_t)]
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
        /// How it is created; Quick Create offers no key
        #[arg(long, value_enum, ignore_case = true, default_value_t)]
        workflow: WorkflowArgument,
        /// What it is created with; the Console offers no key of another tenancy
        #[arg(long, value_enum, ignore_case = true, default_value_t)]
        client: ClientArgument,
    },
    /// Upgrades a cluster: every one of its secrets must open
    UpgradeCluster {
        /// The cluster
        cluster: String,
        /// The Kubernetes version to go to
        #[arg(long, value_parser = KubernetesVersion::parse)]
        kubernetes: KubernetesVersion,
    },
    /// Deletes a cluster with all its secrets, readable or not; a key of its own stays
    DeleteCluster {
        /// The cluster
        cluster: String,
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
        #[arg(long, default_value_t = 30)]
        days: u32,
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
            | Self::UpgradeCluster { .. }
            | Self::DeleteCluster { .. }
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

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum WorkflowArgument {
    #[default]
    Custom,
    Quick,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ClientArgument {
    #[default]
    Cli,
    Console,
}

fn shape(text: &str) -> Result<Shape, String> {
    let found = Shape::ALL.into_iter().find(|shape| shape.to_string().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("write one of: {}", Shape::ALL.map(|shape| shape.to_string()).join(", ")))
}

pub(super) fn run(arguments: &Arguments, output: &mut Output<'_>) -> io::Result<Exit> {
    let format = arguments.stage.format;
    let done = match &arguments.command {
        Command::Audit => audit::run(&arguments.stage, output),
        Command::Acting(acting) => arguments.stage.set(acting.begins()).and_then(|set| {
            let session = set.engine.session(set.actor.clone());
            act(acting, &set, &session, format, output).map_err(|undone| set.told(undone))
        }),
    };
    end(done, format, output)
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
        Acting::CreateCluster { name, key, kubernetes, workflow, client } => {
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
                workflow: match workflow {
                    WorkflowArgument::Custom => Workflow::Custom,
                    WorkflowArgument::Quick => Workflow::Quick,
                },
                client: match client {
                    ClientArgument::Cli => Client::Cli,
                    ClientArgument::Console => Client::Console,
                },
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
        Acting::UpgradeCluster { cluster, kubernetes } => {
            let id = set.id("cluster", cluster)?;
            let secrets = session.upgrade_cluster(&id, *kubernetes).map_err(Failure::from)?;
            show_cluster(&id, "upgraded", secrets as u64, format, output)?;
        }
        Acting::DeleteCluster { cluster } => {
            let id = set.id("cluster", cluster)?;
            show_cluster(&id, "deleted", session.delete_cluster(&id)?, format, output)?;
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
            // The engine looks at the clock a moment later: the least number of days must still be that many then.
            let slack = i64::from(i64::from(*days) < DELETION_DAYS.1);
            let ahead = SignedDuration::from_secs(24 * 3600 * i64::from(*days) + slack);
            // What lies beyond all time is refused like any other day that is too late.
            let time = set.clock.now().checked_add(ahead).unwrap_or(Timestamp::MAX);
            match version {
                Some(version) => {
                    let (key, version) = (set.id("key", what)?, set.id("keyversion", version)?);
                    let force = force.as_deref().map(|force| set.id("keyversion", force)).transpose()?;
                    let retired = session.retire_version(&key, &version, Some(time), force.as_ref());
                    let retired = retired.map_err(|failure| {
                        Undone::from(failure).helped(Code::KeyState, || still_needed(set, &key, &version))
                    })?;
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

/// What lets a version go that a backup or stored values hold.
fn still_needed(set: &Set, key: &Ocid, version: &Ocid) -> Option<String> {
    let force = format!("`--force {version}` deletes it all the same, and what is sealed under it is lost");
    let clusters = set.engine.clusters().ok()?;
    let mut living = clusters.iter().filter(|cluster| cluster.deleted.is_none());
    let held = living.find_map(|cluster| {
        let backup = cluster.backups.iter().find(|backup| backup.versions.contains(version))?;
        Some((&cluster.name, &backup.name))
    });
    if let Some((cluster, backup)) = held {
        return Some(format!(
            "once the backup is gone, `ocipol secret backup {backup} --forget --cluster {cluster}`; {force}"
        ));
    }
    let vaults = set.engine.vaults();
    if vaults.key(key).ok()?.current_version == *version {
        return Some(format!(
            "`ocipol vault rotate {}` makes another version the current one",
            set.name(key)
        ));
    }
    let state = vaults.version(key, version).ok()?.lifecycle.state;
    (state == State::Enabled).then(|| format!("`ocipol secret rotate` seals again what is under it; {force}"))
}

/// What became of a cluster, and how many secrets it has or had.
fn show_cluster(
    cluster: &Ocid,
    done: &'static str,
    secrets: u64,
    format: Format,
    output: &mut Output<'_>,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Done<'c> {
        cluster: &'c str,
        done: &'static str,
        secrets: u64,
    }
    let answer = Done { cluster: cluster.as_str(), done, secrets };
    match format {
        Format::Json => output.json(&Answer { version: 1, answer }),
        Format::Human => {
            let noun = if secrets == 1 { "secret" } else { "secrets" };
            writeln!(output.out, "cluster {cluster}: {done}, with {secrets} {noun}")
        }
    }
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
    // Lists show what one may see, as the service's do. That there is nothing and that nothing may be seen look alike.
    let nothing = |output: &mut Output<'_>, things: &str| {
        let who = session.principal().ocid.as_ref().map(|id| set.name(id)).unwrap_or_default();
        writeln!(output.err, "note: there is no {things} that `{who}` may list")
    };
    let Some(what) = what else {
        let vaults = session.list_vaults()?;
        if vaults.is_empty() {
            nothing(output, "vault")?;
        }
        return show_vaults(&vaults, format, output);
    };
    match set.id("vault", what) {
        Ok(vault) => {
            let keys = session.list_keys(&vault)?;
            if keys.is_empty() {
                nothing(output, "key in it")?;
            }
            show_keys(&keys, format, output)
        }
        Err(_) => {
            let key = set.id("key", what)?;
            let versions = session.list_versions(&key)?.value;
            show_versions(set, &versions, format, output)
        }
    }
}
