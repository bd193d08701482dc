use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_bert::bert::BertConfig;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tch::Tensor;

use crate::error::EncoderError;
use crate::pieces::PieceMaker;
use crate::weights::{self, Storage};

/// The field of what layer norms add to the variance, and its value where the file says nothing: that of the first BERT.
const LAYER_NORM_EPS: (&str, f64) = ("layer_norm_eps", 1e-12);

/// Hugging Face's names of activations for which rust-bert has others.
const ACTIVATIONS: [(&str, &str); 2] = [("silu", "swish"), ("gelu_pytorch_tanh", "gelu_new")];

/// The field of the weights' SHA-256, which clinlink writes and Hugging Face's files lack.
const WEIGHTS_SHA256: &str = "weights_sha256";

/// Reads a text file of a model folder.
///
/// # Errors
/// If it is missing or cannot be read.
pub fn read_text(path: &Path) -> Result<String, EncoderError> {
    if !path.is_file() {
        return Err(EncoderError::Missing { path: path.to_owned() });
    }
    std::fs::read_to_string(path).map_err(|source| EncoderError::Read { path: path.to_owned(), source })
}

/// Writes a text file. It replaces an older one only once it is whole.
///
/// # Errors
/// If it cannot be written.
pub fn write_text(path: &Path, text: &str) -> Result<(), EncoderError> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, path));
    written.map_err(|source| EncoderError::Write { path: path.to_owned(), source })
}

/// A model folder's config.json.
#[derive(Debug, Clone)]
pub struct EncoderConfig {
    /// The file.
    pub path: PathBuf,
    /// What the encoder is made of.
    pub bert: BertConfig,
    /// What layer norms add to the variance. rust-bert's own always add 1e-12.
    pub layer_norm_eps: f64,
    /// The file as it is, so that writing it again keeps fields that this crate does not know.
    raw: Value,
}

impl EncoderConfig {
    /// Reads config.json of `folder` and checks that it is a BERT which this crate computes exactly.
    ///
    /// # Errors
    /// If the file is missing, broken, or of another model.
    pub fn load(folder: &Path) -> Result<Self, EncoderError> {
        let path = folder.join("config.json");
        let text = read_text(&path)?;
        let raw =
            serde_json::from_str(&text).map_err(|cause| EncoderError::Json { path: path.clone(), cause })?;
        Self::parse(raw, &path)
    }

    /// Checks the content of the file `path`.
    ///
    /// # Errors
    /// If it is broken or of another model.
    pub fn parse(raw: Value, path: &Path) -> Result<Self, EncoderError> {
        let path = path.to_owned();
        let json = |cause| EncoderError::Json { path: path.clone(), cause };
        require(&path, &raw, "model_type", "\"bert\"", |v| v.as_str() == Some("bert"))?;
        let (field, usual) = LAYER_NORM_EPS;
        let small = |v: &Value| v.is_null() || v.as_f64().is_some_and(|eps| eps > 0.0 && eps < 1.0);
        require(&path, &raw, field, "a number above 0 and below 1", small)?;
        let layer_norm_eps = raw.get(field).and_then(Value::as_f64).unwrap_or(usual);
        let is_hash = |v: &Value| v.is_null() || v.as_str().is_some_and(|hash| hash.len() == 64);
        require(&path, &raw, WEIGHTS_SHA256, "a SHA-256 in hexadecimal", is_hash)?;
        let absolute = |v: &Value| v.is_null() || v.as_str() == Some("absolute");
        require(&path, &raw, "position_embedding_type", "\"absolute\"", absolute)?;
        let mut known = raw.clone();
        if let Some(name) = known.get_mut("hidden_act")
            && let Some((_, own)) = ACTIVATIONS.iter().find(|(theirs, _)| *name == *theirs)
        {
            *name = json!(own);
        }
        let mut bert: BertConfig = serde_json::from_value(known).map_err(json)?;
        // These only cost memory here, and a causal mask would be wrong for an encoder.
        (bert.output_attentions, bert.output_hidden_states, bert.is_decoder) = (None, None, None);
        for (field, size) in [
            ("hidden_size", bert.hidden_size),
            ("num_hidden_layers", bert.num_hidden_layers),
            ("intermediate_size", bert.intermediate_size),
            ("max_position_embeddings", bert.max_position_embeddings),
            ("type_vocab_size", bert.type_vocab_size),
            ("vocab_size", bert.vocab_size),
        ] {
            if size < 1 {
                let (found, expected) = (size.to_string(), "a number from 1 on");
                return Err(EncoderError::NotSupported { path, field, found, expected });
            }
        }
        let heads = bert.num_attention_heads;
        if heads < 1 || bert.hidden_size % heads != 0 {
            return Err(EncoderError::NotSupported {
                path,
                field: "num_attention_heads",
                found: heads.to_string(),
                expected: "a divisor of hidden_size",
            });
        }
        Ok(Self { path, bert, layer_norm_eps, raw })
    }

