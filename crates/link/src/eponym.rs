//! Diseases that are called by a name alone: `has Marfan`, `Crohn's on infliximab` (`vocab/eponyms.tsv`).
//!
//! One name is a surname too, so it stands for the disease only where it is written as a name and the words around say so: a
//! possessive whose phrase ends there, or a word before it that only a disease follows (`possible Turner`, `a girl with
//! Rett`). `Dr. Turner`, `Graves, R.` and `discussed with Noonan` are people. Two names (`Ehlers-Danlos`) are always the disease.

use clinlink_vocab::{is_function_word, normal_form};
use rustc_hash::FxHashMap;

use crate::qualifier::follows_phrase;
use crate::words::Words;

/// The diseases of a table, by the normal form of the name.
pub(crate) fn eponyms<'t>(lines: impl Iterator<Item = &'t str>) -> FxHashMap<String, String> {
    let rows = lines.filter_map(|line| line.split_once('\t'));
    rows.map(|(name, disease)| (normal_form(name), normal_form(disease))).collect()
}

/// A name has at most this many words: `Smith-Lemli-Opitz`.
const MOST_WORDS: usize = 4;

/// The disease that is called by the name at word `at` of `text`, and the word behind the name.
pub(crate) fn eponym<'e>(
    text: &str,
    words: &Words,
    at: usize,
    eponyms: &'e FxHashMap<String, String>,
) -> Option<(usize, &'e str)> {
    let is_name = |at: usize| text[words.range(at..at + 1)].starts_with(char::is_uppercase);
    if !is_name(at) {
        return None;
    }
    let most = words.len().min(at + MOST_WORDS);
    let stop = (at + 1..most).find(|&at| words.breaks_before(at)).unwrap_or(most);
    let (end, disease) =
        (at + 1..=stop).rev().find_map(|end| Some((end, eponyms.get(words.forms(at..end))?)))?;
    let is_meant = end > at + 1 || is_disease(text, words, at);
    is_meant.then_some((end, disease.as_str()))
}

/// Whether the one name at word `at` is the disease's.
fn is_disease(text: &str, words: &Words, at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map_or("", |at| words.form(at));
    let surface = &text[words.range(at..at + 1)];
    let rest = &text[words.range(at..at + 1).end..];
    // `Graves, R.`, `Turner RN`, `Noonan et al`.
    let next = rest.trim_start_matches([',', ' ']);
    let initial = next.chars().take_while(|c| c.is_alphanumeric()).collect::<String>();
    let is_signature = !initial.is_empty() && initial.len() <= 4 && initial.chars().all(char::is_uppercase);
    if is_signature || is_title(before(1)) || !ends_phrase(words, at + 1) {
        return false;
    }
    if at > 0 && words.breaks_before(at) {
        let ends = at + 1 >= words.len() || words.breaks_before(at + 1);
        return is_possessive(surface) || ends && is_heading(before(1));
    }
    match before(1) {
        _ if is_possessive(surface) => !is_person_before(before(1)),
        "of" => matches!(
            before(2),
            "history" | "hx" | "diagnosis" | "feature" | "stigmata" | "suspicion" | "sign"
        ),
        "with" => is_bearer(before(2)),
        "for" => matches!(
            before(2),
            "concern" | "positive" | "negative" | "evaluated" | "tested" | "screened" | "criteria"
        ),
        "o" => matches!(before(2), "h" | "r"),
        word => says_disease(word),
    }
}

fn ends_phrase(words: &Words, end: usize) -> bool {
    end >= words.len()
        || words.breaks_before(end)
        || follows_phrase(words.form(end))
        || matches!(
            words.form(end),
            "flare" | "exacerbation" | "relapse" | "treated" | "diagnosed" | "controlled"
        )
}

