//! How far two coders agree.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

/// How far two signed reviews of an episode agree.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AgreementPair {
    /// The coder of the first.
    pub(crate) a: String,
    /// The coder of the second.
    pub(crate) b: String,
    /// Cohen's kappa over the codes that either or the machine considered; 1 where chance alone would agree on all.
    pub(crate) kappa: f64,
    /// F1 of the one against the other.
    pub(crate) f1: f64,
    pub(crate) both: Vec<String>,
    pub(crate) only_a: Vec<String>,
    pub(crate) only_b: Vec<String>,
}

/// Agreement on one episode.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Agreement {
    pub(crate) pairs: Vec<AgreementPair>,
}

/// Agreement over all doubly coded episodes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Total {
    /// How many there are.
    pub(crate) episodes: usize,
    pub(crate) kappa: Option<f64>,
    pub(crate) f1: Option<f64>,
}

/// Counts of codes: taken by both, by one, by neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    both: u32,
    only_a: u32,
    only_b: u32,
    neither: u32,
}

impl Counts {
    pub(crate) fn of(a: &BTreeSet<String>, b: &BTreeSet<String>, considered: &BTreeSet<String>) -> Self {
        let count = |codes: usize| codes as u32;
        let neither = considered.iter().filter(|code| !a.contains(*code) && !b.contains(*code)).count();
        Self {
            both: count(a.intersection(b).count()),
            only_a: count(a.difference(b).count()),
            only_b: count(b.difference(a).count()),
            neither: count(neither),
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.both += other.both;
        self.only_a += other.only_a;
        self.only_b += other.only_b;
        self.neither += other.neither;
    }

    /// Cohen's kappa (Cohen 1960).
    pub(crate) fn kappa(self) -> f64 {
        let [both, only_a, only_b, neither] =
            [self.both, self.only_a, self.only_b, self.neither].map(f64::from);
        let all = both + only_a + only_b + neither;
        if all == 0.0 {
            return 1.0;
        }
        let observed = (both + neither) / all;
        let (a, b) = ((both + only_a) / all, (both + only_b) / all);
        let chance = a * b + (1.0 - a) * (1.0 - b);
        if (1.0 - chance).abs() < f64::EPSILON { 1.0 } else { (observed - chance) / (1.0 - chance) }
    }

    pub(crate) fn f1(self) -> f64 {
        let taken = 2 * self.both + self.only_a + self.only_b;
        if taken == 0 { 1.0 } else { f64::from(2 * self.both) / f64::from(taken) }
    }
}

/// How far two sets of codes agree.
pub(crate) fn agreement(
    (a, codes_a): (&str, &BTreeSet<String>),
    (b, codes_b): (&str, &BTreeSet<String>),
    considered: &BTreeSet<String>,
) -> (AgreementPair, Counts) {
    let counts = Counts::of(codes_a, codes_b, considered);
    let pair = AgreementPair {
        a: a.to_owned(),
        b: b.to_owned(),
        kappa: counts.kappa(),
        f1: counts.f1(),
        both: codes_a.intersection(codes_b).cloned().collect(),
        only_a: codes_a.difference(codes_b).cloned().collect(),
        only_b: codes_b.difference(codes_a).cloned().collect(),
    };
    (pair, counts)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn set(codes: &str) -> BTreeSet<String> {
        codes.split_whitespace().map(str::to_owned).collect()
    }

    #[rstest]
    #[case::all("A B", "A B", "A B C D", 1.0, 1.0)]
    #[case::none("A B", "C D", "A B C D", -1.0, 0.0)]
    #[case::as_by_chance("A B", "A C", "A B C D", 0.0, 0.5)]
    #[case::nothing_to_code("", "", "", 1.0, 1.0)]
    fn kappa_and_f1(
        #[case] a: &str,
        #[case] b: &str,
        #[case] considered: &str,
        #[case] kappa: f64,
        #[case] f1: f64,
    ) {
        let (pair, _) = agreement(("anna", &set(a)), ("berta", &set(b)), &set(considered));
        assert!((pair.kappa - kappa).abs() < 1e-9, "{pair:?}");
        assert!((pair.f1 - f1).abs() < 1e-9, "{pair:?}");
    }
}
