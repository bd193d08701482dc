//! The lexicon of common clinical abbreviations, `vocab/abbreviations.tsv`; its head describes the columns and how
//! senses are weighed.
//!
//! For example, RA is rheumatoid arthritis in 42 of 100 uses, room air in 42, the right atrium in 12. In "Sat 97 % on RA",
//! "sat" speaks for room air by a factor of 15 and "%" by 10, so that this sense has 0.99 of all weights.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use clinlink_model::SectionKind;

use crate::error::{LexiconError, read, rows};

/// A sense with a lower share of the weights is not taken.
const LEAST_SHARE: f32 = 0.5;
/// How much a word without a factor speaks for a sense.
const WORD: f32 = 6.0;
/// How many words near count.
const MOST_WORDS: usize = 2;

/// One sense of an abbreviation, with what speaks for it.
#[derive(Debug, Clone, PartialEq)]
struct Sense {
    long: String,
    prior: f32,
    sections: Vec<(SectionKind, f32)>,
    /// Starts of words in the type of the note.
    specialties: Vec<(String, f32)>,
    near: Vec<(String, f32)>,
}

/// Abbreviations with their senses.
#[derive(Debug, Clone, Default)]
pub(crate) struct AbbreviationLexicon {
    senses: HashMap<String, Vec<Sense>>,
    /// The most words that an abbreviation has.
    pub longest: usize,
}

/// Where a word stands, seen from an abbreviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nearness {
    Sentence,
    Note,
    Nowhere,
}

/// The place of an abbreviation.
pub(crate) trait Surroundings {
    /// The kind of its section.
    fn section(&self) -> SectionKind;
    /// Whether a word of the note's type starts like that.
    fn is_specialty(&self, start: &str) -> bool;
    /// Where `word`, in lower case, stands; `#` is a number right after the abbreviation.
    fn nearness(&self, word: &str) -> Nearness;
}

/// What an abbreviation stands for at its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading<'l> {
    pub long: &'l str,
    /// Its share of the weights of all senses, 0.5 to 1.
    pub score: f32,
    /// The next best sense with its own.
    pub runner_up: Option<(&'l str, f32)>,
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
            lexicon.add(&Line { file, line }, row)?;
        }
        Ok(lexicon)
    }

    fn add(&mut self, at: &Line<'_>, row: &str) -> Result<(), LexiconError> {
        let columns: Vec<&str> = row.split('\t').map(str::trim).collect();
        let (shorts, sense) = match columns[..] {
            [shorts, long] => (shorts, Sense::only(long)),
            [shorts, long, prior, sections, specialties, near] => (
                shorts,
                Sense {
                    prior: at.number("prior", prior, 1.0)?,
                    sections: at.sections(sections)?,
                    specialties: at.factors(specialties)?,
                    near: at.factors(near)?,
                    ..Sense::only(long)
                },
            ),
            _ => return Err(at.columns(columns.len())),
        };
        for short in shorts.split('|').map(str::trim) {
            self.longest = self.longest.max(short.split_whitespace().count());
            let senses = self.senses.entry(short.to_owned()).or_default();
            let known = senses.iter().any(|known| known.long == sense.long);
            if short.is_empty() || sense.long.is_empty() || known {
                return Err(at.repeated(short));
            }
            senses.push(sense.clone());
            let sum: f32 = senses.iter().map(|sense| sense.prior).sum();
            if sum > 1.001 {
                return Err(at.shares(short, sum));
            }
        }
        Ok(())
    }

    /// Whether `word` may be an abbreviation: a first look that costs little.
    pub(crate) fn knows(&self, word: &str) -> bool {
        self.senses(word).is_some()
    }

    /// What `word` stands for, if one sense outweighs the others and those that the lexicon does not list. `place` is
    /// made only for a word of several senses.
    pub(crate) fn reading<S: Surroundings>(
        &self,
        word: &str,
        place: impl FnOnce() -> S,
    ) -> Option<Reading<'_>> {
        let senses = self.senses(word)?;
        if let [Sense { long, prior: 1.0, .. }] = &senses[..] {
            return Some(Reading { long, score: 1.0, runner_up: None });
        }
        let place = place();
        let rest = (1.0 - senses.iter().map(|sense| sense.prior).sum::<f32>()).max(0.0);
        let mut weights: Vec<(&str, f32)> =
            senses.iter().map(|sense| (sense.long.as_str(), sense.weight(&place))).collect();
        let all = rest + weights.iter().map(|(_, weight)| weight).sum::<f32>();
        // Stable: of two with the same weight the first of the file.
        weights.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut shares = weights.into_iter().map(|(long, weight)| (long, weight / all));
        let (long, score) = shares.next().filter(|(_, share)| *share >= LEAST_SHARE)?;
        Some(Reading { long, score, runner_up: shares.next() })
    }

    fn senses(&self, word: &str) -> Option<&Vec<Sense>> {
        // "S/P" for "s/p", but never "All" for "ALL".
        let lower = || word.chars().all(|c| !c.is_lowercase()).then(|| word.to_lowercase());
        self.senses.get(word).or_else(|| self.senses.get(&lower()?))
    }
}

