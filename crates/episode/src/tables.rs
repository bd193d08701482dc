//! The tables of `vocab/rules.toml`: which codes are chronic, and which code says that a disease was.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// The tables, of prefixes of ICD-10-CM codes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tables {
    /// Diseases that do not end: under past history they still count.
    chronic: Vec<String>,
    /// Codes for a personal history.
    history: Vec<History>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    /// Prefixes of the codes of the disease.
    of: Vec<String>,
    /// The code that says that it was.
    code: String,
}

/// Why a rules file is not usable.
#[derive(Debug, Error)]
pub enum TablesError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {cause}; compare it with vocab/rules.toml", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: Box<toml::de::Error>,
    },
}

impl Tables {
    /// The tables that are built in.
    pub(crate) fn embedded() -> Self {
        #[expect(clippy::expect_used, reason = "the file is compiled in and a test parses it")]
        toml::from_str(include_str!("../../../vocab/rules.toml")).expect("vocab/rules.toml is well formed")
    }

    /// The tables of a file of the same form.
    pub(crate) fn read(path: &Path) -> Result<Self, TablesError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| TablesError::Unreadable { path: path.to_owned(), cause })?;
        toml::from_str(&text)
            .map_err(|cause| TablesError::Malformed { path: path.to_owned(), cause: Box::new(cause) })
    }

    /// Whether the disease of an ICD-10-CM code stays for life or nearly so.
    pub(crate) fn is_chronic(&self, code: &str) -> bool {
        self.chronic.iter().any(|prefix| code.starts_with(prefix.as_str()))
    }

    /// The code that says that the disease of `code` was: that of the longest prefix.
    pub(crate) fn history_of(&self, code: &str) -> Option<&str> {
        let prefixes = self.history.iter().flat_map(|h| h.of.iter().map(move |prefix| (prefix, &h.code)));
        let fitting = prefixes.filter(|(prefix, _)| code.starts_with(prefix.as_str()));
        fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, code)| code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Tables;

    #[rstest]
    #[case("I10", true)]
    #[case("E11.9", true)]
    #[case("N18.30", true)]
    #[case("J18.9", false)]
    #[case("S52.501A", false)]
    fn knows_chronic_diseases(#[case] code: &str, #[case] chronic: bool) {
        assert_eq!(Tables::embedded().is_chronic(code), chronic);
    }

    #[rstest]
    #[case("C50.911", Some("Z85.3"))]
    #[case("I63.9", Some("Z86.73"))]
    #[case("I26.99", Some("Z86.711"))]
    #[case("R05.9", None)]
    fn knows_history_codes(#[case] code: &str, #[case] history: Option<&str>) {
        assert_eq!(Tables::embedded().history_of(code), history);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rules.toml");
        std::fs::write(&path, "chronic = []\nhistory = []\nchronik = []\n").unwrap();
        let error = Tables::read(&path).unwrap_err().to_string();
        assert!(error.contains("rules.toml") && error.contains("chronik"), "{error}");
    }
}
