use std::io;
use std::path::PathBuf;

use clinlink_context::LexiconError;
use clinlink_encoder::EncoderError;
use clinlink_episode::{ModelError, TablesError};
use clinlink_link::LinkModelError;
use clinlink_link::dense::VectorError;
use clinlink_segment::HeaderLexiconError;
use clinlink_vocab::PackError;
use thiserror::Error;

/// Why a pipeline cannot be assembled.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// The configuration cannot be read.
    #[error("{}: {cause}; `clinlink pipeline show` lists the pipelines there are", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        cause: io::Error,
    },
    /// The configuration is not valid.
    #[error("{}: {cause}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line, column and what was expected.
        cause: Box<toml::de::Error>,
    },
    /// The configuration cannot be written as TOML.
    #[error("the pipeline cannot be shown: {cause}")]
    NotShown {
        /// What the writer said.
        cause: Box<toml::ser::Error>,
    },
    /// The pack does not open.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The encoder of terms or its vectors do not load.
    #[error(transparent)]
    Vectors(#[from] VectorError),
    /// The token classifier does not load.
    #[error(transparent)]
    Model(#[from] EncoderError),
    /// The coder's model does not load.
    #[error(transparent)]
    CoderModel(#[from] ModelError),
    /// The linker's model does not load.
    #[error(transparent)]
    LinkModel(#[from] LinkModelError),
    /// The coder's tables do not load.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// A note to learn from cannot be annotated.
    #[error(transparent)]
    Note(#[from] NoteFailure),
    /// The lexicon of section headers is faulty.
    #[error(transparent)]
    Headers(#[from] HeaderLexiconError),
    /// The lexicon of abbreviations or the cues are faulty.
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
}

/// A note that a stage could not do. The other notes are done all the same.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("note {note}: {cause}")]
pub struct NoteFailure {
    /// Id of the note.
    pub note: String,
    /// What failed. Never holds text of the note.
    pub cause: String,
}
