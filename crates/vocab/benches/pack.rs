//! Opening a pack, looking terms up, normal forms, search. Needs a built pack: `CLINLINK_PACK`, else
//! `.clinlink/packs/default` of this checkout.
#![allow(missing_docs, clippy::print_stderr, reason = "criterion's macros; a program reports on stderr")]

use std::hint::black_box;
use std::path::PathBuf;

use clinlink_vocab::{Pack, normal_words, visit_normal_words};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fst::Streamer as _;

/// Invented, in the style of a progress note.
const NOTE: &str = "Pt is a 67-year-old man with type 2 diabetes mellitus, Crohn's disease and chronic obstructive \
    pulmonary disease, admitted with fever, productive cough and dyspnoea for three days. No chest pain, no \
    haemoptysis. Temp 38.4, BP 142/86, HR 104, SpO2 91% on 2 L. Crackles over the right lower lobe. WBC 14.2, CRP \
    118 mg/L. Chest X-ray: right lower lobe consolidation. Impression: community-acquired pneumonia. Plan: \
    ceftriaxone and azithromycin i.v., nebulisers, continue metformin 500 mg b.i.d.\n";

fn pack_path() -> PathBuf {
    std::env::var_os("CLINLINK_PACK").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.clinlink/packs/default")),
        PathBuf::from,
    )
}

fn normal_forms(c: &mut Criterion) {
    let text = NOTE.repeat(50);
    let mut group = c.benchmark_group("normal");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("visit", |b| {
        b.iter(|| {
            let mut letters = 0;
            visit_normal_words(black_box(&text), |_, form| letters += form.len());
            letters
        });
    });
    group.bench_function("words", |b| b.iter(|| normal_words(black_box(&text)).len()));
    group.finish();
}

/// Ten thousand terms at even distances in the pack, so that few lookups touch the same pages.
fn spread_terms(pack: &Pack) -> Vec<Vec<u8>> {
    let step = pack.terms().len().div_ceil(10_000).max(1);
    let (mut stream, mut at, mut spread) = (pack.terms().stream(), 0, Vec::new());
    while let Some((term, _)) = stream.next() {
        if at % step == 0 {
            spread.push(term.to_vec());
        }
        at += 1;
    }
    spread
}

fn packs(c: &mut Criterion) {
    let path = pack_path();
    let pack = match Pack::open(&path) {
        Ok(pack) => pack,
        Err(error) => {
            eprintln!("no pack to measure: {error}");
            return;
        }
    };
    c.bench_function("open", |b| b.iter(|| Pack::open(black_box(&path)).map(|pack| pack.len())));
    c.bench_function("look up a term", |b| {
        b.iter(|| pack.terms().get(black_box("chronic obstructive pulmonary disease")));
    });
    c.bench_function("look up what is no term", |b| {
        b.iter(|| pack.terms().get(black_box("chronic disease of the left toenail")));
    });
    let spread = spread_terms(&pack);
    let mut group = c.benchmark_group("look up");
    group.throughput(Throughput::Elements(spread.len() as u64));
    group.bench_function("terms from all over the pack", |b| {
        b.iter(|| spread.iter().filter_map(|term| pack.terms().get(black_box(term))).sum::<u64>());
    });
    group.finish();
    c.bench_function("search three words", |b| {
        b.iter(|| pack.search(black_box("obstructive lung disease"), None, 10).map(|found| found.len()));
    });
}

criterion_group!(benches, normal_forms, packs);
criterion_main!(benches);
