//! Which codes are given together, and which are not: cough hardly beside pneumonia.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Codes that were given in fewer episodes say nothing of others.
const FEWEST_GIVEN: u32 = 3;
/// So many episodes are added to those that had a code, of which as many as usual had the other.
const PRIOR: f64 = 3.0;
/// A code that is less probable than this is no company.
const PROBABLE: f64 = 0.2;

/// In how many episodes codes were given by two.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Company {
    episodes: u32,
    /// By the first of two codes and the second.
    together: BTreeMap<String, BTreeMap<String, u32>>,
}

/// The codes that are probable by their log odds, with their probabilities.
pub(super) fn probable<'c>(log_odds: &BTreeMap<&'c str, f64>) -> Vec<(&'c str, f64)> {
    let all = log_odds.iter().map(|(code, odds)| (*code, 1.0 / (1.0 + (-odds).exp())));
    all.filter(|(_, probability)| *probability >= PROBABLE).collect()
}

impl Company {
    /// Counts the codes of one episode.
    pub(super) fn add(&mut self, codes: &BTreeSet<String>) {
        self.episodes += 1;
        for code in codes {
            let with = self.together.entry(code.clone()).or_default();
            for other in codes.iter().filter(|other| *other > code) {
                *with.entry(other.clone()).or_default() += 1;
            }
        }
    }

    /// What the probable codes beside `code` add to its log odds: what speaks most for it, 0 or more, and what speaks most
    /// against it, 0 or less. `given` says in how many episodes each code was given.
    pub(super) fn of(
        &self,
        given: &BTreeMap<String, u32>,
        code: &str,
        probable: &[(&str, f64)],
    ) -> (f64, f64) {
        let times =
            |code: &str| given.get(code).copied().filter(|given| *given >= FEWEST_GIVEN).map(f64::from);
        let Some(own) = times(code) else { return (0.0, 0.0) };
        let usual = own / f64::from(self.episodes);
        let says = |&(other, probability): &(&str, f64)| {
            let with = times(other).filter(|_| other != code)?;
            let both = f64::from(self.both(code, other)) + PRIOR * usual;
            Some(probability * (both / (with + PRIOR) / usual).ln())
        };
        probable.iter().filter_map(says).fold((0.0, 0.0), |sum, says| (says.max(sum.0), says.min(sum.1)))
    }

    fn both(&self, code: &str, other: &str) -> u32 {
        let (first, second) = if code < other { (code, other) } else { (other, code) };
        self.together.get(first).and_then(|with| with.get(second)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty episodes: pneumonia with fever in ten, pneumonia alone in ten, cough alone in twenty; and one of two codes.
    fn of(code: &str, probable: &[(&str, f64)]) -> (f64, f64) {
        let (mut company, mut given) = (Company::default(), BTreeMap::new());
        for n in 0..41 {
            let codes: &[&str] = match n % 4 {
                _ if n == 40 => &["A37", "R05"],
                0 => &["J18.9", "R50.9"],
                1 => &["J18.9"],
                _ => &["R05"],
            };
            company.add(&codes.iter().map(|code| (*code).to_owned()).collect());
            for code in codes {
                *given.entry((*code).to_owned()).or_default() += 1;
            }
        }
        company.of(&given, code, probable)
    }

    #[test]
    fn codes_that_go_together_speak_for_each_other() {
        let (pro, contra) = of("R50.9", &[("J18.9", 0.9)]);
        assert!(pro > 0.4 && contra.abs() < 1e-9, "{pro} {contra}");
    }

    #[test]
    fn a_symptom_is_not_expected_beside_the_disease_that_explains_it() {
        let (pro, contra) = of("R05", &[("J18.9", 0.9), ("R05", 0.9)]);
        assert!(pro.abs() < 1e-9 && contra < -1.0, "{pro} {contra}");
    }

    #[test]
    fn what_was_hardly_given_says_nothing() {
        assert_eq!(of("R05", &[("A37", 0.9)]), (0.0, 0.0));
        assert_eq!(of("A37", &[("R05", 0.9)]), (0.0, 0.0));
    }

    #[test]
    fn only_probable_codes_are_company() {
        assert_eq!(probable(&[("J18.9", -3.0), ("R05", 0.0)].into()), [("R05", 0.5)]);
    }
}
