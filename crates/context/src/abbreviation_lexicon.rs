//! The lexicon of common clinical abbreviations, `vocab/abbreviations.tsv`; its head describes the columns.

use std::collections::HashMap;
use std::path::Path;

use clinlink_model::SectionKind;

use crate::error::{LexiconError, read, rows};

/// One sense of an abbreviation, with the conditions under which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sense {
    long: String,
    sections: Vec<SectionKind>,
    near: Vec<String>,
}

/// Abbreviations with their senses.
#[derive(Debug, Clone, Default)]
pub(crate) struct AbbreviationLexicon {
    senses: HashMap<String, Vec<Sense>>,
    /// The most words that an abbreviation has.
    pub longest: usize,
}

impl AbbreviationLexicon {
    #[expect(clippy::expect_used, reason = "the embedded file is read by a test of this module")]
    pub(crate) fn embedded() -> Self {
        let text = include_str!("../../../vocab/abbreviations.tsv");
        Self::parse("vocab/abbreviations.tsv", text).expect("the embedded file is sound")
    }

    pub(crate) fn from_tsv(path: &Path) -> Result<Self, LexiconError> {
        Self::parse(&path.display().to_string(), &read(path)?)
    }

    fn parse(file: &str, text: &str) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        for (line, row) in rows(text).skip(1) {
            lexicon.add(file, line, row)?;
        }
        Ok(lexicon)
    }

    fn add(&mut self, file: &str, line: usize, row: &str) -> Result<(), LexiconError> {
        let columns: Vec<&str> = row.split('\t').map(str::trim).collect();
        let [shorts, long, sections, near] = columns[..] else {
            let wanted = "short, long, sections and near";
            return Err(LexiconError::Columns { file: file.to_owned(), line, found: columns.len(), wanted });
        };
        let kind = |name: &str| {
            SectionKind::from_name(name).ok_or_else(|| LexiconError::Unknown {
                file: file.to_owned(),
                line,
                what: "section",
                found: name.to_owned(),
                allowed: SectionKind::ALL.map(SectionKind::name).join(", "),
            })
        };
        let sections = list(sections).map(kind).collect::<Result<Vec<_>, _>>()?;
        let sense =
            Sense { long: long.to_owned(), sections, near: list(near).map(str::to_lowercase).collect() };
        for short in shorts.split('|').map(str::trim) {
            self.longest = self.longest.max(short.split_whitespace().count());
            let senses = self.senses.entry(short.to_owned()).or_default();
            if short.is_empty() || sense.long.is_empty() || senses.contains(&sense) {
                let (what, found) = ("abbreviation", short.to_owned());
                return Err(LexiconError::Repeated { file: file.to_owned(), line, what, found });
            }
            senses.push(sense.clone());
        }
        Ok(())
    }

    /// Whether `word` may be an abbreviation: a first look that costs little.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.senses(word).is_some()
    }

    /// The long form of `word` in a section of that kind, in a sentence of which `near` tells the words it holds.
    pub(crate) fn long(
        &self,
        word: &str,
        section: SectionKind,
        near: impl Fn(&[String]) -> bool,
    ) -> Option<&str> {
        let holds = |sense: &&Sense| {
            (sense.sections.is_empty() || sense.sections.contains(&section))
                && (sense.near.is_empty() || near(&sense.near))
        };
        self.senses(word)?.iter().find(holds).map(|sense| sense.long.as_str())
    }

    fn senses(&self, word: &str) -> Option<&Vec<Sense>> {
        // "S/P" for "s/p", but never "All" for "ALL".
        let lower = || word.chars().all(|c| !c.is_lowercase()).then(|| word.to_lowercase());
        self.senses.get(word).or_else(|| self.senses.get(&lower()?))
    }
}

fn list(column: &str) -> impl Iterator<Item = &str> {
    column.split(',').map(str::trim).filter(|item| !item.is_empty() && *item != "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("HTN", "", Some("hypertension"))]
    #[case("S/P", "", Some("status post"))]
    #[case("All", "", None)]
    #[case("CP", "", None)]
    #[case("CP", "spastic", Some("cerebral palsy"))]
    fn senses(#[case] short: &str, #[case] beside: &str, #[case] long: Option<&str>) {
        let lexicon = AbbreviationLexicon::embedded();
        let near = |words: &[String]| words.iter().any(|word| word == beside);
        assert_eq!(lexicon.long(short, SectionKind::Unknown, near), long);
    }

    #[rstest]
    #[case("HTN\thypertension", "t.tsv:2: 2 columns, but short, long, sections and near are wanted")]
    #[case("RA\tx\tpmh\t-", "t.tsv:2: unknown section \"pmh\" (unknown, ")]
    #[case("RA\tx\t-\t-\nRA\tx\t-\t-", "t.tsv:3: abbreviation \"RA\" is empty or stands in the file before")]
    fn a_fault_is_named_with_its_line(#[case] row: &str, #[case] message: &str) {
        let error = AbbreviationLexicon::parse("t.tsv", &format!("short\tlong\n{row}")).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}
