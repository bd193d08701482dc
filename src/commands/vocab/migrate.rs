//! `clinlink vocab migrate`

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use clinlink_io::{Line, read_code_sets};
use clinlink_model::{Status, System};
use clinlink_vocab::{Doubt, Pack, Titled, Verdict};
use serde::Serialize;

use crate::Outcome;
use crate::home::Home;
use crate::output::Output;

#[derive(Args)]
pub struct MigrateArgs {
    /// JSON lines of `clinlink code`, or a table (.csv, .tsv) with columns of codes
    codes: PathBuf,
    /// The pack of the release that the codes are of: its name, or its folder
    #[arg(long)]
    from: PathBuf,
    /// The pack of the release to carry them to
    #[arg(long)]
    to: PathBuf,
    /// The columns of a table that hold codes; a cell may hold several, with blanks, commas, semicolons or bars between
    #[arg(long = "column", value_name = "NAME", default_value = "code")]
    columns: Vec<String>,
    /// The code system of a table's codes
    #[arg(long, default_value = "ICD-10-CM")]
    system: String,
    /// Where the codes go [default: stdout]
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Write what was not just kept to this file, one JSON object a code; without it stderr has it in words
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// What the report says of a code that was not just kept.
#[derive(Serialize)]
struct Entry<'c> {
    /// The episode, or the line of the table.
    at: String,
    system: &'c System,
    code: &'c str,
    #[serde(flatten)]
    verdict: &'c Verdict,
}

/// Carries codes one by one, reports, and counts.
struct Carrier<'p> {
    old: &'p Pack,
    new: &'p Pack,
    report: Option<Output>,
    kept: usize,
    replaced: usize,
    open: usize,
}

pub fn run(args: &MigrateArgs, home: &Home) -> anyhow::Result<Outcome> {
    let (old, new) = (super::open(&args.from, home)?, super::open(&args.to, home)?);
    let report = args.report.as_deref().map(|path| Output::open(Some(path))).transpose()?;
    let mut carrier = Carrier { old: &old, new: &new, report, kept: 0, replaced: 0, open: 0 };
    let mut out = Output::open(args.output.as_deref())?;
    match args.codes.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => table(args, b',', &mut carrier, &mut out)?,
        Some("tsv") => table(args, b'\t', &mut carrier, &mut out)?,
        _ => code_sets(&args.codes, &mut carrier, &mut out)?,
    }
    out.finish()?;
    let Carrier { report, kept, replaced, open, .. } = carrier;
    if let Some(report) = report {
        report.finish()?;
    }
    eprintln!("clinlink: {kept} codes kept, {replaced} replaced, {open} for a person to decide");
    Ok(if open > 0 { Outcome::SomeFailed } else { Outcome::Done })
}

fn input(path: &Path) -> anyhow::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?))
}

fn code_sets(path: &Path, carrier: &mut Carrier<'_>, out: &mut Output) -> anyhow::Result<()> {
    for line in read_code_sets(input(path)?) {
        match line.with_context(|| path.display().to_string())? {
            Line::Record(mut record) => {
                for code in &mut record.codes {
                    // What was rejected is no code of the patient: nobody has to decide anything.
                    let counts = code.status != Status::Rejected;
                    if let Some(now) = carrier.carry(&record.episode, &code.system, &code.code, counts)? {
                        code.code = now.code;
                        code.title = now.title;
                    }
                }
                serde_json::to_writer(&mut *out, &record)?;
            }
            Line::Failure(failure) => serde_json::to_writer(&mut *out, &failure)?,
        }
        writeln!(out)?;
    }
    Ok(())
}

