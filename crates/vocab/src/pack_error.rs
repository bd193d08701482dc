use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a pack cannot be written, opened or searched.
#[derive(Debug, Error)]
pub enum PackError {
    /// There is no pack.
    #[error("{path}: no pack here (no manifest.json); make one with `clinlink vocab build`")]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// The pack has another format version.
    #[error(
        "{path}: the pack has format {found}, this program reads format {expected}; make it again with `clinlink vocab build`"
    )]
    Format {
        /// The manifest.
        path: PathBuf,
        /// The format it states.
        found: u64,
        /// The format that this program reads.
        expected: u64,
    },
    /// The manifest cannot be read.
    #[error("{path}:{line}: {cause}; make the pack again with `clinlink vocab build`")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the reader said.
        cause: String,
    },
    /// A file is shorter or longer than the manifest says.
    #[error(
        "{path}: {found} bytes, the manifest says {expected}; make the pack again with `clinlink vocab build`"
    )]
    Size {
        /// The file.
        path: PathBuf,
        /// The size that the manifest states, in bytes.
        expected: u64,
        /// The size of the file, in bytes.
        found: u64,
    },
    /// A file's content is not what the manifest says.
    #[error(
        "{path}: SHA-256 is {found}, the manifest says {expected}; make the pack again with `clinlink vocab build`"
    )]
    Hash {
        /// The file.
        path: PathBuf,
        /// The hash that the manifest states, in hexadecimal.
        expected: String,
        /// The hash of the file.
        found: String,
    },
    /// A file has the right size but no sense.
    #[error("{path}: {cause}; make the pack again with `clinlink vocab build`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The text index cannot be written or read.
    #[error("{path}: {cause}; make the pack again with `clinlink vocab build`")]
    TextIndex {
        /// The index's folder.
        path: PathBuf,
        /// What tantivy said.
        cause: tantivy::TantivyError,
    },
    /// There is more than a pack can number.
    #[error(
        "{what}: more than a pack can hold (4 GiB of text, 1 billion concepts, 16 million details); leave out a source"
    )]
    TooLarge {
        /// The column.
        what: &'static str,
    },
    /// A concept is its own ancestor.
    #[error(
        "{source_name}: the hierarchy goes round in a circle: {codes}; mend the source, or leave the last step out with --lenient"
    )]
    Circle {
        /// The source that states the last step.
        source_name: String,
        /// The codes from one to the same again, each below the next.
        codes: String,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {cause}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl PackError {
    /// For `map_err`: what the system said of `path`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Io { path, cause }
    }

    /// A file whose content makes no sense.
    pub(crate) fn damaged(path: &Path, cause: impl Display) -> Self {
        Self::Damaged { path: path.to_owned(), cause: cause.to_string() }
    }
}
