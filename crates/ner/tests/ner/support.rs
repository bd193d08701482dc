//! A tiny BERT in a folder, and a segmenter that splits at full stops.

use std::fs;
use std::path::Path;

use clinlink_model::{Layout, Note, Segmenter, Sentence};
use rust_bert::bert::{BertConfig, BertForTokenClassification};
use serde_json::{Value, json};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

pub const PIECES: [&str; 60] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "a", "of", "in", "and", "with", "no", "after", "on", "was",
    "has", "given", "for", "patient", "fever", "cough", "asthma", "pain", "chest", "aspirin", "lithium",
    "iron", "heparin", "rash", "tremor", "anaemia", "treated", "caused", "mild", "severe", "denies", "took",
    ".", ",", "-", "(", ")", "/", ":", "µ", "1", "2", "5", "mg", "g", "neph", "##ritis", "##itis", "##s",
    "##in", "##ed", "e", "u", "cafe", "##x", "x",
];

/// Names of a classifier for diseases and chemicals.
pub const IOB2: [&str; 5] = ["O", "B-Disease", "I-Disease", "B-Chemical", "I-Chemical"];

/// Splits after each full stop.
pub struct Stops;

impl Segmenter for Stops {
    fn segment(&self, note: &Note) -> Layout {
        let mut layout = Layout::default();
        for part in note.text().split_inclusive('.').map(str::trim).filter(|part| !part.is_empty()) {
            layout.sentences.push(Sentence { span: note.span_of(part), tokens: 0..0, section: 0 });
        }
        layout
    }
}

pub fn note(id: &str, text: &str) -> Note {
    Note::new(id, text).unwrap()
}

/// config.json of a BERT of 2 layers, with `labels` as outputs.
pub fn config(labels: &[&str]) -> Value {
    let id2label: serde_json::Map<String, Value> =
        labels.iter().enumerate().map(|(id, &name)| (id.to_string(), json!(name))).collect();
    json!({
        "model_type": "bert", "hidden_act": "gelu", "attention_probs_dropout_prob": 0.1, "hidden_dropout_prob": 0.1,
        "hidden_size": 16, "initializer_range": 0.02, "intermediate_size": 32, "layer_norm_eps": 1e-12,
        "max_position_embeddings": 64, "num_attention_heads": 2, "num_hidden_layers": 2, "type_vocab_size": 2,
        "vocab_size": PIECES.len(), "id2label": id2label,
    })
}

/// tokenizer.json of an uncased WordPiece tokenizer, with truncation and padding to 8 pieces baked in.
pub fn tokenizer() -> Value {
    let vocab: serde_json::Map<String, Value> =
        PIECES.iter().enumerate().map(|(id, &piece)| (piece.to_owned(), json!(id))).collect();
    let special = |id: u32| {
        json!({ "id": id, "content": PIECES[id as usize], "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true })
    };
    json!({
        "version": "1.0",
        "truncation": { "max_length": 8, "strategy": "LongestFirst", "stride": 0, "direction": "Right" },
        "padding": { "strategy": { "Fixed": 8 }, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                     "pad_type_id": 0, "pad_token": "[PAD]" },
        "added_tokens": [special(0), special(1), special(2), special(3)],
        "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                        "strip_accents": null, "lowercase": true },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "post_processor": null,
        "decoder": null,
        "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                   "max_input_chars_per_word": 100, "vocab": vocab },
    })
}

/// Pieces that the model of [`tensors`] takes for the first word of a disease.
const DISEASE: [&str; 9] =
    ["fever", "cough", "asthma", "chest", "rash", "tremor", "anaemia", "neph", "severe"];
/// Pieces that it takes for a further word of a disease.
const DISEASE_GOES_ON: [&str; 1] = ["pain"];
/// Pieces that it takes for a chemical.
const CHEMICAL: [&str; 4] = ["aspirin", "lithium", "iron", "heparin"];

/// Numbers from -1 to 1 that look random and are the same in every run: libtorch's generator is shared by all
/// tests of a process.
fn noise(shape: &[i64], salt: usize) -> Tensor {
    let count: i64 = shape.iter().product();
    let mut state = 0x9E37_79B9_u32 ^ u32::try_from(salt * 7919 + 1).unwrap();
    let numbers: Vec<f32> = (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 * 2.0 - 1.0
        })
        .collect();
    Tensor::from_slice(&numbers).reshape(shape)
}

/// The tensors of a classifier in which the piece decides and its surroundings do little. The first four numbers
/// of a word's embedding say what it is, and the last layer reads them off. `labels` are of the kinds of [`IOB2`],
/// in its order, or the first few of them.
pub fn tensors(labels: &[&str]) -> Vec<(String, Tensor)> {
    let store = VarStore::new(Device::Cpu);
    let config: BertConfig = serde_json::from_value(config(labels)).unwrap();
    BertForTokenClassification::new(store.root(), &config).unwrap();
    let mut tensors: Vec<(String, Tensor)> = store.variables().into_iter().collect();
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    for (salt, (name, tensor)) in tensors.iter_mut().enumerate() {
        *tensor = match name.as_str() {
            "bert.embeddings.word_embeddings.weight" => noise(&tensor.size(), salt) * 0.3 + meanings(),
            "classifier.weight" => head(labels.len()),
            "classifier.bias" => Tensor::zeros(tensor.size(), (Kind::Float, Device::Cpu)),
            layer_norm if layer_norm.contains("LayerNorm") => tensor.detach(),
            _ => noise(&tensor.size(), salt) * 0.1,
        };
    }
    tensors
}

fn meanings() -> Tensor {
    let mut rows = vec![0.0_f32; PIECES.len() * 16];
    for (id, piece) in PIECES.iter().enumerate() {
        let kinds = [&DISEASE[..], &DISEASE_GOES_ON, &CHEMICAL];
        let kind = kinds.iter().position(|kind| kind.contains(piece)).unwrap_or(3);
        rows[id * 16 + kind] = 3.0;
    }
    Tensor::from_slice(&rows).reshape([-1, 16])
}

/// Of three outputs the second is for diseases, the third for chemicals; of five see [`IOB2`].
fn head(outputs: usize) -> Tensor {
    let rows: &[[f32; 4]] = match outputs {
        3 => &[[0.0, 0.0, 0.0, 2.0], [2.0, 2.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]],
        _ => &[
            [0.0, 0.0, 0.0, 2.0],
            [2.0, 1.0, 0.0, 0.0],
            [0.0, 2.0, 0.0, 0.0],
            [0.0, 0.0, 2.0, 0.0],
            [-1.0, -1.0, -1.0, -1.0],
        ],
    };
    let mut all = Vec::new();
    for row in rows {
        all.extend_from_slice(row);
        all.extend([0.0; 12]);
    }
    Tensor::from_slice(&all).reshape([-1, 16])
}

pub fn write_tensors(tensors: &[(String, Tensor)], folder: &Path) {
    let tensors: Vec<(&str, Tensor)> = tensors.iter().map(|(n, t)| (n.as_str(), t.detach())).collect();
    Tensor::write_safetensors(&tensors, folder.join("model.safetensors")).unwrap();
}

/// A whole model folder.
pub fn model(folder: &Path, labels: &[&str]) {
    fs::write(folder.join("config.json"), config(labels).to_string()).unwrap();
    fs::write(folder.join("tokenizer.json"), tokenizer().to_string()).unwrap();
    write_tensors(&tensors(labels), folder);
}
