//! A procedure code of ICD-10-PCS, from its first characters to all seven as far as the text gives them.
//!
//! A mention leads to a row of a table, four characters: `appendectomy` is 0DTJ. The other characters, which say the
//! approach, the device and the qualifier, are read from the words of the mention, else of its sentence: `laparoscopic
//! appendectomy` is 0DTJ4ZZ. A character is taken where the table admits one value, where words name one, or where it is a
//! device or a qualifier of an operation and none is named: then there is none (ICD-10-PCS guideline B6.1a). Where one
//! stays open the code is left partial, and says which are. The words stand in `vocab/rules/procedures.toml`.

use std::collections::BTreeMap;

use clinlink_model::{Layout, Note, Span};
use clinlink_vocab::{ConceptId, Pack, deciding_words};
use serde::Deserialize;

use crate::words::{Word, has, words_of};

/// The table `procedures.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Procedures {
    diagnostic: Vec<String>,
    plain: Vec<String>,
    approach: Vec<Approach>,
    said_as: Vec<SaidAs>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approach {
    value: char,
    words: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidAs {
    title: String,
    words: Vec<String>,
}

/// Characters of a code.
const LENGTH: usize = 7;
/// Characters of a row: what a mention must say.
const ROW: usize = 4;
/// Where the characters behind a row stand, from 0.
const FIFTH: usize = 4;
const SEVENTH: usize = 6;
/// The section of operations.
const OPERATIONS: char = '0';
/// The section of images.
const IMAGING: char = 'B';
/// None: no device, no qualifier, no contrast.
const NONE: char = 'Z';
const DIAGNOSTIC: char = 'X';

/// Characters that the text does not give, by their places from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Open(u8);

impl Open {
    fn at(place: usize) -> Self {
        Self(1 << place)
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every character is given.
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What neither of two statements gives.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// In words, for a code of this section: `characters 5 (approach) and 6 (device)`.
    pub(crate) fn in_words(self, code: &str) -> String {
        let axes = match code.chars().next() {
            Some(IMAGING) => ["contrast", "qualifier", "qualifier"],
            Some('3') => ["approach", "substance", "qualifier"],
            Some('4') => ["approach", "function or device", "qualifier"],
            Some('5') => ["duration", "function", "qualifier"],
            _ => ["approach", "device", "qualifier"],
        };
        let places = (FIFTH..LENGTH).filter(|place| self.0 & (1 << place) != 0);
        let named: Vec<String> =
            places.map(|place| format!("{} ({})", place + 1, axes[place - FIFTH])).collect();
        let many = if named.len() == 1 { "character" } else { "characters" };
        format!("{many} {}: the text does not say", named.join(", "))
    }
}

/// The code that the words make of a row, and which characters they leave open. Anything else than a row stays as it is.
pub(crate) fn completed(
    pack: &Pack,
    row: ConceptId,
    (note, layout, span): (&Note, &Layout, Span),
    table: &Procedures,
) -> (ConceptId, Open) {
    if pack.code(row).len() != ROW {
        return (row, Open::default());
    }
    let sentence = layout.sentence_of(span).map_or(span, |sentence| sentence.span.cover(span));
    let text = Text { own: words_of(&note[span], 0), sentence: words_of(&note[sentence], 0), table };
    let mut left: Vec<(ConceptId, &str, &str)> =
        pack.leaves(row).into_iter().map(|id| code_of(pack, id)).collect();
    left.retain(|(_, code, _)| code.len() == LENGTH);
    let mut open = Open::default();
    for place in FIFTH..LENGTH {
        let mut values: BTreeMap<char, Vec<&str>> = BTreeMap::new();
        for (_, code, title) in &left {
            values.entry(character(code, place)).or_default().push(title);
        }
        if values.len() < 2 {
            continue;
        }
        match text.value(character(pack.code(row), 0), place, &values) {
            Some(value) => left.retain(|(_, code, _)| character(code, place) == value),
            None => open = open.with(Open::at(place)),
        }
    }
    match left.as_slice() {
        [(id, ..)] if open.is_empty() => (*id, open),
        _ => (row, open),
    }
}

fn code_of(pack: &Pack, id: ConceptId) -> (ConceptId, &str, &str) {
    let concept = pack.concept(id);
    (id, concept.code, concept.title)
}

fn character(code: &str, place: usize) -> char {
    code.chars().nth(place).unwrap_or(NONE)
}

/// What is read of a procedure.
struct Text<'t> {
    own: Vec<Word>,
    sentence: Vec<Word>,
    table: &'t Procedures,
}

impl Text<'_> {
    /// The value of a place that the words name, of those that the table admits, with their titles.
    fn value(&self, section: char, place: usize, values: &BTreeMap<char, Vec<&str>>) -> Option<char> {
        let admits = |value: char| values.contains_key(&value);
        if section == IMAGING && place == FIFTH {
            return (admits(NONE) && self.says(&self.table.plain)).then_some(NONE);
        }
        if section == OPERATIONS && place == FIFTH {
            let of = |words: &[Word]| {
                let mut named = self.table.approach.iter().filter(|approach| has(words, &approach.words));
                named.find(|approach| admits(approach.value)).map(|approach| approach.value)
            };
            return of(&self.own).or_else(|| of(&self.sentence));
        }
        if section == OPERATIONS
            && place == SEVENTH
            && admits(DIAGNOSTIC)
            && self.says(&self.table.diagnostic)
        {
            return Some(DIAGNOSTIC);
        }
        let named = self.named(values);
        named.or_else(|| (section == OPERATIONS && admits(NONE)).then_some(NONE))
    }

    fn says(&self, phrases: &[String]) -> bool {
        has(&self.sentence, phrases)
    }

    /// The value whose titles name what the words name, or say it in the same words, if it is the only one.
    fn named(&self, values: &BTreeMap<char, Vec<&str>>) -> Option<char> {
        let said_as = self.table.said_as.iter().filter(|entry| self.says(&entry.words));
        let by_title = |title: &str| {
            only(values.iter().filter(|(_, titles)| titles.iter().all(|other| other.contains(title))))
        };
        let by_words =
            || only(values.iter().filter(|(value, titles)| self.says_own(**value, titles, values)));
        said_as.map(|entry| entry.title.as_str()).find_map(by_title).or_else(by_words)
    }

    /// Whether the words say all that sets the titles of a value apart from the others.
    fn says_own(&self, value: char, titles: &[&str], values: &BTreeMap<char, Vec<&str>>) -> bool {
        let others: Vec<Vec<String>> = (values.iter().filter(|(other, _)| **other != value))
            .flat_map(|(_, titles)| titles.iter().map(|title| deciding_words(title)))
            .collect();
        let own = titles.first().map(|title| deciding_words(title)).unwrap_or_default();
        let mut apart =
            own.into_iter().filter(|word| !others.iter().any(|other| other.contains(word))).peekable();
        apart.peek().is_some() && apart.all(|word| self.sentence.iter().any(|said| said.form == word))
    }
}

/// The value, if there is one only.
fn only<'v>(mut values: impl Iterator<Item = (&'v char, &'v Vec<&'v str>)>) -> Option<char> {
    let first = values.next().map(|(value, _)| *value);
    first.filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_characters_are_named_by_their_section() {
        let open = Open::at(4).with(Open::at(6));
        assert_eq!(open.in_words("0DTJ"), "characters 5 (approach), 7 (qualifier): the text does not say");
        assert_eq!(Open::at(4).in_words("BW20"), "character 5 (contrast): the text does not say");
        assert!(open.and(Open::at(5)).is_empty());
    }
}
