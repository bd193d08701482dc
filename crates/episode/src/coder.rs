use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use clinlink_model::{CodeEntry, CodeSet, Coder, Episode, Evidence, FiredRule, Status};
use clinlink_vocab::Pack;

use crate::assess::Ground;
use crate::claim::{Claim, Considered, Rulebook, Unknown, gather};
use crate::config::CoderConfig;
use crate::family::Family;
use crate::learned::{CoderModel, Lessons};
use crate::rules::{self, Rule};
use crate::tables::{Tables, TablesError};
use crate::{combine, excludes, history, specific, status, strength, symptoms};

/// Makes code sets by rules. See the [crate](crate) for the rules and their order.
pub struct RuleCoder {
    pack: Arc<Pack>,
    config: CoderConfig,
    tables: Tables,
    model: Option<Arc<CoderModel>>,
}

impl RuleCoder {
    /// A coder with the built-in tables.
    pub fn new(pack: Arc<Pack>, config: CoderConfig) -> Self {
        Self { pack, config, tables: Tables::embedded(), model: None }
    }

    /// A coder with the tables of a folder of the form of `vocab/rules`. A file that it does not have is the one that is
    /// built in.
    ///
    /// # Errors
    /// If a file cannot be read or is not of its form.
    pub fn with_tables(pack: Arc<Pack>, config: CoderConfig, tables: &Path) -> Result<Self, TablesError> {
        Ok(Self { pack, config, tables: Tables::read(tables)?, model: None })
    }

    /// The same coder, which also uses what `model` has learnt.
    #[must_use]
    pub fn with_model(mut self, model: Arc<CoderModel>) -> Self {
        self.model = Some(model);
        self
    }

    /// Every rule that may decide about a code.
    pub fn rules(&self) -> &[Rule] {
        self.tables.rules()
    }

    pub(crate) fn pack(&self) -> &Pack {
        &self.pack
    }

    pub(crate) fn lessons(&self) -> Option<Lessons<'_>> {
        self.model.as_deref().map(Lessons::of)
    }

    /// The codes that the episode speaks of and the links that lead nowhere, before any code is compared with another.
    fn gathered(&self, episode: &Episode) -> (Vec<Considered>, Vec<Unknown>) {
        let (pack, config, tables) = (&*self.pack, &self.config, &self.tables);
        let (mut codes, unknown) =
            gather(episode, &Rulebook { pack, config, tables, lessons: self.lessons() });
        if let Some(lessons) = self.lessons() {
            lessons.recall(pack, episode, &mut codes);
        }
        (codes, unknown)
    }

    /// The codes that the episode speaks of, before any code is compared with another.
    pub(crate) fn considered(&self, episode: &Episode) -> Vec<Considered> {
        self.gathered(episode).0
    }

    /// Weighs the codes by what was learnt, and compares them with each other. Of `episode` only the notes' ids and kinds
    /// are looked at.
    pub(crate) fn settle(&self, episode: &Episode, codes: &mut Vec<Considered>) {
        if let Some(lessons) = self.lessons() {
            lessons.rank(&self.config, codes);
        }
        self.compare(episode, codes);
        if let Some(lessons) = self.lessons() {
            lessons.review_unsure(&self.config, codes);
        }
    }

    /// The rules that look at several notes or several codes, each family if it is in force.
    fn compare(&self, episode: &Episode, codes: &mut Vec<Considered>) {
        let (pack, tables) = (&*self.pack, &self.tables);
        let on = |family| self.config.rules.contains(&family);
        if on(Family::Contradiction) {
            tables.sources.weigh(episode).resolve(pack, codes);
        }
        if on(Family::Findings) && self.config.inpatient {
            tables.sources.weigh(episode).review_findings(codes);
        }
        if on(Family::Specificity) {
            specific::prefer_specific(pack, codes);
            specific::prefer_listed(pack, &tables.general, codes);
        }
        if on(Family::Combinations) {
            combine::combine(pack, &self.config.system, &tables.combinations, codes);
        }
        if on(Family::Excludes) {
            excludes::resolve(pack, codes);
        }
        if on(Family::Symptoms) {
            symptoms::leave_out(pack, &tables.symptoms, codes);
        }
        if on(Family::History) {
            history::prefer_current(pack, &tables.histories, codes);
        }
        if on(Family::Status) {
            status::settle(pack, &tables.status, codes);
        }
    }

    /// The rules that decided about a code, in the order of the catalogue.
    fn fired(&self, codes: &[CodeEntry]) -> Vec<FiredRule> {
        let ids: BTreeSet<&str> = codes.iter().flat_map(|code| &code.rules).map(String::as_str).collect();
        let fired = self.tables.rules().iter().filter(|rule| ids.contains(rule.id.as_str()));
        let fired = fired.map(|rule| FiredRule {
            id: rule.id.clone(),
            section: rule.section.clone(),
            says: rule.says.clone(),
        });
        fired.collect()
    }

    fn entry(&self, code: Considered) -> CodeEntry {
        let concept = self.pack.concept(code.id);
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
            let history = self.tables.histories.personal(self.pack.concept(code.id).code);
            let known = history.and_then(|code| self.pack.find(&self.config.system, code));
            said.extend(known.map(|id| format!("see {}", self.pack.concept(id).code)));
        }
        let mut parts = vec![said.join(", ")];
        parts.extend(code.verdicts.iter().map(|(_, reason)| reason.clone()));
        if let Some(lessons) = self.lessons().filter(|_| code.status == Status::Accepted) {
            parts.extend(code.overruled.iter().map(|rule| lessons.in_spite_of(rule)));
        }
        parts.join("; ")
    }
}

impl Coder for RuleCoder {
    fn code(&self, episode: &Episode) -> CodeSet {
        let (mut considered, unknown) = self.gathered(episode);
        self.settle(episode, &mut considered);
        let mut codes: Vec<CodeEntry> = considered.into_iter().map(|code| self.entry(code)).collect();
        codes.extend(unknown_entries(unknown));
        codes.sort_by(|a, b| {
            a.status
                .cmp(&b.status)
                .then_with(|| b.score.total_cmp(&a.score))
                .then_with(|| a.code.cmp(&b.code))
        });
        let rules = self.fired(&codes);
        CodeSet { episode: episode.id.clone(), codes, rules }
    }
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
fn unknown_entries(unknown: Vec<Unknown>) -> Vec<CodeEntry> {
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
        });
        entry.evidence.push(evidence);
    }
    entries.into_values().collect()
}
