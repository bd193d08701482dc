//! Temperature scaling (Guo et al., ICML 2017): logits are divided by one number, so that of the mentions with a score
//! near 0.8 about 80 of 100 are right. Which mentions are found does not change.

use clinlink_model::Mention;
use serde::{Deserialize, Serialize};

/// Bins of the expected calibration error.
const BINS: usize = 10;

/// How well scores tell how often mentions are right, on the development documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// What logits are divided by: the value in the model's config.json.
    pub temperature: f64,
    /// Expected calibration error, 0 to 1, over ten bins of equal width, with temperature 1.
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

/// A mention's score and whether it is right.
pub(super) type Judged = (f64, bool);

/// Fits the temperature. `judged(temperature)` gives, for each document, its mentions with their scores at that
/// temperature; `used` is the one that the model has so far, at which `judged(1)` is as the model stands.
pub(super) fn calibrate(used: f64, judged: &dyn Fn(f64) -> Vec<Vec<Judged>>) -> Calibration {
    let tried: Vec<(f64, Vec<Vec<Judged>>)> =
        (0..=60).map(|step| 0.4 * 1.05_f64.powi(step)).map(|t| (t, judged(t / used))).collect();
    let all = |documents: &[Vec<Judged>]| documents.concat();
    let half = |rest: usize| {
        move |documents: &[Vec<Judged>]| documents.iter().skip(rest).step_by(2).flatten().copied().collect()
    };
    let mut apart = best(&tried, half(0), half(1));
    apart.extend(best(&tried, half(1), half(0)));
    let least = least(&tried, all);
    Calibration {
        temperature: tried[least].0,
        error_before: error(&bins(&all(&judged(1.0 / used)))),
        error: error(&bins(&apart)),
        bins: bins(&apart),
    }
}

type Tried = [(f64, Vec<Vec<Judged>>)];

/// The mentions of one part of the documents, at the temperature that suits another part best.
fn best(
    tried: &Tried,
    fitted: impl Fn(&[Vec<Judged>]) -> Vec<Judged>,
    shown: impl Fn(&[Vec<Judged>]) -> Vec<Judged>,
) -> Vec<Judged> {
    shown(&tried[least(tried, fitted)].1)
}

/// The trial with the least cross-entropy, the first of several.
fn least(tried: &Tried, part: impl Fn(&[Vec<Judged>]) -> Vec<Judged>) -> usize {
    let losses = tried.iter().map(|(_, documents)| cross_entropy(&part(documents)));
    let order = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
    losses.enumerate().min_by(order).map_or(0, |(at, _)| at)
}

fn cross_entropy(judged: &[Judged]) -> f64 {
    let loss = |&(score, right): &Judged| {
        let score = score.clamp(1e-6, 1.0 - 1e-6);
        -(if right { score } else { 1.0 - score }).ln()
    };
    judged.iter().map(loss).sum::<f64>() / judged.len().max(1) as f64
}

fn bins(judged: &[Judged]) -> Vec<Bin> {
    let mut out = vec![Bin::default(); BINS];
    for &(score, right) in judged {
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
        let found = calibrate(1.0, &model(4.0, 80));
        let score = 1.0 / (1.0 + (-4.0 / found.temperature).exp());
        assert!((score - 0.8).abs() < 0.02, "{found:?}");
        assert!(found.error < 0.02 && found.error_before > 0.15, "{found:?}");
    }

    #[test]
    fn a_model_that_is_right_stays() {
        let found = calibrate(1.0, &model(1.386, 80));
        assert!((found.temperature - 1.0).abs() < 0.05, "{found:?}");
    }

    #[test]
    fn a_fitted_model_stays_as_it_is() {
        let first = calibrate(1.0, &model(4.0, 80));
        let fitted = model(4.0 / first.temperature, 80);
        let again = calibrate(first.temperature, &fitted);
        assert!((again.temperature - first.temperature).abs() < 1e-9);
        assert!((again.error_before - first.error_before).abs() < 1e-9);
    }

    #[test]
    fn bins_hold_every_mention() {
        let found = bins(&[(0.0, false), (0.05, true), (1.0, true), (0.95, false)]);
        assert_eq!(found.iter().map(|bin| bin.mentions).sum::<usize>(), 4);
        assert_eq!((found[0].mentions, found[9].mentions), (2, 2));
        assert!((found[0].right - 0.5).abs() < 1e-9 && (found[9].score - 0.975).abs() < 1e-9);
        assert!((error(&[Bin { mentions: 1, score: 0.9, right: 0.4 }]) - 0.5).abs() < 1e-9);
    }
}
