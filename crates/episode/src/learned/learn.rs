//! Learning a [`CoderModel`] in three steps: the terms from the evidence, then the counts from the notes as they are
//! annotated with these terms, then the weights from episodes whose counts are not in the model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clinlink_model::{AnnotatedNote, Episode, Evidence, Layout, Logistic, Status, System};
use clinlink_vocab::Pack;

use super::classifier::Classifier;
use super::experience::Experience;
use super::features::{Features, NAMES};
use super::infer::infer;
use super::model::{CoderModel, Meant, Rankers, term_of};
use super::seen::category;
use super::signs::signs;
use crate::assess::Ground;
use crate::claim::Considered;
use crate::coder::RuleCoder;

/// What a coder made of an episode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coded {
    /// The codes, as their owner writes them.
    pub codes: BTreeSet<String>,
    /// Codes and the words that were their evidence, as they stand in the notes. For a code without any, the words that
    /// came with it most tellingly are taken.
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
    /// The features of the codes that a model may accept, those that it knows as given or the others, and whether their
    /// coder gave them.
    fn examples(&self, pack: &Pack, known_as_given: bool) -> Vec<(Features, bool)> {
        let codes = self.episodes.iter().flat_map(|episode| {
            episode.considered.iter().map(move |code| (code, episode.given.contains(pack.code(code.id))))
        });
        let codes = codes.filter(|(code, _)| !code.is_refused());
        let known = codes.filter_map(|(code, given)| Some((code.known.as_ref()?, given)));
        let chosen = known.filter(|(known, _)| known.was_given == known_as_given);
        chosen.map(|(known, given)| (known.features, given)).collect()
    }
}

impl CoderModel {
    /// The terms of the evidence of `cases`, texts and what their coder made of them, with the counts of the codes. It has
    /// no weights.
    pub fn of_evidence(system: System, cases: &[(&str, &Coded)]) -> Self {
        let mut model = Self::empty(system);
        for ((_, case), inferred) in cases.iter().zip(infer(cases)) {
            model.company.add(&case.codes);
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
            for (code, term) in inferred {
                let given = model.terms.entry(term).or_default().codes.entry(code).or_default();
                given.evidence += 1;
                given.inferred += 1;
            }
        }
        model
    }

    /// The same with weights, fitted to `outcomes`, and with what came of them by `coder`, the pipeline's.
    #[must_use]
    pub fn with_weights(mut self, coder: RuleCoder, outcomes: Outcomes) -> Self {
        let fit = |known_as_given| Logistic::fit(&NAMES, &outcomes.examples(coder.pack(), known_as_given));
        self.ranker = Some(Rankers { given: fit(true), never: fit(false) });
        let coder = coder.with_model(Arc::new(self.clone()));
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
    /// A learner that goes on from the terms of `model`. `coder` is the pipeline's.
    pub fn new(coder: RuleCoder, model: CoderModel) -> Self {
        Self { coder: coder.with_model(Arc::new(model.clone())), model }
    }

    /// Counts in how many of `episodes` each term stands, and which codes they were given, and learns what speaks for
    /// which codes in an episode as a whole. The notes must be annotated with the terms of the model.
    pub fn count<'e>(self, episodes: impl IntoIterator<Item = (&'e Episode, &'e Coded)>) -> CoderModel {
        let mut model = self.model;
        let mut stood: Vec<(BTreeMap<String, BTreeSet<&'static str>>, &Coded)> = Vec::new();
        let mut said: Vec<(BTreeSet<String>, &BTreeSet<String>)> = Vec::new();
        for (episode, coded) in episodes {
            said.push((signs(episode, &model.system), &coded.codes));
            let mut terms: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
            for (words, code, ground) in claimed(&self.coder, episode) {
                let Some(term) = term_of(words) else { continue };
                let codes = &mut model.terms.entry(term.clone()).or_default().codes;
                codes.entry(code.to_owned()).or_default();
                terms.entry(term).or_default().insert(ground.rule());
            }
            stood.push((terms, coded));
        }
        model.classifier = Classifier::fit(&said);
        for (terms, coded) in stood {
            for (term, grounds) in terms {
                let term = model.terms.entry(term).or_default();
                term.episodes += 1;
                let mut meant: Vec<&mut Meant> = Vec::new();
                for ground in &grounds {
                    term.meant.entry((*ground).to_owned()).or_default().episodes += 1;
                }
                for (_, known) in
                    term.meant.iter_mut().filter(|(ground, _)| grounds.contains(ground.as_str()))
                {
                    meant.push(known);
                }
                for (code, given) in term.codes.iter_mut().filter(|(code, _)| coded.codes.contains(*code)) {
                    given.episodes += 1;
                    for meant in &mut meant {
                        *meant.codes.entry(code.clone()).or_default() += 1;
                    }
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
                let given = given.contains(self.pack().code(code.id));
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

/// Words of the episode, the codes that they may stand for, and how they are meant.
fn claimed<'e>(coder: &'e RuleCoder, episode: &'e Episode) -> Vec<(&'e str, &'e str, Ground)> {
    let words = |evidence: &Evidence| &episode.notes[evidence.note].note[evidence.span];
    let considered = coder.considered(episode);
    let claims = considered.iter().flat_map(|code| code.claims.iter().map(move |claim| (code.id, claim)));
    claims.map(|(id, claim)| (words(&claim.evidence), coder.pack().code(id), claim.ground)).collect()
}
