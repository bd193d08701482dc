//! Word lists of our own that matching and linking share, from `vocab/`.

use clinlink_vocab::normal_form;
use rustc_hash::{FxHashMap, FxHashSet};

/// The word lists, in normal form.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// Terms too general to be a mention (`vocab/general-terms.txt`).
    pub(crate) general: FxHashSet<String>,
    /// Words that may be passed over inside a term (`vocab/fillers.txt`).
    pub(crate) fillers: FxHashSet<String>,
    /// Abbreviations that nearly always stand for the same thing, as they are written, with the normal form of
    /// what they stand for (`vocab/abbreviations.tsv`).
    pub(crate) short_forms: FxHashMap<String, String>,
    /// Other forms of a word (`vocab/word-variants.tsv`), in both directions.
    pub(crate) variants: FxHashMap<String, Vec<String>>,
}

impl Lexicon {
    /// The lists that are built in.
    pub(crate) fn embedded() -> Self {
        Self {
            general: lines(include_str!("../../../vocab/general-terms.txt")).map(normal_form).collect(),
            fillers: lines(include_str!("../../../vocab/fillers.txt")).map(normal_form).collect(),
            short_forms: short_forms(include_str!("../../../vocab/abbreviations.tsv")),
            variants: variants(include_str!("../../../vocab/word-variants.tsv")),
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The least share of its uses in which an abbreviation of several senses must have one to be known by it: the others
/// are for the stage that reads the context.
const LEAST_PRIOR: f32 = 0.75;

/// The abbreviations of a table of short form (with other spellings after `|`), long form and, for those of several
/// senses, prior, sections, specialties, words near.
fn short_forms(text: &str) -> FxHashMap<String, String> {
    let mut forms = FxHashMap::default();
    for line in lines(text).skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (short, long) = match columns[..] {
            [short, long] => (short, long),
            [short, long, prior, ..] if prior.parse().is_ok_and(|prior: f32| prior >= LEAST_PRIOR) => {
                (short, long)
            }
            _ => continue,
        };
        for spelling in short.split('|').map(str::trim) {
            forms.entry(spelling.to_owned()).or_insert_with(|| normal_form(long));
        }
    }
    forms
}

fn variants(text: &str) -> FxHashMap<String, Vec<String>> {
    let mut variants: FxHashMap<String, Vec<String>> = FxHashMap::default();
    let mut add = |from: &str, to: &str| {
        let forms = variants.entry(from.to_owned()).or_default();
        if from != to && !forms.iter().any(|form| form == to) {
            forms.push(to.to_owned());
        }
    };
    for line in lines(text) {
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
    use super::{Lexicon, lines};

    #[test]
    fn every_line_of_the_variants_has_two_columns() {
        for line in lines(include_str!("../../../vocab/word-variants.tsv")) {
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

    #[test]
    fn variants_hold_in_both_directions() {
        let lexicon = Lexicon::embedded();
        assert!(lexicon.variants["renal"].contains(&"kidney".to_owned()));
        assert!(lexicon.variants["kidney"].contains(&"renal".to_owned()));
    }
}
