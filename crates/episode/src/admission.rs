//! Present on admission: whether an accepted code's condition was there when the patient came.
//!
//! A chronic disease was, whenever it was found. Else words decide (`hospital-acquired`, `on admission`), then where and when it is
//! first told: in the history or a note of the first day it was there. A condition that is first told later may have
//! been there all the same: its indicator is U, and a person asks. A code is Y if any of its evidence was there. The tables are in `vocab/rules/admission.toml` (Official Guidelines, appendix I).

use std::cell::RefCell;
use std::collections::HashMap;

use clinlink_model::{Episode, Indicator, PresentOnAdmission, SectionKind, Span};
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Considered};
use crate::tables::any_prefix;

/// The table `admission.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Admission {
    exempt: Vec<String>,
    exempt_seventh: Vec<char>,
    undeterminable: Vec<String>,
    acquired: Vec<String>,
    was_there: Vec<String>,
    later: Vec<String>,
    sections: Vec<SectionKind>,
    notes: Vec<String>,
}

/// The notes of an episode, by what they say of admission.
pub(crate) struct Stay<'e> {
    table: &'e Admission,
    episode: &'e Episode,
    /// Whether each note is of the day of admission.
    first_day: Vec<bool>,
    /// What the sentences say that were looked at, by note and place.
    sentences: RefCell<HashMap<(usize, Span), Says>>,
}

/// What the words of a sentence say of admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Undeterminable,
    Acquired,
    WasThere,
    /// It is of a later day of the stay.
    Later,
    Nothing,
}

impl Admission {
    /// Looks at the notes of a stay.
    pub(crate) fn of<'e>(&'e self, episode: &'e Episode) -> Stay<'e> {
        let day = |date: &str| date.get(..10).unwrap_or(date).to_owned();
        let days: Vec<Option<String>> =
            episode.notes.iter().map(|note| note.note.date.as_deref().map(day)).collect();
        let first = days.iter().flatten().min().cloned();
        // A single day tells nothing: a discharge summary alone is dated by its last one.
        let several = days.iter().flatten().any(|day| Some(day) != first.as_ref());
        let at_admission = |number: usize| {
            let note = &episode.notes[number].note;
            let kind = note.kind.as_deref().unwrap_or_else(|| note.id()).to_lowercase();
            self.notes.iter().any(|name| kind.contains(name.as_str())) || several && days[number] == first
        };
        let first_day = (0..episode.notes.len()).map(at_admission).collect();
        Stay { table: self, episode, first_day, sentences: RefCell::default() }
    }

    fn is_exempt(&self, code: &str) -> bool {
        let injury = code.starts_with('S') || code.starts_with('T');
        let seventh = code.chars().nth(7).filter(|_| injury);
        any_prefix(&self.exempt, code)
            || seventh.is_some_and(|seventh| self.exempt_seventh.contains(&seventh))
    }
}

impl Stay<'_> {
    /// The indicator of a code, whether its disease is chronic, and whether it is the principal diagnosis.
    pub(crate) fn indicator(
        &self,
        code: &Considered,
        name: &str,
        chronic: bool,
        principal: bool,
    ) -> PresentOnAdmission {
        let known = |indicator, why: &str| PresentOnAdmission { indicator, why: why.to_owned() };
        if self.table.is_exempt(name) {
            return known(Indicator::Exempt, "exempt");
        }
        let claims: Vec<&Claim> = code.supporting().collect();
        if claims.iter().any(|claim| self.says(claim) == Says::Undeterminable) {
            return known(Indicator::W, "the provider says that it cannot be determined");
        }
        if chronic || claims.iter().any(|claim| claim.ground == Ground::Chronic) {
            return known(Indicator::Y, "chronic");
        }
        if self.is_acquired(code) {
            return known(Indicator::N, "the words say that it came later");
        }
        if claims.iter().any(|claim| self.says(claim) == Says::WasThere) {
            return known(Indicator::Y, "the words say that it was there");
        }
        if claims.iter().any(|claim| self.table.sections.contains(&claim.evidence.section)) {
            return known(Indicator::Y, "told as the history or the reason for admission");
        }
        if let Some(claim) = claims.iter().find(|claim| self.first_day[claim.evidence.note]) {
            let note = self.episode.notes[claim.evidence.note].note.id();
            return known(Indicator::Y, &format!("told at admission, in {note}"));
        }
        if principal {
            return known(Indicator::Y, "the reason for the admission");
        }
        if !claims.is_empty() && claims.iter().all(|claim| self.says(claim) == Says::Later) {
            return known(Indicator::N, "told as of a later day of the stay only");
        }
        let first = claims.iter().map(|claim| claim.evidence.note).min();
        let first = first.map_or("", |note| self.episode.notes[note].note.id());
        known(
            Indicator::U,
            &format!("first told in {first}, which does not say since when; ask the provider"),
        )
    }

    /// Whether words say that a condition came after admission.
    pub(crate) fn is_acquired(&self, code: &Considered) -> bool {
        code.supporting().any(|claim| self.says(claim) == Says::Acquired)
    }

    /// What the sentence of a claim says.
    fn says(&self, claim: &Claim) -> Says {
        let note = &self.episode.notes[claim.evidence.note];
        let span = claim.evidence.span;
        let sentence = note.layout.sentence_of(span).map_or(span, |sentence| sentence.span);
        let mut known = self.sentences.borrow_mut();
        *known.entry((claim.evidence.note, sentence)).or_insert_with(|| {
            let text = note.note[sentence].to_lowercase();
            let has = |words: &[String]| words.iter().any(|word| has_word(&text, word));
            let table = self.table;
            let lists = [
                (&table.undeterminable, Says::Undeterminable),
                (&table.acquired, Says::Acquired),
                (&table.was_there, Says::WasThere),
                (&table.later, Says::Later),
            ];
            lists.into_iter().find(|(words, _)| has(words)).map_or(Says::Nothing, |(_, says)| says)
        })
    }
}

/// Whether `text` has `word` with no letter or digit beside it.
fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(word)
        .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::has_word;
    use crate::tables::Tables;

    #[rstest]
    #[case("admitted with pneumonia", "admitted with", true)]
    #[case("an unknown cause", "known", false)]
    #[case("known µ", "known", true)]
    fn words_stand_alone(#[case] text: &str, #[case] word: &str, #[case] there: bool) {
        assert_eq!(has_word(text, word), there);
    }

    #[rstest]
    #[case("Z79.01", true)]
    #[case("Q85.1", true)]
    #[case("S52.501A", false)]
    #[case("S52.501D", true)]
    #[case("J18.9", false)]
    fn knows_what_is_exempt(#[case] code: &str, #[case] exempt: bool) {
        assert_eq!(Tables::embedded().admission.is_exempt(code), exempt);
    }
}
