//! How likely each code is by all that an episode says, also where no single words are its evidence.
//!
//! One sparse logistic regression a code, over the [signs](super::signs) of the episode. It says nothing of codes that
//! were hardly ever given.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::infer::likelihood_ratio;
use super::lasso;

/// A code that was given in fewer episodes is not learnt.
const FEWEST_GIVEN: usize = 3;
/// A sign that stood in fewer episodes is not used.
const FEWEST_STOOD: usize = 2;
/// For each code so many signs are tried, those that go with it or against it most tellingly.
const SIGNS: usize = 400;
/// Log odds beyond these are as good as certain.
const CERTAIN: f64 = 6.0;

/// What speaks for which codes in an episode as a whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Classifier {
    /// The log odds of each code that was learnt, where no sign is seen.
    bias: BTreeMap<String, f64>,
    /// What signs add to the log odds of codes.
    signs: BTreeMap<String, BTreeMap<String, f64>>,
}

impl Classifier {
    /// Learns from the signs of episodes and the codes that they were given.
    pub(super) fn fit(episodes: &[(BTreeSet<String>, &BTreeSet<String>)]) -> Self {
        let mut stood: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut given: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (signs, codes)) in episodes.iter().enumerate() {
            for sign in signs {
                stood.entry(sign).or_default().push(at);
            }
            for code in *codes {
                given.entry(code).or_default().push(at);
            }
        }
        stood.retain(|_, episodes| episodes.len() >= FEWEST_STOOD);
        given.retain(|_, episodes| episodes.len() >= FEWEST_GIVEN);
        let mut classifier = Self::default();
        for (code, with_code) in given {
            let mut is_given = vec![false; episodes.len()];
            for &at in &with_code {
                is_given[at] = true;
            }
            let chosen = telling(&stood, &is_given, with_code.len());
            let with: Vec<&[usize]> = chosen.iter().map(|sign| stood[sign].as_slice()).collect();
            let (bias, weights) = lasso::fit(&with, &is_given);
            classifier.bias.insert(code.to_owned(), bias);
            for (sign, weight) in chosen.iter().zip(weights).filter(|(_, weight)| *weight != 0.0) {
                let codes = classifier.signs.entry((*sign).to_owned()).or_default();
                codes.insert(code.to_owned(), weight);
            }
        }
        classifier
    }

    /// What signs add to the log odds of a code.
    pub(super) fn weight(&self, code: &str, signs: &BTreeSet<String>) -> f64 {
        let of = |sign: &String| self.signs.get(sign)?.get(code);
        signs.iter().filter_map(of).sum()
    }

    /// The log odds of each code that was learnt, for an episode with these signs.
    pub(super) fn log_odds(&self, signs: &BTreeSet<String>) -> BTreeMap<&str, f64> {
        let mut odds: BTreeMap<&str, f64> =
            self.bias.iter().map(|(code, bias)| (code.as_str(), *bias)).collect();
        for codes in signs.iter().filter_map(|sign| self.signs.get(sign)) {
            for (code, weight) in codes {
                if let Some(odds) = odds.get_mut(code.as_str()) {
                    *odds += weight;
                }
            }
        }
        for odds in odds.values_mut() {
            *odds = odds.clamp(-CERTAIN, CERTAIN);
        }
        odds
    }
}

/// The signs that go with a code, or against it, most tellingly, in order.
fn telling<'s>(stood: &BTreeMap<&'s str, Vec<usize>>, given: &[bool], with_code: usize) -> Vec<&'s str> {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let mut ratios: Vec<(f64, &str)> = stood
        .iter()
        .map(|(sign, episodes)| {
            let both = episodes.iter().filter(|&&at| given[at]).count();
            let pro = likelihood_ratio(count(both), count(episodes.len()), count(with_code), given.len());
            let without = given.len() - with_code;
            let apart = count(episodes.len() - both);
            let contra = likelihood_ratio(apart, count(episodes.len()), count(without), given.len());
            (pro.max(contra), *sign)
        })
        .collect();
    ratios.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    ratios.truncate(SIGNS);
    ratios.sort_by(|a, b| a.1.cmp(b.1));
    ratios.into_iter().map(|(_, sign)| sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_symptom_is_not_likely_beside_the_disease_that_explains_it() {
        let (cough, pneumonia) = (set(&["R05"]), set(&["J18.9"]));
        let episodes: Vec<(BTreeSet<String>, &BTreeSet<String>)> = (0..40)
            .map(|n| match n % 2 {
                0 => (set(&["cough", "\"pneumonia\" denied"]), &cough),
                _ => (set(&["cough", "\"pneumonia\" stated"]), &pneumonia),
            })
            .collect();
        let classifier = Classifier::fit(&episodes);
        let alone = classifier.log_odds(&set(&["cough"]))["R05"];
        let beside = classifier.log_odds(&set(&["cough", "\"pneumonia\" stated"]))["R05"];
        assert!(beside < -1.0 && alone > beside + 1.0, "{alone} {beside}");
    }

    #[test]
    fn codes_that_were_hardly_given_are_not_learnt() {
        let rare = set(&["J18.9"]);
        let episodes = vec![(set(&["cough"]), &rare), (set(&["cough"]), &rare)];
        assert_eq!(Classifier::fit(&episodes).log_odds(&set(&["cough"])), BTreeMap::new());
    }
}
