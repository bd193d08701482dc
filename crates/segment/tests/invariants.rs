//! What every layout must hold, on any text.

use clinlink_model::{Layout, Note, Segmenter};
use clinlink_segment::RuleSegmenter;
use proptest::prelude::*;
use rstest::rstest;
use std::sync::LazyLock;

static SEGMENTER: LazyLock<RuleSegmenter> = LazyLock::new(RuleSegmenter::embedded);

/// Panics unless `layout` holds what `clinlink_model::Layout` promises.
fn check(note: &Note, layout: &Layout) {
    let text = note.text();
    let mut end = 0;
    for (at, section) in layout.sections.iter().enumerate() {
        assert!(section.span.start() >= end, "sections overlap");
        assert!(!section.span.is_empty());
        end = section.span.end();
        assert!(section.parent.is_none_or(|parent| (parent as usize) < at), "a parent comes first");
        match section.header {
            Some(header) => {
                assert!(section.span.contains(header) && !header.is_empty());
                assert_eq!(note[header].trim(), &note[header]);
            }
            None => assert_eq!(at, 0, "only the first section has no header"),
        }
    }
    let (mut end, mut token) = (0, 0);
    for sentence in &layout.sentences {
        assert!(sentence.span.start() >= end && !sentence.span.is_empty(), "sentences overlap");
        end = sentence.span.end();
        assert!(layout.sections[sentence.section as usize].span.contains(sentence.span));
        assert_eq!(note[sentence.span].trim(), &note[sentence.span]);
        assert_eq!(sentence.tokens.start, token, "every token is in one sentence");
        assert!(!sentence.tokens.is_empty());
        token = sentence.tokens.end;
        let tokens = layout.tokens_of(sentence);
        assert_eq!(tokens[0].span.start(), sentence.span.start());
        assert_eq!(tokens[tokens.len() - 1].span.end(), sentence.span.end());
        assert_eq!(layout.sentence_of(tokens[0].span), Some(sentence));
        assert_eq!(layout.section_of(sentence.span), layout.sections.get(sentence.section as usize));
    }
    assert_eq!(token as usize, layout.tokens.len());
    check_cells_and_boxes(layout);
    let mut end = 0;
    for token in &layout.tokens {
        assert!(token.span.start() >= end && !token.span.is_empty(), "tokens overlap");
        assert!(text[end..token.span.start()].chars().all(is_void), "text between tokens");
        assert!(!note[token.span].contains(char::is_whitespace));
        end = token.span.end();
    }
    assert!(text[end..].chars().all(is_void), "text after the last token");
}

fn check_cells_and_boxes(layout: &Layout) {
    let mut end = 0;
    for cell in &layout.cells {
        assert!(cell.start() >= end && !cell.is_empty(), "cells overlap");
        end = cell.end();
    }
    let mut end = 0;
    for check_box in &layout.check_boxes {
        let about = check_box.about;
        assert!(about.start() >= end && !about.is_empty(), "words of check boxes overlap");
        end = about.end();
        let sentence = layout.sentence_of(about).unwrap();
        assert!(sentence.span.contains(about) && sentence.span.contains(check_box.mark));
        assert!(!check_box.mark.overlaps(about));
        assert_eq!(layout.check_box_of(about), Some(check_box));
    }
}

fn is_void(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn layout_of(text: &str) -> (Note, Layout) {
    let note = Note::new("n", text).unwrap();
    let layout = SEGMENTER.segment(&note);
    (note, layout)
}

/// Pieces from which notes are made: what real notes hold, and what breaks offsets.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "PMH:",
            "[x] ",
            "[ ]",
            "( )",
            "☐",
            "_x_",
            "Fever: Yes / No\n",
            "no",
            "? ",
            "DR: ",
            "[patient] ",
            "|",
            "# ",
            "## Plan\n",
            "PLAN - ",
            "Family History\n",
            "1. ",
            "2) ",
            "- ",
            "• ",
            "\r\n",
            "\n\n",
            "\t",
            "  ",
            "   ",
            ". ",
            "?",
            "...",
            "q.d.",
            "Dr. ",
            "120/80",
            "w/o ",
            "5 µg",
            "👨‍👩‍👧",
            "e\u{301}",
            "\u{feff}",
            "\u{a0}",
            "\u{2028}",
            "(-)",
            "**HPI:**",
            "<b>",
            "S:",
            "O:",
            "A -",
            "[x] ",
            ":::",
            "COMMENT XY:",
            "no edema",
            "Mr. A. B. Smith. ",
            "\u{301}",
            "\r",
            "\u{85}",
            "ﬁ",
            "İ",
            "ß:",
            "’s",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z]{1,8} ?",
        "[0-9]{1,4}[./:-]?",
        "\\PC{0,5}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_note_has_a_sound_layout(pieces in prop::collection::vec(piece(), 0..40)) {
        let (note, layout) = layout_of(&pieces.concat());
        check(&note, &layout);
    }

    #[test]
    fn any_text_has_a_sound_layout(text in any::<String>()) {
        let (note, layout) = layout_of(&text);
        check(&note, &layout);
    }
}

#[rstest]
#[case("")]
#[case(" \r\n\t\u{feff}\n")]
fn nothing_to_read_is_an_empty_layout(#[case] text: &str) {
    assert_eq!(layout_of(text).1, Layout::default());
}

/// Stretches that invite looking back or ahead without bound. Quadratic work on 300 kB of them would not end.
#[rstest]
#[case("PMH: ")]
#[case(": ")]
#[case("A. ")]
#[case("1) ")]
#[case("( ")]
#[case("no fever, ")]
#[case("a")]
#[case("A ")]
#[case("\n")]
#[case("X\n")]
#[case("- x\n")]
#[case("ALLERGIES - ")]
#[case("é")]
#[case("<")]
#[case("**")]
#[case("?)")]
#[case("?\" ")]
#[case("[ ] yes ")]
#[case("[x]")]
#[case("_x")]
#[case("☐ ")]
#[case("DR: \n")]
#[case("Fever: no\n")]
#[case("a\t")]
#[case("| ")]
#[case("a   ")]
#[case("# \n")]
#[case("PLAN:\nGOUT: x\n")]
fn long_texts_of_the_same(#[case] piece: &str) {
    let (note, layout) = layout_of(&piece.repeat(300_000 / piece.len()));
    check(&note, &layout);
}

/// Five megabytes without anything that a clinician wrote: still a layout, and the one that the text has.
#[rstest]
#[case::brackets("(", 5_000_000, 1)]
#[case::colons(":", 5_000_000, 1)]
#[case::one_word("a", 1, 1)]
#[case::letters_beyond_ascii("é", 1, 1)]
#[case::line_feeds("\n", 0, 0)]
#[case::line_ends("\r\n", 0, 0)]
#[case::full_stops(".", 5_000_000, 1)]
#[case::lines("No fever.\n", 1_500_000, 500_000)]
fn five_megabytes(#[case] piece: &str, #[case] tokens: usize, #[case] sentences: usize) {
    let (note, layout) = layout_of(&piece.repeat(5_000_000 / piece.len()));
    check(&note, &layout);
    assert_eq!((layout.tokens.len(), layout.sentences.len()), (tokens, sentences));
}
