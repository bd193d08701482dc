//! What the notes of a JSON lines file (fields `id`, `text` or `note`) define, one definition a line.
//!
//! `cargo run -p clinlink-context --example definitions -- FILE`
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use clinlink_context::Abbreviations;
use clinlink_model::{Expander, ExpansionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;

fn main() {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("which file?");
        return;
    };
    let (segmenter, abbreviations) = (RuleSegmenter::embedded(), Abbreviations::embedded());
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(text) = row["text"].as_str().or(row["note"].as_str()) else { continue };
        let note = Note::new(row["id"].to_string(), text).unwrap();
        let layout = segmenter.segment(&note);
        for expansion in abbreviations.expand(&note, &layout, &[]) {
            if matches!(expansion.source, ExpansionSource::Defined(_)) {
                println!("{}\t{}\t{}", note.id(), &note[expansion.short], expansion.long);
            }
        }
    }
}
