//! The `ner` stage: finds mentions with a BERT token classifier on libtorch, and trains such classifiers.
//!
//! What happens to a note, in order:
//!
//! 1. Each sentence of the layout is cut into `WordPiece` pieces with offsets in bytes of the unaltered text.
//! 2. Whole sentences are packed into windows of up to 192 pieces. A longer sentence is cut into windows that
//!    overlap by a quarter; a piece counts from the window in which it stands furthest from an edge.
//! 3. Windows of all notes of a batch run through the model, those of like length together.
//! 4. A word, which is a run of letters and digits or one punctuation mark, takes the output of its first piece.
//!    So a mention never starts or ends inside a word, and never in white space.
//! 5. The score of a mention is the probability of its borders and label over all sequences of tags of the sentence in which
//!    `I-X` follows only `B-X` or `I-X` (IOBES and BILOU likewise: `scheme.rs`). Mentions that are likely enough are kept; of two that share words the likelier.
//!
//! Example: in `Lithium-induced tremor.` the words `Lithium` and `tremor` become a chemical and a disease.
//!
//! Training runs rust-bert's model; inference runs the forward pass of `clinlink-encoder` on the same weights, in the
//! [precision](clinlink_encoder::Precision) that the pipeline asks for. Windows with the same pieces are computed once a
//! batch.
//!
//! The same notes give the same mentions, whatever the number of threads. In other company a window may be padded
//! otherwise: over 300 notes in batches of 1,024 and of 4,096 pieces, 5 of 9,565 mentions differed in bfloat16, and no
//! score by more than 0.031.
//!
//! A model may see the matches of a dictionary as hints (`matches.rs`); scores are calibrated by one temperature.
//!
//! Of the layout only the sentences are used.
//!
//! Measured, strict spans with the model of the pipeline `default` in 8-bit integers (see its `MODEL_CARD.md`): on 60 notes
//! F1 0.910 for diseases, 0.894 for chemicals, 0.824 for procedures, 0.734 for anatomy; on the held-out abstracts of
//! BC5CDR 0.846 for diseases and 0.939 for chemicals, of NCBI disease 0.881.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod classifier;
mod config;
mod convert;
mod decode;
mod matches;
mod meaning;
mod pieces;
mod recogniser;
mod scheme;
mod tag_model;
pub mod train;
mod windows;

pub use convert::convert;
pub use meaning::{Meaning, Place};
pub use recogniser::Recogniser;