/// What heads a list of diseases: `PMH: Gaucher, asthma`.
fn is_heading(word: &str) -> bool {
    matches!(
        word,
        "pmh" | "pmhx" | "hx" | "history" | "dx" | "diagnosis" | "diagnose" | "impression" | "problem"
    )
}

fn is_possessive(surface: &str) -> bool {
    ["'s", "\u{2019}s", "s'"].iter().any(|end| surface.ends_with(end))
}

/// What may stand before a possessive that is a person's: `Mrs. Down's`.
fn is_person_before(word: &str) -> bool {
    is_title(word) || matches!(word, "by" | "from" | "to")
}

fn is_title(word: &str) -> bool {
    matches!(
        word,
        "dr" | "drs"
            | "mr"
            | "mrs"
            | "ms"
            | "miss"
            | "prof"
            | "professor"
            | "doctor"
            | "nurse"
            | "sir"
            | "sister"
    )
}

/// What a disease follows and a person does not.
fn says_disease(word: &str) -> bool {
    matches!(
        word,
        "has"
            | "had"
            | "have"
            | "having"
            | "possible"
            | "probable"
            | "suspected"
            | "presumed"
            | "known"
            | "likely"
            | "confirmed"
            | "classic"
            | "classical"
            | "atypical"
            | "mosaic"
            | "familial"
            | "juvenile"
            | "active"
            | "no"
            | "untreated"
            | "excluded"
    )
}

/// Who may be `with` a disease, and what is said to go with one.
fn is_bearer(word: &str) -> bool {
    !is_function_word(word)
        && matches!(
            word,
            "patient"
                | "pt"
                | "child"
                | "infant"
                | "baby"
                | "newborn"
                | "neonate"
                | "toddler"
                | "boy"
                | "girl"
                | "man"
                | "woman"
                | "male"
                | "female"
                | "teenager"
                | "adolescent"
                | "son"
                | "daughter"
                | "brother"
                | "mother"
                | "father"
                | "diagnosed"
                | "consistent"
                | "compatible"
                | "associated"
                | "born"
                | "lady"
                | "gentleman"
        )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::lexicon::Lexicon;

    fn read(text: &str) -> Option<String> {
        let (words, eponyms) = (Words::of(text), Lexicon::embedded().eponyms);
        let found = (0..words.len()).find_map(|at| eponym(text, &words, at, &eponyms));
        found.map(|(_, disease)| disease.to_owned())
    }

    #[rstest]
    #[case("She has Marfan and wears glasses.", "marfan syndrome")]
    #[case("Child with Noonan, followed by cardiology", "noonan syndrome")]
    #[case("Possible Turner, karyotype sent", "turner syndrome")]
    #[case("r/o Kawasaki", "kawasaki disease")]
    #[case("Crohn's on infliximab", "crohn disease")]
    #[case("PMH: asthma, Hashimoto\u{2019}s.", "hashimoto thyroiditis")]
    #[case("Ehlers-Danlos type III", "ehler danlo syndrome")]
    #[case("PMH: Gaucher, asthma", "gaucher disease")]
    fn a_name_stands_for_a_disease(#[case] text: &str, #[case] disease: &str) {
        assert_eq!(read(text).as_deref(), Some(disease));
    }

    #[rstest]
    #[case::a_doctor("Seen by Dr. Turner in clinic")]
    #[case::a_patient("Mr. Graves was discharged")]
    #[case::initials("Referred by Noonan, J.")]
    #[case::initials_behind_a_sign("She has Turner, RN, as nurse")]
    #[case::talk("discussed with Noonan")]
    #[case::at_the_start("Graves was discharged home")]
    #[case::of_a_heading("History: Graves is a farmer")]
    #[case::a_word("has turner")]
    #[case::more_than_the_name("has Marfan habitus")]
    #[case::a_nurse("the Parkinson's nurse")]
    #[case::his_room("referred to Turner's")]
    fn a_name_stands_for_a_person_or_thing(#[case] text: &str) {
        assert_eq!(read(text), None);
    }
}
