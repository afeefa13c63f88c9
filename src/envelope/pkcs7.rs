//! PKCS#7 padding, checked without branches on the padded bytes.
//!
//! ```text
//! padded = plaintext ‖ n × byte n,   n = 16 − (length of the plaintext mod 16), 1 ≤ n ≤ 16
//! ```
//! The check looks at all 16 bytes of the last block whatever they are, and comes to one answer. The check of the
//! `block-padding` crate returns at the first wrong byte, which tells an attacker how many were right.
//!
//! # Source
//! RFC 5652, section 6.3.

use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess};

use super::aes_cbc::BLOCK;
use super::rejected::{Cause, Rejected};

/// Pads a whole plaintext.
pub(super) fn pad(plaintext: &mut Vec<u8>) {
    let missing = BLOCK - plaintext.len() % BLOCK;
    // Invariant: 1 ≤ missing ≤ 16.
    let byte = u8::try_from(missing).unwrap_or_default();
    plaintext.resize(plaintext.len() + missing, byte);
}

/// The length a plaintext has when it is padded.
pub(super) const fn padded_length(plaintext: usize) -> usize {
    plaintext + BLOCK - plaintext % BLOCK
}

/// The length of the plaintext inside whole decrypted blocks.
pub(super) fn unpadded_length(blocks: &[u8]) -> Result<usize, Rejected> {
    let rejected = Rejected::at(Cause::Padding);
    let last: &[u8; BLOCK] = blocks.last_chunk().ok_or(rejected)?;
    let [.., count] = last;
    let mut sound = count.ct_gt(&0) & !count.ct_gt(&16);
    for (distance, byte) in (0_u8..).zip(last.iter().rev()) {
        let is_padding: Choice = distance.ct_lt(count);
        sound &= !is_padding | byte.ct_eq(count);
    }
    if !bool::from(sound) {
        return Err(rejected);
    }
    blocks.len().checked_sub(usize::from(*count)).ok_or(rejected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_always_there_and_comes_off_again() {
        for length in 0..=100 {
            let mut bytes = vec![0xA5; length];
            pad(&mut bytes);
            assert_eq!(bytes.len(), padded_length(length));
            assert_eq!(bytes.len(), 16 * (length / 16 + 1));
            assert_eq!(unpadded_length(&bytes), Ok(length));
        }
    }

    /// Every last block of the form "anything, then a run", against the definition.
    #[test]
    fn exactly_the_sound_paddings_are_taken() {
        let mut sound = 0;
        for count in 0..=255_u8 {
            for run in 0..=16_usize {
                let mut block = [0xA5_u8; 16];
                for byte in block.iter_mut().rev().take(run.max(1)) {
                    *byte = count;
                }
                let expected = (1..=16).contains(&count)
                    && block.iter().rev().take(usize::from(count)).all(|byte| *byte == count);
                assert_eq!(unpadded_length(&block).is_ok(), expected, "{block:02x?}");
                sound += usize::from(expected);
            }
        }
        assert_eq!(
            sound,
            (1..=16).map(|count| 17 - count).sum::<usize>() + 1,
            "count 1 is sound for runs 0 and 1"
        );
    }
}
