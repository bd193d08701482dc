//! The forward pass of BERT's encoder.
//!
//! The same sums as rust-bert's model (the tests below hold them side by side), with less work: the three projections of
//! attention are one matrix product, attention is libtorch's fused kernel, the embedding of token type 0 is added to the
//! positions once and the other types are embedded only in batches that have any, and padding is masked only in batches
//! that have any. In bfloat16 the matrices and what flows between them have 8 bits of mantissa; sums, norms and softmax
//! are kept in 32 bits inside libtorch's kernels.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_bert::Activation;
use rust_bert::bert::BertConfig;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use crate::batch::Batch;
use crate::device::device;
use crate::error::EncoderError;
use crate::weights::TOKEN_TYPES;

/// How exactly an encoder reckons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// bfloat16 where the processor multiplies it (AVX-512 BF16) and on GPUs, 32-bit floats elsewhere.
    #[default]
    Auto,
    /// 32-bit floats.
    Fp32,
    /// bfloat16; slow on processors that do not multiply it.
    Bf16,
}

impl Precision {
    /// The type of the numbers on this [`device`].
    pub fn kind(self) -> Kind {
        match self {
            Self::Bf16 => Kind::BFloat16,
            Self::Auto if device().is_cuda() || multiplies_bfloat16() => Kind::BFloat16,
            Self::Auto | Self::Fp32 => Kind::Float,
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn multiplies_bfloat16() -> bool {
    std::is_x86_feature_detected!("avx512bf16")
}

#[cfg(not(target_arch = "x86_64"))]
fn multiplies_bfloat16() -> bool {
    false
}

/// A matrix product with a bias: `[.., in]` to `[.., out]`.
pub struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl std::fmt::Debug for Linear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Linear").field("size", &self.weight.size()).finish_non_exhaustive()
    }
}

impl Linear {
    /// The product for `x`.
    pub fn apply(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, Some(&self.bias))
    }
}

/// A layer norm over the last dimension.
struct Norm {
    weight: Tensor,
    bias: Tensor,
}

impl Norm {
    /// The one epsilon that [`EncoderConfig`](crate::EncoderConfig) lets in.
    const EPS: f64 = 1e-12;

    fn apply(&self, x: &Tensor) -> Tensor {
        x.layer_norm(self.weight.size(), Some(&self.weight), Some(&self.bias), Self::EPS, false)
    }
}

struct Layer {
    /// Query, key and value one under the other: `[3 × hidden, hidden]`.
    attention: Linear,
    joined: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    norm: Norm,
}

/// An encoder. Shared by all threads.
pub struct Encoder {
    /// `[vocabulary, hidden]`
    words: Tensor,
    /// Position embeddings plus that of token type 0: `[positions, hidden]`.
    places: Tensor,
    /// Token types less type 0: `[types, hidden]`.
    types: Tensor,
    norm: Norm,
    layers: Vec<Layer>,
    heads: i64,
    activation: fn(&Tensor) -> Tensor,
}

#[expect(
    unsafe_code,
    reason = "libtorch tensors lack Sync for the sake of in-place changes, of which there are none"
)]
// SAFETY: `Tensor` is not `Sync` since a shared reference allows in-place changes. An encoder's tensors are private, and
// the forward pass only reads them and makes new ones. libtorch's reference counts are atomic.
unsafe impl Sync for Encoder {}

#[expect(unsafe_code, reason = "as for `Encoder`")]
// SAFETY: as for `Encoder`.
unsafe impl Sync for Linear {}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("layers", &self.layers.len()).finish_non_exhaustive()
    }
}

impl Encoder {
    /// Takes the encoder's tensors out of a file's. Gradients flow to those tensors that ask for them.
    ///
    /// # Errors
    /// If a tensor is missing or of another size than `config` states.
    pub fn new(config: &BertConfig, reader: &TensorReader<'_>) -> Result<Self, EncoderError> {
        let (hidden, wide) = (config.hidden_size, config.intermediate_size);
        let places = reader
            .raw("bert.embeddings.position_embeddings.weight", &[config.max_position_embeddings, hidden])?;
        let types = reader.raw(TOKEN_TYPES, &[config.type_vocab_size, hidden])?;
        let first = types.narrow(0, 0, 1);
        let layers = (0..config.num_hidden_layers).map(|at| reader.layer(at, hidden, wide));
        Ok(Self {
            words: reader.take("bert.embeddings.word_embeddings.weight", &[config.vocab_size, hidden])?,
            places: (places + &first).to_kind(reader.kind),
            types: (types - &first).to_kind(reader.kind),
            norm: reader.norm("bert.embeddings.LayerNorm", hidden)?,
            layers: layers.collect::<Result<_, _>>()?,
            heads: config.num_attention_heads,
            activation: activation(config.hidden_act),
        })
    }

