use serde::{Deserialize, Serialize};

/// A package of a registry, pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its name in the registry.
    pub package: String,
    /// Its exact version.
    pub version: String,
    /// SHA-256 of the wheel, in lower-case hexadecimal.
    pub sha256: String,
    /// The paths inside the wheel that are unpacked; one that ends in `/` stands for all below it.
    pub members: Vec<String>,
    /// Whether the wheel is built for a platform (x86-64 Linux, `CPython` 3.11 where it matters).
    #[serde(default)]
    pub platform: bool,
}

impl Package {
    /// The name of its folder in the cache.
    pub fn folder_name(&self) -> String {
        format!("{}-{}", self.package, self.version)
    }

    /// What the stamp of its folder says when the folder is complete.
    pub(crate) fn stamp(&self) -> String {
        format!("{}\n{}\n", self.sha256, self.members.join("\n"))
    }
}
