//! How far figures would move with other episodes: bootstrap intervals, and the paired comparison of two systems.
//!
//! Whole episodes are drawn with replacement, since their codes belong together (Efron and Tibshirani, An Introduction to
//! the Bootstrap, 1993, chapter 13: percentile intervals of 95 %). Two systems are drawn together. Whether they differ is
//! tested by approximate randomisation: under the hypothesis that they do not, an episode's two results may be swapped
//! (Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989). The draws are the same in every run.

use serde::Serialize;

use crate::counts::Counts;

/// How many samples are drawn.
const ROUNDS: usize = 2000;
const SEED: u64 = 20_251_122;

/// What one episode gives to the figures.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EpisodeScore {
    pub(crate) full: Counts,
    pub(crate) category: Counts,
    pub(crate) hierarchical: Counts,
    /// `None` for an episode without gold codes.
    pub(crate) average_precision: Option<f64>,
}

/// A figure with its interval of 95 %.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Which figure.
    pub figure: &'static str,
    /// Its value, 0 to 1.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A figure of two systems on the same episodes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Which figure.
    pub figure: &'static str,
    /// That of the system.
    pub value: f64,
    /// That of the system that it is compared with.
    pub other: f64,
    /// The lower end of the interval of 95 % of `value - other`.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How often a difference as large would come by chance if the systems were the same, 0 to 1.
    pub p: f64,
}

type Figure = fn(&mut dyn Iterator<Item = EpisodeScore>) -> Option<f64>;

const FIGURES: [(&str, Figure); 4] = [
    ("micro-F1, full codes", |episodes| sum(episodes, |e| e.full).f1()),
    ("micro-F1, 3 characters", |episodes| sum(episodes, |e| e.category).f1()),
    ("micro-F1, hierarchical", |episodes| sum(episodes, |e| e.hierarchical).f1()),
    ("MAP, full codes", mean_average_precision),
];

/// The figures of a system with their intervals. A figure that is undefined is left out.
pub(crate) fn estimates(episodes: &[EpisodeScore]) -> Vec<Estimate> {
    let estimate = |&(figure, of): &(&'static str, Figure)| {
        let value = of(&mut episodes.iter().copied())?;
        let mut draws = Draws::new();
        let samples =
            (0..ROUNDS).filter_map(|_| of(&mut draws.sample(episodes.len()).map(|at| episodes[at])));
        let (low, high) = interval(samples.collect())?;
        Some(Estimate { figure, value, low, high })
    };
    FIGURES.iter().filter_map(estimate).collect()
}

/// The figures of two systems on the same episodes, in the same order.
pub(crate) fn differences(episodes: &[EpisodeScore], others: &[EpisodeScore]) -> Vec<Difference> {
    let difference = |&(figure, of): &(&'static str, Figure)| {
        let apart = |order: &[usize], swap: &[bool]| {
            let side = |mine: bool| {
                let take =
                    move |(&at, &swap): (&usize, &bool)| if swap == mine { others[at] } else { episodes[at] };
                of(&mut order.iter().zip(swap).map(take))
            };
            Some(side(true)? - side(false)?)
        };
        let all: Vec<usize> = (0..episodes.len()).collect();
        let unswapped = vec![false; episodes.len()];
        let observed = apart(&all, &unswapped)?;
        let mut draws = Draws::new();
        let resampled = (0..ROUNDS).filter_map(|_| {
            let order: Vec<usize> = draws.sample(episodes.len()).collect();
            apart(&order, &unswapped)
        });
        let (low, high) = interval(resampled.collect())?;
        let as_large = (0..ROUNDS).filter(|_| {
            let swap: Vec<bool> = all.iter().map(|_| draws.next() >> 63 == 1).collect();
            apart(&all, &swap).is_some_and(|chance| chance.abs() >= observed.abs() - 1e-12)
        });
        let p = (as_large.count() + 1) as f64 / (ROUNDS + 1) as f64;
        let value = of(&mut episodes.iter().copied())?;
        Some(Difference { figure, value, other: value - observed, low, high, p })
    };
    FIGURES.iter().filter_map(difference).collect()
}

fn sum(episodes: &mut dyn Iterator<Item = EpisodeScore>, of: fn(EpisodeScore) -> Counts) -> Counts {
    let mut counts = Counts::default();
    for episode in episodes {
        counts += of(episode);
    }
    counts
}

fn mean_average_precision(episodes: &mut dyn Iterator<Item = EpisodeScore>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_usize);
    for precision in episodes.filter_map(|episode| episode.average_precision) {
        sum += precision;
        count += 1;
    }
    (count > 0).then(|| sum / count as f64)
}

/// The 2.5th and the 97.5th percentile.
fn interval(mut samples: Vec<f64>) -> Option<(f64, f64)> {
    samples.sort_by(f64::total_cmp);
    let last = samples.len().checked_sub(1)?;
    Some((samples[last / 40], samples[last - last / 40]))
}

/// Random numbers by `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
struct Draws(u64);

impl Draws {
    const fn new() -> Self {
        Self(SEED)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// As many places below `count`, each drawn from all.
    fn sample(&mut self, count: usize) -> impl Iterator<Item = usize> + '_ {
        (0..count).map(move |_| (self.next() % count as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Episodes of four codes each, of which so many are found.
    fn episodes(right: impl Fn(usize) -> usize) -> Vec<EpisodeScore> {
        let score = |n| EpisodeScore { full: Counts::of(right(n), 4, 4), ..EpisodeScore::default() };
        (0..60).map(score).collect()
    }

    fn full(estimates: &[Estimate]) -> &Estimate {
        estimates.iter().find(|estimate| estimate.figure == "micro-F1, full codes").unwrap()
    }

    #[test]
    fn an_interval_holds_its_figure_and_closes_where_all_episodes_are_alike() {
        let varied = estimates(&episodes(|n| n % 4));
        let estimate = full(&varied);
        assert!(estimate.low < 0.375 && estimate.high > 0.375, "{estimate:?}");
        assert!((estimate.value - 0.375).abs() < 1e-9);
        let alike = estimates(&episodes(|_| 2));
        assert_eq!((full(&alike).low, full(&alike).high), (0.5, 0.5));
        // Without gold there is no MAP.
        assert!(alike.iter().all(|estimate| estimate.figure != "MAP, full codes"));
    }

    #[test]
    fn every_run_draws_the_same() {
        let episodes = episodes(|n| n % 5 % 4);
        assert_eq!(estimates(&episodes), estimates(&episodes));
    }

    #[test]
    fn a_system_differs_from_a_worse_one_and_not_from_itself() {
        let (good, bad) = (episodes(|n| 2 + n % 3), episodes(|n| 1 + n % 2));
        let better = &differences(&good, &bad)[0];
        assert!(better.low > 0.0 && better.p < 0.01, "{better:?}");
        assert!((better.value - better.other - 0.375).abs() < 1e-9, "{better:?}");
        let same = &differences(&good, &good)[0];
        assert_eq!((same.low, same.high, same.p), (0.0, 0.0, 1.0));
    }

    #[test]
    fn a_difference_that_changes_sides_may_be_chance() {
        let (a, b) = (episodes(|n| n % 2 * 4), episodes(|n| (n + 1) % 2 * 4));
        let difference = &differences(&a, &b)[0];
        assert!(difference.low < 0.0 && difference.high > 0.0 && difference.p > 0.5, "{difference:?}");
    }
}
