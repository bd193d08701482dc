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
    /// What coders taught, each with the episode.
    taught: Vec<(String, Teaching)>,
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
        let mut of_note: BTreeMap<(String, String), Decided> = BTreeMap::new();
        let mut taught = Vec::new();
        for path in paths {
            records::each(path, EXPECTED, |mut decided: Decided| {
                let teachings = std::mem::take(&mut decided.teachings).into_iter();
                taught.extend(teachings.map(|teaching| (decided.episode.clone(), teaching)));
                let weight =
                    |decided: &Decided| (decided.provenance.kind == "adjudication", decided.provenance.seq);
                let key = (decided.episode.clone(), decided.id.clone());
                if of_note.get(&key).is_none_or(|known| weight(known) <= weight(&decided)) {
                    of_note.insert(key, decided);
                }
            })?;
        }
        let all = Self { notes: of_note.into_values().collect(), taught };
        if all.episodes(Part::HeldOut).is_empty() || all.episodes(Part::Training).is_empty() {
            bail!("too few signed episodes: one in five is held out, and none would be left on one side");
        }
        Ok(all)
    }

    /// How many episodes are held out.
    pub fn held_out(&self) -> usize {
        self.episodes(Part::HeldOut).len()
    }

    /// Writes the notes of a part as training data and returns the path. What its coders taught beside is added as notes of
    /// its own, but for the held-out part.
    pub fn write(&self, part: Part, path: &Path) -> anyhow::Result<PathBuf> {
        let mut out = Output::private(path)?;
        for record in self.records(part) {
            writeln!(out, "{record}")?;
        }
        let taught = self.synonyms(part).into_iter().filter(|_| part != Part::HeldOut);
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

    /// The notes of a part as they were exported, but that the episode is in the id: two may have notes of one id.
    pub fn records(&self, part: Part) -> impl Iterator<Item = Value> {
        let notes = self.notes.iter().filter(move |decided| is_of(part, &decided.episode));
        notes.map(|decided| {
            let mut record = decided.rest.clone();
            record.insert("id".to_owned(), json!(format!("{}/{}", decided.episode, decided.id)));
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

    /// Abbreviations that the coders of a part taught, with their long forms.
    pub fn abbreviations(&self, part: Part) -> BTreeMap<&str, &str> {
        let taught = self.taught(part).filter_map(|teaching| match teaching {
            Teaching::Abbreviation { term, means } => Some((term.as_str(), means.as_str())),
            Teaching::Synonym { .. } => None,
        });
        taught.collect()
    }

    /// Words that the coders of a part said to stand for a code: the words, its system, the code.
    fn synonyms(&self, part: Part) -> BTreeSet<(&str, &str, &str)> {
        let taught = self.taught(part).filter_map(|teaching| match teaching {
            Teaching::Synonym { term, system, code } => Some((term.as_str(), system.as_str(), code.as_str())),
            Teaching::Abbreviation { .. } => None,
        });
        taught.collect()
    }

    fn taught(&self, part: Part) -> impl Iterator<Item = &Teaching> {
        self.taught.iter().filter(move |(episode, _)| is_of(part, episode)).map(|(_, teaching)| teaching)
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
        let (synonyms, short) = (self.synonyms(Part::All).len(), self.abbreviations(Part::All).len());
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(records: &[Value]) -> (tempfile::TempDir, Decisions) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("decisions.jsonl");
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        let decisions = Decisions::read(&[path]).unwrap();
        (folder, decisions)
    }

    /// The note `n` of an episode of a part, in whose review somebody taught what `word` means.
    fn decided(part: Part, word: &str) -> Value {
        let episode = (0..99).map(|at| format!("e{at}")).find(|episode| is_of(part, episode)).unwrap();
        json!({
            "id": "n", "episode": episode, "text": "Sweet blood.", "codes": ["E11.9"],
            "teachings": [
                {"kind": "synonym", "term": word, "system": "ICD-10-CM", "code": "E11.9"},
                {"kind": "abbreviation", "term": word, "means": "hypertension"},
            ],
            "provenance": {"kind": "single", "seq": 1},
        })
    }

    fn written(decisions: &Decisions, part: Part, path: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(decisions.write(part, path).unwrap()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[rstest]
    #[case(Part::Training, &["kept"], &["kept"])]
    #[case::no_synonym_is_a_held_out_note(Part::HeldOut, &[], &["held"])]
    #[case(Part::All, &["held", "kept"], &["held", "kept"])]
    fn what_was_taught_goes_with_its_episode(
        #[case] part: Part,
        #[case] synonyms: &[&str],
        #[case] abbreviations: &[&str],
    ) {
        let (folder, decisions) = read(&[decided(Part::HeldOut, "held"), decided(Part::Training, "kept")]);
        let records = written(&decisions, part, &folder.path().join("out.jsonl"));
        let taught = records.iter().filter(|record| record["id"].as_str().unwrap().starts_with("taught-"));
        assert_eq!(taught.map(|record| record["text"].as_str().unwrap()).collect::<Vec<_>>(), synonyms);
        assert_eq!(decisions.abbreviations(part).into_keys().collect::<Vec<_>>(), abbreviations);
    }

    #[test]
    fn notes_of_two_episodes_may_have_one_id() {
        let (folder, decisions) = read(&[decided(Part::HeldOut, "a"), decided(Part::Training, "a")]);
        let records = written(&decisions, Part::All, &folder.path().join("out.jsonl"));
        let ids: BTreeSet<&str> = records.iter().map(|record| record["id"].as_str().unwrap()).collect();
        assert_eq!(ids.iter().filter(|id| id.ends_with("/n")).count(), 2, "{ids:?}");
    }
}
