//! Procedures: a row of a table is completed from the text, or says what the text leaves open.

use std::sync::Arc;

use clinlink_episode::{CoderConfig, Family, RuleCoder, rules};
use clinlink_model::{CodeEntry, Label, SectionKind, Status, System};
use clinlink_vocab::{Pack, PackBuilder};
use rstest::rstest;

use crate::support::{code_by, note, plain};

const CODES: &[(&str, &str)] = &[
    ("0DTJ", "Resection of Appendix"),
    ("0DTJ0ZZ", "Resection of Appendix, Open Approach"),
    ("0DTJ4ZZ", "Resection of Appendix, Percutaneous Endoscopic Approach"),
    ("0DTJ8ZZ", "Resection of Appendix, Via Natural or Artificial Opening Endoscopic"),
    ("0DB6", "Excision of Stomach"),
    ("0DB60ZX", "Excision of Stomach, Open Approach, Diagnostic"),
    ("0DB60ZZ", "Excision of Stomach, Open Approach"),
    ("0DB60Z3", "Excision of Stomach, Open Approach, Vertical"),
    ("0DB68ZX", "Excision of Stomach, Via Natural or Artificial Opening Endoscopic, Diagnostic"),
    ("0DB68ZZ", "Excision of Stomach, Via Natural or Artificial Opening Endoscopic"),
    ("0F90", "Drainage of Liver"),
    ("0F9030Z", "Drainage of Liver with Drainage Device, Percutaneous Approach"),
    ("0F903ZZ", "Drainage of Liver, Percutaneous Approach"),
    ("0SRC", "Replacement of Right Knee Joint"),
    ("0SRC0J9", "Replacement of Right Knee Joint with Synthetic Substitute, Cemented, Open Approach"),
    ("0SRC0JA", "Replacement of Right Knee Joint with Synthetic Substitute, Uncemented, Open Approach"),
    ("BW40", "Ultrasonography of Abdomen"),
    ("BW40ZZZ", "Ultrasonography of Abdomen"),
    ("BW20", "Computerized Tomography (CT Scan) of Abdomen"),
    ("BW200ZZ", "Computerized Tomography (CT Scan) of Abdomen using High Osmolar Contrast"),
    ("BW20ZZZ", "Computerized Tomography (CT Scan) of Abdomen"),
];

fn coder() -> RuleCoder {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    for (code, title) in CODES {
        builder.concept(&System::ICD10PCS, code, title, Label::Procedure).billable(code.len() == 7);
        if code.len() == 7 {
            builder.parent(&code[..4]);
        }
    }
    builder.write(&path).unwrap();
    let config = CoderConfig {
        system: System::ICD10PCS,
        rules: std::collections::BTreeSet::<Family>::new(),
        categories: true,
        ..CoderConfig::default()
    };
    RuleCoder::new(Arc::new(Pack::open(&path).unwrap()), config)
}

/// A sentence in which words are linked to a row.
pub fn told(text: &'static str, words: &'static str, row: &'static str) -> Vec<CodeEntry> {
    let mut note = note("n", SectionKind::Unknown, text, &[plain(words, row)]);
    note.mentions[0].links[0].system = System::ICD10PCS;
    code_by(&coder(), vec![note])
}

#[rstest]
#[case::by_the_mention("laparoscopic appendectomy", "laparoscopic appendectomy", "0DTJ", "0DTJ4ZZ")]
#[case::by_the_sentence("appendectomy by midline incision", "appendectomy", "0DTJ", "0DTJ0ZZ")]
#[case::the_mention_first("open appendectomy after laparoscopy", "open appendectomy", "0DTJ", "0DTJ0ZZ")]
#[case::a_biopsy("endoscopic gastric biopsy", "gastric biopsy", "0DB6", "0DB68ZX")]
#[case::no_biopsy("open partial gastrectomy", "partial gastrectomy", "0DB6", "0DB60ZZ")]
#[case::another_name("open sleeve gastrectomy", "sleeve gastrectomy", "0DB6", "0DB60Z3")]
#[case::no_device("percutaneous aspiration of liver abscess", "aspiration", "0F90", "0F903ZZ")]
#[case::a_device("drainage of liver abscess, pigtail left", "drainage", "0F90", "0F9030Z")]
#[case::in_the_titles_words("cemented knee replacement", "knee replacement", "0SRC", "0SRC0J9")]
#[case::only_one("ultrasound", "ultrasound", "BW40", "BW40ZZZ")]
#[case::no_contrast("CT without contrast", "CT", "BW20", "BW20ZZZ")]
fn the_text_completes_a_row(
    #[case] text: &'static str,
    #[case] words: &'static str,
    #[case] row: &'static str,
    #[case] expected: &str,
) {
    let entry = told(text, words, row).remove(0);
    assert_eq!((entry.code.as_str(), entry.status), (expected, Status::Accepted), "{}", entry.reason);
    assert!(entry.rules.contains(&rules::PROCEDURE_DETAIL.to_owned()));
}

#[rstest]
#[case::no_approach("appendectomy", "appendectomy", "0DTJ", "character 5 (approach)")]
#[case::no_approach_that_there_is(
    "percutaneous appendectomy",
    "appendectomy",
    "0DTJ",
    "character 5 (approach)"
)]
#[case::which_substitute("right knee replacement", "knee replacement", "0SRC", "character 7 (qualifier)")]
#[case::which_contrast("CT with contrast", "CT", "BW20", "character 5 (contrast)")]
fn what_the_text_leaves_open_is_said(
    #[case] text: &'static str,
    #[case] words: &'static str,
    #[case] row: &'static str,
    #[case] open: &str,
) {
    let entry = told(text, words, row).remove(0);
    assert_eq!(entry.code, row);
    assert_eq!(entry.reason, format!("affirmed; partial: {open}: the text does not say"));
}
