//! The codes that every record of a birth has, which no words name as a diagnosis.
//!
//! `IUP at 39w2d` is Z3A.39 beside a code of the pregnancy, `delivered a viable male infant` Z37.0 on the mother's record, and
//! `born via C-section` Z38.01 on the newborn's, which the kind of the note tells. In a mother's record `Baby: mild jaundice`
//! is the child's. The words stand in `vocab/rules/births.toml` (Official Guidelines I.C.15.b.5, I.C.16.a.2, I.C.21.c.11).

use std::collections::BTreeMap;

use clinlink_model::{Episode, Span, Status};
use clinlink_vocab::ConceptId;
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Rulebook};
use crate::rules;
use crate::sources::{Care, has_word, kind_of};
use crate::tables::any_prefix;
use crate::trimester::weeks_told;
use crate::words::{Word, affirmed, has, starts, words_of};

/// The table `births.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Births {
    newborn: Vec<String>,
    pregnant: Vec<String>,
    without_weeks: Vec<String>,
    weeks: String,
    preterm: String,
    outcome: String,
    other: Vec<Outcome>,
    earlier: Vec<String>,
    verbs: Vec<String>,
    between: Vec<String>,
    child: Vec<String>,
    something_else: Vec<String>,
    of_child: Vec<String>,
    born: Vec<String>,
    birth: Vec<Birth>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Birth {
    code: String,
    words: Vec<String>,
}

/// An outcome other than one live child: a word of each list must be there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    code: String,
    all: Vec<Vec<String>>,
}

/// What the codes of conditions of the perinatal period begin with.
const PERINATAL: char = 'P';

/// A sentence of a note, as words.
struct Told {
    note: usize,
    words: Vec<Word>,
}

/// Adds to the claims of an episode those of its birth.
pub(crate) fn relate(claims: &mut BTreeMap<ConceptId, Vec<Claim>>, with: &Rulebook<'_>) {
    let table = &with.tables.births;
    if table.are_of_newborn(with.episode) {
        if with.care == Care::Stay
            && let Some(claim) = sentences(with).find_map(|told| table.birth(&told, with))
        {
            claims.entry(claim.said.id).or_default().push(claim);
        }
        table.tell_weeks(claims, with);
        return;
    }
    if !is_held(claims, &table.pregnant, with) {
        return;
    }
    // Codes of the perinatal period are never the mother's (I.C.16.a.1).
    let perinatal = claims.iter_mut().filter(|(id, _)| with.pack.code(**id).starts_with(PERINATAL));
    for claim in perinatal.flat_map(|(_, claims)| claims) {
        if claim.ground.status() != Status::Rejected {
            claim.set_ground(Ground::OtherPerson);
        }
    }
    let weeks = if is_held(claims, &table.without_weeks, with) { None } else { table.weeks(with) };
    let outcome = if with.care == Care::Stay {
        sentences(with).find_map(|told| table.outcome(&told, with))
    } else {
        None
    };
    if outcome.is_some() {
        for claim in claims.values_mut().flatten().filter(|claim| table.is_of_child(claim, with)) {
            claim.set_ground(Ground::OtherPerson);
        }
    }
    for claim in weeks.into_iter().chain(outcome) {
        claims.entry(claim.said.id).or_default().push(claim);
    }
}

/// Whether a code with one of the prefixes is claimed and holds.
fn is_held(claims: &BTreeMap<ConceptId, Vec<Claim>>, prefixes: &[String], with: &Rulebook<'_>) -> bool {
    let holds = |of: &[Claim]| of.iter().any(|claim| claim.ground.status() == Status::Accepted);
    claims.iter().any(|(id, of)| any_prefix(prefixes, with.pack.code(*id)) && holds(of))
}

/// The sentences of the episode.
fn sentences<'a>(with: &'a Rulebook<'_>) -> impl Iterator<Item = Told> + 'a {
    with.episode.notes.iter().enumerate().flat_map(|(number, note)| {
        note.layout.sentences.iter().map(move |sentence| {
            let words = words_of(&note.note[sentence.span], sentence.span.start());
            Told { note: number, words }
        })
    })
}

/// A claim about a code that the words from `first` to `last` tell.
fn claim(told: &Told, (first, last): (usize, usize), code: &str, with: &Rulebook<'_>) -> Option<Claim> {
    let note = &with.episode.notes[told.note];
    let id = with.pack.find(&with.config.system, code)?;
    let span = note.note.span(told.words[first].start..told.words[last].end).ok()?;
    Some(Claim::read(told.note, span, id, rules::BIRTH, with))
}

