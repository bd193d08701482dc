use std::collections::BTreeMap;
use std::path::Path;

use tch::{Kind, Tensor};

use crate::batch::{Batch, Row};
use crate::config::EncoderConfig;
use crate::device::batch_pieces;
use crate::encoder::{Encoder, Linear, Precision, TensorReader, infer};
use crate::error::EncoderError;
use crate::pieces::PieceMaker;
use crate::weights::{PROJECTION, weights_file};

/// Pieces of a term at most, without `[CLS]` and `[SEP]`; the rest of a longer one is left out.
pub(crate) const MOST_PIECES: usize = 24;

/// Pieces a batch on a CPU, padding included.
const BATCH_PIECES: usize = 2048;

/// Makes vectors of terms, alike for terms that mean alike. Shared by all threads.
#[derive(Debug)]
pub struct TermEncoder {
    pieces: PieceMaker,
    model: TermModel,
    most_pieces: usize,
    version: String,
}

impl TermEncoder {
    /// Opens a Hugging Face folder of a BERT encoder: config.json, tokenizer.json (or vocab.txt) and model.safetensors.
    ///
    /// # Errors
    /// If a file is missing, broken or a pickle, if the model is no BERT, or if the files do not belong together.
    pub fn load(folder: &Path, precision: Precision) -> Result<Self, EncoderError> {
        if !folder.is_dir() {
            return Err(EncoderError::Missing { path: folder.to_owned() });
        }
        let config = EncoderConfig::load(folder)?;
        let pieces = PieceMaker::load(folder)?;
        config.check_pieces(&pieces)?;
        let weights = config.read_weights()?;
        let path = weights_file(folder);
        let reader = TensorReader { weights: &weights, kind: precision.kind(), path: &path };
        let model = TermModel::new(&config, &reader)?;
        let most_pieces = config.most_pieces()?.min(MOST_PIECES);
        let version = config.version(&pieces)?;
        Ok(Self { pieces, model, most_pieces, version })
    }

    /// See [`EncoderConfig::version`].
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Numbers a vector.
    pub fn dimensions(&self) -> usize {
        self.model.dimensions
    }

    /// The vectors of `terms`, one after another, each of length 1. Equal terms are computed once.
    ///
    /// In other company a term may be padded otherwise, which changes the last digits of its vector.
    ///
    /// # Errors
    /// If the tokenizer or libtorch fails.
    pub fn encode<T: AsRef<str>>(&self, terms: &[T]) -> Result<Vec<f32>, EncoderError> {
        let mut same: BTreeMap<Row, Vec<usize>> = BTreeMap::new();
        for (at, term) in terms.iter().enumerate() {
            same.entry(row(&self.pieces, term.as_ref(), self.most_pieces)?).or_default().push(at);
        }
        let mut todo: Vec<(Row, Vec<usize>)> = same.into_iter().collect();
        // Rows of like length go together, so that little is spent on padding.
        todo.sort_by_key(|(row, _)| row.ids.len());
        let mut vectors = vec![0.0; terms.len() * self.dimensions()];
        let mut rest = todo.as_slice();
        while let Some((longest, _)) = rest.last() {
            let rows = (batch_pieces(BATCH_PIECES) / longest.ids.len()).clamp(1, rest.len());
            let (before, now) = rest.split_at(rest.len() - rows);
            self.run(now, &mut vectors)?;
            rest = before;
        }
        Ok(vectors)
    }

    fn run(&self, rows: &[(Row, Vec<usize>)], vectors: &mut [f32]) -> Result<(), EncoderError> {
        let input: Vec<&Row> = rows.iter().map(|(row, _)| row).collect();
        let batch = Batch::new(&input, self.pieces.pad, 0);
        let found = infer(|| self.model.vectors(&batch))?;
        let dimensions = self.dimensions();
        for ((_, places), vector) in rows.iter().zip(found.chunks_exact(dimensions)) {
            for at in places {
                vectors[at * dimensions..(at + 1) * dimensions].copy_from_slice(vector);
            }
        }
        Ok(())
    }
}

/// The model's input for a term of at most `most` pieces.
pub(crate) fn row(pieces: &PieceMaker, term: &str, most: usize) -> Result<Row, EncoderError> {
    let found = pieces.pieces(term)?;
    Ok(pieces.row(found.iter().take(most).map(|piece| (piece.id, 0))))
}

/// An encoder with, where its file has one, a linear layer on the mean of a term's pieces.
#[derive(Debug)]
pub(crate) struct TermModel {
    encoder: Encoder,
    projection: Option<Linear>,
    dimensions: usize,
}

impl TermModel {
    pub(crate) fn new(config: &EncoderConfig, reader: &TensorReader<'_>) -> Result<Self, EncoderError> {
        let encoder = Encoder::new(config, reader)?;
        let hidden = config.bert.hidden_size;
        // A number or a matrix without rows is refused by its shape below.
        let rows = |weight: &Tensor| weight.size().first().map_or(1, |&rows| rows.max(1));
        let out = reader.weights.get(&format!("{PROJECTION}.weight")).map(rows);
        // The mean is taken in 32 bits, and so is what comes after it.
        let exact = TensorReader { kind: Kind::Float, ..*reader };
        let projection = out.map(|out| exact.linear(PROJECTION, out, hidden)).transpose()?;
        let dimensions = usize::try_from(out.unwrap_or(hidden)).unwrap_or_default();
        Ok(Self { encoder, projection, dimensions })
    }

    /// The same for training, with dropout: see [`Encoder::with_dropout`].
    pub(crate) fn with_dropout(self, dropout: f64) -> Self {
        Self { encoder: self.encoder.with_dropout(dropout), ..self }
    }

    /// The vectors of a batch of terms, `[rows, dimensions]`, each of length 1.
    pub(crate) fn vectors(&self, batch: &Batch) -> Tensor {
        let hidden = self.encoder.hidden(batch).to_kind(Kind::Float);
        let mask = batch.mask.unsqueeze(-1).to_kind(Kind::Float);
        let count = mask.sum_dim_intlist([1_i64].as_slice(), false, Kind::Float);
        let mean = (hidden * mask).sum_dim_intlist([1_i64].as_slice(), false, Kind::Float) / count;
        let vectors = match &self.projection {
            Some(projection) => projection.apply(&mean),
            None => mean,
        };
        let length = vectors.square().sum_dim_intlist([1_i64].as_slice(), true, Kind::Float).sqrt();
        vectors / length.clamp_min(1e-9)
    }
}
