use std::collections::{BTreeMap, HashSet};

use super::TermTrainConfig;
use crate::random::Random;

/// A word of more sets than this says too little to make them alike.
const MOST_SETS: usize = 300;

/// Tries to find another set before a place in a step stays empty.
const TRIES: usize = 8;

/// Draws what each step is made of.
pub(super) struct Batches<'a> {
    config: &'a TermTrainConfig,
    sets: Vec<&'a [String]>,
    /// For each word, the sets that have it.
    by_word: Vec<Vec<u32>>,
    /// For each set, its words that other sets have too, as indices into `by_word`.
    words: Vec<Vec<u32>>,
}

impl<'a> Batches<'a> {
    /// Of `sets`, those with two terms or more.
    pub fn new(config: &'a TermTrainConfig, sets: &'a [Vec<String>]) -> Self {
        let sets: Vec<&[String]> = sets.iter().map(Vec::as_slice).filter(|set| set.len() > 1).collect();
        let mut by_word: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (at, set) in (0..).zip(&sets) {
            for word in set.iter().flat_map(|term| term.split(' ')) {
                let known = by_word.entry(word).or_default();
                if known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        let by_word: Vec<Vec<u32>> =
            by_word.into_values().filter(|sets| (2..=MOST_SETS).contains(&sets.len())).collect();
        let mut words = vec![Vec::new(); sets.len()];
        for (word, sets) in (0..).zip(&by_word) {
            for &set in sets {
                words[set as usize].push(word);
            }
        }
        Self { config, sets, by_word, words }
    }

    /// The number of sets.
    pub fn sets(&self) -> usize {
        self.sets.len()
    }

    /// Pairs of terms of a step (from 0), each of another set. No term is there twice.
    pub fn pairs(&self, step: usize) -> Vec<[&'a str; 2]> {
        let mut random = Random(self.config.seed ^ (step as u64 + 1).wrapping_mul(0x9E37_79B9));
        let mut drawn = Drawn::default();
        // Fewer sets than a step asks for are all drawn before long.
        for _ in 0..self.config.batch * TRIES {
            let left = self.config.batch - drawn.pairs.len();
            if left == 0 {
                break;
            }
            let seed = below(&mut random, self.sets.len());
            drawn.add(seed, self.sets[seed], &mut random);
            for _ in 1..self.config.group.min(left) {
                self.add_alike(seed, &mut drawn, &mut random);
            }
        }
        drawn.pairs
    }

    /// Adds a set that has a word in common with `seed`, if one is found.
    fn add_alike(&self, seed: usize, drawn: &mut Drawn<'a>, random: &mut Random) {
        let words = &self.words[seed];
        if words.is_empty() {
            return;
        }
        for _ in 0..TRIES {
            let alike = &self.by_word[words[below(random, words.len())] as usize];
            let set = alike[below(random, alike.len())] as usize;
            if drawn.add(set, self.sets[set], random) {
                return;
            }
        }
    }
}

#[derive(Default)]
struct Drawn<'a> {
    sets: HashSet<usize>,
    terms: HashSet<&'a str>,
    pairs: Vec<[&'a str; 2]>,
}

impl<'a> Drawn<'a> {
    /// Adds two terms of a set, unless it is there already or one of the two is a term of a set that is.
    fn add(&mut self, at: usize, set: &'a [String], random: &mut Random) -> bool {
        let first = below(random, set.len());
        let second = (first + 1 + below(random, set.len() - 1)) % set.len();
        let pair = [set[first].as_str(), set[second].as_str()];
        if self.sets.contains(&at) || pair.iter().any(|term| self.terms.contains(term)) {
            return false;
        }
        self.sets.insert(at);
        self.terms.extend(pair);
        self.pairs.push(pair);
        true
    }
}

fn below(random: &mut Random, count: usize) -> usize {
    (random.draw() % count.max(1) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets() -> Vec<Vec<String>> {
        let set = |terms: &[&str]| terms.iter().map(|&term| term.to_owned()).collect::<Vec<String>>();
        let mut sets = vec![set(&["renal failure", "kidney failure"]), set(&["alone"])];
        sets.extend((0..40).map(|n| set(&[&format!("kidney stone {n}"), &format!("calculus {n}")])));
        sets.push(set(&["renal failure", "insufficiency"]));
        sets
    }

    #[test]
    fn pairs_are_of_different_sets_and_terms() {
        let (config, sets) = (TermTrainConfig { batch: 16, ..TermTrainConfig::default() }, sets());
        let batches = Batches::new(&config, &sets);
        assert_eq!(batches.sets(), 42);
        for step in 0..50 {
            let pairs = batches.pairs(step);
            assert_eq!(pairs.len(), 16);
            let terms: HashSet<&str> = pairs.iter().flatten().copied().collect();
            assert_eq!(terms.len(), 32, "{pairs:?}");
            assert!(
                pairs
                    .iter()
                    .all(|pair| sets.iter().any(|set| pair.iter().all(|t| set.iter().any(|u| u == t))))
            );
        }
    }

    #[test]
    fn a_step_is_the_same_each_time_and_unlike_the_next() {
        let (config, sets) = (TermTrainConfig { batch: 8, ..TermTrainConfig::default() }, sets());
        let batches = Batches::new(&config, &sets);
        assert_eq!(batches.pairs(3), Batches::new(&config, &sets).pairs(3));
        assert_ne!(batches.pairs(3), batches.pairs(4));
    }

    #[test]
    fn ends_where_there_are_fewer_sets_than_asked_for() {
        let config = TermTrainConfig::default();
        let sets = sets();
        let pairs = Batches::new(&config, &sets).pairs(0);
        assert!(pairs.len() <= 42 && pairs.len() > 30, "{}", pairs.len());
    }
}
