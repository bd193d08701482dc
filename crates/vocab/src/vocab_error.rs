use std::io;
use std::path::{Path, PathBuf};

use clinlink_fetch::FetchError;
use thiserror::Error;

use crate::pack_error::PackError;

/// Why vocabularies cannot be fetched or compiled.
#[derive(Debug, Error)]
pub enum VocabError {
    /// A package cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The pack cannot be written.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A recipe cannot be read.
    #[error("{path}:{line}: {cause}")]
    Recipe {
        /// The recipe.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: String,
    },
    /// There is no recipe.
    #[error("{path}: no recipes (*.recipe.toml) here; run this in the repository or name the folder")]
    NoRecipes {
        /// The folder.
        path: PathBuf,
    },
    /// A package has not been fetched.
    #[error("{package} {version} is not in the cache; run `clinlink vocab fetch` first")]
    NotFetched {
        /// The package.
        package: String,
        /// Its version.
        version: String,
    },
    /// A file was given for something that takes none.
    #[error("no recipe named {name:?} takes a file ({known})")]
    UnknownExtra {
        /// The name that was given.
        name: String,
        /// The names of recipes that take a file.
        known: String,
    },
    /// A source does not have the form that its recipe states.
    #[error("{path}:{line}: {cause}")]
    Source {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        cause: String,
    },
    /// A source has one code with two titles.
    #[error("{source_name}: {code} stands twice, as {:?} and as {:?}", .titles[0], .titles[1])]
    Twice {
        /// The recipe's name.
        source_name: String,
        /// The code system and the code.
        code: String,
        /// The title that came first and another one.
        titles: Box<[String; 2]>,
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

impl VocabError {
    /// For `map_err`: what the system said of `path`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Io { path, cause }
    }
}
