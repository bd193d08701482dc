//! How many of the marked sentences and headers of `tests/cases` are found exactly, by phenomenon.
//!
//! `cargo run --release -p clinlink-segment --example hard_cases` (`-- --faults` lists what is not).
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/cases/mod.rs"]
mod cases;

use cases::{found_headers, found_sentences, header_cases, sentence_cases};
use clinlink_segment::RuleSegmenter;

fn main() {
    let faults = std::env::args().any(|arg| arg == "--faults");
    let segmenter = RuleSegmenter::embedded();
    sentences(&segmenter, faults);
    headers(&segmenter, faults);
}

fn sentences(segmenter: &RuleSegmenter, faults: bool) {
    let mut table: Vec<(&str, usize, usize)> = Vec::new();
    for case in sentence_cases() {
        if table.last().is_none_or(|row| row.0 != case.phenomenon) {
            table.push((case.phenomenon, 0, 0));
        }
        let found = found_sentences(segmenter, &case.text);
        let exact = found == case.sentences;
        let row = table.last_mut().unwrap();
        *row = (row.0, row.1 + usize::from(exact), row.2 + 1);
        if faults && !exact {
            println!("{}: {}\n   is {found:?}\n  not {:?}", case.line, case.phenomenon, case.sentences);
        }
    }
    println!("| phenomenon | exact | cases |\n|---|---|---|");
    for (phenomenon, exact, all) in &table {
        println!("| {phenomenon} | {exact} | {all} |");
    }
    let exact: usize = table.iter().map(|row| row.1).sum();
    let all: usize = table.iter().map(|row| row.2).sum();
    println!("| all | {exact} | {all} |\n");
}

fn headers(segmenter: &RuleSegmenter, faults: bool) {
    let (mut both, mut kinds, mut gold_count, mut found_count) = (0, 0, 0, 0);
    let cases = header_cases();
    for case in &cases {
        let found = found_headers(segmenter, &case.text);
        let place = |h: &(usize, String, String)| (h.0, h.1.clone());
        let same = |h: &&(usize, String, String)| found.iter().any(|f| place(f) == place(h));
        both += case.headers.iter().filter(same).count();
        kinds += case.headers.iter().filter(|h| found.contains(h)).count();
        gold_count += case.headers.len();
        found_count += found.len();
        if faults && found != case.headers {
            println!("headers, {}:", case.name);
            for h in case.headers.iter().filter(|h| !found.contains(h)) {
                println!("  not found: {h:?}");
            }
            for h in found.iter().filter(|h| !case.headers.contains(h)) {
                println!("  found: {h:?}");
            }
        }
    }
    let f1 = |hits: usize| 2.0 * hits as f64 / (gold_count + found_count) as f64;
    println!(
        "{gold_count} headers in {} notes: F1 {:.3}; with the right kind and parents {:.3}",
        cases.len(),
        f1(both),
        f1(kinds)
    );
}
