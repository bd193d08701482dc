//! Terms too general to name a disease alone, by a rule over the pack's own terms.
//!
//! A vocabulary that spells out `hereditary`, `skin` or `accident` as a synonym of something does not make these words
//! problems of a patient. What tells them from `fracture` or `infection` is not how often they occur (all do, in
//! thousands of terms) but where: a problem is what its terms are about, their head (`hip fracture`, `fracture of the
//! hip`), the others only narrow one down (`skin cancer`, `hereditary ataxia`). So a term of one word is general if at
//! least 100 terms of diseases hold the word, it is the head of fewer than 8 in 100 of them, and it is the title of no
//! concept. A word that our own lexicon has (`febrile`, `covid`, `bipolar`) is never general: somebody has seen it stand
//! alone. In the default pack 26 words are left (`hereditary`, `pancreas`, `thyroid`, `soft`, `at`).
//!
//! What was tried to shorten the list made by hand (`general-terms.txt`): fewer terms or more heads mark names of
//! patients' problems too (`vsd`, `crohn`, `autistic`), and body parts that are no term of the pack do matter on the list,
//! for it keeps terms from being reduced to them.

use std::collections::HashMap;

use clinlink_model::Label;

use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::forms::Form;
use crate::order::Order;

/// Terms that hold a word, at the least.
const LEAST_TERMS: u32 = 100;
/// The word is the head of fewer of them, in 100.
const MOST_HEADS: u32 = 8;

/// A word with the number of its term, among the terms of several words.
struct Word {
    term: u32,
    terms: u32,
    heads: u32,
}

/// The numbers of the general terms, in rising order. `forms` are sorted by form.
pub(crate) fn general_terms(builder: &PackBuilder, order: &Order, forms: &[Form]) -> Vec<u32> {
    let is_disease: Vec<bool> =
        order.drafts.iter().map(|&draft| builder.concepts[draft as usize].label == Label::Disease).collect();
    let names_disease = |same: &[Form]| same.iter().any(|form| is_disease[form.2 as usize]);
    let mut words: HashMap<&str, Word> = HashMap::new();
    for (number, same) in forms.chunk_by(|a, b| a.0 == b.0).enumerate() {
        let is_title = same.iter().any(|form| form.1 == TermKind::Title);
        let is_open = !is_title && !builder.said_alone.contains(&same[0].0);
        if !same[0].0.contains(' ') && is_open && names_disease(same) {
            words.insert(&same[0].0, Word { term: number as u32, terms: 0, heads: 0 });
        }
    }
    for same in forms.chunk_by(|a, b| a.0 == b.0).filter(|same| same[0].0.contains(' ')) {
        if names_disease(same) {
            count(&same[0].0, &mut words);
        }
    }
    let is_general = |word: &&Word| word.terms >= LEAST_TERMS && word.heads * 100 < word.terms * MOST_HEADS;
    let mut general: Vec<u32> = words.values().filter(is_general).map(|word| word.term).collect();
    general.sort_unstable();
    general
}

/// Counts a term for each of its words.
fn count(form: &str, words: &mut HashMap<&str, Word>) {
    let end = form.split(' ').position(ends_head).unwrap_or_else(|| form.split(' ').count());
    for (at, word) in form.split(' ').enumerate() {
        if let Some(word) = words.get_mut(word) {
            word.terms += 1;
            word.heads += u32::from(at + 1 == end);
        }
    }
}

/// Whether the head of a term stands before a word.
fn ends_head(word: &str) -> bool {
    matches!(
        word,
        "of" | "due" | "in" | "with" | "without" | "by" | "from" | "to" | "at" | "on" | "nos" | "unspecified"
    )
}
