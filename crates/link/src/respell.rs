//! Other spellings of a mention's words, where no term has them as they stand.
//!
//! In this order: a noun for its adjective (`nephrotoxic`, `nephrotoxicity`; `akinetic`, `akinesia`), two words as one
//! (`post operative`), a word as two (`nonsmall cell`), and a word within one edit (`pnuemonia`; a Levenshtein automaton
//! over the pack's words, [`Pack::near_words`]). Two gates keep false links out: only a word that no term of the pack holds is
//! taken for misspelt, so that `anesthesia` never becomes `synesthesia`; and the mention as a whole must be a term
//! then. Where the nearest words are opposites (`hypetension`), nobody can tell which one is meant.

use clinlink_model::Via;
use clinlink_vocab::{Pack, normal_words};

use crate::hits::Hits;
use crate::query::Query;
use crate::reduce::reduce;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// Terms that are the mention in another spelling.
pub(crate) struct Respelt;

/// Shorter words, in bytes, have too many neighbours.
const SHORTEST: usize = 5;
/// Upper-case words up to this long, in bytes, are abbreviations.
const LONGEST_ABBREVIATION: usize = 6;
/// Both parts of a divided word have at least this many bytes.
const SHORTEST_PART: usize = 3;
/// How many corrections of a word are tried.
const MOST_CORRECTIONS: usize = 6;
/// Longer mentions are phrases, not names.
const MOST_WORDS: usize = 10;

impl Source for Respelt {
    fn need(&self) -> Need {
        Need::Nil
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits<'_>) {
        let text = query.full();
        let words = normal_words(text);
        if words.len() > MOST_WORDS {
            return;
        }
        let may_be_misspelt: Vec<bool> =
            words.iter().map(|word| is_plain(&text[word.range.clone()])).collect();
        let words: Vec<String> = words.into_iter().map(|word| word.form).collect();
        let nouns = replaced(&words, |_, word| nouns(word));
        try_all(nouns, (score::PER_WORD, Via::Search), with, hits);
        let joined =
            (1..words.len()).map(|at| joined(&words, at)).filter(|words| knows_all(&with.pack, words));
        try_all(joined.collect(), (score::RESPACED, Via::Spelling), with, hits);
        if with.is_nil(hits) {
            let correct = |at: usize, word: &str| {
                if may_be_misspelt[at] { corrections(word, &with.pack) } else { Vec::new() }
            };
            try_all(corrected(&words, correct), (score::MISSPELT, Via::Spelling), with, hits);
        }
    }
}

/// Looks up wordings until one is found.
fn try_all(wordings: Vec<Vec<String>>, cost: (f32, Via), with: &Knowledge, hits: &mut Hits<'_>) {
    for wording in wordings {
        if !with.is_nil(hits) {
            return;
        }
        reduce(&wording, cost, with, hits);
    }
}

/// Wordings with one word replaced by each of what `others` gives for it.
fn replaced(words: &[String], others: impl Fn(usize, &str) -> Vec<String>) -> Vec<Vec<String>> {
    let mut wordings = Vec::new();
    for (at, word) in words.iter().enumerate() {
        for other in others(at, word) {
            let mut wording = words.to_vec();
            wording.splice(at..=at, other.split(' ').map(str::to_owned));
            wordings.push(wording);
        }
    }
    wordings
}

/// Wordings with all misspelt words corrected, the likeliest corrections first; none if a word is misspelt beyond
/// correction or all words are right.
fn corrected(words: &[String], correct: impl Fn(usize, &str) -> Vec<String>) -> Vec<Vec<String>> {
    let fixes: Vec<(usize, Vec<String>)> = words
        .iter()
        .enumerate()
        .map(|(at, word)| (at, correct(at, word)))
        .filter(|(_, fixes)| !fixes.is_empty())
        .collect();
    match &fixes[..] {
        [(at, _)] => replaced(words, |here, _| if here == *at { fixes[0].1.clone() } else { Vec::new() }),
        [(one, first), (other, second)] => {
            let mut wording = words.to_vec();
            wording[*other].clone_from(&second[0]);
            wording[*one].clone_from(&first[0]);
            vec![wording.iter().flat_map(|word| word.split(' ')).map(str::to_owned).collect()]
        }
        _ => Vec::new(),
    }
}

/// Whether a word as it stands may be misspelt: letters only, long enough, no abbreviation.
fn is_plain(word: &str) -> bool {
    word.len() >= SHORTEST
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (word.len() > LONGEST_ABBREVIATION || word.bytes().skip(1).any(|byte| byte.is_ascii_lowercase()))
}

