//! The recogniser on the committed model, in 8-bit integers, bfloat16 and 32-bit floats, beside rust-bert's forward pass on the same
//! weights and about as many pieces, and beside the matrix products of the layers alone, which nothing that computes
//! them can beat. Elements are `WordPiece` pieces.
#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros; a benchmark may panic")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;

use clinlink_encoder::{Precision, set_threads};
use clinlink_model::{Layout, Note, Segmenter, Sentence, Tagger};
use clinlink_ner::Recogniser;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rust_bert::bert::{BertConfig, BertForTokenClassification};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

/// Invented; 62 pieces a sentence, so that windows of 192 pieces hold three.
const SENTENCE: &str = "The patient is a 67-year-old man with type 2 diabetes mellitus, chronic kidney disease and \
    ischemic cardiomyopathy who was admitted with fever, productive cough and dyspnea for three days and was given \
    ceftriaxone, azithromycin and furosemide for community-acquired pneumonia with decompensated heart failure.\n";

const PIECES: i64 = 66;

struct Lines;

impl Segmenter for Lines {
    fn segment(&self, note: &Note) -> Layout {
        let spans = note.text().lines().map(|line| note.span_of(line));
        let sentences = spans.map(|span| Sentence { span, tokens: 0..0, section: 0 }).collect();
        Layout { sentences, ..Layout::default() }
    }
}

/// Notes of 24 sentences each; a number keeps them apart, so that none is computed for another.
fn notes(count: usize) -> Vec<Note> {
    let line = |number: usize| format!("{number} {SENTENCE}");
    let text = |note: usize| (note * 24..(note + 1) * 24).map(line).collect::<Vec<_>>().concat();
    (0..count).map(|note| Note::new(note.to_string(), text(note)).unwrap()).collect()
}

/// The products of the committed model's six layers with their weights, 1,024 pieces at a time: of floats or of 8-bit
/// integers.
fn products(pieces: i64, kind: Kind) {
    let bias: Option<Tensor> = None;
    let product = |x: &Tensor, weight: &Tensor| match kind {
        Kind::Int8 => x.internal_int_mm(&weight.transpose(0, 1)),
        _ => x.linear(weight, bias.as_ref()),
    };
    let matrix = |rows: i64, columns: i64| Tensor::ones([rows, columns], (kind, Device::Cpu));
    let (x, wide) = (matrix(1024, 384), matrix(1024, 1536));
    let weights =
        [(&x, 1152), (&x, 384), (&x, 1536), (&wide, 384)].map(|(x, out)| (x, matrix(out, x.size()[1])));
    tch::no_grad(|| {
        for _ in 0..6 * pieces / 1024 {
            for (x, weight) in &weights {
                let _ = black_box(product(x, weight));
            }
        }
    });
}

fn forward(c: &mut Criterion) {
    set_threads(1);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/default/model");
    let notes = notes(8);
    let layouts: Vec<Layout> = notes.iter().map(|note| Lines.segment(note)).collect();
    let batch: Vec<(&Note, &Layout)> = notes.iter().zip(&layouts).collect();
    let pieces = 8 * 24 * PIECES;
    let mut group = c.benchmark_group("ner, one thread");
    group.sample_size(10).throughput(Throughput::Elements(pieces.unsigned_abs()));
    for (name, precision) in [("int8", Precision::Int8), ("bf16", Precision::Bf16), ("fp32", Precision::Fp32)]
    {
        let recogniser = Recogniser::load(&folder, &BTreeMap::new(), precision).unwrap();
        group.bench_function(name, |b| b.iter(|| recogniser.tag(&batch).unwrap()));
    }
    for (name, kind) in [("int8", Kind::Int8), ("bf16", Kind::BFloat16), ("fp32", Kind::Float)] {
        group.bench_function(format!("products alone, {name}"), |b| b.iter(|| products(pieces, kind)));
    }
    let config = std::fs::read_to_string(folder.join("config.json")).unwrap();
    let config: BertConfig = serde_json::from_str(&config).unwrap();
    let model = BertForTokenClassification::new(VarStore::new(Device::Cpu).root(), &config).unwrap();
    let rows = 16;
    let width = pieces / rows / 4;
    let ids = Tensor::randint(1000, [rows, width], (Kind::Int64, Device::Cpu));
    group.bench_function("rust-bert fp32", |b| {
        b.iter(|| {
            for _ in 0..4 {
                let _ = black_box(tch::no_grad(|| {
                    model.forward_t(Some(&ids), None, None, None, None, false).logits
                }));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
