use std::io;

use thiserror::Error;

/// Why a record, a table or a page is not written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The stream refused. A broken pipe comes here too, by its [`io::ErrorKind`].
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A piece of evidence names a note that the episode does not have: the code set is of another episode.
    #[error("episode {episode}: evidence of {code} is in note {note}, but the episode has {notes} notes")]
    NoSuchNote {
        /// The episode's id.
        episode: String,
        /// The code.
        code: String,
        /// The note, as an index from 0.
        note: usize,
        /// How many notes the episode has.
        notes: usize,
    },
    /// A piece of evidence is not a span of the note that it names.
    #[error("episode {episode}: evidence of {code} at bytes {start}..{end} is no span of note {note}")]
    NoSuchSpan {
        /// The episode's id.
        episode: String,
        /// The code.
        code: String,
        /// The note's id.
        note: String,
        /// First byte.
        start: usize,
        /// The byte after the last one.
        end: usize,
    },
}
