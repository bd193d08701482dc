use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::{SynonymSets, TermTrainConfig};
use crate::batch::int;
use crate::config::EncoderConfig;
use crate::device::device;
use crate::error::EncoderError;
use crate::pieces::PieceMaker;
use crate::random::Random;
use crate::term_encoder::MOST_PIECES;
use crate::weights::{self, PROJECTION, Storage};

const WORDS: &str = "bert.embeddings.word_embeddings.weight";
const PLACES: &str = "bert.embeddings.position_embeddings.weight";

/// The encoder that is trained: the base's lower layers, the word pieces that terms use, a new linear layer.
pub(super) struct Student {
    pub config: EncoderConfig,
    pub pieces: PieceMaker,
    pub store: VarStore,
}

impl Student {
    pub fn new(config: &TermTrainConfig, base: &Path, data: &SynonymSets) -> Result<Self, EncoderError> {
        if !base.is_dir() {
            return Err(EncoderError::Missing { path: base.to_owned() });
        }
        let encoder = EncoderConfig::load(base)?;
        let pieces = PieceMaker::load(base)?;
        encoder.check_pieces(&pieces)?;
        let layers = int(config.layers);
        if layers > encoder.bert.num_hidden_layers {
            let cause = format!("layers: the base model has only {}", encoder.bert.num_hidden_layers);
            return Err(EncoderError::Training { cause });
        }
        let kept = used_pieces(&pieces, data, config.least_uses)?;
        let (pieces, old) = pieces.pruned(&kept)?;
        let places = encoder.most_pieces()?.min(MOST_PIECES) + 2;
        let hidden = encoder.bert.hidden_size;
        let mut weights = encoder.read_weights()?;
        let encoder = encoder.with_fields([
            ("num_hidden_layers", json!(layers)),
            ("vocab_size", json!(pieces.len())),
            ("max_position_embeddings", json!(places)),
            ("architectures", json!(["BertModel"])),
        ])?;
        shrink(&mut weights, layers, &old, int(places));
        project(&mut weights, config, hidden)?;
        Ok(Self { config: encoder, pieces, store: trainable(&weights) })
    }

    /// Its weights by name. They share memory with those that are trained.
    pub fn weights(&self) -> BTreeMap<String, Tensor> {
        self.store.variables().into_iter().collect()
    }

    /// Takes up the weights of `folder`.
    pub fn resume(&self, folder: &Path) -> Result<(), EncoderError> {
        let path = folder.join("model.safetensors");
        let mut known = weights::read(folder, None)?;
        for (name, mut variable) in self.weights() {
            let Some(tensor) = known.remove(&name).filter(|tensor| tensor.size() == variable.size()) else {
                return Err(EncoderError::MissingTensor { path, name });
            };
            tch::no_grad(|| variable.copy_(&tensor));
        }
        Ok(())
    }

    /// Writes the model.
    pub fn save(&self, storage: Storage, folder: &Path) -> Result<(), EncoderError> {
        self.pieces.save(&folder.join("tokenizer.json"))?;
        self.config.save_with(&self.weights(), storage, folder)
    }
}

/// Pieces that at least `least` terms have, by number, and single letters and digits, so that every word can be cut.
fn used_pieces(pieces: &PieceMaker, data: &SynonymSets, least: usize) -> Result<Vec<u32>, EncoderError> {
    let mut uses = vec![0_usize; pieces.len()];
    for term in data.sets.iter().flatten() {
        for piece in pieces.pieces(term)? {
            uses[piece.id as usize] += 1;
        }
    }
    let letters = pieces.letters();
    Ok((0..)
        .zip(uses)
        .filter(|&(id, uses)| uses >= least || letters.contains(&id))
        .map(|(id, _)| id)
        .collect())
}

/// Keeps the lower `layers`, the rows `old` of the word embeddings and the first `places`.
fn shrink(weights: &mut BTreeMap<String, Tensor>, layers: i64, old: &[u32], places: i64) {
    weights.retain(|name, _| {
        !name.starts_with("classifier.") && weights::layer(name).is_none_or(|(layer, _)| layer < layers)
    });
    let rows: Vec<i64> = old.iter().map(|&id| i64::from(id)).collect();
    if let Some(words) = weights.get_mut(WORDS) {
        *words = words.index_select(0, &Tensor::from_slice(&rows));
    }
    if let Some(all) = weights.get_mut(PLACES) {
        *all = all.narrow(0, 0, places);
    }
}

/// Adds a linear layer, drawn at random, to a base that has none: one that has is an encoder of terms already.
fn project(
    weights: &mut BTreeMap<String, Tensor>,
    config: &TermTrainConfig,
    hidden: i64,
) -> Result<(), EncoderError> {
    let (weight, dimensions) = (format!("{PROJECTION}.weight"), int(config.dimensions));
    if let Some(found) = weights.get(&weight) {
        return if found.size() == [dimensions, hidden] {
            Ok(())
        } else {
            let cause = format!("dimensions: the vectors of the base have {} numbers", found.size()[0]);
            Err(EncoderError::Training { cause })
        };
    }
    let mut random = Random(config.seed);
    let deviation = 1.0 / (hidden as f32).sqrt();
    let numbers: Vec<f32> = (0..dimensions * hidden).map(|_| random.uniform() * deviation).collect();
    weights.insert(weight, Tensor::from_slice(&numbers).view([dimensions, hidden]));
    let zeros = Tensor::zeros([dimensions], (Kind::Float, Device::Cpu));
    weights.insert(format!("{PROJECTION}.bias"), zeros);
    Ok(())
}

/// The weights as variables of an optimiser.
fn trainable(weights: &BTreeMap<String, Tensor>) -> VarStore {
    let store = VarStore::new(device());
    for (name, tensor) in weights {
        let mut parts: Vec<&str> = name.split('.').collect();
        let last = parts.pop().unwrap_or_default();
        let path = parts.into_iter().fold(store.root(), |path, part| path / part);
        let _: Tensor = path.var_copy(last, tensor);
    }
    store
}
