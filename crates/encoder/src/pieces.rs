use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokenizers::Tokenizer;

use crate::batch::Row;
use crate::config::read_text;
use crate::error::EncoderError;

/// A WordPiece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its number in the tokenizer.
    pub id: u32,
    /// First byte in the text.
    pub start: u32,
    /// Byte after the last one.
    pub end: u32,
    /// Whether a word starts here. A word is what the tokenizer's pre-tokenizer splits off: for BERT a run of
    /// letters and digits, or one punctuation mark.
    pub first: bool,
}

/// WordPiece with offsets in bytes of the unaltered text.
#[derive(Debug)]
pub struct PieceMaker {
    tokenizer: Tokenizer,
    cls: u32,
    sep: u32,
    /// The piece that rows of a batch are padded with.
    pub pad: u32,
    /// Where it was read from.
    pub(crate) file: PathBuf,
}

impl PieceMaker {
    /// Reads tokenizer.json in `folder` or, where there is none, vocab.txt. Truncation and padding, which some models bake
    /// in, are switched off.
    ///
    /// # Errors
    /// If neither is there, or the file is broken or lacks a special piece.
    pub fn load(folder: &Path) -> Result<Self, EncoderError> {
        let (path, vocabulary) = (folder.join("tokenizer.json"), folder.join("vocab.txt"));
        if path.is_file() {
            let tokenizer = Tokenizer::from_file(&path);
            Self::new(tokenizer.map_err(|e| fault(&path, e.to_string()))?, &path)
        } else if vocabulary.is_file() {
            Self::new(from_vocabulary(&vocabulary)?, &vocabulary)
        } else {
            Err(EncoderError::Missing { path })
        }
    }

