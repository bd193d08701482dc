//! Offsets, windows and batches.

use std::collections::BTreeMap;

use crate::support::{IOB2, Stops, model, note};
use clinlink_encoder::Precision;
use clinlink_model::{Layout, Mention, MentionSource, Note, Segmenter, Tagger};
use clinlink_ner::Recogniser;
use rstest::{fixture, rstest};

#[fixture]
fn recogniser() -> Recogniser {
    load(Precision::Fp32)
}

fn load(precision: Precision) -> Recogniser {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    Recogniser::load(folder.path(), &BTreeMap::new(), precision).unwrap()
}

fn tag(recogniser: &Recogniser, notes: &[Note]) -> Vec<Vec<Mention>> {
    let layouts: Vec<Layout> = notes.iter().map(|n| Stops.segment(n)).collect();
    let batch: Vec<(&Note, &Layout)> = notes.iter().zip(&layouts).collect();
    recogniser.tag(&batch).unwrap()
}

/// Some hundred words in sentences of uneven length.
fn long(sentences: usize) -> String {
    let words = [
        "patient",
        "with",
        "asthma",
        "nephritis",
        "took",
        "iron",
        "severe",
        "chest",
        "pain",
        "(",
        "5",
        "mg",
        ")",
    ];
    let mut text = String::new();
    for s in 0..sentences {
        for w in 0..3 + s * 7 % 19 {
            text.push_str(words[(s * 5 + w * w) % words.len()]);
            text.push(' ');
        }
        text.push_str(".\n");
    }
    text
}

#[rstest]
#[case::plain("The patient took aspirin for asthma and has nephritis.", &["aspirin", "asthma", "nephritis"])]
#[case::two_words("Severe cough, chest pain. Pain", &["Severe", "cough", "chest pain", "Pain"])]
#[case::micro("Given 5 µg iron, 5 µg lithium, 2 µg heparin.", &["iron", "lithium", "heparin"])]
#[case::accents("Café, anaémia, asthmá, e\u{301}u u\u{308}x fe\u{301}ver.", &["anaémia", "asthmá", "fe\u{301}ver"])]
#[case::emoji("😀 asthma 😀😀 aspirin 👩‍⚕️ patient took iron", &["asthma", "aspirin", "iron"])]
#[case::line_ends("asthma\r\naspirin\r\n\r\nchest\r\npain\r\nrash", &["asthma", "aspirin", "chest\r\npain", "rash"])]
#[case::byte_order_mark("\u{feff}Aspirin for\u{a0}asthma and\ttremor", &["Aspirin", "asthma", "tremor"])]
#[case::wide("喘息asthma熱fever。aspirin", &["asthma", "fever", "aspirin"])]
#[case::punctuation("asthma/aspirin-iron(heparin)rash:x-x", &["asthma", "aspirin", "iron", "heparin", "rash"])]
#[case::not_inside_words("nephitis nephritisx xasthma", &["nephitis", "nephritisx"])]
fn mentions_are_words_of_the_text(recogniser: Recogniser, #[case] text: &str, #[case] expected: &[&str]) {
    let found = tag(&recogniser, &[note("n", text)]).remove(0);
    let words: Vec<&str> = found.iter().map(|m| &text[m.span.range()]).collect();
    assert_eq!(words, expected);
    for mention in &found {
        assert!(mention.score > 0.5 && mention.score <= 1.0, "{mention:?}");
        assert_eq!(mention.by, MentionSource::Model);
    }
}

#[rstest]
fn same_words_same_places_whatever_surrounds_them(recogniser: Recogniser) {
    let plain = "patient took aspirin for asthma and has severe nephritis";
    let odd = format!("\u{feff}\r\n {plain} \r\n");
    let found = tag(&recogniser, &[note("a", plain), note("b", &odd)]);
    let words = |text: &str, found: &[Mention]| -> Vec<String> {
        found.iter().map(|m| text[m.span.range()].to_owned()).collect()
    };
    assert!(!found[0].is_empty());
    assert_eq!(words(plain, &found[0]), words(&odd, &found[1]));
}

#[rstest]
#[case::fp32(Precision::Fp32, 1e-4)]
#[case::bf16(Precision::Bf16, 0.03)]
#[case::int8(Precision::Int8, 0.03)]
fn a_note_does_not_depend_on_its_batch(#[case] precision: Precision, #[case] tolerance: f32) {
    let recogniser = load(precision);
    let texts =
        [long(40), "Asthma.".to_owned(), long(9), String::new(), "patient took iron ".repeat(60), long(3)];
    let notes: Vec<Note> = texts.iter().enumerate().map(|(i, t)| note(&i.to_string(), t)).collect();
    let together = tag(&recogniser, &notes);
    assert!(together[3].is_empty());
    for (alone, together) in
        notes.iter().map(|n| tag(&recogniser, std::slice::from_ref(n)).remove(0)).zip(&together)
    {
        assert_eq!(alone.len(), together.len());
        for (a, b) in alone.iter().zip(together) {
            assert_eq!((a.span, a.label), (b.span, b.label));
            assert!((a.score - b.score).abs() < tolerance, "{a:?} {b:?}");
        }
    }
}

#[rstest]
fn words_far_from_the_cuts_see_their_whole_context(recogniser: Recogniser) {
    // Two sentences fill a window of 62 pieces, so a third one changes nothing for them.
    let two = "patient took aspirin ".repeat(10) + ". " + &"severe asthma and iron ".repeat(7) + ".";
    let three = format!("{two} {}.", "chest pain (2 mg) ".repeat(9));
    let found = tag(&recogniser, &[note("two", &two), note("three", &three)]);
    assert!(!found[0].is_empty());
    assert_eq!(found[0], found[1][..found[0].len()]);
}

#[rstest]
#[case::one_piece("asthma ", 1000)]
#[case::two_words("chest pain ", 500)]
#[case::three_pieces("nephritisx ", 300)]
fn a_sentence_longer_than_a_window_is_covered(
    recogniser: Recogniser,
    #[case] words: &str,
    #[case] times: usize,
) {
    let text = words.repeat(times);
    let found = tag(&recogniser, &[note("n", &text)]).remove(0);
    assert_eq!(found.len(), times);
    assert!(found.iter().all(|m| &text[m.span.range()] == words.trim()));
}

#[rstest]
#[case::empty("")]
#[case::blank(" \r\n\t ")]
#[case::controls("\u{0}\u{1}\u{feff}")]
fn nothing_to_find(recogniser: Recogniser, #[case] text: &str) {
    assert!(tag(&recogniser, &[note("n", text)]).remove(0).is_empty());
    assert!(tag(&recogniser, &[]).is_empty());
}

#[rstest]
fn threads_share_a_recogniser(recogniser: Recogniser) {
    let text = long(12);
    let expected = tag(&recogniser, &[note("n", &text)]);
    assert!(!expected[0].is_empty());
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| tag(&recogniser, &[note("n", &text)]))).collect();
        for run in runs {
            let found = run.join().unwrap();
            let places = |f: &[Vec<Mention>]| f[0].iter().map(|m| (m.span, m.label)).collect::<Vec<_>>();
            assert_eq!(places(&found), places(&expected));
        }
    });
}
