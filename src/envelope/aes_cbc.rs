//! AES-CBC with PKCS#7 padding.
//!
//! ```text
//! C₀ = IV,  Cᵢ = AES(key, Pᵢ ⊕ Cᵢ₋₁)        P = PKCS7(plaintext)
//! ```
//! Unauthenticated on its own: whoever changes a bit of the IV or of a block changes the plaintext unseen. In the
//! profile `sealed` the tag of [`super::a256cbc_hs512`] is checked before anything here runs.
//!
//! # Source
//! NIST SP 800-38A, section 6.2; FIPS 197.

use aes::cipher::consts::U16;
use aes::cipher::{
    Array, Block, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncrypt,
    BlockModeEncrypt, BlockSizeUser, InnerIvInit, KeyInit,
};
use aes::{Aes128Dec, Aes128Enc, Aes192Dec, Aes192Enc, Aes256Dec, Aes256Enc};
use zeroize::Zeroizing;

use super::pkcs7;
use super::rejected::{Cause, Rejected};
use super::secret::{AesLength, Plaintext};

/// The block length of AES in bytes; the IV has it too.
pub const BLOCK: usize = 16;

/// Pads and encrypts.
///
/// # Errors
/// [`Rejected`] when the key has not 16, 24 or 32 bytes.
pub fn encrypt(key: &[u8], iv: &[u8; BLOCK], plaintext: &[u8]) -> Result<Vec<u8>, Rejected> {
    // With room for the padding from the start: growing would leave a copy of the plaintext behind.
    let mut bytes = Vec::with_capacity(pkcs7::padded_length(plaintext.len()));
    bytes.extend_from_slice(plaintext);
    pkcs7::pad(&mut bytes);
    Encryptor::new(key)?.encrypt_blocks(iv, &mut bytes)?;
    Ok(bytes)
}

/// Decrypts and takes the padding off.
///
/// # Errors
/// [`Rejected`] when the key has no AES length, the ciphertext is empty or no whole number of blocks, or the padding
/// is wrong: one answer, and which bytes of the padding are wrong takes no part in the time it takes.
pub fn decrypt(key: &[u8], iv: &[u8; BLOCK], ciphertext: &[u8]) -> Result<Plaintext, Rejected> {
    let mut bytes = Zeroizing::new(vec![0; ciphertext.len()]);
    Decryptor::new(key)?.decrypt_blocks(iv, ciphertext, &mut bytes)?;
    let length = pkcs7::unpadded_length(&bytes)?;
    bytes.truncate(length);
    Ok(Plaintext::new(bytes))
}

const REJECTED: Rejected = Rejected::at(Cause::Blocks);

/// A key that is ready to encrypt; it is wiped when it is dropped.
pub struct Encryptor(Encrypting);

enum Encrypting {
    Aes128(Aes128Enc),
    Aes192(Aes192Enc),
    Aes256(Aes256Enc),
}

impl Encryptor {
    /// Makes the round keys.
    ///
    /// # Errors
    /// [`Rejected`] when the key has not 16, 24 or 32 bytes.
    pub fn new(key: &[u8]) -> Result<Self, Rejected> {
        match AesLength::of(key.len()) {
            Some(AesLength::Aes128) => round_keys(key).map(Encrypting::Aes128),
            Some(AesLength::Aes192) => round_keys(key).map(Encrypting::Aes192),
            Some(AesLength::Aes256) => round_keys(key).map(Encrypting::Aes256),
            None => Err(REJECTED),
        }
        .map(Self)
    }

    /// Encrypts whole blocks in place, without padding.
    ///
    /// # Errors
    /// [`Rejected`] when the bytes are no whole number of blocks.
    pub fn encrypt_blocks(&self, iv: &[u8; BLOCK], bytes: &mut [u8]) -> Result<(), Rejected> {
        let (blocks, []) = Array::slice_as_chunks_mut(bytes) else { return Err(REJECTED) };
        match &self.0 {
            Encrypting::Aes128(cipher) => chain(cipher, iv, blocks),
            Encrypting::Aes192(cipher) => chain(cipher, iv, blocks),
            Encrypting::Aes256(cipher) => chain(cipher, iv, blocks),
        }
        Ok(())
    }
}

