//! What a recogniser finds, beside what the annotation says.

use clinlink_model::{Label, Mention, Span};

use super::Document;
use super::calibration::{Judged, judge};

/// A mention of the annotation, one that was found, or two that share words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    /// The place of the document in the list.
    pub document: usize,
    /// What the annotation says.
    pub gold: Option<(Span, Label)>,
    /// What was found, with its score.
    pub found: Option<(Span, Label, f32)>,
}

/// How a pair is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Missed,
    Spurious,
    Border,
    OtherLabel,
}

impl Fault {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Spurious => "found, but not annotated",
            Self::Border => "other border",
            Self::OtherLabel => "other label",
        }
    }
}

impl Pair {
    /// How it is wrong, if it is.
    pub fn fault(&self) -> Option<Fault> {
        match (self.gold, self.found) {
            (Some(_), None) => Some(Fault::Missed),
            (None, Some(_)) => Some(Fault::Spurious),
            (Some(gold), Some(found)) if gold.1 != found.1 => Some(Fault::OtherLabel),
            (Some(gold), Some(found)) if gold.0 != found.0 => Some(Fault::Border),
            _ => None,
        }
    }
}

/// Each mention of the annotation with the found one that shares most bytes with it, then the found ones that share
/// none with any. Of each document only those of `labels` that it annotates.
pub(super) fn pairs(labels: &[Label], documents: &[Document], found: &[Vec<Mention>]) -> Vec<Pair> {
    let mut out = Vec::new();
    for (at, (document, found)) in documents.iter().zip(found).enumerate() {
        let counts = |label: &Label| labels.contains(label) && document.annotated.contains(label);
        let found: Vec<&Mention> = found.iter().filter(|m| counts(&m.label)).collect();
        let pair = |gold, found: Option<&Mention>| Pair {
            document: at,
            gold,
            found: found.map(|m| (m.span, m.label, m.score)),
        };
        let gold = || document.mentions.iter().filter(|(_, label)| counts(label));
        for &(span, label) in gold() {
            let shared = |m: &&&Mention| {
                (m.span.end().min(span.end())).saturating_sub(m.span.start().max(span.start()))
            };
            // Of several that share as much the first.
            let nearest = found.iter().rev().max_by_key(shared).filter(|m| m.span.overlaps(span));
            out.push(pair(Some((span, label)), nearest.copied()));
        }
        let alone = found.iter().filter(|m| gold().all(|(span, _)| !m.span.overlaps(*span)));
        out.extend(alone.map(|m| pair(None, Some(*m))));
    }
    out
}

/// What was found in each document, without mentions of which the annotation says nothing: those that lie where it marks what
/// it is not sure of, and share no byte with a mention that it is sure of.
pub(super) fn judgeable(
    labels: &[Label],
    documents: &[Document],
    found: Vec<Vec<Mention>>,
) -> Vec<Vec<Mention>> {
    let mut found = found;
    for (document, mentions) in documents.iter().zip(&mut found) {
        let sure = |label: &Label| labels.contains(label) || document.annotated.contains(label);
        let (sure, unsure): (Vec<_>, Vec<_>) = document.mentions.iter().partition(|(_, label)| sure(label));
        let lies = |mention: &Mention, among: &[&(Span, Label)]| {
            among.iter().any(|(span, _)| mention.span.overlaps(*span))
        };
        mentions.retain(|mention| !lies(mention, &unsure) || lies(mention, &sure));
    }
    found
}

/// How often a label was found for another: a row for each of `labels` in the annotation and one for none, a column
/// for each found and one for none.
pub(super) fn confusion(labels: &[Label], pairs: &[Pair]) -> Vec<Vec<usize>> {
    let place = |label: Option<Label>| {
        label.and_then(|label| labels.iter().position(|&l| l == label)).unwrap_or(labels.len())
    };
    let mut out = vec![vec![0; labels.len() + 1]; labels.len() + 1];
    for pair in pairs {
        out[place(pair.gold.map(|g| g.1))][place(pair.found.map(|f| f.1))] += 1;
    }
    out
}

/// The scores of the found mentions of each document, with whether they are right in span and label; then those of `labels`
/// that are annotated and were not found.
pub(super) fn judged(labels: &[Label], documents: &[Document], found: &[Vec<Mention>]) -> Vec<Vec<Judged>> {
    let of = |(document, found): (&Document, &Vec<Mention>)| {
        let counts = |label: &Label| labels.contains(label) && document.annotated.contains(label);
        let known = found.iter().filter(|m| counts(&m.label));
        let known = known.map(|m| judge(m, document.mentions.contains(&(m.span, m.label))));
        let is_found = |gold: &(Span, Label)| found.iter().any(|m| (m.span, m.label) == *gold);
        let missed = document.mentions.iter().filter(|gold| counts(&gold.1) && !is_found(gold));
        known.chain(missed.map(|_| (0.0, true))).collect()
    };
    documents.iter().zip(found).map(of).collect()
}

