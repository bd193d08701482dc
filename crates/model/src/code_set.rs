use serde::{Deserialize, Serialize};

use crate::annotated::Place;
use crate::assertion::Assertion;
use crate::concept::System;
use crate::drg::DrgReport;
use crate::layout::SectionKind;
use crate::report::{FactEvidence, Purpose, Report};
use crate::span::Span;

/// The codes of an episode: accepted, to review, and rejected with the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeSet {
    /// The episode's identifier.
    pub episode: String,
    /// The codes, best first: accepted, then to review, then rejected; each group by score.
    pub codes: Vec<CodeEntry>,
    /// The rules that decided about any of the codes, each once.
    pub rules: Vec<FiredRule>,
    /// What it was made for; `None` for every code in every status.
    pub purpose: Option<Purpose>,
    /// The MS-DRG and what moves it, if the code set was made for a bill of a hospital stay.
    pub drg: Option<DrgReport>,
}

impl CodeSet {
    /// Adds the codes that another coder gave the same episode.
    pub fn add(&mut self, other: Self) {
        self.codes.extend(other.codes);
        // The codes of a bill keep the order of each coder.
        if self.purpose.is_none() {
            self.codes.sort_by(|a, b| {
                a.status
                    .cmp(&b.status)
                    .then_with(|| b.score.total_cmp(&a.score))
                    .then_with(|| a.code.cmp(&b.code))
            });
        }
        for rule in other.rules {
            if self.rules.iter().all(|known| known.id != rule.id) {
                self.rules.push(rule);
            }
        }
    }
}

/// A rule that decided about a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiredRule {
    /// Its id, as it stands beside the code.
    pub id: String,
    /// The section of the ICD-10-CM Official Guidelines that it follows; empty for a rule of clinlink's own.
    pub section: String,
    /// What it does, in one sentence.
    pub says: String,
}

/// One code that was considered, with what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeEntry {
    /// The code system.
    pub system: System,
    /// The code, as its owner writes it.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How strong the evidence is, 0 to 1.
    pub score: f32,
    /// What became of it.
    pub status: Status,
    /// Why, in a sentence fragment for people ("negated in every note", "outranked by E11.22").
    pub reason: String,
    /// The ids of the rules that decided, in the order in which they fired.
    pub rules: Vec<String>,
    /// The words that support it: at least one, or else a structured fact.
    pub evidence: Vec<Evidence>,
    /// Structured facts of the chart that speak for or against it.
    pub facts: Vec<FactEvidence>,
    /// What a bill, a statistic or a study needs to know of it.
    pub report: Report,
}

/// What became of a code that was considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In the code set.
    Accepted,
    /// A person must decide.
    Review,
    /// Not in the code set; the reason says why.
    Rejected,
}

/// Words of one note that support a code.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The note, as an index into the episode's notes.
    pub note: usize,
    /// The words.
    pub span: Span,
    /// The section in which they stand.
    pub section: SectionKind,
    /// How they are meant; `None` if no stage has assessed them.
    pub assertion: Option<Assertion>,
    /// The earlier evidence for the same code of which it is a copy, and with which it counts once.
    pub repeats: Option<Place>,
}