fn table(
    args: &MigrateArgs,
    delimiter: u8,
    carrier: &mut Carrier<'_>,
    out: &mut Output,
) -> anyhow::Result<()> {
    let path = &args.codes;
    let system = super::system(carrier.old, &args.system)?.clone();
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(input(path)?);
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    let header = reader.headers().with_context(|| path.display().to_string())?.clone();
    writer.write_record(&header)?;
    let mut columns = Vec::new();
    for name in &args.columns {
        match header.iter().position(|column| column.trim().eq_ignore_ascii_case(name)) {
            Some(column) => columns.push(column),
            None => bail!(
                "{}:1: no column {name}; there are {} (--column NAME)",
                path.display(),
                header.iter().collect::<Vec<_>>().join(", ")
            ),
        }
    }
    for row in reader.records() {
        let row = row.with_context(|| path.display().to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let at = format!("{}:{line}", path.display());
        let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
        for &column in &columns {
            cells[column] = cell(&cells[column], &at, &system, carrier)?;
        }
        writer.write_record(&cells)?;
    }
    Ok(writer.flush()?)
}

/// The cell with its codes carried; what stands between them stays.
fn cell(text: &str, at: &str, system: &System, carrier: &mut Carrier<'_>) -> anyhow::Result<String> {
    let mut written = String::with_capacity(text.len());
    for part in text.split_inclusive([' ', ',', ';', '|']) {
        let code = part.trim_end_matches([' ', ',', ';', '|']);
        let now = if code.is_empty() { None } else { carrier.carry(at, system, code, true)? };
        written.push_str(now.as_ref().map_or(code, |now| &now.code));
        written.push_str(&part[code.len()..]);
    }
    Ok(written)
}

impl Carrier<'_> {
    /// What takes the place of a code; `None` if it stays as it is, for want of a decision too.
    fn carry(
        &mut self,
        at: &str,
        system: &System,
        code: &str,
        counts: bool,
    ) -> anyhow::Result<Option<Titled>> {
        // Codes of systems that neither pack holds are none of ours.
        if self.old.system(system.name()).is_none() && self.new.system(system.name()).is_none() {
            return Ok(None);
        }
        let verdict = clinlink_vocab::migrate(self.old, self.new, system, code);
        match &verdict {
            Verdict::Kept { .. } => self.kept += usize::from(counts),
            Verdict::Replaced { .. } => self.replaced += usize::from(counts),
            Verdict::Decide(_) => self.open += usize::from(counts),
        }
        if counts && !matches!(verdict, Verdict::Kept { .. }) {
            self.say(&Entry { at: at.to_owned(), system, code, verdict: &verdict })?;
        }
        Ok(match verdict {
            Verdict::Kept { now } | Verdict::Replaced { now } => Some(now),
            Verdict::Decide(_) => None,
        })
    }

    fn say(&mut self, entry: &Entry<'_>) -> anyhow::Result<()> {
        match &mut self.report {
            Some(report) => {
                serde_json::to_writer(&mut *report, entry)?;
                writeln!(report)?;
            }
            None => {
                eprintln!(
                    "clinlink: {}: {} {}: {}",
                    entry.at,
                    entry.system,
                    entry.code,
                    words(entry.verdict)
                );
            }
        }
        Ok(())
    }
}

fn words(verdict: &Verdict) -> String {
    let list = |codes: &[Titled]| {
        let codes: Vec<String> = codes.iter().map(|one| format!("{} {}", one.code, one.title)).collect();
        codes.join("; ")
    };
    match verdict {
        Verdict::Kept { .. } => "kept".to_owned(),
        Verdict::Replaced { now } => format!("now {} {}", now.code, now.title),
        Verdict::Decide(Doubt::Unknown) => "to decide: the old pack does not have it".to_owned(),
        Verdict::Decide(Doubt::Retired { heirs }) if heirs.is_empty() => {
            "to decide: retired, nothing takes its place".to_owned()
        }
        Verdict::Decide(Doubt::Retired { heirs }) => format!("to decide: retired for {}", list(heirs)),
        Verdict::Decide(Doubt::Split { into }) => format!("to decide: split into {}", list(into)),
        Verdict::Decide(Doubt::OtherMeaning { before, after }) => {
            format!("to decide: was {before:?}, is {after:?}")
        }
    }
}
