//! Spans and offsets, on text that is not ASCII.

use clinlink_model::{CharOffsets, Note, SpanError};
use proptest::prelude::*;
use rstest::rstest;

fn note(text: &str) -> Note {
    Note::new("n1", text).unwrap()
}

#[rstest]
#[case::ascii("no fever", 3..8, "fever")]
#[case::micro("5 µg of digoxin", 2..5, "µg")]
#[case::emoji("pain 😖 today", 5..9, "😖")]
#[case::combining("cafe\u{301} au lait", 0..6, "cafe\u{301}")]
#[case::crlf("a\r\nb", 1..3, "\r\n")]
#[case::bom("\u{feff}BP", 3..5, "BP")]
fn a_span_slices_the_text(#[case] text: &str, #[case] range: std::ops::Range<usize>, #[case] words: &str) {
    let note = note(text);
    let span = note.span(range).unwrap();
    assert_eq!(&note[span], words);
}

#[test]
fn a_span_never_cuts_a_character() {
    let note = note("5 µg");
    assert_eq!(note.span(2..3), Err(SpanError::InsideCharacter { note: "n1".into(), start: 2, end: 3 }));
}

#[rstest]
#[case::beyond_the_end(0, 10)]
#[case::ends_before_it_starts(3, 1)]
fn a_span_stays_within_the_text(#[case] start: usize, #[case] end: usize) {
    let note = note("fever");
    assert!(matches!(note.span(start..end), Err(SpanError::OutOfBounds { len: 5, .. })));
}

#[test]
fn the_message_names_the_note_and_not_its_words() {
    let message = note("HIV µ").span(4..5).unwrap_err().to_string();
    assert_eq!(message, "note n1: bytes 4..5 cut a character in two");
}

#[test]
#[should_panic(expected = "not a slice of the text of note n1")]
fn another_texts_slice_has_no_span() {
    note("fever").span_of("chills");
}

fn clinical_text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("fever".to_owned()),
            Just("µ".to_owned()),
            Just("😖".to_owned()),
            Just("e\u{301}".to_owned()),
            Just("\r\n".to_owned()),
            Just("\u{feff}".to_owned()),
            any::<char>().prop_map(String::from),
        ],
        0..40,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn byte_and_character_offsets_convert_both_ways(text in clinical_text()) {
        let offsets = CharOffsets::new(&text);
        for (char, (byte, _)) in text.char_indices().enumerate() {
            prop_assert_eq!(offsets.to_char(byte), char);
            prop_assert_eq!(offsets.to_byte(char), Some(byte));
        }
        let chars = text.chars().count();
        prop_assert_eq!(offsets.to_char(text.len()), chars);
        prop_assert_eq!(offsets.to_byte(chars), Some(text.len()));
        prop_assert_eq!(offsets.to_byte(chars + 1), None);
        prop_assert_eq!(offsets.to_byte(usize::MAX), None);
    }

    #[test]
    fn every_word_is_its_own_span(text in clinical_text()) {
        let note = note(&text);
        for word in note.text().split_whitespace() {
            let span = note.span_of(word);
            prop_assert_eq!(&note[span], word);
            prop_assert_eq!(note.span(span.range()), Ok(span));
        }
    }
}
