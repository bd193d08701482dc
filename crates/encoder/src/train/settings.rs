use serde::{Deserialize, Serialize};

use crate::error::EncoderError;
use crate::weights::Storage;

/// The settings of a training run. Every field may be left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TermTrainConfig {
    /// Layers of the base encoder that are kept, from the lowest. Default 4.
    pub layers: usize,
    /// Numbers a vector. Default 128.
    pub dimensions: usize,
    /// Word pieces that fewer of the terms than this have are left out. Default 3.
    pub least_uses: usize,
    /// Steps. Default 3000.
    pub steps: usize,
    /// Sets a step, of each two terms. Default 256.
    pub batch: usize,
    /// Sets of a step that share a word, one of them drawn at random. Default 4.
    pub group: usize,
    /// Part of the numbers between the layers that is left out at random. Default 0.1.
    pub dropout: f64,
    /// What the likeness of two terms is divided by in the loss. Default 0.05.
    pub temperature: f64,
    /// Peak learning rate of `AdamW`. Default 2e-4.
    pub learning_rate: f64,
    /// Steps over which the rate rises from 0. Default 50.
    pub warm_up: usize,
    /// Part of the steps, the last ones, over which it falls to 0. Default 0.25.
    pub cool_down: f64,
    /// Weight decay of `AdamW`. Default 0.01.
    pub weight_decay: f64,
    /// Gradients are scaled down to this Euclidean norm. Default 1.
    pub clip: f64,
    /// Seed of the new layer and of what is drawn. Default 42.
    pub seed: u64,
    /// Compute forward and backward in bfloat16, with weights and optimiser in 32-bit floats: about twice as
    /// fast on a CPU that has bfloat16 instructions. Default true.
    pub bfloat16: bool,
    /// The state to go on from is written after so many steps. Default 100.
    pub checkpoint: usize,
    /// How the model is stored. Default int8.
    pub storage: Storage,
}

impl Default for TermTrainConfig {
    fn default() -> Self {
        Self {
            layers: 4,
            dimensions: 128,
            least_uses: 3,
            steps: 3000,
            batch: 256,
            group: 4,
            dropout: 0.1,
            temperature: 0.05,
            learning_rate: 2e-4,
            warm_up: 50,
            cool_down: 0.25,
            weight_decay: 0.01,
            clip: 1.0,
            seed: 42,
            bfloat16: true,
            checkpoint: 100,
            storage: Storage::Int8,
        }
    }
}

impl TermTrainConfig {
    pub(super) fn check(&self) -> Result<(), EncoderError> {
        let fault = |cause: &str| Err(EncoderError::Training { cause: cause.to_owned() });
        if self.layers == 0 || self.dimensions == 0 || self.group == 0 || self.checkpoint == 0 {
            return fault("layers, dimensions, group and checkpoint must be 1 or more");
        }
        if self.batch < 2 {
            return fault("batch must be 2 or more: the other sets are what a set is told from");
        }
        if !(self.learning_rate > 0.0
            && self.clip > 0.0
            && self.weight_decay >= 0.0
            && self.temperature > 0.0)
        {
            return fault("learning_rate, clip and temperature must be above 0, weight_decay not below 0");
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return fault("dropout must be 0 or more and below 1");
        }
        if !(0.0..=1.0).contains(&self.cool_down) {
            return fault("cool_down must be from 0 to 1");
        }
        Ok(())
    }

    /// The learning rate of a step (from 0). It does not depend on the number of steps before it falls, so that a run
    /// may be made longer or shorter up to there.
    pub(super) fn rate(&self, step: usize) -> f64 {
        let rise = (step + 1) as f64 / self.warm_up.max(1) as f64;
        let falling = (self.steps as f64 * self.cool_down).max(1.0);
        let fall = self.steps.saturating_sub(step) as f64 / falling;
        self.learning_rate * rise.min(fall).min(1.0)
    }

    /// Whether a run that stands after `done` steps of `other` settings may go on with these.
    pub(super) fn continues(&self, other: &Self, done: usize) -> bool {
        let same = Self { steps: self.steps, checkpoint: self.checkpoint, ..other.clone() } == *self;
        let before_fall = |config: &Self| done as f64 <= config.steps as f64 * (1.0 - config.cool_down);
        same && (self.steps == other.steps || before_fall(self) && before_fall(other))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn steps(steps: usize) -> TermTrainConfig {
        TermTrainConfig {
            steps,
            warm_up: 10,
            cool_down: 0.2,
            learning_rate: 1.0,
            ..TermTrainConfig::default()
        }
    }

    #[rstest]
    #[case::first(0, 0.1)]
    #[case::risen(9, 1.0)]
    #[case::before_the_fall(80, 1.0)]
    #[case::half_way_down(90, 0.5)]
    #[case::last(99, 0.05)]
    fn the_rate_rises_stays_and_falls(#[case] step: usize, #[case] expected: f64) {
        assert!((steps(100).rate(step) - expected).abs() < 1e-9, "{}", steps(100).rate(step));
    }

    #[rstest]
    #[case::same(100, 90, true)]
    #[case::longer(200, 80, true)]
    #[case::longer_after_the_fall_began(200, 81, false)]
    #[case::shorter(50, 40, true)]
    #[case::shorter_than_what_is_done(50, 41, false)]
    fn a_run_may_change_its_length_until_it_cools_down(
        #[case] to: usize,
        #[case] done: usize,
        #[case] expected: bool,
    ) {
        assert_eq!(steps(to).continues(&steps(100), done), expected);
    }
}
