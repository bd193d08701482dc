use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::cache_dir;
use crate::error::FetchError;
use crate::hash::sha256_file;
use crate::package::Package;
use crate::{pip, unpack};

const STAMP: &str = ".fetched";

/// Fetches packages into a cache folder.
#[derive(Debug, Clone)]
pub struct Fetcher {
    cache: PathBuf,
    python: PathBuf,
}

impl Fetcher {
    /// A fetcher with the given cache folder, which need not exist yet, that runs `python3`.
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        Self { cache: cache.into(), python: PathBuf::from("python3") }
    }

    /// A fetcher with the cache folder that the environment names ([`cache_dir`]).
    ///
    /// # Errors
    /// If the environment names none.
    pub fn from_env() -> Result<Self, FetchError> {
        cache_dir().map(Self::new)
    }

    /// The same with another Python.
    #[must_use]
    pub fn with_python(mut self, python: impl Into<PathBuf>) -> Self {
        self.python = python.into();
        self
    }

    /// The cache folder.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The folder of a package, whether it is there or not.
    pub fn folder(&self, package: &Package) -> PathBuf {
        self.cache.join(package.folder_name())
    }

    /// Whether the folder of a package is there and complete.
    pub fn is_fetched(&self, package: &Package) -> bool {
        fs::read_to_string(self.folder(package).join(STAMP)).is_ok_and(|stamp| stamp == package.stamp())
    }

    /// The folder of a package, fetched if it is not there. `progress` hears one line before each download.
    ///
    /// # Errors
    /// If Python or pip is missing, the download fails, the hash is not the pinned one, or a member is missing.
    pub fn fetch(&self, package: &Package, progress: &dyn Fn(&str)) -> Result<PathBuf, FetchError> {
        let folder = self.folder(package);
        if self.is_fetched(package) {
            return Ok(folder);
        }
        progress(&format!("fetching {} {}", package.package, package.version));
        let part = self.temporary(package)?;
        let wheel = pip::download(&self.python, package, part.path())?;
        let got = sha256_file(&wheel).map_err(FetchError::io(&wheel))?;
        if got != package.sha256 {
            return Err(FetchError::Hash {
                package: package.package.clone(),
                version: package.version.clone(),
                expected: package.sha256.clone(),
                got,
            });
        }
        unpack::unpack(&wheel, package, part.path())?;
        fs::remove_file(&wheel).map_err(FetchError::io(&wheel))?;
        let stamp = part.path().join(STAMP);
        fs::write(&stamp, package.stamp()).map_err(FetchError::io(&stamp))?;
        self.settle(part, package)?;
        Ok(folder)
    }

    /// A temporary folder of the cache for `package`; it goes away with the value.
    fn temporary(&self, package: &Package) -> Result<tempfile::TempDir, FetchError> {
        fs::create_dir_all(&self.cache).map_err(FetchError::io(&self.cache))?;
        tempfile::Builder::new()
            .prefix(&format!(".part-{}-", package.folder_name()))
            .tempdir_in(&self.cache)
            .map_err(FetchError::io(&self.cache))
    }

    /// Gives the complete temporary folder its final name.
    fn settle(&self, part: tempfile::TempDir, package: &Package) -> Result<(), FetchError> {
        let folder = self.folder(package);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(FetchError::io(&folder))?;
        }
        match fs::rename(part.path(), &folder) {
            Ok(()) => {
                // The folder has moved, there is nothing left to remove.
                let _ = part.keep();
                Ok(())
            }
            // Another process was faster.
            Err(_) if self.is_fetched(package) => Ok(()),
            Err(cause) => Err(FetchError::Io { path: folder, cause }),
        }
    }
}
