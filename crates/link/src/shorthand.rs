//! What clinicians write for a word that is too common to be written out: `w/`, `resp failure`.

use std::ops::Range;

use clinlink_vocab::Pack;

use crate::lexicon::Lexicon;
use crate::walk::Walker;
use crate::words::Words;

/// Words cut short. They are read only inside a term that has the whole word: `prostate ca`, but not `ca 9.1`.
pub(crate) const CLIPPED: [(&str, &str); 13] = [
    ("ca", "cancer"),
    ("chr", "chronic"),
    ("dz", "disease"),
    ("exac", "exacerbation"),
    ("fib", "fibrillation"),
    ("hypox", "hypoxic"),
    ("insuff", "insufficiency"),
    ("metab", "metabolic"),
    ("pulm", "pulmonary"),
    ("resp", "respiratory"),
    ("strep", "streptococcus"),
    ("staph", "staphylococcus"),
    ("synd", "syndrome"),
];

/// The word that `w/` at `range` is, `with` or `without`, and the byte after it. Not of `w/u`, `w/c` and `w/r/r`, which are
/// other things.
pub(crate) fn with_slash(text: &str, range: &Range<usize>) -> Option<(&'static str, usize)> {
    let bytes = text.as_bytes();
    let is_w = range.len() == 1 && matches!(bytes[range.start], b'w' | b'W');
    if !is_w || bytes.get(range.end) != Some(&b'/') {
        return None;
    }
    let opens = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'(' | b'[' | b',' | b';' | b':');
    if !range.start.checked_sub(1).is_none_or(|before| opens(&bytes[before])) {
        return None;
    }
    let after = range.end + 1;
    let rest = &text[after..];
    let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (word, behind) = rest.split_at(length);
    match word {
        "o" | "O" => Some(("without", after + 1)),
        "" if behind.is_empty() || behind.starts_with(char::is_whitespace) => Some(("with", after)),
        _ if behind.starts_with('/') => None,
        _ if word.len() > 2 || word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            Some(("with", after))
        }
        _ => None,
    }
}

/// The places of `text` whose meaning the abbreviations of a note leave out, with the words that they stand for, in text
/// order: `w/`, abbreviations in lower case and, inside a term, words cut short.
pub(crate) fn written_out(text: &str, pack: &Pack, lexicon: &Lexicon) -> Vec<(Range<usize>, String)> {
    if !may_be_short(text, lexicon) {
        return Vec::new();
    }
    let mut words = Words::of(text);
    words.read_short_forms(text, lexicon);
    let mut out: Vec<(Range<usize>, String)> = Vec::new();
    for at in 0..words.len() {
        let range = words.range(at..at + 1);
        if text[range.clone()].contains('/') && matches!(words.form(at), "with" | "without") {
            out.push((range, words.form(at).to_owned()));
            continue;
        }
        let Some(long) = words.long(at) else { continue };
        let surface = &text[range.clone()];
        let is_lower = || lexicon.lowered.contains(surface);
        if long.sure && is_lower() || !long.sure && is_in_term(&words, at, pack, lexicon) {
            out.push((range, long.form.to_owned()));
        }
    }
    out
}

/// Whether a text may have such places: a look that spares most mentions the rest.
fn may_be_short(text: &str, lexicon: &Lexicon) -> bool {
    let is_clipped = |word: &str| CLIPPED.iter().any(|(clipped, _)| clipped.eq_ignore_ascii_case(word));
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    text.contains("w/") || text.contains("W/") || words.any(|w| lexicon.lowered.contains(w) || is_clipped(w))
}

/// Whether a term of several words has the word cut short at `at`.
fn is_in_term(words: &Words, at: usize, pack: &Pack, lexicon: &Lexicon) -> bool {
    let walker = Walker::new(pack.terms(), lexicon);
    let mut found = Vec::new();
    (at.saturating_sub(LONGEST)..=at).any(|start| {
        walker.terms_at(words, start, &mut found);
        found.iter().any(|term| term.end > at && term.used > 1 && term.varied > 0)
    })
}

/// A term begins at most this many words before a word cut short.
const LONGEST: usize = 4;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::with_slash;

    #[rstest]
    #[case("w/ fever", Some(("with", 2)))]
    #[case("w/fever", Some(("with", 2)))]
    #[case("W/ FEVER", Some(("with", 2)))]
    #[case("w/DM", Some(("with", 2)))]
    #[case("w/o fever", Some(("without", 3)))]
    #[case("w/", Some(("with", 2)))]
    #[case::workup("w/u", None)]
    #[case::wheelchair("w/c", None)]
    #[case::wheezes("w/r/r", None)]
    #[case::no_slash("w fever", None)]
    #[case::another_word("we/they", None)]
    fn reads_with(#[case] text: &str, #[case] expected: Option<(&str, usize)>) {
        let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
        assert_eq!(with_slash(text, &(0..end)), expected);
    }

    #[rstest]
    #[case::the_end_of_a_row("r/r/w/ fever", 4)]
    fn does_not_read_with_inside_a_row(#[case] text: &str, #[case] at: usize) {
        assert_eq!(with_slash(text, &(at..at + 1)), None);
    }
}
