use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use clinlink_encoder::{
    Batch, EncoderError, Piece, PieceMaker, Precision, Row, batch_pieces, int, weights_file,
};
use clinlink_model::{Label, Layout, Mention, MentionSource, Note, Span, TagError, Tagger};
use tch::Tensor;

use crate::config::ModelConfig;
use crate::decode::decode;
use crate::matches::MatchTypes;
use crate::meaning::Meaning;
use crate::pieces::{NotePieces, words};
use crate::scheme::Scheme;
use crate::tag_model::TagModel;
use crate::windows::windows;

/// Pieces a window, without `[CLS]` and `[SEP]`: what the default model was trained on. The cost of attention grows
/// with the square of it.
pub(crate) const WINDOW: usize = 192;

/// Pieces a batch on a CPU, padding included. Four times as many take 190 MiB more and are no faster.
const BATCH_PIECES: usize = 1024;

/// Finds mentions with a BERT token classifier.
pub struct Recogniser {
    pub(crate) pieces: PieceMaker,
    pub(crate) model: TagModel,
    pub(crate) scheme: Scheme,
    matches: MatchTypes,
    gazetteer: Option<Arc<dyn Tagger>>,
    window: usize,
    /// The least score of a mention.
    least: f32,
}

impl std::fmt::Debug for Recogniser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recogniser")
            .field("model", &self.model)
            .field("scheme", &self.scheme)
            .field("has_gazetteer", &self.gazetteer.is_some())
            .finish_non_exhaustive()
    }
}

impl Recogniser {
    /// Opens a Hugging Face folder of a BERT token classifier: config.json, tokenizer.json (or vocab.txt) and
    /// model.safetensors, which may be in several files (32-bit, 16-bit or bfloat16 floats, or this crate's 8-bit integers).
    ///
    /// `labels` says what the model's outputs (`LABEL_1`) or its own entity names (`id2label` without `B-` and `I-`) stand
    /// for. It goes before [`Label::from_name`].
    ///
    /// # Errors
    /// If a file is missing, broken or a pickle, if the model is no BERT, if the files do not belong together, if nothing
    /// says what an entity stands for, or `labels` has a name that is none of the model's.
    pub fn load(
        folder: &Path,
        labels: &BTreeMap<String, Meaning>,
        precision: Precision,
    ) -> Result<Self, EncoderError> {
        if !folder.is_dir() {
            return Err(EncoderError::Missing { path: folder.to_owned() });
        }
        let config = ModelConfig::load(folder)?;
        let scheme = Scheme::from_names(&config.label_names()?, labels, &config.encoder.path)?;
        let pieces = PieceMaker::load(folder)?;
        let weights = config.encoder.read_weights()?;
        Self::new(&config, pieces, scheme, &weights, precision, folder)
    }

    /// A recogniser with the given weights, which come from `folder`.
    pub(crate) fn new(
        config: &ModelConfig,
        pieces: PieceMaker,
        scheme: Scheme,
        weights: &BTreeMap<String, Tensor>,
        precision: Precision,
        folder: &Path,
    ) -> Result<Self, EncoderError> {
        config.encoder.check_pieces(&pieces)?;
        let window = config.encoder.most_pieces()?.min(WINDOW);
        let path = weights_file(folder);
        let model = TagModel::new(config, int(scheme.len()), weights, precision, &path)?;
        let matches = config.matches.clone();
        Ok(Self { pieces, model, scheme, matches, gazetteer: None, window, least: config.least as f32 })
    }

    /// The same recogniser with a dictionary whose matches the model sees, if it was trained to: see `matches.rs`.
    #[must_use]
    pub fn with_gazetteer(mut self, gazetteer: Arc<dyn Tagger>) -> Self {
        self.gazetteer = Some(gazetteer).filter(|_| !self.matches.is_empty());
        self
    }

