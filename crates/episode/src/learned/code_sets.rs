//! Which whole sets of codes are given: where notes are short and coders consistent, most episodes have a set that others
//! had too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A set that fewer episodes were given is one patient's, and tells nothing of others.
const FEWEST_GIVEN: u32 = 2;
/// Where fewer of the episodes than this share had such a set, whole sets say nothing.
const LEAST_SHARE: f64 = 0.5;
/// The odds of a code that is not considered at all.
const ABSENT: f64 = 0.001;
/// No code is surer than this by the sets alone.
const SUREST: f64 = 0.997;
/// How much more often given sets count for: 0 would be not at all, 1 as often as they were given.
const OFTEN: f64 = 0.3;

/// What [`in_sets`] are, as they stand in a model.
pub(super) const IN_SETS: [&str; 2] = ["log odds alone", "log odds by the sets of codes that were given"];

/// The features of a code beside the sets of codes: how probable it is alone, and its log odds by the sets.
pub(super) fn in_sets(alone: f64, by_sets: f64) -> [f64; 2] {
    [log_odds(alone), by_sets]
}

/// The sets of codes that several episodes were given, and how many; none where most episodes have a set of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct CodeSets(Vec<(BTreeSet<String>, u32)>);

/// How probable each code of an episode is by what is known of it alone.
pub(super) type Alone<'c> = BTreeMap<&'c str, f64>;

impl CodeSets {
    /// The sets among those of episodes.
    pub(super) fn of<'s>(given: impl IntoIterator<Item = &'s BTreeSet<String>>) -> Self {
        let mut count: BTreeMap<&BTreeSet<String>, u32> = BTreeMap::new();
        for codes in given.into_iter().filter(|codes| !codes.is_empty()) {
            *count.entry(codes).or_default() += 1;
        }
        let all: u32 = count.values().sum();
        count.retain(|_, episodes| *episodes >= FEWEST_GIVEN);
        if f64::from(count.values().sum::<u32>()) < LEAST_SHARE * f64::from(all) {
            return Self::default();
        }
        Self(count.into_iter().map(|(codes, episodes)| (codes.clone(), episodes)).collect())
    }

    /// The log odds of each code by the sets: as often as the sets that have it fit the codes' probabilities `alone`.
    /// `without` is the set of an episode that is not to be counted, one that was learnt from. Nothing where no set is
    /// known.
    pub(super) fn log_odds<'c>(
        &self,
        alone: &Alone<'c>,
        without: Option<&BTreeSet<String>>,
    ) -> BTreeMap<&'c str, f64> {
        let odds: BTreeMap<&str, f64> = alone.iter().map(|(code, alone)| (*code, log_odds(*alone))).collect();
        let fit = |codes: &BTreeSet<String>| -> f64 {
            codes.iter().map(|code| odds.get(code.as_str()).copied().unwrap_or_else(|| ABSENT.ln())).sum()
        };
        let counted = self.0.iter().map(|(codes, episodes)| {
            (codes, episodes - u32::from(without.is_some_and(|without| without == codes)))
        });
        let fits: Vec<(&BTreeSet<String>, f64)> = counted
            .filter(|(_, episodes)| *episodes >= FEWEST_GIVEN)
            .map(|(codes, episodes)| (codes, fit(codes) + OFTEN * f64::from(episodes).ln()))
            .collect();
        let Some(best) = fits.iter().map(|(_, fit)| *fit).max_by(f64::total_cmp) else {
            return BTreeMap::new();
        };
        let share = |code: Option<&str>| -> f64 {
            let having = fits.iter().filter(|(codes, _)| code.is_none_or(|code| codes.contains(code)));
            having.map(|(_, fit)| (fit - best).exp()).sum()
        };
        let all = share(None);
        alone.keys().map(|code| (*code, log_odds(share(Some(code)) / all))).collect()
    }
}

fn log_odds(probability: f64) -> f64 {
    let within = probability.clamp(1.0 - SUREST, SUREST);
    (within / (1.0 - within)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(codes: &[&str]) -> BTreeSet<String> {
        codes.iter().map(|&code| code.to_owned()).collect()
    }

    /// Pneumonia alone and cough with fever in three episodes each, pneumonia with cough in one.
    fn sets() -> CodeSets {
        let given =
            [&["486"][..], &["780.6", "786.2"], &["486"], &["780.6", "786.2"], &["486"], &["780.6", "786.2"]];
        let mut given: Vec<_> = given.into_iter().map(set).collect();
        given.push(set(&["486", "786.2"]));
        CodeSets::of(&given)
    }

    #[test]
    fn a_code_is_as_likely_as_the_sets_that_have_it() {
        let odds = sets().log_odds(&[("486", 0.9), ("786.2", 0.6)].into(), None);
        assert!(odds["486"] > 2.0 && odds["786.2"] < -2.0, "{odds:?}");
        let odds = sets().log_odds(&[("780.6", 0.6), ("786.2", 0.9)].into(), None);
        assert!(odds["780.6"] > 2.0 && odds["786.2"] > 2.0, "{odds:?}");
    }

    #[test]
    fn the_set_of_the_episode_itself_does_not_count() {
        let twice = [set(&["486"]), set(&["486"]), set(&["786.2"]), set(&["786.2"]), set(&["786.2"])];
        let sets = CodeSets::of(&twice);
        let alone = [("486", 0.9), ("786.2", 0.1)].into();
        assert!(sets.log_odds(&alone, None)["486"] > 0.0);
        assert!(sets.log_odds(&alone, Some(&twice[0]))["486"] < 0.0);
    }

    #[test]
    fn where_most_sets_are_their_own_none_says_anything() {
        let own = (0..5).map(|n| set(&["486", &format!("786.{n}")]));
        let given: Vec<_> = own.chain([set(&["486"]), set(&["486"])]).collect();
        assert_eq!(CodeSets::of(&given), CodeSets::default());
        assert_ne!(CodeSets::of(&given[3..]), CodeSets::default());
    }

    #[test]
    fn a_set_of_one_episode_says_nothing() {
        let once = [set(&["486"]), set(&["786.2"]), set(&[]), set(&[])];
        assert_eq!(CodeSets::of(&once), CodeSets::default());
        assert_eq!(CodeSets::of(&once).log_odds(&[("486", 0.9)].into(), None), BTreeMap::new());
    }
}
