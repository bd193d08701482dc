//! The lexicon of section headers, `vocab/sections.tsv`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clinlink_model::SectionKind;
use thiserror::Error;

/// Why a file of section headers cannot be read.
#[derive(Debug, Error)]
pub enum HeaderLexiconError {
    /// The file cannot be opened or is not UTF-8.
    #[error("{}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line is not "header, kind, match" parted by tabs.
    #[error("{file}:{line}: {found} columns, but header, kind and match are wanted, parted by tabs")]
    Columns {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// How many columns it has.
        found: usize,
    },
    /// A kind that does not exist.
    #[error("{file}:{line}: unknown kind {kind:?} ({}; or part: and one of these)", kinds())]
    Kind {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The kind as it stands there.
        kind: String,
    },
    /// A way of matching that does not exist.
    #[error("{file}:{line}: unknown match {found:?} (exact, first, last, any, soap)")]
    Match {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The way as it stands there.
        found: String,
    },
    /// A header without letters or digits, or one that stands in the file twice.
    #[error("{file}:{line}: header {header:?} is empty or stands in the file before; remove the line")]
    Header {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The header as it stands there.
        header: String,
    },
}

fn kinds() -> String {
    SectionKind::ALL.map(SectionKind::name).join(", ")
}

/// What a header phrase opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opens {
    /// A section of that kind.
    Section(SectionKind),
    /// A section of that kind, unless one is open: then a label within it.
    Part(SectionKind),
}

/// Known section headers and the kinds that they stand for.
#[derive(Debug, Clone, Default)]
pub struct HeaderLexicon {
    exact: HashMap<String, Opens>,
    first: HashMap<String, Opens>,
    last: HashMap<String, Opens>,
    soap: HashMap<String, Opens>,
}

impl HeaderLexicon {
    /// The lexicon that comes with clinlink.
    ///
    /// # Panics
    /// Never: the file is part of the build, and a test reads it.
    #[expect(clippy::expect_used, reason = "the embedded file is read by a test of this module")]
    pub fn embedded() -> Self {
        Self::parse("vocab/sections.tsv", include_str!("../../../vocab/sections.tsv"))
            .expect("the embedded file is sound")
    }

    /// Reads a lexicon from a file of the same layout as `vocab/sections.tsv`.
    ///
    /// # Errors
    /// If the file cannot be read, or a line of it is not sound; the message says which and why.
    pub fn from_tsv(path: &Path) -> Result<Self, HeaderLexiconError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| HeaderLexiconError::Read { file: path.to_owned(), source })?;
        Self::parse(&path.display().to_string(), &text)
    }

    fn parse(file: &str, text: &str) -> Result<Self, HeaderLexiconError> {
        let mut lexicon = Self::default();
        let rows =
            text.lines().enumerate().filter(|(_, row)| !row.starts_with('#') && !row.trim().is_empty());
        for (at, row) in rows.skip(1) {
            lexicon.add(file, at + 1, row)?;
        }
        Ok(lexicon)
    }

    fn add(&mut self, file: &str, line: usize, row: &str) -> Result<(), HeaderLexiconError> {
        let file = || file.to_owned();
        let columns: Vec<&str> = row.split('\t').map(str::trim).collect();
        let [header, kind, matching] = columns[..] else {
            return Err(HeaderLexiconError::Columns { file: file(), line, found: columns.len() });
        };
        let Some(opens) = opens(kind) else {
            return Err(HeaderLexiconError::Kind { file: file(), line, kind: kind.to_owned() });
        };
        let mut phrase = String::new();
        normalize(header, &mut phrase);
        let new = !phrase.is_empty()
            && match matching {
                "exact" => self.exact.insert(phrase, opens).is_none(),
                "first" => self.first.insert(phrase, opens).is_none(),
                "last" => self.last.insert(phrase, opens).is_none(),
                "soap" => self.soap.insert(phrase, opens).is_none(),
                "any" => {
                    self.first.insert(phrase.clone(), opens).is_none()
                        && self.last.insert(phrase, opens).is_none()
                }
                _ => {
                    return Err(HeaderLexiconError::Match { file: file(), line, found: matching.to_owned() });
                }
            };
        if new {
            return Ok(());
        }
        Err(HeaderLexiconError::Header { file: file(), line, header: header.to_owned() })
    }

    /// What a whole heading opens; `phrase` in normal form.
    pub(crate) fn whole(&self, phrase: &str) -> Option<Opens> {
        self.exact.get(phrase).copied()
    }

    /// What a single letter of a SOAP note opens.
    pub(crate) fn soap(&self, phrase: &str) -> Option<Opens> {
        self.soap.get(phrase).copied()
    }

    /// What a heading opens by its last or first words; `phrase` in normal form. Longer parts win, and the last
    /// words win over the first: "left knee examination findings" is told by its end.
    pub(crate) fn by_part(&self, phrase: &str) -> Option<Opens> {
        let spaces = || phrase.match_indices(' ').map(|(at, _)| at);
        let last = spaces().find_map(|at| self.last.get(&phrase[at + 1..]));
        last.or_else(|| phrase.rmatch_indices(' ').find_map(|(at, _)| self.first.get(&phrase[..at]))).copied()
    }
}

