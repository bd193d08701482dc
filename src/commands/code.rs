//! `clinlink code`

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use clinlink_io::{FailureRecord, Schema, write_code_set, write_failure, write_html, write_table};
use clinlink_model::{CodeSet, Episode, Purpose};
use clinlink_pipeline::{CodeConfig, PipelineConfig, Profile};

use super::notes::NotesArgs;
use crate::Outcome;
use crate::home::Home;
use crate::output::Output;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    notes: NotesArgs,
    /// Accept only codes so probable that this share of such codes was right in the notes that the pipeline's `[code]
    /// model` was learnt from; the others go to review
    #[arg(long, value_name = "SHARE", value_parser = share)]
    accept: Option<f32>,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// What the codes are for [default: every code that was considered, by status]
    #[arg(long, value_enum)]
    purpose: Option<For>,
    /// For a study: whether accepted codes should rather be right or rather be complete
    #[arg(long, value_enum)]
    profile: Option<Wanted>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wanted {
    /// Codes of a probability of 0.9 (with a model), or of two statements; the others go to review
    HighPrecision,
    /// What would go to review is accepted too
    HighRecall,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum For {
    /// A claim: accepted codes that may be reported, principal diagnosis first, with POA and CC/MCC
    Billing,
    /// A study: all codes, with the levels above them and their CCSR category
    Research,
    /// A statistic: categories of three characters
    Statistics,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    Table,
    /// One JSON object an episode
    Jsonl,
    /// A page with the evidence highlighted in the notes; of several episodes one each, with -o FOLDER
    Html,
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let pipeline = args.notes.load_with(home, |config| {
        if let Some(purpose) = args.purpose {
            let CodeConfig::Rules(coder) = &mut config.code;
            coder.purpose = Some(match purpose {
                For::Billing => Purpose::Billing,
                For::Research => Purpose::Research,
                For::Statistics => Purpose::Statistics,
            });
        }
        if let Some(wanted) = args.profile {
            if args.purpose == Some(For::Billing) {
                bail!("--profile is for studies; a bill has what the guidelines ask for");
            }
            let CodeConfig::Rules(coder) = &mut config.code;
            coder.profile = Some(match wanted {
                Wanted::HighPrecision => Profile::HighPrecision,
                Wanted::HighRecall => Profile::HighRecall,
            });
        }
        accept(config, args.accept)
    })?;
    if let Some(precision) = pipeline.unreached_precision() {
        eprintln!(
            "clinlink: a precision of {precision} is reached at no probability in the notes that the coder learnt from: \
             all that it would accept goes to review"
        );
    }
    let mut writer = Writer::open(args.format, args.notes.output.as_deref())?;
    let failures = args.notes.run_episodes(
        &pipeline,
        Schema::Code,
        &mut writer,
        |episode| pipeline.code(episode),
        |writer, episode, codes| writer.code_set(&codes, episode),
        |writer, failure| writer.failure(&failure),
    )?;
    writer.finish()?;
    Ok(if failures == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

/// A share above 0 and at most 1.
fn share(text: &str) -> Result<f32, String> {
    let share: f32 = text.parse().map_err(|_| "not a number".to_owned())?;
    if share > 0.0 && share <= 1.0 { Ok(share) } else { Err("not above 0 and at most 1".to_owned()) }
}

/// Asks for the precision of accepted codes, which only a model can promise.
fn accept(config: &mut PipelineConfig, precision: Option<f32>) -> anyhow::Result<()> {
    let CodeConfig::Rules(coder) = &mut config.code;
    if precision.is_some() && coder.model.is_none() {
        bail!("--accept needs a pipeline whose [code] names a model; learn one with `clinlink train coder`");
    }
    coder.precision = precision.or(coder.precision);
    Ok(())
}

/// Writes code sets in one of the formats.
pub enum Writer {
    Table {
        out: Output,
        width: usize,
    },
    Jsonl(Output),
    /// One page an episode, each a file of the folder.
    Pages(PathBuf),
    /// The page of the only episode.
    Page {
        out: Output,
        written: bool,
    },
}

/// Columns of a table that does not go to a terminal.
const WIDTH: usize = 120;

impl Writer {
    pub fn open(format: Format, output: Option<&Path>) -> anyhow::Result<Self> {
        Ok(match (format, output) {
            (Format::Table, _) => Self::Table { width: width(output), out: Output::open(output)? },
            (Format::Jsonl, _) => Self::Jsonl(Output::open(output)?),
            (Format::Html, Some(folder)) if folder.extension().is_none() => {
                fs::create_dir_all(folder)
                    .with_context(|| format!("{}: cannot be made", folder.display()))?;
                Self::Pages(folder.to_owned())
            }
            (Format::Html, _) => Self::Page { out: Output::open(output)?, written: false },
        })
    }

    pub fn code_set(&mut self, codes: &CodeSet, episode: &Episode) -> anyhow::Result<()> {
        match self {
            Self::Table { out, width } => write_table(codes, episode, out, *width)?,
            Self::Jsonl(out) => write_code_set(codes, episode, out)?,
            Self::Page { written: true, .. } => {
                bail!("more than one episode: give a folder for the pages with -o FOLDER")
            }
            Self::Page { out, written } => {
                write_html(codes, episode, out)?;
                *written = true;
            }
            Self::Pages(folder) => {
                let mut out = Output::open(Some(&folder.join(file_name(&episode.id))))?;
                write_html(codes, episode, &mut out)?;
                out.finish()?;
            }
        }
        Ok(())
    }

    /// A failed note: a line among JSON lines. In the other formats it is on stderr only.
    pub fn failure(&mut self, failure: &FailureRecord) -> anyhow::Result<()> {
        if let Self::Jsonl(out) = self {
            write_failure(failure, out)?;
        }
        Ok(())
    }

    pub fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Table { out, .. } | Self::Jsonl(out) | Self::Page { out, .. } => out.finish(),
            Self::Pages(_) => Ok(()),
        }
    }
}

/// The name of an episode's page. Ids may hold anything: what is not a letter, a digit, `-`, `_` or `.` is
/// written as its bytes in hexadecimal, so that two ids never share a page.
fn file_name(episode: &str) -> String {
    let mut name = String::new();
    for c in episode.chars() {
        if c.is_alphanumeric() || "-_.".contains(c) {
            name.push(c);
        } else {
            name.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
    name + ".html"
}

/// The terminal's width, if the table goes to one.
fn width(output: Option<&Path>) -> usize {
    let terminal = output.is_none() && std::io::stdout().is_terminal();
    let columns =
        terminal.then(|| console::Term::stdout().size_checked()).flatten().map(|(_, columns)| columns);
    columns.map_or(WIDTH, usize::from)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("medical-stay", "medical-stay.html")]
    #[case::path("ward/7", "ward%2F7.html")]
    #[case::parent("../x", "..%2Fx.html")]
    #[case::percent("a%2Fb", "a%252Fb.html")]
    #[case::umlaut("Bär", "Bär.html")]
    fn a_page_is_named_for_its_episode(#[case] episode: &str, #[case] name: &str) {
        assert_eq!(file_name(episode), name);
    }
}
