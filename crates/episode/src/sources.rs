//! Notes that disagree, and findings that only a report names.
//!
//! A discharge diagnosis weighs more than triage, and of two statements the later one decides unless it weighs less: the
//! policy of `vocab/rules/sources.toml`. `Possible pneumonia` at admission and `pneumonia was ruled out` in the discharge
//! summary give no J18.9. What was affirmed is taken back only by words that rule it out; a symptom never is, since it
//! was there. What a radiologist alone names is left to a person in a hospital stay (Official Guidelines III.B).

use clinlink_model::{AnnotatedNote, Episode, SectionKind, Span, Status};
use clinlink_vocab::Pack;
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Considered};
use crate::excludes::is_symptom;
use crate::rules;

/// The table `sources.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sources {
    ruled_out: Vec<String>,
    note: Vec<NoteKind>,
    other_note: OtherNote,
    section: Vec<Sections>,
    report: Reports,
    #[serde(default)]
    visit: Visits,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteKind {
    names: Vec<String>,
    weight: u8,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherNote {
    weight: u8,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    kinds: Vec<SectionKind>,
    weight: u8,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reports {
    names: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Visits {
    words: Vec<String>,
    #[serde(default)]
    emergency: Vec<String>,
}

/// Where the patient is cared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// In the hospital (sections II and III).
    Stay,
    /// In an emergency department, or nobody tells where but not in the hospital (section IV).
    Outpatient,
    /// At a visit, to which what has resolved is of the past (IV.J).
    Visit,
}

/// The notes of an episode, as the policy sees them.
pub(crate) struct Weighed<'e> {
    sources: &'e Sources,
    episode: &'e Episode,
    notes: Vec<u8>,
    reports: Vec<bool>,
}

impl Sources {
    /// Looks at the notes of an episode.
    pub(crate) fn weigh<'e>(&'e self, episode: &'e Episode) -> Weighed<'e> {
        let kinds: Vec<String> = episode.notes.iter().map(kind_of).collect();
        let weight = |kind: &String| {
            let known = self.note.iter().find(|known| names(&known.names, kind));
            known.map_or(self.other_note.weight, |known| known.weight)
        };
        let notes = kinds.iter().map(weight).collect();
        let reports = kinds.iter().map(|kind| names(&self.report.names, kind)).collect();
        Weighed { sources: self, episode, notes, reports }
    }

    /// Where the kinds of the notes say that the patient was cared for, if not in the hospital: notes of visits or of an
    /// emergency department, and reports beside them.
    pub(crate) fn care(&self, episode: &Episode) -> Option<Care> {
        let written = episode.notes.iter().filter(|note| !is_chart(note));
        let kinds: Vec<String> =
            written.map(kind_of).filter(|kind| !names(&self.report.names, kind)).collect();
        let all = |known: &dyn Fn(&str) -> bool| !kinds.is_empty() && kinds.iter().all(|kind| known(kind));
        let is_visit = |kind: &str| has_word(&self.visit.words, kind);
        if all(&is_visit) {
            return Some(Care::Visit);
        }
        all(&|kind: &str| is_visit(kind) || has_word(&self.visit.emergency, kind)).then_some(Care::Outpatient)
    }
}

/// Whether it is a record of the chart, and no note.
fn is_chart(note: &AnnotatedNote) -> bool {
    note.note.text().is_empty() && !note.note.facts.is_empty()
}

/// What sort of note it is, in lower case: its kind, or its id, which often says it.
pub(crate) fn kind_of(note: &AnnotatedNote) -> String {
    note.note.kind.as_deref().unwrap_or_else(|| note.note.id()).to_lowercase()
}

fn names(names: &[String], kind: &str) -> bool {
    names.iter().any(|name| kind.contains(name.as_str()))
}

/// Whether one of the words stands in a kind of note.
pub(crate) fn has_word(words: &[String], kind: &str) -> bool {
    kind.split(|c: char| !c.is_alphanumeric()).any(|word| words.iter().any(|other| other == word))
}

impl Weighed<'_> {
    /// Rejects what was suspected and then denied, and what was affirmed and then ruled out.
    pub(crate) fn resolve(&self, pack: &Pack, codes: &mut [Considered]) {
        for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
            let affirmed = code.supporting().any(|claim| claim.ground.status() == Status::Accepted);
            if affirmed && is_symptom(pack, code.id) {
                continue;
            }
            let denies =
                |claim: &&Claim| claim.ground == Ground::Negated && (!affirmed || self.is_ruled_out(claim));
            let denials: Vec<&Claim> = code.claims.iter().filter(denies).collect();
            let decided = |claim: &Claim| denials.iter().any(|denial| self.decides(denial, claim));
            let strongest = denials.iter().max_by_key(|denial| (self.weight(denial), place(denial)));
            let Some(denial) = strongest.filter(|_| code.supporting().all(decided)) else { continue };
            let verb = if self.is_ruled_out(denial) { "ruled out" } else { "denied" };
            let note = self.episode.notes[denial.evidence.note].note.id();
            let reason = format!("{verb} in {note}, which decides (later, or of more weight)");
            code.lower(Status::Rejected, rules::RULED_OUT, reason);
        }
    }

    /// Leaves to a person what only reports name, where the episode has other notes.
    pub(crate) fn review_findings(&self, codes: &mut [Considered]) {
        let mut notes = self.episode.notes.iter().zip(&self.reports);
        if notes.all(|(note, &report)| report || is_chart(note)) {
            return;
        }
        for code in codes.iter_mut().filter(|code| code.status == Status::Accepted) {
            if code.supporting().all(|claim| self.reports[claim.evidence.note]) {
                let reason = "only a diagnostic report names it; ask the provider".to_owned();
                code.lower(Status::Review, rules::FINDING_ALONE, reason);
            }
        }
    }

    fn is_ruled_out(&self, claim: &Claim) -> bool {
        let cues = claim.evidence.assertion.iter().flat_map(|assertion| &assertion.cues);
        cues.into_iter().any(|cue| self.sources.ruled_out.iter().any(|rule| *rule == cue.rule))
    }

    /// Whether one statement decides over another: it is later and weighs no less, or it weighs more.
    fn decides(&self, statement: &Claim, over: &Claim) -> bool {
        let (weight, other) = (self.weight(statement), self.weight(over));
        weight > other || weight == other && place(statement) > place(over)
    }

    fn weight(&self, claim: &Claim) -> u8 {
        let section =
            self.sources.section.iter().find(|section| section.kinds.contains(&claim.evidence.section));
        let section = section.map_or(0, |section| section.weight);
        section.max(self.notes[claim.evidence.note])
    }
}

/// Where a claim stands in the episode.
fn place(claim: &Claim) -> (usize, Span) {
    (claim.evidence.note, claim.evidence.span)
}
