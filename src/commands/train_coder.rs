//! `clinlink train coder`

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clinlink_io::read_texts;
use clinlink_model::{CharOffsets, Note};
use clinlink_pipeline::{CodeConfig, Coded, CodedNote, LEARN_STEPS, PipelineConfig, Tally, learn_coder};
use serde::Deserialize;

use crate::Outcome;
use crate::home::Home;
use crate::progress;

#[derive(clap::Args)]
pub struct Args {
    /// JSON lines: notes with `codes` and, where it is known, `evidence` (`code`, `start`, `end` in characters)
    #[arg(required = true, value_name = "NOTES")]
    paths: Vec<PathBuf>,
    /// The pipeline, by name or folder: its `[code]` names the model to write (`model = "coder.json"`)
    #[arg(long, value_name = "NAME")]
    pipeline: String,
}

/// What a note's record says of its codes. The rest is read as for any note.
#[derive(Deserialize)]
struct Record {
    id: String,
    codes: Vec<String>,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Evidence {
    code: String,
    start: usize,
    end: usize,
}

/// Probabilities, in hundredths, for which it is said how right they are.
const REPORTED: [usize; 5] = [30, 50, 70, 90, 95];

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let folder = home.pipeline(&args.pipeline);
    let config = PipelineConfig::read(&folder)?;
    let CodeConfig::Rules(coder) = &config.code;
    let Some(model) = &coder.model else {
        bail!("{}: names no model to write: add model = \"coder.json\" under [code]", folder.display());
    };
    let out = folder.join(model);
    let notes = coded_notes(&args.paths)?;
    let pieces: usize = notes.iter().map(|(_, coded)| coded.evidence.len()).sum();
    eprintln!("clinlink: {} coded notes with {pieces} pieces of evidence", notes.len());
    let bar = progress::steps(LEARN_STEPS as u64);
    let model = learn_coder(&config, &folder, &home.packs(), &notes, &mut || bar.inc(1))?;
    bar.finish_and_clear();
    model.write(&out)?;
    for hundredths in REPORTED {
        let Tally { codes, given } = model.experience().accepted(hundredths);
        let share = f64::from(given) / f64::from(codes.max(1));
        eprintln!(
            "clinlink: probability 0.{hundredths} and above: {given} of {codes} accepted codes right ({share:.3})"
        );
    }
    eprintln!("clinlink: {}: the model, with {} terms", out.display(), model.terms());
    Ok(Outcome::Done)
}

fn coded_notes(paths: &[PathBuf]) -> anyhow::Result<Vec<CodedNote>> {
    let mut records = HashMap::new();
    for path in paths {
        read_records(path, &mut records)?;
    }
    let mut notes = Vec::new();
    for input in read_texts(paths)? {
        let input = input?;
        let Some(record) = records.remove(input.note.id()) else {
            bail!("note {}: its record has no codes", input.note.id());
        };
        let coded = coded(&input.note, record)?;
        notes.push((input, coded));
    }
    if notes.is_empty() {
        bail!("the files hold no coded note");
    }
    Ok(notes)
}

fn read_records(path: &Path, records: &mut HashMap<String, Record>) -> anyhow::Result<()> {
    let file = File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let line = line.with_context(|| format!("{}:{number}: cannot be read", path.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        // serde's own message may quote a value.
        let Ok(record) = serde_json::from_str::<Record>(&line) else {
            bail!(
                "{}:{number}: no coded note, {{\"id\": …, \"text\": …, \"codes\": [code, …], \"evidence\": [{{\"code\": …, \"start\": …, \"end\": …}}]}}",
                path.display()
            );
        };
        records.insert(record.id.clone(), record);
    }
    Ok(())
}

fn coded(note: &Note, record: Record) -> anyhow::Result<Coded> {
    let offsets = CharOffsets::new(note.text());
    let mut evidence = Vec::with_capacity(record.evidence.len());
    for (at, piece) in record.evidence.into_iter().enumerate() {
        let bytes = offsets.to_byte(piece.start).zip(offsets.to_byte(piece.end));
        let Some(span) = bytes.and_then(|(start, end)| note.span(start..end).ok()) else {
            bail!(
                "note {}: evidence {at}: characters {} to {} are not in the text",
                record.id,
                piece.start,
                piece.end
            );
        };
        evidence.push((piece.code, note[span].to_owned()));
    }
    Ok(Coded { codes: record.codes.into_iter().collect(), evidence })
}
