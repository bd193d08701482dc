//! What is written short, and what is said behind a comma: which terms are found there, with which links.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::sync::Arc;

use clinlink_link::{Dictionary, LinkerConfig, PackLinker};
use clinlink_model::{Label, Linker, Mention, MentionSource, Note, System};
use clinlink_vocab::{Pack, PackBuilder, TermKind};
use proptest::test_runner::{Config, TestRunner};
use proptest::{collection, prop_assert, sample};
use rstest::{fixture, rstest};
use support::layout;

/// Codes with their titles, each with a term that clinicians write.
const CODES: [(&str, &str, &str); 39] = [
    ("A53.9", "Syphilis, unspecified", "lues"),
    ("C61", "Malignant neoplasm of prostate", "prostate cancer"),
    ("C80.1", "Malignant (primary) neoplasm, unspecified", "cancer"),
    (
        "E10.10",
        "Type 1 diabetes mellitus with ketoacidosis without coma",
        "type 1 diabetes mellitus with ketoacidosis",
    ),
    ("E10.9", "Type 1 diabetes mellitus without complications", "diabetes mellitus type 1"),
    ("E11", "Type 2 diabetes mellitus", ""),
    ("E11.22", "Type 2 diabetes mellitus with diabetic chronic kidney disease", ""),
    ("E11.9", "Type 2 diabetes mellitus without complications", "diabetes mellitus"),
    ("F32.9", "Major depressive disorder, single episode, unspecified", "major depressive disorder"),
    ("F33.2", "Major depressive disorder, recurrent severe without psychotic features", ""),
    ("G44", "Headache, unspecified", "headache"),
    ("G44.1", "Acute headache", "headache acute"),
    ("G44.83", "Primary cough headache", "cough headache"),
    ("I10", "Essential (primary) hypertension", "hypertension"),
    ("I12.9", "Hypertensive chronic kidney disease", "hypertension chronic kidney disease"),
    ("I48.21", "Permanent atrial fibrillation", ""),
    ("I48.91", "Unspecified atrial fibrillation", "atrial fibrillation"),
    ("I50.20", "Unspecified systolic heart failure", "systolic heart failure"),
    ("I50.23", "Acute on chronic systolic heart failure", ""),
    ("I50.9", "Heart failure, unspecified", "congestive heart failure"),
    ("J44.9", "Chronic obstructive pulmonary disease, unspecified", "chronic obstructive pulmonary disease"),
    ("J45.20", "Mild intermittent asthma, uncomplicated", "mild intermittent asthma"),
    ("J45.21", "Mild intermittent asthma with acute exacerbation", ""),
    ("J96.0", "Acute respiratory failure", "acute respiratory failure"),
    ("K80.20", "Calculus of gallbladder without cholecystitis", "gallbladder calculus"),
    ("L03.116", "Cellulitis of left lower limb", "left lower extremity cellulitis"),
    ("L03.90", "Cellulitis, unspecified", "cellulitis"),
    ("L89", "Pressure ulcer", ""),
    ("L89.153", "Pressure ulcer of sacral region, stage 3", "stage 3 pressure ulcer"),
    ("L89.159", "Pressure ulcer of sacral region, unspecified stage", "sacral pressure ulcer"),
    ("M79.89", "Other specified soft tissue disorders", "upper extremity swelling"),
    ("M25.56", "Pain in knee", "pain knee"),
    ("N18.31", "Chronic kidney disease, stage 3a", ""),
    ("N18.32", "Chronic kidney disease, stage 3b", ""),
    ("N18.9", "Chronic kidney disease, unspecified", "chronic kidney disease"),
    ("N28.9", "Chronic renal failure", "acute on chronic renal failure"),
    ("S02.2", "Fracture of nasal bones", "bone nasal"),
    ("R05.3", "Chronic cough", "cough chronic"),
    ("R05.9", "Cough, unspecified", "cough"),
];

