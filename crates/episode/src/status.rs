//! Status codes: what was done to the patient, what the patient carries or takes for long.
//!
//! `Apixaban` under a heading of medications is Z79.01, `s/p CABG` Z95.1, `penicillin` under allergies Z88.0: words that
//! name no diagnosis, read by where they stand and how they are meant (Official Guidelines I.C.21.c.3). What was done
//! within the episode is no status yet. A code that itself speaks of the past (`former smoker`, Z87.891) is not taken
//! back by words of the past, and a body mass index counts only beside a diagnosis for which it matters (I.B.14).

use std::collections::HashMap;

use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Assertion, Certainty, Course, Experiencer, Polarity, SectionKind,
    Status, Temporality,
};
use clinlink_vocab::{Pack, normal_form};
use serde::Deserialize;

use crate::assess::{Ground, SpeaksOf};
use crate::claim::Considered;
use crate::rules;
use crate::tables::any_prefix;

/// The table `status.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusTable {
    states_the_past: Vec<String>,
    states_a_relative: Vec<String>,
    body_mass_index: BodyMassIndex,
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
                && any_prefix(&self.table.body_mass_index.beside, pack.concept(code.id).code)
        })
    }

    /// The status codes that a mention tells, with their grounds.
    pub(crate) fn told(&self, note: &AnnotatedNote, mention: &AnnotatedMention) -> Vec<(&str, Ground)> {
        let span = mention.mention.span;
        let expansion = note.expansions.iter().find(|expansion| expansion.short == span);
        let words = [Some(&note.note[span]), expansion.map(|expansion| expansion.long.as_str())];
        let found = words.into_iter().flatten().find_map(|words| self.by_words.get(&normal_form(words)));
        let (Some(found), Some(assertion)) = (found, &mention.assertion) else { return Vec::new() };
        let section = note.layout.kind_at(span);
        let statuses = found.iter().map(|&at| &self.table.status[at]);
        statuses
            .filter_map(|status| Some((status.code.as_str(), ground(status, section, assertion)?)))
            .collect()
    }
}

/// What words tell of a status, if they do.
fn ground(status: &StatusCode, section: SectionKind, assertion: &Assertion) -> Option<Ground> {
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
        When::Taken => section == SectionKind::Medications && !allergic,
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
    codes.retain(|code| code.claims.iter().any(|claim| claim.ground != Ground::DoneNow));
    let body_mass = &statuses.table.body_mass_index;
    let beside = statuses.has_reason_for_body_mass(pack, codes);
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        if code.claims.iter().any(|claim| claim.ground == Ground::DoneNow) {
            let reason = "done in this episode, so no status yet".to_owned();
            code.lower(Status::Rejected, rules::STATUS_CODE, reason);
        } else if !beside && any_prefix(&body_mass.codes, pack.concept(code.id).code) {
            let reason = "no accepted diagnosis for which it matters".to_owned();
            code.lower(Status::Rejected, rules::NEEDS_DIAGNOSIS, reason);
        }
    }
}