    fn new(mut tokenizer: Tokenizer, path: &Path) -> Result<Self, EncoderError> {
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|e| fault(path, e.to_string()))?;
        let special = |name: &str| {
            tokenizer.token_to_id(name).ok_or_else(|| fault(path, format!("the piece {name} is missing")))
        };
        let (cls, sep, pad) = (special("[CLS]")?, special("[SEP]")?, special("[PAD]")?);
        Ok(Self { tokenizer, cls, sep, pad, file: path.to_owned() })
    }

    /// Number of pieces, added ones included.
    #[expect(clippy::len_without_is_empty, reason = "there are always special pieces")]
    pub fn len(&self) -> usize {
        self.tokenizer.get_vocab_size(true)
    }

    /// Writes tokenizer.json without truncation and padding.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), EncoderError> {
        self.tokenizer.save(path, false).map_err(|e| EncoderError::Write {
            path: path.to_owned(),
            source: std::io::Error::other(e.to_string()),
        })
    }

    /// The pieces of `text`.
    ///
    /// # Errors
    /// If the tokenizer fails; its message is left out, since it may quote the text.
    pub fn pieces(&self, text: &str) -> Result<Vec<Piece>, EncoderError> {
        let encoding = self
            .tokenizer
            .encode(text, false)
            .map_err(|_| EncoderError::Run { cause: "tokenizer: a text that it cannot cut".to_owned() })?;
        let mut last_word = None;
        let found = encoding.get_ids().iter().zip(encoding.get_offsets()).zip(encoding.get_word_ids());
        let piece = |((&id, &(start, end)), &word): ((&u32, &(usize, usize)), &Option<u32>)| {
            let first = word.is_none() || word != last_word;
            last_word = word;
            Piece { id, start: start as u32, end: end as u32, first }
        };
        Ok(found.map(piece).collect())
    }

    /// A row of the model's input: `[CLS]`, `pieces`, `[SEP]`. The special pieces have type 0.
    pub fn row(&self, pieces: impl Iterator<Item = (u32, u8)>) -> Row {
        let mut row = Row { ids: vec![self.cls], types: vec![0] };
        for (id, kind) in pieces {
            row.ids.push(id);
            row.types.push(kind);
        }
        row.ids.push(self.sep);
        row.types.push(0);
        row
    }

    /// The pieces of one letter or digit of ASCII.
    pub(crate) fn letters(&self) -> HashSet<u32> {
        let vocabulary = self.tokenizer.get_vocab(false);
        let is_letter = |piece: &str| {
            let letter = piece.strip_prefix("##").unwrap_or(piece);
            letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        vocabulary.into_iter().filter(|(piece, _)| is_letter(piece)).map(|(_, id)| id).collect()
    }

    /// A tokenizer of the pieces `kept` (in the order of their ids) and its special ones, and the old id of each new
    /// one. A word whose longest piece is gone is cut into shorter ones.
    ///
    /// # Errors
    /// If the tokenizer is no `WordPiece`.
    pub(crate) fn pruned(&self, kept: &[u32]) -> Result<(Self, Vec<u32>), EncoderError> {
        let path = Path::new("tokenizer.json");
        let broken = |cause: &str| fault(path, cause.to_owned());
        let mut content = serde_json::to_value(&self.tokenizer).map_err(|e| broken(&e.to_string()))?;
        let added = content["added_tokens"].as_array().cloned().unwrap_or_default();
        let special: Vec<u32> = added
            .iter()
            .filter_map(|token| token["id"].as_u64())
            .filter_map(|id| id.try_into().ok())
            .collect();
        let mut old: Vec<u32> = kept.iter().chain(&special).copied().collect();
        old.sort_unstable();
        old.dedup();
        let new_id = |id: u64| old.binary_search(&u32::try_from(id).unwrap_or(u32::MAX)).ok();
        let vocab = content["model"]["vocab"].as_object_mut().ok_or_else(|| broken("it is no WordPiece"))?;
        vocab.retain(|_, id| match id.as_u64().and_then(new_id) {
            Some(new) => {
                *id = json!(new);
                true
            }
            None => false,
        });
        for token in content["added_tokens"].as_array_mut().into_iter().flatten() {
            if let Some(new) = token["id"].as_u64().and_then(new_id) {
                token["id"] = json!(new);
            }
        }
        // It adds the special pieces by their old ids; rows get them by name here.
        content["post_processor"] = Value::Null;
        let bytes = serde_json::to_vec(&content).map_err(|e| broken(&e.to_string()))?;
        let tokenizer = Tokenizer::from_bytes(bytes).map_err(|e| broken(&e.to_string()))?;
        Ok((Self::new(tokenizer, path)?, old))
    }
}

/// The tokenizer that Python transformers makes of a BERT's vocab.txt, a piece a line, and of the `tokenizer_config.json`
/// beside it, if there is one.
fn from_vocabulary(path: &Path) -> Result<Tokenizer, EncoderError> {
    let vocab: BTreeMap<String, usize> =
        read_text(path)?.lines().map(|line| line.trim_end().to_owned()).zip(0..).collect();
    let settings = path.with_file_name("tokenizer_config.json");
    let settings: Value = if settings.is_file() {
        serde_json::from_str(&read_text(&settings)?)
            .map_err(|cause| EncoderError::Json { path: settings, cause })?
    } else {
        Value::Null
    };
    let flag = |name: &str| settings[name].as_bool();
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].into_iter().filter_map(|name| {
        let id = vocab.get(name)?;
        Some(json!({ "id": id, "content": name, "single_word": false, "lstrip": false, "rstrip": false,
                     "normalized": false, "special": true }))
    });
    let content = json!({
        "version": "1.0",
        "added_tokens": special.collect::<Vec<_>>(),
        "normalizer": { "type": "BertNormalizer", "clean_text": true,
                        "handle_chinese_chars": flag("tokenize_chinese_chars").unwrap_or(true),
                        "strip_accents": flag("strip_accents"),
                        "lowercase": flag("do_lower_case").unwrap_or(true) },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                   "max_input_chars_per_word": 100, "vocab": vocab },
    });
    Tokenizer::from_bytes(content.to_string()).map_err(|e| fault(path, e.to_string()))
}

fn fault(path: &Path, cause: String) -> EncoderError {
    EncoderError::Tokenizer { path: path.to_owned(), cause }
}