    /// The mentions of each note, or the first error.
    pub(crate) fn mentions(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, EncoderError> {
        Ok(self.decode(batch, &self.read(batch)?, None, self.least))
    }

    /// What the model says of each note, before mentions are made of it.
    pub(crate) fn read(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Reading>, EncoderError> {
        let notes = batch.iter().map(|(note, layout)| NotePieces::new(&self.pieces, note, layout));
        let notes = notes.collect::<Result<Vec<_>, _>>()?;
        let types = self.types(batch, &notes)?;
        let mut emissions: Vec<Emissions> =
            notes.iter().map(|note| Emissions::new(note.pieces.len(), self.scheme.len())).collect();
        // Text that is copied from note to note is computed once.
        let mut same: BTreeMap<Row, Vec<Place>> = BTreeMap::new();
        for (note, pieces) in notes.iter().enumerate() {
            for window in windows(pieces, self.window) {
                let row = self.row(&pieces.pieces[window.clone()], &types[note][window.clone()]);
                same.entry(row).or_default().push(Place { note, window });
            }
        }
        let mut todo: Vec<(Row, Vec<Place>)> = same.into_iter().collect();
        // Windows of like length go together, so that little is spent on padding.
        todo.sort_by_key(|(row, _)| row.ids.len());
        let mut rest = todo.as_slice();
        while let Some((longest, _)) = rest.last() {
            let rows = (batch_pieces(BATCH_PIECES) / longest.ids.len()).clamp(1, rest.len());
            let (before, now) = rest.split_at(rest.len() - rows);
            self.run(now, &mut emissions)?;
            rest = before;
        }
        let readings = notes.into_iter().zip(emissions);
        Ok(readings.map(|(pieces, emissions)| Reading { pieces, emissions }).collect())
    }

    /// The mentions with a score of at least `least` of notes as the model read them, with its logits divided by
    /// `temperature` once more.
    pub(crate) fn decode(
        &self,
        batch: &[(&Note, &Layout)],
        readings: &[Reading],
        temperature: Option<f64>,
        least: f32,
    ) -> Vec<Vec<Mention>> {
        let decode = |((note, _), reading): (&(&Note, &Layout), &Reading)| {
            self.decode_note(note, reading, temperature, least)
        };
        batch.iter().zip(readings).map(decode).collect()
    }

    /// The token types of the pieces of each note: what the gazetteer finds there.
    pub(crate) fn types(
        &self,
        batch: &[(&Note, &Layout)],
        notes: &[NotePieces],
    ) -> Result<Vec<Vec<u8>>, EncoderError> {
        let Some(gazetteer) = &self.gazetteer else {
            return Ok(notes.iter().map(|note| vec![0; note.pieces.len()]).collect());
        };
        let found = gazetteer.tag(batch).map_err(|e| EncoderError::Run { cause: e.cause })?;
        let types = |(note, found): (&NotePieces, Vec<Mention>)| {
            let matches: Vec<(Span, Label)> = found.iter().map(|m| (m.span, m.label)).collect();
            self.matches.of(&note.pieces, &matches)
        };
        Ok(notes.iter().zip(found).map(types).collect())
    }

    fn run(&self, rows: &[(Row, Vec<Place>)], emissions: &mut [Emissions]) -> Result<(), EncoderError> {
        let input: Vec<&Row> = rows.iter().map(|(row, _)| row).collect();
        let batch = Batch::new(&input, self.pieces.pad, self.window + 2);
        let tags = self.scheme.len();
        let log_probs = self.model.log_probs(&batch)?;
        for ((_, places), log_probs) in rows.iter().zip(log_probs.chunks_exact(batch.width * tags)) {
            for Place { note, window } in places {
                emissions[*note].merge(window, &log_probs[tags..]);
            }
        }
        Ok(())
    }

    /// A window's input: `[CLS]`, its pieces, `[SEP]`, with the types of the pieces.
    pub(crate) fn row(&self, pieces: &[Piece], types: &[u8]) -> Row {
        self.pieces.row(pieces.iter().map(|piece| piece.id).zip(types.iter().copied()))
    }

    fn decode_note(
        &self,
        note: &Note,
        reading: &Reading,
        temperature: Option<f64>,
        least: f32,
    ) -> Vec<Mention> {
        let Reading { pieces, emissions } = reading;
        let mut out = Vec::new();
        let mut start = 0;
        for &end in &pieces.ends {
            let words: Vec<Range<usize>> = words(&pieces.pieces[start..end]).map(|(_, word)| word).collect();
            let firsts = (start..end).filter(|&at| pieces.pieces[at].first);
            let mut log_probs: Vec<f32> = firsts.flat_map(|at| emissions.row(at)).copied().collect();
            if let Some(temperature) = temperature {
                for row in log_probs.chunks_exact_mut(self.scheme.len()) {
                    temper(row, temperature as f32);
                }
            }
            for run in decode(&self.scheme, &log_probs, least) {
                let range = words[run.start].start..words[run.end - 1].end;
                // The tokenizer's offsets are on character boundaries; should they not be, there is no mention.
                if let Ok(span) = note.span(range)
                    && !span.is_empty()
                {
                    out.push(Mention { span, label: run.label, score: run.score, by: MentionSource::Model });
                }
            }
            start = end;
        }
        out
    }
}

impl Tagger for Recogniser {
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError> {
        self.mentions(batch).map_err(|e| TagError { cause: e.to_string() })
    }
}

/// What the model says of a note.
pub(crate) struct Reading {
    pieces: NotePieces,
    emissions: Emissions,
}

/// Divides logarithms of probabilities, or logits, by `temperature`, and makes them those of probabilities again.
fn temper(row: &mut [f32], temperature: f32) {
    for p in &mut *row {
        *p /= temperature;
    }
    let greatest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total = greatest + row.iter().map(|p| (p - greatest).exp()).sum::<f32>().ln();
    for p in row {
        *p -= total;
    }
}

/// A window, as a range of the pieces of a note of the batch.
struct Place {
    note: usize,
    window: Range<usize>,
}

/// The log-probabilities of a note's pieces, each from the window in which the piece stands furthest from an edge.
struct Emissions {
    tags: usize,
    rows: Vec<f32>,
    /// Distance from the nearer edge of its window, plus one; 0 for a piece that no window has held yet.
    depth: Vec<usize>,
}

impl Emissions {
    fn new(pieces: usize, tags: usize) -> Self {
        Self { tags, rows: vec![0.0; pieces * tags], depth: vec![0; pieces] }
    }

    fn row(&self, piece: usize) -> &[f32] {
        &self.rows[piece * self.tags..(piece + 1) * self.tags]
    }

    fn merge(&mut self, window: &Range<usize>, log_probs: &[f32]) {
        for (at, row) in window.clone().zip(log_probs.chunks_exact(self.tags)) {
            let depth = (at - window.start).min(window.end - 1 - at) + 1;
            if depth > self.depth[at] {
                self.depth[at] = depth;
                self.rows[at * self.tags..(at + 1) * self.tags].copy_from_slice(row);
            }
        }
    }
}
