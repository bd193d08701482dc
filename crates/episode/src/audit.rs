//! Codes that someone else gave, compared with what the notes support.
//!
//! A given code is supported if the coder accepts it. Where the coder accepts a more specific code, the given one is less
//! specific (E11.9 beside notes that say `diabetic nephropathy`), and where it accepts only a less specific one, the
//! detail is unsupported; neither pair makes the accepted code missing. Given codes that an Excludes1 note keeps apart
//! are told whatever the notes say.

use clinlink_model::{Audit, CodeSet, Finding, FindingKind, Status, System};
use clinlink_vocab::{ConceptId, Pack};

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::detail::stem;
use crate::excludes::Excluding;
use crate::sequence::Sequence;
use crate::tables::embedded_sequence;

/// Audits codes of one system.
pub struct Auditor {
    pack: Arc<Pack>,
    system: System,
    sequence: Sequence,
}

impl Auditor {
    /// An auditor of the codes of `system`, whose rules are those of `pack`.
    pub fn new(pack: Arc<Pack>, system: System) -> Self {
        Self { pack, system, sequence: embedded_sequence() }
    }

    /// Compares the codes that an episode was given, in any spelling, with the code set that its notes lead to.
    pub fn audit(&self, given: &[String], codes: &CodeSet) -> Audit {
        let mut bench =
            Bench { with: self, codes, accepted: self.accepted(codes), answered: BTreeSet::new() };
        let mut audit =
            Audit { episode: codes.episode.clone(), given: 0, supported: Vec::new(), findings: Vec::new() };
        let mut known: BTreeSet<ConceptId> = BTreeSet::new();
        for text in given.iter().map(|text| text.trim()).collect::<BTreeSet<_>>() {
            match self.pack.in_system(&self.system, text) {
                Some(id) => {
                    known.insert(id);
                }
                None => audit.findings.push(self.unknown(text)),
            }
        }
        audit.given = known.len() + audit.findings.len();
        for &id in &known {
            match bench.judge(id) {
                Some(finding) => audit.findings.push(finding),
                None => audit.supported.push(self.pack.code(id).to_owned()),
            }
        }
        audit.findings.extend(bench.missing(&known));
        audit.findings.extend(self.excluded(&known));
        audit.findings.sort_by(|a, b| (a.kind, &a.code).cmp(&(b.kind, &b.code)));
        audit
    }

    /// The accepted codes of the system, with their places in the code set.
    fn accepted(&self, codes: &CodeSet) -> Vec<(usize, ConceptId)> {
        let entries = codes.codes.iter().enumerate();
        let accepted =
            entries.filter(|(_, entry)| entry.status == Status::Accepted && entry.system == self.system);
        accepted.filter_map(|(at, entry)| Some((at, self.pack.find(&self.system, &entry.code)?))).collect()
    }

    fn finding(&self, kind: FindingKind, id: ConceptId, reason: String, about: Option<usize>) -> Finding {
        let concept = self.pack.concept(id);
        Finding { kind, code: concept.code.to_owned(), title: concept.title.to_owned(), reason, about }
    }

    fn unknown(&self, code: &str) -> Finding {
        let reason = format!("{} of this pack does not have it", self.system);
        Finding {
            kind: FindingKind::Unknown,
            code: code.to_owned(),
            title: String::new(),
            reason,
            about: None,
        }
    }

    /// The pairs of concepts that an Excludes1 note keeps apart.
    pub fn exclusive(&self, concepts: impl IntoIterator<Item = ConceptId>) -> Vec<(ConceptId, ConceptId)> {
        let all: Vec<(ConceptId, Excluding<'_>)> =
            concepts.into_iter().map(|id| (id, Excluding::of(&self.pack, id))).collect();
        let mut pairs = Vec::new();
        for (at, (id, first)) in all.iter().enumerate() {
            let excluded = all[at + 1..].iter().filter(|(_, second)| first.excludes(second, &self.pack));
            pairs.extend(excluded.map(|(other, _)| (*id, *other)));
        }
        pairs
    }

    /// Whether a concept is a manifestation of another disease, which must be coded before it (Official Guidelines
    /// I.A.13): its title says "in diseases classified elsewhere".
    pub fn is_manifestation(&self, id: ConceptId) -> bool {
        self.sequence.is_manifestation(&self.pack, id)
    }

    /// The pairs of given codes that exclude each other.
    fn excluded(&self, known: &BTreeSet<ConceptId>) -> Vec<Finding> {
        let code = |id: ConceptId| self.pack.code(id);
        let finding = |(first, second): (ConceptId, ConceptId)| {
            let reason = format!("{} and {} exclude each other", code(first), code(second));
            self.finding(FindingKind::ExcludedTogether, first, reason, None)
        };
        self.exclusive(known.iter().copied()).into_iter().map(finding).collect()
    }

    /// Whether `id` says more than `general`, or than what that stands for.
    pub fn says_more(&self, id: ConceptId, general: ConceptId) -> bool {
        let top = stem(&self.pack, general);
        id != general && stem(&self.pack, id) != top && self.pack.ancestors(id).any(|above| above == top)
    }
}

/// One episode under audit.
struct Bench<'a> {
    with: &'a Auditor,
    codes: &'a CodeSet,
    accepted: Vec<(usize, ConceptId)>,
    /// Accepted codes that a given one stands for, more or less specifically.
    answered: BTreeSet<ConceptId>,
}

impl Bench<'_> {
    /// What is wrong with a given code; `None` if the notes support it.
    fn judge(&mut self, id: ConceptId) -> Option<Finding> {
        if self.accepted.iter().any(|&(_, accepted)| accepted == id) {
            return None;
        }
        let pack = &self.with.pack;
        let code = |id: ConceptId| pack.code(id);
        if let Some(&(at, better)) = self.accepted.iter().find(|&&(_, other)| self.with.says_more(other, id))
        {
            self.answered.insert(better);
            let reason = format!("the notes support {}", code(better));
            return Some(self.with.finding(FindingKind::LessSpecific, id, reason, Some(at)));
        }
        if let Some(&(at, general)) = self.accepted.iter().find(|&&(_, other)| self.with.says_more(id, other))
        {
            self.answered.insert(general);
            let reason = format!("the notes support only {}", code(general));
            return Some(self.with.finding(FindingKind::Unsupported, id, reason, Some(at)));
        }
        let own =
            |entry: &clinlink_model::CodeEntry| entry.system == self.with.system && entry.code == code(id);
        let Some(at) = self.codes.codes.iter().position(own) else {
            let reason = "no words of the notes speak of it".to_owned();
            return Some(self.with.finding(FindingKind::Unsupported, id, reason, None));
        };
        let entry = &self.codes.codes[at];
        let kind =
            if entry.status == Status::Review { FindingKind::Doubtful } else { FindingKind::Unsupported };
        Some(self.with.finding(kind, id, entry.reason.clone(), Some(at)))
    }

    /// The accepted codes that no given one stands for.
    fn missing(&self, known: &BTreeSet<ConceptId>) -> Vec<Finding> {
        let missing =
            self.accepted.iter().filter(|(_, id)| !known.contains(id) && !self.answered.contains(id));
        missing
            .map(|&(at, id)| {
                let reason = self.codes.codes[at].reason.clone();
                self.with.finding(FindingKind::Missing, id, reason, Some(at))
            })
            .collect()
    }
}
