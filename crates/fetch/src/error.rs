use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a package could not be fetched. Each message is one line that says what to do.
#[derive(Debug, Error)]
pub enum FetchError {
    /// No variable says where the cache is.
    #[error("no folder for fetched files: set CLINLINK_CACHE to one")]
    NoCache,
    /// Python does not start.
    #[error("cannot run {python}: {cause}; install Python 3 with pip and see that it is on PATH")]
    NoPython {
        /// The program that was tried.
        python: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Python has no pip.
    #[error("{python} has no pip; install it (Debian: apt-get install python3-pip)")]
    NoPip {
        /// The program that was tried.
        python: PathBuf,
    },
    /// pip could not get the package.
    #[error(
        "pip could not download {package}=={version}: {cause}; check the network and pip's index settings (pip config list)"
    )]
    Download {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The last line that pip wrote.
        cause: String,
    },
    /// pip ended well but left no single wheel.
    #[error("pip left {count} wheels for {package}=={version}, not one; run the same command again")]
    Wheels {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The number of wheels.
        count: usize,
    },
    /// The wheel is not the one that was pinned.
    #[error(
        "{package}=={version}: SHA-256 is {got}, expected {expected}; the registry serves another file, so do not use it (if the change is wanted, pin the new hash in the recipe)"
    )]
    Hash {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The pinned hash, in hexadecimal.
        expected: String,
        /// The hash of what came.
        got: String,
    },
    /// The wheel lacks a member.
    #[error("{package}=={version} has no member {member}; correct the recipe's list of members")]
    Member {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// The path that was asked for.
        member: String,
    },
    /// The wheel is not a readable zip file.
    #[error("{path}: {cause}; run the same command again")]
    Zip {
        /// The wheel.
        path: PathBuf,
        /// What the reader said.
        cause: zip::result::ZipError,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {cause}; free space or give the rights, then run the same command again")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl FetchError {
    /// For `map_err`: what the system said of `path`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Io { path, cause }
    }
}
