//! "Did you mean …?"

use crate::caseless;

/// The most letters two words may differ in: two, or one for words of fewer than five letters.
fn allowed(word: &str) -> usize {
    if word.chars().count() < 5 { 1 } else { 2 }
}

/// How many names are looked at to suggest one for those a text gets wrong, before the rest go without: a text with so many
/// mistakes has another one.
const MOST_LOOKED_AT: usize = 1_000_000;

/// Keeps suggestions for many wrong names in a large model from taking the product of both.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    looked_at: usize,
}

impl Patience {
    /// Whether so many names may be looked at once more to suggest one.
    pub(crate) fn lasts_for(&mut self, names: usize) -> bool {
        self.looked_at = self.looked_at.saturating_add(names);
        self.looked_at <= MOST_LOOKED_AT
    }
}

/// The candidate nearest to a word, ignoring case and `-`/`_`; `None` where none is near enough.
///
/// Of two equally near the first wins.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = plain(word);
    let (length, most) = (typed.chars().count(), allowed(&typed));
    let letters = letters(&typed);
    // Two words differ by at least as many letters as their lengths do, and by each letter that only one of them has:
    // nearly every candidate ends here.
    let near = |candidate: &&str| {
        let others = self::letters(candidate);
        let only = (letters & !others).count_ones().max((others & !letters).count_ones());
        only as usize <= most && candidate.chars().count().abs_diff(length) <= most
    };
    candidates
        .into_iter()
        .filter(near)
        .map(|candidate| (strsim::osa_distance(&typed, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The letters of a word as bits, without what suggestions ignore; some letters share a bit.
fn letters(word: &str) -> u64 {
    let bit = |letter: char| 1 << (u32::from(if letter == '_' { '-' } else { letter }) % 64);
    word.chars().flat_map(char::to_lowercase).map(bit).fold(0, |all, bit: u64| all | bit)
}

/// The text without what suggestions ignore.
fn plain(word: &str) -> String {
    caseless::fold(word).replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_near_when_few_letters_differ() {
        assert_eq!(did_you_mean("Pilotes", ["Robots", "Pilots"]), Some("Pilots"));
        assert_eq!(did_you_mean("Guests", ["Robots", "Pilots"]), None);
        assert_eq!(did_you_mean("net_ops", ["netops", "NET-OPS"]), Some("NET-OPS"));
        assert_eq!(did_you_mean("Pliots", ["Pilots"]), Some("Pilots"));
        assert_eq!(did_you_mean("PÄCKER", ["päcker-1"]), Some("päcker-1"));
    }

    #[test]
    fn patience_ends_for_good() {
        let mut patience = Patience::default();
        assert!(patience.lasts_for(MOST_LOOKED_AT));
        assert!(!patience.lasts_for(1) && !patience.lasts_for(0));
    }
}
