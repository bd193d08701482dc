//! How many abbreviations of `tests/senses/sentences.txt` are told right, wrong or not at all.
//!
//! `cargo run -p clinlink-context --example senses [-- --faults]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/phenomena/markup.rs"]
mod markup;
#[path = "../tests/senses/outcome.rs"]
mod outcome;

fn main() {
    let faults = std::env::args().any(|arg| arg == "--faults");
    let outcomes = outcome::outcomes();
    let right = outcomes.iter().filter(|outcome| outcome.is_right()).count();
    let told = outcomes.iter().filter(|outcome| outcome.found.is_some()).count();
    for outcome in outcomes.iter().filter(|outcome| faults && !outcome.is_right()) {
        let found = outcome.found.as_ref().map(|found| (&found.long, found.score, &found.runner_up));
        println!("{}: {found:?} for {:?} | {}", outcome.short, outcome.expected, outcome.line);
    }
    println!(
        "senses {} right {right} wrong {} untold {} P {:.3} R {:.3}",
        outcomes.len(),
        told - right,
        outcomes.len() - told,
        right as f64 / told as f64,
        right as f64 / outcomes.len() as f64
    );
}
