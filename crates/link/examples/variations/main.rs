//! How well terms are linked that are not written as the vocabulary writes them, and what ordinary words are linked to:
//!
//! ```text
//! cargo run --release -p clinlink-link --example variations -- .clinlink/packs/default
//! cargo run --release -p clinlink-link --example variations -- .clinlink/packs/default typo    # and print what is not right
//! ```
//!
//! 200 terms of the pack each, drawn with a fixed seed and changed by a rule of `vary.rs`. Right is a first candidate, in the
//! system of the term, that bears the term as it was.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod vary;

use std::path::Path;
use std::sync::Arc;

use clinlink_link::{LinkerConfig, PackLinker};
use clinlink_model::{Label, System};
use clinlink_vocab::{ConceptId, Pack, TermKind, deciding_words, normal_form};

use vary::{Random, VARIATIONS};

/// How many terms each variation is tried on.
const TERMS: usize = 200;
/// The systems whose terms are drawn, and that are linked to.
const SYSTEMS: [System; 5] = [System::ICD10CM, System::HPO, System::MONDO, System::DOID, System::MESH];

/// What became of the terms of one variation.
#[derive(Default)]
struct Tally {
    right: usize,
    wrong: usize,
    nil: usize,
}

struct Trial {
    pack: Arc<Pack>,
    linker: PackLinker,
    /// The variation whose failures are printed.
    shown: Option<String>,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let pack = Arc::new(Pack::open(Path::new(&args.next().unwrap())).unwrap());
    let config = LinkerConfig { systems: SYSTEMS.to_vec(), ..LinkerConfig::default() };
    let linker = PackLinker::new(Arc::clone(&pack), config);
    let trial = Trial { pack, linker, shown: args.next() };
    println!("{:<20} {:>6} {:>6} {:>6} {:>8}", "variation", "right", "wrong", "nil", "accuracy");
    for (name, vary) in VARIATIONS {
        report(name, &trial.varied(name, vary));
    }
    report("abbreviation", &trial.abbreviations());
    report("attribute", &trial.attributes());
    trial.ordinary();
}

impl Trial {
    /// Terms of problems, drawn at random, that the rule can change.
    fn varied(&self, name: &str, vary: fn(&str, &mut Random) -> Option<String>) -> Tally {
        let mut random = Random::seeded(name);
        let mut tally = Tally::default();
        let mut tried = 0;
        while tried < TERMS {
            let system = &SYSTEMS[random.below(SYSTEMS.len())];
            let ids: Vec<ConceptId> = self.pack.concepts(system).collect();
            let id = ids[random.below(ids.len())];
            let terms: Vec<&str> = self
                .pack
                .terms_of(id)
                .filter(|(_, kind)| *kind <= TermKind::Synonym)
                .map(|(t, _)| t)
                .collect();
            if self.pack.label_of(id) != Label::Disease || terms.is_empty() {
                continue;
            }
            let term = terms[random.below(terms.len())];
            if !is_plain(term) || self.bearers(term, system).is_empty() {
                continue;
            }
            let Some(varied) = vary(term, &mut random) else { continue };
            tried += 1;
            self.judge(name, (term, &varied, None), system, &mut tally);
        }
        tally
    }

