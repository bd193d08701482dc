//! `clinlink pipeline show`

use std::io::Write;

use anyhow::Context;
use clap::Subcommand;
use clinlink_pipeline::PipelineConfig;

use crate::Outcome;
use crate::home::Home;
use crate::output::Output;

#[derive(Subcommand)]
pub enum Command {
    /// Print a pipeline with every default in force, or the names of all pipelines
    Show {
        /// The pipeline, by name or folder
        name: Option<String>,
    },
}

pub fn run(command: &Command, home: &Home) -> anyhow::Result<Outcome> {
    let Command::Show { name } = command;
    let mut out = Output::open(None)?;
    match name {
        Some(name) => out.write_all(PipelineConfig::read(&home.pipeline(name))?.show()?.as_bytes())?,
        None => {
            for name in names(home)? {
                writeln!(out, "{name}")?;
            }
        }
    }
    out.finish()?;
    Ok(Outcome::Done)
}

fn names(home: &Home) -> anyhow::Result<Vec<String>> {
    let folder = home.pipelines();
    let entries = folder.read_dir().with_context(|| format!("{}: cannot be listed", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("pipeline.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}
