//! "Did you mean …?"

use crate::caseless;

/// The most letters two words may differ in: two, or one for words of fewer than five letters.
fn allowed(word: &str) -> usize {
    if word.chars().count() < 5 { 1 } else { 2 }
}

/// The candidate nearest to a word, ignoring case and `-`/`_`; `None` where none is near enough.
///
/// Of two equally near the first wins.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = plain(word);
    let (length, most) = (typed.chars().count(), allowed(&typed));
    // Two words differ by at least as many letters as their lengths do: nearly every candidate ends here.
    let near = |candidate: &&str| candidate.chars().count().abs_diff(length) <= most;
    candidates
        .into_iter()
        .filter(near)
        .map(|candidate| (strsim::osa_distance(&typed, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
    }
}
