use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::batch::int;
use crate::encoder::infer;
use crate::error::EncoderError;
use crate::term_encoder::TermEncoder;

/// Terms looked at for one query: enough for ten concepts of several terms each.
const NEAREST: usize = 100;

/// Queries compared with all terms at once.
const ROWS: usize = 256;

/// Held-out synonyms of one system, and the terms among which their concepts are looked for.
#[derive(Debug, Clone, Default)]
pub struct Quiz {
    /// The system.
    pub name: String,
    /// The terms that are not held out, each with the number of a concept that it names.
    pub terms: Vec<(String, u32)>,
    /// The held-out terms, each with the concepts that it names.
    pub queries: Vec<(String, Vec<u32>)>,
}

/// How often the right concept of a held-out synonym was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recall {
    /// The system.
    pub system: String,
    /// Terms searched.
    pub terms: usize,
    /// Held-out synonyms.
    pub queries: usize,
    /// Part of them whose concept came first, 0 to 1.
    pub at_1: f64,
    /// Part of them whose concept was among the first ten, 0 to 1.
    pub at_10: f64,
}

impl Quiz {
    /// How well `encoder` does: concepts are ranked by their nearest term.
    ///
    /// # Errors
    /// If the encoder fails.
    pub fn ask(&self, encoder: &TermEncoder) -> Result<Recall, EncoderError> {
        let terms: Vec<&str> = self.terms.iter().map(|(term, _)| term.as_str()).collect();
        let queries: Vec<&str> = self.queries.iter().map(|(term, _)| term.as_str()).collect();
        let (terms, queries) = (encoder.encode(&terms)?, encoder.encode(&queries)?);
        let width = encoder.dimensions();
        let terms = Tensor::from_slice(&terms).view([-1, int(width)]);
        let nearest = self.terms.len().min(NEAREST);
        let (mut first, mut in_ten) = (0, 0);
        for (queries, rows) in queries.chunks(ROWS * width).zip(self.queries.chunks(ROWS)) {
            let found = infer(|| {
                let queries = Tensor::from_slice(queries).view([-1, int(width)]);
                let (_, found) = queries.matmul(&terms.tr()).topk(int(nearest), 1, true, true);
                // A number below 2^24 is exact as a 32-bit float.
                found.to_kind(Kind::Float)
            })?;
            for (found, (_, right)) in found.chunks_exact(nearest).zip(rows) {
                if let Some(rank) = self.rank(found, right) {
                    first += usize::from(rank == 0);
                    in_ten += usize::from(rank < 10);
                }
            }
        }
        let part = |count: usize| count as f64 / self.queries.len().max(1) as f64;
        Ok(Recall {
            system: self.name.clone(),
            terms: self.terms.len(),
            queries: self.queries.len(),
            at_1: part(first),
            at_10: part(in_ten),
        })
    }

    /// How many concepts come before the first right one among the terms `found`, given by their numbers.
    #[expect(clippy::cast_sign_loss, reason = "they are numbers of terms")]
    fn rank(&self, found: &[f32], right: &[u32]) -> Option<usize> {
        let mut before: Vec<u32> = Vec::new();
        for &at in found {
            let concept = self.terms[at as usize].1;
            if right.contains(&concept) {
                return Some(before.len());
            }
            if !before.contains(&concept) {
                before.push(concept);
            }
        }
        None
    }
}
