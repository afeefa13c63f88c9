//! What steps do: one row for each kind of step, and how its keys are read.

use jiff::{SignedDuration, Span as Duration, SpanRelativeTo};

use super::read::{UNKNOWN_NAME, home, unknown};
use super::{Act, Actor, Change, CreateCluster, KeyAct, Named, SecretRef};
use crate::caseless;
use crate::decider::PrincipalKind;
use crate::engine::{Client, ClusterUpdate, KubernetesVersion, SecretName, Workflow};
use crate::envelope::{AesLength, Profile, ProviderName};
use crate::parse;
use crate::source::{Place, SourceId, Sources, Span, Spanned};
use crate::suggest;
use crate::tenancy::{self, Open, Tenancies, TenancyId};
use crate::vault::{Protection, Shape};
use crate::yaml::Fields;

/// The Kubernetes version of a cluster where the file names none.
const KUBERNETES: KubernetesVersion = KubernetesVersion { major: 1, minor: 34, patch: 0 };

/// The name of the KMS provider where the file gives none.
const PROVIDER: &str = "oci-vault";

/// How many days a deletion is scheduled for where the file does not say: the longest wait there is.
const DAYS: u64 = 30;

/// A kind of step.
pub(super) struct Kind {
    /// The key that says what happens.
    pub(super) key: &'static str,
    /// Reads this key and those beside it.
    pub(super) read: Read,
}

/// How a kind of step is read. `None` comes with a finding.
#[derive(Clone, Copy)]
pub(super) enum Read {
    /// What a principal does.
    Act(fn(&mut Reader<'_, '_, '_>, &'static str) -> Option<Act>),
    /// What changes from outside.
    Change(fn(&mut Reader<'_, '_, '_>, &'static str) -> Option<Change>),
}

/// Every kind of step.
pub(super) const KINDS: [Kind; 19] = [
    Kind { key: "create-vault", read: Read::Act(create_vault) },
    Kind { key: "create-key", read: Read::Act(create_key) },
    Kind { key: "create-cluster", read: Read::Act(create_cluster) },
    Kind { key: "update-cluster", read: Read::Act(update_cluster) },
    Kind { key: "upgrade-cluster", read: Read::Act(upgrade_cluster) },
    Kind { key: "delete-cluster", read: Read::Act(delete_cluster) },
    Kind { key: "put-secret", read: Read::Act(put_secret) },
    Kind { key: "get-secret", read: Read::Act(get_secret) },
    Kind { key: "delete-secret", read: Read::Act(delete_secret) },
    Kind { key: "re-encrypt", read: Read::Act(re_encrypt) },
    Kind { key: "rotate-key", read: Read::Act(|reader, key| manage_key(reader, key, KeyAct::Rotate)) },
    Kind { key: "enable-key", read: Read::Act(|reader, key| manage_key(reader, key, KeyAct::Enable)) },
    Kind { key: "disable-key", read: Read::Act(|reader, key| manage_key(reader, key, KeyAct::Disable)) },
    Kind { key: "schedule-key-deletion", read: Read::Act(schedule_key_deletion) },
    Kind {
        key: "cancel-key-deletion",
        read: Read::Act(|reader, key| manage_key(reader, key, KeyAct::CancelDeletion)),
    },
    Kind { key: "add-policy", read: Read::Change(add_policy) },
    Kind { key: "remove-policy", read: Read::Change(remove_policy) },
    Kind { key: "set-matching-rule", read: Read::Change(set_matching_rule) },
    Kind { key: "advance-clock", read: Read::Change(advance_clock) },
];

/// A step that is being read.
pub(super) struct Reader<'r, 'n, 'f> {
    pub(super) sources: &'r mut Sources,
    pub(super) id: SourceId,
    pub(super) world: &'r mut Tenancies,
    pub(super) open: &'r mut Open<'r>,
    pub(super) fields: Fields<'n, 'f>,
    pub(super) actor: Option<&'r Actor>,
}

