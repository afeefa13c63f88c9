//! OCIDs for new vaults, keys and versions.
//!
//! ```text
//! ocid1.vault.oc1.REGION.PART.UNIQUE     ocid1.key.oc1.REGION.PART.UNIQUE     ocid1.keyversion.oc1.REGION.PART.UNIQUE
//! ```
//! PART is the vault's, and is the same in all its keys and versions.

use crate::ocid::{NotAnOcid, Ocid};
use crate::random::{self, NoRandomness, Rng};

/// How many letters a vault's part has, and how many the unique part.
const PART: usize = 13;
const UNIQUE: usize = 60;

/// A new vault's OCID.
pub(super) fn vault(region: &str, rng: &dyn Rng) -> Result<Result<Ocid, NotAnOcid>, NoRandomness> {
    let (part, unique) = (letters::<PART>(rng)?, letters::<UNIQUE>(rng)?);
    Ok(Ocid::parse(&format!("ocid1.vault.oc1.{region}.{part}.{unique}")))
}

/// The OCID of a new key or version in the vault of `sibling`, which is the vault itself or a key in it.
pub(super) fn in_vault(
    kind: &str,
    sibling: &Ocid,
    rng: &dyn Rng,
) -> Result<Result<Ocid, NotAnOcid>, NoRandomness> {
    let mut parts = sibling.as_str().split('.').skip(2);
    let mut part = || parts.next().unwrap_or_default();
    let (realm, region, vault) = (part(), part(), part());
    let unique = letters::<UNIQUE>(rng)?;
    Ok(Ocid::parse(&format!("ocid1.{kind}.{realm}.{region}.{vault}.{unique}")))
}

/// N letters of base 32, five random bits each.
fn letters<const N: usize>(rng: &dyn Rng) -> Result<String, NoRandomness> {
    let letter = |byte: u8| match byte & 31 {
        number @ 0..=25 => char::from(b'a' + number),
        number => char::from(b'2' + number - 26),
    };
    Ok(random::array::<N>(rng)?.into_iter().map(letter).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRng;

    #[test]
    fn keys_and_versions_bear_the_part_of_their_vault() {
        let vault = vault("iad", &SystemRng).unwrap().unwrap();
        let key = in_vault("key", &vault, &SystemRng).unwrap().unwrap();
        let version = in_vault("keyversion", &key, &SystemRng).unwrap().unwrap();
        let part = vault.as_str().split('.').nth(4).unwrap();
        assert_eq!(part.len(), PART);
        for (ocid, kind) in [(&key, "key"), (&version, "keyversion")] {
            assert!(ocid.as_str().starts_with(&format!("ocid1.{kind}.oc1.iad.{part}.")), "{ocid}");
            assert_eq!((ocid.resource_kind(), ocid.region()), (kind, Some("iad")));
        }
    }
}
