use std::collections::BTreeMap;
use std::path::Path;

use clinlink_encoder::{Batch, Encoder, EncoderError, Linear, Precision, TensorReader, infer};
use tch::{Kind, Tensor};

use crate::config::ModelConfig;

/// An encoder with a linear layer on every piece, for inference only. Shared by all threads.
#[derive(Debug)]
pub(crate) struct TagModel {
    encoder: Encoder,
    head: Linear,
    /// What logits are divided by.
    pub temperature: f64,
}

impl TagModel {
    /// Takes `weights`, by the names of rust-bert's `BertForTokenClassification`, out of the file `path`.
    pub fn new(
        config: &ModelConfig,
        tags: i64,
        weights: &BTreeMap<String, Tensor>,
        precision: Precision,
        path: &Path,
    ) -> Result<Self, EncoderError> {
        let reader = TensorReader { weights, kind: precision.kind(), path };
        let encoder = &config.encoder;
        Ok(Self {
            encoder: Encoder::new(encoder, &reader)?.in_precision(precision, encoder),
            head: reader.linear("classifier", tags, encoder.bert.hidden_size)?,
            temperature: config.temperature,
        })
    }

    /// Log-probabilities, `[rows, pieces, tags]`, flattened row by row.
    pub fn log_probs(&self, batch: &Batch) -> Result<Vec<f32>, EncoderError> {
        infer(|| {
            let logits = self.head.apply(&self.encoder.hidden(batch));
            (logits.to_kind(Kind::Float) / self.temperature).log_softmax(-1, None)
        })
    }
}
