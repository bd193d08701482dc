//! How many of the headers that `mtsamples` marks in bold are found, and the speed.
//!
//! `cargo run --release -p clinlink-segment --example headers`
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

use clinlink_model::{CharOffsets, Note, Segmenter};
use clinlink_segment::RuleSegmenter;

fn main() {
    let shared =
        std::env::var_os("CLINLINK_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let file = shared.join("data/corpora/mtsamples/notes.jsonl");
    let Ok(lines) = std::fs::read_to_string(&file) else {
        eprintln!("no {}: set CLINLINK_SHARED", file.display());
        return;
    };
    let segmenter = RuleSegmenter::embedded();
    let (mut found, mut missed, mut extra) = (0, 0, 0);
    let (mut nested_found, mut nested_extra) = (0, 0);
    let (mut bytes, mut seconds, mut sentences, mut tokens) = (0, 0.0, 0, 0);
    let mut faults: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for (n, line) in lines.lines().enumerate() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let note = Note::new(n.to_string(), row["text"].as_str().unwrap()).unwrap();
        let layout = segmenter.segment(&note);
        // The best of five: what other processes take is not counted.
        let best = (0..5).map(|_| {
            let start = Instant::now();
            std::hint::black_box(segmenter.segment(&note));
            start.elapsed().as_secs_f64()
        });
        seconds += best.fold(f64::INFINITY, f64::min);
        bytes += note.text().len();
        sentences += layout.sentences.len();
        tokens += layout.tokens.len();
        let Some(bold) = row["bold_spans"].as_array().filter(|b| !b.is_empty()) else { continue };
        let offsets = CharOffsets::new(note.text());
        let byte = |value: &serde_json::Value| offsets.to_byte(value.as_u64().unwrap() as usize).unwrap();
        let trim = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '.');
        let gold: BTreeSet<(usize, String)> = bold
            .iter()
            .map(|b| (byte(&b[0]), byte(&b[1])))
            .map(|(start, end)| (start, note.text()[start..end].trim_end_matches(trim).to_owned()))
            .collect();
        let ours: BTreeSet<(usize, String)> = layout
            .sections
            .iter()
            .filter(|s| s.parent.is_none())
            .filter_map(|s| s.header)
            .map(|h| (h.start(), note[h].trim_end_matches(trim).to_owned()))
            .collect();
        let nested = layout.sections.iter().filter(|s| s.parent.is_some()).filter_map(|s| s.header);
        for header in nested {
            let bold = gold.contains(&(header.start(), note[header].trim_end_matches(trim).to_owned()));
            *(if bold { &mut nested_found } else { &mut nested_extra }) += 1;
        }
        found += gold.intersection(&ours).count();
        for (_, header) in gold.difference(&ours) {
            missed += 1;
            *faults.entry((true, header.clone())).or_default() += 1;
        }
        for (_, header) in ours.difference(&gold) {
            extra += 1;
            *faults.entry((false, header.clone())).or_default() += 1;
        }
    }
    print_scores("headers of sections that are within no other", found, extra, missed);
    let (with_nested, more) = (found + nested_found, extra + nested_extra);
    print_scores("all headers", with_nested, more, missed - nested_found);
    println!("{sentences} sentences, {tokens} tokens, {:.1} MB/s on one core", bytes as f64 / 1e6 / seconds);
    if std::env::args().any(|arg| arg == "--faults") {
        let mut faults: Vec<_> = faults.into_iter().collect();
        faults.sort_by_key(|fault| std::cmp::Reverse(fault.1));
        for ((missed, header), count) in faults.iter().take(150) {
            println!("{count:5} {} {header:?}", if *missed { "missed" } else { "not bold" });
        }
    }
}

fn print_scores(what: &str, found: usize, extra: usize, missed: usize) {
    let precision = found as f64 / (found + extra) as f64;
    let recall = found as f64 / (found + missed) as f64;
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!(
        "{what}: P {precision:.3} R {recall:.3} F1 {f1:.3} ({found} found, {extra} not bold, {missed} missed)"
    );
}