    /// Abbreviations of one sense, of our own lexicon, whose long form is a term.
    fn abbreviations(&self) -> Tally {
        let lines = include_str!("../../../../vocab/abbreviations.tsv").lines();
        let pairs: Vec<(&str, &str, &System)> = lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
                [short, long] => Some((short.split('|').next()?, long)),
                _ => None,
            })
            .filter_map(|(short, long)| {
                let is_problem = |system: &&System| {
                    self.bearers(long, system).iter().any(|&id| self.pack.label_of(id) == Label::Disease)
                };
                Some((short, long, SYSTEMS.iter().find(is_problem)?))
            })
            .collect();
        let mut random = Random::seeded("abbreviation");
        let mut tally = Tally::default();
        for _ in 0..TERMS {
            let (short, long, system) = pairs[random.below(pairs.len())];
            self.judge("abbreviation", (long, short, Some(long)), system, &mut tally);
        }
        tally
    }

    /// A term of a code of ICD-10-CM, with what a subdivision of it adds behind a comma: `femur fracture, left`. Right is the
    /// subdivision, or one below it that says no more.
    fn attributes(&self) -> Tally {
        let mut random = Random::seeded("attribute");
        let ids: Vec<ConceptId> = self.pack.concepts(&System::ICD10CM).collect();
        let words = |id: ConceptId| deciding_words(self.pack.title(id));
        let mut tally = Tally::default();
        while tally.right + tally.wrong + tally.nil < TERMS {
            let id = ids[random.below(ids.len())];
            let Some(parent) = self.pack.parent(id) else { continue };
            let (above, all) = (words(parent), words(id));
            let added: Vec<&str> =
                all.iter().filter(|word| !above.contains(word)).map(String::as_str).collect();
            let names = self
                .pack
                .terms_of(parent)
                .filter(|&(term, kind)| kind == TermKind::Synonym && is_plain(term));
            let terms: Vec<&str> = names.map(|(term, _)| term).collect();
            let vague = |word: &&str| matches!(*word, "other" | "specified" | "encounter" | "elsewhere");
            if terms.is_empty() || !(1..=2).contains(&added.len()) || added.iter().any(vague) {
                continue;
            }
            let text = format!("{}, {}", terms[random.below(terms.len())], added.join(" "));
            let found = self.linker.candidates(&text, None, Label::Disease);
            let first = found.iter().find(|candidate| candidate.system == System::ICD10CM);
            let code = self.pack.code(id);
            match first {
                Some(first) if first.code == code || deciding_words(&first.title) == all => tally.right += 1,
                Some(_) => tally.wrong += 1,
                None => tally.nil += 1,
            }
            if self.shown.as_deref() == Some("attribute") {
                println!(
                    "  {text:?} is {code}: {}",
                    first.map(|l| format!("{} {}", l.code, l.title)).unwrap_or_default()
                );
            }
        }
        tally
    }

    fn judge(
        &self,
        name: &str,
        (term, text, long): (&str, &str, Option<&str>),
        system: &System,
        tally: &mut Tally,
    ) {
        let found = self.linker.candidates(text, long, Label::Disease);
        let first = found.iter().find(|candidate| candidate.system == *system);
        let right = first.is_some_and(|first| {
            self.bearers(term, system).iter().any(|&id| self.pack.code(id) == first.code)
        });
        match (right, first) {
            (true, _) => tally.right += 1,
            (false, Some(_)) => tally.wrong += 1,
            (false, None) => tally.nil += 1,
        }
        if !right && self.shown.as_deref() == Some(name) {
            let link = first.map(|l| format!("{} {} {:.2} {}", l.code, l.via.name(), l.score, l.title));
            println!("  {system}: {term:?} as {text:?}: {}", link.unwrap_or_default());
        }
    }

    /// The concepts of `system` that have `term`, in any spelling that is normally the same.
    fn bearers(&self, term: &str, system: &System) -> Vec<ConceptId> {
        let Some(value) = self.pack.terms().get(normal_form(term)) else { return Vec::new() };
        let of_system = |id: &ConceptId| self.pack.system_of(*id) == system;
        self.pack.postings(value).map(|posting| posting.concept).filter(of_system).collect()
    }

    /// What ordinary words and phrases are linked to when a recogniser takes them for problems.
    fn ordinary(&self) {
        let lines = include_str!("ordinary.txt").lines().filter(|line| !line.starts_with('#'));
        let (mut all, mut linked) = (0, 0);
        for phrase in lines {
            let found = self.linker.candidates(phrase, None, Label::Disease);
            all += 1;
            linked += usize::from(!found.is_empty());
            if let (Some(first), Some("ordinary")) = (found.first(), self.shown.as_deref()) {
                println!(
                    "  {phrase:?}: {} {} {:.2} {}",
                    first.code,
                    first.via.name(),
                    first.score,
                    first.title
                );
            }
        }
        println!(
            "ordinary words and phrases: {linked} of {all} linked ({:.3})",
            f64::from(linked as u32) / f64::from(all)
        );
    }
}

fn report(name: &str, tally: &Tally) {
    let Tally { right, wrong, nil } = tally;
    let share = *right as f64 / (right + wrong + nil).max(1) as f64;
    println!("{name:<20} {right:>6} {wrong:>6} {nil:>6} {share:>8.3}");
}

/// Terms that people write: words of letters, at most six, no acronym.
fn is_plain(term: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '\'');
    let words = term.split_whitespace().count();
    (8..=70).contains(&term.len())
        && (1..=6).contains(&words)
        && term.chars().all(letters)
        && term.chars().filter(char::is_ascii_lowercase).count() * 2 > term.len()
}
