//! Word lists of our own that matching and linking share, from `vocab/`.

use clinlink_vocab::{is_function_word, normal_form};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::eponym::eponyms;
use crate::other_thing::OtherThings;
use crate::shorthand::CLIPPED;

/// The word lists, in normal form.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// Terms too general to be a mention (`vocab/general-terms.txt`).
    pub(crate) general: FxHashSet<String>,
    /// Words that may be passed over inside a term (`vocab/fillers.txt`).
    pub(crate) fillers: FxHashSet<String>,
    /// Abbreviations that nearly always stand for the same thing, as they are written, with the normal form of
    /// what they stand for (`vocab/abbreviations.tsv`). Those of one sense are in it in lower case too.
    pub(crate) short_forms: FxHashMap<String, String>,
    /// The keys of `short_forms` that the table has in upper case only.
    pub(crate) lowered: FxHashSet<String>,
    /// The senses, in normal form, of the abbreviations that are not in `short_forms`: which one it is, only what stands around
    /// it tells.
    pub(crate) senses: FxHashMap<String, Vec<String>>,
    /// The words that speak for each sense of such an abbreviation, in normal form.
    pub(crate) near: FxHashMap<String, Vec<Sense>>,
    /// Diseases that are called by a name alone, by its normal form (`vocab/eponyms.tsv`).
    pub(crate) eponyms: FxHashMap<String, String>,
    /// Every abbreviation of the table in capitals, those of several senses too.
    pub(crate) capitals: FxHashSet<String>,
    /// The bytes of the longest abbreviation.
    pub(crate) longest: usize,
    /// Words cut short, in normal form, with the normal form of the whole word.
    pub(crate) clipped: FxHashMap<&'static str, &'static str>,
    /// Other forms of a word (`vocab/body-parts.tsv`, `vocab/word-variants.tsv`), in both directions.
    pub(crate) variants: FxHashMap<String, Vec<String>>,
    /// Phrases that hold the name of a disease and name something else (`vocab/other-things.txt`).
    pub(crate) other_things: OtherThings,
    /// Nouns and adjectives of body parts (`vocab/body-parts.tsv`).
    pub(crate) places: FxHashSet<String>,
}

impl Lexicon {
    /// The lists that are built in.
    pub(crate) fn embedded() -> Self {
        let table = include_str!("../../../vocab/abbreviations.tsv");
        let places = include_str!("../../../vocab/body-parts.tsv");
        let others = include_str!("../../../vocab/word-variants.tsv");
        let mut short_forms = short_forms(table);
        let lowered = lowered(table, &short_forms);
        let longest = short_forms.keys().map(String::len).max().unwrap_or(0);
        let keys = lowered.keys().cloned().collect();
        let senses = senses(table, &short_forms);
        let near = near(table, &short_forms);
        short_forms.extend(lowered);
        Self {
            general: lines(include_str!("../../../vocab/general-terms.txt")).map(normal_form).collect(),
            fillers: lines(include_str!("../../../vocab/fillers.txt")).map(normal_form).collect(),
            short_forms,
            senses,
            near,
            eponyms: eponyms(lines(include_str!("../../../vocab/eponyms.tsv"))),
            lowered: keys,
            capitals: spellings(table)
                .map(|(short, ..)| short)
                .filter(|short| is_capitals(short))
                .map(str::to_owned)
                .collect(),
            longest,
            clipped: CLIPPED.into_iter().collect(),
            variants: variants(&[places, others]),
            other_things: OtherThings::new(lines(include_str!("../../../vocab/other-things.txt"))),
            places: variants(&[places]).into_keys().collect(),
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The least share of its uses in which an abbreviation of several senses must have one to be known by it: the others
/// are for the stage that reads the context.
const LEAST_PRIOR: f32 = 0.75;

/// The least share from which an abbreviation is known in lower case too: nothing else in the note speaks for its sense then.
const LEAST_LOWER: f32 = 0.9;

/// Lower-case forms that are words, names or other abbreviations: never read as the abbreviation in capitals.
const WORDS: [&str; 40] = [
    "add", "aids", "ali", "als", "ami", "bad", "boo", "bun", "cap", "cri", "cts", "dish", "doe", "dub",
    "eds", "fas", "gas", "gist", "hap", "hit", "hie", "ida", "lama", "mas", "mci", "mds", "mom", "nas",
    "nec", "odd", "pacs", "pad", "pots", "prom", "ripe", "rom", "std", "tee", "ten", "tips",
];

/// The abbreviations of a table of short form (with other spellings after `|`), long form and, for those of several
/// senses, prior, sections, specialties, words near: each spelling with its long form and prior.
fn spellings(text: &str) -> impl Iterator<Item = (&str, &str, f32)> {
    let rows = lines(text).skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let (shorts, long) = (columns.next()?, columns.next()?);
        let prior = columns.next().map_or(Some(1.0), |prior| prior.parse().ok())?;
        Some((shorts, long, prior))
    });
    rows.flat_map(|(shorts, long, prior)| shorts.split('|').map(move |short| (short.trim(), long, prior)))
}

/// Those that nearly always stand for the same thing.
fn short_forms(text: &str) -> FxHashMap<String, String> {
    let mut forms = FxHashMap::default();
    for (short, long, _) in spellings(text).filter(|&(.., prior)| prior >= LEAST_PRIOR) {
        forms.entry(short.to_owned()).or_insert_with(|| normal_form(long));
    }
    forms
}

/// The senses of those that are not `known` to stand for one.
fn senses(text: &str, known: &FxHashMap<String, String>) -> FxHashMap<String, Vec<String>> {
    let mut senses: FxHashMap<String, Vec<String>> = FxHashMap::default();
    for (short, long, _) in spellings(text).filter(|(short, ..)| !known.contains_key(*short)) {
        senses.entry(short.to_owned()).or_default().push(normal_form(long));
    }
    senses
}

/// A sense of an abbreviation, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sense {
    /// What it stands for, in normal form.
    pub(crate) long: String,
    /// The words near it, in normal form.
    pub(crate) near: FxHashSet<String>,
}

