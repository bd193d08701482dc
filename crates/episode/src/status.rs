//! Status codes: what was done to the patient, what the patient carries or takes for long.
//!
//! `Apixaban` under a heading of medications is Z79.01, `s/p CABG` Z95.1, `penicillin` under allergies Z88.0: words that
//! name no diagnosis, read by where they stand and how they are meant (Official Guidelines I.C.21.c.3). What was done
//! within the episode is no status yet. A code that itself speaks of the past (`former smoker`, Z87.891) is not taken
//! back by words of the past, and a body mass index counts only beside a diagnosis for which it matters (I.B.14).

use std::collections::HashMap;

use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Assertion, Certainty, Course, Experiencer, Label, Polarity, SectionKind,
    Span, Status, Temporality,
};
use clinlink_vocab::{Pack, normal_form};
use serde::Deserialize;

use crate::assess::{Ground, SpeaksOf};
use crate::claim::Considered;
use crate::rules;
use crate::tables::any_prefix;
use crate::words::{Word, ends, starts, words_of};

/// The table `status.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusTable {
    states_the_past: Vec<String>,
    states_a_relative: Vec<String>,
    body_mass_index: BodyMassIndex,
    taking: Vec<String>,
    taken: Vec<String>,
    dose: Vec<String>,
    begun: Vec<String>,
    status: Vec<StatusCode>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyMassIndex {
    codes: Vec<String>,
    beside: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusCode {
    code: String,
    when: When,
    words: Vec<String>,
    #[serde(default = "accepted")]
    status: Status,
    #[serde(default)]
    beside: Vec<String>,
}

fn accepted() -> Status {
    Status::Accepted
}

/// How words must be meant to tell a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum When {
    Done,
    Taken,
    Allergic,
    Present,
}

/// The table, with its words in normal form.
#[derive(Debug, Clone)]
pub(crate) struct StatusCodes {
    table: StatusTable,
    by_words: HashMap<String, Vec<usize>>,
}

/// How many words and drugs of a list may stand between a drug and what says that they are taken.
const LISTED: usize = 40;

/// The cue that says `allergic to`.
const ALLERGIC: &str = "hist.allergy";

impl StatusCodes {
    /// Makes the table ready for use.
    pub(crate) fn new(table: StatusTable) -> Self {
        let mut by_words: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, status) in table.status.iter().enumerate() {
            for words in &status.words {
                by_words.entry(normal_form(words)).or_default().push(at);
            }
        }
        Self { table, by_words }
    }

    /// What a code speaks of, if it is no disease: words of the past, or of a relative, do not take it back.
    pub(crate) fn speaks_of(&self, code: &str) -> Option<SpeaksOf> {
        if any_prefix(&self.table.states_the_past, code) {
            return Some(SpeaksOf::Past);
        }
        any_prefix(&self.table.states_a_relative, code).then_some(SpeaksOf::Relative)
    }

    /// The status code for a drug of a medication list, by the first words of its entry, and what becomes of it.
    pub(crate) fn of_drug(&self, entry: &str) -> Option<(&str, Status)> {
        let words = normal_form(entry);
        let ends = words.match_indices(' ').map(|(at, _)| at).chain([words.len()]);
        let mut starts: Vec<&str> = ends.map(|end| &words[..end]).collect();
        starts.reverse();
        let mut known = starts.iter().filter_map(|start| self.by_words.get(*start)).flatten();
        let taken = known.find(|&&at| self.table.status[at].when == When::Taken)?;
        let status = &self.table.status[*taken];
        Some((&status.code, status.status))
    }

    /// Whether a diagnosis is accepted beside which a body mass index is coded.
    pub(crate) fn has_reason_for_body_mass(&self, pack: &Pack, codes: &[Considered]) -> bool {
        codes.iter().any(|code| {
            code.status == Status::Accepted
                && any_prefix(&self.table.body_mass_index.beside, pack.code(code.id))
        })
    }

    /// The status codes that a mention tells, with their grounds.
    pub(crate) fn told(&self, note: &AnnotatedNote, mention: &AnnotatedMention) -> Vec<(&str, Ground)> {
        let span = mention.mention.span;
        let expansion = note.expansions.iter().find(|expansion| expansion.short == span);
        let words = [Some(&note.note[span]), expansion.map(|expansion| expansion.long.as_str())];
        let found = words.into_iter().flatten().find_map(|words| {
            let form = normal_form(words);
            self.by_words.get(&form).or_else(|| self.by_words.get(&without_side(&form)))
        });
        let (Some(found), Some(assertion)) = (found, &mention.assertion) else { return Vec::new() };
        let section = note.layout.kind_at(span);
        let taken = section == SectionKind::Medications || self.is_taken(note, span);
        let statuses = found.iter().map(|&at| &self.table.status[at]);
        statuses
            .filter_map(|status| Some((status.code.as_str(), ground(status, section, taken, assertion)?)))
            .collect()
    }

    /// Accepts what was left to a person, beside a diagnosis that says that it lasts.
    fn confirm(&self, pack: &Pack, codes: &mut [Considered]) {
        let name = |code: &Considered| pack.code(code.id);
        for status in self.table.status.iter().filter(|status| !status.beside.is_empty()) {
            let is_reason =
                |code: &Considered| code.status == Status::Accepted && any_prefix(&status.beside, name(code));
            let Some(reason) = codes.iter().find(|code| is_reason(code)).map(name) else { continue };
            let told = |code: &&mut Considered| {
                let to_confirm = code.ground() == Some(Ground::StatusToConfirm);
                code.status == Status::Review && to_confirm && name(code) == status.code
            };
            for code in codes.iter_mut().filter(told) {
                code.status = Status::Accepted;
                code.verdicts.push((rules::STATUS_CODE.into(), format!("lasts, beside {reason}")));
            }
        }
    }

    /// Whether the words right before a drug, or before the drugs that it is listed with, say that it is taken, and not
    /// that it has just been started; or the words behind it.
    fn is_taken(&self, note: &AnnotatedNote, span: Span) -> bool {
        let Some(sentence) = note.layout.sentence_of(span) else { return false };
        let words = words_of(&note.note[sentence.span], sentence.span.start());
        let mut before = words.iter().take_while(|word| word.start < span.start()).count();
        let after = words.iter().take_while(|word| word.start < span.end()).count();
        let behind = words[after..]
            .iter()
            .position(|word| !self.is_dose(word))
            .map_or(&[][..], |at| &words[after + at..]);
        if self.table.taken.iter().any(|phrase| starts(behind, phrase).is_some()) {
            return true;
        }
        for _ in 0..LISTED {
            let length = self.table.taking.iter().filter_map(|phrase| ends(&words[..before], phrase)).max();
            if let Some(length) = length {
                let cue = &words[..before - length];
                return !self.table.begun.iter().any(|phrase| ends(cue, phrase).is_some());
            }
            // Another drug of the list, or its dose.
            let Some(last) = before.checked_sub(1).map(|last| &words[last]) else { return false };
            let drug = || {
                note.outer_mentions().find(|(_, mention)| mention.mention.span.range().contains(&last.start))
            };
            before = match drug().filter(|(_, mention)| mention.mention.label == Label::Chemical) {
                _ if self.is_dose(last) => before - 1,
                Some((_, drug)) => {
                    words.iter().take_while(|word| word.start < drug.mention.span.start()).count()
                }
                None => return false,
            };
        }
        false
    }

    /// Whether a word joins the drugs of a list or belongs to the dose of one.
    fn is_dose(&self, word: &Word) -> bool {
        word.is_number() || self.table.dose.contains(&word.form)
    }
}

