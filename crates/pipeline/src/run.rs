//! Notes through a pipeline on several threads, in bounded memory, in order; then their episodes in the same way.
//!
//! A batch of notes is an item for [`in_order`], and so is an episode whose notes are all there. Batches are cut by size
//! alone, so the result does not depend on the number of threads.

use std::collections::BTreeMap;
use std::iter;

use clinlink_io::Input;
use clinlink_model::{AnnotatedNote, Episode};

use crate::episodes::Episodes;
use crate::error::NoteFailure;
use crate::in_order::in_order;
use crate::pipeline::{Mentions, Pipeline};

/// A batch is full at this many notes …
const BATCH_NOTES: usize = 32;
/// … or this many bytes of text.
const BATCH_BYTES: usize = 128 * 1024;
/// How notes are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunOptions {
    /// Worker threads, at least one.
    pub threads: usize,
    /// Where mentions come from.
    pub mentions: Mentions,
}

/// What comes out for a note: the note annotated, its failure, or the reader's own error.
type Outcome<E> = Result<Result<AnnotatedNote, NoteFailure>, E>;

/// What comes out of [`Pipeline::run_episodes`], one by one.
#[derive(Debug)]
pub enum EpisodeOutcome<T, E> {
    /// A note is annotated, and waits for the others of its episode.
    Annotated,
    /// An episode, and what was made of it.
    Done(Box<Episode>, T),
    /// A note could not be annotated; its episode goes on without it.
    Failed(NoteFailure),
    /// The reader's own error.
    Unread(E),
}

impl Pipeline {
    /// Takes all notes of `inputs` through the stages and hands the results to `sink` in the order of the notes.
    /// An item that is an error goes to the sink at its place. If the sink returns an error, the run ends with it.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn run<E, S>(
        &self,
        options: RunOptions,
        inputs: impl Iterator<Item = Result<Input, E>> + Send,
        mut sink: impl FnMut(Outcome<E>) -> Result<(), S>,
    ) -> Result<(), S>
    where
        E: Send,
    {
        clinlink_encoder::set_threads(1);
        let work = |batch| self.work(batch, options.mentions);
        in_order(options.threads, batches(inputs), work, |outcomes| {
            outcomes.into_iter().try_for_each(&mut sink)
        })
    }

    /// The same, and then `work` for each episode, on the workers too: for a note of no episode as soon as it is
    /// annotated, for the others when all notes are read, in the order of their first notes.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn run_episodes<T, E, S>(
        &self,
        options: RunOptions,
        inputs: impl Iterator<Item = Result<Input, E>> + Send,
        work: impl Fn(&mut Episode) -> T + Sync,
        mut sink: impl FnMut(EpisodeOutcome<T, E>) -> Result<(), S>,
    ) -> Result<(), S>
    where
        T: Send,
        E: Send,
    {
        clinlink_encoder::set_threads(1);
        let worked = |mut episode: Episode| {
            let made = work(&mut episode);
            (Box::new(episode), made)
        };
        // What a worker makes of a note: all there is to make of it, or a note of an episode.
        let alone = |outcome: Outcome<E>| match outcome {
            Ok(Ok(note)) if note.note.episode.is_some() => Err(Box::new(note)),
            Ok(Ok(note)) => {
                let (episode, made) = worked(Episodes::alone(note));
                Ok(EpisodeOutcome::Done(episode, made))
            }
            Ok(Err(failure)) => Ok(EpisodeOutcome::Failed(failure)),
            Err(error) => Ok(EpisodeOutcome::Unread(error)),
        };
        let of_batch = |batch| self.work(batch, options.mentions).into_iter().map(alone).collect::<Vec<_>>();
        let mut episodes = Episodes::default();
        in_order(options.threads, batches(inputs), of_batch, |outcomes| {
            outcomes.into_iter().try_for_each(|outcome| {
                sink(outcome.unwrap_or_else(|note| {
                    episodes.add(*note);
                    EpisodeOutcome::Annotated
                }))
            })
        })?;
        in_order(options.threads, episodes.finish(), worked, |(episode, made)| {
            sink(EpisodeOutcome::Done(episode, made))
        })
    }

    fn work<E>(&self, batch: Vec<Result<Input, E>>, mentions: Mentions) -> Vec<Outcome<E>> {
        let mut errors = BTreeMap::new();
        let mut inputs = Vec::with_capacity(batch.len());
        let count = batch.len();
        for (at, item) in batch.into_iter().enumerate() {
            match item {
                Ok(input) => inputs.push(input),
                Err(error) => {
                    errors.insert(at, error);
                }
            }
        }
        let mut annotated = self.annotate(inputs, mentions).into_iter();
        let outcome = |at| match errors.remove(&at) {
            Some(error) => Some(Err(error)),
            None => annotated.next().map(Ok),
        };
        (0..count).filter_map(outcome).collect()
    }
}

/// Cuts the notes into batches.
fn batches<E>(inputs: impl Iterator<Item = Result<Input, E>>) -> impl Iterator<Item = Vec<Result<Input, E>>> {
    let mut inputs = inputs.peekable();
    iter::from_fn(move || {
        inputs.peek()?;
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < BATCH_NOTES
            && bytes < BATCH_BYTES
            && let Some(item) = inputs.next()
        {
            bytes += item.as_ref().map_or(0, |input| input.note.text().len());
            batch.push(item);
        }
        Some(batch)
    })
}
