//! Segmentation and context on one thread, in notes and MB a second.
//!
//! `cargo run --release -p clinlink-context --example speed`
//!
//! 300 notes of the mtsamples corpus where `CLINLINK_SHARED` (or `../shared`) has it, else those of `fixtures/`, each
//! with every fifth word as a mention, which is denser than a dictionary's; then the same text as one note of growing
//! length, whose MB/s must stay the same, and 5 MB of the same piece, one after the other, as one line and as many. Each figure is the best of five runs, in time on the processor where the
//! system tells it (Linux), so that other programs disturb it little.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use clinlink_context::{Abbreviations, Context};
use clinlink_model::{Asserter, Expander, Label, Layout, Mention, MentionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;

fn texts() -> Vec<String> {
    let shared =
        std::env::var_os("CLINLINK_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let corpus = shared.join("data/corpora/mtsamples/notes.jsonl");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/notes.jsonl");
    let lines = std::fs::read_to_string(&corpus).or_else(|_| std::fs::read_to_string(own)).unwrap();
    let rows = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.filter_map(|row| Some(row["text"].as_str()?.to_owned())).step_by(7).take(300).collect()
}

fn mentions(layout: &Layout) -> Vec<Mention> {
    let mention = |span| Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Given };
    layout.tokens.iter().step_by(5).map(|token| mention(token.span)).collect()
}

/// Time that this thread has spent on the processor, in seconds; `None` where the system does not tell.
fn on_processor() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(stat.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

/// The least time of five runs, in seconds.
fn best(mut run: impl FnMut() -> usize) -> f64 {
    let timed = |_| {
        let (start, clock) = (on_processor(), Instant::now());
        std::hint::black_box(run());
        let spent = on_processor().zip(start).map(|(end, start)| end - start);
        spent.unwrap_or_else(|| clock.elapsed().as_secs_f64())
    };
    (0..5).map(timed).fold(f64::INFINITY, f64::min)
}

fn main() {
    let (segmenter, context, abbreviations) =
        (RuleSegmenter::embedded(), Context::embedded(), Abbreviations::embedded());
    let texts = texts();
    let notes: Vec<Note> = texts.iter().map(|text| Note::new("n", text.as_str()).unwrap()).collect();
    let layouts: Vec<Layout> = notes.iter().map(|note| segmenter.segment(note)).collect();
    let given: Vec<Vec<Mention>> = layouts.iter().map(mentions).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{} notes, {:.2} MB, {} mentions",
        notes.len(),
        bytes as f64 / 1e6,
        given.iter().map(Vec::len).sum::<usize>()
    );
    let all = || notes.iter().zip(&layouts).zip(&given);
    let seconds = [
        best(|| notes.iter().map(|note| segmenter.segment(note).tokens.len()).sum()),
        best(|| all().map(|((note, layout), m)| context.assert(note, layout, m).len()).sum()),
        best(|| all().map(|((note, layout), m)| abbreviations.expand(note, layout, m).len()).sum()),
        best(|| {
            notes.iter().zip(&given).map(|(n, m)| context.assert(n, &segmenter.segment(n), m).len()).sum()
        }),
    ];
    for (name, seconds) in ["segment", "context", "abbreviations", "segment and context"].iter().zip(seconds)
    {
        let rate = |of: f64| of / seconds;
        println!("{name:20} {:8.0} notes/s {:6.1} MB/s", rate(notes.len() as f64), rate(bytes as f64 / 1e6));
    }
    let text = texts.join("\n\n");
    let long = [500_000, 1_500_000, 5_000_000].map(|length| ("notes", text.clone(), length));
    let one_line = ("one line", text.replace(['\n', '\r'], " "), 5_000_000);
    let pieces = [
        "no ",
        "(",
        "7",
        "\n",
        "PMH:\n",
        "a",
        "HF (",
        "? ",
        "3/14/2019 ",
        "[x] ",
        "DR: any?\nPT: no\n",
        "MS ",
    ];
    let hostile = pieces.map(|piece| (piece, piece.to_owned(), 5_000_000));
    for (name, piece, length) in long.into_iter().chain([one_line]).chain(hostile) {
        let mut long = piece.repeat(length / piece.len() + 1);
        long.truncate(long.floor_char_boundary(length));
        let note = Note::new("n", long).unwrap();
        let layout = segmenter.segment(&note);
        let m = mentions(&layout);
        let rate = |seconds: f64| length as f64 / 1e6 / seconds;
        println!(
            "{length:8} bytes of {name:22?} segment {:6.1} MB/s, context {:6.1}, abbreviations {:6.1}",
            rate(best(|| segmenter.segment(&note).tokens.len())),
            rate(best(|| context.assert(&note, &layout, &m).len())),
            rate(best(|| abbreviations.expand(&note, &layout, &m).len())),
        );
    }
}
