//! What stands in a code set for a code that was considered.

use std::collections::BTreeMap;

use clinlink_model::{CodeEntry, Evidence, Report, Status};
use clinlink_vocab::{Fact, Pack};

use crate::assess::Ground;
use crate::claim::{Claim, Considered, Unknown};
use crate::coder::RuleCoder;
use crate::{rules, strength};

impl RuleCoder {
    /// The entry of a code.
    pub(crate) fn entry(&self, code: Considered, report: Report) -> CodeEntry {
        let concept = self.pack().concept(code.id);
        let (reason, rules) = (self.reason(&code), rules_of(&code));
        CodeEntry {
            system: concept.system.clone(),
            code: concept.code.to_owned(),
            title: concept.title.to_owned(),
            score: code.score(),
            status: code.status,
            reason,
            rules,
            evidence: evidence_of(code.claims),
            facts: code.facts,
            report,
        }
    }

    /// What the claims say, then what the later rules made of it: `affirmed in 3, negated in 1; outranked by E11.21`.
    fn reason(&self, code: &Considered) -> String {
        let mut grounds: BTreeMap<Ground, usize> = BTreeMap::new();
        for claim in &code.claims {
            *grounds.entry(claim.ground).or_default() += 1;
        }
        let only = grounds.len() == 1;
        let mut said: Vec<String> = grounds
            .iter()
            .map(|(ground, &count)| match (only, count) {
                (true, 1) => ground.words().to_owned(),
                _ => format!("{} in {count}", ground.words()),
            })
            .collect();
        if code.status == Status::Rejected && grounds.contains_key(&Ground::Historical) {
            let history = self.tables().histories.personal(self.pack().code(code.id));
            let known = history.and_then(|code| self.pack().find(&self.config().system, code));
            said.extend(known.map(|id| format!("see {}", self.pack().code(id))));
        }
        let mut parts: Vec<String> =
            Some(said.join(", ")).filter(|said| !said.is_empty()).into_iter().collect();
        let open = code.open();
        if !open.is_empty() {
            parts.push(format!("partial: {}", open.in_words(self.pack().code(code.id))));
        }
        parts.extend(code.verdicts.iter().map(|(_, reason)| reason.clone()));
        if let Some(lessons) = self.lessons().filter(|_| code.status == Status::Accepted) {
            parts.extend(code.overruled.iter().map(|rule| lessons.in_spite_of(rule)));
        }
        parts.join("; ")
    }
}

/// What the pack's sources say of a code.
pub(crate) fn facts_of(pack: &Pack, code: &Considered) -> Report {
    let fact = |wanted: Fact| {
        let mut facts = pack.facts(code.id);
        facts.find(|(kind, _)| *kind == wanted).map(|(_, value)| value.to_owned())
    };
    let mut levels: Vec<String> = pack.ancestors(code.id).map(|id| pack.code(id).to_owned()).collect();
    levels.reverse();
    Report { severity: fact(Fact::Severity), ccsr: fact(Fact::Ccsr), levels, ..Report::default() }
}

/// The rules that decided, in the order in which they were applied, each once.
fn rules_of(code: &Considered) -> Vec<String> {
    let mut rules: Vec<&str> = code.supporting().map(|claim| claim.ground.rule()).collect();
    rules.sort_unstable();
    rules.extend(code.supporting().filter_map(|claim| claim.said.detail));
    rules.extend(code.verdicts.iter().map(|(rule, _)| rule.as_ref()));
    let mut once: Vec<String> = Vec::new();
    for rule in rules {
        if !once.iter().any(|known| known == rule) {
            once.push(rule.to_owned());
        }
    }
    once
}

/// All claims as evidence, by note and place.
fn evidence_of(claims: Vec<Claim>) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = claims.into_iter().map(|claim| claim.evidence).collect();
    evidence.sort_by_key(|evidence| (evidence.note, evidence.span));
    evidence
}

/// One rejected entry for each code that the pack does not hold.
pub(crate) fn unknown_entries(unknown: Vec<Unknown>) -> Vec<CodeEntry> {
    let mut entries: BTreeMap<String, CodeEntry> = BTreeMap::new();
    for Unknown { link, evidence } in unknown {
        let score = strength::combined([0.1 * link.score].into_iter());
        let entry = entries.entry(link.code.clone()).or_insert_with(|| CodeEntry {
            system: link.system,
            code: link.code,
            title: link.title,
            score,
            status: Status::Rejected,
            reason: "the vocabulary pack does not hold this code".to_owned(),
            rules: vec![rules::NOT_IN_PACK.to_owned()],
            evidence: Vec::new(),
            facts: Vec::new(),
            report: Report::default(),
        });
        entry.evidence.push(evidence);
    }
    entries.into_values().collect()
}
