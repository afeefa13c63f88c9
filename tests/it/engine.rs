//! The engine: the authorised path, by the checks of the specification's first table and of its security section.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ocipol::audit::By;
use ocipol::clock::ManualClock;
use ocipol::decider::{Operation, Principal, PrincipalKind};
use ocipol::engine::{
    Client, Cluster, Code, Engine, Failure, KubernetesVersion, NewCluster, SecretName, Workflow, Write,
};
use ocipol::envelope::{AesLength, Profile, ProviderName};
use ocipol::ocid::Ocid;
use ocipol::random::{Rng, SystemRng};
use ocipol::store::{Memory, StoredValue, ValueKey, ValueStore};
use ocipol::vault::{Key, NewKey, NewVault, Protection, Shape, Timing, VaultKind};

use crate::rig::{Table, ocid};

mod audit;
mod canary;
mod clusters;
mod failures;
mod keys;
#[cfg(target_os = "linux")]
mod memory;
mod open_all;
mod promises;
mod secrets;

/// An engine in memory with a table that decides, a key in one tenancy, and clusters in another.
struct World {
    store: Arc<Memory>,
    clock: Arc<ManualClock>,
    table: Table,
    engine: Engine,
    key: Key,
}

const SECRET: &[u8] = b"{\"password\":\"hunter2\"}";

impl World {
    /// Everything is allowed.
    fn open() -> Self {
        Self::with(Table::open(), Arc::new(SystemRng))
    }

    fn with(table: Table, rng: Arc<dyn Rng>) -> Self {
        let store = Arc::new(Memory::new());
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let engine =
            Engine::new(store.clone(), Arc::new(table.clone()), clock.clone(), rng, Timing::default());
        let vault = NewVault {
            id: Some(ocid("ocid1.vault.oc1.iad.v.vault")),
            region: String::new(),
            compartment: keys_compartment(),
            tenancy: keys_tenancy(),
            name: "vault".into(),
            kind: VaultKind::Default,
        };
        engine.vaults().create_vault(vault, &By::operator()).unwrap();
        let key = engine.vaults().create_key(new_key("mek", aes()), &By::operator()).unwrap();
        Self { store, clock, table, engine, key }
    }

    /// A cluster that uses the key.
    fn cluster(&self, name: &str) -> Cluster {
        self.cluster_of(new_cluster(name, Some(&self.key.id)))
    }

    fn cluster_of(&self, new: NewCluster) -> Cluster {
        let rows = self.table.allows_nothing();
        if rows {
            self.table.allow("while the cluster is made", |_| true);
        }
        let cluster = self.engine.session(user()).create_cluster(new).unwrap().value;
        if rows {
            self.table.remove("while the cluster is made");
        }
        cluster
    }

    fn put(&self, cluster: &Cluster, name: &str) -> Result<Ocid, Failure> {
        let session = self.engine.cluster_session(&cluster.id)?;
        let written = session.secrets(&cluster.id)?.put(&secret(name), SECRET, Write::Put)?;
        Ok(written.value.version)
    }

    /// Opens a secret, which must hold what [`World::put`] writes, and says which version sealed it.
    fn get(&self, cluster: &Cluster, name: &str) -> Result<Ocid, Failure> {
        let session = self.engine.cluster_session(&cluster.id)?;
        let opened = session.secrets(&cluster.id)?.get(&secret(name))?.expect("the secret exists");
        assert_eq!(opened.value.plaintext.as_bytes(), SECRET);
        Ok(opened.value.version)
    }

    fn stored(&self, cluster: &Cluster, name: &str) -> Option<StoredValue> {
        let path = secret(name).path();
        let at = ValueKey { cluster: &cluster.id, path: &path };
        self.store.get(at).unwrap()
    }

    /// Writes bytes past the engine, as somebody does who has etcd in their hands.
    fn plant(&self, cluster: &Cluster, name: &str, bytes: &[u8]) {
        let path = secret(name).path();
        let at = ValueKey { cluster: &cluster.id, path: &path };
        let expected = match self.store.get(at).unwrap() {
            Some(found) => ocipol::store::Expected::At(found.revision),
            None => ocipol::store::Expected::Absent,
        };
        self.store.put(at, expected, bytes, &crate::store::entry("planted")).unwrap();
    }
}

fn keys_tenancy() -> Ocid {
    ocid("ocid1.tenancy.oc1..keys")
}

fn keys_compartment() -> Ocid {
    ocid("ocid1.compartment.oc1..keys")
}

fn apps_tenancy() -> Ocid {
    ocid("ocid1.tenancy.oc1..apps")
}

fn aes() -> Shape {
    Shape::Aes(AesLength::Aes256)
}

fn new_key(name: &str, shape: Shape) -> NewKey {
    NewKey {
        id: Some(ocid(&format!("ocid1.key.oc1.iad.v.{name}"))),
        version: None,
        vault: ocid("ocid1.vault.oc1.iad.v.vault"),
        compartment: keys_compartment(),
        name: name.into(),
        shape,
        protection: Protection::Software,
    }
}

fn new_cluster(name: &str, key: Option<&Ocid>) -> NewCluster {
    NewCluster {
        id: Some(ocid(&format!("ocid1.cluster.oc1.iad.{name}"))),
        region: String::new(),
        name: name.into(),
        tenancy: apps_tenancy(),
        compartment: ocid("ocid1.compartment.oc1..apps"),
        kubernetes: KubernetesVersion::parse("1.34.2").unwrap(),
        workflow: Workflow::Custom,
        client: Client::Cli,
        key: key.cloned(),
        provider: ProviderName::new("oci-vault").unwrap(),
        profile: Profile::Sealed,
    }
}

fn user() -> Principal {
    Principal {
        kind: PrincipalKind::User,
        ocid: Some(ocid("ocid1.user.oc1..ada")),
        tenancy: apps_tenancy(),
        compartment: apps_tenancy(),
    }
}

fn secret(name: &str) -> SecretName {
    SecretName::new("default", name).unwrap()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// The code a refusal has.
fn code<T>(outcome: Result<T, Failure>) -> Option<Code> {
    outcome.err().map(|failure| failure.code())
}

/// The operations that sealing and opening ask for.
const SEAL: Operation = Operation::GenerateDataEncryptionKey;
const OPEN: Operation = Operation::Decrypt;
