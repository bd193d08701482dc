//! The forward pass of BERT's encoder.
//!
//! The same sums as rust-bert's model (the tests below hold them side by side), with less work: the three projections of
//! attention are one matrix product, whose queries are scaled beforehand, the embedding of token type 0 is added to the
//! positions once and the other types are embedded only in batches that have any, and padding is masked only in batches
//! that have any. Attention is libtorch's fused kernel, but for bfloat16 on a CPU, where the single steps take a quarter
//! less time, and a third of it for the gradient. In bfloat16 the matrices and what flows between them have 8 bits of
//! mantissa; sums, norms and softmax are kept in 32 bits inside libtorch's kernels. The layers in 8-bit integers are in
//! [`int8`](crate::int8).

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_bert::Activation;
use rust_bert::bert::BertConfig;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use crate::batch::Batch;
use crate::config::EncoderConfig;
use crate::device::device;
use crate::error::EncoderError;
use crate::int8::{Int8Layer, multiplies_integers};
use crate::weights::{TOKEN_TYPES, in_integers};

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
    /// 8-bit integers in the matrix products of the layers where the processor multiplies them (AVX-512 VNNI) and the
    /// activation is GELU, as [`Auto`](Self::Auto) elsewhere.
    Int8,
}

impl Precision {
    /// The type of the numbers on this [`device`].
    pub fn kind(self) -> Kind {
        match self {
            Self::Bf16 => Kind::BFloat16,
            Self::Auto if device().is_cuda() || multiplies_bfloat16() => Kind::BFloat16,
            Self::Int8 if !self.is_integers() => Self::Auto.kind(),
            Self::Auto | Self::Fp32 | Self::Int8 => Kind::Float,
        }
    }

    /// Whether the layers are computed in 8-bit integers on this [`device`].
    fn is_integers(self) -> bool {
        self == Self::Int8 && !device().is_cuda() && multiplies_integers()
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
    pub(crate) weight: Tensor,
    pub(crate) bias: Tensor,
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

    /// The product times `factor`.
    fn scaled(&self, factor: f64) -> Self {
        Self { weight: &self.weight * factor, bias: &self.bias * factor }
    }
}

/// A layer norm over the last dimension.
pub(crate) struct Norm {
    pub(crate) weight: Tensor,
    pub(crate) bias: Tensor,
    /// What is added to the variance.
    pub(crate) eps: f64,
}

impl Norm {
    fn apply(&self, x: &Tensor) -> Tensor {
        x.layer_norm(self.weight.size(), Some(&self.weight), Some(&self.bias), self.eps, false)
    }
}

impl Layer {
    fn in_integers(&self) -> Int8Layer {
        Int8Layer::new(
            [&self.attention, &self.joined, &self.up, &self.down],
            [&self.attention_norm, &self.norm],
        )
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

enum Layers {
    Floats(Vec<Layer>),
    Integers(Vec<Int8Layer>),
}

/// An encoder. Shared by all threads.
pub struct Encoder {
    /// `[vocabulary, hidden]`
    words: Tensor,
    /// What the integers of `words` are multiplied with, `[vocabulary, 1]`, if they are integers.
    word_scales: Option<Tensor>,
    /// Position embeddings plus that of token type 0: `[positions, hidden]`.
    places: Tensor,
    /// Token types less type 0: `[types, hidden]`.
    types: Tensor,
    norm: Norm,
    layers: Layers,
    heads: i64,
    activation: fn(&Tensor) -> Tensor,
    /// Part of the numbers that are left out at random, while it is trained; else 0.
    dropout: f64,
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
        let (layers, is_integers) = match &self.layers {
            Layers::Floats(layers) => (layers.len(), false),
            Layers::Integers(layers) => (layers.len(), true),
        };
        f.debug_struct("Encoder").field("layers", &layers).field("int8", &is_integers).finish_non_exhaustive()
    }
}

impl Encoder {
    /// Takes the encoder's tensors out of a file's. Gradients flow to those tensors that ask for them.
    ///
    /// # Errors
    /// If a tensor is missing or of another size than `config` states.
    pub fn new(config: &EncoderConfig, reader: &TensorReader<'_>) -> Result<Self, EncoderError> {
        let (eps, config) = (config.layer_norm_eps, &config.bert);
        let hidden = config.hidden_size;
        let places = reader
            .raw("bert.embeddings.position_embeddings.weight", &[config.max_position_embeddings, hidden])?;
        let types = reader.raw(TOKEN_TYPES, &[config.type_vocab_size, hidden])?;
        let first = types.narrow(0, 0, 1);
        let layers = (0..config.num_hidden_layers).map(|at| reader.layer(at, config, eps));
        Ok(Self {
            words: reader.take("bert.embeddings.word_embeddings.weight", &[config.vocab_size, hidden])?,
            word_scales: None,
            places: (places + &first).to_kind(reader.kind),
            types: (types - &first).to_kind(reader.kind),
            norm: reader.norm("bert.embeddings.LayerNorm", hidden, eps)?,
            layers: Layers::Floats(layers.collect::<Result<_, _>>()?),
            heads: config.num_attention_heads,
            activation: activation(config.hidden_act),
            dropout: 0.0,
        })
    }

