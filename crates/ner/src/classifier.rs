use std::collections::BTreeMap;
use std::path::Path;

use clinlink_encoder::{Batch, EncoderError, TOKEN_TYPES, device};
use rust_bert::bert::{BertConfig, BertForTokenClassification};
use tch::Tensor;
use tch::nn::VarStore;

/// rust-bert's BERT with a linear layer on every piece, on the [`device`]: what is trained.
pub(crate) struct Classifier {
    pub store: VarStore,
    model: BertForTokenClassification,
}

impl std::fmt::Debug for Classifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Classifier").field("tensors", &self.store.len()).finish_non_exhaustive()
    }
}

impl Classifier {
    /// A classifier with random weights, from libtorch's generator, which the whole process shares.
    pub fn new(config: &BertConfig) -> Result<Self, EncoderError> {
        let store = VarStore::new(device());
        let model = BertForTokenClassification::new(store.root(), config)
            .map_err(|e| EncoderError::Run { cause: e.to_string() })?;
        Ok(Self { store, model })
    }

    /// Sets the last layer's weights to `numbers`, row by row, and its bias to zero.
    pub fn set_head(&mut self, numbers: impl Iterator<Item = f32>) {
        let tensors = self.tensors();
        let (Some(weight), Some(bias)) = (tensors.get("classifier.weight"), tensors.get("classifier.bias"))
        else {
            return;
        };
        let numbers: Vec<f32> = numbers.take(weight.numel()).collect();
        let (mut weight, mut bias) = (weight.shallow_clone(), bias.shallow_clone());
        tch::no_grad(|| {
            weight.copy_(&Tensor::from_slice(&numbers).reshape(weight.size()));
            let _: Tensor = bias.zero_();
        });
    }

    /// Takes over `weights`, which come from the file `path`. With `new_head` the classifier's last layer may be
    /// missing there or of another size, and stays random; token types that are not there begin as type 0.
    pub fn set(
        &mut self,
        weights: &BTreeMap<String, Tensor>,
        new_head: bool,
        path: &Path,
    ) -> Result<(), EncoderError> {
        for (name, mut variable) in self.tensors() {
            let head = name.starts_with("classifier.");
            let Some(tensor) = weights.get(&name) else {
                if head && new_head {
                    continue;
                }
                return Err(EncoderError::MissingTensor { path: path.to_owned(), name });
            };
            if tensor.size() != variable.size() {
                if head && new_head {
                    continue;
                }
                let has_type_0 =
                    |width| matches!(tensor.size()[..], [rows, found] if rows > 0 && found == width);
                if new_head && name == TOKEN_TYPES && variable.size().last().is_some_and(|&n| has_type_0(n)) {
                    tch::no_grad(|| variable.copy_(&tensor.narrow(0, 0, 1).expand_as(&variable)));
                    continue;
                }
                let (found, expected) = (tensor.size(), variable.size());
                return Err(EncoderError::Shape { path: path.to_owned(), name, found, expected });
            }
            tch::no_grad(|| variable.copy_(tensor));
        }
        Ok(())
    }

    /// The weights by name. The tensors share memory with the model's.
    pub fn tensors(&self) -> BTreeMap<String, Tensor> {
        self.store.variables().into_iter().collect()
    }

    /// The weights by name, for inference: no gradient reaches them.
    pub fn weights(&self) -> BTreeMap<String, Tensor> {
        self.tensors().into_iter().map(|(name, tensor)| (name, tensor.detach())).collect()
    }

    /// Logits, `[rows, pieces, tags]`, of a padded batch.
    pub fn logits(&self, batch: &Batch) -> Tensor {
        let types = batch.types.as_ref();
        self.model.forward_t(Some(&batch.ids), Some(&batch.mask), types, None, None, true).logits
    }
}
