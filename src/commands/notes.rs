//! What `code` and `annotate` share: notes in, through a pipeline, failures told.

use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::Args;
use clinlink_io::{FailureRecord, RecordError, Schema, read_notes, read_texts};
use clinlink_model::AnnotatedNote;
use clinlink_pipeline::{Mentions, NoteFailure, Pipeline, PipelineConfig, RunOptions};

use indicatif::ProgressBar;

use crate::home::Home;
use crate::memory;
use crate::progress;

#[derive(Args)]
pub struct NotesArgs {
    /// Text files, folders (one an episode), .jsonl files, or - for JSON lines on stdin
    #[arg(required = true, value_name = "NOTES")]
    pub paths: Vec<PathBuf>,
    /// The pipeline, by name (`clinlink pipeline show`) or folder
    #[arg(long, default_value = "default", value_name = "NAME")]
    pub pipeline: String,
    /// The pack of vocabularies, in place of the pipeline's
    #[arg(long, value_name = "NAME")]
    pub pack: Option<String>,
    /// Use the mentions that notes come with in place of the recogniser's
    #[arg(long)]
    pub given: bool,
    /// Worker threads [default: one a core]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Write to this file (folder, for several HTML pages) rather than to stdout
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

impl NotesArgs {
    /// Takes the notes through the pipeline, in order. Each annotated note goes to `done`, each failure to
    /// `failed` and to stderr. Returns the number of failures.
    pub fn run<W>(
        &self,
        pipeline: &Pipeline,
        schema: Schema,
        writer: &mut W,
        mut done: impl FnMut(&mut W, AnnotatedNote) -> anyhow::Result<()>,
        mut failed: impl FnMut(&mut W, FailureRecord) -> anyhow::Result<()>,
    ) -> anyhow::Result<u64> {
        let notes = if self.given { read_notes(&self.paths)? } else { read_texts(&self.paths)? };
        let bar = progress::notes();
        for path in notes.skipped() {
            report(&bar, &format!("{}: passed over, neither text nor JSON lines", path.display()));
        }
        let mut failures = 0;
        pipeline.run(self.options(), notes, |outcome: Result<Result<_, NoteFailure>, RecordError>| {
            bar.inc(1);
            let (record, message) = match outcome {
                Ok(Ok(annotated)) => return done(writer, annotated),
                Ok(Err(failure)) => {
                    (FailureRecord::new(schema, &failure.note, &failure.cause), failure.to_string())
                }
                Err(error) => (FailureRecord::unread(schema, &error), error.to_string()),
            };
            failures += 1;
            bar.set_message(format!(", {failures} failed"));
            report(&bar, &message);
            failed(writer, record)
        })?;
        bar.finish_and_clear();
        Ok(failures)
    }

    fn options(&self) -> RunOptions {
        let threads = self.threads.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
        RunOptions { threads, mentions: if self.given { Mentions::Given } else { Mentions::Tagged } }
    }

    /// Loads the pipeline that is asked for.
    pub fn load(&self, home: &Home) -> anyhow::Result<Pipeline> {
        self.load_with(home, |_| Ok(()))
    }

    /// The same, with settings changed.
    pub fn load_with(
        &self,
        home: &Home,
        change: impl FnOnce(&mut PipelineConfig) -> anyhow::Result<()>,
    ) -> anyhow::Result<Pipeline> {
        let folder = home.pipeline(&self.pipeline);
        let mut config = PipelineConfig::read(&folder)?;
        if let Some(pack) = &self.pack {
            config.pack.clone_from(pack);
        }
        change(&mut config)?;
        let pipeline = Pipeline::load(config, &folder, &home.packs())?;
        memory::give_back();
        Ok(pipeline)
    }
}

/// A line on stderr that the progress bar does not overwrite.
fn report(bar: &ProgressBar, message: &str) {
    bar.suspend(|| eprintln!("clinlink: {message}"));
}
