use std::path::{Path, PathBuf};

use clinlink_encoder::{Precision, TermEncoder};
use clinlink_model::Via;
use clinlink_vocab::{Pack, Posting, normal_form};
use serde::{Deserialize, Serialize};

use super::error::VectorError;
use super::vectors::{Near, TermVectors};
use crate::hits::Hits;
use crate::likeness::are_contrary;
use crate::query::Query;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// Settings of dense retrieval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenseConfig {
    /// The folder of the encoder of terms, relative to the pipeline's.
    pub model: PathBuf,
    /// Terms less like a mention than this (a cosine, at most 1) are no candidates. Default 0.8: below, more ordinary
    /// phrases are linked, above, fewer mentions (`README.md` of the crate).
    #[serde(default = "default_least")]
    pub least: f32,
    /// At most this many terms are candidates. Default 8.
    #[serde(default = "default_nearest")]
    pub nearest: usize,
    /// How exactly the encoder reckons.
    #[serde(default)]
    pub precision: Precision,
}

fn default_least() -> f32 {
    0.8
}

fn default_nearest() -> usize {
    8
}

/// Finds the terms of a pack that mean what a mention says.
#[derive(Debug)]
pub struct Dense {
    encoder: TermEncoder,
    vectors: TermVectors,
    config: DenseConfig,
}

impl Dense {
    /// Opens the encoder in the folder `model` and the vectors that it made of `pack`, which are in the folder `vectors`.
    ///
    /// # Errors
    /// If either is missing or damaged, or if the vectors are of another encoder or pack.
    pub fn open(config: DenseConfig, model: &Path, vectors: &Path, pack: &Pack) -> Result<Self, VectorError> {
        let encoder = TermEncoder::load(model, config.precision)?;
        let vectors = TermVectors::open(vectors, pack, &encoder)?;
        Ok(Self { encoder, vectors, config })
    }

    /// The terms near to each of `texts`, nearest first.
    ///
    /// # Errors
    /// If the encoder fails.
    pub fn nearest(&self, texts: &[&str]) -> Result<Vec<Vec<Near>>, VectorError> {
        let forms: Vec<String> = texts.iter().map(|text| normal_form(text)).collect();
        let mut found = self.vectors.nearest(&self.encoder.encode(&forms)?, self.config.nearest);
        for near in &mut found {
            near.retain(|near| near.cosine >= self.config.least);
        }
        Ok(found)
    }
}

impl Source for Dense {
    fn need(&self) -> Need {
        Need::Nil
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        self.find_all(&mut [(query, hits)], with);
    }

    fn find_all(&self, asked: &mut [(&Query<'_>, &mut Hits)], with: &Knowledge) {
        // Of a word that no term has, the encoder sees pieces: `carpet` is near to what begins like it.
        let mut asked: Vec<_> = asked.iter_mut().filter(|(_, hits)| hits.form.contains(' ')).collect();
        if asked.is_empty() {
            return;
        }
        let texts: Vec<&str> = asked.iter().map(|(query, _)| query.full()).collect();
        // An encoder that fails, for lack of memory, finds no candidates: the other ways have found what they can.
        let Ok(found) = self.nearest(&texts) else { return };
        for ((query, hits), near) in asked.iter_mut().zip(found) {
            // Opposites stand in the same company, so their vectors are alike.
            let form = normal_form(query.full());
            let is_meant =
                |posting: &Posting| !are_contrary(&form, &normal_form(with.pack.title(posting.concept)));
            for near in near {
                let meant = with.pack.postings(near.term).filter(is_meant);
                hits.add_term(meant, score::DENSE * near.cosine, Via::Dense);
            }
        }
    }
}
