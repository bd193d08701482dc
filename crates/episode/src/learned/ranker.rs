//! Logistic regression over the features of a code, fitted by Newton's method.

use serde::{Deserialize, Serialize};

use super::features::{COUNT, Features, NAMES};

/// Strength of the penalty on standardised weights.
const RIDGE: f64 = 1.0;
/// Newton's method settles in fewer.
const ROUNDS: usize = 25;

/// Weights by which a code's features become its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ranker {
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

impl Ranker {
    /// Whether the weights are those of this release's features.
    pub(super) fn fits(&self) -> bool {
        self.weights.iter().map(|weight| weight.feature.as_str()).eq(NAMES)
    }

    /// The probability, 0 to 1, that a coder gives the code.
    pub(super) fn probability(&self, features: &Features) -> f64 {
        let parts = self.weights.iter().zip(features).map(|(weight, value)| weight.weight * value);
        logistic(self.bias + parts.sum::<f64>())
    }

    /// Fits weights to candidates that a coder gave (`true`) or did not. Deterministic.
    pub(super) fn fit(examples: &[(Features, bool)]) -> Self {
        let scale = Scale::of(examples);
        let mut at = [0.0; COUNT + 1];
        for _ in 0..ROUNDS {
            let step = newton_step(examples, &scale, &at);
            for (value, step) in at.iter_mut().zip(step) {
                *value += step;
            }
            if step.iter().all(|step| step.abs() < 1e-6) {
                break;
            }
        }
        let weights = std::array::from_fn::<f64, COUNT, _>(|f| at[f] / scale.deviation[f]);
        let bias =
            at[COUNT] - weights.iter().zip(scale.mean).map(|(weight, mean)| weight * mean).sum::<f64>();
        let named = NAMES.iter().zip(weights);
        let weights =
            named.map(|(&feature, weight)| Weight { feature: feature.to_owned(), weight }).collect();
        Self { bias, weights }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Mean and deviation of each feature, so that one penalty suits all.
struct Scale {
    mean: Features,
    deviation: Features,
}

impl Scale {
    fn of(examples: &[(Features, bool)]) -> Self {
        let count = examples.len().max(1) as f64;
        let mut scale = Self { mean: [0.0; COUNT], deviation: [0.0; COUNT] };
        for f in 0..COUNT {
            let mean = examples.iter().map(|(x, _)| x[f]).sum::<f64>() / count;
            let variance = examples.iter().map(|(x, _)| (x[f] - mean).powi(2)).sum::<f64>() / count;
            scale.mean[f] = mean;
            // A feature that never varies gets no weight.
            scale.deviation[f] = if variance > 1e-12 { variance.sqrt() } else { 1.0 };
        }
        scale
    }

    /// Standardised features, and 1 for the bias.
    fn apply(&self, features: &Features) -> [f64; COUNT + 1] {
        std::array::from_fn(
            |f| {
                if f == COUNT { 1.0 } else { (features[f] - self.mean[f]) / self.deviation[f] }
            },
        )
    }
}

/// The step to the maximum of the penalised likelihood's second-order approximation.
fn newton_step(examples: &[(Features, bool)], scale: &Scale, at: &[f64; COUNT + 1]) -> [f64; COUNT + 1] {
    let mut gradient = [0.0; COUNT + 1];
    let mut curvature = [[0.0; COUNT + 1]; COUNT + 1];
    for (features, given) in examples {
        let x = scale.apply(features);
        let p = logistic(x.iter().zip(at).map(|(x, weight)| x * weight).sum());
        let error = f64::from(u8::from(*given)) - p;
        let spread = p * (1.0 - p);
        for i in 0..=COUNT {
            gradient[i] += error * x[i];
            for j in 0..=i {
                curvature[i][j] += spread * x[i] * x[j];
            }
        }
    }
    for f in 0..COUNT {
        gradient[f] -= RIDGE * at[f];
        curvature[f][f] += RIDGE;
    }
    curvature[COUNT][COUNT] += 1e-9;
    solve(&mut curvature, gradient)
}

/// The solution of a symmetric positive definite system, given its lower triangle (Cholesky).
fn solve(lower: &mut [[f64; COUNT + 1]; COUNT + 1], mut right: [f64; COUNT + 1]) -> [f64; COUNT + 1] {
    for i in 0..=COUNT {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = lower[i][j] - known;
            lower[i][j] = if i == j { rest.max(1e-12).sqrt() } else { rest / lower[j][j] };
        }
    }
    for i in 0..=COUNT {
        let known: f64 = (0..i).map(|k| lower[i][k] * right[k]).sum();
        right[i] = (right[i] - known) / lower[i][i];
    }
    for i in (0..=COUNT).rev() {
        let known: f64 = (i + 1..=COUNT).map(|k| lower[k][i] * right[k]).sum();
        right[i] = (right[i] - known) / lower[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples in which feature 0 decides in three of four cases.
    fn examples() -> Vec<(Features, bool)> {
        (0..400)
            .map(|n| {
                let mut features = [0.0; COUNT];
                features[0] = f64::from(n % 2);
                features[1] = f64::from(n % 7);
                (features, (n % 2 == 1) != (n / 2 % 4 == 0))
            })
            .collect()
    }

    #[test]
    fn probabilities_are_the_frequencies() {
        let ranker = Ranker::fit(&examples());
        for (value, expected) in [(1.0, 0.75), (0.0, 0.25)] {
            let mut features = [0.0; COUNT];
            features[0] = value;
            features[1] = 3.0;
            let p = ranker.probability(&features);
            assert!((p - expected).abs() < 0.03, "{p}");
        }
    }

    #[test]
    fn a_ranker_survives_its_file_and_names_its_features() {
        let ranker = Ranker::fit(&examples());
        let mut read: Ranker = serde_json::from_str(&serde_json::to_string(&ranker).unwrap()).unwrap();
        assert!(read.fits());
        read.weights.pop();
        assert!(!read.fits());
    }
}