impl Reader<'_, '_, '_> {
    /// A resource of the model.
    fn named(&mut self, name: &Spanned<String>, kind: &str) -> Option<Named> {
        let found = self.world.find_resource(&name.node).and_then(|id| self.world.resource(id));
        let Some(resource) = found.filter(|resource| caseless::equal(&resource.kind, kind)) else {
            unknown(self.world, &mut self.fields, name, kind);
            return None;
        };
        let (compartment, tenancy) = home(self.world, resource.compartment)?;
        let id = resource.id.clone();
        let name = resource.name.clone().unwrap_or_else(|| name.node.clone());
        Some(Named { name, id, compartment, tenancy })
    }

    /// The resource behind a key that must be there.
    fn required(&mut self, key: &'static str, kind: &str) -> Option<Named> {
        let name = self.fields.required_text(key)?;
        self.named(&name, kind)
    }

    /// The resource behind a key that may be left out.
    fn optional(&mut self, key: &'static str, kind: &str) -> Option<Option<Named>> {
        match self.fields.text(key) {
            None => Some(None),
            Some(name) => Some(Some(self.named(&name, kind)?)),
        }
    }

    fn choice<T: Copy>(&mut self, key: &'static str, table: &[(&'static str, T)], absent: T) -> Option<T> {
        match self.fields.text(key) {
            None => Some(absent),
            Some(word) => self.fields.choice_of(key, &word, table),
        }
    }

    fn kubernetes(&mut self, text: &Spanned<String>) -> Option<KubernetesVersion> {
        match KubernetesVersion::parse(&text.node) {
            Ok(version) => Some(version),
            Err(error) => {
                let message = format!("`{}` is no Kubernetes version", text.node);
                self.fields.wrong(text.span, message, error.to_string());
                None
            }
        }
    }

    /// `NAMESPACE/NAME`, of the cluster that acts or that `cluster` names.
    fn secret(&mut self, key: &'static str) -> Option<SecretRef> {
        let text = &self.fields.required_text(key)?;
        let name =
            text.node.split_once('/').and_then(|(namespace, name)| SecretName::new(namespace, name).ok());
        if name.is_none() {
            let message = format!("`{}` names no secret", text.node);
            self.fields.wrong(text.span, message, "write `NAMESPACE/NAME` in lower case");
        }
        let cluster = match self.fields.text("cluster") {
            Some(cluster) => self.named(&cluster, "cluster")?,
            None => self.own_cluster(text.span)?,
        };
        Some(SecretRef { cluster, name: name? })
    }

    fn own_cluster(&mut self, span: Span) -> Option<Named> {
        let actor = self.actor?;
        if actor.principal.kind != PrincipalKind::Cluster {
            let message = format!("`{}` is no cluster, so it must be said whose secret this is", actor.name);
            self.fields.wrong(span, message, "add `cluster: NAME`");
            return None;
        }
        let name = Spanned::new(actor.principal.ocid.as_ref()?.to_string(), span);
        self.named(&name, "cluster")
    }

    /// `AES-256`, `RSA-2048`, `ECDSA-P256`, …; AES-256 where nothing is said.
    fn shape(&mut self) -> Option<Shape> {
        let Some(text) = self.fields.text("shape") else { return Some(Shape::Aes(AesLength::Aes256)) };
        let found = Shape::ALL.into_iter().find(|shape| caseless::equal(&shape.to_string(), &text.node));
        if found.is_none() {
            let words = Shape::ALL.map(|shape| shape.to_string());
            let help = format!("write one of: {}", words.join(", "));
            self.fields.wrong(text.span, format!("`{}` is no key shape", text.node), help);
        }
        found
    }

    /// The name of the KMS provider in stored values.
    fn provider(&mut self) -> Option<ProviderName> {
        let Some(text) = self.fields.text("provider") else { return ProviderName::new(PROVIDER).ok() };
        match ProviderName::new(&text.node) {
            Ok(provider) => Some(provider),
            Err(error) => {
                let message = format!("`{}` cannot be the name of a KMS provider", text.node);
                self.fields.wrong(text.span, message, error.to_string());
                None
            }
        }
    }

    /// The vault the model puts a key into.
    fn vault_of(&mut self, key: &Named) -> Option<Named> {
        let world = &*self.world;
        let key = world.find_resource(key.id.as_str()).and_then(|id| world.resource(id))?;
        let vault = world.resource(key.parent?)?.id.to_string();
        self.named(&Spanned::new(vault, self.fields.span()), "vault")
    }

    fn version(&mut self) -> Option<u64> {
        self.fields.number("version").map(|number| number.node)
    }

    fn tenancy(&mut self) -> Option<TenancyId> {
        match self.fields.text("tenancy") {
            None => {
                let mut all = self.world.tenancies().map(|(id, _)| id);
                let only = all.next().filter(|_| all.next().is_none());
                if only.is_none() {
                    self.fields.required("tenancy");
                }
                only
            }
            Some(name) => {
                let found = self.world.find_tenancy(&name.node);
                if found.is_none() {
                    let names = self.world.tenancies().map(|(_, tenancy)| tenancy.name.as_str());
                    let help = suggest::did_you_mean(&name.node, names).map_or_else(
                        || "name a tenancy of the model".to_owned(),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let message = format!("the model has no tenancy `{}`", name.node);
                    self.fields.report(UNKNOWN_NAME, name.span, message, help);
                }
                found
            }
        }
    }
}

fn create_vault(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    Some(Act::CreateVault(reader.required(key, "vault")?))
}

fn create_key(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    let shape = reader.shape();
    let words = Protection::ALL.map(|protection| (protection.as_str(), protection));
    let protection = reader.choice("protection", &words, Protection::Software);
    let vault = reader.optional("vault", "vault");
    let key = reader.required(key, "key")?;
    let vault = vault?.or_else(|| reader.vault_of(&key));
    if vault.is_none() {
        reader.fields.required("vault");
    }
    Some(Act::CreateKey { key, vault: vault?, shape: shape?, protection: protection? })
}

