//! Precision, recall and F1 of abbreviation definitions on MED1250.
//!
//! `cargo run -p clinlink-context --example med1250 [-- --faults]`
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use clinlink_context::Abbreviations;
use clinlink_model::{Expander, ExpansionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;

fn main() {
    let shared =
        std::env::var_os("CLINLINK_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let file = shared.join("data/corpora/abbreviations_med1250/dev.jsonl");
    let Ok(lines) = std::fs::read_to_string(&file) else {
        eprintln!("no {}: set CLINLINK_SHARED", file.display());
        return;
    };
    let faults = std::env::args().any(|arg| arg == "--faults");
    let (segmenter, abbreviations) = (RuleSegmenter::embedded(), Abbreviations::embedded());
    let (mut right, mut extra, mut missed) = (0, 0, 0);
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = row["id"].as_str().unwrap();
        let texts: Vec<&str> = row["lines"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
        let note = Note::new(id, texts.join("\n\n")).unwrap();
        let layout = segmenter.segment(&note);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let ours: BTreeSet<(String, String)> = abbreviations
            .expand(&note, &layout, &[])
            .iter()
            .filter_map(|e| match e.source {
                ExpansionSource::Defined(_) => Some((words(&note[e.short]), words(&e.long))),
                _ => None,
            })
            .collect();
        let pair =
            |pair: &serde_json::Value| (words(pair[0].as_str().unwrap()), words(pair[1].as_str().unwrap()));
        let gold: BTreeSet<(String, String)> = row["pairs"].as_array().unwrap().iter().map(pair).collect();
        right += gold.intersection(&ours).count();
        extra += ours.difference(&gold).count();
        missed += gold.difference(&ours).count();
        if faults {
            gold.difference(&ours).for_each(|pair| println!("{id} missed {pair:?}"));
            ours.difference(&gold).for_each(|pair| println!("{id} extra  {pair:?}"));
        }
    }
    let precision = right as f64 / (right + extra) as f64;
    let recall = right as f64 / (right + missed) as f64;
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!(
        "pairs P {precision:.3} R {recall:.3} F1 {f1:.3} ({right} right, {extra} extra, {missed} missed)"
    );
}
