//! The files among those that a user gives: a folder stands for all files in it.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::at;
use crate::vocab_error::VocabError;

/// All files given, those of folders by name.
pub(crate) fn all_files(given: &[PathBuf]) -> Result<Vec<PathBuf>, VocabError> {
    let mut files = Vec::new();
    for path in given {
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(path).to_owned();
                let cause =
                    error.into_io_error().unwrap_or_else(|| io::Error::other("a link to a folder above it"));
                VocabError::Io { path, cause }
            })?;
            if entry.file_type().is_file() {
                files.push(entry.into_path());
            }
        }
    }
    Ok(files)
}

/// The name of a file, without its folder; empty if it is no UTF-8.
pub(super) fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// The error for given files among which one is missing.
pub(super) fn missing(given: &[PathBuf], what: &str) -> VocabError {
    at(given.first().map_or(Path::new(""), PathBuf::as_path), 1, what)
}

/// Whether the file's name ends in `extension`, in any case.
pub(super) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}
