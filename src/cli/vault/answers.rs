//! Vaults, keys and versions as they are shown.

use serde::Serialize;

use crate::cli::output::Answer;
use crate::cli::stage::{Set, Undone};
use crate::cli::{Format, Output};
use crate::envelope::WRAPS_WARNING;
use crate::vault::{Key, KeyVersion, State, Vault};

#[derive(Serialize)]
struct VaultAnswer {
    vault: String,
    name: String,
    kind: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_of_deletion: Option<String>,
    management_endpoint: String,
    crypto_endpoint: String,
}

#[derive(Serialize)]
struct KeyAnswer {
    key: String,
    name: String,
    vault: String,
    compartment: String,
    shape: String,
    protection: &'static str,
    state: &'static str,
    current_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_rotation_days: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_of_deletion: Option<String>,
}

#[derive(Serialize)]
struct VersionAnswer {
    version_id: String,
    key: String,
    created: String,
    state: &'static str,
    current: bool,
    /// How many wraps are counted; 0 where the suite needs no count.
    wraps: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_of_deletion: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
}

impl VaultAnswer {
    fn of(vault: &Vault) -> Self {
        Self {
            vault: vault.id.to_string(),
            name: vault.name.clone(),
            kind: vault.kind.as_str(),
            state: vault.lifecycle.state.of_vault(),
            time_of_deletion: vault.lifecycle.time_of_deletion.map(|time| time.to_string()),
            management_endpoint: vault.management_endpoint(),
            crypto_endpoint: vault.crypto_endpoint(),
        }
    }
}

impl KeyAnswer {
    fn of(key: &Key) -> Self {
        Self {
            key: key.id.to_string(),
            name: key.name.clone(),
            vault: key.vault.to_string(),
            compartment: key.compartment.to_string(),
            shape: key.shape.to_string(),
            protection: key.protection.as_str(),
            state: key.lifecycle.state.as_str(),
            current_version: key.current_version.to_string(),
            auto_rotation_days: key.auto_rotation.map(|rotation| rotation.days),
            time_of_deletion: key.lifecycle.time_of_deletion.map(|time| time.to_string()),
        }
    }

    fn line(&self) -> String {
        let Self { name, key, shape, protection, state, current_version, .. } = self;
        let deletion = deletion(state, self.time_of_deletion.as_deref());
        format!(
            "{name} ({key})\n  {shape}, {protection}, {state}{deletion}\n  current version {current_version}"
        )
    }
}

/// How long what is being deleted lasts, or since when it is gone.
fn deletion(state: &str, time: Option<&str>) -> String {
    let word = if state == State::Deleted.as_str() { "since" } else { "until" };
    time.map_or_else(String::new, |time| format!(" {word} {time}"))
}

pub(super) fn show_vaults(vaults: &[Vault], format: Format, output: &mut Output<'_>) -> Result<(), Undone> {
    let answers: Vec<VaultAnswer> = vaults.iter().map(VaultAnswer::of).collect();
    match format {
        Format::Json => output.json(&Answer { version: 1, answer: Vaults { vaults: answers } })?,
        Format::Human => {
            for VaultAnswer { name, vault, kind, state, time_of_deletion, .. } in answers {
                let deletion = deletion(state, time_of_deletion.as_deref());
                writeln!(output.out, "{name} ({vault})\n  {kind}, {state}{deletion}")?;
            }
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct Vaults {
    vaults: Vec<VaultAnswer>,
}

#[derive(Serialize)]
struct Keys {
    keys: Vec<KeyAnswer>,
}

#[derive(Serialize)]
struct Versions {
    versions: Vec<VersionAnswer>,
}

pub(super) fn show_keys(keys: &[Key], format: Format, output: &mut Output<'_>) -> Result<(), Undone> {
    let keys: Vec<KeyAnswer> = keys.iter().map(KeyAnswer::of).collect();
    match format {
        Format::Json => output.json(&Answer { version: 1, answer: Keys { keys } })?,
        Format::Human => {
            for key in keys {
                writeln!(output.out, "{}", key.line())?;
            }
        }
    }
    Ok(())
}

pub(super) fn show_versions(
    set: &Set,
    versions: &[KeyVersion],
    format: Format,
    output: &mut Output<'_>,
) -> Result<(), Undone> {
    let vaults = set.engine.vaults();
    let is_current =
        |version: &KeyVersion| vaults.key(&version.key).is_ok_and(|key| key.current_version == version.id);
    let answer = |version: &KeyVersion| VersionAnswer {
        version_id: version.id.to_string(),
        key: version.key.to_string(),
        created: version.created.to_string(),
        state: version.lifecycle.state.as_str(),
        current: is_current(version),
        wraps: vaults.wraps(&version.key, &version.id).unwrap_or_default(),
        time_of_deletion: version.lifecycle.time_of_deletion.map(|time| time.to_string()),
        public_key: version.public_key_pem(),
    };
    let versions: Vec<VersionAnswer> = versions.iter().map(answer).collect();
    for version in versions.iter().filter(|version| version.wraps >= WRAPS_WARNING) {
        writeln!(
            output.err,
            "note: {} has made {} of 4294967296 wraps: rotate the key",
            version.version_id, version.wraps
        )?;
    }
    match format {
        Format::Json => output.json(&Answer { version: 1, answer: Versions { versions } })?,
        Format::Human => {
            for VersionAnswer { version_id, state, current, created, time_of_deletion, .. } in versions {
                let deletion = deletion(state, time_of_deletion.as_deref());
                let current = if current { ", current" } else { "" };
                writeln!(output.out, "{version_id}\n  {state}{deletion}{current}, made {created}")?;
            }
        }
    }
    Ok(())
}