/// Words in normal form without the side that they begin with: `left BKA`.
fn without_side(form: &str) -> String {
    const SIDES: [&str; 8] = ["left", "right", "bilateral", "both", "l", "r", "lt", "rt"];
    let (first, rest) = form.split_once(' ').unwrap_or(("", form));
    if SIDES.contains(&first) { rest.to_owned() } else { form.to_owned() }
}

/// What words tell of a status, if they do.
fn ground(status: &StatusCode, section: SectionKind, taken: bool, assertion: &Assertion) -> Option<Ground> {
    let holds = assertion.experiencer == Experiencer::Patient
        && assertion.polarity == Polarity::Affirmed
        && assertion.certainty == Certainty::Certain
        && assertion.temporality != Temporality::Hypothetical
        && assertion.course != Some(Course::Planned);
    let allergic = section == SectionKind::Allergies || assertion.cues.iter().any(|cue| cue.rule == ALLERGIC);
    let past = assertion.temporality == Temporality::Historical
        || matches!(section, SectionKind::PastSurgicalHistory | SectionKind::PastMedicalHistory);
    let told = match status.when {
        When::Done if !allergic && !past => return holds.then_some(Ground::DoneNow),
        When::Done | When::Present => !allergic,
        When::Taken => taken && !allergic,
        When::Allergic => allergic,
    };
    (holds && told).then_some(match status.status {
        Status::Accepted => Ground::StatusCode,
        _ => Ground::StatusToConfirm,
    })
}

/// Takes back what was done within the episode, and a body mass index without its diagnosis. Codes of which only the
/// former is told go.
pub(crate) fn settle(pack: &Pack, statuses: &StatusCodes, codes: &mut Vec<Considered>) {
    statuses.confirm(pack, codes);
    codes.retain(|code| code.claims.iter().any(|claim| claim.ground != Ground::DoneNow));
    let body_mass = &statuses.table.body_mass_index;
    let beside = statuses.has_reason_for_body_mass(pack, codes);
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        if code.claims.iter().any(|claim| claim.ground == Ground::DoneNow) {
            let reason = "done in this episode, so no status yet".to_owned();
            code.lower(Status::Rejected, rules::STATUS_CODE, reason);
        } else if !beside && any_prefix(&body_mass.codes, pack.code(code.id)) {
            let reason = "no accepted diagnosis for which it matters".to_owned();
            code.lower(Status::Rejected, rules::NEEDS_DIAGNOSIS, reason);
        }
    }
}
