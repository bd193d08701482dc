//! Each stage over the fixture episodes, on one thread: `cargo bench --bench stages`.
//!
//! Needs the default pack (`make vocab`). Figures are for the machine at hand; compare them within one run only.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clinlink_context::{Abbreviations, Context};
use clinlink_encoder::{Precision, set_threads};
use clinlink_episode::{CoderConfig, RuleCoder};
use clinlink_io::{Input, read_texts};
use clinlink_link::{Dictionary, LinkerConfig, PackLinker};
use clinlink_model::{Asserter, Coder, Episode, Expander, Layout, Linker, Mention, Note, Segmenter, Tagger};
use clinlink_ner::Recogniser;
use clinlink_pipeline::{Episodes, Mentions, Pipeline, PipelineConfig};
use clinlink_segment::RuleSegmenter;
use clinlink_vocab::Pack;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn inputs() -> Vec<Input> {
    let episodes = ["surgical-stay", "medical-stay", "rare-disease-child"];
    let folders: Vec<PathBuf> = episodes.iter().map(|name| root().join("fixtures").join(name)).collect();
    read_texts(&folders).unwrap().map(Result::unwrap).collect()
}

/// 300 notes of every specialty in mtsamples, if the folder that `CLINLINK_SHARED` names (or `../shared`) has it.
fn mixed_notes() -> Option<Vec<Note>> {
    let shared = std::env::var_os("CLINLINK_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let lines = std::fs::read_to_string(shared.join("data/corpora/mtsamples/notes.jsonl")).ok()?;
    let texts = lines.lines().step_by(7).take(300).enumerate().map(|(at, line)| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        Note::new(at.to_string(), row["text"].as_str().unwrap()).unwrap()
    });
    Some(texts.collect())
}

/// Segmentation and context, and linking, of the mixed notes with the dictionary's mentions, in notes a second.
fn context_of_mixed_notes(c: &mut Criterion) {
    let Some(notes) = mixed_notes() else { return };
    let pack = Arc::new(Pack::open(&root().join(".clinlink/packs/default")).unwrap());
    let (segmenter, context) = (RuleSegmenter::embedded(), Context::embedded());
    let layouts: Vec<Layout> = notes.iter().map(|note| segmenter.segment(note)).collect();
    let batch: Vec<(&Note, &Layout)> = notes.iter().zip(&layouts).collect();
    let mentions = Dictionary::new(Arc::clone(&pack)).tag(&batch).unwrap();
    let mut group = c.benchmark_group("mixed notes");
    group.throughput(Throughput::Elements(notes.len() as u64));
    group.bench_function("segment and context", |b| {
        let assess =
            |(note, m): (&Note, &Vec<Mention>)| context.assert(note, &segmenter.segment(note), m).len();
        b.iter(|| notes.iter().zip(&mentions).map(assess).sum::<usize>());
    });
    let linker = PackLinker::new(pack, LinkerConfig::default());
    group.bench_function("link", |b| {
        let link =
            |((note, layout), m): (&(&Note, &Layout), &Vec<Mention>)| linker.link(note, layout, m, &[]).len();
        b.iter(|| batch.iter().zip(&mentions).map(link).sum::<usize>());
    });
    group.finish();
}

fn stages(c: &mut Criterion) {
    let packs = root().join(".clinlink/packs");
    let path = packs.join("default");
    assert!(path.is_dir(), "no pack at {}: run `make vocab` first", path.display());
    let inputs = inputs();
    let notes: Vec<&Note> = inputs.iter().map(|input| &input.note).collect();
    let bytes: usize = notes.iter().map(|note| note.text().len()).sum();

    let mut group = c.benchmark_group("stages");
    group.throughput(Throughput::Bytes(bytes as u64));

    group.bench_function("open pack", |b| b.iter(|| Pack::open(black_box(&path)).unwrap()));
    let pack = Arc::new(Pack::open(&path).unwrap());

    let segmenter = RuleSegmenter::embedded();
    let segment = || notes.iter().map(|note| segmenter.segment(note)).collect::<Vec<Layout>>();
    group.bench_function("segment", |b| b.iter(segment));
    let layouts = segment();
    let batch: Vec<(&Note, &Layout)> = notes.iter().copied().zip(&layouts).collect();

    let dictionary = Dictionary::new(Arc::clone(&pack));
    group.bench_function("dictionary", |b| b.iter(|| dictionary.tag(&batch).unwrap()));
    let mentions: Vec<Vec<Mention>> = dictionary.tag(&batch).unwrap();

    set_threads(1);
    let model =
        Recogniser::load(&root().join("pipelines/default/model"), &BTreeMap::new(), Precision::Auto).unwrap();
    group.bench_function("token classifier", |b| b.iter(|| model.tag(&batch).unwrap()));

    let (abbreviations, context) = (Abbreviations::embedded(), Context::embedded());
    let tagged = || batch.iter().zip(&mentions);
    group.bench_function("abbreviations", |b| {
        b.iter(|| tagged().map(|((n, l), m)| abbreviations.expand(n, l, m).len()).sum::<usize>());
    });
    group.bench_function("context", |b| {
        b.iter(|| tagged().map(|((n, l), m)| context.assert(n, l, m).len()).sum::<usize>());
    });

    let linker = PackLinker::new(Arc::clone(&pack), LinkerConfig::default());
    group.bench_function("link", |b| {
        b.iter(|| tagged().map(|((n, l), m)| linker.link(n, l, m, &[]).len()).sum::<usize>());
    });

    let folder = root().join("pipelines/dictionary");
    let config = PipelineConfig::read(&folder).unwrap();
    let pipeline = Pipeline::load(config, &folder, &packs).unwrap();
    let annotate = || pipeline.annotate(inputs.clone(), Mentions::Tagged);
    group.bench_function("all but the classifier", |b| b.iter(annotate));

    let mut episodes = Episodes::default();
    for note in annotate() {
        episodes.add(note.unwrap());
    }
    let episodes: Vec<Episode> = episodes.finish().collect();
    let coder = RuleCoder::new(pack, CoderConfig::default());
    group.throughput(Throughput::Elements(episodes.len() as u64));
    group.bench_function("code", |b| {
        b.iter(|| episodes.iter().map(|episode| coder.code(episode).codes.len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, stages, context_of_mixed_notes);
criterion_main!(benches);
