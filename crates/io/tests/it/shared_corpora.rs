//! Real corpora, where they are at hand: every note is read, and every mention is the words at its characters.

use std::fs;
use std::path::PathBuf;

use clinlink_io::{read_notes, read_texts};
use rstest::rstest;
use serde_json::Value;

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
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
    assert!(read.iter().all(Result::is_ok), "{:?}", read.iter().find_map(|r| r.as_ref().err()));
    assert_eq!(read.len(), lines);
}

#[rstest]
#[case("bc5cdr/traindev.jsonl")]
#[case("hpo_gsc/dev.jsonl")]
#[case("craft_mondo/craft_mondo.jsonl")]
fn every_mention_is_the_words_at_its_characters(#[case] name: &str) {
    let Some(path) = corpus(name) else { return };
    let lines = fs::read_to_string(&path).unwrap();
    let mut mentions = 0;
    for (line, input) in lines.lines().zip(read_notes(&[path]).unwrap()) {
        let (record, input) = (serde_json::from_str::<Value>(line).unwrap(), input.unwrap());
        let chars: Vec<char> = record["text"].as_str().unwrap().chars().collect();
        let offset = |entity: &Value, end: &str| usize::try_from(entity[end].as_u64().unwrap()).unwrap();
        let words =
            |entity: &Value| chars[offset(entity, "start")..offset(entity, "end")].iter().collect::<String>();
        let mut expected: Vec<_> = record["entities"].as_array().unwrap().iter().map(words).collect();
        let mut found: Vec<_> = input.given.unwrap().iter().map(|m| input.note[m.span].to_owned()).collect();
        expected.sort();
        found.sort();
        mentions += found.len();
        // Not assert_eq: a failure must not print the text.
        assert!(found == expected, "note {}: other words", input.note.id());
    }
    assert!(mentions > 100, "{mentions}");
}
