//! Micro P, R and F1 of diagnosis codes on `CodiEsp`, with dictionary mentions:
//!
//! ```text
//! cargo run --release -p clinlink-episode --example codiesp -- PACK [dev.jsonl] [--errors]
//! ```
//!
//! Every case is an episode of one note. Gold codes are the 2018 edition; codes that later editions split are
//! compared as the 2018 code that they came from.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clinlink_context::{Abbreviations, Context};
use clinlink_episode::{CoderConfig, RuleCoder};
use clinlink_link::{Dictionary, LinkerConfig, PackLinker};
use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Asserter, Coder, Episode, Expander, Linker, Note, Segmenter, Status,
};
use clinlink_segment::RuleSegmenter;
use clinlink_vocab::Pack;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (flags, paths): (Vec<_>, Vec<_>) = args.into_iter().partition(|arg| arg.starts_with("--"));
    let pack = Arc::new(Pack::open(Path::new(&paths[0])).unwrap());
    let shared = std::env::var("CLINLINK_SHARED").unwrap_or_else(|_| "../shared".into());
    let gold = paths
        .get(1)
        .map_or_else(|| PathBuf::from(shared).join("data/corpora/codiesp/dev.jsonl"), PathBuf::from);
    let stages = Stages::new(&pack);
    let mut figures: BTreeMap<&str, Tally> = BTreeMap::new();
    for line in std::fs::read_to_string(gold).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let gold: BTreeSet<String> =
            case["diagnoses"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
        let note = Note::new(case["id"].as_str().unwrap(), case["text"].as_str().unwrap()).unwrap();
        let episode = stages.annotate(note);
        let codes = stages.coder.code(&episode).codes;
        if flags.contains(&"--errors".to_owned()) {
            print_errors(&episode, &codes, &gold);
        }
        for (name, least) in
            [("accepted", Status::Accepted), ("+ review", Status::Review), ("+ rejected", Status::Rejected)]
        {
            let found: BTreeSet<String> =
                codes.iter().filter(|c| c.status <= least).map(|c| in_2018(&c.code)).collect();
            figures.entry(name).or_default().add(&found, &gold);
        }
    }
    println!("| codes | P | R | F1 | P 3 | R 3 | F1 3 |");
    for (name, tally) in figures {
        println!("| {name} | {} | {} |", tally.full, tally.three);
    }
}

struct Stages {
    dictionary: Dictionary,
    abbreviations: Abbreviations,
    context: Context,
    linker: PackLinker,
    coder: RuleCoder,
}

impl Stages {
    fn new(pack: &Arc<Pack>) -> Self {
        Self {
            dictionary: Dictionary::new(Arc::clone(pack)),
            abbreviations: Abbreviations::embedded(),
            context: Context::embedded(),
            linker: PackLinker::new(Arc::clone(pack), LinkerConfig::default()),
            coder: RuleCoder::new(Arc::clone(pack), CoderConfig::default()),
        }
    }

    fn annotate(&self, note: Note) -> Episode {
        let layout = RuleSegmenter::embedded().segment(&note);
        let mentions = self.dictionary.mentions(&note, &layout);
        let expansions = self.abbreviations.expand(&note, &layout, &mentions);
        let assertions = self.context.assert(&note, &layout, &mentions);
        let links = self.linker.link(&note, &layout, &mentions, &expansions);
        let mentions = mentions
            .into_iter()
            .zip(assertions)
            .zip(links)
            .map(|((mention, assertion), links)| AnnotatedMention {
                mention,
                assertion: Some(assertion),
                links,
            })
            .collect();
        let id = note.id().to_owned();
        Episode { id, notes: vec![AnnotatedNote { note, layout, expansions, mentions }], repeats: vec![] }
    }
}

/// The code as the 2018 edition has it, for the codes split since that are common in notes.
fn in_2018(code: &str) -> String {
    const SPLIT: [&str; 14] = [
        "R51", "R05", "M54.5", "I48.1", "I48.2", "R35.8", "D72.11", "K59.3", "R45.8", "I26.9", "N18.3",
        "M79.1", "T14.8", "R10.2",
    ];
    let kept = SPLIT.iter().find(|kept| code.starts_with(**kept));
    match (code, kept) {
        ("F32.A", _) => "F32.9".to_owned(),
        ("N18.30" | "N18.31" | "N18.32", _) => "N18.3".to_owned(),
        (_, Some(kept)) => (*kept).to_owned(),
        _ => code.to_owned(),
    }
}

#[derive(Default)]
struct Tally {
    full: Counts,
    three: Counts,
}

#[derive(Default)]
struct Counts {
    right: usize,
    found: usize,
    gold: usize,
}

impl Tally {
    fn add(&mut self, found: &BTreeSet<String>, gold: &BTreeSet<String>) {
        let three = |codes: &BTreeSet<String>| codes.iter().map(|c| c[..3].to_owned()).collect();
        self.full.add(found, gold);
        self.three.add(&three(found), &three(gold));
    }
}

impl Counts {
    fn add(&mut self, found: &BTreeSet<String>, gold: &BTreeSet<String>) {
        self.right += found.intersection(gold).count();
        self.found += found.len();
        self.gold += gold.len();
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (right, found, gold) = (self.right as f64, self.found.max(1) as f64, self.gold.max(1) as f64);
        write!(f, "{:.3} | {:.3} | {:.3}", right / found, right / gold, 2.0 * right / (found + gold))
    }
}

fn print_errors(episode: &Episode, codes: &[clinlink_model::CodeEntry], gold: &BTreeSet<String>) {
    for code in codes {
        let right = gold.contains(&in_2018(&code.code));
        for evidence in &code.evidence {
            println!(
                "{}\t{:?}\t{}\t{}\t{}\t{}\t{}",
                if right { "TP" } else { "FP" },
                code.status,
                code.code,
                code.title,
                episode.notes[evidence.note].note[evidence.span].replace('\n', " "),
                code.reason,
                episode.id
            );
        }
    }
    let found: BTreeSet<String> = codes.iter().map(|code| in_2018(&code.code)).collect();
    for missed in gold.difference(&found) {
        println!("FN\t\t{missed}\t\t\t\t{}", episode.id);
    }
}
