use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rust_bert::bert::BertConfig;
use serde_json::Value;

use crate::batch::int;
use crate::error::NerError;
use crate::matches::{self, MatchTypes};

/// `layer_norm_eps` of every BERT; rust-bert computes no other.
const LAYER_NORM_EPS: f64 = 1e-12;

/// The field of the temperature.
const TEMPERATURE: &str = "temperature";

/// Reads a text file of a model folder.
pub(crate) fn read_text(path: &Path) -> Result<String, NerError> {
    if !path.is_file() {
        return Err(NerError::Missing { path: path.to_owned() });
    }
    std::fs::read_to_string(path).map_err(|source| NerError::Read { path: path.to_owned(), source })
}

/// A model folder's config.json.
#[derive(Debug, Clone)]
pub(crate) struct ModelConfig {
    pub path: PathBuf,
    pub bert: BertConfig,
    /// What the token types stand for.
    pub matches: MatchTypes,
    /// What logits are divided by, so that scores come near to the share of mentions that are right; 1 if the file
    /// says nothing.
    pub temperature: f64,
    /// The file as it is, so that writing it again keeps fields that this crate does not know.
    raw: Value,
}

impl ModelConfig {
    /// Reads config.json of `folder` and checks that it is a BERT which rust-bert computes exactly.
    pub fn load(folder: &Path) -> Result<Self, NerError> {
        let path = folder.join("config.json");
        let text = read_text(&path)?;
        let raw =
            serde_json::from_str(&text).map_err(|cause| NerError::Json { path: path.clone(), cause })?;
        Self::parse(raw, &path)
    }

    /// Checks the content of the file `path`.
    pub fn parse(raw: Value, path: &Path) -> Result<Self, NerError> {
        let path = path.to_owned();
        let json = |cause| NerError::Json { path: path.clone(), cause };
        require(&path, &raw, "model_type", "\"bert\"", |v| v.as_str() == Some("bert"))?;
        let eps = |v: &Value| v.is_null() || v.as_f64().is_some_and(|e| (e - LAYER_NORM_EPS).abs() < 1e-14);
        require(&path, &raw, "layer_norm_eps", "1e-12", eps)?;
        let absolute = |v: &Value| v.is_null() || v.as_str() == Some("absolute");
        require(&path, &raw, "position_embedding_type", "\"absolute\"", absolute)?;
        let mut bert: BertConfig = serde_json::from_value(raw.clone()).map_err(json)?;
        // These only cost memory here, and a causal mask would be wrong for tagging.
        (bert.output_attentions, bert.output_hidden_states, bert.is_decoder) = (None, None, None);
        let heads = bert.num_attention_heads;
        if heads < 1 || bert.hidden_size % heads != 0 {
            return Err(NerError::NotSupported {
                path,
                field: "num_attention_heads",
                found: heads.to_string(),
                expected: "a divisor of hidden_size",
            });
        }
        let matches = MatchTypes::read(&raw, bert.type_vocab_size, &path)?;
        let temperature = raw.get(TEMPERATURE).map_or(Some(1.0), Value::as_f64).filter(|&t| t > 0.0);
        let temperature = temperature.ok_or_else(|| NerError::NotSupported {
            path: path.clone(),
            field: TEMPERATURE,
            found: raw[TEMPERATURE].to_string(),
            expected: "a number above 0",
        })?;
        Ok(Self { path, bert, matches, temperature, raw })
    }

    /// The names of the classifier's outputs, in the order of their ids.
    pub fn label_names(&self) -> Result<Vec<String>, NerError> {
        let fault = |cause: String| NerError::Labels { path: self.path.clone(), cause };
        let Some(names) = self.bert.id2label.as_ref().filter(|names| !names.is_empty()) else {
            return Err(fault("missing; the model is no token classifier".to_owned()));
        };
        (0..int(names.len()))
            .map(|id| names.get(&id).cloned().ok_or_else(|| fault(format!("no label has the id {id}"))))
            .collect()
    }

    /// The same model with other outputs.
    pub fn with_labels(mut self, names: &[String]) -> Self {
        let ids = || (0_i64..).zip(names.iter().cloned());
        self.bert.id2label = Some(ids().collect());
        self.bert.label2id = Some(ids().map(|(id, name)| (name, id)).collect::<HashMap<_, _>>());
        if let Value::Object(fields) = &mut self.raw {
            let id2label = ids().map(|(id, name)| (id.to_string(), Value::from(name))).collect();
            let label2id = ids().map(|(id, name)| (name, Value::from(id))).collect();
            fields.insert("id2label".to_owned(), Value::Object(id2label));
            fields.insert("label2id".to_owned(), Value::Object(label2id));
            fields.insert("architectures".to_owned(), vec!["BertForTokenClassification"].into());
            fields.remove("_name_or_path");
        }
        self
    }

    /// The same model with a token type for the dictionary matches of every label.
    pub fn with_matches(mut self) -> Self {
        self.matches = MatchTypes::all();
        let names = self.matches.names();
        self.bert.type_vocab_size = int(names.len());
        if let Value::Object(fields) = &mut self.raw {
            fields.insert("type_vocab_size".to_owned(), names.len().into());
            fields.insert(matches::FIELD.to_owned(), names.into());
        }
        self
    }

    /// The same model with another temperature.
    pub fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        if let Value::Object(fields) = &mut self.raw {
            fields.insert(TEMPERATURE.to_owned(), temperature.into());
        }
        self
    }

    /// Writes config.json.
    pub fn save(&self, folder: &Path) -> Result<(), NerError> {
        let path = folder.join("config.json");
        let text = format!("{:#}\n", self.raw);
        std::fs::write(&path, text).map_err(|source| NerError::Write { path, source })
    }
}

fn require(
    path: &Path,
    raw: &Value,
    field: &'static str,
    expected: &'static str,
    holds: impl Fn(&Value) -> bool,
) -> Result<(), NerError> {
    let value = raw.get(field).unwrap_or(&Value::Null);
    if holds(value) {
        return Ok(());
    }
    Err(NerError::NotSupported { path: path.to_owned(), field, found: value.to_string(), expected })
}