    /// What the last layer gives for the pieces of a padded batch, `[rows, pieces, hidden]`.
    pub fn hidden(&self, batch: &Batch) -> Tensor {
        let (rows, width) = batch.ids.size2().unwrap_or_default();
        let mut embedded = Tensor::embedding(&self.words, &batch.ids, -1, false, false);
        embedded += self.places.narrow(0, 0, width);
        if let Some(types) = &batch.types {
            embedded += Tensor::embedding(&self.types, types, -1, false, false);
        }
        let mut x = self.norm.apply(&embedded);
        let mask = batch.padding().map(|padding| {
            let mask = Tensor::zeros([rows, 1, 1, width], (x.kind(), x.device()));
            mask.masked_fill(&padding.view([rows, 1, 1, width]), f64::NEG_INFINITY)
        });
        for layer in &self.layers {
            x = self.layer(layer, &x, mask.as_ref());
        }
        x
    }

    fn layer(&self, layer: &Layer, x: &Tensor, mask: Option<&Tensor>) -> Tensor {
        let (rows, width, hidden) = x.size3().unwrap_or_default();
        let parts = layer.attention.apply(x).view([rows, width, 3, self.heads, hidden / self.heads]);
        let parts = parts.permute([2, 0, 3, 1, 4]);
        let (query, key, value) = (parts.get(0), parts.get(1), parts.get(2));
        let seen = Tensor::scaled_dot_product_attention(&query, &key, &value, mask, 0.0, false, None, false);
        let seen = seen.transpose(1, 2).reshape([rows, width, hidden]);
        let x = layer.attention_norm.apply(&layer.joined.apply(&seen).g_add_(x));
        let wide = (self.activation)(&layer.up.apply(&x));
        layer.norm.apply(&layer.down.apply(&wide).g_add_(&x))
    }
}

/// The numbers of the tensor that `run` makes, row by row, without recording gradients.
///
/// # Errors
/// If libtorch fails, for instance for lack of memory.
pub fn infer(run: impl Fn() -> Tensor) -> Result<Vec<f32>, EncoderError> {
    // tch panics on what libtorch throws.
    let run = || tch::no_grad(|| run().to_kind(Kind::Float).reshape([-1]).to_device(Device::Cpu));
    let out = catch_unwind(AssertUnwindSafe(run)).map_err(|_| EncoderError::Run {
        cause: "libtorch failed in the forward pass; out of memory?".to_owned(),
    })?;
    Vec::<f32>::try_from(out).map_err(|e| EncoderError::Run { cause: e.to_string() })
}

fn activation(name: Activation) -> fn(&Tensor) -> Tensor {
    match name {
        Activation::gelu => |x| x.gelu("none"),
        Activation::gelu_new => |x| x.gelu("tanh"),
        Activation::relu => Tensor::relu,
        Activation::swish => Tensor::silu,
        Activation::mish => Tensor::mish,
        Activation::tanh => Tensor::tanh,
        Activation::identity => Tensor::shallow_clone,
    }
}

/// Takes tensors out of a file's, each of a size that the configuration states.
#[derive(Debug, Clone, Copy)]
pub struct TensorReader<'a> {
    /// The tensors, by the names that rust-bert gives them.
    pub weights: &'a BTreeMap<String, Tensor>,
    /// What type of number they become.
    pub kind: Kind,
    /// The file that they come from.
    pub path: &'a Path,
}

