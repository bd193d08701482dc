use std::ops::Range;

use clinlink_model::{Episode, Status};
use clinlink_vocab::Pack;

use super::features::{Features, features};
use super::model::{CoderModel, term_of};
use super::seen::Seen;
use crate::claim::{Claim, Considered};
use crate::config::CoderConfig;
use crate::rules;

/// Words that stood in no more episodes than this say nothing against a code that was never given.
const FEW: u32 = 2;

/// A model at work on one episode.
#[derive(Clone, Copy)]
pub(crate) struct Lessons<'m> {
    model: &'m CoderModel,
}

impl<'m> Lessons<'m> {
    /// What `model` has learnt.
    pub(crate) fn of(model: &'m CoderModel) -> Self {
        Self { model }
    }

    /// The learned terms in the words of a mention, longest first: their places in bytes and their normal forms.
    pub(crate) fn terms_in(self, words: &str) -> Vec<(Range<usize>, String)> {
        let mut found = self.model.terms_in(words);
        found.sort_by_key(|(range, _)| (std::cmp::Reverse(range.len()), range.start));
        found
    }

    /// The codes that a term has been evidence of.
    pub(crate) fn proposed(self, form: &'m str) -> impl Iterator<Item = &'m str> {
        self.model.proposed(form)
    }

    /// What has been seen of words and a code.
    pub(crate) fn seen(self, words: &str, code: &str) -> Seen {
        term_of(words).map_or_else(Seen::default, |form| self.model.seen(&form, code))
    }

    /// The features of a code.
    pub(crate) fn features(self, pack: &Pack, episode: &Episode, code: &Considered) -> Features {
        features(self.model, pack.concept(code.id).code, code, place(episode, &code.claims))
    }

    /// Gives codes their probabilities, and the statuses that follow from them. What the rules reject is left alone, and
    /// what they leave to review is not accepted. What is [new](Self::is_new) keeps the status that it has.
    pub(crate) fn rank(self, pack: &Pack, config: &CoderConfig, episode: &Episode, codes: &mut [Considered]) {
        let Some(ranker) = &self.model.ranker else { return };
        for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
            let probability = ranker.probability(&self.features(pack, episode, code));
            let status = match probability {
                p if p >= f64::from(config.accept) => Status::Accepted,
                p if p >= f64::from(config.review) => Status::Review,
                _ => Status::Rejected,
            };
            code.probability = Some(probability);
            if !self.is_new(pack, code) {
                code.lower(status, rules::LEARNED, reason(code, probability));
            }
        }
    }

    /// Whether the model knows nothing of a code: it was never given, and hardly ever for want of the words.
    fn is_new(self, pack: &Pack, code: &Considered) -> bool {
        let stood = code.supporting().map(|claim| claim.said.seen.episodes).max().unwrap_or(0);
        stood <= FEW && self.model.times_given(pack.concept(code.id).code) == 0
    }
}

/// `probability 0.91: came with such words in 40 of 43 episodes`.
fn reason(code: &Considered, probability: f64) -> String {
    let seen = code.supporting().map(|claim| claim.said.seen).filter(|seen| seen.episodes > 0);
    match seen.max_by(|a, b| a.rate().total_cmp(&b.rate())) {
        Some(seen) => format!(
            "probability {probability:.2}: came with such words in {} of {} episodes",
            seen.given, seen.episodes
        ),
        None => format!("probability {probability:.2}: such words are new to the model"),
    }
}

/// Where the first of the claims stands in the episode, 0 to 1.
fn place(episode: &Episode, claims: &[Claim]) -> f64 {
    let before = |note: usize| episode.notes[..note].iter().map(|note| note.note.text().len()).sum::<usize>();
    let first = claims.iter().map(|claim| before(claim.evidence.note) + claim.evidence.span.start()).min();
    first.unwrap_or(0) as f64 / before(episode.notes.len()).max(1) as f64
}
