use std::path::PathBuf;

use thiserror::Error;

/// Why a model could not be read, trained or written. No variant holds text of a note.
#[derive(Debug, Error)]
pub enum EncoderError {
    /// A file of the model folder is not there.
    #[error(
        "{path}: not found; a model folder holds config.json, tokenizer.json (or vocab.txt) and model.safetensors"
    )]
    Missing {
        /// The file or folder.
        path: PathBuf,
    },
    /// The weights are there only as a Python pickle, which can run code when it is read.
    #[error(
        "{path}: pickled weights are refused since reading them can run code; convert them with Python: \
         AutoModelForTokenClassification.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)"
    )]
    Pickle {
        /// The pickle.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error("{path}: cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("{path}: cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A JSON file is broken or lacks a field.
    #[error("{path}: {cause}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        cause: serde_json::Error,
    },
    /// The folder holds a model of another architecture, or a BERT that this crate does not compute exactly.
    #[error("{path}: {field} is {found}; only {expected} is supported")]
    NotSupported {
        /// config.json.
        path: PathBuf,
        /// The field.
        field: &'static str,
        /// Its value.
        found: String,
        /// The value that it must have.
        expected: &'static str,
    },
    /// The labels in config.json are unusable.
    #[error("{path}: id2label: {cause}")]
    Labels {
        /// config.json.
        path: PathBuf,
        /// What is wrong with them.
        cause: String,
    },
    /// The tokenizer's file is broken or lacks a special token.
    #[error("{path}: {cause}")]
    Tokenizer {
        /// tokenizer.json or vocab.txt.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// The weights are not those that config.json was written with.
    #[error(
        "{path}: its SHA-256 is {found}, config.json wants {wanted} (weights_sha256): the file is damaged or of another \
         model; fetch or write both again"
    )]
    Hash {
        /// The weights, or the index of their files.
        path: PathBuf,
        /// The hash in config.json.
        wanted: String,
        /// The file's own.
        found: String,
    },
    /// The safetensors file is truncated or corrupt.
    #[error("{path}: not a sound safetensors file ({cause}); fetch or write it again")]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// A tensor that the configuration asks for is not in the file.
    #[error("{path}: tensor {name} is missing; config.json and the weights do not belong together")]
    MissingTensor {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
    },
    /// A tensor has another shape than the configuration asks for.
    #[error("{path}: tensor {name} has shape {found:?}, config.json asks for {expected:?}")]
    Shape {
        /// The file.
        path: PathBuf,
        /// The tensor.
        name: String,
        /// Its shape in the file.
        found: Vec<i64>,
        /// The shape that config.json asks for.
        expected: Vec<i64>,
    },
    /// The tokenizer makes ids that the word embeddings do not have.
    #[error("{path}: {pieces} pieces, but config.json has vocab_size {rows}; they are of different models")]
    Vocabulary {
        /// tokenizer.json or vocab.txt.
        path: PathBuf,
        /// Number of pieces of the tokenizer, added ones included.
        pieces: usize,
        /// `vocab_size` of config.json.
        rows: i64,
    },
    /// Training settings or documents that cannot be trained on.
    #[error("training: {cause}")]
    Training {
        /// What is wrong.
        cause: String,
    },
    /// libtorch or the tokenizer failed while it ran.
    #[error("the model failed: {cause}")]
    Run {
        /// What it said.
        cause: String,
    },
}
