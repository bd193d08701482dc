use std::ops::Range;

use clinlink_encoder::{EncoderError, Piece, PieceMaker};
use clinlink_model::{Layout, Note};

/// The pieces of a note, sentence by sentence. Places are those in the note's text.
#[derive(Debug, Default)]
pub(crate) struct NotePieces {
    pub pieces: Vec<Piece>,
    /// The end of each sentence, as an index into `pieces`. Sentences without pieces are left out.
    pub ends: Vec<usize>,
}

impl NotePieces {
    /// The pieces of the sentences of a note.
    pub fn new(maker: &PieceMaker, note: &Note, layout: &Layout) -> Result<Self, EncoderError> {
        let mut out = Self::default();
        for sentence in &layout.sentences {
            let before = out.pieces.len();
            let from = sentence.span.start() as u32;
            let pieces = maker.pieces(&note[sentence.span]).map_err(|_| EncoderError::Run {
                cause: format!("tokenizer: note {}, byte {from}", note.id()),
            })?;
            let placed = |piece: Piece| Piece { start: from + piece.start, end: from + piece.end, ..piece };
            out.pieces.extend(pieces.into_iter().map(placed));
            if out.pieces.len() > before {
                out.ends.push(out.pieces.len());
            }
        }
        Ok(out)
    }
}

/// The words that pieces make up: of each its pieces, and its bytes in the note.
pub(crate) fn words(pieces: &[Piece]) -> impl Iterator<Item = (&[Piece], Range<usize>)> {
    let words = pieces.chunk_by(|_, next| !next.first);
    words.map(|word| (word, word[0].start as usize..word[word.len() - 1].end as usize))
}
