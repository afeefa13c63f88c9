//! `EncryptionConfiguration`: which resources kube-apiserver encrypts, with which providers.
//!
//! Reading gives *(configuration, findings)*; every finding names the field in Kubernetes's own way, such as
//! `resources[0].providers[1].kms.endpoint`, and points at it. What the file says is data; [`Rule::transformers`] makes
//! of a rule what reads and writes values.
//!
//! The file holds keys. No finding repeats one or points at one; yet a line may hold a key beside what a finding points
//! at, so nobody shows lines of this file.
//!
//! # Source
//! Kubernetes documentation, "Encrypting Confidential Data at Rest", and k8s.io/apiserver,
//! `apis/apiserver/validation/validation_encryption.go`, 0.37 line, read 2026-08.
//!
//! # Example
//! ```
//! use ocipol::encryption_configuration::{ProviderKind, read};
//! use ocipol::source::{Source, Sources};
//!
//! let text = "
//! kind: EncryptionConfiguration
//! apiVersion: apiserver.config.k8s.io/v1
//! resources:
//!   - resources: [secrets]
//!     providers:
//!       - kms: {apiVersion: v2, name: oci-vault, endpoint: unix:///run/kms.sock}
//!       - identity: {}
//! ";
//! let mut sources = Sources::new();
//! let id = sources.add(Source::new("encryption.yaml", text)?);
//! let (configuration, findings) = read(sources.get(id).unwrap(), id);
//! assert!(findings.is_empty());
//! let rule = &configuration.unwrap().rules[0];
//! assert_eq!(rule.resources, ["secrets"]);
//! assert!(matches!(rule.providers[0], ProviderKind::Kms(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::diagnostic::{Code, Diagnostic};
use crate::envelope::Mek;
use crate::envelope::ProviderName;
use crate::envelope::transformers::{Kms, LocalKey, NoTransformers, PlaintextWrites, Provider, Transformers};
use crate::source::{Place, Source, SourceId, Span};
use crate::suggest;
use crate::yaml::{self, Node, Value};

/// A field is not what Kubernetes accepts.
pub const INVALID: Code = Code::new("encryption-configuration/invalid-field");
/// A field is missing.
pub const MISSING: Code = Code::new("encryption-configuration/missing-field");
/// A field is not known.
pub const UNKNOWN: Code = Code::new("encryption-configuration/unknown-field");
/// A rule can never apply, because an earlier one covers its resources.
pub const MASKED: Code = Code::new("encryption-configuration/masked-rule");

/// A rule would write secrets in clear.
pub const PLAINTEXT: Code = Code::new("encryption-configuration/plaintext-writes");

/// The longest file that is read, in bytes; Kubernetes's own limit for objects.
pub const LENGTH: usize = 3 << 20;

/// A whole file.
pub struct EncryptionConfiguration {
    /// Its rules; the first one whose resources match applies.
    pub rules: Vec<Rule>,
}

/// One entry of `resources`.
pub struct Rule {
    /// `secrets`, `widgets.example.com`, `*.example.com`, `*.` (the core group), `*.*`.
    pub resources: Vec<String>,
    /// The first one writes, all of them read.
    pub providers: Vec<ProviderKind>,
}

impl EncryptionConfiguration {
    /// The rule that applies to a resource, such as `secrets` or `widgets.example.com`; `None` where none does, and what
    /// is written is plaintext.
    #[must_use]
    pub fn into_rule_for(self, resource: &str) -> Option<Rule> {
        let applies = |rule: &Rule| rule.resources.iter().any(|named| covers(named, resource));
        self.rules.into_iter().find(applies)
    }
}

