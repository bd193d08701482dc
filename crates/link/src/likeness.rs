//! How like a mention is to a term that full-text search found.
//!
//! Every deciding word of the mention must be a word of the term (or its other form, or a near spelling that starts
//! alike), and the term may add only words that say nothing (`disease`, `unspecified`): a link must not be more specific
//! than the text. So `anesthesia` is unlike `synesthesia`, and `renal cyst` unlike `polycystic kidney`.

use clinlink_vocab::is_function_word;

use crate::lexicon::Lexicon;

/// Near spellings: at least this share of character trigrams in common (Dice).
const NEAR_SPELLING: f32 = 0.75;
/// Words shorter than this many bytes have no near spellings.
const SHORTEST_NEAR: usize = 6;

/// Shorter words, in bytes, do not stand for `… syndrome` alone.
const SHORTEST_NAME: usize = 7;

/// Likeness of two normal forms, 0 (unlike) to 1 (the same words).
pub(crate) fn likeness(mention: &str, term: &str, lexicon: &Lexicon) -> f32 {
    let said = deciding(mention, lexicon);
    // What the term says beyond its deciding words must be said too: `lower limb` is not `upper limb`.
    let mut open: Vec<&str> = content(term).collect();
    open.retain(|word| !lexicon.fillers.contains(*word) || !content(mention).any(|said| said == *word));
    if said.is_empty() || open.is_empty() {
        return 0.0;
    }
    let mut total = 0.0;
    for word in &said {
        let best = open
            .iter()
            .enumerate()
            .map(|(at, other)| (at, same(word, other, lexicon)))
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        match best {
            Some((at, like)) if like > 0.0 => {
                total += like;
                open.swap_remove(at);
            }
            _ => return 0.0,
        }
    }
    // "appendix" is not "disease of appendix": a body part alone says nothing of a disease.
    let is_place = said.iter().all(|word| lexicon.variants.contains_key(*word));
    if open.iter().any(|word| is_place || !says_nothing(word)) {
        return 0.0;
    }
    // `cook` is a word, `Cooks syndrome` is not meant.
    if !open.is_empty() && said.len() == 1 && said[0].len() < SHORTEST_NAME {
        return 0.0;
    }
    let padding = open.len() as f32 * 0.05;
    (total / said.len() as f32 - padding).max(0.0)
}

fn deciding<'t>(form: &'t str, lexicon: &Lexicon) -> Vec<&'t str> {
    content(form).filter(|word| !lexicon.fillers.contains(*word)).collect()
}

fn content(form: &str) -> impl Iterator<Item = &str> {
    form.split(' ').filter(|word| !word.is_empty() && !is_function_word(word))
}

fn same(word: &str, other: &str, lexicon: &Lexicon) -> f32 {
    if word == other {
        return 1.0;
    }
    if lexicon.variants.get(word).is_some_and(|forms| forms.iter().any(|form| form == other)) {
        return 0.95;
    }
    let long_enough = word.len() >= SHORTEST_NEAR && other.len() >= SHORTEST_NEAR;
    if !long_enough || prefix(word, 3) != prefix(other, 3) || !same_negation(word, other) {
        return 0.0;
    }
    let dice = trigram_dice(word, other);
    if dice >= NEAR_SPELLING { dice } else { 0.0 }
}

fn prefix(word: &str, chars: usize) -> String {
    word.chars().take(chars).collect()
}

/// What makes words opposites.
const STEMS: [&str; 8] = ["hyper", "hypo", "brady", "tachy", "macro", "micro", "poly", "oligo"];

/// Whether one of two phrases has a word with a stem that makes opposites, and the other has none.
pub(crate) fn are_opposites(one: &str, other: &str) -> bool {
    let has = |phrase: &str, stem: &str| phrase.split(' ').any(|word| word.starts_with(stem));
    STEMS.into_iter().any(|stem| has(one, stem) != has(other, stem))
}

