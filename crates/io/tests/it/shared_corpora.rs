//! Real corpora, where they are at hand: every note is read, and every mention is the words that the corpus says.

use std::fs;
use std::path::PathBuf;

use clinlink_io::{read_notes, read_texts};
use rstest::rstest;
use serde_json::Value;

fn corpus(name: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("CLINLINK_SHARED").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = shared.join("data/corpora").join(name);
    if !path.exists() {
        eprintln!("skipped: no {name} under CLINLINK_SHARED");
    }
    path.exists().then_some(path)
}

#[rstest]
#[case("mtsamples/notes.jsonl")]
#[case("codiesp/dev.jsonl")]
#[case("anatem/devel.jsonl")]
fn every_note_is_read(#[case] name: &str) {
    let Some(path) = corpus(name) else { return };
    let lines = fs::read_to_string(&path).unwrap().lines().count();
    let read: Vec<_> = read_texts(&[path]).unwrap().collect();
    assert!(read.iter().all(Result::is_ok), "{:?}", read.iter().filter_map(|r| r.as_ref().err()).next());
    assert_eq!(read.len(), lines);
}

#[rstest]
#[case("bc5cdr/traindev.jsonl")]
#[case("ncbi_disease/traindev.jsonl")]
#[case("hpo_gsc/dev.jsonl")]
#[case("craft_mondo/craft_mondo.jsonl")]
fn every_mention_is_the_words_that_the_corpus_says(#[case] name: &str) {
    let Some(path) = corpus(name) else { return };
    let lines = fs::read_to_string(&path).unwrap();
    let mut mentions = 0;
    for (line, input) in lines.lines().zip(read_notes(&[path]).unwrap()) {
        let (record, input) = (serde_json::from_str::<Value>(line).unwrap(), input.unwrap());
        let text = |entity: &Value| entity["text"].as_str().unwrap().to_owned();
        let mut expected: Vec<_> = record["entities"].as_array().unwrap().iter().map(text).collect();
        let mut found: Vec<_> = input.given.unwrap().iter().map(|m| input.note[m.span].to_owned()).collect();
        expected.sort();
        found.sort();
        mentions += found.len();
        assert_eq!(found.len(), expected.len());
        assert!(found == expected, "note {}: other words", input.note.id());
    }
    assert!(mentions > 500, "{mentions}");
}
