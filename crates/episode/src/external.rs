//! What caused an injury, and where (Official Guidelines I.C.20).
//!
//! `Fell off a ladder at home; distal radius fracture` is W11.XXXA and Y92.009 beside the fracture. The words name no diagnosis,
//! so they are read from the sentences of a note that has an injury. The cause has the seventh character of its injury
//! (I.C.20.a.2), the place is told at the first encounter only (I.C.20.b). Phrases and codes stand in
//! `vocab/rules/external.toml`.

use std::collections::{BTreeMap, HashMap};

use clinlink_model::{Span, Status};
use clinlink_vocab::ConceptId;
use serde::Deserialize;

use crate::claim::{Claim, Rulebook};
use crate::detail::is_encounter;
use crate::rules;
use crate::tables::any_prefix;
use crate::words::{Word, has, is_denied, words_of};

/// The table `external.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Externals {
    injuries: Vec<String>,
    between: Vec<String>,
    not_happened: Vec<String>,
    cause: Phrases,
    place: Phrases,
}

/// Phrases and their codes, by the first word: most words begin none.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Vec<Told>")]
struct Phrases {
    by_first: HashMap<String, Vec<(String, String)>>,
}

/// An entry of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    code: String,
    words: Vec<String>,
}

impl From<Vec<Told>> for Phrases {
    fn from(table: Vec<Told>) -> Self {
        let mut by_first: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for Told { code, words } in table {
            for phrase in words {
                let first = phrase.split(' ').next().unwrap_or_default().to_owned();
                by_first.entry(first).or_default().push((phrase, code.clone()));
            }
        }
        Self { by_first }
    }
}

/// The encounter for an injury.
#[derive(Debug, Clone, Copy)]
struct Injury {
    /// The seventh character of its external cause: of one that is treated, that heals, that is over.
    character: char,
    /// The rule by which that is known.
    detail: Option<&'static str>,
}

/// The seventh character of a first encounter.
const FIRST: char = 'A';

/// Adds to the claims of an episode what caused its injuries.
pub(crate) fn relate(claims: &mut BTreeMap<ConceptId, Vec<Claim>>, with: &Rulebook<'_>) {
    let table = &with.tables.externals;
    let injuries = table.injuries(claims, with);
    for (number, injury) in injuries {
        for claim in table.told(number, injury, with) {
            claims.entry(claim.said.id).or_default().push(claim);
        }
    }
}

impl Externals {
    /// The first injury of each note that has one.
    fn injuries(
        &self,
        claims: &BTreeMap<ConceptId, Vec<Claim>>,
        with: &Rulebook<'_>,
    ) -> BTreeMap<usize, Injury> {
        let mut first: BTreeMap<usize, (Span, Injury)> = BTreeMap::new();
        for (id, of) in claims {
            let code = with.pack.code(*id);
            if !is_encounter(code) || !any_prefix(&self.injuries, code) {
                continue;
            }
            for claim in of.iter().filter(|claim| claim.ground.status() == Status::Accepted) {
                let injury = Injury { character: character(code), detail: claim.said.detail };
                let known = first.entry(claim.evidence.note).or_insert((claim.evidence.span, injury));
                if claim.evidence.span < known.0 {
                    *known = (claim.evidence.span, injury);
                }
            }
        }
        first.into_iter().map(|(note, (_, injury))| (note, injury)).collect()
    }

    /// The cause and the place that a note tells, by the first sentence that has a cause.
    fn told(&self, number: usize, injury: Injury, with: &Rulebook<'_>) -> Vec<Claim> {
        let note = &with.episode.notes[number];
        let mut sentences = note
            .layout
            .sentences
            .iter()
            .map(|sentence| words_of(&note.note[sentence.span], sentence.span.start()));
        let told = sentences.find_map(|words| {
            let cause = self.first(&self.cause, &words).filter(|_| !has(&words, &self.not_happened))?;
            let place = self.first(&self.place, &words).filter(|_| injury.character == FIRST);
            Some([
                Some((with_character(cause.0, injury.character), cause.1)),
                place.map(|(code, span)| (code.to_owned(), span)),
            ])
        });
        let told = told.into_iter().flatten().flatten();
        told.filter_map(|(code, (start, end))| {
            let id = with.pack.find(&with.config.system, &code)?;
            let span = note.note.span(start..end).ok()?;
            // What is not known of the injury is not known of its cause.
            let detail = injury.detail.filter(|rule| *rule == rules::SEVENTH_CHARACTER);
            Some(Claim::read(number, span, id, detail.unwrap_or(rules::EXTERNAL_CAUSE), with))
        })
        .collect()
    }

    /// The code of the first phrase in a sentence that is not denied, and its bytes in the note.
    fn first<'t>(&self, table: &'t Phrases, words: &[Word]) -> Option<(&'t str, (usize, usize))> {
        (0..words.len()).find_map(|at| {
            let begun = table.by_first.get(&words[at].form)?.iter();
            let ends = begun.filter_map(|(phrase, code)| Some((self.end_of(phrase, &words[at..])?, code)));
            let (end, code) = ends.max_by_key(|(end, _)| *end)?;
            (!is_denied(words, at)).then(|| (code.as_str(), (words[at].start, end)))
        })
    }

    /// The byte at which a phrase ends that `words` begin with, but for words that change nothing.
    fn end_of(&self, phrase: &str, words: &[Word]) -> Option<usize> {
        let mut rest = words.iter();
        let mut end = None;
        for part in phrase.split(' ') {
            let word =
                rest.find(|word| end.is_none() || word.form == part || !self.between.contains(&word.form))?;
            end = (word.form == part).then_some(word.end);
            end?;
        }
        end
    }
}

/// The seventh character of what caused an injury.
fn character(injury: &str) -> char {
    match injury.chars().last() {
        // B and C are first encounters for open fractures.
        Some('A'..='C') => FIRST,
        Some('S') => 'S',
        _ => 'D',
    }
}

/// A code of a first encounter for another one; a code that has no seventh character as it is.
fn with_character(code: &str, character: char) -> String {
    match code.strip_suffix(FIRST).filter(|_| is_encounter(code)) {
        Some(stem) => format!("{stem}{character}"),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::tables::Tables;

    #[rstest]
    #[case("She fell off of a very tall ladder", None)]
    #[case("He fell off the ladder", Some("W11.XXXA"))]
    #[case("slipped on the wet floor in her kitchen", Some("W01.0XXA"))]
    #[case("did not fall from a height", None)]
    #[case("restrained driver in an MVC", Some("V89.2XXA"))]
    #[case("Motorcyclist hit by a car", Some("V23.49XA"))]
    #[case("fell ill", None)]
    fn a_sentence_tells_a_cause(#[case] text: &str, #[case] code: Option<&str>) {
        let table = Tables::embedded().externals;
        let words = words_of(text, 0);
        assert_eq!(table.first(&table.cause, &words).map(|(code, _)| code), code);
    }

    #[rstest]
    #[case("W11.XXXA", 'A', "W11.XXXA")]
    #[case("W00.0XXA", 'D', "W00.0XXD")]
    #[case("Y09", 'D', "Y09")]
    fn the_seventh_character_is_the_injurys(
        #[case] code: &str,
        #[case] character: char,
        #[case] expected: &str,
    ) {
        assert_eq!(with_character(code, character), expected);
    }
}
