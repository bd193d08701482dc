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