    /// Checks that the word embeddings have a row for each of the tokenizer's pieces.
    ///
    /// # Errors
    /// If they do not.
    pub fn check_pieces(&self, maker: &PieceMaker) -> Result<(), EncoderError> {
        let (pieces, rows) = (maker.len(), self.bert.vocab_size);
        if i64::try_from(pieces).is_ok_and(|pieces| pieces <= rows) {
            return Ok(());
        }
        Err(EncoderError::Vocabulary { path: maker.file.clone(), pieces, rows })
    }

    /// Reads the tensors of the weights beside the file as 32-bit floats, by the names that `BertForTokenClassification`
    /// gives them. If the file states their SHA-256 (`weights_sha256`), it is checked first.
    ///
    /// # Errors
    /// If the weights are missing, broken, a pickle, or others than the file states, or have more layers.
    pub fn read_weights(&self) -> Result<BTreeMap<String, Tensor>, EncoderError> {
        let weights = weights::read(self.folder(), self.raw.get(WEIGHTS_SHA256).and_then(Value::as_str))?;
        let layers = self.bert.num_hidden_layers;
        // The vectors of a layer in the middle mean something else.
        if weights.keys().filter_map(|name| weights::layer(name)).any(|(layer, _)| layer >= layers) {
            return Err(EncoderError::NotSupported {
                path: self.path.clone(),
                field: "num_hidden_layers",
                found: layers.to_string(),
                expected: "the number of layers in the weights",
            });
        }
        Ok(weights)
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The start of a hash over the model's files, with the tokenizer that `pieces` was read from: equal models have equal
    /// versions.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn version(&self, pieces: &PieceMaker) -> Result<String, EncoderError> {
        let mut hash = Sha256::new();
        let first = [self.path.clone(), pieces.file.clone()];
        for path in first.into_iter().chain(weights::files(self.folder())?) {
            hash.update(std::fs::read(&path).map_err(|source| EncoderError::Read { path, source })?);
        }
        let start = hash.finalize().iter().take(6).fold(0_u64, |start, &byte| start << 8 | u64::from(byte));
        Ok(format!("{start:012x}"))
    }

    /// The number of pieces, `[CLS]` and `[SEP]` left out, that a row may have.
    ///
    /// # Errors
    /// If that is none.
    pub fn most_pieces(&self) -> Result<usize, EncoderError> {
        let positions = self.bert.max_position_embeddings;
        usize::try_from(positions - 2).ok().filter(|&most| most > 0).ok_or_else(|| {
            EncoderError::NotSupported {
                path: self.path.clone(),
                field: "max_position_embeddings",
                found: positions.to_string(),
                expected: "3 or more",
            }
        })
    }

    /// A field of the file.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.raw.get(name)
    }

    /// Sets fields of the file; `null` takes one away. Those that describe the encoder are set in
    /// [`bert`](Self::bert) too.
    ///
    /// # Errors
    /// If the encoder that they describe is none that this crate computes.
    pub fn with_fields(
        self,
        fields: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<Self, EncoderError> {
        let Self { path, mut raw, .. } = self;
        if let Value::Object(known) = &mut raw {
            for (name, value) in fields {
                match value {
                    Value::Null => known.remove(name),
                    value => known.insert(name.to_owned(), value),
                };
            }
        }
        Self::parse(raw, &path)
    }

    /// Writes model.safetensors, and config.json with its SHA-256.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn save_with(
        &self,
        tensors: &BTreeMap<String, Tensor>,
        storage: Storage,
        folder: &Path,
    ) -> Result<(), EncoderError> {
        let hash = weights::write(tensors, storage, folder)?;
        self.clone().with_fields([(WEIGHTS_SHA256, json!(hash))])?.save(folder)
    }

    /// Writes config.json.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), EncoderError> {
        write_text(&folder.join("config.json"), &format!("{:#}\n", self.raw))
    }
}

fn require(
    path: &Path,
    raw: &Value,
    field: &'static str,
    expected: &'static str,
    holds: impl Fn(&Value) -> bool,
) -> Result<(), EncoderError> {
    let value = raw.get(field).unwrap_or(&Value::Null);
    if holds(value) {
        return Ok(());
    }
    Err(EncoderError::NotSupported { path: path.to_owned(), field, found: value.to_string(), expected })
}
