//! Fine-tunes a BERT encoder to a token classifier.

mod calibration;
mod checkpoint;
mod epochs;
mod examples;
mod fingerprint;
mod page;
mod plan;
mod report;
mod review;
mod settings;

use std::sync::Arc;

use clinlink_model::{Label, Note, Segmenter, Span, Tagger};
use sha2::{Digest, Sha256};

pub use calibration::{Bin, Calibration};
pub use epochs::{taught, train};
pub use report::{EpochReport, LabelScore, TrainReport, evaluate};
pub use settings::TrainConfig;

/// A document with its gold mentions.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub note: Note,
    /// The mentions, in any order.
    pub mentions: Vec<(Span, Label)>,
    /// The labels that the corpus annotates. Of the others it says nothing: a word outside of all mentions may
    /// still be one of theirs, and training does not hold it against the model.
    pub annotated: Vec<Label>,
    /// How often each of its windows is trained on in a pass, on average: below 1 holds a large corpus back, above 1
    /// brings a small one forward.
    pub share: f64,
}

/// What a model is trained and judged on.
pub struct Data<'a> {
    /// The documents to learn from.
    pub train: &'a [Document],
    /// The documents held apart.
    pub dev: &'a [Document],
    /// Cuts them into sentences.
    pub segmenter: &'a dyn Segmenter,
    /// The dictionary whose matches the model sees as hints.
    pub gazetteer: Option<Arc<dyn Tagger>>,
}

/// How far training is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// A step is done.
    Step {
        /// Steps done, over all passes.
        done: usize,
        /// Steps in all.
        total: usize,
        /// Its loss, in nats a word.
        loss: f64,
    },
    /// A pass is done, now or before the run was taken up again.
    Pass {
        /// Its number, from 1.
        pass: usize,
        /// Its mean loss, in nats a word.
        loss: f64,
        /// Mean of the labels' F1 on the documents held apart.
        f1: f64,
    },
}

/// Whether the document of this id is held out of training, as about one in ten is: those of which the first byte
/// of the SHA-256 of the id (UTF-8) is below 26. The rule needs no list and holds for every corpus alike.
pub fn is_held_out(id: &str) -> bool {
    Sha256::digest(id.as_bytes())[0] < 26
}
