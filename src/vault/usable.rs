//! A key version whose states allow its use now.

use crate::envelope::{Cek, Header, MasterKey, Mek, Rejected, Suite};
use crate::ocid::Ocid;
use crate::random::{NoRandomness, Rng};

/// A key version that may be used now, with its material.
///
/// Only a vault yields one, after it has looked at the states of vault, key and version. It is for one use: keeping it
/// would be using a key whose state may have changed. The material is wiped when it is dropped, and does not come out.
pub struct UsableVersion {
    pub(super) key: Ocid,
    pub(super) version: Ocid,
    pub(super) suite: Suite,
    pub(super) material: Mek,
}

impl MasterKey for UsableVersion {
    fn key(&self) -> &Ocid {
        &self.key
    }

    fn version(&self) -> &Ocid {
        &self.version
    }

    fn suite(&self) -> Suite {
        self.suite
    }

    fn wrap(&self, header: &Header, cek: &Cek, rng: &dyn Rng) -> Result<Vec<u8>, NoRandomness> {
        self.suite.wrap(&self.material, header, cek, rng)
    }

    fn unwrap(&self, suite: Suite, header: &[u8], wrapped: &[u8]) -> Result<Cek, Rejected> {
        suite.unwrap(&self.material, header, wrapped)
    }
}
