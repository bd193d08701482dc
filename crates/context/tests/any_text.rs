//! What holds for any text: spans of cues and expansions, order, and work that grows with the length of the text.

use std::path::Path;

use clinlink_context::{Abbreviations, Context};
use clinlink_model::{
    Asserter, Expander, Experiencer, Label, Layout, Mention, MentionSource, Note, Polarity, Segmenter,
};
use clinlink_segment::RuleSegmenter;
use rstest::rstest;

/// A note with its layout, and every third token as a mention.
fn note(text: &str) -> (Note, Layout, Vec<Mention>) {
    let note = Note::new("n", text).unwrap();
    let layout = RuleSegmenter::embedded().segment(&note);
    let mention = |span| Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Given };
    let mentions = layout.tokens.iter().step_by(3).map(|token| mention(token.span)).collect();
    (note, layout, mentions)
}

/// 300 kB of the same: quadratic work would not end.
#[rstest]
#[case("no fever, ")]
#[case("fever ")]
#[case("possible vs no ")]
#[case("no  but ")]
#[case("heart failure (HF) ")]
#[case("(")]
#[case("HF (")]
#[case("a (HF) HF [x] ")]
#[case("in 2014 ")]
#[case("? ")]
#[case("3/14/2019 ")]
#[case("+a, -b (-) c ")]
#[case(": (+) a ")]
#[case("DDX: a\n\n")]
#[case("DR: any?\nPT: no\n")]
#[case("MS ")]
#[case("µ (µµ) no ’s 👨‍👩‍👧\r\n")]
#[case("\u{feff}no\u{a0}evidence\u{2028}of ")]
fn long_texts_of_the_same(#[case] piece: &str) {
    let (note, layout, mentions) = note(&piece.repeat(300_000 / piece.len()));
    let assertions = Context::embedded().assert(&note, &layout, &mentions);
    assert_eq!(assertions.len(), mentions.len());
    let expansions = Abbreviations::embedded().expand(&note, &layout, &mentions);
    assert!(expansions.windows(2).all(|pair| pair[0].short.end() <= pair[1].short.start()), "order");
    assert!(expansions.iter().all(|expansion| !note[expansion.short].is_empty()));
}

#[rstest]
#[case("")]
#[case("no")]
#[case("no ")]
#[case("(-)")]
#[case("?")]
#[case("in 2014")]
#[case("’ (’)")]
#[case("é no é")]
#[case("[ ] é(É) ?’ vs. ’no’ w/o")]
fn short_texts(#[case] text: &str) {
    let (note, layout, mentions) = note(text);
    assert_eq!(Context::embedded().assert(&note, &layout, &mentions).len(), mentions.len());
    Abbreviations::embedded().expand(&note, &layout, &mentions);
}

fn mention_of(note: &Note, words: &str) -> Mention {
    let start = note.text().find(words).unwrap();
    let span = note.span(start..start + words.len()).unwrap();
    Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Given }
}

#[test]
fn a_cue_is_kept_with_its_span_and_rule() {
    let (note, layout, _) = note("There is no\n  evidence of stroke.");
    let assertion = Context::embedded().assert(&note, &layout, &[mention_of(&note, "stroke")]).remove(0);
    assert_eq!(assertion.polarity, Polarity::Negated);
    assert_eq!(assertion.cues.len(), 1);
    assert_eq!(&note[assertion.cues[0].span], "no\n  evidence of");
    assert_eq!(assertion.cues[0].rule, "neg.no_evidence");
}

#[test]
fn a_section_is_a_cue_of_its_own_at_its_header() {
    let (note, layout, _) = note("Family History: gout");
    let assertion = Context::embedded().assert(&note, &layout, &[mention_of(&note, "gout")]).remove(0);
    assert_eq!(assertion.experiencer, Experiencer::Family);
    assert_eq!(&note[assertion.cues[0].span], "Family History");
    assert_eq!(assertion.cues[0].rule, "section:family_history");
}

#[test]
fn the_note_s_own_definition_wins_over_the_lexicon() {
    let (note, layout, _) = note("Marked splenomegaly (MS) was seen. MS is new. PMH: MS");
    let mentions = [mention_of(&note, "MS is")];
    let expansions = Abbreviations::embedded().expand(&note, &layout, &mentions);
    let longs: Vec<&str> = expansions.iter().map(|expansion| expansion.long.as_str()).collect();
    assert_eq!(longs, ["Marked splenomegaly"; 3]);
}

#[test]
fn a_missing_file_is_named() {
    let error = Context::from_tsv(Path::new("no/such.tsv")).unwrap_err().to_string();
    assert!(error.starts_with("no/such.tsv: "), "{error}");
    let error = Abbreviations::from_tsv(Path::new("no/such.tsv")).unwrap_err().to_string();
    assert!(error.starts_with("no/such.tsv: "), "{error}");
}
