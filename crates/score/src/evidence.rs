//! Whether the words behind a code are those that the gold names, by the measures of MDACE (Cheng et al., ACL 2023).
//!
//! - exact: the same code, the same note, the same characters;
//! - position-independent: the same code and the same words, wherever they stand;
//! - token: each word of the evidence of a code, by its place.
//!
//! A gold span without text (`text` of the record, or of the piece) is scored as exact only.

use std::collections::HashSet;

use serde::Serialize;

use crate::counts::Counts;

/// Words that are evidence of a code.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    /// The code, in normal form.
    pub(crate) code: String,
    pub(crate) note: String,
    /// Start and end in characters.
    pub(crate) span: (usize, usize),
    pub(crate) text: Option<String>,
}

/// The agreement of evidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EvidenceCounts {
    /// The same characters.
    pub exact: Counts,
    /// The same words, in any place.
    pub position_independent: Counts,
    /// Words, by their place.
    pub token: Counts,
}

/// The agreement of evidence, summed over the episodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EvidenceReport {
    /// Of all codes, so that a wrong code has wrong evidence, and a code that was missed has missed evidence.
    pub all_codes: EvidenceCounts,
    /// Of the codes that are both predicted and in the gold.
    pub right_codes: EvidenceCounts,
}

impl EvidenceReport {
    /// Adds an episode.
    pub(crate) fn add(&mut self, gold: &[Piece], predicted: &[Piece]) {
        self.all_codes.add(gold, predicted);
        let codes = |pieces: &[Piece]| pieces.iter().map(|piece| piece.code.clone()).collect::<HashSet<_>>();
        let (in_gold, in_predicted) = (codes(gold), codes(predicted));
        let right = |pieces: &[Piece]| {
            let both = |piece: &&Piece| in_gold.contains(&piece.code) && in_predicted.contains(&piece.code);
            pieces.iter().filter(both).cloned().collect::<Vec<_>>()
        };
        self.right_codes.add(&right(gold), &right(predicted));
    }
}

impl EvidenceCounts {
    fn add(&mut self, gold: &[Piece], predicted: &[Piece]) {
        self.exact += common(gold, predicted, |piece| vec![(piece.note.clone(), piece.span.0, piece.span.1)]);
        self.position_independent += common(gold, predicted, |piece| words(piece).into_iter().collect());
        self.token += common(gold, predicted, tokens);
    }
}

/// What the pieces of both sides have in common, by code.
fn common<T: std::hash::Hash + Eq>(
    gold: &[Piece],
    predicted: &[Piece],
    of: impl Fn(&Piece) -> Vec<T>,
) -> Counts {
    let set = |pieces: &[Piece]| {
        let keys = pieces.iter().flat_map(|piece| of(piece).into_iter().map(|key| (piece.code.clone(), key)));
        keys.collect::<HashSet<_>>()
    };
    let (gold, predicted) = (set(gold), set(predicted));
    Counts::of(gold.intersection(&predicted).count(), predicted.len(), gold.len())
}

/// The words of a piece without regard to case and white space.
fn words(piece: &Piece) -> Option<String> {
    let text = piece.text.as_ref()?;
    Some(text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" "))
}

/// The places of the words of a piece.
fn tokens(piece: &Piece) -> Vec<(String, usize)> {
    let mut starts = Vec::new();
    let mut before = ' ';
    for (at, c) in piece.text.iter().flat_map(|text| text.chars().enumerate()) {
        if !c.is_whitespace() && before.is_whitespace() {
            starts.push((piece.note.clone(), piece.span.0 + at));
        }
        before = c;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(code: &str, start: usize, text: &str) -> Piece {
        let span = (start, start + text.chars().count());
        Piece { code: code.to_owned(), note: "n".to_owned(), span, text: Some(text.to_owned()) }
    }

    #[test]
    fn the_three_measures_differ() {
        let gold = [piece("I10", 10, "high blood pressure"), piece("R05", 50, "cough")];
        let predicted =
            [piece("I10", 15, "blood pressure"), piece("R05", 70, "Cough"), piece("J189", 90, "lungs")];
        let mut report = EvidenceReport::default();
        report.add(&gold, &predicted);
        assert_eq!(report.all_codes.exact, Counts { tp: 0, fp: 3, fn_: 2 });
        assert_eq!(report.all_codes.position_independent, Counts { tp: 1, fp: 2, fn_: 1 });
        assert_eq!(report.all_codes.token, Counts { tp: 2, fp: 2, fn_: 2 });
        assert_eq!(report.right_codes.token, Counts { tp: 2, fp: 1, fn_: 2 });
    }

    #[test]
    fn evidence_of_another_code_does_not_count() {
        let mut report = EvidenceReport::default();
        report.add(&[piece("I10", 0, "x")], &[piece("I15", 0, "x")]);
        assert_eq!(report.all_codes.exact, Counts { tp: 0, fp: 1, fn_: 1 });
        assert_eq!(report.right_codes.exact, Counts::default());
    }
}
