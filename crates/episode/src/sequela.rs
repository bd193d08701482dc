//! Deficits that an old stroke left (Official Guidelines I.C.9.d).
//!
//! `Right hemiplegia due to old stroke` is I69.351, and neither a hemiplegia of its own (G81.91) nor a history of a stroke
//! that left nothing (Z86.73). The sentence must relate the two and say that the stroke is old: `residual dysarthria after
//! stroke in 2010`. Which deficit and which stroke have which code stands in `vocab/rules/sequelae.toml`.

use clinlink_model::{AnnotatedNote, Span};
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Rulebook};
use crate::dominance;
use crate::history;
use crate::rules;
use crate::said::Said;
use crate::side::Side;
use crate::strength;
use crate::tables::any_prefix;
use crate::words::{Word, affirm, has, starts, words_of};

/// The table `sequelae.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sequelae {
    relations: Vec<String>,
    behind: Vec<String>,
    old: Vec<String>,
    nothing_left: Vec<String>,
    now: Vec<String>,
    residual: Vec<String>,
    pub(crate) left_handed: Vec<String>,
    pub(crate) ambidextrous: Vec<String>,
    stroke: Vec<Stroke>,
    deficit: Vec<Deficit>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stroke {
    of: Vec<String>,
    group: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Deficit {
    of: Vec<String>,
    suffix: String,
    #[serde(default)]
    sided: bool,
    #[serde(default)]
    beside: bool,
}

/// How many words may stand between a deficit and its stroke.
const NEAR: usize = 7;

/// Adds to the claims of a note those of sequelae, and takes back what they replace: the stroke, which is over, its
/// history, and the deficit's own code.
pub(crate) fn relate(note: &AnnotatedNote, claims: &mut Vec<Claim>, with: &Rulebook<'_>) {
    let table = &with.tables.sequelae;
    let code = |claim: &Claim| with.pack.code(claim.said.id);
    let strokes: Vec<(Claim, &str)> = claims
        .iter()
        .filter(|claim| may_hold(claim.ground))
        .filter_map(|claim| Some((claim.clone(), table.group(code(claim))?)))
        .collect();
    if strokes.is_empty() {
        return;
    }
    for at in 0..claims.len() {
        let claim = &mut claims[at];
        if claim.ground == Ground::Affirmed && table.left_nothing(note, claim.said.span, code(claim)) {
            claim.set_ground(Ground::Historical);
            let history = history::told_by(claim, note, with);
            claims.extend(history);
        }
    }
    for at in 0..claims.len() {
        let claim = claims[at].clone();
        let deficits = table.deficit.iter().filter(|deficit| any_prefix(&deficit.of, code(&claim)));
        let is_sided = || side(note, &claim, with).is_some();
        let Some(deficit) = deficits.into_iter().find(|deficit| !deficit.sided || is_sided()) else {
            continue;
        };
        let holds = may_hold(claim.ground);
        let left = |stroke: &Claim| {
            table.is_left_by(note, claim.said.span, stroke)
                || table.is_residual(note, claim.said.span, stroke)
        };
        let Some((stroke, group)) = strokes.iter().find(|(stroke, _)| holds && left(stroke)) else {
            continue;
        };
        let Some(sequela) = sequela(&claim, stroke, &format!("{group}{}", deficit.suffix), note, with) else {
            continue;
        };
        for other in claims.iter_mut() {
            let is_deficit = other.said.span == claim.said.span;
            if is_deficit && deficit.beside {
                // The stroke is of the past, what it left is not.
                if matches!(other.ground, Ground::Historical | Ground::HistorySection) {
                    other.set_ground(Ground::Affirmed);
                }
            } else if is_deficit || other.said.span == stroke.said.span {
                other.set_ground(Ground::Sequela);
            }
        }
        claims.push(sequela);
    }
}

/// The claim about a sequela, with the words from the deficit to the stroke where one sentence has both.
fn sequela(
    deficit: &Claim,
    stroke: &Claim,
    code: &str,
    note: &AnnotatedNote,
    with: &Rulebook<'_>,
) -> Option<Claim> {
    let id = with.pack.find(&with.config.system, code)?;
    let id = side(note, deficit, with).and_then(|side| dominance::for_side(id, side, with)).unwrap_or(id);
    let mut evidence = deficit.evidence.clone();
    let sentence = note.layout.sentence_of(deficit.said.span);
    if sentence.is_some_and(|sentence| sentence.span.contains(stroke.said.span)) {
        evidence.span = deficit.said.span.cover(stroke.said.span);
    }
    // What is told of the past is the stroke; what it left is there now.
    let ground = match deficit.ground {
        Ground::Historical | Ground::HistorySection | Ground::Sequela => Ground::StatesThePast,
        ground => ground,
    };
    let strength = strength::of_claim(1.0, evidence.section, ground);
    Some(Claim { said: Said::new(id, Some(rules::SEQUELA), evidence.span, None), ground, strength, evidence })
}

/// The side that a deficit is on, by its code or its words.
fn side(note: &AnnotatedNote, deficit: &Claim, with: &Rulebook<'_>) -> Option<Side> {
    let named = dominance::side_of(with.pack, deficit.said.id);
    named.or_else(|| Side::of_body(&note.note, &note.layout, deficit.said.span))
}

/// Whether what is said may be of the patient and so.
fn may_hold(ground: Ground) -> bool {
    !matches!(
        ground,
        Ground::Hypothetical
            | Ground::Negated
            | Ground::Family
            | Ground::FamilyHistoryCode
            | Ground::OtherPerson
            | Ground::DoneNow
            | Ground::NotAssessed
    )
}

impl Sequelae {
    fn group(&self, stroke: &str) -> Option<&str> {
        self.stroke.iter().find(|known| any_prefix(&known.of, stroke)).map(|known| known.group.as_str())
    }

    /// Whether the sentence says that the stroke of a code left nothing.
    fn left_nothing(&self, note: &AnnotatedNote, span: Span, code: &str) -> bool {
        let Some(sentence) = note.layout.sentence_of(span).filter(|_| code.starts_with("I6")) else {
            return false;
        };
        let words = words_of(&note.note[sentence.span], 0);
        self.group(code).is_some() && has(&words, &self.nothing_left) && !has(&words, &self.now)
    }

    /// Whether the words before the deficit at `span` call it residual, after a stroke that the note has told of the past:
    /// `s/p stroke in May. Residual hemiparesis, aphasia.`
    fn is_residual(&self, note: &AnnotatedNote, span: Span, stroke: &Claim) -> bool {
        let told_of_past = matches!(stroke.ground, Ground::Historical | Ground::StatesThePast);
        let Some(sentence) = note.layout.sentence_of(span).filter(|_| told_of_past) else { return false };
        let words = words_of(&note.note[sentence.span], sentence.span.start());
        let before = words.iter().take_while(|word| word.start < span.start()).count();
        stroke.said.span.end() <= span.start()
            && affirm(&words[..before], &self.residual)
            && !affirm(&words, &self.now)
    }

    /// Whether the sentence says that a stroke, which is old, left the deficit at `span`.
    fn is_left_by(&self, note: &AnnotatedNote, span: Span, stroke: &Claim) -> bool {
        let Some(sentence) = note.layout.sentence_of(span).map(|sentence| sentence.span) else {
            return false;
        };
        let other = stroke.said.span;
        if !sentence.contains(other) || span.overlaps(other) {
            return false;
        }
        let words = words_of(&note.note[sentence], sentence.start());
        let (start, end) = (span.end().min(other.end()), span.start().max(other.start()));
        let first = words.iter().take_while(|word| word.start < start).count();
        let behind = words.iter().take_while(|word| word.start < end).count();
        let between = &words[first..behind];
        let is_behind =
            other.end() <= span.start() && self.behind.iter().any(|phrase| starts(between, phrase).is_some());
        let told = |phrases| affirm(&words, phrases);
        let told_of_past = matches!(stroke.ground, Ground::Historical | Ground::StatesThePast);
        between.len() <= NEAR
            && (is_behind || affirm(between, &self.relations))
            && (told(&self.old) || told_of_past || has_year(&words))
            && !told(&self.now)
    }
}

/// Whether words name a year: `in 2010`.
fn has_year(words: &[Word]) -> bool {
    let is_year = |word: &Word| word.form.parse::<u16>().is_ok_and(|year| (1930..2100).contains(&year));
    words.windows(2).any(|pair| matches!(pair[0].form.as_str(), "in" | "of" | "since") && is_year(&pair[1]))
}
