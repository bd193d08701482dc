//! How often the lexicon tells the sense of an abbreviation in notes that nobody wrote for it.
//!
//! `CLINLINK_SHARED=… cargo run --release -p clinlink-context --example substituted_senses [-- --senses]`
//!
//! Where a note of mtsamples spells a sense of an abbreviation of several senses, the short form is put in its place,
//! and the lexicon must tell which sense that was, by what stands around it and by the specialty of the note. Of each
//! sense at most [`MOST`] places count, two a note. Authors who write a sense out are not those who abbreviate it, so
//! that how often each sense occurs here says nothing; the mean over senses does.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::path::PathBuf;

use clinlink_context::Abbreviations;
use clinlink_model::{Expander, Label, Mention, MentionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;

const MOST: usize = 60;
const A_NOTE: usize = 2;

#[derive(Default)]
struct Counts {
    right: usize,
    wrong: usize,
    untold: usize,
}

impl Counts {
    const fn all(&self) -> usize {
        self.right + self.wrong + self.untold
    }
}

/// Short and long form of each sense of an abbreviation of several senses.
fn senses() -> Vec<(&'static str, &'static str)> {
    let rows = include_str!("../../../vocab/abbreviations.tsv").lines();
    let rows = rows.filter(|row| !row.starts_with('#')).skip(1);
    let columns = rows.map(|row| row.split('\t').collect::<Vec<_>>()).filter(|columns| columns.len() == 6);
    let senses: Vec<_> = columns.map(|columns| (columns[0].split('|').next().unwrap(), columns[1])).collect();
    let several = |short: &str| senses.iter().filter(|(other, _)| *other == short).count() > 1;
    senses.iter().copied().filter(|(short, _)| several(short)).collect()
}

/// Where `long` stands in `lower` as whole words.
fn places<'t>(lower: &'t str, long: &'t str) -> impl Iterator<Item = usize> + 't {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let alone = move |at: usize| {
        !word(lower[..at].chars().next_back()) && !word(lower[at + long.len()..].chars().next())
    };
    lower.match_indices(long).map(|(at, _)| at).filter(move |&at| alone(at))
}

fn main() {
    let shared =
        std::env::var_os("CLINLINK_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let file = shared.join("data/corpora/mtsamples/notes.jsonl");
    let Ok(lines) = std::fs::read_to_string(&file) else {
        eprintln!("no {}: set CLINLINK_SHARED", file.display());
        return;
    };
    let rows = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let notes: Vec<(String, String, Option<String>)> = rows
        .filter_map(|row| {
            let text = row["text"].as_str()?.to_owned();
            let names = row["specialties"].as_array()?.iter().filter_map(serde_json::Value::as_str);
            Some((text.to_ascii_lowercase(), text, Some(names.collect::<Vec<_>>().join(", "))))
        })
        .collect();
    let (segmenter, abbreviations) = (RuleSegmenter::embedded(), Abbreviations::embedded());
    let (mut all, mut by_sense) = (Counts::default(), Vec::new());
    for (short, long) in senses() {
        let mut counts = Counts::default();
        let key = long.to_ascii_lowercase();
        for (lower, text, specialty) in &notes {
            for at in places(lower, &key).take(A_NOTE) {
                let around = text.floor_char_boundary(at.saturating_sub(40))
                    ..text.ceil_char_boundary(at + key.len() + 40);
                if counts.all() == MOST || text[around].contains(short) {
                    continue;
                }
                let changed = format!("{}{short}{}", &text[..at], &text[at + key.len()..]);
                let mut note = Note::new("n", changed).unwrap();
                note.kind.clone_from(specialty);
                let span = note.span(at..at + short.len()).unwrap();
                let layout = segmenter.segment(&note);
                let mention = Mention { span, label: Label::Other, score: 1.0, by: MentionSource::Given };
                let found = abbreviations.expand(&note, &layout, &[mention]);
                match found.iter().find(|e| e.short == span) {
                    Some(found) if found.long == long => counts.right += 1,
                    Some(_) => counts.wrong += 1,
                    None => counts.untold += 1,
                }
            }
        }
        all.right += counts.right;
        all.wrong += counts.wrong;
        all.untold += counts.untold;
        by_sense.push((short, long, counts));
    }
    by_sense.retain(|(.., counts)| counts.all() >= 5);
    if std::env::args().any(|arg| arg == "--senses") {
        for (short, long, Counts { right, wrong, untold }) in &by_sense {
            println!("{short}\t{long}\tright {right} wrong {wrong} untold {untold}");
        }
    }
    let mean =
        by_sense.iter().map(|(.., c)| c.right as f64 / c.all() as f64).sum::<f64>() / by_sense.len() as f64;
    let Counts { right, wrong, untold } = all;
    println!(
        "places {} right {right} wrong {wrong} untold {untold} P {:.3} R {:.3}; mean R of {} senses {mean:.3}",
        all.all(),
        right as f64 / (right + wrong) as f64,
        right as f64 / all.all() as f64,
        by_sense.len()
    );
}