    /// The same encoder for training: of the embeddings, of what pieces attend to, and of what each half of a layer adds, the
    /// part `dropout` is left out at random, by libtorch's generator.
    #[must_use]
    pub fn with_dropout(self, dropout: f64) -> Self {
        Self { dropout, ..self }
    }

    /// The same encoder with its layers and words in 8-bit integers, if `precision` asks for it and it can be. For inference only.
    #[must_use]
    pub fn in_precision(mut self, precision: Precision, config: &EncoderConfig) -> Self {
        if let Layers::Floats(layers) = &self.layers
            && precision.is_integers()
            && matches!(config.bert.hidden_act, Activation::gelu)
        {
            self.layers = Layers::Integers(layers.iter().map(Layer::in_integers).collect());
            let (words, scales) = in_integers(&self.words);
            (self.words, self.word_scales) = (words, Some(scales));
        }
        self
    }

    /// What the last layer gives for the pieces of a padded batch, `[rows, pieces, hidden]`.
    pub fn hidden(&self, batch: &Batch) -> Tensor {
        let (rows, width) = batch.ids.size2().unwrap_or_default();
        let words = Tensor::embedding(&self.words, &batch.ids, -1, false, false);
        let mut embedded = match &self.word_scales {
            Some(scales) => words * Tensor::embedding(scales, &batch.ids, -1, false, false),
            None => words,
        };
        embedded += self.places.narrow(0, 0, width);
        if let Some(types) = &batch.types {
            embedded += Tensor::embedding(&self.types, types, -1, false, false);
        }
        let mut x = thinned(self.norm.apply(&embedded), self.dropout);
        let mask = batch.padding().map(|padding| {
            let mask = Tensor::zeros([rows, 1, 1, width], (x.kind(), x.device()));
            mask.masked_fill(&padding.view([rows, 1, 1, width]), f64::NEG_INFINITY)
        });
        match &self.layers {
            Layers::Floats(layers) => {
                for layer in layers {
                    x = self.layer(layer, &x, mask.as_ref());
                }
            }
            Layers::Integers(layers) => {
                let kind = Precision::Auto.kind();
                let mask = mask.map(|mask| mask.to_kind(kind));
                for layer in layers {
                    #[expect(
                        unsafe_code,
                        reason = "the layer is compiled for instructions that not every processor has"
                    )]
                    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_unsafe))]
                    // SAFETY: such layers are made only where the processor has them.
                    unsafe {
                        layer.apply(&mut x, self.heads, kind, mask.as_ref());
                    }
                }
            }
        }
        x
    }

    fn layer(&self, layer: &Layer, x: &Tensor, mask: Option<&Tensor>) -> Tensor {
        let seen = attention(&layer.attention.apply(x), self.heads, mask, self.dropout);
        let x = layer.attention_norm.apply(&thinned(layer.joined.apply(&seen), self.dropout).g_add_(x));
        let wide = (self.activation)(&layer.up.apply(&x));
        layer.norm.apply(&thinned(layer.down.apply(&wide), self.dropout).g_add_(&x))
    }
}

/// `x` with the part `dropout` of its numbers at 0 and the others larger for it.
fn thinned(x: Tensor, dropout: f64) -> Tensor {
    if dropout > 0.0 { x.dropout(dropout, true) } else { x }
}

