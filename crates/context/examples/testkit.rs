//! Precision, recall and F1 of negation and temporality on the sentences of the NegEx test kit.
//!
//! `cargo run -p clinlink-context --example testkit [-- --faults]`
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used, missing_docs)]

use std::path::PathBuf;

use clinlink_context::Context;
use clinlink_model::{
    Asserter, Assertion, Course, Experiencer, Label, Mention, MentionSource, Note, Polarity, Segmenter,
    Temporality,
};
use clinlink_segment::RuleSegmenter;

#[derive(Default)]
struct Counts {
    right: u32,
    extra: u32,
    missed: u32,
}

impl Counts {
    fn add(&mut self, gold: bool, ours: bool) {
        match (gold, ours) {
            (true, true) => self.right += 1,
            (false, true) => self.extra += 1,
            (true, false) => self.missed += 1,
            (false, false) => {}
        }
    }

    fn show(&self, name: &str) {
        let precision = f64::from(self.right) / f64::from((self.right + self.extra).max(1));
        let recall = f64::from(self.right) / f64::from((self.right + self.missed).max(1));
        let f1 = 2.0 * precision * recall / (precision + recall).max(1e-9);
        let Self { right, extra, missed } = self;
        println!(
            "{name:14} P {precision:.3} R {recall:.3} F1 {f1:.3} ({right} right, {extra} extra, {missed} missed)"
        );
    }
}

/// Where the words of `concept` stand in `sentence`, whatever the case and the white space between them.
fn locate(sentence: &str, concept: &str) -> Option<(usize, usize)> {
    let lower = sentence.to_ascii_lowercase();
    let words: Vec<String> = concept.split_whitespace().map(str::to_ascii_lowercase).collect();
    // The test kit writes the concept in capitals where the sentence has other places of the same words.
    let places = |text: &str, words: &[String]| -> Vec<(usize, usize)> {
        let starts = text.match_indices(words[0].as_str());
        starts
            .filter_map(|(start, first)| {
                let mut end = start + first.len();
                for word in &words[1..] {
                    let rest = &text[end..];
                    let skip = rest.len() - rest.trim_start().len();
                    end += skip;
                    end += text[end..].starts_with(word.as_str()).then_some(word.len())?;
                }
                Some((start, end))
            })
            .collect()
    };
    let upper: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
    let places = [places(sentence, &upper), places(&lower, &words)].into_iter().find(|p| !p.is_empty())?;
    // Of several places one that is the whole word: "PE" rather than "PE's".
    let whole = |&&(_, end): &&(usize, usize)| !sentence[end..].starts_with(['\'', '’']);
    places.iter().find(whole).or(places.first()).copied()
}

fn main() {
    let shared =
        std::env::var_os("CLINLINK_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let file = shared.join("data/corpora/context_testkit/dev.jsonl");
    let Ok(lines) = std::fs::read_to_string(&file) else {
        eprintln!("no {}: set CLINLINK_SHARED", file.display());
        return;
    };
    let faults = std::env::args().any(|arg| arg == "--faults");
    let (segmenter, context) = (RuleSegmenter::embedded(), Context::embedded());
    let [mut negated, mut historical, mut hypothetical, mut other] = [(); 4].map(|()| Counts::default());
    // The kit calls a finding negated that is said to be resolved; here that is a course of its own.
    let mut negated_or_resolved = Counts::default();
    let mut lost = 0;
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| row[name].as_str().unwrap();
        let (sentence, concept) = (field("sentence"), field("concept"));
        let Some((start, end)) = locate(sentence, concept) else {
            lost += 1;
            continue;
        };
        let note = Note::new(row["n"].to_string(), sentence).unwrap();
        let layout = segmenter.segment(&note);
        let span = note.span(start..end).unwrap();
        let mention = Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Given };
        let assertion = context.assert(&note, &layout, &[mention]).remove(0);
        let gold = [
            field("negation") == "Negated",
            field("temporality") == "Historical",
            field("temporality") == "Not particular",
            field("experiencer") != "Patient",
        ];
        let ours = [
            assertion.polarity == Polarity::Negated,
            assertion.temporality == Temporality::Historical,
            assertion.temporality == Temporality::Hypothetical,
            assertion.experiencer != Experiencer::Patient,
        ];
        for (at, counts) in
            [&mut negated, &mut historical, &mut hypothetical, &mut other].into_iter().enumerate()
        {
            counts.add(gold[at], ours[at]);
        }
        let resolved = assertion.course == Some(Course::Resolved);
        negated_or_resolved.add(gold[0], ours[0] || resolved);
        if faults && gold != ours {
            report(&note, concept, gold, ours, &assertion);
        }
    }
    negated.show("negated");
    negated_or_resolved.show("or resolved");
    historical.show("historical");
    hypothetical.show("hypothetical");
    other.show("not patient");
    println!("concepts not found in their sentence: {lost}");
}

fn report(note: &Note, concept: &str, gold: [bool; 4], ours: [bool; 4], assertion: &Assertion) {
    let names = ["neg", "hist", "hypo", "other"];
    let wrong: Vec<String> = names
        .iter()
        .enumerate()
        .filter(|&(at, _)| gold[at] != ours[at])
        .map(|(at, name)| format!("{}{name}", if gold[at] { "missed " } else { "extra " }))
        .collect();
    let cues: Vec<String> = assertion.cues.iter().map(|c| format!("{}={}", &note[c.span], c.rule)).collect();
    println!("{} | {concept} | {} | {}", wrong.join(", "), cues.join("; "), note.text());
}
