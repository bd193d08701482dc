use std::ops::Range;

use crate::pieces::NotePieces;

/// Cuts a note's pieces into windows of at most `limit` pieces, as ranges of indices.
///
/// Whole sentences are packed, as many as fit. A sentence that is longer than a window is cut into windows that
/// overlap by a quarter; a cut does not part a word that fits in the overlap.
pub(crate) fn windows(note: &NotePieces, limit: usize) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open = 0..0;
    let mut start = 0;
    for &end in &note.ends {
        if end - start > limit {
            out.extend(std::mem::replace(&mut open, end..end).into_nonempty());
            cut(note, start..end, limit, &mut out);
        } else if end - open.start > limit {
            out.extend(std::mem::replace(&mut open, start..end).into_nonempty());
        } else {
            open.end = end;
        }
        start = end;
    }
    out.extend(open.into_nonempty());
    out
}

trait NonEmpty: Sized {
    fn into_nonempty(self) -> Option<Self>;
}

impl NonEmpty for Range<usize> {
    fn into_nonempty(self) -> Option<Self> {
        (!self.is_empty()).then_some(self)
    }
}

fn cut(note: &NotePieces, sentence: Range<usize>, limit: usize, out: &mut Vec<Range<usize>>) {
    let overlap = (limit / 4).max(1).min(limit - 1);
    let mut start = sentence.start;
    loop {
        let end = (start + limit).min(sentence.end);
        out.push(start..end);
        if end == sentence.end {
            return;
        }
        let next = end - overlap;
        // Back to the start of the word, unless that gains nothing on the last window.
        let word = (start + 1..=next).rev().take(overlap).find(|&at| note.pieces[at].first);
        start = word.unwrap_or(next);
    }
}

#[cfg(test)]
mod tests {
    use clinlink_encoder::Piece;
    use rstest::rstest;

    use super::*;

    /// Sentences of the given numbers of pieces; a word is `word` pieces long.
    fn note(sentences: &[usize], word: usize) -> NotePieces {
        let mut note = NotePieces::default();
        for &len in sentences {
            note.pieces.extend((0..len).map(|i| Piece { id: 9, start: 0, end: 1, first: i % word == 0 }));
            note.ends.push(note.pieces.len());
        }
        note
    }

    #[rstest]
    #[case::none(&[], &[])]
    #[case::one(&[7], &[(0, 7)])]
    #[case::packed(&[4, 3, 3], &[(0, 10)])]
    #[case::next_would_not_fit(&[4, 3, 4], &[(0, 7), (7, 11)])]
    #[case::just_fits(&[10, 10], &[(0, 10), (10, 20)])]
    #[case::long_one_alone(&[3, 12, 3], &[(0, 3), (3, 13), (11, 15), (15, 18)])]
    #[case::long_first(&[12, 3], &[(0, 10), (8, 12), (12, 15)])]
    fn whole_sentences_are_packed(#[case] sentences: &[usize], #[case] expected: &[(usize, usize)]) {
        let found = windows(&note(sentences, 1), 10);
        let found: Vec<(usize, usize)> = found.iter().map(|w| (w.start, w.end)).collect();
        assert_eq!(found, expected);
    }

    #[rstest]
    fn cuts_cover_everything_and_overlap(
        #[values(1, 2, 3, 10, 64)] limit: usize,
        #[values(1, 3, 40)] word: usize,
    ) {
        let note = note(&[200], word);
        let found = windows(&note, limit);
        assert_eq!((found[0].start, found[found.len() - 1].end), (0, 200));
        assert!(found.iter().all(|w| !w.is_empty() && w.len() <= limit));
        for pair in found.windows(2) {
            assert!(pair[0].start < pair[1].start && pair[1].start <= pair[0].end, "{pair:?}");
            assert!(limit < 4 || pair[0].end - pair[1].start >= limit / 4, "{pair:?}");
            assert!(word > limit / 4 || note.pieces[pair[1].start].first, "{pair:?} parts a word");
        }
    }
}