/// What speaks for the senses of those that are not `known` to stand for one.
fn near(text: &str, known: &FxHashMap<String, String>) -> FxHashMap<String, Vec<Sense>> {
    let mut of: FxHashMap<String, Vec<Sense>> = FxHashMap::default();
    for line in lines(text).skip(1) {
        let mut columns = line.split('\t');
        let (Some(shorts), Some(long), Some(words)) = (columns.next(), columns.next(), columns.nth(3)) else {
            continue;
        };
        let words = words.split(',').map(|word| normal_form(word.split('*').next().unwrap_or(word)));
        let near: FxHashSet<String> =
            words.filter(|word| word.len() > 1 && !is_function_word(word)).collect();
        for short in shorts.split('|').map(str::trim).filter(|short| !known.contains_key(*short)) {
            let sense = Sense { long: normal_form(long), near: near.clone() };
            of.entry(short.to_owned()).or_default().push(sense);
        }
    }
    of
}

/// Those of one sense in lower case, where the table does not know that as something else: three letters or more.
fn lowered(text: &str, known: &FxHashMap<String, String>) -> FxHashMap<String, String> {
    let listed: FxHashSet<&str> = spellings(text).map(|(short, ..)| short).collect();
    let mut forms = FxHashMap::default();
    for (short, ..) in spellings(text).filter(|&(.., prior)| prior >= LEAST_LOWER) {
        let lower = short.to_ascii_lowercase();
        let is_plain = short.len() >= 3 && short.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_plain && !listed.contains(lower.as_str()) && !WORDS.contains(&lower.as_str()) {
            forms.entry(lower).or_insert_with(|| known[short].clone());
        }
    }
    forms
}

/// Whether an abbreviation is written in capitals: `DVTs` too.
fn is_capitals(short: &str) -> bool {
    short.bytes().filter(u8::is_ascii_uppercase).count() >= 2
}

fn variants(tables: &[&str]) -> FxHashMap<String, Vec<String>> {
    let mut variants: FxHashMap<String, Vec<String>> = FxHashMap::default();
    let mut add = |from: &str, to: &str| {
        let forms = variants.entry(from.to_owned()).or_default();
        if from != to && !forms.iter().any(|form| form == to) {
            forms.push(to.to_owned());
        }
    };
    for line in tables.iter().flat_map(|text| lines(text)) {
        let Some((one, others)) = line.split_once('\t') else { continue };
        let one = normal_form(one);
        for other in others.split_whitespace().map(normal_form) {
            add(&one, &other);
            add(&other, &one);
        }
    }
    variants
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Lexicon, lines};

    #[test]
    fn every_line_of_the_variants_has_two_columns() {
        let tables =
            [include_str!("../../../vocab/body-parts.tsv"), include_str!("../../../vocab/word-variants.tsv")];
        for line in tables.into_iter().flat_map(lines) {
            let columns: Vec<_> = line.split('\t').collect();
            assert!(columns.len() == 2 && columns.iter().all(|c| !c.trim().is_empty()), "{line:?}");
        }
    }

    #[test]
    fn abbreviations_of_one_sense_are_known() {
        let lexicon = Lexicon::embedded();
        assert_eq!(lexicon.short_forms["MI"], "myocardial infarction");
        assert!(!lexicon.short_forms.contains_key("MS"), "it has too many senses");
        assert_eq!(lexicon.short_forms["AAA"], "abdominal aortic aneurysm");
        assert!(!lexicon.short_forms.contains_key("short"), "the header is no abbreviation");
    }

    #[rstest]
    #[case("copd", true)]
    #[case("dm2", true)]
    #[case::ordinary_word("aids", false)]
    #[case::another_abbreviation("mds", false)]
    #[case::two_letters("hf", false)]
    #[case::not_always_the_same("cva", false)]
    fn abbreviations_of_one_sense_are_known_in_lower_case(#[case] short: &str, #[case] known: bool) {
        let lexicon = Lexicon::embedded();
        assert_eq!(lexicon.short_forms.contains_key(short), known);
        assert_eq!(lexicon.lowered.contains(short), known);
    }

    #[test]
    fn senses_have_what_speaks_for_them() {
        let lexicon = Lexicon::embedded();
        let sense = lexicon.near["MS"].iter().find(|sense| sense.long == "multiple sclerosis").unwrap();
        assert!(sense.near.contains("interferon"), "{sense:?}");
        assert!(!lexicon.near.contains_key("MI"), "it has one sense");
    }

    #[test]
    fn variants_hold_in_both_directions() {
        let lexicon = Lexicon::embedded();
        assert!(lexicon.variants["renal"].contains(&"kidney".to_owned()));
        assert!(lexicon.variants["kidney"].contains(&"renal".to_owned()));
    }
}
