//! Logistic regression over named features, fitted by Newton's method.

use serde::{Deserialize, Serialize};

/// Strength of the penalty on standardised weights.
const RIDGE: f64 = 1.0;
/// Newton's method settles in fewer.
const ROUNDS: usize = 25;

/// Weights by which features become a probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logistic {
    bias: f64,
    weights: Vec<Weight>,
}

/// The weight of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weight {
    feature: String,
    weight: f64,
}

impl Logistic {
    /// Whether the weights are those of features with these names.
    pub fn fits(&self, names: &[&str]) -> bool {
        self.weights.iter().map(|weight| weight.feature.as_str()).eq(names.iter().copied())
    }

    /// The probability, 0 to 1.
    pub fn probability(&self, features: &[f64]) -> f64 {
        let parts = self.parts(features).map(|(_, part)| part);
        logistic(self.bias + parts.sum::<f64>())
    }

    /// What each feature adds to the log odds, in the order of the features. The bias is the same for all.
    pub fn parts<'f>(&'f self, features: &'f [f64]) -> impl Iterator<Item = (&'f str, f64)> {
        self.weights
            .iter()
            .zip(features)
            .map(|(weight, value)| (weight.feature.as_str(), weight.weight * value))
    }

    /// Fits weights to examples, each with as many features as there are names. Deterministic.
    pub fn fit<F: AsRef<[f64]>>(names: &[&str], examples: &[(F, bool)]) -> Self {
        let scale = Scale::of(names.len(), examples);
        let mut at = vec![0.0; names.len() + 1];
        for _ in 0..ROUNDS {
            let step = newton_step(examples, &scale, &at);
            for (value, step) in at.iter_mut().zip(&step) {
                *value += step;
            }
            if step.iter().all(|step| step.abs() < 1e-6) {
                break;
            }
        }
        let bias = at[names.len()];
        let weights: Vec<f64> =
            at.iter().zip(&scale.deviation).map(|(at, deviation)| at / deviation).collect();
        let shift: f64 = weights.iter().zip(&scale.mean).map(|(weight, mean)| weight * mean).sum();
        let weights = names
            .iter()
            .zip(weights)
            .map(|(&feature, weight)| Weight { feature: feature.to_owned(), weight })
            .collect();
        Self { bias: bias - shift, weights }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Mean and deviation of each feature, so that one penalty suits all.
struct Scale {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Scale {
    fn of<F: AsRef<[f64]>>(features: usize, examples: &[(F, bool)]) -> Self {
        let count = examples.len().max(1) as f64;
        let mut scale = Self { mean: Vec::with_capacity(features), deviation: Vec::with_capacity(features) };
        for f in 0..features {
            let values = || examples.iter().map(|(x, _)| x.as_ref()[f]);
            let mean = values().sum::<f64>() / count;
            let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
            scale.mean.push(mean);
            // A feature that never varies gets no weight.
            scale.deviation.push(if variance > 1e-12 { variance.sqrt() } else { 1.0 });
        }
        scale
    }

    /// Standardised features, and 1 for the bias.
    fn apply(&self, features: &[f64], into: &mut Vec<f64>) {
        into.clear();
        let scaled = features.iter().zip(&self.mean).zip(&self.deviation);
        into.extend(scaled.map(|((value, mean), deviation)| (value - mean) / deviation));
        into.push(1.0);
    }
}

/// The step to the maximum of the penalised likelihood's second-order approximation.
fn newton_step<F: AsRef<[f64]>>(examples: &[(F, bool)], scale: &Scale, at: &[f64]) -> Vec<f64> {
    let size = at.len();
    let mut gradient = vec![0.0; size];
    let mut curvature = vec![vec![0.0; size]; size];
    let mut x = Vec::with_capacity(size);
    for (features, given) in examples {
        scale.apply(features.as_ref(), &mut x);
        let p = logistic(x.iter().zip(at).map(|(x, weight)| x * weight).sum());
        let error = f64::from(u8::from(*given)) - p;
        let spread = p * (1.0 - p);
        for i in 0..size {
            gradient[i] += error * x[i];
            for j in 0..=i {
                curvature[i][j] += spread * x[i] * x[j];
            }
        }
    }
    for f in 0..size - 1 {
        gradient[f] -= RIDGE * at[f];
        curvature[f][f] += RIDGE;
    }
    curvature[size - 1][size - 1] += 1e-9;
    solve(&mut curvature, gradient)
}

/// The solution of a symmetric positive definite system, given its lower triangle (Cholesky).
fn solve(lower: &mut [Vec<f64>], mut right: Vec<f64>) -> Vec<f64> {
    for i in 0..right.len() {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = lower[i][j] - known;
            lower[i][j] = if i == j { rest.max(1e-12).sqrt() } else { rest / lower[j][j] };
        }
    }
    for i in 0..right.len() {
        let known: f64 = (0..i).map(|k| lower[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / lower[i][i];
    }
    for i in (0..right.len()).rev() {
        let known: f64 = (i + 1..right.len()).map(|k| lower[k][i] * right[k]).sum();
        right[i] = (right[i] - known) / lower[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["decides", "does not", "never varies"];

    /// Examples in which the first feature decides in three of four cases.
    fn examples() -> Vec<([f64; 3], bool)> {
        (0..400)
            .map(|n| ([f64::from(n % 2), f64::from(n % 7), 0.0], (n % 2 == 1) != (n / 2 % 4 == 0)))
            .collect()
    }

    #[test]
    fn probabilities_are_the_frequencies() {
        let fitted = Logistic::fit(&NAMES, &examples());
        for (value, expected) in [(1.0, 0.75), (0.0, 0.25)] {
            let p = fitted.probability(&[value, 3.0, 0.0]);
            assert!((p - expected).abs() < 0.03, "{p}");
        }
    }

    #[test]
    fn weights_survive_their_file_and_name_their_features() {
        let fitted = Logistic::fit(&NAMES, &examples());
        let mut read: Logistic = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
        assert!(read.fits(&NAMES));
        assert!(!read.fits(&NAMES[1..]));
        read.weights.pop();
        assert!(!read.fits(&NAMES));
    }

    #[test]
    fn the_parts_add_up() {
        let fitted = Logistic::fit(&NAMES, &examples());
        let at = |features: &[f64]| fitted.probability(features);
        let features = [1.0, 2.0, 0.0];
        let sum: f64 = fitted.parts(&features).map(|(_, part)| part).sum();
        let odds =
            (at(&features) / (1.0 - at(&features))).ln() - (at(&[0.0; 3]) / (1.0 - at(&[0.0; 3]))).ln();
        assert!((sum - odds).abs() < 1e-9);
    }
}
