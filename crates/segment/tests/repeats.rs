//! Text copied forward between notes.

use clinlink_model::{AnnotatedNote, Episode, Layout, Note, Place, Repeat, Segmenter};
use clinlink_segment::{RuleSegmenter, repeats};
use proptest::prelude::*;
use rstest::rstest;
use std::sync::LazyLock;

static SEGMENTER: LazyLock<RuleSegmenter> = LazyLock::new(RuleSegmenter::embedded);

const COURSE: &str = "He was admitted on 03/01 with two days of abdominal pain, fever and vomiting. CT showed acute \
                      appendicitis with perforation and a small abscess in the right lower quadrant.";

fn read(texts: &[&str]) -> (Vec<(Note, Layout)>, Vec<Repeat>) {
    let notes: Vec<(Note, Layout)> = texts
        .iter()
        .map(|text| {
            let note = Note::new("n", *text).unwrap();
            let layout = SEGMENTER.segment(&note);
            (note, layout)
        })
        .collect();
    let pairs: Vec<(&Note, &Layout)> = notes.iter().map(|(note, layout)| (note, layout)).collect();
    let found = repeats(&pairs);
    (notes, found)
}

/// Each repeat as "note: text < note of the first".
fn show(texts: &[&str]) -> Vec<String> {
    let (notes, found) = read(texts);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    found
        .iter()
        .map(|r| {
            let text = words(&notes[r.place.note].0[r.place.span]);
            format!("{}: {text} < {}", r.place.note, r.first.note)
        })
        .collect()
}

#[test]
fn a_copied_passage_is_linked_to_its_first_place() {
    let later = format!("Day 2. No new events.\n{COURSE} Plan: surgery.");
    let last = format!("Day 3.\n{} Went well.", COURSE.replace(' ', "\n"));
    let found = show(&[COURSE, &later, &last]);
    assert_eq!(found, [format!("1: {COURSE} < 0"), format!("2: {COURSE} < 0")]);
}

#[test]
fn an_edited_passage_repeats_what_was_not_edited() {
    let edited = COURSE.replace("a small abscess", "no abscess");
    let (before, after) = COURSE.split_once("a small abscess").unwrap();
    let found = show(&[COURSE, &edited]);
    let expected = [format!("1: {} < 0", before.trim()), format!("1: abscess{after} < 0")];
    assert_eq!(found, expected);
}

#[rstest]
#[case::case_and_line_breaks(&[COURSE, &*COURSE.to_uppercase().replace(", ", ",\r\n")], 1)]
#[case::within_one_note(&[&*format!("{COURSE}\n\n{COURSE}")], 1)]
#[case::short_phrases(&["No evidence of pulmonary embolism. Lungs clear.", "No evidence of pulmonary embolism. Heart normal."], 0)]
#[case::other_words(&[COURSE, "She was seen for a rash on both arms after a walk in the woods, without fever or pain."], 0)]
#[case::nothing(&["", " "], 0)]
#[case::no_notes(&[], 0)]
fn how_many(#[case] texts: &[&str], #[case] expected: usize) {
    assert_eq!(read(texts).1.len(), expected);
}

/// A copy of a copy is a repeat of the first, whatever was added in between.
#[test]
fn first_means_first() {
    let added = "On day two his kidney function worsened to a creatinine of 2.1, most likely prerenal from \
                 dehydration, and the ibuprofen was stopped.";
    let second = format!("{COURSE} {added}");
    let found = show(&[COURSE, &second, &second]);
    assert_eq!(found, [format!("1: {COURSE} < 0"), format!("2: {COURSE} < 0"), format!("2: {added} < 1")]);
}

/// The place of words in a copy leads to the same words of the first occurrence, over other line breaks.
#[rstest]
#[case::within("acute\nappendicitis", Some("acute appendicitis"))]
#[case::first_words("He", Some("He"))]
#[case::last_words("quadrant.", Some("quadrant."))]
#[case::new_words("Well", None)]
#[case::half_new("quadrant. Well", None)]
fn words_of_a_copy_lead_to_the_first(#[case] words: &str, #[case] expected: Option<&str>) {
    let copy = format!("{} Well today.", COURSE.replace("acute appendicitis", "acute\nappendicitis"));
    let (notes, repeats) = read(&[&format!("Seen today.\n{COURSE}"), &copy]);
    let annotated =
        |(note, layout): (Note, Layout)| AnnotatedNote { note, layout, expansions: vec![], mentions: vec![] };
    let notes = notes.into_iter().map(annotated).collect();
    let episode = Episode { id: "e".into(), notes, repeats };
    let start = copy.find(words).unwrap();
    let span = episode.notes[1].note.span(start..start + words.len()).unwrap();
    let first = episode.first_of(Place { note: 1, span });
    assert_eq!(first.map(|first| &episode.notes[first.note].note[first.span]), expected);
    assert!(first.is_none_or(|first| first.note == 0));
}

/// Stretches that invite comparing everything with everything. Quadratic work on 300 kB of them would not end.
#[rstest]
#[case("a ")]
#[case("No fever. ")]
#[case("( ")]
#[case("no fever, no cough, no chills, no pain\n")]
fn the_same_over_and_over(#[case] piece: &str) {
    let text = piece.repeat(300_000 / piece.len());
    check(&read(&[&text, &text]));
}

fn check((notes, found): &(Vec<(Note, Layout)>, Vec<Repeat>)) {
    let mut end = (0, 0);
    for Repeat { place, first } in found {
        assert!((place.note, place.span.start()) >= end, "in order, without overlap");
        end = (place.note, place.span.end());
        assert!((first.note, first.span.end()) <= (place.note, place.span.start()), "the first comes before");
        let words = |note: usize, span: clinlink_model::Span| {
            let (note, layout) = &notes[note];
            let start = layout.tokens.partition_point(|t| t.span.start() < span.start());
            let tokens = layout.tokens[start..].iter().take_while(|t| span.contains(t.span));
            tokens.map(|t| note[t.span].to_ascii_lowercase()).collect::<Vec<_>>()
        };
        let copied = words(place.note, place.span);
        assert!(copied.len() >= 6);
        assert_eq!(copied, words(first.note, first.span));
        let of_another =
            found.iter().take(200).any(|r| r.place.note == first.note && r.place.span.overlaps(first.span));
        assert!(!of_another, "the first occurrence is no repeat itself");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_notes(texts in prop::collection::vec(prop::collection::vec(0..6_usize, 0..30), 0..5)) {
        let pieces = ["no fever ", "Chills, ", "5 µg. ", "\nPlan: ", "CT on 3/4 showed ", "\u{feff}é "];
        let texts: Vec<String> = texts.iter().map(|t| t.iter().map(|&p| pieces[p]).collect()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let read_once = read(&texts);
        check(&read_once);
        prop_assert_eq!(&read_once.1, &read(&texts).1);
    }
}