impl Rule {
    /// The providers as a list that reads and writes values. `plugin` reaches the KMS of a provider.
    ///
    /// # Errors
    /// [`NoTransformers`] where the first one may not or cannot write.
    pub fn transformers(
        self,
        mut plugin: impl FnMut(&KmsProvider) -> Box<dyn Kms>,
        plaintext: PlaintextWrites,
    ) -> Result<Transformers, NoTransformers> {
        let providers = self.providers.into_iter().map(|provider| match provider {
            ProviderKind::AesGcm(keys) => Provider::AesGcm(keys),
            ProviderKind::AesCbc(keys) => Provider::AesCbc(keys),
            ProviderKind::Secretbox => Provider::Secretbox,
            ProviderKind::Identity => Provider::Identity,
            ProviderKind::Kms(kms) => {
                let plugin = plugin(&kms);
                match kms.version {
                    KmsVersion::V1 => Provider::KmsV1(kms.name, plugin),
                    KmsVersion::V2 => Provider::KmsV2(kms.name, plugin),
                }
            }
        });
        Transformers::new(providers.collect(), plaintext)
    }
}

/// One entry of `providers`.
pub enum ProviderKind {
    /// `aesgcm: {keys: …}`
    AesGcm(Vec<LocalKey>),
    /// `aescbc: {keys: …}`
    AesCbc(Vec<LocalKey>),
    /// `secretbox: {keys: …}`: known, and neither read nor written here.
    Secretbox,
    /// `identity: {}`
    Identity,
    /// `kms: …`
    Kms(KmsProvider),
}

/// A KMS plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsProvider {
    /// The version of its interface; v1 where the file does not say.
    pub version: KmsVersion,
    /// Its name in stored values.
    pub name: ProviderName,
    /// `unix://` and a path.
    pub endpoint: String,
    /// How long to wait for it, in milliseconds: more than 0; 3,000 where the file does not say.
    pub timeout: u64,
    /// How many keys to cache under v1; `None` for no cache. 1,000 where the file does not say.
    pub cache: Option<u32>,
}

/// The version of a KMS plugin's interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KmsVersion {
    /// `v1`
    V1,
    /// `v2`
    V2,
}

/// Reads a file. The configuration is there exactly when there are no findings.
#[must_use]
pub fn read(source: &Source, id: SourceId) -> (Option<EncryptionConfiguration>, Vec<Diagnostic>) {
    if source.text().len() > LENGTH {
        let place = Place { source: id, span: Span::default() };
        let long = Diagnostic::error(INVALID, place, format!("the file has more than {LENGTH} bytes"));
        return (None, vec![long.with_help("this is no EncryptionConfiguration")]);
    }
    let (documents, findings) = yaml::read(source, id);
    let mut reader = Reader { id, findings, names: Vec::new() };
    let configuration = match documents.as_slice() {
        [document] if reader.findings.is_empty() => reader.configuration(document),
        [] if !reader.findings.is_empty() => None,
        [_] => None,
        _ => {
            reader.say(INVALID, Span::default(), "the file holds one document", "leave the others out");
            None
        }
    };
    let findings = reader.findings;
    (configuration.filter(|_| findings.is_empty()), findings)
}

struct Reader {
    id: SourceId,
    findings: Vec<Diagnostic>,
    /// The names of KMS providers so far, with their versions.
    names: Vec<(String, KmsVersion)>,
}

impl Reader {
    fn say(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let place = Place { source: self.id, span };
        self.findings.push(Diagnostic::error(code, place, message).with_help(help));
    }

    /// Checks that a node is a mapping with no other keys than these.
    fn mapping(&mut self, node: &Node, path: &str, known: &[&str]) -> Option<()> {
        let Some(entries) = node.entries() else {
            self.say(
                INVALID,
                node.span,
                format!("{path}: a mapping, found {}", node.kind()),
                "write `key: value`",
            );
            return None;
        };
        for (key, _) in entries {
            if !known.contains(&key.node.as_str()) {
                let help = suggest::did_you_mean(&key.node, known.iter().copied()).map_or_else(
                    || format!("there is: {}", known.join(", ")),
                    |word| format!("did you mean `{word}`?"),
                );
                self.say(UNKNOWN, key.span, format!("{}: unknown field", joined(path, &key.node)), help);
            }
        }
        Some(())
    }

