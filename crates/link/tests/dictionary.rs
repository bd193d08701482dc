//! What the dictionary marks, and what it must not.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use clinlink_link::{Dictionary, Nested};
use clinlink_model::{Label, MentionSource, Note, Tagger};
use rstest::rstest;
use support::{layout, pack};

fn found(text: &str) -> Vec<String> {
    let note = Note::new("n", text).unwrap();
    let mentions = Dictionary::new(pack()).mentions(&note, &layout(&note));
    assert!(mentions.iter().all(|m| m.by == MentionSource::Dictionary && m.score > 0.0 && m.score <= 1.0));
    assert!(mentions.windows(2).all(|pair| pair[0].span.end() <= pair[1].span.start()));
    mentions.iter().map(|mention| note[mention.span].to_owned()).collect()
}

#[rstest]
// The longest term.
#[case("Known type 2 diabetes mellitus since 2009.", &["type 2 diabetes mellitus"])]
// Plural and case.
#[case("PNEUMONIAS", &["PNEUMONIAS"])]
// Fillers inside a term, adjective for noun.
#[case("stenosis of the left ureter", &["stenosis of the left ureter"])]
#[case("Stenosis of the ureteral", &["Stenosis of the ureteral"])]
#[case("pain in his right knee", &["pain in his right knee"])]
// Text that is not ASCII.
#[case("37 °C 😀 pneumonia, µg", &["pneumonia"])]
// A word wrapped at a hyphen or the end of a line within a sentence.
#[case("heart-failure, unspecified", &["heart-failure, unspecified"])]
// Upper case as the vocabulary has it.
#[case("Seen for ANKS today", &["ANKS"])]
// An abbreviation that the pack does not have, of something that it has.
#[case("HTN, CHF", &["HTN", "CHF"])]
#[case("acute gout", &["gout"])]
// Two terms that share their end.
#[case("in liver and kidney failure", &["liver and kidney failure"])]
#[case("gout and kidney failure", &["gout", "kidney failure"])]
#[case("in liver, heart and kidney failure", &["liver, heart and kidney failure"])]
#[case("in liver, heart, and kidney failure", &["liver, heart, and kidney failure"])]
#[case("Hypertension, essential.", &["Hypertension, essential"])]
#[case("Hypertension, essential oils", &["Hypertension"])]
#[case("liver, and kidney failure", &["kidney failure"])]
#[case("Metastasis to liver, lung and bone.", &["Metastasis to liver, lung and bone"])]
#[case("metastases to the liver and gout", &["metastases to the liver", "gout"])]
#[case("metastasis to liver and bone bruise", &["metastasis to liver", "bone bruise"])]
#[case("metastasis to liver, lung", &["metastasis to liver"])]
#[case("Pain in the knee and hip", &["Pain in the knee and hip"])]
#[case("Liver & kidney failure", &["Liver & kidney failure"])]
#[case("Anemia, iron deficiency", &["Anemia, iron deficiency"])]
#[case("carries factor V Leiden", &["factor V Leiden"])]
// Two members of a series, and one.
#[case("Hepatitis A and B were found", &["Hepatitis A and B"])]
#[case("Hepatitis A and gout", &["Hepatitis A", "gout"])]
#[case("hepatitis A, B", &["hepatitis A"])]
// A term that goes on in a longer one.
#[case("Closed fracture of the left distal radius", &["Closed fracture of the left distal radius"])]
#[case("Closed fracture, distal radius", &["Closed fracture"])]
// The disease, and not what is named after it.
#[case("an old stroke with low stroke volume", &["stroke"])]
// What is said of something with a verb.
#[case("His ears were markedly low-set.", &["ears were markedly low-set"])]
#[case("Reflexes are absent and he has gout", &["Reflexes are absent", "gout"])]
// A name that stands for a disease.
#[case("r/o Kawasaki", &["Kawasaki"])]
// An abbreviation of several senses, where the sentence speaks for one.
#[case("RA on methotrexate", &["RA"])]
fn marks(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(found(text), expected);
}

#[rstest]
#[case::short_synonym_in_lower_case("as before; has a cat")]
#[case::upper_case_in_upper_case_text("SEEN AS BEFORE AND DOING WELL")]
#[case::acronym_in_lower_case("she gave consent")]
#[case::two_letters("seen for AS")]
#[case::too_general("no known disease")]
#[case::supplementary_chemical("advance the diet")]
#[case::part_of_a_word("gouty")]
#[case::across_a_full_stop("pain. knee")]
#[case::only_fillers("of the left")]
#[case::an_ordinary_word("a cold compress")]
#[case::something_else("stroke volume")]
#[case::something_else_said_behind("Depression of the ST segment")]
#[case::what_is_denied("The ears are not low-set")]
#[case::what_is_said_of_another_thing("Corneal reflexes are absent")]
#[case::a_doctor("Seen by Dr. Kawasaki")]
#[case::an_abbreviation_of_another_sense("RA with a saturation of 98")]
#[case::nothing("")]
fn does_not_mark(#[case] text: &str) {
    assert_eq!(found(text), Vec::<String>::new());
}

#[test]
fn a_term_does_not_cross_a_comma() {
    assert_eq!(found("asthma, allergic rhinitis"), ["asthma", "allergic rhinitis"]);
}

#[test]
fn labels_come_from_the_concepts() {
    let note = Note::new("n", "aspirin for pneumonia").unwrap();
    let layout = layout(&note);
    let mentions = Dictionary::new(pack()).tag(&[(&note, &layout)]).unwrap().remove(0);
    let labels: Vec<_> = mentions.iter().map(|mention| mention.label).collect();
    assert_eq!(labels, [Label::Chemical, Label::Disease]);
}

#[rstest]
#[case("Known type 2 diabetes mellitus.", &["type 2 diabetes mellitus", "diabetes"])]
#[case("congestive heart failure, gout", &["congestive heart failure", "heart failure", "gout"])]
#[case("CHF and gout", &["CHF", "gout"])]
fn terms_inside_longer_ones_are_marked_if_asked_for(#[case] text: &str, #[case] expected: &[&str]) {
    let note = Note::new("n", text).unwrap();
    let layout = layout(&note);
    let nested = Nested::new(Arc::new(Dictionary::new(pack())), pack());
    let mentions = nested.tag(&[(&note, &layout)]).unwrap().remove(0);
    let words: Vec<&str> = mentions.iter().map(|mention| &note[mention.span]).collect();
    assert_eq!(words, expected);
    for pair in mentions.windows(2) {
        assert_eq!(pair[1].by == MentionSource::Nested, pair[0].span.contains(pair[1].span), "{pair:?}");
    }
}
