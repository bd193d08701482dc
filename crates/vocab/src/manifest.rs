//! What a pack says of itself: `manifest.json`.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use clinlink_model::System;
use serde::{Deserialize, Serialize};

use crate::pack_error::PackError;

/// The format that this program writes and reads.
pub const FORMAT: u64 = 3;

/// The manifest's file name.
pub(crate) const FILE: &str = "manifest.json";

/// What is in a pack and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of the pack's files.
    pub format: u64,
    /// The version of the content: the start of a hash over all files, so equal packs have equal versions.
    pub version: String,
    /// Where the content comes from, in the order in which it was read.
    pub sources: Vec<Source>,
    /// The code systems, by name.
    pub systems: Vec<SystemCount>,
    /// The number of distinct normal forms.
    pub terms: u64,
    /// The number of pairs of a normal form and a concept.
    pub postings: u64,
    /// The number of pairs of concepts with a cross-reference, stated or by a shared name.
    #[serde(default)]
    pub maps: u64,
    /// The files of the pack other than the manifest, by their paths in it.
    pub files: BTreeMap<String, FileEntry>,
}

/// A source of a pack, with what it brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The recipe's name.
    pub name: String,
    /// The registry package; empty for a file given by hand.
    #[serde(default)]
    pub package: String,
    /// The version of the package, or of the data.
    #[serde(default)]
    pub version: String,
    /// The licence of the data.
    pub licence: String,
    /// What must be said wherever the data is used.
    pub notice: String,
    /// SHA-256 of the package or the file.
    #[serde(default)]
    pub sha256: String,
    /// The number of concepts that it was the first to bring.
    #[serde(default)]
    pub concepts: u64,
    /// The number of terms as they stand in the source, with titles and the variants made of them.
    #[serde(default)]
    pub terms: u64,
    /// The number of cross-references that it states; some have no target in the pack.
    #[serde(default)]
    pub maps: u64,
    /// The number of notes.
    #[serde(default)]
    pub notes: u64,
    /// The number of facts: groups, flags, definitions.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub facts: u64,
    /// The number of its cross-references to a code that the pack does not hold, of a system that it holds: the
    /// source lags behind or is ahead of that system.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unknown_targets: u64,
    /// The number of its cross-references to systems that the pack does not hold.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub foreign_targets: u64,
    /// The number of records that could not be read and were left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The number of concepts of a code system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemCount {
    /// The code system.
    pub system: System,
    /// Its concepts.
    pub concepts: u32,
}

/// Size and hash of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
}

/// The one field that every format has.
#[derive(Deserialize)]
struct FormatOnly {
    format: u64,
}

impl Manifest {
    /// Reads the manifest of the pack in `folder`.
    ///
    /// # Errors
    /// If there is none, if it is of another format, or if it cannot be read.
    pub fn read(folder: &Path) -> Result<Self, PackError> {
        let path = folder.join(FILE);
        let text = fs::read_to_string(&path).map_err(|cause| match cause.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => PackError::Missing { path: folder.to_owned() },
            _ => PackError::Io { path: path.clone(), cause },
        })?;
        let broken = |cause: serde_json::Error| PackError::Manifest {
            path: path.clone(),
            line: cause.line(),
            cause: cause.to_string(),
        };
        let found = serde_json::from_str::<FormatOnly>(&text).map_err(broken)?.format;
        if found != FORMAT {
            return Err(PackError::Format { path, found, expected: FORMAT });
        }
        serde_json::from_str(&text).map_err(broken)
    }

    /// Writes it into `folder`.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), PackError> {
        let path = folder.join(FILE);
        let mut text =
            serde_json::to_string_pretty(self).map_err(|cause| PackError::damaged(&path, cause))?;
        text.push('\n');
        fs::write(&path, text).map_err(PackError::io(&path))
    }
}
