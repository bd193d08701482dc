use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::Path;

use clinlink_encoder::{EncoderConfig, EncoderError, int};
use serde_json::{Value, json};

use crate::matches::{self, MatchTypes};

/// The field of the temperature.
const TEMPERATURE: &str = "temperature";
/// What it may be. Calibration finds 0.4 to 7.5; far beyond that every score is 1, or all tags are alike.
const TEMPERATURES: RangeInclusive<f64> = 0.01..=100.0;
/// The field of the least score of a mention, and its value where the file says nothing.
const LEAST: (&str, f64) = ("least", 0.4);

/// A model folder's config.json.
#[derive(Debug, Clone)]
pub(crate) struct ModelConfig {
    pub encoder: EncoderConfig,
    /// What the token types stand for.
    pub matches: MatchTypes,
    /// What logits are divided by, so that scores come near to the share of mentions that are right; 1 if the file
    /// says nothing.
    pub temperature: f64,
    /// The least score of a mention, 0 to 1.
    pub least: f64,
}

impl ModelConfig {
    /// Reads config.json of `folder` and checks that it is a BERT which clinlink computes exactly.
    pub fn load(folder: &Path) -> Result<Self, EncoderError> {
        Self::of(EncoderConfig::load(folder)?)
    }

    fn of(encoder: EncoderConfig) -> Result<Self, EncoderError> {
        let matches =
            MatchTypes::read(encoder.field(matches::FIELD), encoder.bert.type_vocab_size, &encoder.path)?;
        let number = |field: &'static str, unless: f64, holds: fn(f64) -> bool, expected| {
            let found =
                encoder.field(field).map_or(Some(unless), Value::as_f64).filter(|&found| holds(found));
            found.ok_or_else(|| EncoderError::NotSupported {
                path: encoder.path.clone(),
                field,
                found: encoder.field(field).unwrap_or(&Value::Null).to_string(),
                expected,
            })
        };
        let temperature =
            number(TEMPERATURE, 1.0, |t| TEMPERATURES.contains(&t), "a number from 0.01 to 100")?;
        let least = number(LEAST.0, LEAST.1, |least| (0.0..=1.0).contains(&least), "a number from 0 to 1")?;
        Ok(Self { encoder, matches, temperature, least })
    }

    /// The names of the classifier's outputs, in the order of their ids.
    pub fn label_names(&self) -> Result<Vec<String>, EncoderError> {
        let fault = |cause: String| EncoderError::Labels { path: self.encoder.path.clone(), cause };
        let Some(names) = self.encoder.bert.id2label.as_ref().filter(|names| !names.is_empty()) else {
            return Err(fault("missing; the model is no token classifier".to_owned()));
        };
        (0..int(names.len()))
            .map(|id| names.get(&id).cloned().ok_or_else(|| fault(format!("no label has the id {id}"))))
            .collect()
    }

    /// The same model with other outputs.
    pub fn with_labels(self, names: &[String]) -> Result<Self, EncoderError> {
        let id2label: HashMap<String, &String> = (0..).map(|id: usize| id.to_string()).zip(names).collect();
        let label2id: HashMap<&String, usize> = names.iter().zip(0..).collect();
        Self::of(self.encoder.with_fields([
            ("id2label", json!(id2label)),
            ("label2id", json!(label2id)),
            ("architectures", json!(["BertForTokenClassification"])),
            ("_name_or_path", Value::Null),
        ])?)
    }

    /// The same model as rust-bert trains it: its layer norms add 1e-12, whatever the base's add.
    pub fn with_norms_of_training(self) -> Result<Self, EncoderError> {
        Self::of(self.encoder.with_fields([("layer_norm_eps", json!(1e-12))])?)
    }

    /// The same model with a token type for the dictionary matches of every label.
    pub fn with_matches(self) -> Result<Self, EncoderError> {
        let names = MatchTypes::all().names();
        let types = json!(names.len());
        Self::of(self.encoder.with_fields([("type_vocab_size", types), (matches::FIELD, json!(names))])?)
    }

    /// The same model with only these layers.
    pub fn with_layers(self, layers: &[i64]) -> Result<Self, EncoderError> {
        let all = self.encoder.bert.num_hidden_layers;
        let in_order = layers.windows(2).all(|pair| pair[0] < pair[1]);
        if layers.is_empty() || !in_order || layers.iter().any(|layer| !(0..all).contains(layer)) {
            let cause = format!("layers must be some of the base's, 0 to {}, in their order", all - 1);
            return Err(EncoderError::Training { cause });
        }
        Self::of(self.encoder.with_fields([("num_hidden_layers", json!(layers.len()))])?)
    }

    /// The same model with another temperature and another least score.
    pub fn with_scores(self, temperature: f64, least: f64) -> Result<Self, EncoderError> {
        Self::of(self.encoder.with_fields([(TEMPERATURE, json!(temperature)), (LEAST.0, json!(least))])?)
    }

    /// Writes config.json.
    pub fn save(&self, folder: &Path) -> Result<(), EncoderError> {
        self.encoder.save(folder)
    }
}
