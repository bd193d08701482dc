//! `clinlink train coder`

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::bail;
use clinlink_io::read_texts;
use clinlink_model::{CharOffsets, Note};
use clinlink_pipeline::{CodeConfig, Coded, CodedNote, LEARN_STEPS, PipelineConfig, Tally, learn_coder};
use serde::Deserialize;

use crate::Outcome;
use crate::home::Home;
use crate::progress;
use crate::records;

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

const EXPECTED: &str = r#"no coded note, {"id": …, "text": …, "codes": [code, …], "evidence": [{"code": …, "start": …, "end": …}]}"#;

/// Probabilities, in hundredths, for which it is said how right they are.
const REPORTED: [usize; 5] = [30, 50, 70, 90, 95];

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let folder = home.pipeline(&args.pipeline);
    learn(&PipelineConfig::read(&folder)?, &folder, home, &args.paths)?;
    Ok(Outcome::Done)
}

/// Learns the model that the pipeline of `folder` names, and writes it there.
pub fn learn(config: &PipelineConfig, folder: &Path, home: &Home, paths: &[PathBuf]) -> anyhow::Result<()> {
    let CodeConfig::Rules(coder) = &config.code;
    let Some(model) = &coder.model else {
        bail!("{}: names no model to write: add model = \"coder.json\" under [code]", folder.display());
    };
    let out = folder.join(model);
    let notes = coded_notes(paths)?;
    let pieces: usize = notes.iter().map(|(_, coded)| coded.evidence.len()).sum();
    eprintln!("clinlink: {} coded notes with {pieces} pieces of evidence", notes.len());
    let bar = progress::steps(LEARN_STEPS as u64);
    let model = learn_coder(config, folder, &home.packs(), &notes, &mut || bar.inc(1))?;
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
    Ok(())
}

fn coded_notes(paths: &[PathBuf]) -> anyhow::Result<Vec<CodedNote>> {
    let mut records_of = HashMap::new();
    for path in paths {
        records::each(path, EXPECTED, |record: Record| {
            records_of.insert(record.id.clone(), record);
        })?;
    }
    let mut notes = Vec::new();
    for input in read_texts(paths)? {
        let input = input?;
        let Some(record) = records_of.remove(input.note.id()) else {
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

fn coded(note: &Note, record: Record) -> anyhow::Result<Coded> {
    let offsets = CharOffsets::new(note.text());
    let mut evidence = Vec::with_capacity(record.evidence.len());
    for (at, piece) in record.evidence.into_iter().enumerate() {
        let place = (piece.start, piece.end);
        let span = records::span(note, &offsets, place, format_args!("evidence {at}"))?;
        evidence.push((piece.code, note[span].to_owned()));
    }
    Ok(Coded { codes: record.codes.into_iter().collect(), evidence })
}
