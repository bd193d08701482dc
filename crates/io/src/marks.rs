//! A note's text → segments that are each marked in one way, so that marks which nest or overlap can be shown.
//!
//! `acute [appendicitis {with]1 abscess}2` becomes `acute `, `appendicitis ` (1), `with` (1, 2), ` abscess` (2).

use clinlink_model::Span;

/// What a stretch of text is marked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// A section's header, by its number in the layout.
    Header(usize),
    /// Words that decided how evidence is meant, by the number of the cue on the page.
    Cue(usize),
    /// Words that support a code, by the number of the evidence on the page.
    Evidence(usize),
}

/// A stretch of text under the same marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment<'t> {
    pub(crate) text: &'t str,
    /// The marks in the order of [`Mark`].
    pub(crate) marks: Vec<Mark>,
    /// Whether a mark of evidence starts here, so that the page can be scrolled to it.
    pub(crate) starts: bool,
}

/// Cuts `text` wherever a mark starts or ends. The segments together are the whole text.
pub(crate) fn segments<'t>(text: &'t str, marks: &[(Span, Mark)]) -> Vec<Segment<'t>> {
    let marks: Vec<_> = marks.iter().filter(|(span, _)| !span.is_empty()).collect();
    // Ends before starts at the same place, so that no segment is empty and none is under a mark that has ended.
    let mut edges: Vec<(usize, bool, Mark)> = Vec::with_capacity(marks.len() * 2);
    edges.extend(
        marks.iter().flat_map(|(span, mark)| [(span.start(), true, *mark), (span.end(), false, *mark)]),
    );
    edges.sort_unstable();

    let mut segments = Vec::new();
    let (mut from, mut active, mut starts) = (0, Vec::new(), false);
    for (at, opens, mark) in edges {
        if at > from {
            segments.push(Segment { text: &text[from..at], marks: active.clone(), starts });
            (from, starts) = (at, false);
        }
        if opens {
            let place = active.partition_point(|other| *other < mark);
            active.insert(place, mark);
            starts |= matches!(mark, Mark::Evidence(_));
        } else if let Ok(place) = active.binary_search(&mark) {
            active.remove(place);
        }
    }
    if from < text.len() {
        segments.push(Segment { text: &text[from..], marks: active, starts });
    }
    segments
}

#[cfg(test)]
mod tests {
    use clinlink_model::Note;
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str, ranges: &[(usize, usize)]) -> Vec<(String, Vec<usize>)> {
        let note = Note::new("n", text).unwrap();
        let marks: Vec<_> = ranges
            .iter()
            .enumerate()
            .map(|(i, &(start, end))| (note.span(start..end).unwrap(), Mark::Evidence(i)))
            .collect();
        let number = |mark: &Mark| match mark {
            Mark::Evidence(i) => *i,
            _ => unreachable!(),
        };
        segments(note.text(), &marks)
            .iter()
            .map(|s| (s.text.to_owned(), s.marks.iter().map(number).collect()))
            .collect()
    }

    #[test]
    fn overlap_nesting_and_equal_spans_are_cut() {
        let found = cut("abcdefgh", &[(1, 4), (3, 6), (1, 4), (4, 5)]);
        let expected = [
            ("a", vec![]),
            ("bc", vec![0, 2]),
            ("d", vec![0, 1, 2]),
            ("e", vec![1, 3]),
            ("f", vec![1]),
            ("gh", vec![]),
        ];
        assert_eq!(found, expected.map(|(text, marks)| (text.to_owned(), marks)));
    }

    #[test]
    fn text_without_marks_is_one_segment_and_no_text_is_none() {
        assert_eq!(cut("µg\r\n", &[]), [("µg\r\n".to_owned(), vec![])]);
        assert_eq!(cut("", &[]), []);
        assert_eq!(cut("ab", &[(1, 1)]), [("ab".to_owned(), vec![])]);
    }

    proptest! {
        #[test]
        fn segments_are_the_text_and_those_of_a_mark_are_its_words(
            text in "[aµ😀\r\n\u{301}\u{feff} ]{0,24}",
            ranges in prop::collection::vec((0usize..25, 0usize..25), 0..6),
        ) {
            let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let bytes = |char: usize| bounds[char % bounds.len()];
            let ranges: Vec<_> =
                ranges.iter().map(|&(a, b)| (bytes(a).min(bytes(b)), bytes(a).max(bytes(b)))).collect();
            let found = cut(&text, &ranges);
            prop_assert_eq!(found.iter().map(|(text, _)| text.as_str()).collect::<String>(), text.as_str());
            for (i, &(start, end)) in ranges.iter().enumerate() {
                let words: String =
                    found.iter().filter(|(_, marks)| marks.contains(&i)).map(|(text, _)| text.as_str()).collect();
                prop_assert_eq!(&words, &text[start..end]);
            }
        }
    }
}
