//! Other spellings of a mention's words, where no term has them as they stand.
//!
//! In this order: a noun for its adjective (`nephrotoxic`, `nephrotoxicity`; `akinetic`, `akinesia`), two words as one
//! (`post operative`), a word as two (`nonsmall cell`), and a word within one edit (`pnuemonia`) or, if it is long and nothing
//! is nearer, within two (`hemmorhage`; Levenshtein automata over the pack's words, [`Pack::near_words`]). Gates keep
//! false links out: only a word that no term of the pack holds, or few by the vocabulary's own mistake (`deficency`), is taken
//! for misspelt, so that `anesthesia` never becomes `synesthesia`; the mention as a whole must be a term then; and a word that stands alone must sound like
//! what is two edits away. Where the nearest words are opposites (`hypetension`), or one edit
//! further (`hyptension`), nobody can tell which one is meant.

use clinlink_model::Via;
use clinlink_vocab::{Pack, normal_words};

use crate::hits::Hits;
use crate::query::Query;
use crate::reduce::{is_dropped, reduce};
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// Terms that are the mention in another spelling.
pub(crate) struct Respelt;

/// Shorter words, in bytes, have too many neighbours.
const SHORTEST: usize = 5;
/// Shorter words, in bytes, are too near to others for two edits.
const SHORTEST_FOR_TWO: usize = 9;
/// A word that more terms hold than this is no mistake of a vocabulary.
const MOST_MISTAKEN: u64 = 5;
/// A word that a vocabulary has by mistake is one edit from a word that so many times as many terms hold.
const MUCH_COMMONER: u64 = 100;
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

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
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
            let decides = |word: &&String| !is_dropped(word, &with.lexicon);
            let alone = words.iter().filter(decides).nth(1).is_none();
            let correct = |at: usize, word: &str| {
                if may_be_misspelt[at] {
                    corrections(word, alone, &with.pack)
                } else {
                    Corrections::default()
                }
            };
            let (corrected, cost) = corrected(&words, correct);
            try_all(corrected, (cost, Via::Spelling), with, hits);
        }
    }
}