/// The completed weeks of the pregnancy, if the episode tells of one number of them only, and the words of them.
fn only_weeks(with: &Rulebook<'_>) -> Option<(u32, (usize, usize), Told)> {
    let mut told = sentences(with).flat_map(|told| {
        let weeks = weeks_told(&told.words);
        weeks.into_iter().map(move |(weeks, at)| (weeks, at, Told { words: told.words.clone(), ..told }))
    });
    let first = told.next()?;
    told.all(|(other, ..)| other == first.0).then_some(first)
}

impl Births {
    /// Whether the kinds of the notes, or the words that one begins with, say that they are a newborn's.
    pub(crate) fn are_of_newborn(&self, episode: &Episode) -> bool {
        episode.notes.iter().any(|note| {
            has_word(&self.newborn, &kind_of(note))
                || note
                    .layout
                    .sentences
                    .first()
                    .is_some_and(|first| self.names_newborn(&note.note[first.span]))
        })
    }

    /// Whether a text begins as a newborn's record does: `NICU admission`, `Newborn discharge`.
    fn names_newborn(&self, text: &str) -> bool {
        let words = words_of(text, 0);
        words.iter().take(2).any(|word| self.newborn.contains(&word.form))
    }

    /// Gives a newborn's prematurity the completed weeks of the pregnancy (I.C.16.d): that it was born too early a provider
    /// must say.
    fn tell_weeks(&self, claims: &mut BTreeMap<ConceptId, Vec<Claim>>, with: &Rulebook<'_>) {
        let Some(open) = with.pack.find(&with.config.system, &self.preterm) else { return };
        let (Some(parent), Some((weeks, ..))) = (with.pack.parent(open), only_weeks(with)) else { return };
        let told = format!("{weeks} completed weeks");
        let mut beside = with.pack.children(parent);
        let Some(found) = beside.find(|id| with.pack.title(*id).ends_with(&told)) else { return };
        for mut claim in claims.remove(&open).unwrap_or_default() {
            (claim.said.id, claim.said.detail) = (found, Some(rules::BIRTH));
            claims.entry(found).or_default().push(claim);
        }
    }

    /// The weeks of the pregnancy.
    fn weeks(&self, with: &Rulebook<'_>) -> Option<Claim> {
        let (weeks, at, first) = only_weeks(with)?;
        // Z3A.01 is for less than 8 weeks, Z3A.49 for more than 42.
        let code = match weeks {
            0..8 => "01".to_owned(),
            8..=42 => format!("{weeks:02}"),
            _ => "49".to_owned(),
        };
        claim(&first, at, &format!("{}{code}", self.weeks), with)
    }

    /// The outcome of the delivery of which a sentence tells.
    fn outcome(&self, told: &Told, with: &Rulebook<'_>) -> Option<Claim> {
        let words = &told.words;
        if has(words, &self.earlier) {
            return None;
        }
        let other = self.other.iter().find_map(|other| {
            let places = other.all.iter().map(|phrases| affirmed(words, phrases).next());
            let places: Vec<usize> = places.collect::<Option<_>>()?;
            claim(told, (*places.iter().min()?, *places.iter().max()?), &other.code, with)
        });
        if other.is_some() || has(words, &self.something_else) {
            return other;
        }
        affirmed(words, &self.verbs).find_map(|first| {
            let length = |phrases: &[String], at: usize| {
                phrases.iter().filter_map(|phrase| starts(&words[at..], phrase)).max()
            };
            let mut at = first + length(&self.verbs, first)?;
            let mut last = None;
            loop {
                last = length(&self.child, at).map(|length| at + length - 1).or(last);
                // A date may stand between: `delivered 2/3 by cesarean, viable male`.
                let number = || words.get(at)?.is_number().then_some(1);
                let step = length(&self.between, at).or_else(|| length(&self.child, at)).or_else(number);
                let Some(step) = step else { break };
                at += step;
            }
            claim(told, (first, last?), &self.outcome, with)
        })
    }

    /// The birth of the newborn, if a sentence tells how it was born.
    fn birth(&self, told: &Told, with: &Rulebook<'_>) -> Option<Claim> {
        let words = &told.words;
        let born = affirmed(words, &self.born).next()?;
        if has(words, &self.something_else) {
            return None;
        }
        self.birth.iter().find_map(|birth| {
            let at = affirmed(words, &birth.words).next()?;
            claim(told, (born.min(at), born.max(at)), &birth.code, with)
        })
    }

    /// Whether a claim of a mother's record is about the child.
    fn is_of_child(&self, claim: &Claim, with: &Rulebook<'_>) -> bool {
        let note = &with.episode.notes[claim.evidence.note];
        let span: Span = claim.said.span;
        let sentence = note.layout.sentence_of(span).map(|sentence| &note.note[sentence.span]);
        let first = sentence.and_then(|text| words_of(text, 0).into_iter().next());
        first.is_some_and(|first| self.of_child.contains(&first.form))
    }
}
