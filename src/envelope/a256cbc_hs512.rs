//! AES-256-CBC with HMAC-SHA-512: A256CBC-HS512, encrypt-then-MAC.
//!
//! ```text
//! key = MAC key(32) ‖ DEK(32)
//! C   = AES-256-CBC(DEK, IV, PKCS7(plaintext))
//! tag = first 32 bytes of HMAC-SHA-512(MAC key, A ‖ IV ‖ C ‖ u64be(8 · length of A))
//! ```
//! The tag is checked, in constant time, before anything is decrypted.
//!
//! # Source
//! RFC 7518, sections 5.2.2 and 5.2.5; HMAC: RFC 2104.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use subtle::ConstantTimeEq;

use super::aes_cbc::{self, BLOCK};
use super::rejected::{Cause, Rejected};
use super::secret::{Cek, Plaintext};

/// The length of the tag in bytes.
pub const TAG: usize = 32;

/// Encrypts under content key material and authenticates the ciphertext together with `associated`, the parts of A in
/// order.
///
/// # Errors
/// [`Rejected`] when the material is not sealed material of 64 bytes.
pub fn encrypt(
    cek: &Cek,
    iv: &[u8; BLOCK],
    associated: &[&[u8]],
    plaintext: &[u8],
) -> Result<(Vec<u8>, [u8; TAG]), Rejected> {
    let (mac_key, dek) = cek.sealed_parts()?;
    let ciphertext = aes_cbc::encrypt(dek, iv, plaintext)?;
    let tag = tag(mac_key, iv, associated, &ciphertext)?;
    Ok((ciphertext, tag))
}

/// Checks the tag, then decrypts.
///
/// # Errors
/// [`Rejected`] for material of the wrong length, a wrong tag, or a wrong padding under a right tag.
pub fn decrypt(
    cek: &Cek,
    iv: &[u8; BLOCK],
    associated: &[&[u8]],
    ciphertext: &[u8],
    expected: &[u8; TAG],
) -> Result<Plaintext, Rejected> {
    let (mac_key, dek) = cek.sealed_parts()?;
    let computed = tag(mac_key, iv, associated, ciphertext)?;
    if !bool::from(computed.ct_eq(expected)) {
        return Err(Rejected::at(Cause::Tag));
    }
    aes_cbc::decrypt(dek, iv, ciphertext)
}

fn tag(
    mac_key: &[u8; 32],
    iv: &[u8; BLOCK],
    associated: &[&[u8]],
    ciphertext: &[u8],
) -> Result<[u8; TAG], Rejected> {
    let rejected = Rejected::at(Cause::Tag);
    let mut mac = Hmac::<Sha512>::new_from_slice(mac_key).map_err(|_| rejected)?;
    let mut bits: u64 = 0;
    for part in associated {
        mac.update(part);
        // Lengths of what lies in memory: eight times their sum fits 64 bits.
        bits = bits.saturating_add((part.len() as u64).saturating_mul(8));
    }
    mac.update(iv);
    mac.update(ciphertext);
    mac.update(&bits.to_be_bytes());
    let whole: [u8; 64] = mac.finalize().into_bytes().into();
    whole.first_chunk().copied().ok_or(rejected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order cannot be seen from outside: there both are one answer.
    #[test]
    fn sr_10_a_valid_tag_over_bad_padding_is_refused_at_the_padding_and_a_wrong_tag_before_it() {
        let (cek, iv) = (Cek::from_bytes(&[7; 64]).unwrap(), [9; BLOCK]);
        let (ciphertext, _) = encrypt(&cek, &iv, &[b"A"], &[1; 40]).unwrap();
        let cause = |ciphertext: &[u8], tag: &[u8; TAG]| {
            decrypt(&cek, &iv, &[b"A"], ciphertext, tag).err().map(|refusal| refusal.cause())
        };
        let right = |ciphertext: &[u8]| tag(cek.sealed_parts().unwrap().0, &iv, &[b"A"], ciphertext).unwrap();
        assert_eq!(cause(&ciphertext, &right(&ciphertext)), None);
        // 40 bytes have 8 of padding; a bit of the block before the last one changes the last byte of it.
        let mut spoilt = ciphertext.clone();
        spoilt[31] ^= 0xA0;
        assert_eq!(cause(&spoilt, &right(&spoilt)), Some(Cause::Padding));
        assert_eq!(cause(&spoilt, &right(&ciphertext)), Some(Cause::Tag));
        assert_eq!(cause(&ciphertext[..40], &right(&ciphertext[..40])), Some(Cause::Blocks));
        assert_eq!(cause(&ciphertext[..40], &right(&ciphertext)), Some(Cause::Tag));
    }
}
