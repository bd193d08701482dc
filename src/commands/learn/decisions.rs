//! What coders decided, as the review desk exports it: one record a note of each signed review.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::output::Output;
use crate::records;

/// One episode in five is held out: those whose id has a SHA-256 with a first byte below this.
const HELD_OUT: u8 = 51;

/// Which episodes are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Training,
    HeldOut,
    All,
}

/// The decisions that count: of each note those of the adjudication or else of the last review.
pub struct Decisions {
    notes: Vec<Decided>,
    /// Words that coders said to stand for a code.
    synonyms: BTreeSet<(String, String, String)>,
    /// Abbreviations with their long forms.
    pub abbreviations: BTreeMap<String, String>,
}

/// A record, with what is needed of it here; the rest is for `clinlink train`.
#[derive(Deserialize)]
struct Decided {
    id: String,
    episode: String,
    codes: Vec<String>,
    #[serde(default)]
    teachings: Vec<Teaching>,
    provenance: Provenance,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct Provenance {
    kind: String,
    seq: i64,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Teaching {
    Synonym { term: String, system: String, code: String },
    Abbreviation { term: String, means: String },
}

const EXPECTED: &str = r#"no decision of the review desk, {"id": …, "episode": …, "text": …, "codes": […], "provenance": {"kind": …, "seq": …}}"#;

impl Decisions {
    /// Reads exported decisions.
    pub fn read(paths: &[PathBuf]) -> anyhow::Result<Self> {
        let mut of_note: BTreeMap<String, Decided> = BTreeMap::new();
        let (mut synonyms, mut abbreviations) = (BTreeSet::new(), BTreeMap::new());
        for path in paths {
            records::each(path, EXPECTED, |decided: Decided| {
                for teaching in &decided.teachings {
                    match teaching {
                        Teaching::Synonym { term, system, code } => {
                            synonyms.insert((term.clone(), system.clone(), code.clone()));
                        }
                        Teaching::Abbreviation { term, means } => {
                            abbreviations.insert(term.clone(), means.clone());
                        }
                    }
                }
                let weight =
                    |decided: &Decided| (decided.provenance.kind == "adjudication", decided.provenance.seq);
                let known = of_note.get(&decided.id);
                if known.is_none_or(|known| weight(known) <= weight(&decided)) {
                    of_note.insert(decided.id.clone(), decided);
                }
            })?;
        }
        let all = Self { notes: of_note.into_values().collect(), synonyms, abbreviations };
        if all.episodes(Part::HeldOut).is_empty() || all.episodes(Part::Training).is_empty() {
            bail!("too few signed episodes: one in five is held out, and none would be left on one side");
        }
        Ok(all)
    }

    /// How many episodes are held out.
    pub fn held_out(&self) -> usize {
        self.episodes(Part::HeldOut).len()
    }

    /// Writes the notes of a part as training data and returns the path. What coders taught beside is added as notes of its
    /// own, but for the held-out part.
    pub fn write(&self, part: Part, path: &Path) -> anyhow::Result<PathBuf> {
        let mut out = Output::open(Some(path))?;
        for record in self.records(part) {
            writeln!(out, "{record}")?;
        }
        let taught = self.synonyms.iter().filter(|_| part != Part::HeldOut);
        for (at, (term, system, code)) in taught.enumerate() {
            let end = term.chars().count();
            let record = json!({
                "id": format!("taught-{at}"), "text": term, "codes": [code],
                "evidence": [{"code": code, "start": 0, "end": end}],
                "mentions": [{"start": 0, "end": end, "label": "disease", "ids": [format!("{system}:{code}")]}],
            });
            writeln!(out, "{record}")?;
        }
        out.finish()?;
        Ok(path.to_owned())
    }

    /// The notes of a part as they were exported.
    pub fn records(&self, part: Part) -> impl Iterator<Item = Value> {
        let notes = self.notes.iter().filter(move |decided| is_of(part, &decided.episode));
        notes.map(|decided| {
            let mut record = decided.rest.clone();
            record.insert("id".to_owned(), json!(decided.id));
            record.insert("episode".to_owned(), json!(decided.episode));
            record.insert("codes".to_owned(), json!(decided.codes));
            Value::Object(record)
        })
    }

    /// Writes the codes of the held-out episodes and returns the path.
    pub fn write_gold(&self, path: &Path) -> anyhow::Result<PathBuf> {
        let mut out = Output::open(Some(path))?;
        for (episode, codes) in self.episodes(Part::HeldOut) {
            writeln!(out, "{}", json!({"id": episode, "codes": codes}))?;
        }
        out.finish()?;
        Ok(path.to_owned())
    }

    /// The episodes of a part with their codes.
    fn episodes(&self, part: Part) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut episodes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for decided in self.notes.iter().filter(|decided| is_of(part, &decided.episode)) {
            let codes = decided.codes.iter().map(String::as_str);
            episodes.entry(&decided.episode).or_default().extend(codes);
        }
        episodes
    }
}

impl fmt::Display for Decisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (episodes, held_out) = (self.episodes(Part::All).len(), self.held_out());
        let (synonyms, short) = (self.synonyms.len(), self.abbreviations.len());
        write!(f, "{episodes} signed episodes, {held_out} of them held out for the report; ")?;
        write!(f, "{synonyms} synonyms and {short} abbreviations taught")
    }
}

fn is_of(part: Part, episode: &str) -> bool {
    let held_out = Sha256::digest(episode)[0] < HELD_OUT;
    match part {
        Part::Training => !held_out,
        Part::HeldOut => held_out,
        Part::All => true,
    }
}