    fn list<'n>(&mut self, node: &'n Node, path: &str, key: &str) -> &'n [Node] {
        let path = joined(path, key);
        match node.get(key) {
            Some(Node { value: Value::List(items), .. }) if !items.is_empty() => return items,
            Some(found) if found.items().is_some() => {
                self.say(MISSING, found.span, format!("{path}: must not be empty"), "write `- …` lines");
            }
            Some(found) => {
                let message = format!("{path}: a list, found {}", found.kind());
                self.say(INVALID, found.span, message, "write `- …` lines");
            }
            None => self.say(MISSING, node.span, format!("{path}: required"), format!("add `{key}:`")),
        }
        &[]
    }

    fn text<'n>(&mut self, node: &'n Node, path: &str, key: &str) -> Option<(&'n str, Span)> {
        let found = node.get(key)?;
        match found.text() {
            Some(text) => Some((text, found.span)),
            None => {
                let message = format!("{}: a text, found {}", joined(path, key), found.kind());
                self.say(INVALID, found.span, message, "write one text");
                None
            }
        }
    }

    fn required<'n>(&mut self, node: &'n Node, path: &str, key: &str) -> Option<(&'n str, Span)> {
        let is_there = node.get(key).is_some_and(|found| !matches!(found.value, Value::Null));
        if !is_there {
            self.say(
                MISSING,
                node.span,
                format!("{}: required", joined(path, key)),
                format!("add `{key}: …`"),
            );
            return None;
        }
        self.text(node, path, key)
    }

    fn configuration(&mut self, node: &Node) -> Option<EncryptionConfiguration> {
        self.mapping(node, "", &["kind", "apiVersion", "resources"])?;
        let (kind, version) = (self.required(node, "", "kind"), self.required(node, "", "apiVersion"));
        if let (Some((kind, at)), Some((version, version_at))) = (kind, version) {
            let expected = match kind {
                "EncryptionConfiguration" => Some("apiserver.config.k8s.io/v1"),
                "EncryptionConfig" => Some("v1"),
                _ => None,
            };
            match expected {
                None => self.say(
                    INVALID,
                    at,
                    format!("kind: `{kind}` is no encryption configuration"),
                    "write `EncryptionConfiguration`",
                ),
                Some(expected) if expected != version => {
                    let help = format!("write `{expected}`");
                    self.say(
                        INVALID,
                        version_at,
                        format!("apiVersion: `{version}` does not go with `{kind}`"),
                        help,
                    );
                }
                Some(_) => {}
            }
        }
        let mut rules: Vec<Rule> = Vec::new();
        for (number, item) in self.list(node, "", "resources").iter().enumerate() {
            let path = format!("resources[{number}]");
            if let Some(rule) = self.rule(item, &path, &rules) {
                rules.push(rule);
            }
        }
        Some(EncryptionConfiguration { rules })
    }

    fn rule(&mut self, node: &Node, path: &str, earlier: &[Rule]) -> Option<Rule> {
        self.mapping(node, path, &["resources", "providers"])?;
        let mut resources: Vec<String> = Vec::new();
        for (number, item) in self.list(node, path, "resources").iter().enumerate() {
            let path = format!("{path}.resources[{number}]");
            let Some(text) = item.text() else {
                self.say(
                    INVALID,
                    item.span,
                    format!("{path}: a text, found {}", item.kind()),
                    "write one text",
                );
                continue;
            };
            if let Err(why) = resource(text) {
                self.say(
                    INVALID,
                    item.span,
                    format!("{path}: {why}"),
                    "write `secrets`, `widgets.example.com`, `*.example.com`, `*.` or `*.*`",
                );
                continue;
            }
            let same = resources.iter().find(|before| covers(before, text) || covers(text, before));
            let before = earlier.iter().flat_map(|rule| &rule.resources).find(|before| covers(before, text));
            if let Some(same) = same {
                let message = format!("{path}: `{text}` overlaps `{same}` of the same rule");
                self.say(MASKED, item.span, message, "leave one of them out");
            } else if let Some(before) = before {
                let message = format!("{path}: `{text}` is masked by `{before}` of an earlier rule");
                self.say(MASKED, item.span, message, "move this rule before that one");
            }
            resources.push(text.to_owned());
        }
        let mut providers = Vec::new();
        for (number, item) in self.list(node, path, "providers").iter().enumerate() {
            let path = format!("{path}.providers[{number}]");
            providers.extend(self.provider(item, &path));
        }
        Some(Rule { resources, providers })
    }

    fn provider(&mut self, node: &Node, path: &str) -> Option<ProviderKind> {
        const KINDS: [&str; 5] = ["aesgcm", "aescbc", "secretbox", "identity", "kms"];
        self.mapping(node, path, &KINDS)?;
        let given: Vec<&str> = KINDS.into_iter().filter(|kind| node.get(kind).is_some()).collect();
        let (kind, inner) = match given.as_slice() {
            [kind] => (*kind, node.get(kind)?),
            [] => {
                self.say(
                    MISSING,
                    node.span,
                    format!("{path}: exactly one provider, found none"),
                    format!("write one of: {}", KINDS.join(", ")),
                );
                return None;
            }
            _ => {
                let message = format!("{path}: exactly one provider, found {}", given.join(", "));
                self.say(INVALID, node.span, message, "write an entry for each");
                return None;
            }
        };
        let path = joined(path, kind);
        match kind {
            "identity" => {
                if !matches!(inner.value, Value::Null) {
                    self.mapping(inner, &path, &[])?;
                }
                Some(ProviderKind::Identity)
            }
            "kms" => self.kms(inner, &path).map(ProviderKind::Kms),
            "aescbc" => self.keys(inner, &path, &[16, 24, 32]).map(ProviderKind::AesCbc),
            "aesgcm" => self.keys(inner, &path, &[16, 24, 32]).map(ProviderKind::AesGcm),
            _ => self.keys(inner, &path, &[32]).map(|_| ProviderKind::Secretbox),
        }
    }

    fn keys(&mut self, node: &Node, path: &str, lengths: &[usize]) -> Option<Vec<LocalKey>> {
        self.mapping(node, path, &["keys"])?;
        let mut keys: Vec<LocalKey> = Vec::new();
        for (number, item) in self.list(node, path, "keys").iter().enumerate() {
            let path = format!("{path}.keys[{number}]");
            if self.mapping(item, &path, &["name", "secret"]).is_none() {
                continue;
            }
            let name = self.required(item, &path, "name");
            let secret = self.required(item, &path, "secret");
            let (Some((name, at)), Some((secret, _))) = (name, secret) else { continue };
            if name.is_empty() || name.contains(':') {
                self.say(
                    INVALID,
                    at,
                    format!("{path}.name: must not be empty or hold `:`"),
                    "choose another name",
                );
            }
            if keys.iter().any(|key| key.name == name) {
                self.say(
                    INVALID,
                    at,
                    format!("{path}.name: `{name}` is there already"),
                    "choose another name",
                );
            }
            // Nothing of the secret goes into a message, and no finding points at it.
            let mut bytes = Zeroizing::new(vec![0; secret.len()]);
            let length = STANDARD.decode_slice(secret, &mut bytes).ok();
            bytes.truncate(length.unwrap_or(0));
            let key = Mek::from_bytes(&bytes).filter(|_| lengths.contains(&bytes.len()));
            match (length, key) {
                (None, _) => self.say(
                    INVALID,
                    at,
                    format!("{path}.secret: no base64"),
                    "encode 32 random bytes in base64",
                ),
                (Some(length), None) => {
                    let lengths: Vec<String> = lengths.iter().map(ToString::to_string).collect();
                    let message = format!("{path}.secret: {length} bytes, must be {}", lengths.join(", "));
                    self.say(INVALID, at, message, "encode 32 random bytes in base64");
                }
                (Some(_), Some(key)) => keys.push(LocalKey { name: name.to_owned(), key }),
            }
        }
        Some(keys)
    }

    fn kms(&mut self, node: &Node, path: &str) -> Option<KmsProvider> {
        self.mapping(node, path, &["apiVersion", "name", "endpoint", "timeout", "cachesize"])?;
        let version = match self.text(node, path, "apiVersion") {
            None | Some(("v1", _)) => KmsVersion::V1,
            Some(("v2", _)) => KmsVersion::V2,
            Some((other, at)) => {
                self.say(
                    INVALID,
                    at,
                    format!("{path}.apiVersion: `{other}` is neither v1 nor v2"),
                    "write `v2`",
                );
                KmsVersion::V2
            }
        };
        let name = self.required(node, path, "name");
        let provider = name.and_then(|(name, at)| {
            let taken = self
                .names
                .iter()
                .any(|(before, of)| before == name && (*of == KmsVersion::V2 || version == KmsVersion::V2));
            if version == KmsVersion::V2 && name.contains(':') {
                self.say(
                    INVALID,
                    at,
                    format!("{path}.name: must not hold `:` under v2"),
                    "choose another name",
                );
            } else if taken {
                self.say(
                    INVALID,
                    at,
                    format!("{path}.name: `{name}` is another provider's"),
                    "choose another name",
                );
            }
            self.names.push((name.to_owned(), version));
            let provider = ProviderName::new(name).ok();
            if provider.is_none() {
                self.say(
                    INVALID,
                    at,
                    format!("{path}.name: 1 to 255 bytes without control characters"),
                    "choose another name",
                );
            }
            provider
        });
        let endpoint = self.required(node, path, "endpoint").and_then(|(endpoint, at)| {
            let socket = endpoint.strip_prefix("unix://").filter(|path| !path.is_empty());
            if socket.is_none() {
                let message = format!("{path}.endpoint: `{endpoint}` is no `unix://` and a path");
                self.say(INVALID, at, message, "write `unix:///run/kms.sock`");
            }
            socket.map(|_| endpoint.to_owned())
        });
        let timeout = match self.text(node, path, "timeout") {
            None => 3_000,
            Some((text, at)) => duration(text).filter(|millis| *millis > 0).unwrap_or_else(|| {
                self.say(INVALID, at, format!("{path}.timeout: `{text}` is no positive time"), "write `3s`");
                3_000
            }),
        };
        let cache = match self.text(node, path, "cachesize") {
            None => Some(1_000),
            Some((_, at)) if version == KmsVersion::V2 => {
                self.say(INVALID, at, format!("{path}.cachesize: only under v1"), "leave it out");
                None
            }
            Some((text, at)) => match text.parse::<i32>() {
                Ok(0) | Err(_) => {
                    self.say(
                        INVALID,
                        at,
                        format!("{path}.cachesize: a number other than 0"),
                        "write `1000`, or `-1` for no cache",
                    );
                    None
                }
                Ok(size) => u32::try_from(size).ok(),
            },
        };
        Some(KmsProvider { version, name: provider?, endpoint: endpoint?, timeout, cache })
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Whether a text names resources.
fn resource(text: &str) -> Result<(), &'static str> {
    if text == "*" {
        return Err("`*` alone names no resources");
    }
    if text.is_empty() || text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii_graphic()) {
        return Err("resources are named in lower case");
    }
    let (name, group) = text.split_once('.').unwrap_or((text, ""));
    if name.contains('*') && name != "*" {
        return Err("`*` stands for a whole name");
    }
    if group.contains('*') && text != "*.*" {
        return Err("a group with `*` stands behind `*.` alone");
    }
    if name.is_empty() {
        return Err("resources are named before their group");
    }
    if group == "extensions" { Err("the group `extensions` was removed") } else { Ok(()) }
}

/// Whether whatever the second text names is named by the first.
fn covers(wide: &str, narrow: &str) -> bool {
    let split = |text: &'_ str| -> (String, String) {
        let (name, group) = text.split_once('.').unwrap_or((text, ""));
        (name.to_owned(), group.to_owned())
    };
    let ((name, group), (narrow_name, narrow_group)) = (split(wide), split(narrow));
    wide == "*.*" || (group == narrow_group && (name == "*" || name == narrow_name))
}

/// A Go duration of hours, minutes, seconds and milliseconds, in milliseconds.
fn duration(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut whole: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let number: u64 = number.parse().ok()?;
        let (unit, behind) = [("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)]
            .into_iter()
            .find_map(|(unit, millis)| Some((millis, behind.strip_prefix(unit)?)))?;
        whole = whole.checked_add(number.checked_mul(unit)?)?;
        rest = behind;
    }
    Some(whole)
}