fn create_cluster(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    let workflows = [("quick", Workflow::Quick), ("custom", Workflow::Custom)];
    let workflow = reader.choice("workflow", &workflows, Workflow::Custom);
    let client = reader.choice("client", &[("console", Client::Console), ("cli", Client::Cli)], Client::Cli);
    let profiles = [("sealed", Profile::Sealed), ("compat", Profile::Compat)];
    let profile = reader.choice("profile", &profiles, Profile::Sealed);
    let kubernetes = match reader.fields.text("kubernetes") {
        None => Some(KUBERNETES),
        Some(text) => reader.kubernetes(&text),
    };
    let provider = reader.provider();
    let master = reader.optional("key", "key");
    let cluster = reader.required(key, "cluster");
    Some(Act::CreateCluster(CreateCluster {
        cluster: cluster?,
        key: master?,
        workflow: workflow?,
        client: client?,
        kubernetes: kubernetes?,
        provider: provider?,
        profile: profile?,
    }))
}

fn update_cluster(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    let (name, master) = (reader.fields.text("name"), reader.optional("key", "key"));
    let cluster = reader.required(key, "cluster");
    let update = match (name, master?) {
        (Some(name), None) => ClusterUpdate::Name(name.node),
        (None, Some(key)) => ClusterUpdate::Key(key.id),
        (None, None) | (Some(_), Some(_)) => {
            let span = reader.fields.span();
            reader.fields.wrong(span, "an update changes one thing", "add `name: …` or `key: …`");
            return None;
        }
    };
    Some(Act::UpdateCluster(cluster?, update))
}

fn upgrade_cluster(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    let version = reader.fields.required_text("kubernetes").and_then(|text| reader.kubernetes(&text));
    Some(Act::UpgradeCluster(reader.required(key, "cluster")?, version?))
}

fn delete_cluster(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    Some(Act::DeleteCluster(reader.required(key, "cluster")?))
}

fn put_secret(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    let value = reader.fields.required_text("value").map(|value| value.node);
    let version = reader.version();
    Some(Act::PutSecret { secret: reader.secret(key)?, value: value?, version })
}

fn get_secret(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    let value = reader.fields.text("value").map(|value| value.node);
    let version = reader.version();
    Some(Act::GetSecret { secret: reader.secret(key)?, value, version })
}

fn delete_secret(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    Some(Act::DeleteSecret(reader.secret(key)?))
}

fn re_encrypt(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    Some(Act::ReEncrypt(reader.required(key, "cluster")?))
}

fn manage_key(reader: &mut Reader<'_, '_, '_>, key: &'static str, act: KeyAct) -> Option<Act> {
    Some(Act::ManageKey(reader.required(key, "key")?, act))
}

fn schedule_key_deletion(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Act> {
    let days = reader.fields.number("days").map_or(DAYS, |days| days.node);
    manage_key(reader, key, KeyAct::ScheduleDeletion(days))
}

fn add_policy(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Change> {
    let policy = reader.fields.required(key)?;
    let before = reader.world.policies.len();
    let findings = reader.fields.findings();
    let policies = std::slice::from_ref(policy);
    tenancy::read_policies(reader.sources, reader.id, reader.world, policies, reader.open, findings);
    // They are not in force before this step.
    Some(Change::AddPolicies(reader.world.policies.split_off(before)))
}

fn remove_policy(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Change> {
    let (name, tenancy) = (reader.fields.required_text(key), reader.tenancy());
    Some(Change::RemovePolicy { tenancy: tenancy?, name: name?.node })
}

fn set_matching_rule(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Change> {
    let (name, tenancy) = (reader.fields.required_text(key), reader.tenancy());
    let rule = reader.fields.required("rule");
    let (name, tenancy, rule) = (name?, tenancy?, rule?);
    let found = reader.world.dynamic_groups().find(|(_, group)| {
        let named = group.name.as_deref().is_some_and(|known| caseless::equal(known, &name.node));
        named && group.tenancy == tenancy
    });
    let Some((group, _)) = found else {
        let message = format!("the tenancy has no dynamic group `{}`", name.node);
        reader.fields.report(UNKNOWN_NAME, name.span, message, "add it to the tenancy model");
        return None;
    };
    let Some(passage) = reader.sources.get(reader.id).and_then(|source| rule.passage(source, reader.id))
    else {
        reader.fields.wrong(rule.span, "`rule` is a text", "write a matching rule in quotes");
        return None;
    };
    let findings = reader.fields.findings();
    let before = findings.len();
    let rule = parse::matching_rule(&passage, findings);
    let fault = parse::fault(rule.1, findings.get(before..).unwrap_or_default());
    let place = Place { source: reader.id, span: rule.0.span };
    Some(Change::SetMatchingRule { group, name: name.node, rule, fault: fault.map(Box::new), place })
}

fn advance_clock(reader: &mut Reader<'_, '_, '_>, key: &'static str) -> Option<Change> {
    let text = reader.fields.required_text(key)?;
    let days = SpanRelativeTo::days_are_24_hours();
    let read = text.node.parse::<Duration>().and_then(|span| span.to_duration(days)).ok();
    let duration = read.filter(SignedDuration::is_positive);
    if duration.is_none() {
        let message = format!("`{}` is no time that could pass", text.node);
        reader.fields.wrong(text.span, message, "write `30d`, `12h` or `90m`");
    }
    duration.map(Change::AdvanceClock)
}
