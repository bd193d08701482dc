//! A stream of notes through a pipeline, on several threads, in bounded memory, in order.
//!
//! ```text
//! notes ─ reader ─▶ batches ─ bounded channel ─▶ workers ─ channel ─▶ back in order ─▶ sink
//!            ▲                                                              │
//!            └───────────────────── permits ◀───────────────────────────────┘
//! ```
//!
//! Batches are cut by size alone, so the result does not depend on the number of threads. The reader needs a
//! permit for each batch and gets it back when the batch has left in order: one slow batch stops the reader
//! rather than letting finished ones pile up.

use std::collections::BTreeMap;
use std::thread;

use clinlink_io::Input;
use clinlink_model::AnnotatedNote;
use crossbeam::channel::{Receiver, Sender, bounded, unbounded};

use crate::error::NoteFailure;
use crate::pipeline::{Mentions, Pipeline};

/// A batch is full at this many notes …
const BATCH_NOTES: usize = 32;
/// … or this many bytes of text.
const BATCH_BYTES: usize = 128 * 1024;
/// Batches under way for each worker.
const BATCHES_A_WORKER: usize = 4;

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
        let workers = options.threads.max(1);
        let under_way = workers * BATCHES_A_WORKER;
        let (permit, permits) = bounded::<()>(under_way);
        let (to_workers, batches) = bounded::<(usize, Vec<Result<Input, E>>)>(under_way);
        let (done, results) = unbounded::<(usize, Vec<Outcome<E>>)>();
        thread::scope(|scope| {
            scope.spawn(move || read(inputs, &permit, &to_workers));
            for _ in 0..workers {
                let (batches, done) = (batches.clone(), done.clone());
                scope.spawn(move || {
                    for (number, batch) in batches {
                        if done.send((number, self.work(batch, options.mentions))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop((batches, done));
            // Dropping `results` and `permits` on the way out ends workers and reader.
            in_order(results, permits, &mut sink)
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

/// Cuts the notes into batches and numbers them.
fn read<E>(
    inputs: impl Iterator<Item = Result<Input, E>>,
    permit: &Sender<()>,
    to_workers: &Sender<(usize, Vec<Result<Input, E>>)>,
) {
    let mut inputs = inputs.peekable();
    for number in 0.. {
        if inputs.peek().is_none() || permit.send(()).is_err() {
            return;
        }
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < BATCH_NOTES
            && bytes < BATCH_BYTES
            && let Some(item) = inputs.next()
        {
            bytes += item.as_ref().map_or(0, |input| input.note.text().len());
            batch.push(item);
        }
        if to_workers.send((number, batch)).is_err() {
            return;
        }
    }
}

fn in_order<E, S>(
    results: Receiver<(usize, Vec<Outcome<E>>)>,
    permits: Receiver<()>,
    sink: &mut impl FnMut(Outcome<E>) -> Result<(), S>,
) -> Result<(), S> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (number, outcomes) in &results {
        waiting.insert(number, outcomes);
        while let Some(outcomes) = waiting.remove(&next) {
            for outcome in outcomes {
                sink(outcome)?;
            }
            next += 1;
            // The reader took a permit for this batch, so one is there.
            let _ = permits.recv();
        }
    }
    drop((results, permits));
    Ok(())
}