impl Sense {
    /// The only sense of an abbreviation.
    fn only(long: &str) -> Self {
        let (sections, specialties, near) = (Vec::new(), Vec::new(), Vec::new());
        Self { long: long.to_owned(), prior: 1.0, sections, specialties, near }
    }

    /// Its prior times the factors of all that speaks for it.
    fn weight(&self, place: &impl Surroundings) -> f32 {
        let section = self.sections.iter().find(|(kind, _)| *kind == place.section());
        let named = self.specialties.iter().filter(|(start, _)| place.is_specialty(start));
        let specialty = named.map(|(_, factor)| *factor).fold(1.0, f32::max);
        let near = |(word, factor): &(String, f32)| match place.nearness(word) {
            Nearness::Sentence => Some(*factor),
            Nearness::Note => Some(factor.sqrt()),
            Nearness::Nowhere => None,
        };
        let mut words: Vec<f32> = self.near.iter().filter_map(near).collect();
        words.sort_by(|a, b| b.total_cmp(a));
        let words: f32 = words.iter().take(MOST_WORDS).product();
        self.prior * section.map_or(1.0, |(_, factor)| *factor) * specialty * words
    }
}

/// A line of a file, for messages.
struct Line<'a> {
    file: &'a str,
    line: usize,
}

impl Line<'_> {
    fn columns(&self, found: usize) -> LexiconError {
        let wanted = "short and long, or these with prior, sections, specialties and near";
        LexiconError::Columns { file: self.file.to_owned(), line: self.line, found, wanted }
    }

    fn repeated(&self, short: &str) -> LexiconError {
        let (what, found) = ("abbreviation", short.to_owned());
        LexiconError::Repeated { file: self.file.to_owned(), line: self.line, what, found }
    }

    fn unknown(&self, what: &'static str, found: &str, allowed: String) -> LexiconError {
        let (file, found) = (self.file.to_owned(), found.to_owned());
        LexiconError::Unknown { file, line: self.line, what, found, allowed }
    }

    fn shares(&self, short: &str, sum: f32) -> LexiconError {
        LexiconError::Shares { file: self.file.to_owned(), line: self.line, short: short.to_owned(), sum }
    }

    fn number(&self, what: &'static str, words: &str, most: f32) -> Result<f32, LexiconError> {
        let number = words.parse().ok().filter(|number| *number > 0.0 && *number <= most);
        number.ok_or_else(|| self.unknown(what, words, format!("a number above 0, at most {most}")))
    }

    /// `item*factor`, parted by commas.
    fn factors(&self, column: &str) -> Result<Vec<(String, f32)>, LexiconError> {
        let items = column.split(',').map(str::trim).filter(|item| !item.is_empty() && *item != "-");
        let factor = |item: &str| match item.rsplit_once('*') {
            Some((item, factor)) => Ok((item.to_lowercase(), self.number("factor", factor, 100.0)?)),
            None => Ok((item.to_lowercase(), WORD)),
        };
        let factors: BTreeMap<String, f32> = items.map(factor).collect::<Result<_, LexiconError>>()?;
        Ok(factors.into_iter().collect())
    }

    fn sections(&self, column: &str) -> Result<Vec<(SectionKind, f32)>, LexiconError> {
        let allowed = || SectionKind::ALL.map(SectionKind::name).join(", ");
        let kind = |(name, factor): (String, f32)| {
            let kind = SectionKind::from_name(&name);
            kind.map(|kind| (kind, factor)).ok_or_else(|| self.unknown("section", &name, allowed()))
        };
        self.factors(column)?.into_iter().map(kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// A sentence, a note of that type and a section.
    struct Place(&'static str, &'static str, SectionKind);

    impl Surroundings for Place {
        fn section(&self) -> SectionKind {
            self.2
        }

        fn is_specialty(&self, start: &str) -> bool {
            self.1.starts_with(start)
        }

        fn nearness(&self, word: &str) -> Nearness {
            let here = self.0.split(' ').any(|known| known == word);
            if here { Nearness::Sentence } else { Nearness::Nowhere }
        }
    }

    #[rstest]
    #[case("HTN", Some("hypertension"))]
    #[case("S/P", Some("status post"))]
    #[case("All", None)]
    #[case("SCD", Some("sickle cell disease"))]
    #[case("RA", None)]
    fn without_surroundings(#[case] short: &str, #[case] long: Option<&str>) {
        let lexicon = AbbreviationLexicon::embedded();
        let reading = lexicon.reading(short, || Place("", "", SectionKind::Unknown));
        assert_eq!(reading.map(|reading| reading.long), long);
    }

    const ROWS: &str = "short\tlong\nXY\tone\t0.5\tmedications*2\tcardio*3\ta*4,b\nXY\ttwo\t0.3\t-\t-\tc*9";

    #[rstest]
    #[case::prior("", "", SectionKind::Unknown, Some(("one", 0.5, "two", 0.3)))]
    #[case::section("", "", SectionKind::Medications, Some(("one", 1.0 / 1.5, "two", 0.3 / 1.5)))]
    #[case::specialty("", "cardiology", SectionKind::Unknown, Some(("one", 0.75, "two", 0.15)))]
    #[case::two_words("a b", "", SectionKind::Unknown, Some(("one", 12.0 / 12.5, "two", 0.3 / 12.5)))]
    #[case::other("c", "", SectionKind::Unknown, Some(("two", 2.7 / 3.4, "one", 0.5 / 3.4)))]
    #[case::undecided("c", "cardiology", SectionKind::Unknown, Some(("two", 2.7 / 4.4, "one", 1.5 / 4.4)))]
    #[case::nobody_can_tell("a c", "", SectionKind::Unknown, Some(("two", 2.7 / 4.9, "one", 2.0 / 4.9)))]
    fn senses_are_weighed(
        #[case] sentence: &'static str,
        #[case] kind: &'static str,
        #[case] section: SectionKind,
        #[case] expected: Option<(&str, f32, &str, f32)>,
    ) {
        let lexicon = AbbreviationLexicon::parse("t.tsv", ROWS).unwrap();
        let reading = lexicon.reading("XY", || Place(sentence, kind, section));
        let round = |score: f32| (score * 1e4).round();
        let found = reading.map(|r| (r.long, round(r.score), r.runner_up.map(|(long, s)| (long, round(s)))));
        let expected =
            expected.map(|(long, score, other, rest)| (long, round(score), Some((other, round(rest)))));
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case("HTN", "t.tsv:2: 1 columns, but short and long, or these with prior, ")]
    #[case("RA\tx\t0.3\tpmh\t-\t-", "t.tsv:2: unknown section \"pmh\" (unknown, ")]
    #[case("RA\tx\t2\t-\t-\t-", "t.tsv:2: unknown prior \"2\" (a number above 0, at most 1)")]
    #[case("RA\tx\t0.3\t-\t-\ta*b", "t.tsv:2: unknown factor \"b\" (a number above 0, at most 100)")]
    #[case("RA\tx\nRA\tx", "t.tsv:3: abbreviation \"RA\" is empty or stands in the file before")]
    #[case("RA\tx\nRA\ty\t0.3\t-\t-\t-", "t.tsv:3: the priors of \"RA\" add up to 1.3; make them at most 1")]
    fn a_fault_is_named_with_its_line(#[case] row: &str, #[case] message: &str) {
        let error = AbbreviationLexicon::parse("t.tsv", &format!("short\tlong\n{row}")).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}
