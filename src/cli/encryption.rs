//! `ocipol secret check-config` and `ocipol secret open`: what kube-apiserver's own configuration encrypts, and what lies in
//! an etcd under its keys.
//!
//! The file holds keys: no line of it is ever shown, only places and what is wrong there.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::replace::private;
use super::secret::bytes_of;
use super::stage::{NoStage, Undone};
use super::{Exit, Format, Output};
use crate::diagnostic::Diagnostic;
use crate::encryption_configuration::{self, EncryptionConfiguration, KmsVersion, ProviderKind};
use crate::envelope::kms_v2::Wrapped;
use crate::envelope::transformers::{Kms, KmsRefused, NoTransformers, PlaintextWrites, ReadError};
use crate::envelope::{Cek, Reading};
use crate::files;
use crate::random::Rng;
use crate::source::Sources;

/// The longest value that is read, in bytes: more than etcd takes.
const MOST: usize = 4 << 20;

/// Arguments of `ocipol secret check-config`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckConfig {
    /// An EncryptionConfiguration
    #[arg(value_name = "CONFIG")]
    file: PathBuf,
    /// Secrets may be written in clear
    #[arg(long)]
    allow_plaintext: bool,
}

/// Arguments of `ocipol secret open`.
#[derive(Debug, clap::Args)]
pub(super) struct OpenValue {
    /// The bytes of the value, as `etcdctl get PATH --print-value-only` gives them; `-` for standard input
    #[arg(value_name = "VALUE")]
    file: PathBuf,
    /// The EncryptionConfiguration with the keys
    #[arg(long, value_name = "CONFIG")]
    config: PathBuf,
    /// The etcd key it was stored under
    #[arg(long, value_name = "PATH")]
    path: String,
    /// Which resource it is of
    #[arg(long, value_name = "RESOURCE", default_value = "secrets")]
    resource: String,
    /// Open what nothing proves to be unchanged, too: `identity`, `aescbc`
    #[arg(long)]
    accept_unauthenticated: bool,
    /// Print what it holds, and nothing else
    #[arg(long, conflicts_with = "output")]
    show: bool,
    /// Write what it holds to a file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct ConfigAnswer {
    version: u32,
    rules: Vec<RuleAnswer>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct RuleAnswer {
    resources: Vec<String>,
    /// The first one writes, all of them read.
    providers: Vec<ProviderAnswer>,
}

#[derive(Serialize)]
struct ProviderAnswer {
    provider: &'static str,
    /// The names of its keys, or its own.
    names: Vec<String>,
    authenticated: bool,
}

#[derive(Serialize)]
struct Problem {
    place: String,
    code: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl ProviderAnswer {
    fn of(provider: &ProviderKind) -> Self {
        let (provider, names, authenticated) = match provider {
            ProviderKind::AesGcm(keys) => ("aesgcm", keys.iter().map(|key| key.name.clone()).collect(), true),
            ProviderKind::AesCbc(keys) => {
                ("aescbc", keys.iter().map(|key| key.name.clone()).collect(), false)
            }
            ProviderKind::Secretbox => ("secretbox", Vec::new(), true),
            ProviderKind::Identity => ("identity", Vec::new(), false),
            ProviderKind::Kms(kms) => {
                let version = match kms.version {
                    KmsVersion::V1 => "kms v1",
                    KmsVersion::V2 => "kms v2",
                };
                (version, vec![kms.name.as_str().to_owned()], true)
            }
        };
        Self { provider, names, authenticated }
    }

    fn line(&self) -> String {
        let names =
            if self.names.is_empty() { String::new() } else { format!(" ({})", self.names.join(", ")) };
        let proof = match (self.provider, self.authenticated) {
            ("identity", _) => ": IN CLEAR",
            (_, true) => "",
            (_, false) => ": NOT AUTHENTICATED",
        };
        format!("{}{names}{proof}", self.provider)
    }
}

impl Problem {
    fn of(sources: &Sources, finding: &Diagnostic) -> Self {
        Self {
            place: finding.place().map_or_else(String::new, |place| sources.locate(place)),
            code: finding.code.to_string(),
            message: finding.message.clone(),
            help: finding.help.clone(),
        }
    }
}

fn read(path: &Path) -> Result<(Option<EncryptionConfiguration>, Vec<Problem>), NoStage> {
    let mut sources = Sources::new();
    let id = files::open(&mut sources, path)?;
    let Some(source) = sources.get(id) else { return Ok((None, Vec::new())) };
    let (configuration, findings) = encryption_configuration::read(source, id);
    let problems = findings.iter().map(|finding| Problem::of(&sources, finding)).collect();
    Ok((configuration, problems))
}

fn show(problems: &[Problem], to: &mut dyn Write) -> io::Result<()> {
    for Problem { place, code, message, help } in problems {
        writeln!(to, "{place}: {message} [{code}]")?;
        if let Some(help) = help {
            writeln!(to, "  help: {help}")?;
        }
    }
    Ok(())
}

/// Tells what a configuration writes and reads, or what is wrong with it.
pub(super) fn check_config(
    arguments: &CheckConfig,
    format: Format,
    output: &mut Output<'_>,
) -> Result<Exit, Undone> {
    let (configuration, mut problems) = read(&arguments.file)?;
    let rules = configuration.into_iter().flat_map(|configuration| configuration.rules);
    let mut answers = Vec::new();
    for rule in rules {
        let resources = rule.resources.clone();
        let providers = rule.providers.iter().map(ProviderAnswer::of).collect();
        let plaintext =
            if arguments.allow_plaintext { PlaintextWrites::Allowed } else { PlaintextWrites::Refused };
        if let Err(unusable) = rule.transformers(|_| Box::new(NoPlugin), plaintext) {
            let (code, help) = match unusable {
                NoTransformers::Plaintext => (
                    encryption_configuration::PLAINTEXT,
                    "put a provider that encrypts first, or accept it with `--allow-plaintext`",
                ),
                NoTransformers::Secretbox | NoTransformers::Empty | NoTransformers::NoKey => {
                    (encryption_configuration::INVALID, "put `aesgcm` or `kms` first")
                }
            };
            problems.push(Problem {
                place: arguments.file.display().to_string(),
                code: code.to_string(),
                message: format!("{}: {unusable}", resources.join(", ")),
                help: Some(help.to_owned()),
            });
        }
        answers.push(RuleAnswer { resources, providers });
    }
    let answer = ConfigAnswer { version: 1, rules: answers, problems };
    match format {
        Format::Json => output.json(&answer)?,
        Format::Human => {
            show(&answer.problems, output.out)?;
            for RuleAnswer { resources, providers } in &answer.rules {
                writeln!(output.out, "{}", resources.join(", "))?;
                for (place, provider) in providers.iter().enumerate() {
                    let does = if place == 0 { "writes and reads" } else { "reads" };
                    writeln!(output.out, "  {does} {}", provider.line())?;
                }
            }
        }
    }
    Ok(if answer.problems.is_empty() { Exit::Fine } else { Exit::Findings })
}

#[derive(Serialize)]
struct Opened {
    version: u32,
    path: String,
    bytes: usize,
    authenticated: bool,
    /// Another provider or key than the first one made it: it should be written again.
    stale: bool,
}

/// Opens one value under the keys of a configuration.
pub(super) fn open(arguments: &OpenValue, format: Format, output: &mut Output<'_>) -> Result<Exit, Undone> {
    let (configuration, problems) = read(&arguments.config)?;
    let Some(configuration) = configuration else {
        show(&problems, output.out)?;
        return Ok(Exit::Usage);
    };
    let rule = configuration.into_rule_for(&arguments.resource);
    let rule = rule.ok_or(NoStage::Argument("no rule of the configuration is for this resource"))?;
    // Nothing is written here, so whoever would write plaintexts may read.
    let transformers = rule.transformers(|_| Box::new(NoPlugin), PlaintextWrites::Allowed);
    let transformers =
        transformers.map_err(|_| NoStage::Argument("the providers of the rule are not supported"))?;
    let value = bytes_of(&arguments.file, MOST)?;
    let reading = if arguments.accept_unauthenticated { Reading::Lenient } else { Reading::Strict };
    let mut read = transformers.read(&value, &arguments.path, reading);
    if let (Err(ReadError::Rejected(_)), Some(line)) = (&read, value.strip_suffix(b"\n")) {
        // etcdctl ends what it prints with a line feed that is no part of the value.
        read = transformers.read(line, &arguments.path, reading);
    }
    let read = match read {
        Ok(read) => read,
        Err(error) => {
            let help = match error {
                ReadError::NoTransformer => "name the configuration that this value was written under",
                ReadError::Unauthenticated => {
                    "`--accept-unauthenticated` opens it; it may have been changed, or moved from another path"
                }
                ReadError::Secretbox => "only kube-apiserver reads it",
                ReadError::Rejected(_) => "check the path: values are bound to it",
                ReadError::Kms(_) => "the key is with a KMS plugin, and none is asked here",
            };
            output.refuse(&error, help)?;
            return Ok(Exit::Findings);
        }
    };
    let plaintext = read.opened.plaintext.as_bytes();
    if arguments.show {
        output.out.write_all(plaintext)?;
        return Ok(Exit::Fine);
    }
    if let Some(file) = &arguments.output {
        private(file, plaintext).map_err(|error| NoStage::File(file.clone(), error))?;
    }
    let (authenticated, stale) = (read.opened.authenticated, read.stale);
    let answer =
        Opened { version: 1, path: arguments.path.clone(), bytes: plaintext.len(), authenticated, stale };
    match format {
        Format::Json => output.json(&answer)?,
        Format::Human => {
            let proved = if authenticated { "authenticated" } else { "NOT AUTHENTICATED" };
            let again = if stale { ", to be written again" } else { "" };
            writeln!(output.out, "{}: {} bytes, {proved}{again}", answer.path, answer.bytes)?;
        }
    }
    Ok(Exit::Fine)
}

/// Nobody asks a plugin here: its socket is on the machine of the API server.
struct NoPlugin;

impl Kms for NoPlugin {
    fn unwrap(&self, _: &[u8], _: Option<&str>) -> Result<Cek, KmsRefused> {
        Err(KmsRefused)
    }

    fn fresh(&self, _: &dyn Rng) -> Result<(Cek, Wrapped), KmsRefused> {
        Err(KmsRefused)
    }
}
