//! What the dictionary finds in notes, most frequent first, and how fast dictionary and linker are:
//!
//! ```text
//! cargo run --release -p clinlink-episode --example mentions -- PACK [notes.jsonl] [TOP]
//! ```
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clinlink_link::{Dictionary, LinkerConfig, PackLinker};
use clinlink_model::{Layout, Linker, Mention, Note, Segmenter};
use clinlink_segment::RuleSegmenter;
use clinlink_vocab::Pack;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let pack = Arc::new(Pack::open(Path::new(&args[0])).unwrap());
    let shared = std::env::var("CLINLINK_SHARED").unwrap_or_else(|_| "../shared".into());
    let path = args
        .get(1)
        .map_or_else(|| PathBuf::from(shared).join("data/corpora/mtsamples/notes.jsonl"), PathBuf::from);
    let top: usize = args.get(2).map_or(100, |top| top.parse().unwrap());
    let segmenter = RuleSegmenter::embedded();
    let notes: Vec<(Note, Layout)> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            let note = Note::new(at.to_string(), record["text"].as_str().unwrap()).unwrap();
            let layout = segmenter.segment(&note);
            (note, layout)
        })
        .collect();

    let dictionary = Dictionary::new(Arc::clone(&pack));
    let start = Instant::now();
    let mentions: Vec<Vec<Mention>> =
        notes.iter().map(|(note, layout)| dictionary.mentions(note, layout)).collect();
    let seconds = start.elapsed().as_secs_f64();
    let count: usize = mentions.iter().map(Vec::len).sum();
    println!(
        "dictionary: {:.0} notes/s, {count} mentions in {} notes",
        notes.len() as f64 / seconds,
        notes.len()
    );

    let linker = PackLinker::new(pack, LinkerConfig::default());
    let start = Instant::now();
    let mut frequency: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut nil = 0;
    for ((note, layout), mentions) in notes.iter().zip(&mentions) {
        let links = linker.link(note, layout, mentions, &[]);
        for (mention, links) in mentions.iter().zip(links) {
            nil += usize::from(links.is_empty());
            let words = note[mention.span].to_lowercase();
            let best = links
                .first()
                .map_or_else(|| "NIL".to_owned(), |c| format!("{} {} {}", c.system, c.code, c.title));
            frequency.entry(words).or_insert((0, format!("{} {best}", mention.label.name()))).0 += 1;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("linker: {:.0} notes/s, {nil} mentions NIL", notes.len() as f64 / seconds);
    let mut frequency: Vec<_> = frequency.into_iter().collect();
    frequency.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    for (words, (count, best)) in frequency.into_iter().take(top) {
        println!("{count}\t{words}\t{best}");
    }
}
