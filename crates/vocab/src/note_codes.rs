//! The codes that a note of the tabular list names.
//!
//! Codes stand in parentheses: `(N18.-)`, `(I12, I13.0)`, `(J00-J22)`. A range that is narrowed in words
//! (`(T36-T50 with fifth or sixth character 5)`) names no code here: it cannot be said as prefixes.

use crate::icd_codes::is_printed_icd10cm;

/// A code or a range of codes, without the hyphen of an open code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named<'t> {
    /// A prefix of codes.
    Prefix(&'t str),
    /// All codes from the first to the second, both of the same length.
    Range(&'t str, &'t str),
}

/// What `note` names, in text order.
pub(crate) fn named_codes(note: &str) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    for group in note.split('(').skip(1) {
        let inside = group.split(')').next().unwrap_or_default();
        if inside.contains(" with ") {
            continue;
        }
        let words = inside.split([',', ';', ' ']).filter(|word| !word.is_empty());
        found.extend(words.filter_map(named));
    }
    found
}

fn named(word: &str) -> Option<Named<'_>> {
    let open = word.trim_end_matches(['-', '.', '\u{2013}']);
    if let Some((first, last)) = open.split_once(['-', '\u{2013}']) {
        let first = first.trim_end_matches('.');
        return (is_printed_icd10cm(first) && is_printed_icd10cm(last) && first.len() == last.len())
            .then_some(Named::Range(first, last));
    }
    is_printed_icd10cm(open).then_some(Named::Prefix(open))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Named::{Prefix, Range};
    use super::*;

    #[rstest]
    #[case::open("chronic kidney disease (N18.-)", &[Prefix("N18")])]
    #[case::open_below("gestational diabetes (O24.4-)", &[Prefix("O24.4")])]
    #[case::list("hypertension (I10, I11.0; I1A.0)", &[Prefix("I10"), Prefix("I11.0"), Prefix("I1A.0")])]
    #[case::range("influenza (J00-J22)", &[Range("J00", "J22")])]
    #[case::range_below("labor (O60.1-O60.2)", &[Range("O60.1", "O60.2")])]
    #[case::two_groups("this (A00) and that (B01.1)", &[Prefix("A00"), Prefix("B01.1")])]
    #[case::words("asthma (acute) (chronic)", &[])]
    #[case::none("certain localized infections - see body system", &[])]
    #[case::narrowed("adverse effect (T36-T50 with fifth or sixth character 5)", &[])]
    #[case::full("injury (S06.0X0A)", &[Prefix("S06.0X0A")])]
    #[case::letter_second("hypothyroidism (QA0.0101, QA0.-)", &[Prefix("QA0.0101"), Prefix("QA0")])]
    fn codes_of_notes(#[case] note: &str, #[case] expected: &[Named<'_>]) {
        assert_eq!(named_codes(note), expected);
    }
}
