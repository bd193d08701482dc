//! `clinlink audit`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum;
use clinlink_io::{
    AuditRecord, FailureRecord, Schema, read_given_codes, write_audit, write_audit_text, write_failure,
};
use clinlink_model::{Audit, CodeSet, Episode};

use super::notes::NotesArgs;
use crate::Outcome;
use crate::home::Home;
use crate::output::Output;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    notes: NotesArgs,
    /// The codes that the episodes were given: CSV with the columns episode and code, or JSON lines
    #[arg(long, value_name = "FILE")]
    codes: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Findings for people
    Table,
    /// One JSON object an episode
    Jsonl,
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let given = read_given_codes(&args.codes)?;
    if given.is_empty() {
        bail!("{}: holds no codes", args.codes.display());
    }
    let pipeline = args.notes.load(home)?;
    let mut audits = Audits {
        format: args.format,
        out: Output::open(args.notes.output.as_deref())?,
        audited: BTreeSet::new(),
        without_codes: 0,
        findings: 0,
    };
    let failures = args.notes.run_episodes(
        &pipeline,
        Schema::Audit,
        &mut audits,
        |episode| given.get(&episode.id).map(|codes| pipeline.audit(codes, episode)).transpose(),
        Audits::add,
        |audits, failure| audits.failed(&failure),
    )?;
    audits.finish(&given, failures)
}

/// Writes the audits of episodes and counts what is found.
struct Audits {
    format: Format,
    out: Output,
    /// The episodes and notes that were seen.
    audited: BTreeSet<String>,
    without_codes: u64,
    findings: usize,
}

impl Audits {
    /// Without an audit the episode has no given codes.
    fn add(&mut self, episode: &Episode, audited: Option<(Audit, CodeSet)>) -> anyhow::Result<()> {
        let Some((audit, codes)) = audited else {
            self.without_codes += 1;
            return Ok(());
        };
        self.audited.insert(episode.id.clone());
        self.findings += audit.findings.len();
        let record = AuditRecord::new(&audit, &codes, episode)?;
        match self.format {
            Format::Table => write_audit_text(&record, &mut self.out)?,
            Format::Jsonl => write_audit(&record, &mut self.out)?,
        }
        Ok(())
    }

    fn failed(&mut self, failure: &FailureRecord) -> anyhow::Result<()> {
        self.audited.extend(failure.note.clone());
        if self.format == Format::Jsonl {
            write_failure(failure, &mut self.out)?;
        }
        Ok(())
    }

    /// Says what was left out. Codes of an episode without notes cannot be audited, which is a failure.
    fn finish(self, given: &BTreeMap<String, Vec<String>>, mut failures: u64) -> anyhow::Result<Outcome> {
        if self.without_codes > 0 {
            eprintln!("clinlink: {} episodes have no given codes and were passed over", self.without_codes);
        }
        for id in given.keys().filter(|id| !self.audited.contains(*id)) {
            eprintln!("clinlink: episode {id}: has codes but no notes");
            failures += 1;
        }
        self.out.finish()?;
        Ok(if self.findings as u64 + failures == 0 { Outcome::Done } else { Outcome::SomeFailed })
    }
}
