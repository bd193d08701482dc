//! Text that was copied forward.

use clinlink_episode::{CoderConfig, RuleCoder};
use clinlink_model::{
    AnnotatedNote, Assertion, Coder, Episode, Place, Polarity, Repeat, SectionKind, Status,
};
use rstest::rstest;

use crate::support::{Said, code, note, one, pack, plain, with};

#[test]
fn affirmed_anywhere_is_kept_and_the_rest_is_told() {
    let text = "cough today\nno cough yesterday\ncoughing";
    let negated = with(|a| a.polarity = Polarity::Negated);
    let said =
        [plain("cough today", "R05"), Said("cough yesterday", "R05", negated), plain("coughing", "R05")];
    let entry = one(SectionKind::Unknown, text, &said);
    assert_eq!(entry.status, Status::Accepted);
    assert_eq!(entry.reason, "affirmed in 2, negated in 1");
    assert_eq!(entry.evidence.len(), 3);
}

#[test]
fn copied_sentences_count_once_and_are_shown() {
    let first = || note("a", SectionKind::Unknown, "has a cough", &[plain("cough", "R05")]);
    let copy = || note("b", SectionKind::Unknown, "has a\u{a0}cough", &[plain("cough", "R05")]);
    let other = || note("b", SectionKind::Unknown, "still some cough", &[plain("cough", "R05")]);
    let (single, copied, twice) =
        (code(vec![first()]), code(vec![first(), copy()]), code(vec![first(), other()]));
    assert!((copied[0].score - single[0].score).abs() < 1e-6);
    assert_eq!(copied[0].evidence.len(), 2);
    assert!(twice[0].score > single[0].score);
    let notes: Vec<_> = twice[0].evidence.iter().map(|e| e.note).collect();
    assert_eq!(notes, [0, 1]);
}

/// A passage that was copied and edited: what the edit left alone counts once, what it changed counts.
#[rstest]
#[case::same(Assertion::plain(), true)]
#[case::now_denied(Assertion { polarity: Polarity::Negated, ..Assertion::plain() }, false)]
fn copied_passages_count_once(#[case] later: Assertion, #[case] copy: bool) {
    let passage = "had a bad cough at night";
    let first = note("a", SectionKind::Unknown, passage, &[plain("cough", "R05")]);
    let second = note(
        "b",
        SectionKind::Unknown,
        "still had a bad cough at night",
        &[Said("cough", "R05", Some(later))],
    );
    let place = |number: usize, note: &AnnotatedNote, words: &str| {
        let start = note.note.text().find(words).unwrap();
        Place { note: number, span: note.note.span(start..start + words.len()).unwrap() }
    };
    let repeats = vec![Repeat { place: place(1, &second, passage), first: place(0, &first, passage) }];
    let cough = place(0, &first, "cough");
    let episode = Episode { id: "e".into(), notes: vec![first, second], repeats };
    let entry = RuleCoder::new(pack(), CoderConfig::default()).code(&episode).codes.remove(0);
    assert_eq!(entry.evidence.len(), 2);
    assert_eq!(entry.evidence[0].repeats, None);
    assert_eq!(entry.evidence[1].repeats, copy.then_some(cough));
    assert!((entry.score - 0.7 * 0.7).abs() < 0.01, "one plain mention in passing: {}", entry.score);
}

/// The same line under two headings says two things.
#[test]
fn a_repeated_line_counts_where_it_is_meant_differently() {
    let told = |id: &str, meant: Assertion| {
        note(id, SectionKind::Unknown, "cough", &[Said("cough", "R05", Some(meant))])
    };
    let family = || Assertion { experiencer: clinlink_model::Experiencer::Family, ..Assertion::plain() };
    let alone = code(vec![told("a", Assertion::plain())]);
    let after = code(vec![told("a", family()), told("b", Assertion::plain()), told("c", Assertion::plain())]);
    assert_eq!(after[0].status, Status::Accepted);
    assert!((after[0].score - alone[0].score).abs() < 1e-6, "{}", after[0].score);
    let copies: Vec<bool> = after[0].evidence.iter().map(|evidence| evidence.repeats.is_some()).collect();
    assert_eq!(copies.iter().filter(|copy| **copy).count(), 1, "{copies:?}");
}
