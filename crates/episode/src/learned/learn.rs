//! Learning a [`CoderModel`] in three steps: the terms from the evidence, then the counts from the notes as they are
//! annotated with these terms, then the weights from episodes whose counts are not in the model.

use std::collections::BTreeSet;
use std::sync::Arc;

use clinlink_model::{Episode, Evidence, Status, System};
use clinlink_vocab::Pack;

use super::features::Features;
use super::model::{CoderModel, term_of};
use super::ranker::Ranker;
use super::seen::category;
use crate::coder::RuleCoder;
use crate::config::CoderConfig;

/// What a coder made of an episode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coded {
    /// The codes, as their owner writes them.
    pub codes: BTreeSet<String>,
    /// Codes and the words that were their evidence, as they stand in the notes. May be empty.
    pub evidence: Vec<(String, String)>,
}

/// Codes that a coder gave, or did not give, as examples for the weights.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    examples: Vec<(Features, bool)>,
}

impl CoderModel {
    /// The terms of the evidence of `coded`, with the counts of the codes. It has no weights.
    pub fn of_evidence<'c>(system: System, coded: impl IntoIterator<Item = &'c Coded>) -> Self {
        let mut model = Self::empty(system);
        for case in coded {
            for code in &case.codes {
                *model.codes.entry(code.clone()).or_default() += 1;
            }
            for category in case.codes.iter().map(|code| category(code)).collect::<BTreeSet<_>>() {
                *model.categories.entry(category.to_owned()).or_default() += 1;
            }
            let terms = case.evidence.iter().filter_map(|(code, words)| Some((term_of(words)?, code)));
            for (term, code) in terms.collect::<BTreeSet<_>>() {
                model.terms.entry(term).or_default().codes.entry(code.clone()).or_default().evidence += 1;
            }
        }
        model
    }

    /// Of the outcomes, how many codes have at least this probability, and how many of them the coder gave.
    pub fn precision(&self, outcomes: &Outcomes, probability: f64) -> (usize, usize) {
        let Some(ranker) = &self.ranker else { return (0, 0) };
        let sure =
            outcomes.examples.iter().filter(|(features, _)| ranker.probability(features) >= probability);
        let given: Vec<bool> = sure.map(|&(_, given)| given).collect();
        (given.len(), given.iter().filter(|&&given| given).count())
    }

    /// The same with weights, fitted to `outcomes`.
    #[must_use]
    pub fn with_weights(mut self, outcomes: &Outcomes) -> Self {
        self.ranker = Some(Ranker::fit(&outcomes.examples));
        self
    }
}

/// Counts and collects outcomes, by a coder with a model.
pub struct Learner {
    coder: RuleCoder,
    model: CoderModel,
}

impl Learner {
    /// A learner that goes on from the terms of `model`. `pack` and `config` are the pipeline's.
    pub fn new(pack: Arc<Pack>, config: CoderConfig, model: CoderModel) -> Self {
        Self { coder: RuleCoder::new(pack, config).with_model(Arc::new(model.clone())), model }
    }

    /// Counts in how many of `episodes` each term stands, and which codes they were given. The notes must be annotated
    /// with the terms of the model.
    pub fn count<'e>(self, episodes: impl IntoIterator<Item = (&'e Episode, &'e Coded)>) -> CoderModel {
        let mut model = self.model;
        let mut stood: Vec<(BTreeSet<String>, &Coded)> = Vec::new();
        for (episode, coded) in episodes {
            let mut terms = BTreeSet::new();
            for (words, code) in claimed(&self.coder, episode) {
                let Some(term) = term_of(words) else { continue };
                let codes = &mut model.terms.entry(term.clone()).or_default().codes;
                codes.entry(code.to_owned()).or_default();
                terms.insert(term);
            }
            stood.push((terms, coded));
        }
        for (terms, coded) in stood {
            for term in terms {
                let term = model.terms.entry(term).or_default();
                term.episodes += 1;
                for (_, given) in term.codes.iter_mut().filter(|(code, _)| coded.codes.contains(*code)) {
                    given.episodes += 1;
                }
            }
        }
        model
    }
}

impl RuleCoder {
    /// Adds the codes that are considered for an episode, and whether its coder gave them. The episode must not be one
    /// that the coder's model was learnt from.
    pub fn observe(&self, episode: &Episode, coded: &Coded, outcomes: &mut Outcomes) {
        let Some(lessons) = self.lessons() else { return };
        let considered = self.considered(episode);
        for code in considered.iter().filter(|code| code.status != Status::Rejected) {
            let given = coded.codes.contains(self.pack().concept(code.id).code);
            outcomes.examples.push((lessons.features(self.pack(), episode, code), given));
        }
    }
}

/// Words of the episode and the codes that they may stand for.
fn claimed<'e>(coder: &'e RuleCoder, episode: &'e Episode) -> Vec<(&'e str, &'e str)> {
    let words = |evidence: &Evidence| &episode.notes[evidence.note].note[evidence.span];
    let considered = coder.considered(episode);
    let claims = considered.iter().flat_map(|code| code.claims.iter().map(move |claim| (code.id, claim)));
    claims.map(|(id, claim)| (words(&claim.evidence), coder.pack().concept(id).code)).collect()
}
