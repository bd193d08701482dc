//! The BERT encoder that the recogniser and the linker share: word pieces, weights, the forward pass on libtorch; and
//! vectors of terms ([`TermEncoder`]) with their training ([`train`]).
//!
//! This crate and `clinlink-ner` are the only ones that name `tch` and `rust-bert`.
//!
//! A term's vector is the mean of what the encoder's last layer gives for its pieces, `[CLS]` and `[SEP]` included, put
//! through a linear layer to fewer dimensions and scaled to length 1: two terms are as alike as the product of their
//! vectors. Terms are given in normal form, so that case, plurals and British spelling need not be learnt.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod batch;
mod config;
mod device;
mod encoder;
mod error;
mod int8;
mod pieces;
mod random;
mod term_encoder;
pub mod train;
mod weights;

pub use batch::{Batch, Row, int};
pub use config::{EncoderConfig, read_text, write_text};
pub use device::{batch_pieces, device};
pub use encoder::{Encoder, Linear, Precision, TensorReader, infer};
pub use error::EncoderError;
pub use pieces::{Piece, PieceMaker};
pub use random::Random;
pub use term_encoder::TermEncoder;
pub use weights::{
    LAYER, Storage, TOKEN_TYPES, layer as layer_of, read as read_weights, sha256_of, weights_file,
    write as write_weights,
};

/// Sets the number of threads that libtorch uses within one operation, for the whole process. A pipeline with
/// several workers sets 1, so that the workers do not fight over the cores.
pub fn set_threads(count: usize) {
    tch::set_num_threads(i32::try_from(count.max(1)).unwrap_or(i32::MAX));
}
