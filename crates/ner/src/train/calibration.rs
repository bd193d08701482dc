//! Temperature scaling (Guo et al., ICML 2017): logits are divided by one number, so that of the mentions with a score
//! near 0.8 about 80 of 100 are right. Then the least score with which a mention is kept: the one with the best F1.

use clinlink_model::Mention;
use serde::{Deserialize, Serialize};

/// Bins of the expected calibration error.
const BINS: usize = 10;

/// The least score of mentions that are looked at.
pub(super) const FAINT: f32 = 0.05;

/// How well scores tell how often mentions are right, on the development documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// What logits are divided by: the value in the model's config.json.
    pub temperature: f64,
    /// The least score of a mention, 0 to 1: the value in the model's config.json.
    pub least: f64,
    /// Expected calibration error, 0 to 1, over ten bins of equal width, with temperature 1; of mentions with at least
    /// the score `least`.
    pub error_before: f64,
    /// The same with temperatures that were fitted on the other half of the documents.
    pub error: f64,
    /// The mentions by score, in bins of equal width, with the temperatures of `error`.
    pub bins: Vec<Bin>,
}

/// Mentions with scores of one tenth.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Bin {
    /// Mentions found.
    pub mentions: usize,
    /// Mean of their scores, 0 to 1.
    pub score: f64,
    /// The part of them that are right in span and label, 0 to 1.
    pub right: f64,
}

/// A mention's score and whether it is right. One that is annotated and was not found is right, with the score 0.
pub(super) type Judged = (f64, bool);

/// Fits both. `judged(temperature)` gives, for each document, its mentions with a score of at least [`FAINT`] at that
/// temperature, and those that were not found.
pub(super) fn calibrate(judged: &dyn Fn(f64) -> Vec<Vec<Judged>>) -> Calibration {
    let tried: Vec<(f64, Vec<Vec<Judged>>)> =
        (0..=60).map(|step| 0.4 * 1.05_f64.powi(step)).map(|t| (t, judged(t))).collect();
    let all = |documents: &[Vec<Judged>]| documents.concat();
    let half = |rest: usize| {
        move |documents: &[Vec<Judged>]| documents.iter().skip(rest).step_by(2).flatten().copied().collect()
    };
    let mut apart = best(&tried, half(0), half(1));
    apart.extend(best(&tried, half(1), half(0)));
    let (temperature, fitted) = &tried[coolest(&tried, all)];
    let least = least(&all(fitted));
    let (before, apart) = (bins(&all(&judged(1.0)), least), bins(&apart, least));
    Calibration {
        temperature: *temperature,
        least,
        error_before: error(&before),
        error: error(&apart),
        bins: apart,
    }
}

type Tried = [(f64, Vec<Vec<Judged>>)];

/// The mentions of one part of the documents, at the temperature that suits another part best.
fn best(
    tried: &Tried,
    fitted: impl Fn(&[Vec<Judged>]) -> Vec<Judged>,
    shown: impl Fn(&[Vec<Judged>]) -> Vec<Judged>,
) -> Vec<Judged> {
    shown(&tried[coolest(tried, fitted)].1)
}

/// The trial with the least cross-entropy, the first of several.
fn coolest(tried: &Tried, part: impl Fn(&[Vec<Judged>]) -> Vec<Judged>) -> usize {
    let losses = tried.iter().map(|(_, documents)| cross_entropy(&part(documents)));
    let order = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
    losses.enumerate().min_by(order).map_or(0, |(at, _)| at)
}

/// The sum over the mentions, so that one which a temperature makes too faint to be found still costs.
fn cross_entropy(judged: &[Judged]) -> f64 {
    let loss = |&(score, right): &Judged| {
        let score = score.clamp(f64::from(FAINT) / 2.0, 1.0 - 1e-6);
        -(if right { score } else { 1.0 - score }).ln()
    };
    judged.iter().map(loss).sum()
}

