use clinlink_encoder::{Batch, EncoderError, Piece, Row, device, int};
use clinlink_model::Segmenter;
use tch::{Kind, Tensor};

use super::Document;
use crate::meaning::Place;
use crate::pieces::{NotePieces, words};
use crate::recogniser::Recogniser;
use crate::scheme::{Scheme, Tag};
use crate::windows::windows;

/// A window with, for each of its pieces, the set of tags that the annotation allows, a bit a tag. The empty set
/// is for pieces that are not trained on: `[CLS]`, `[SEP]` and all pieces of a word but its first.
#[derive(Debug)]
pub(super) struct Example {
    pub row: Row,
    pub allowed: Vec<u64>,
    /// How often it is in a pass, on average.
    pub share: f64,
}

impl Example {
    /// Its input, with or without the matches of the dictionary.
    fn row(&self, with_matches: bool) -> Row {
        let mut row = self.row.clone();
        if !with_matches {
            row.types.fill(0);
        }
        row
    }
}

/// What one step is made of: examples, each with whether it shows the matches of the dictionary.
pub(super) type Drawn<'a> = Vec<(&'a Example, bool)>;

/// Cuts documents into windows of at most `limit` pieces.
pub(super) fn examples(
    documents: &[Document],
    segmenter: &dyn Segmenter,
    recogniser: &Recogniser,
    limit: usize,
) -> Result<Vec<Example>, EncoderError> {
    let mut out = Vec::new();
    for document in documents {
        let layout = segmenter.segment(&document.note);
        let pieces = [NotePieces::new(&recogniser.pieces, &document.note, &layout)?];
        let types = recogniser.types(&[(&document.note, &layout)], &pieces)?;
        let ([pieces], [types]) = (pieces, types.as_slice()) else { continue };
        let allowed = allowed(document, &pieces.pieces, &recogniser.scheme);
        for window in windows(&pieces, limit) {
            let mut sets = vec![0];
            sets.extend_from_slice(&allowed[window.clone()]);
            sets.push(0);
            // A window inside one long word teaches nothing, and the mean of no losses is no number.
            if sets.iter().all(|&set| set == 0) {
                continue;
            }
            let row = recogniser.row(&pieces.pieces[window.clone()], &types[window]);
            out.push(Example { row, allowed: sets, share: document.share });
        }
    }
    Ok(out)
}

/// The tags that each piece may have. A word belongs to a mention if they share a byte; of mentions that overlap
/// the first counts, and of those that start together the longest. A mention of a label that neither the model has nor
/// the corpus annotates says nothing: its words may have any tag. So a corpus marks what it is not sure of.
fn allowed(document: &Document, pieces: &[Piece], scheme: &Scheme) -> Vec<u64> {
    let mut mentions = document.mentions.clone();
    mentions.sort_by_key(|(span, _)| (span.start(), std::cmp::Reverse(span.end())));
    let outside = outside(document, scheme);
    let any = (1 << scheme.len()) - 1;
    let mut out = Vec::with_capacity(pieces.len());
    let (mut next, mut begun) = (0, false);
    for (pieces, word) in words(pieces) {
        while mentions.get(next).is_some_and(|(span, _)| span.end() <= word.start) {
            (next, begun) = (next + 1, false);
        }
        out.push(match mentions.get(next).filter(|(span, _)| span.start() < word.end) {
            Some(&(_, label)) => {
                let place = if begun { Place::Inside } else { Place::Begin };
                let is_it = |tag: &Tag| matches!(*tag, Tag::Word(at, kind) if at == place && scheme.label(kind) == label);
                let tag = scheme.tags().iter().position(is_it);
                begun = true;
                match tag {
                    Some(tag) => 1 << tag,
                    None if document.annotated.contains(&label) => outside,
                    None => any,
                }
            }
            None => outside,
        });
        out.resize(out.len() + pieces.len() - 1, 0);
    }
    out
}

/// Outside of the mentions: no entity that the corpus annotates.
fn outside(document: &Document, scheme: &Scheme) -> u64 {
    let mut set = 0;
    for (bit, tag) in scheme.tags().iter().enumerate() {
        let open = match *tag {
            Tag::Outside => true,
            Tag::Word(_, kind) => !document.annotated.contains(&scheme.label(kind)),
        };
        set |= u64::from(open) << bit;
    }
    set
}

/// A padded batch with what the loss needs.
#[derive(Debug)]
pub(super) struct TrainBatch {
    pub input: Batch,
    /// `[words, tags]`: 0 for an allowed tag, minus infinity for another.
    barred: Tensor,
    /// Indices of the words' first pieces in the flattened batch.
    words: Tensor,
    /// Number of words that are trained on.
    pub count: usize,
}

impl TrainBatch {
    pub fn new(examples: &Drawn, tags: usize, pad: u32) -> Self {
        let rows: Vec<Row> = examples.iter().map(|(example, shown)| example.row(*shown)).collect();
        let input = Batch::new(&rows.iter().collect::<Vec<_>>(), pad, 0);
        let (mut barred, mut words) = (Vec::new(), Vec::new());
        for (row, (example, _)) in examples.iter().enumerate() {
            for (piece, &set) in example.allowed.iter().enumerate().filter(|&(_, &set)| set != 0) {
                words.push(int(row * input.width + piece));
                barred.extend((0..tags).map(|t| if set >> t & 1 == 1 { 0.0 } else { f32::NEG_INFINITY }));
            }
        }
        let shape = [int(words.len()), int(tags)];
        let barred = Tensor::from_slice(&barred).view(shape).to_device(device());
        let count = words.len();
        Self { input, barred, words: Tensor::from_slice(&words).to_device(device()), count }
    }

    /// Mean over the words of `logsumexp(logits) - logsumexp(logits of the allowed tags)`, in nats: the negative
    /// logarithm of the probability that the model gives to the allowed tags together. Where one tag is allowed
    /// this is cross-entropy.
    pub fn loss(&self, logits: &Tensor) -> Tensor {
        let tags = self.barred.size()[1];
        let rows = logits.to_kind(Kind::Float).reshape([-1, tags]).index_select(0, &self.words);
        let all = rows.logsumexp([-1], false);
        let allowed = (rows + &self.barred).logsumexp([-1], false);
        (all - allowed).mean(Kind::Float)
    }
}
