use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_bert::bert::{BertConfig, BertForTokenClassification};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use crate::error::NerError;

/// rust-bert's BERT with a linear layer on every piece, on the CPU.
pub(crate) struct Classifier {
    pub store: VarStore,
    model: BertForTokenClassification,
}

#[expect(
    unsafe_code,
    reason = "libtorch tensors lack Sync for the sake of in-place changes, of which there are none"
)]
// SAFETY: `Tensor` is not `Sync` since a shared reference allows in-place changes. Through a shared `Classifier`
// other crates reach only `log_probs`, which runs the forward pass under `no_grad`: it reads the weights, makes
// new tensors and records nothing on the weights. libtorch's reference counts are atomic. The trainer, which
// does change weights, is the only owner of its classifier and works on one thread.
unsafe impl Sync for Classifier {}

impl std::fmt::Debug for Classifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Classifier").field("tensors", &self.store.len()).finish_non_exhaustive()
    }
}

impl Classifier {
    /// A classifier with random weights, from libtorch's generator, which the whole process shares.
    pub fn new(config: &BertConfig) -> Result<Self, NerError> {
        let store = VarStore::new(Device::Cpu);
        let model = BertForTokenClassification::new(store.root(), config)
            .map_err(|e| NerError::Run { cause: e.to_string() })?;
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
    /// missing there or of another size, and stays random.
    pub fn set(
        &mut self,
        weights: &BTreeMap<String, Tensor>,
        new_head: bool,
        path: &Path,
    ) -> Result<(), NerError> {
        for (name, mut variable) in self.tensors() {
            let head = name.starts_with("classifier.");
            let Some(tensor) = weights.get(&name) else {
                if head && new_head {
                    continue;
                }
                return Err(NerError::MissingTensor { path: path.to_owned(), name });
            };
            if tensor.size() != variable.size() {
                if head && new_head {
                    continue;
                }
                let (found, expected) = (tensor.size(), variable.size());
                return Err(NerError::Shape { path: path.to_owned(), name, found, expected });
            }
            tch::no_grad(|| variable.copy_(tensor));
        }
        Ok(())
    }

    /// The weights by name. The tensors share memory with the model's.
    pub fn tensors(&self) -> BTreeMap<String, Tensor> {
        self.store.variables().into_iter().collect()
    }

    /// Logits, `[rows, pieces, tags]`, of a padded batch.
    pub fn logits(&self, batch: &Batch, train: bool) -> Tensor {
        self.model.forward_t(Some(&batch.ids), Some(&batch.mask), None, None, None, train).logits
    }

    /// Log-probabilities, `[rows, pieces, tags]`, flattened row by row.
    pub fn log_probs(&self, batch: &Batch) -> Result<Vec<f32>, NerError> {
        // rust-bert and tch panic on what libtorch throws, such as a lack of memory.
        let run = || tch::no_grad(|| self.logits(batch, false).to_kind(Kind::Float).log_softmax(-1, None));
        let out = catch_unwind(AssertUnwindSafe(run)).map_err(|_| NerError::Run {
            cause: "libtorch failed in the forward pass; out of memory?".to_owned(),
        })?;
        Vec::<f32>::try_from(out.reshape([-1])).map_err(|e| NerError::Run { cause: e.to_string() })
    }
}

/// A count as libtorch has them.
pub(crate) fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Rows of piece ids, padded to the longest.
#[derive(Debug)]
pub(crate) struct Batch {
    /// `[rows, pieces]`, 64-bit integers.
    pub ids: Tensor,
    /// `[rows, pieces]`, 8-bit: 1 for a piece, 0 for padding.
    mask: Tensor,
    /// Pieces a row, padding included.
    pub width: usize,
}

impl Batch {
    /// Pads `rows` with the piece `pad`.
    pub fn new(rows: &[&[u32]], pad: u32) -> Self {
        let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let mut ids = vec![i64::from(pad); rows.len() * width];
        let mut mask = vec![0_i8; rows.len() * width];
        for (r, row) in rows.iter().enumerate() {
            for (p, &id) in row.iter().enumerate() {
                ids[r * width + p] = i64::from(id);
                mask[r * width + p] = 1;
            }
        }
        let shape = [int(rows.len()), int(width)];
        Self { ids: Tensor::from_slice(&ids).view(shape), mask: Tensor::from_slice(&mask).view(shape), width }
    }
}
