//! Learning a [`CoderModel`] in three steps: the terms from the evidence, then the counts from the notes as they are
//! annotated with these terms, then the weights from episodes whose counts are not in the model.

use std::collections::BTreeSet;
use std::sync::Arc;

use clinlink_model::{AnnotatedNote, Episode, Evidence, Layout, Logistic, Status, System};
use clinlink_vocab::Pack;

use super::experience::Experience;
use super::features::{Features, NAMES};
use super::model::{CoderModel, term_of};
use super::seen::category;
use crate::claim::Considered;
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

/// What a coder gave, or did not give, of the codes that were considered for episodes: the examples for the weights.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    episodes: Vec<Outcome>,
}

/// The codes that were considered for an episode.
#[derive(Debug, Clone)]
struct Outcome {
    /// The episode without its texts.
    outline: Episode,
    considered: Vec<Considered>,
    /// The codes that its coder gave.
    given: BTreeSet<String>,
}

impl Outcomes {
    /// The features of the codes that a model may accept, and whether their coder gave them.
    fn examples(&self, pack: &Pack) -> Vec<(Features, bool)> {
        let codes = self.episodes.iter().flat_map(|episode| {
            episode
                .considered
                .iter()
                .map(move |code| (code, episode.given.contains(pack.concept(code.id).code)))
        });
        let codes = codes.filter(|(code, _)| !code.is_refused());
        codes.filter_map(|(code, given)| Some((code.known.as_ref()?.features, given))).collect()
    }
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

    /// The same with weights, fitted to `outcomes`, and with what came of them.
    #[must_use]
    pub fn with_weights(mut self, pack: Arc<Pack>, config: CoderConfig, outcomes: Outcomes) -> Self {
        self.ranker = Some(Logistic::fit(&NAMES, &outcomes.examples(&pack)));
        let coder = RuleCoder::new(pack, config).with_model(Arc::new(self.clone()));
        self.experience = coder.experience(outcomes);
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
        outcomes.episodes.push(Outcome {
            outline: outline(episode),
            considered: self.considered(episode),
            given: coded.codes.clone(),
        });
    }

    /// What comes of the outcomes under the coder's model and settings.
    fn experience(&self, outcomes: Outcomes) -> Experience {
        let mut experience = Experience::default();
        for Outcome { outline, mut considered, given } in outcomes.episodes {
            self.settle(&outline, &mut considered);
            for code in considered.iter().filter(|code| code.status == Status::Accepted) {
                let given = given.contains(self.pack().concept(code.id).code);
                experience.add(f64::from(code.score()), &code.overruled, given);
            }
        }
        experience
    }
}

/// The notes of an episode without their texts: all that is looked at once its codes are known.
fn outline(episode: &Episode) -> Episode {
    let notes = episode.notes.iter().map(|annotated| AnnotatedNote {
        note: annotated.note.without_text(),
        layout: Layout::default(),
        expansions: Vec::new(),
        mentions: Vec::new(),
    });
    Episode { id: episode.id.clone(), notes: notes.collect(), repeats: Vec::new() }
}

/// Words of the episode and the codes that they may stand for.
fn claimed<'e>(coder: &'e RuleCoder, episode: &'e Episode) -> Vec<(&'e str, &'e str)> {
    let words = |evidence: &Evidence| &episode.notes[evidence.note].note[evidence.span];
    let considered = coder.considered(episode);
    let claims = considered.iter().flat_map(|code| code.claims.iter().map(move |claim| (code.id, claim)));
    claims.map(|(id, claim)| (words(&claim.evidence), coder.pack().concept(id).code)).collect()
}