/// Attention: `parts`, `[rows, pieces, 3 × hidden]`, has for each piece its query, which is scaled, its key and its value.
/// `[rows, pieces, hidden]`, in one piece of memory.
pub(crate) fn attention(parts: &Tensor, heads: i64, mask: Option<&Tensor>, dropout: f64) -> Tensor {
    let (rows, width, hidden) = parts.size3().map_or_else(|_| (0, 0, 0), |(a, b, c)| (a, b, c / 3));
    let parts = parts.view([rows, width, 3, heads, hidden / heads]).permute([2, 0, 3, 1, 4]);
    let (query, key, value) = (parts.get(0), parts.get(1), parts.get(2));
    let seen = if query.kind() == Kind::BFloat16 && !query.device().is_cuda() {
        let mut scores = query.matmul(&key.transpose(-1, -2));
        if let Some(mask) = mask {
            scores += mask;
        }
        thinned(scores.softmax(-1, None), dropout).matmul(&value)
    } else {
        let scale = Some(1.0);
        Tensor::scaled_dot_product_attention(&query, &key, &value, mask, dropout, false, scale, false)
    };
    seen.transpose(1, 2).reshape([rows, width, hidden])
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
    fn layer(&self, at: i64, config: &BertConfig, eps: f64) -> Result<Layer, EncoderError> {
        let (hidden, wide, heads) =
            (config.hidden_size, config.intermediate_size, config.num_attention_heads);
        let name = |part: &str| format!("bert.encoder.layer.{at}.{part}");
        let parts = ["query", "key", "value"]
            .map(|part| self.raw_linear(&name(&format!("attention.self.{part}")), hidden, hidden));
        let [query, key, value] = parts;
        let parts = [query?.scaled(1.0 / ((hidden / heads) as f64).sqrt()), key?, value?];
        let joined = |part: fn(&Linear) -> &Tensor| {
            Tensor::cat(&parts.each_ref().map(|linear| part(linear).shallow_clone()), 0).to_kind(self.kind)
        };
        Ok(Layer {
            attention: Linear { weight: joined(|l| &l.weight), bias: joined(|l| &l.bias) },
            joined: self.linear(&name("attention.output.dense"), hidden, hidden)?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"), hidden, eps)?,
            up: self.linear(&name("intermediate.dense"), wide, hidden)?,
            down: self.linear(&name("output.dense"), hidden, wide)?,
            norm: self.norm(&name("output.LayerNorm"), hidden, eps)?,
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

    fn norm(&self, name: &str, hidden: i64, eps: f64) -> Result<Norm, EncoderError> {
        let weight = self.take(&format!("{name}.weight"), &[hidden])?;
        Ok(Norm { weight, bias: self.take(&format!("{name}.bias"), &[hidden])?, eps })
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
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
mod tests {
    use rstest::rstest;
    use rust_bert::bert::{BertEmbeddings, BertModel};
    use serde_json::json;
    use tch::nn::VarStore;

    use super::*;
    use crate::batch::Row;

    const USUAL: f64 = 1e-12;

    fn config(activation: &str, eps: f64) -> EncoderConfig {
        let content = json!({
            "model_type": "bert", "layer_norm_eps": eps, "hidden_act": activation,
            "attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0,
            "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 64, "max_position_embeddings": 40,
            "num_attention_heads": 4, "num_hidden_layers": 3, "type_vocab_size": 2, "vocab_size": 50,
        });
        EncoderConfig::parse(content, Path::new("config.json")).unwrap()
    }

    /// rust-bert's encoder with random weights, and the weights.
    fn theirs(config: &BertConfig) -> (BertModel<BertEmbeddings>, BTreeMap<String, Tensor>) {
        tch::manual_seed(7);
        let store = VarStore::new(Device::Cpu);
        let model = BertModel::new(store.root() / "bert", config);
        (model, store.variables().into_iter().collect())
    }

    fn ours(config: &EncoderConfig, weights: &BTreeMap<String, Tensor>, precision: Precision) -> Encoder {
        let reader = TensorReader { weights, kind: precision.kind(), path: Path::new("") };
        Encoder::new(config, &reader).unwrap().in_precision(precision, config)
    }

    /// Token types of pieces: some of type 1, or none.
    fn types(ids: &[u32], some: bool) -> Vec<u8> {
        ids.iter().map(|id| u8::from(some && id % 3 == 0)).collect()
    }

    /// The greatest difference from rust-bert in what pieces that are no padding get, as a part of the greatest
    /// number.
    fn difference(activation: &str, rows: &[&[u32]], with_types: bool, precision: Precision) -> f64 {
        let config = config(activation, USUAL);
        let (theirs, weights) = theirs(&config.bert);
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
    #[case("silu", "swish")]
    #[case("gelu_pytorch_tanh", "gelu_new")]
    fn other_names_of_activations_are_known(#[case] theirs: &str, #[case] ours: &str) {
        let known = |name: &str| format!("{:?}", config(name, USUAL).bert.hidden_act);
        assert_eq!(known(theirs), ours);
        assert_eq!(
            config(theirs, USUAL).field("hidden_act"),
            Some(&json!(theirs)),
            "the file stays as it is"
        );
    }

    #[rstest]
    fn is_near_in_bfloat16(#[values(&EVEN[..], &PADDED[..])] rows: &[&[u32]]) {
        let found = difference("gelu", rows, true, Precision::Bf16);
        assert!(found < 0.05, "{found}");
        assert!(found > 0.0, "this ran in 32 bits");
    }

    #[rstest]
    fn is_near_in_integers(#[values(&EVEN[..], &PADDED[..])] rows: &[&[u32]]) {
        if !multiplies_integers() {
            eprintln!("skipped: this processor does not multiply 8-bit integers");
            return;
        }
        let found = difference("gelu", rows, true, Precision::Int8);
        assert!(found < 0.05, "{found}");
        assert!(found > 0.0, "this ran in 32 bits");
    }

    #[test]
    fn another_activation_is_computed_in_floats() {
        let found = difference("relu", &PADDED[..], true, Precision::Int8);
        assert!(found < 0.05, "{found}");
    }

    /// rust-bert computes one epsilon only: another is held against the norm of numbers worked out by hand.
    #[rstest]
    #[case::floats(Precision::Fp32)]
    #[case::integers(Precision::Int8)]
    fn the_epsilon_is_that_of_the_configuration(#[case] precision: Precision) {
        let batch = Batch::new(&[&Row { ids: vec![1, 7, 9, 2], types: vec![0; 4] }], 0, 0);
        let spread = |eps: f64| {
            let config = config("gelu", eps);
            let (_, weights) = theirs(&config.bert);
            let hidden = ours(&config, &weights, precision).hidden(&batch).to_kind(Kind::Float);
            hidden.var_dim([-1_i64].as_slice(), false, false).mean(Kind::Float).double_value(&[])
        };
        assert!((spread(USUAL) - 1.0).abs() < 0.02, "{}", spread(USUAL));
        // With the variance v before the norm, v / (v + eps) is left.
        assert!(spread(0.9) < 0.8, "{}", spread(0.9));
    }

    #[rstest]
    fn dropout_leaves_out_other_numbers_each_time(
        #[values(Precision::Fp32, Precision::Bf16)] precision: Precision,
    ) {
        let config = config("gelu", USUAL);
        let (_, weights) = theirs(&config.bert);
        let batch = Batch::new(&[&Row { ids: vec![1, 7, 9, 2], types: vec![0; 4] }], 0, 0);
        let twice = |dropout: f64| {
            let encoder = ours(&config, &weights, precision).with_dropout(dropout);
            let [a, b] = [(); 2].map(|()| encoder.hidden(&batch).to_kind(Kind::Float));
            (a - b).abs().max().double_value(&[])
        };
        assert!(twice(0.0).abs() < 1e-12, "{}", twice(0.0));
        assert!(twice(0.5) > 0.1, "{}", twice(0.5));
    }

    #[test]
    fn a_tensor_of_another_size_is_named() {
        let config = config("gelu", USUAL);
        let (_, mut weights) = theirs(&config.bert);
        let name = "bert.encoder.layer.1.attention.self.key.weight";
        weights.insert(name.to_owned(), Tensor::zeros([32, 31], (Kind::Float, Device::Cpu)));
        let reader = TensorReader { weights: &weights, kind: Kind::Float, path: Path::new("m") };
        let error = Encoder::new(&config, &reader).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}