/// What may be meant by a word that no term holds, the commonest first.
fn corrections(word: &str, pack: &Pack) -> Vec<String> {
    if word.len() < SHORTEST || knows(pack, word) {
        return Vec::new();
    }
    let mut near: Vec<(String, u32)> = pack.near_words(word).unwrap_or_default();
    // A one-letter word more or less is another word: `sarcomas`, `scoma`.
    near.retain(|(other, _)| other.len() + 1 >= SHORTEST);
    if are_opposites(&near) {
        return Vec::new();
    }
    near.sort_by(|a, b| {
        // People rarely mistake the first letter.
        let moved = |other: &str| other.as_bytes().first() != word.as_bytes().first();
        moved(&a.0).cmp(&moved(&b.0)).then(b.1.cmp(&a.1)).then_with(|| a.0.cmp(&b.0))
    });
    let mut words: Vec<String> = near.into_iter().take(MOST_CORRECTIONS).map(|(word, _)| word).collect();
    words.extend(divided(word, pack));
    words
}

/// Whether two of the words differ in what makes them opposites (`hypertension`, `hypotension`).
fn are_opposites(words: &[(String, u32)]) -> bool {
    const PAIRS: [(&str, &str); 4] =
        [("hyper", "hypo"), ("brady", "tachy"), ("macro", "micro"), ("poly", "oligo")];
    let starts = |stem: &str| words.iter().any(|(word, _)| word.starts_with(stem));
    PAIRS.iter().any(|(one, other)| starts(one) && starts(other))
}

/// The word as two that the pack knows.
fn divided(word: &str, pack: &Pack) -> Vec<String> {
    if !word.is_ascii() {
        return Vec::new();
    }
    let cuts = SHORTEST_PART..(word.len() + 1).saturating_sub(SHORTEST_PART);
    let parts = cuts.map(|at| word.split_at(at));
    parts.filter(|(a, b)| knows(pack, a) && knows(pack, b)).map(|(a, b)| format!("{a} {b}")).collect()
}

/// The words with word `at` and the one before it as one.
fn joined(words: &[String], at: usize) -> Vec<String> {
    let mut joined = words.to_vec();
    let second = joined.remove(at);
    joined[at - 1].push_str(&second);
    joined
}

fn knows_all(pack: &Pack, words: &[String]) -> bool {
    words.iter().all(|word| knows(pack, word))
}

/// Whether a term of the pack holds the word. An index that cannot be read knows every word: nothing is corrected.
fn knows(pack: &Pack, word: &str) -> bool {
    pack.word_frequency(word).map_or(true, |terms| terms > 0)
}

/// Nouns for an adjective of a disease, by its ending.
fn nouns(word: &str) -> Vec<String> {
    const ENDINGS: [(&str, &[&str]); 9] = [
        ("itic", &["itis"]),
        ("otic", &["osis"]),
        ("etic", &["esia", "etes"]),
        ("ptic", &["psy", "psis"]),
        ("lytic", &["lysis"]),
        ("ic", &["y", "ia", "icity"]),
        ("matous", &["ma"]),
        ("ive", &["ion"]),
        ("ed", &["ion"]),
    ];
    let stems = ENDINGS.iter().filter_map(|(ending, others)| Some((word.strip_suffix(ending)?, others)));
    stems
        .filter(|(stem, _)| stem.len() >= SHORTEST_PART)
        .flat_map(|(stem, others)| others.iter().map(move |other| format!("{stem}{other}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("nephrotoxic", "nephrotoxicity")]
    #[case("akinetic", "akinesia")]
    #[case("hypertensive", "hypertension")]
    #[case("fibrotic", "fibrosis")]
    #[case("anemic", "anemia")]
    #[case("edematous", "edema")]
    fn adjectives_have_nouns(#[case] adjective: &str, #[case] noun: &str) {
        assert!(nouns(adjective).contains(&noun.to_owned()), "{:?}", nouns(adjective));
    }

    #[rstest]
    #[case("pneumonia", true)]
    #[case("PNUEMONIA", true)]
    #[case("CHOP", false)]
    #[case("R-CHOP", false)]
    #[case("CaCl2", false)]
    fn abbreviations_are_not_misspelt(#[case] word: &str, #[case] plain: bool) {
        assert_eq!(is_plain(word), plain);
    }

    #[test]
    fn neither_of_two_opposites_is_meant() {
        let words = |all: &[&str]| all.iter().map(|word| ((*word).to_owned(), 1)).collect::<Vec<_>>();
        assert!(are_opposites(&words(&["hypertension", "hypotension"])));
        assert!(!are_opposites(&words(&["hypertension", "hypertensions"])));
    }
}