#[fixture]
#[once]
fn pack() -> Arc<Pack> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    for (code, title, term) in CODES {
        builder.concept(&System::ICD10CM, code, title, Label::Disease);
        if !term.is_empty() {
            builder.term(term, TermKind::Synonym);
        }
    }
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    // The full-text index is opened at its first use, which must be before the folder goes.
    pack.search("cough", None, 1).unwrap();
    Arc::new(pack)
}

fn found(pack: &Arc<Pack>, text: &str) -> Vec<String> {
    let note = Note::new("n", text).unwrap();
    let mentions = Dictionary::new(Arc::clone(pack)).mentions(&note, &layout(&note));
    mentions.iter().map(|mention| note[mention.span].to_owned()).collect()
}

#[rstest]
#[case::less_than_the_phrase("Acute on chronic systolic CHF", &["CHF"])]
#[case::at_its_end("acute on chronic systolic HF today", &["acute on chronic systolic HF"])]
#[case::a_word_cut_short("with acute resp failure", &["acute resp failure"])]
#[case::a_word_cut_short_of_several_senses("prostate ca", &["prostate ca"])]
#[case::in_lower_case("hx copd, chf", &["copd", "chf"])]
#[case::a_place("LLE cellulitis", &["LLE cellulitis"])]
#[case::a_place_without_its_side("LUE swelling", &["LUE swelling"])]
#[case::a_long_term("T2DM with diabetic CKD", &["T2DM with diabetic CKD"])]
#[case::what_goes_on_behind_it("T2DM with diabetic CKD stage 3b", &["T2DM", "CKD stage 3b"])]
#[case::with("Mild intermittent asthma w/ acute exacerbation", &["Mild intermittent asthma w/ acute exacerbation"])]
fn what_is_written_short_is_read(pack: &Arc<Pack>, #[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(found(pack, text), expected);
}

#[rstest]
#[case::an_abbreviation_as_another_word("pulses in the LUE")]
#[case::the_same_in_lower_case("pulses in the lue")]
#[case::a_word_cut_short_alone("resp 18, ca 9.1, low ca")]
#[case::ordinary_words("her hearing aids, tips and a heating pad")]
fn is_not_read(pack: &Arc<Pack>, #[case] text: &str) {
    assert_eq!(found(pack, text), Vec::<String>::new());
}

#[rstest]
#[case("CKD, stage 3a", &["CKD, stage 3a"])]
#[case("CKD, stage 3a on dialysis", &["CKD, stage 3a"])]
#[case("Atrial fibrillation, permanent.", &["Atrial fibrillation, permanent"])]
#[case("Atrial fibrillation permanent", &["Atrial fibrillation permanent"])]
#[case("Systolic HF, acute on chronic", &["Systolic HF, acute on chronic"])]
#[case("MDD, recurrent, severe.", &["MDD, recurrent, severe"])]
#[case("Diabetes mellitus, type 1, with ketoacidosis", &["Diabetes mellitus, type 1, with ketoacidosis"])]
#[case::what_sort_of_it("Cough, chronic", &["Cough, chronic"])]
#[case::of_the_next_thing("Cough, chronic kidney disease", &["Cough", "chronic kidney disease"])]
#[case::of_the_next_thing("headache, acute on chronic renal failure", &["headache", "acute on chronic renal failure"])]
#[case::where_it_is("Pain, left knee", &["Pain, left knee"])]
#[case::of_another_thing("cough, severe headache", &["cough", "headache"])]
#[case::a_term_of_two_things("hypertension, chronic kidney disease", &["hypertension", "chronic kidney disease"])]
#[case::of_an_unknown_thing("Atrial fibrillation, permanent pacemaker", &["Atrial fibrillation"])]
#[case::a_list("cough, headache", &["cough", "headache"])]
#[case::in_brackets("CKD (stage 3a)", &["CKD (stage 3a)"])]
#[case::in_brackets_with_more("CKD (stage 3a, on dialysis)", &["CKD (stage 3a"])]
#[case::in_brackets_behind("Systolic HF (acute on chronic), cough", &["Systolic HF (acute on chronic)", "cough"])]
#[case::another_thing_in_brackets("hypertension (chronic kidney disease)", &["hypertension", "chronic kidney disease"])]
#[case::another_mark("CKD; stage 3a", &["CKD"])]
#[case::what_no_term_says("cough, severe", &["cough"])]
fn what_is_said_behind_a_comma(pack: &Arc<Pack>, #[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(found(pack, text), expected);
}

