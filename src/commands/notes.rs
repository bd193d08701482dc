//! What `code` and `annotate` share: notes in, through a pipeline, failures told.

use std::cell::Cell;
use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::Args;
use clinlink_io::{FailureRecord, Notes, RecordError, Schema, read_notes, read_texts};
use clinlink_model::{AnnotatedNote, Episode};
use clinlink_pipeline::{EpisodeOutcome, Mentions, NoteFailure, Pipeline, PipelineConfig, RunOptions};

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
    /// Write to this file rather than to stdout
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
        let told = Told::new(schema);
        let notes = self.read(&told)?;
        pipeline.run(self.options(), notes, |outcome| {
            told.bar.inc(1);
            match outcome {
                Ok(Ok(annotated)) => done(writer, annotated),
                Ok(Err(failure)) => failed(writer, told.failure(&failure)),
                Err(error) => failed(writer, told.unread(&error)),
            }
        })?;
        Ok(told.finish())
    }

    /// The same, and `work` for each episode, several at a time. What it makes of an episode goes to `done`, in order.
    pub fn run_episodes<W, T: Send>(
        &self,
        pipeline: &Pipeline,
        schema: Schema,
        writer: &mut W,
        work: impl Fn(&mut Episode) -> Result<T, NoteFailure> + Sync,
        mut done: impl FnMut(&mut W, &Episode, T) -> anyhow::Result<()>,
        mut failed: impl FnMut(&mut W, FailureRecord) -> anyhow::Result<()>,
    ) -> anyhow::Result<u64> {
        let told = Told::new(schema);
        let notes = self.read(&told)?;
        pipeline.run_episodes(self.options(), notes, work, |outcome| {
            match &outcome {
                EpisodeOutcome::Done(episode, _) if is_of_several(episode) => told.episode(),
                _ => told.bar.inc(1),
            }
            match outcome {
                EpisodeOutcome::Annotated => Ok(()),
                EpisodeOutcome::Done(episode, Ok(made)) => done(writer, &episode, made),
                EpisodeOutcome::Done(_, Err(failure)) | EpisodeOutcome::Failed(failure) => {
                    failed(writer, told.failure(&failure))
                }
                EpisodeOutcome::Unread(error) => failed(writer, told.unread(&error)),
            }
        })?;
        Ok(told.finish())
    }

    fn read(&self, told: &Told) -> anyhow::Result<Notes> {
        let notes = if self.given { read_notes(&self.paths)? } else { read_texts(&self.paths)? };
        for path in notes.skipped() {
            told.line(&format!("{}: passed over, neither text nor JSON lines", path.display()));
        }
        Ok(notes)
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

/// Whether notes were put together by the episode that they name.
fn is_of_several(episode: &Episode) -> bool {
    episode.notes.iter().any(|note| note.note.episode.is_some())
}

/// What a person is told on stderr while notes run.
struct Told {
    schema: Schema,
    bar: ProgressBar,
    episodes: Cell<u64>,
    failures: Cell<u64>,
}

impl Told {
    fn new(schema: Schema) -> Self {
        Self { schema, bar: progress::notes(), episodes: Cell::new(0), failures: Cell::new(0) }
    }

    fn failure(&self, failure: &NoteFailure) -> FailureRecord {
        self.failed(&failure.to_string());
        FailureRecord::new(self.schema, &failure.note, &failure.cause)
    }

    fn unread(&self, error: &RecordError) -> FailureRecord {
        self.failed(&error.to_string());
        FailureRecord::unread(self.schema, error)
    }

    fn failed(&self, message: &str) {
        self.failures.set(self.failures.get() + 1);
        self.count();
        self.line(message);
    }

    fn episode(&self) {
        self.episodes.set(self.episodes.get() + 1);
        self.count();
    }

    /// Shows beside the notes what else was counted.
    fn count(&self) {
        let counts = [(self.episodes.get(), "episodes"), (self.failures.get(), "failed")];
        let shown: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}")).collect();
        self.bar.set_message(shown.concat());
    }

    /// A line that the progress bar does not overwrite.
    fn line(&self, message: &str) {
        self.bar.suspend(|| eprintln!("clinlink: {message}"));
    }

    /// The number of failures.
    fn finish(self) -> u64 {
        self.bar.finish_and_clear();
        self.failures.get()
    }
}
