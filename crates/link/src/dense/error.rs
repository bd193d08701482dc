use std::path::PathBuf;

use clinlink_encoder::EncoderError;
use thiserror::Error;

/// Why vectors of terms could not be made, read or searched. No variant holds text of a note.
#[derive(Debug, Error)]
pub enum VectorError {
    /// There are none.
    #[error("{}: not found; `clinlink vocab vectors` makes the vectors of a pack's terms", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// They are of another pack or encoder.
    #[error(
        "{}: made with {what} {found}, not {expected}; make them anew with `clinlink vocab vectors`",
        path.display()
    )]
    Stale {
        /// The manifest.
        path: PathBuf,
        /// What they were made with.
        what: &'static str,
        /// Its version then.
        found: String,
        /// Its version now.
        expected: String,
    },
    /// A file is not what it should be.
    #[error("{}: {cause}; remove the folder and run `clinlink vocab vectors` again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The encoder failed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
}

impl VectorError {
    pub(super) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
