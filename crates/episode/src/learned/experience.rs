//! How often a coder gave codes of which the model was so sure: what a threshold is worth, before it is chosen.
//!
//! Each code is scored by what other episodes taught, so that the figures hold for new episodes of the same site.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Fewer codes than this say nothing of a precision.
const ENOUGH: u32 = 20;

/// What became of the codes that the model proposed for the episodes that it was learnt from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experience {
    /// For each probability in hundredths: the accepted codes that have at least this one.
    accepted: Vec<Tally>,
    /// By the id of a rule: the codes that were accepted in spite of it.
    overruled: BTreeMap<String, Tally>,
}

/// Codes that the model accepts, and how many of them the coder gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Codes that the model accepts.
    pub codes: u32,
    /// Of them, those that the coder gave.
    pub given: u32,
}

impl Tally {
    /// The share that the coder gave, 0 to 1; `None` if there are too few codes to say.
    pub fn precision(self) -> Option<f64> {
        (self.codes >= ENOUGH).then(|| f64::from(self.given) / f64::from(self.codes))
    }

    fn add(&mut self, given: bool) {
        self.codes += 1;
        self.given += u32::from(given);
    }
}

impl Experience {
    /// The accepted codes of at least this probability, in hundredths.
    pub fn accepted(&self, hundredths: usize) -> Tally {
        self.accepted.get(hundredths).copied().unwrap_or_default()
    }

    /// The least probability such that the accepted codes of at least this one are right as often as `precision`, 0 to
    /// 1; `None` if no codes are, or too few to say.
    pub fn threshold(&self, precision: f64) -> Option<f64> {
        let reached = |tally: &Tally| tally.precision().is_some_and(|reached| reached >= precision);
        self.accepted.iter().position(reached).map(|hundredths| hundredths as f64 / 100.0)
    }

    /// How often the coder gave a code in spite of a rule, where the model was sure; `None` if it is not known.
    pub(crate) fn kept(&self, rule: &str) -> Option<f64> {
        self.overruled.get(rule).and_then(|tally| tally.precision())
    }

    /// Adds an accepted code, with the rules that it was accepted in spite of.
    pub(super) fn add(&mut self, probability: f64, overruled: &[Cow<'static, str>], given: bool) {
        self.accepted.resize(101, Tally::default());
        for (hundredths, tally) in self.accepted.iter_mut().enumerate() {
            if probability >= hundredths as f64 / 100.0 {
                tally.add(given);
            }
        }
        for rule in overruled {
            self.overruled.entry(rule.to_string()).or_default().add(given);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Forty codes of which those of at least 0.6 are right.
    fn experience() -> Experience {
        let mut experience = Experience::default();
        for n in 0..40 {
            let (probability, given) = if n < 20 { (0.9, true) } else { (0.5, n % 2 == 0) };
            let overruled: &[_] = if n < 30 { &["specific".into()] } else { &[] };
            experience.add(probability, overruled, given);
        }
        experience
    }

    #[test]
    fn a_threshold_is_the_least_that_reaches_the_precision() {
        assert_eq!(experience().threshold(0.95), Some(0.51));
        assert_eq!(experience().threshold(0.7), Some(0.0));
        assert_eq!(experience().threshold(1.01), None);
    }

    #[test]
    fn few_codes_say_nothing() {
        let mut experience = Experience::default();
        experience.add(0.9, &[], true);
        assert_eq!((experience.threshold(0.5), experience.kept("specific")), (None, None));
    }

    #[test]
    fn rules_that_were_overruled_are_counted_by_rule() {
        assert_eq!(experience().kept("specific"), Some(25.0 / 30.0));
        assert_eq!(experience().kept("excludes1"), None);
    }
}