/// Words that say the opposite of each other, in normal form: those on the left of those on the right.
const CONTRARY: [(&[&str], &[&str]); 12] = [
    (
        &["increased", "elevated", "raised", "high", "excessive"],
        &["decreased", "reduced", "low", "diminished"],
    ),
    (&["good", "strong"], &["poor", "weak"]),
    (&["large", "enlarged", "big"], &["small", "reduced"]),
    (&["long"], &["short"]),
    (&["thick", "thickened"], &["thin"]),
    (&["wide", "broad", "dilated"], &["narrow", "constricted"]),
    (&["upper", "superior"], &["lower", "inferior"]),
    (&["left"], &["right"]),
    (&["anterior"], &["posterior"]),
    (&["proximal"], &["distal"]),
    (&["acute"], &["chronic"]),
    (&["early", "premature", "precocious"], &["late", "delayed"]),
];

/// Whether one of two phrases has a word that says the opposite of a word of the other: `good appetite` and `poor appetite`.
pub(crate) fn are_contrary(one: &str, other: &str) -> bool {
    let has = |phrase: &str, words: &[&str]| phrase.split(' ').any(|word| words.contains(&word));
    let only = |phrase: &str, these: &[&str], those: &[&str]| has(phrase, these) && !has(phrase, those);
    CONTRARY.iter().any(|&(these, those)| {
        only(one, these, those) && only(other, those, these)
            || only(one, those, these) && only(other, these, those)
    })
}

/// Words that differ in what makes them opposites or other measures are not spellings of each other
/// (`hypertension`, `hypotension`; `hyperkalemia`, `hypernatremia`).
fn same_negation(word: &str, other: &str) -> bool {
    let stem = |word: &str| STEMS.into_iter().find(|stem| word.starts_with(stem));
    match (stem(word), stem(other)) {
        (None, None) => true,
        // The rest after such a stem is what matters: it must start alike too.
        (Some(a), Some(b)) => a == b && prefix(&word[a.len()..], 4) == prefix(&other[b.len()..], 4),
        _ => false,
    }
}

/// The share of character trigrams that two texts have in common (Dice), 0 to 1.
pub(crate) fn trigram_dice(word: &str, other: &str) -> f32 {
    let grams = |word: &str| {
        let chars: Vec<char> = format!(" {word} ").chars().collect();
        chars.windows(3).map(|gram| [gram[0], gram[1], gram[2]]).collect::<Vec<_>>()
    };
    let (ours, mut theirs) = (grams(word), grams(other));
    let all = ours.len() + theirs.len();
    let shared = ours
        .iter()
        .filter(|gram| theirs.iter().position(|g| g == *gram).map(|at| theirs.swap_remove(at)).is_some())
        .count();
    2.0 * shared as f32 / all as f32
}

fn says_nothing(word: &str) -> bool {
    matches!(word, "disease" | "disorder" | "syndrome" | "unspecified" | "condition" | "nos" | "finding")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("renal cyst", "cyst kidney")]
    #[case("adrenoleukodystrofy", "adrenoleukodystrophy")]
    #[case("kawasaki", "kawasaki disease")]
    #[case("severe cyst of left kidney", "kidney left cyst")]
    fn like(#[case] mention: &str, #[case] term: &str) {
        assert!(likeness(mention, term, &Lexicon::embedded()) > 0.75);
    }

    #[rstest]
    #[case("good appetite", "poor appetite", true)]
    #[case("low blood calcium", "elevated blood calcium", true)]
    #[case("high and low calcium", "low calcium", false)]
    #[case("low calcium", "reduced calcium", false)]
    #[case("pain of the left arm", "pain of the arm", false)]
    fn opposites_in_words(#[case] one: &str, #[case] other: &str, #[case] contrary: bool) {
        assert_eq!(are_contrary(one, other), contrary);
        assert_eq!(are_contrary(other, one), contrary);
    }

    #[rstest]
    #[case("anesthesia", "synesthesia")]
    #[case("hypertension", "hypotension")]
    #[case("hyperkalemia", "hypernatremia")]
    #[case("renal cyst", "polycystic kidney")]
    #[case("diabetes", "diabetes insipidus")]
    #[case("cough", "whooping cough")]
    #[case("right", "left")]
    #[case("weakness of lower limb", "weakness of upper limb")]
    #[case("mouth", "wide mouth")]
    #[case("cook", "cook syndrome")]
    #[case("appendix", "disease of appendix")]
    fn unlike(#[case] mention: &str, #[case] term: &str) {
        assert!(likeness(mention, term, &Lexicon::embedded()) < 0.1);
    }
}