/// Looks up wordings until one is found.
fn try_all(wordings: Vec<Vec<String>>, cost: (f32, Via), with: &Knowledge, hits: &mut Hits) {
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

/// What may be meant by a misspelt word, the likeliest first.
#[derive(Debug, Default)]
struct Corrections {
    words: Vec<String>,
    /// What the link loses.
    cost: f32,
}

/// Wordings with all misspelt words corrected, the likeliest corrections first, and what they lose; none if a word is
/// misspelt beyond correction or all words are right.
fn corrected(words: &[String], correct: impl Fn(usize, &str) -> Corrections) -> (Vec<Vec<String>>, f32) {
    let fixes: Vec<(usize, Corrections)> = words
        .iter()
        .enumerate()
        .map(|(at, word)| (at, correct(at, word)))
        .filter(|(_, fixes)| !fixes.words.is_empty())
        .collect();
    let cost = fixes.iter().map(|(_, fixes)| fixes.cost).fold(0.0, f32::max);
    let wordings = match &fixes[..] {
        [(at, fixes)] => {
            replaced(words, |here, _| if here == *at { fixes.words.clone() } else { Vec::new() })
        }
        [(one, first), (other, second)] => {
            let mut wording = words.to_vec();
            wording[*other].clone_from(&second.words[0]);
            wording[*one].clone_from(&first.words[0]);
            vec![wording.iter().flat_map(|word| word.split(' ')).map(str::to_owned).collect()]
        }
        _ => Vec::new(),
    };
    (wordings, cost)
}

/// Whether a word as it stands may be misspelt: letters only, long enough, no abbreviation.
fn is_plain(word: &str) -> bool {
    word.len() >= SHORTEST
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (word.len() > LONGEST_ABBREVIATION || word.bytes().skip(1).any(|byte| byte.is_ascii_lowercase()))
}

/// What may be meant by a word that no term holds, or that is itself a rare mistake of a vocabulary. If it stands `alone`, nothing else speaks for a term with two mistakes but
/// that it sounds like it: `hemmorhage`, but not `prognosis` for `proptosis`.
fn corrections(word: &str, alone: bool, pack: &Pack) -> Corrections {
    let held = frequency(word, pack);
    if word.len() < SHORTEST || held > MOST_MISTAKEN {
        return Corrections::default();
    }
    let Some(mut words) = near(word, 1, pack) else { return Corrections::default() };
    if held > 0 {
        words.retain(|other| other != word && is_mistake(held, frequency(other, pack)));
        return Corrections { words, cost: score::MISSPELT };
    }
    words.extend(divided(word, pack));
    if words.is_empty() && word.len() >= SHORTEST_FOR_TWO {
        words = near(word, 2, pack).unwrap_or_default();
        words.retain(|other| !alone || sound(other) == sound(word));
        return Corrections { words, cost: score::MISSPELT_TWICE };
    }
    Corrections { words, cost: score::MISSPELT }
}

/// The pack's words within so many edits of a word, the commonest first; `None` if opposites are among them.
fn near(word: &str, edits: u8, pack: &Pack) -> Option<Vec<String>> {
    let mut near: Vec<(String, u32)> = pack.near_words(word, edits).unwrap_or_default();
    // A one-letter word more or less is another word: `sarcomas`, `scoma`.
    near.retain(|(other, _)| other.len() + 1 >= SHORTEST);
    if are_opposites(&near) || edits == 1 && has_opposite(word, &near, pack) {
        return None;
    }
    near.sort_by(|a, b| {
        // People rarely mistake the first letter.
        let moved = |other: &str| other.as_bytes().first() != word.as_bytes().first();
        moved(&a.0).cmp(&moved(&b.0)).then(b.1.cmp(&a.1)).then_with(|| a.0.cmp(&b.0))
    });
    Some(near.into_iter().take(MOST_CORRECTIONS).map(|(word, _)| word).collect())
}

/// What is heard of a word's consonants, each once where it is doubled.
fn sound(word: &str) -> String {
    let word = word.replace("ph", "f").replace(['k', 'q'], "c").replace('z', "s");
    let mut heard: Vec<char> = word.chars().filter(|c| !"aeiouyh".contains(*c)).collect();
    heard.dedup();
    heard.into_iter().collect()
}

/// What makes words opposites.
const PAIRS: [(&str, &str); 4] =
    [("hyper", "hypo"), ("brady", "tachy"), ("macro", "micro"), ("poly", "oligo")];

/// Whether the opposite of one of the words is only one edit further from `word`: `hyptension` may be `hypotension`, and
/// `hypertension` too.
fn has_opposite(word: &str, near: &[(String, u32)], pack: &Pack) -> bool {
    let flipped = |other: &str, (one, two): (&str, &str)| {
        let to = |from: &str, to: &str| other.strip_prefix(from).map(|rest| format!("{to}{rest}"));
        to(one, two).or_else(|| to(two, one))
    };
    let opposites: Vec<String> = near
        .iter()
        .filter_map(|(other, _)| PAIRS.into_iter().find_map(|pair| flipped(other, pair)))
        .collect();
    !opposites.is_empty() && {
        let wider = pack.near_words(word, 2).unwrap_or_default();
        wider.iter().any(|(other, _)| opposites.contains(other))
    }
}

/// Whether two of the words differ in what makes them opposites (`hypertension`, `hypotension`).
fn are_opposites(words: &[(String, u32)]) -> bool {
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

/// Whether a word that so many terms hold is a mistake for another word that so many hold.
fn is_mistake(held: u64, other: u64) -> bool {
    held <= MOST_MISTAKEN && other >= held * MUCH_COMMONER
}

fn knows(pack: &Pack, word: &str) -> bool {
    frequency(word, pack) > 0
}

/// How many terms of the pack hold the word. An index that cannot be read knows every word: nothing is corrected.
fn frequency(word: &str, pack: &Pack) -> u64 {
    pack.word_frequency(word).unwrap_or(u64::MAX)
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

    #[rstest]
    #[case("hemmorhage", "hemorrhage", true)]
    #[case("pheochromacitoma", "pheochromocytoma", true)]
    #[case("adrenoleucodistrophy", "adrenoleukodystrophy", true)]
    #[case("prognosis", "proptosis", false)]
    #[case("conclusion", "contusion", false)]
    fn misspelt_words_sound_alike(#[case] word: &str, #[case] other: &str, #[case] alike: bool) {
        assert_eq!(sound(word) == sound(other), alike);
    }

    #[rstest]
    #[case::rare_beside_common(1, 100, true)]
    #[case::both_rare(1, 99, false)]
    #[case::not_rare(6, 10_000, false)]
    fn a_vocabulary_makes_rare_mistakes(#[case] held: u64, #[case] other: u64, #[case] mistake: bool) {
        assert_eq!(is_mistake(held, other), mistake);
    }

    #[test]
    fn neither_of_two_opposites_is_meant() {
        let words = |all: &[&str]| all.iter().map(|word| ((*word).to_owned(), 1)).collect::<Vec<_>>();
        assert!(are_opposites(&words(&["hypertension", "hypotension"])));
        assert!(!are_opposites(&words(&["hypertension", "hypertensions"])));
    }
}