impl TensorReader<'_> {
    fn layer(&self, at: i64, hidden: i64, wide: i64) -> Result<Layer, EncoderError> {
        let name = |part: &str| format!("bert.encoder.layer.{at}.{part}");
        let parts = ["query", "key", "value"]
            .map(|part| self.raw_linear(&name(&format!("attention.self.{part}")), hidden, hidden));
        let [query, key, value] = parts;
        let parts = [query?, key?, value?];
        let joined = |part: fn(&Linear) -> &Tensor| {
            Tensor::cat(&parts.each_ref().map(|linear| part(linear).shallow_clone()), 0).to_kind(self.kind)
        };
        Ok(Layer {
            attention: Linear { weight: joined(|l| &l.weight), bias: joined(|l| &l.bias) },
            joined: self.linear(&name("attention.output.dense"), hidden, hidden)?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"), hidden)?,
            up: self.linear(&name("intermediate.dense"), wide, hidden)?,
            down: self.linear(&name("output.dense"), hidden, wide)?,
            norm: self.norm(&name("output.LayerNorm"), hidden)?,
        })
    }

    /// The linear layer `name`.
    ///
    /// # Errors
    /// If its weight or bias is missing or of another size.
    pub fn linear(&self, name: &str, out: i64, input: i64) -> Result<Linear, EncoderError> {
        let Linear { weight, bias } = self.raw_linear(name, out, input)?;
        Ok(Linear { weight: weight.to_kind(self.kind), bias: bias.to_kind(self.kind) })
    }

    fn raw_linear(&self, name: &str, out: i64, input: i64) -> Result<Linear, EncoderError> {
        let weight = self.raw(&format!("{name}.weight"), &[out, input])?;
        Ok(Linear { weight, bias: self.raw(&format!("{name}.bias"), &[out])? })
    }

    fn norm(&self, name: &str, hidden: i64) -> Result<Norm, EncoderError> {
        let weight = self.take(&format!("{name}.weight"), &[hidden])?;
        Ok(Norm { weight, bias: self.take(&format!("{name}.bias"), &[hidden])? })
    }

    /// The tensor `name`.
    ///
    /// # Errors
    /// If it is missing or of another size.
    pub fn take(&self, name: &str, size: &[i64]) -> Result<Tensor, EncoderError> {
        Ok(self.raw(name, size)?.to_kind(self.kind))
    }

    /// A tensor as it stands in the file, on the [`device`].
    fn raw(&self, name: &str, size: &[i64]) -> Result<Tensor, EncoderError> {
        let fault =
            |name: &str| EncoderError::MissingTensor { path: self.path.to_owned(), name: name.to_owned() };
        let tensor = self.weights.get(name).ok_or_else(|| fault(name))?;
        if tensor.size() != size {
            let (path, name) = (self.path.to_owned(), name.to_owned());
            return Err(EncoderError::Shape { path, name, found: tensor.size(), expected: size.to_vec() });
        }
        Ok(tensor.to_device(device()))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use rust_bert::bert::{BertEmbeddings, BertModel};
    use serde_json::json;
    use tch::nn::VarStore;

    use super::*;
    use crate::batch::Row;

    fn config(activation: &str) -> BertConfig {
        serde_json::from_value(json!({
            "hidden_act": activation, "attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0,
            "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 64, "max_position_embeddings": 40,
            "num_attention_heads": 4, "num_hidden_layers": 3, "type_vocab_size": 2, "vocab_size": 50,
        }))
        .unwrap()
    }

    /// rust-bert's encoder with random weights, and the weights.
    fn theirs(config: &BertConfig) -> (BertModel<BertEmbeddings>, BTreeMap<String, Tensor>) {
        tch::manual_seed(7);
        let store = VarStore::new(Device::Cpu);
        let model = BertModel::new(store.root() / "bert", config);
        (model, store.variables().into_iter().collect())
    }

    fn ours(config: &BertConfig, weights: &BTreeMap<String, Tensor>, precision: Precision) -> Encoder {
        let reader = TensorReader { weights, kind: precision.kind(), path: Path::new("") };
        Encoder::new(config, &reader).unwrap()
    }

    /// Token types of pieces: some of type 1, or none.
    fn types(ids: &[u32], some: bool) -> Vec<u8> {
        ids.iter().map(|id| u8::from(some && id % 3 == 0)).collect()
    }

    /// The greatest difference from rust-bert in what pieces that are no padding get, as a part of the greatest
    /// number.
    fn difference(activation: &str, rows: &[&[u32]], with_types: bool, precision: Precision) -> f64 {
        let config = config(activation);
        let (theirs, weights) = theirs(&config);
        let ours = ours(&config, &weights, precision);
        let rows: Vec<Row> =
            rows.iter().map(|ids| Row { ids: ids.to_vec(), types: types(ids, with_types) }).collect();
        let batch = Batch::new(&rows.iter().collect::<Vec<_>>(), 0, 0);
        let types = batch.types.as_ref();
        let run =
            || theirs.forward_t(Some(&batch.ids), Some(&batch.mask), types, None, None, None, None, false);
        let (a, b) = tch::no_grad(|| (run().unwrap().hidden_state, ours.hidden(&batch).to_kind(Kind::Float)));
        let greatest = a.abs().max().double_value(&[]);
        ((a - b).abs() * batch.mask.unsqueeze(-1)).max().double_value(&[]) / greatest
    }

    const EVEN: [&[u32]; 2] = [&[1, 7, 9, 12, 2], &[1, 30, 41, 8, 2]];
    const PADDED: [&[u32]; 3] = [&[1, 7, 9, 12, 33, 4, 4, 20, 2], &[1, 30, 2], &[1, 49, 48, 47, 46, 2]];

    #[rstest]
    fn gives_what_rust_bert_gives(
        #[values("gelu", "gelu_new", "relu", "swish", "mish", "tanh")] activation: &str,
        #[values(&EVEN[..], &PADDED[..])] rows: &[&[u32]],
        #[values(false, true)] with_types: bool,
    ) {
        let found = difference(activation, rows, with_types, Precision::Fp32);
        assert!(found < 1e-5, "{found}");
    }

    #[rstest]
    fn is_near_in_bfloat16(#[values(&EVEN[..], &PADDED[..])] rows: &[&[u32]]) {
        let found = difference("gelu", rows, true, Precision::Bf16);
        assert!(found < 0.05, "{found}");
        assert!(found > 0.0, "this ran in 32 bits");
    }

    #[test]
    fn a_tensor_of_another_size_is_named() {
        let config = config("gelu");
        let (_, mut weights) = theirs(&config);
        let name = "bert.encoder.layer.1.attention.self.key.weight";
        weights.insert(name.to_owned(), Tensor::zeros([32, 31], (Kind::Float, Device::Cpu)));
        let reader = TensorReader { weights: &weights, kind: Kind::Float, path: Path::new("m") };
        let error = Encoder::new(&config, &reader).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}
