use clinlink_encoder::{EncoderError, Storage};
use clinlink_model::Label;
use serde::{Deserialize, Serialize};

/// The settings of a training run. Every field may be left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainConfig {
    /// The labels to learn, in the order of the model's outputs. Default: disease, chemical.
    pub labels: Vec<Label>,
    /// Passes over the documents. Default 8.
    pub epochs: usize,
    /// Stop after this many passes in a row that were no better than the best. Default: never.
    pub patience: Option<usize>,
    /// The layers of the base that are kept, from 0, each once, in their order: a smaller and faster model. Default: all.
    pub layers: Option<Vec<i64>>,
    /// The pack whose terms the model sees as hints. Default: none.
    pub gazetteer: Option<String>,
    /// Part of the windows of a pass that are shown without hints, so that the model does not lean on them alone.
    /// Default 0.1.
    pub gazetteer_dropout: f64,
    /// Windows a step. Default 8.
    pub batch: usize,
    /// Pieces a window at most in training, without `[CLS]` and `[SEP]`; whole sentences are packed into it. Default 192,
    /// which is what a model always reads.
    pub window: usize,
    /// Peak learning rate of `AdamW`. Default 2e-4.
    pub learning_rate: f64,
    /// Part of the steps over which the rate rises from 0; after them it falls to 0, both linearly. Default 0.1.
    pub warm_up: f64,
    /// Weight decay of `AdamW`. Default 0.01.
    pub weight_decay: f64,
    /// Gradients are scaled down to this Euclidean norm. Default 1.
    pub clip: f64,
    /// Seed of the new layer, of dropout and of the order of the batches. Default 42.
    pub seed: u64,
    /// Compute forward and backward in bfloat16, with weights and optimiser in 32-bit floats: about twice as
    /// fast on a CPU that has bfloat16 instructions. Default false.
    pub bfloat16: bool,
    /// How the model is stored. Default int8.
    pub storage: Storage,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            labels: vec![Label::Disease, Label::Chemical],
            epochs: 8,
            patience: None,
            layers: None,
            gazetteer: None,
            gazetteer_dropout: 0.1,
            batch: 8,
            window: 192,
            learning_rate: 2e-4,
            warm_up: 0.1,
            weight_decay: 0.01,
            clip: 1.0,
            seed: 42,
            bfloat16: false,
            storage: Storage::Int8,
        }
    }
}

impl TrainConfig {
    pub(super) fn check(&self) -> Result<(), EncoderError> {
        let fault = |cause: &str| Err(EncoderError::Training { cause: cause.to_owned() });
        if self.labels.is_empty()
            || (1..self.labels.len()).any(|i| self.labels[..i].contains(&self.labels[i]))
        {
            return fault("labels must name at least one label, each once");
        }
        if self.epochs == 0 || self.batch == 0 || self.window == 0 {
            return fault("epochs, batch and window must be 1 or more");
        }
        let numbers = [self.learning_rate, self.clip, self.weight_decay];
        if !(self.learning_rate > 0.0 && self.clip > 0.0 && self.weight_decay >= 0.0)
            || numbers.iter().any(|number| number.is_infinite())
        {
            return fault("learning_rate and clip must be above 0, weight_decay not below 0, none infinite");
        }
        if !(0.0..=1.0).contains(&self.gazetteer_dropout) || self.patience == Some(0) {
            return fault("gazetteer_dropout must be from 0 to 1, patience 1 or more");
        }
        if !(0.0..1.0).contains(&self.warm_up) {
            return fault("warm_up must be from 0 to below 1");
        }
        Ok(())
    }

    /// The learning rate of a step (from 0) of `total`.
    pub(super) fn rate(&self, step: usize, total: usize) -> f64 {
        let (at, total) = ((step + 1) as f64, total as f64);
        let rise = (total * self.warm_up).max(1.0);
        let part = if at <= rise { at / rise } else { (total - at) / (total - rise).max(1.0) };
        self.learning_rate * part.max(0.0)
    }
}
