//! Whether scores are probabilities, and what it is worth to leave the unsure codes to a person.

use serde::Serialize;

use crate::counts::ratio;

/// How many bins the scores are put into, of equal width.
const BINS: usize = 10;
/// The thresholds of the deferral curve, in hundredths.
const STEP: usize = 5;

/// A code that was proposed, accepted or to review.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proposed {
    pub(crate) score: f64,
    pub(crate) accepted: bool,
    pub(crate) right: bool,
}

/// How well the scores of proposed codes agree with how often they are right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Codes proposed, accepted or to review.
    pub codes: usize,
    /// Expected calibration error, 0 to 1: the distance of mean score and share of right codes in a bin, averaged over
    /// the codes (Naeini et al., AAAI 2015).
    pub ece: f64,
    /// Brier score: the mean squared distance of the score from 1 for right codes and 0 for wrong ones.
    pub brier: f64,
    /// The bins that have codes, by score.
    pub bins: Vec<Bin>,
}

/// Codes with similar scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// The least score of the bin.
    pub from: f64,
    /// How many codes.
    pub codes: usize,
    /// Their mean score.
    pub score: f64,
    /// The share that is right.
    pub right: f64,
}

/// What comes of accepting, without a person, the accepted codes of at least a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Deferral {
    /// The least score.
    pub threshold: f64,
    /// Codes accepted.
    pub accepted: usize,
    /// The share of them that is right; `None` if there are none.
    pub precision: Option<f64>,
    /// The share of the gold that they make up.
    pub recall: Option<f64>,
    /// The share of all proposed codes that is left to a person.
    pub deferred: Option<f64>,
}

/// The calibration of the scores; `None` if no code has one.
pub(crate) fn calibration(codes: &[Proposed]) -> Option<Calibration> {
    let mut bins: Vec<Vec<Proposed>> = vec![Vec::new(); BINS];
    for &code in codes {
        let bin = (1..BINS).take_while(|&bin| code.score >= bin as f64 / BINS as f64).count();
        bins[bin].push(code);
    }
    let mean =
        |codes: &[Proposed], of: fn(&Proposed) -> f64| codes.iter().map(of).sum::<f64>() / codes.len() as f64;
    let bins: Vec<Bin> = (0..)
        .zip(&bins)
        .filter(|(_, codes)| !codes.is_empty())
        .map(|(at, codes)| Bin {
            from: f64::from(at) / BINS as f64,
            codes: codes.len(),
            score: mean(codes, |code| code.score),
            right: mean(codes, |code| f64::from(u8::from(code.right))),
        })
        .collect();
    let off = |bin: &Bin| bin.codes as f64 / codes.len() as f64 * (bin.score - bin.right).abs();
    (!codes.is_empty()).then(|| Calibration {
        codes: codes.len(),
        ece: bins.iter().map(off).sum(),
        brier: mean(codes, |code| (code.score - f64::from(u8::from(code.right))).powi(2)),
        bins,
    })
}

/// The deferral curve, from the lowest threshold up; `gold` is the number of gold codes.
pub(crate) fn deferral(codes: &[Proposed], gold: usize) -> Vec<Deferral> {
    let at = |hundredths: usize| {
        let threshold = hundredths as f64 / 100.0;
        let accepted = codes.iter().filter(|code| code.accepted && code.score >= threshold);
        let (accepted, right) =
            accepted.fold((0, 0), |(all, right), code| (all + 1, right + usize::from(code.right)));
        Deferral {
            threshold,
            accepted,
            precision: ratio(right, accepted),
            recall: ratio(right, gold),
            deferred: ratio(codes.len() - accepted, codes.len()),
        }
    };
    if codes.is_empty() { Vec::new() } else { (0..100).step_by(STEP).map(at).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(score: f64, right: bool) -> Proposed {
        Proposed { score, accepted: score > 0.3, right }
    }

    #[test]
    fn scores_that_say_how_often_are_calibrated() {
        let codes: Vec<Proposed> = (0..40).map(|n| code(0.75, n % 4 != 0)).collect();
        let calibration = calibration(&codes).unwrap();
        assert!(calibration.ece < 1e-9, "{calibration:?}");
        assert_eq!(
            (calibration.bins.len(), calibration.bins[0].from, calibration.bins[0].codes),
            (1, 0.7, 40)
        );
    }

    #[test]
    fn sure_and_wrong_is_the_worst_calibration() {
        let calibration = calibration(&[code(1.0, false), code(1.0, false)]).unwrap();
        assert_eq!((calibration.ece, calibration.brier, calibration.bins[0].from), (1.0, 1.0, 0.9));
        assert_eq!(super::calibration(&[]), None);
    }

    #[test]
    fn a_higher_threshold_defers_more() {
        let codes = [code(0.9, true), code(0.6, false), code(0.2, true)];
        let curve = deferral(&codes, 4);
        let of = |threshold: f64| *curve.iter().find(|point| point.threshold >= threshold).unwrap();
        let low = of(0.0);
        // The code to review is never accepted unseen.
        assert_eq!(
            (low.accepted, low.precision, low.recall, low.deferred),
            (2, Some(0.5), Some(0.25), Some(1.0 / 3.0))
        );
        let high = of(0.75);
        assert_eq!((high.accepted, high.precision, high.deferred), (1, Some(1.0), Some(2.0 / 3.0)));
        assert_eq!(of(0.95).precision, None);
        assert!(deferral(&[], 4).is_empty());
    }
}
