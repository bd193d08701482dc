//! Precision, recall and F1 by phenomenon on the sentences of `tests/phenomena/sentences.txt`, as a table.
//!
//! `cargo run -p clinlink-context --example phenomena [-- --faults]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/phenomena/markup.rs"]
mod markup;
#[path = "../tests/phenomena/outcome.rs"]
mod outcome;

use outcome::{cases, outcomes};

#[derive(Default)]
struct Counts {
    texts: u32,
    mentions: u32,
    right: u32,
    extra: u32,
    missed: u32,
    exact: u32,
}

impl Counts {
    fn row(&self, name: &str) -> String {
        let part = |of: u32| f64::from(self.right) / f64::from((self.right + of).max(1));
        let (precision, recall) = (part(self.extra), part(self.missed));
        let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
        let Self { texts, mentions, exact, right, extra, missed } = self;
        let figures = if right + missed == 0 {
            format!("| – | – | – | {extra} extra")
        } else {
            format!("| {precision:.3} | {recall:.3} | {f1:.3} | {extra} extra, {missed} missed")
        };
        format!("| {name} | {texts} | {mentions} | {exact} {figures} |")
    }

    fn add(&mut self, other: &Self) {
        self.texts += other.texts;
        self.mentions += other.mentions;
        self.right += other.right;
        self.extra += other.extra;
        self.missed += other.missed;
        self.exact += other.exact;
    }
}

fn main() {
    let faults = std::env::args().any(|arg| arg == "--faults");
    let mut rows: Vec<(&str, Counts)> = Vec::new();
    for case in cases() {
        if rows.last().is_none_or(|(name, _)| *name != case.phenomenon) {
            rows.push((case.phenomenon, Counts::default()));
        }
        let counts = &mut rows.last_mut().unwrap().1;
        counts.texts += 1;
        for outcome in outcomes(case.markup) {
            let wanted = |value: &&String| outcome.expected.contains(value);
            let right = outcome.found.iter().filter(wanted).count() as u32;
            counts.mentions += 1;
            counts.right += right;
            counts.extra += outcome.found.len() as u32 - right;
            counts.missed += outcome.expected.len() as u32 - right;
            counts.exact += u32::from(outcome.is_right());
            if faults && !outcome.is_right() {
                let outcome::Outcome { words, expected, found, cues } = &outcome;
                let known = if case.known { " (known)" } else { "" };
                println!("{}{known}: {words:?} {found:?} for {expected:?}, cues {cues:?}", case.markup);
            }
        }
    }
    let mut all = Counts::default();
    println!("| phenomenon | texts | mentions | all right | P | R | F1 | |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, counts) in &rows {
        println!("{}", counts.row(name));
        all.add(counts);
    }
    println!("{}", all.row("all"));
}