#[cfg(test)]
mod tests {
    use clinlink_model::{MentionSource, Note};
    use rstest::rstest;

    use super::*;

    const D: Label = Label::Disease;
    const C: Label = Label::Chemical;

    fn document(gold: &[(usize, usize, Label)]) -> Document {
        let note = Note::new("n", "0123456789").unwrap();
        let mentions = gold.iter().map(|&(a, b, label)| (note.span(a..b).unwrap(), label)).collect();
        Document { note, mentions, annotated: vec![D, C, Label::Other], share: 1.0 }
    }

    fn mentions(document: &Document, found: &[(usize, usize, Label)]) -> Vec<Mention> {
        let mention = |&(a, b, label): &(usize, usize, Label)| {
            let span = document.note.span(a..b).unwrap();
            Mention { span, label, score: 0.5, by: MentionSource::Model }
        };
        found.iter().map(mention).collect()
    }

    /// What lies in words that the annotation is not sure of is neither right nor wrong.
    #[rstest]
    #[case::sure(&[(0, 3, D)], (0, 3), true)]
    #[case::outside(&[(0, 3, D)], (5, 7), true)]
    #[case::unsure(&[(0, 3, D), (4, 9, Label::Other)], (5, 7), false)]
    #[case::from_unsure_into_sure(&[(0, 3, D), (3, 9, Label::Other)], (1, 7), true)]
    #[case::from_unsure_to_outside(&[(4, 6, Label::Other)], (5, 8), false)]
    fn unsure_words_are_not_judged(
        #[case] annotated: &[(usize, usize, Label)],
        #[case] found: (usize, usize),
        #[case] judged: bool,
    ) {
        let document = Document { annotated: vec![D], ..document(annotated) };
        let found = mentions(&document, &[(found.0, found.1, D)]);
        let left = judgeable(&[D, C], &[document], vec![found]);
        assert_eq!(left[0].len(), usize::from(judged));
    }

    #[rstest]
    #[case::right(&[(0, 3, D)], &[(0, 3, D)], &[None])]
    #[case::missed(&[(0, 3, D)], &[(4, 6, D)], &[Some(Fault::Missed), Some(Fault::Spurious)])]
    #[case::border(&[(0, 3, D)], &[(1, 3, D)], &[Some(Fault::Border)])]
    #[case::label(&[(0, 3, D)], &[(1, 3, C)], &[Some(Fault::OtherLabel)])]
    #[case::nearest(&[(0, 5, D)], &[(0, 2, C), (2, 5, D)], &[Some(Fault::Border)])]
    #[case::not_learnt(&[(0, 3, D), (5, 7, Label::Other)], &[(0, 3, D)], &[None])]
    #[case::not_annotated(&[(0, 3, D)], &[(0, 3, D), (5, 7, Label::Anatomy)], &[None])]
    fn pairs_and_faults(
        #[case] gold: &[(usize, usize, Label)],
        #[case] found: &[(usize, usize, Label)],
        #[case] expected: &[Option<Fault>],
    ) {
        let document = document(gold);
        let found = mentions(&document, found);
        let faults: Vec<Option<Fault>> =
            pairs(&[D, C], &[document], &[found]).iter().map(Pair::fault).collect();
        assert_eq!(faults, expected);
    }

    #[test]
    fn what_is_taken_for_what() {
        let document = document(&[(0, 2, D), (3, 4, C), (5, 6, C)]);
        let found = mentions(&document, &[(0, 2, C), (3, 4, C), (8, 9, D)]);
        let pairs = pairs(&[D, C], &[document], &[found]);
        assert_eq!(confusion(&[D, C], &pairs), [[0, 1, 0], [0, 1, 1], [1, 0, 0]]);
    }

    #[test]
    fn a_mention_is_right_in_span_and_label() {
        let document = document(&[(0, 2, D), (3, 4, C)]);
        let found = mentions(&document, &[(0, 2, C), (3, 4, C), (5, 6, Label::Anatomy)]);
        let judged = judged(&[D, C], &[document], &[found]);
        assert_eq!(judged, [[(0.5, false), (0.5, true), (0.0, true)]]);
    }
}