/// The least score with the best F1 over all mentions, the first of several: hundredths from 0.1 to 0.9.
fn least(judged: &[Judged]) -> f64 {
    let gold = judged.iter().filter(|(_, right)| *right).count();
    let f1 = |least: f64| {
        let found = judged.iter().filter(|(score, _)| *score >= least);
        let (found, right) = found.fold((0, 0), |sum, (_, right)| (sum.0 + 1, sum.1 + usize::from(*right)));
        2.0 * right as f64 / (found + gold).max(1) as f64
    };
    let tried = (10..=90).map(|hundredths| f64::from(hundredths) / 100.0).map(|least| (least, f1(least)));
    tried.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(0.0, |(least, _)| least)
}

fn bins(judged: &[Judged], least: f64) -> Vec<Bin> {
    let mut out = vec![Bin::default(); BINS];
    for &(score, right) in judged.iter().filter(|(score, _)| *score >= least) {
        let at = (1..BINS).filter(|&at| score * BINS as f64 >= at as f64).count();
        let bin = &mut out[at];
        bin.mentions += 1;
        bin.score += score;
        bin.right += f64::from(u8::from(right));
    }
    for bin in out.iter_mut().filter(|bin| bin.mentions > 0) {
        bin.score /= bin.mentions as f64;
        bin.right /= bin.mentions as f64;
    }
    out
}

fn error(bins: &[Bin]) -> f64 {
    let mentions: usize = bins.iter().map(|bin| bin.mentions).sum();
    let off: f64 = bins.iter().map(|bin| bin.mentions as f64 * (bin.score - bin.right).abs()).sum();
    off / mentions.max(1) as f64
}

/// A mention's score, and whether `right` holds of it.
pub(super) fn judge(mention: &Mention, right: bool) -> Judged {
    (f64::from(mention.score), right)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mentions whose logit is `evidence / temperature`, of which `right` of 100 are right.
    fn model(evidence: f64, right: usize) -> impl Fn(f64) -> Vec<Vec<Judged>> {
        move |temperature| {
            let score = 1.0 / (1.0 + (-evidence / temperature).exp());
            // In both halves of the documents alike.
            (0..2).map(|_| (0..100).map(|at| (score, at < right)).collect()).collect()
        }
    }

    #[test]
    fn a_model_that_is_too_sure_is_cooled() {
        let found = calibrate(&model(4.0, 80));
        let score = 1.0 / (1.0 + (-4.0 / found.temperature).exp());
        assert!((score - 0.8).abs() < 0.02, "{found:?}");
        assert!(found.error < 0.02 && found.error_before > 0.15, "{found:?}");
    }

    #[test]
    fn a_model_that_is_right_stays() {
        let found = calibrate(&model(1.386, 80));
        assert!((found.temperature - 1.0).abs() < 0.05, "{found:?}");
    }

    /// Of ten mentions at 0.9 nine are right, at 0.6 half, at 0.3 one; five were not found.
    #[test]
    fn the_least_score_has_the_best_f1() {
        let at = |score, right| (0..10).map(move |n| (score, n < right));
        let judged: Vec<Judged> =
            at(0.9, 9).chain(at(0.6, 5)).chain(at(0.3, 1)).chain((0..5).map(|_| (0.0, true))).collect();
        // F1 0.6 with the first ten, 0.7 with twenty, 0.6 with all.
        let least = least(&judged);
        assert!(least > 0.3 && least <= 0.6, "{least}");
        assert_eq!(bins(&judged, least).iter().map(|bin| bin.mentions).sum::<usize>(), 20);
    }

    #[test]
    fn bins_hold_every_mention() {
        let found = bins(&[(0.0, false), (0.05, true), (1.0, true), (0.95, false)], 0.0);
        assert_eq!(found.iter().map(|bin| bin.mentions).sum::<usize>(), 4);
        assert_eq!((found[0].mentions, found[9].mentions), (2, 2));
        assert!((found[0].right - 0.5).abs() < 1e-9 && (found[9].score - 0.975).abs() < 1e-9);
        assert!((error(&[Bin { mentions: 1, score: 0.9, right: 0.4 }]) - 0.5).abs() < 1e-9);
    }
}
