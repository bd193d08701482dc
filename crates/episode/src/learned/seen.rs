use super::model::{CoderModel, Given};
use crate::assess::Ground;

/// What has been seen of words and a code, counted in episodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// That have the words.
    pub(crate) episodes: u32,
    /// Of them, those that were given the code.
    pub(crate) given: u32,
    /// Of them, those in which the words were its evidence.
    pub(crate) evidence: u32,
    /// Of them, those in which that was inferred.
    pub(crate) inferred: u32,
}

impl Seen {
    /// How often the code comes with the words, 0 to 1 and neither; a third where nothing has been seen.
    pub(crate) fn rate(self) -> f64 {
        smoothed(self.given, 0.5, self.episodes)
    }

    /// How often the words are the code's evidence, likewise.
    pub(crate) fn evidence_rate(self) -> f64 {
        smoothed(self.evidence, 0.3, self.episodes)
    }
}

fn smoothed(count: u32, prior: f64, of: u32) -> f64 {
    // Words that were evidence count as having been there, however the texts were cut into words.
    (f64::from(count) + prior) / (f64::from(of.max(count)) + 1.5)
}

impl CoderModel {
    /// What has been seen of words, in normal form, and a code.
    pub(crate) fn seen(&self, form: &str, code: &str) -> Seen {
        let Some(term) = self.terms.get(form) else { return Seen::default() };
        let Given { evidence, inferred, episodes: given } = term.codes.get(code).copied().unwrap_or_default();
        Seen { episodes: term.episodes, given, evidence, inferred }
    }

    /// How often a code comes with words, in normal form, where they are meant as here: 0 to 1 and neither; `None` for words
    /// that have not been seen.
    pub(super) fn rate_as_meant(&self, form: &str, code: &str, ground: Ground) -> Option<f64> {
        let rate = Some(self.seen(form, code)).filter(|seen| seen.episodes > 0)?.rate();
        let meant = self.terms.get(form)?.meant.get(ground.rule());
        let (given, episodes) =
            meant.map_or((0, 0), |meant| (meant.codes.get(code).copied().unwrap_or(0), meant.episodes));
        // Where there are few, towards the rate however they are meant.
        Some((f64::from(given) + 2.0 * rate) / (f64::from(episodes) + 2.0))
    }

    /// The codes that words, in normal form, have been evidence of, in order.
    pub(crate) fn proposed(&self, form: &str) -> impl Iterator<Item = &str> {
        let codes = self.terms.get(form).into_iter().flat_map(|term| &term.codes);
        codes.filter(|(_, given)| given.evidence > 0).map(|(code, _)| code.as_str())
    }

    /// In how many episodes a code was given.
    pub(super) fn times_given(&self, code: &str) -> u32 {
        self.codes.get(code).copied().unwrap_or(0)
    }

    /// In how many episodes a code of the same category was given.
    pub(super) fn times_category_given(&self, code: &str) -> u32 {
        self.categories.get(category(code)).copied().unwrap_or(0)
    }
}

/// The first three characters of a code.
pub(super) fn category(code: &str) -> &str {
    code.get(..3).unwrap_or(code)
}