#[rstest]
#[case::a_place("Pressure ulcer of the sacrum", &["Pressure ulcer of the sacrum"])]
#[case::with_its_stage("Pressure ulcer of sacrum, stage 3", &["Pressure ulcer of sacrum, stage 3"])]
#[case::with_its_stage_in_brackets("Pressure ulcer of sacrum (stage 3)", &["Pressure ulcer of sacrum (stage 3)"])]
#[case::with_something_else("Pressure ulcer of the sacrum with drainage", &["Pressure ulcer of the sacrum"])]
#[case::no_place_of_it("Pressure ulcer of the patient", &["Pressure ulcer"])]
#[case::another_phrase("Pressure ulcer. Of the sacrum", &["Pressure ulcer"])]
#[case::what_a_part_has("Gallbladder with multiple stones", &["Gallbladder with multiple stones"])]
#[case::what_it_has_not("Gallbladder with no stones", &[])]
#[case::another_part("bone with the nasal septum", &[])]
#[case::no_part("Cough with headache", &["Cough", "headache"])]
fn what_is_said_of_a_place(pack: &Arc<Pack>, #[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(found(pack, text), expected);
}

/// What terms, places and qualifiers are made of, in any order.
#[rstest]
fn any_row_of_words_is_read(pack: &Arc<Pack>) {
    let words = sample::select(
        &[
            "Pressure ulcer",
            "sacrum",
            "gallbladder",
            "CKD",
            "of",
            "with",
            ",",
            "(",
            ")",
            "stage 3",
            "acute",
            "on",
        ][..],
    );
    let dictionary = Dictionary::new(Arc::clone(pack));
    let mut runner = TestRunner::new(Config::with_cases(10_000));
    let read = runner.run(&collection::vec(words, 1..12), |row| {
        let note = Note::new("n", row.join(" ")).unwrap();
        let found = dictionary.mentions(&note, &layout(&note));
        prop_assert!(found.iter().all(|mention| !note[mention.span].trim().is_empty()), "{}", note.text());
        Ok(())
    });
    read.unwrap();
}

#[rstest]
#[case("chronic kidney disease (stage 3a)", "N18.31")]
#[case("Gallbladder with multiple stones", "K80.20")]
#[case("Mild intermittent asthma w/ acute exacerbation", "J45.21")]
#[case("acute resp failure", "J96.0")]
#[case("prostate ca", "C61")]
#[case("copd", "J44.9")]
#[case("Atrial fibrillation, permanent", "I48.21")]
fn its_link_is_that_of_the_words_written_out(pack: &Arc<Pack>, #[case] text: &str, #[case] code: &str) {
    assert_eq!(linked(pack, text).first().map(String::as_str), Some(code));
}

#[rstest]
#[case::an_abbreviation_as_another_word("lue")]
#[case::calcium("low ca")]
fn has_no_link(pack: &Arc<Pack>, #[case] text: &str) {
    assert_eq!(linked(pack, text), Vec::<String>::new());
}

/// The codes of the note as one mention, without the note's own abbreviations.
fn linked(pack: &Arc<Pack>, text: &str) -> Vec<String> {
    let note = Note::new("n", text).unwrap();
    let mention = Mention { span: note.whole(), label: Label::Disease, score: 1.0, by: MentionSource::Given };
    let linker = PackLinker::new(Arc::clone(pack), LinkerConfig::default());
    let links = linker.link(&note, &layout(&note), &[mention], &[]).remove(0);
    links.into_iter().map(|link| link.code).collect()
}
