//! Where fetched files live.

use std::env;
use std::path::PathBuf;

use crate::error::FetchError;

/// The cache folder: `$CLINLINK_CACHE`, else `$XDG_CACHE_HOME/clinlink`, else `~/.cache/clinlink`.
///
/// # Errors
/// If none of these variables nor `HOME` is set.
pub fn cache_dir() -> Result<PathBuf, FetchError> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CLINLINK_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|base| base.join("clinlink")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/clinlink")))
        .ok_or(FetchError::NoCache)
}
