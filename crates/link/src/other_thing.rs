//! Phrases that hold the name of a disease and name something else: `stroke volume`, `depression of the ST segment`,
//! `diabetes education` (`vocab/other-things.txt`).

use std::ops::Range;

use clinlink_model::{Layout, Mention, Note};
use clinlink_vocab::{is_function_word, normal_form, normal_words};
use rustc_hash::FxHashMap;

use crate::words::Words;

/// In the table: any disease.
const ANY: &str = "*";

/// Bytes of a sentence that are read on each side of a mention: the words of a phrase and those between them.
const AROUND: usize = 48;

/// The phrases, by the disease in them.
#[derive(Debug, Default)]
pub(crate) struct OtherThings {
    of: FxHashMap<String, Vec<Phrase>>,
}

/// What stands before the name of the disease and behind it, in normal form.
#[derive(Debug, PartialEq, Eq)]
struct Phrase {
    before: Vec<String>,
    after: Vec<String>,
}

impl OtherThings {
    /// The phrases of a list, one a line with the disease in square brackets.
    pub(crate) fn new<'t>(lines: impl Iterator<Item = &'t str>) -> Self {
        let mut of: FxHashMap<String, Vec<Phrase>> = FxHashMap::default();
        for line in lines {
            let Some((before, rest)) = line.split_once('[') else { continue };
            let Some((disease, after)) = rest.split_once(']') else { continue };
            let disease = if disease == ANY { ANY.to_owned() } else { normal_form(disease) };
            of.entry(disease).or_default().push(Phrase { before: forms(before), after: forms(after) });
        }
        Self { of }
    }

    /// Whether the term at `range` is part of a phrase that names something else.
    pub(crate) fn name(&self, words: &Words, range: Range<usize>) -> bool {
        let phrases = self.of.get(words.forms(range.clone()));
        phrases.is_some_and(|phrases| phrases.iter().any(|phrase| phrase.stands(words, &range)))
    }

    /// Whether the words end as a phrase of any disease does: `diabetes education`.
    pub(crate) fn end(&self, words: &Words) -> bool {
        let mut phrases = self.of.get(ANY).into_iter().flatten();
        phrases.any(|phrase| {
            let end = words.len().saturating_sub(phrase.after.len());
            end > 0 && phrase.stands(words, &(0..end))
        })
    }

    /// Whether a whole mention of a note is part of such a phrase.
    pub(crate) fn name_around(&self, note: &Note, layout: &Layout, mention: &Mention) -> bool {
        if !self.of.contains_key(&normal_form(&note[mention.span])) {
            return false;
        }
        let Some(sentence) = layout.sentences.iter().find(|sentence| sentence.span.contains(mention.span))
        else {
            return false;
        };
        let (start, end) = (mention.span.start(), mention.span.end());
        let text = note.text();
        let mut first = start.saturating_sub(AROUND).max(sentence.span.start());
        let mut last = (end + AROUND).min(sentence.span.end());
        while !text.is_char_boundary(first) {
            first += 1;
        }
        while !text.is_char_boundary(last) {
            last -= 1;
        }
        let words = Words::of(&text[first..last]);
        let is_in = |at: &usize| {
            let word = words.range(*at..*at + 1);
            word.start + first >= start && word.end + first <= end
        };
        let mut inside = (0..words.len()).filter(is_in);
        let Some(at) = inside.next() else { return false };
        let end = inside.next_back().unwrap_or(at) + 1;
        self.name(&words, at..end)
    }
}

impl Phrase {
    /// Whether the phrase stands around the words at `range`, without a mark between that ends a phrase.
    fn stands(&self, words: &Words, range: &Range<usize>) -> bool {
        let mut at = range.start;
        for word in self.before.iter().rev() {
            let Some(found) = (0..at).rev().find(|&at| !is_function_word(words.form(at))) else {
                return false;
            };
            if words.form(found) != word || (found + 1..=at).any(|at| words.breaks_before(at)) {
                return false;
            }
            at = found;
        }
        let mut end = range.end;
        for word in &self.after {
            let Some(found) = (end..words.len()).find(|&at| !is_function_word(words.form(at))) else {
                return false;
            };
            if words.form(found) != word || (end..=found).any(|at| words.breaks_before(at)) {
                return false;
            }
            end = found + 1;
        }
        true
    }
}

fn forms(text: &str) -> Vec<String> {
    let words = normal_words(text).into_iter().map(|word| word.form);
    words.filter(|word| !is_function_word(word)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::lexicon::Lexicon;

    fn place(words: &Words, disease: &str) -> Range<usize> {
        let at = (0..words.len()).find(|&at| words.form(at) == disease).unwrap();
        at..at + 1
    }

    #[rstest]
    #[case::before("respiratory depression", "depression", true)]
    #[case::behind("depression of the ST segment", "depression", true)]
    #[case::several_words("depression of the bone marrow", "depression", true)]
    #[case::the_disease("severe depression", "depression", false)]
    #[case::behind_a_mark("respiratory failure; depression", "depression", false)]
    #[case::half_of_the_words("depression of the bone", "depression", false)]
    #[case::another_disease("respiratory shock", "shock", false)]
    #[case::any_disease("depression screening", "depression", false)]
    fn tells_what_is_something_else(#[case] text: &str, #[case] disease: &str, #[case] other: bool) {
        let words = Words::of(text);
        assert_eq!(Lexicon::embedded().other_things.name(&words, place(&words, disease)), other);
    }

    #[rstest]
    #[case("depression screening", true)]
    #[case("human immunodeficiency virus negative", true)]
    #[case("depression, screening", false)]
    #[case("depression relapse", false)]
    #[case("screening", false)]
    fn a_mention_of_any_disease_may_end_so(#[case] text: &str, #[case] other: bool) {
        assert_eq!(Lexicon::embedded().other_things.end(&Words::of(text)), other);
    }

    #[test]
    fn every_line_names_a_disease_and_more() {
        let table = include_str!("../../../vocab/other-things.txt");
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let things = OtherThings::new(std::iter::once(line));
            let (_, phrases) = things.of.iter().next().unwrap_or_else(|| panic!("{line:?} has no brackets"));
            assert_ne!(phrases[0], Phrase { before: Vec::new(), after: Vec::new() }, "{line:?}");
        }
    }
}