/// What a kind stands for, as it stands in a file: `plan`, or `part:plan`.
fn opens(kind: &str) -> Option<Opens> {
    match kind.strip_prefix("part:") {
        Some(whole) => SectionKind::from_name(whole).map(Opens::Part),
        None => SectionKind::from_name(kind).map(Opens::Section),
    }
}

/// Writes the normal form of a heading to `out`: words in lower case parted by single spaces, "and" for "&" and
/// "+", nothing for apostrophes and for what stands in brackets.
pub(crate) fn normalize(heading: &str, out: &mut String) {
    out.clear();
    let mut depth = 0_u32;
    for c in heading.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '\'' | '’' => {}
            _ if depth > 0 => {}
            '&' | '+' => {
                space(out);
                out.push_str("and ");
            }
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => space(out),
        }
    }
    out.truncate(out.trim_end().len());
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn the_embedded_file_is_sound() {
        let lexicon = HeaderLexicon::embedded();
        assert_eq!(lexicon.whole("pmh"), Some(Opens::Section(SectionKind::PastMedicalHistory)));
        assert_eq!(lexicon.whole("heent"), Some(Opens::Part(SectionKind::PhysicalExam)));
        assert_eq!(
            lexicon.by_part("detailed physical examination"),
            Some(Opens::Section(SectionKind::PhysicalExam))
        );
    }

    #[rstest]
    #[case("pmh\tpast\texact", "t.tsv:2: unknown kind \"past\" (unknown, chief_complaint")]
    #[case("pmh\tplan", "t.tsv:2: 2 columns, but header, kind and match are wanted, parted by tabs")]
    #[case("pmh\tplan\tfirts", "t.tsv:2: unknown match \"firts\" (exact, first, last, any, soap)")]
    #[case("a\tplan\texact\nA:\tplan\texact", "t.tsv:3: header \"A:\" is empty or stands in the file before")]
    fn a_fault_is_named_with_its_line(#[case] rows: &str, #[case] message: &str) {
        let error = HeaderLexicon::parse("t.tsv", &format!("header\tkind\tmatch\n{rows}")).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }

    #[rstest]
    #[case("PREOPERATIVE DIAGNOSIS (ES)", "preoperative diagnosis")]
    #[case("Assessment & Plan", "assessment and plan")]
    #[case("  Patient's  goal ", "patients goal")]
    #[case("A/P", "a p")]
    fn normal_form(#[case] heading: &str, #[case] expected: &str) {
        let mut phrase = String::new();
        normalize(heading, &mut phrase);
        assert_eq!(phrase, expected);
    }
}