fn chain<C>(cipher: &C, iv: &[u8; BLOCK], blocks: &mut [Array<u8, U16>])
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
{
    cbc::Encryptor::inner_iv_init(cipher, iv.into()).encrypt_blocks(blocks);
}

/// A key that is ready to decrypt; it is wiped when it is dropped.
pub struct Decryptor(Decrypting);

enum Decrypting {
    Aes128(Aes128Dec),
    Aes192(Aes192Dec),
    Aes256(Aes256Dec),
}

impl Decryptor {
    /// Makes the round keys.
    ///
    /// # Errors
    /// [`Rejected`] when the key has not 16, 24 or 32 bytes.
    pub fn new(key: &[u8]) -> Result<Self, Rejected> {
        match AesLength::of(key.len()) {
            Some(AesLength::Aes128) => round_keys(key).map(Decrypting::Aes128),
            Some(AesLength::Aes192) => round_keys(key).map(Decrypting::Aes192),
            Some(AesLength::Aes256) => round_keys(key).map(Decrypting::Aes256),
            None => Err(REJECTED),
        }
        .map(Self)
    }

    /// Decrypts whole blocks into a place of the same length, and leaves the padding on.
    ///
    /// # Errors
    /// [`Rejected`] when the lengths differ or are no whole number of blocks.
    pub fn decrypt_blocks(
        &self,
        iv: &[u8; BLOCK],
        ciphertext: &[u8],
        plaintext: &mut [u8],
    ) -> Result<(), Rejected> {
        if ciphertext.len() != plaintext.len() {
            return Err(REJECTED);
        }
        let (from, []) = Array::slice_as_chunks(ciphertext) else { return Err(REJECTED) };
        let (to, []) = Array::slice_as_chunks_mut(plaintext) else { return Err(REJECTED) };
        let chain = Unchain { previous: iv.into(), from, to };
        match &self.0 {
            Decrypting::Aes128(cipher) => cipher.decrypt_with_backend(chain),
            Decrypting::Aes192(cipher) => cipher.decrypt_with_backend(chain),
            Decrypting::Aes256(cipher) => cipher.decrypt_with_backend(chain),
        }
        Ok(())
    }
}

fn round_keys<C: KeyInit>(key: &[u8]) -> Result<C, Rejected> {
    C::new_from_slice(key).map_err(|_| REJECTED)
}

/// Decryption over as many blocks at once as the processor's instructions take: 64 with VAES.
///
/// The `cbc` crate may work in place, so it keeps a copy of the ciphertext for the block that follows, and another of
/// what is being decrypted: a quarter more time for 64 KiB, a tenth more for 1 KiB. Into another place neither is needed.
/// What is called here runs inside the function that was compiled for those instructions, so the exclusive or uses them
/// too.
struct Unchain<'a> {
    previous: &'a Block<Self>,
    from: &'a [Block<Self>],
    to: &'a mut [Block<Self>],
}

impl BlockSizeUser for Unchain<'_> {
    type BlockSize = U16;
}

impl BlockCipherDecClosure for Unchain<'_> {
    #[inline(always)]
    fn call<B: BlockCipherDecBackend<BlockSize = U16>>(self, backend: &B) {
        let Self { mut previous, from, to } = self;
        let (from, from_rest) = Array::<_, B::ParBlocksSize>::slice_as_chunks(from);
        let (to, to_rest) = Array::<_, B::ParBlocksSize>::slice_as_chunks_mut(to);
        for (from, to) in from.iter().zip(to) {
            backend.decrypt_par_blocks((from, &mut *to).into());
            let (Some(last), Some((first, others))) = (from.last(), to.split_first_mut()) else { return };
            xor(first, previous);
            xor(Array::slice_as_flattened_mut(others), Array::slice_as_flattened(from));
            previous = last;
        }
        for (from, to) in from_rest.iter().zip(to_rest) {
            backend.decrypt_block((from, &mut *to).into());
            xor(to, previous);
            previous = from;
        }
    }
}

/// As far as the shorter of both goes.
#[inline(always)]
fn xor(to: &mut [u8], with: &[u8]) {
    for (to, with) in to.iter_mut().zip(with) {
        *to ^= with;
    }
}
