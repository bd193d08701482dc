use std::path::Path;

use clinlink_model::{Layout, Note};
use tokenizers::Tokenizer;

use crate::error::NerError;

/// A WordPiece of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub id: u32,
    /// First byte in the note's text.
    pub start: u32,
    /// Byte after the last one.
    pub end: u32,
    /// Whether a word starts here. A word is what the tokenizer's pre-tokenizer splits off: for BERT a run of
    /// letters and digits, or one punctuation mark.
    pub first: bool,
}

/// The pieces of a note, sentence by sentence.
#[derive(Debug, Default)]
pub(crate) struct NotePieces {
    pub pieces: Vec<Piece>,
    /// The end of each sentence, as an index into `pieces`. Sentences without pieces are left out.
    pub ends: Vec<usize>,
}

/// WordPiece with offsets in bytes of the unaltered text.
#[derive(Debug)]
pub(crate) struct PieceMaker {
    tokenizer: Tokenizer,
    pub cls: u32,
    pub sep: u32,
    pub pad: u32,
}

impl PieceMaker {
    /// Reads tokenizer.json. Truncation and padding, which some models bake in, are switched off.
    pub fn load(path: &Path) -> Result<Self, NerError> {
        if !path.is_file() {
            return Err(NerError::Missing { path: path.to_owned() });
        }
        let fault = |cause: String| NerError::Tokenizer { path: path.to_owned(), cause };
        let mut tokenizer = Tokenizer::from_file(path).map_err(|e| fault(e.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|e| fault(e.to_string()))?;
        let special = |name: &str| {
            tokenizer.token_to_id(name).ok_or_else(|| fault(format!("the piece {name} is missing")))
        };
        let (cls, sep, pad) = (special("[CLS]")?, special("[SEP]")?, special("[PAD]")?);
        Ok(Self { tokenizer, cls, sep, pad })
    }

    /// Number of pieces, added ones included.
    pub fn len(&self) -> usize {
        self.tokenizer.get_vocab_size(true)
    }

    /// Writes tokenizer.json without truncation and padding.
    pub fn save(&self, path: &Path) -> Result<(), NerError> {
        self.tokenizer.save(path, false).map_err(|e| NerError::Write {
            path: path.to_owned(),
            source: std::io::Error::other(e.to_string()),
        })
    }

    /// The pieces of the sentences of a note.
    pub fn pieces(&self, note: &Note, layout: &Layout) -> Result<NotePieces, NerError> {
        let mut out = NotePieces::default();
        for sentence in &layout.sentences {
            let before = out.pieces.len();
            let from = sentence.span.start() as u32;
            let encoding = self.tokenizer.encode(&note[sentence.span], false).map_err(|_| NerError::Run {
                cause: format!("tokenizer: note {}, byte {from}", note.id()),
            })?;
            let mut last_word = None;
            let words = encoding.get_word_ids();
            for ((&id, &(start, end)), &word) in
                encoding.get_ids().iter().zip(encoding.get_offsets()).zip(words)
            {
                let first = word.is_none() || word != last_word;
                last_word = word;
                out.pieces.push(Piece { id, start: from + start as u32, end: from + end as u32, first });
            }
            if out.pieces.len() > before {
                out.ends.push(out.pieces.len());
            }
        }
        Ok(out)
    }
}
