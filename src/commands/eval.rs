//! `clinlink eval`

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use clinlink_score::{CodeOptions, LinkOptions, MentionOptions, write_code_page};
use serde::Serialize;

use crate::Outcome;
use crate::output::Output;

#[derive(Subcommand)]
pub enum Command {
    /// Mentions: strict and overlapping spans, by label
    Mentions {
        #[command(flatten)]
        files: Files,
        /// Score these labels only [default: those of the gold]
        #[arg(long, value_delimiter = ',', value_name = "LABEL")]
        labels: Vec<String>,
    },
    /// Links: concepts of one system, by mention and by document
    Links {
        #[command(flatten)]
        files: Files,
        /// The code system, by its name in the output
        #[arg(long, default_value = "MeSH")]
        system: String,
        /// Score these labels only [default: those of the gold]
        #[arg(long, value_delimiter = ',', value_name = "LABEL")]
        labels: Vec<String>,
    },
    /// Context: polarity, certainty, temporality, experiencer
    Context {
        #[command(flatten)]
        files: Files,
    },
    /// Codes of episodes: full, 3-character and hierarchical, with intervals, evidence, calibration
    Codes {
        #[command(flatten)]
        files: Files,
        /// Count codes to review as predicted, beside the accepted ones
        #[arg(long)]
        review: bool,
        /// The code system, by its name in the output [default: all]
        #[arg(long)]
        system: Option<String>,
        /// The gold of the training data: adds figures by how often it has a code
        #[arg(long, value_name = "GOLD")]
        training: Option<PathBuf>,
        /// What another system predicted for the same gold: adds the difference, with its interval and p
        #[arg(long, value_name = "PREDICTED")]
        against: Option<PathBuf>,
        /// Write the report as a page, too
        #[arg(long, value_name = "PAGE.html")]
        html: Option<PathBuf>,
    },
}

#[derive(Args)]
pub struct Files {
    /// The gold: JSON lines
    gold: PathBuf,
    /// What clinlink wrote: JSON lines
    predicted: PathBuf,
    /// Print JSON rather than text
    #[arg(long)]
    json: bool,
}

pub fn run(command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Mentions { files, labels } => {
            let options = MentionOptions { labels: labels.clone() };
            print(files, &clinlink_score::mentions(&files.gold, &files.predicted, &options)?)
        }
        Command::Links { files, system, labels } => {
            let options = LinkOptions { system: system.clone(), labels: labels.clone() };
            print(files, &clinlink_score::links(&files.gold, &files.predicted, &options)?)
        }
        Command::Context { files } => print(files, &clinlink_score::context(&files.gold, &files.predicted)?),
        Command::Codes { files, review, system, training, against, html } => {
            let options = CodeOptions {
                review: *review,
                system: system.clone(),
                training: training.clone(),
                against: against.clone(),
            };
            let report = clinlink_score::codes(&files.gold, &files.predicted, &options)?;
            if let Some(page) = html {
                let mut out = Output::open(Some(page))?;
                write_code_page(&report, &mut out)?;
                out.finish()?;
            }
            print(files, &report)
        }
    }
}

fn print(files: &Files, report: &(impl Serialize + Display)) -> anyhow::Result<Outcome> {
    let mut out = Output::open(None)?;
    if files.json {
        serde_json::to_writer_pretty(&mut out, report)?;
        writeln!(out)?;
    } else {
        write!(out, "{report}")?;
    }
    out.finish()?;
    Ok(Outcome::Done)
}
