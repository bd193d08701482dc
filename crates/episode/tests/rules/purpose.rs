//! What a code set is for.

use std::sync::Arc;

use clinlink_episode::{CoderConfig, RuleCoder};
use clinlink_model::{CodeEntry, Label, Purpose, SectionKind, Status, System};
use clinlink_vocab::{Pack, PackBuilder};

use crate::support::{code_by, note, pack, plain};

/// Diabetes with nephropathy, pneumonia, an ulcer that needs more detail, a cough that belongs to the pneumonia.
fn made_for(purpose: Purpose) -> Vec<CodeEntry> {
    let said = [
        plain("nephropathy", "E11.21"),
        plain("diabetes", "E11"),
        plain("pneumonia", "J18.9"),
        plain("ulcer", "L89"),
        plain("cough", "R05"),
    ];
    let text = "nephropathy\ndiabetes\npneumonia\nulcer\ncough";
    let config = CoderConfig { purpose: Some(purpose), ..CoderConfig::default() };
    let coder = RuleCoder::new(pack(), config);
    code_by(&coder, vec![note("n", SectionKind::Unknown, text, &said)])
}

fn names(codes: &[CodeEntry]) -> Vec<&str> {
    codes.iter().map(|entry| entry.code.as_str()).collect()
}

#[test]
fn a_claim_has_the_codes_that_may_be_reported_in_their_order() {
    let codes = made_for(Purpose::Billing);
    assert_eq!(names(&codes), ["E11.21", "J18.9"]);
    let places: Vec<Option<usize>> = codes.iter().map(|entry| entry.report.sequence).collect();
    assert_eq!(places, [Some(1), Some(2)]);
}

#[test]
fn a_claim_has_no_concepts_of_an_ontology() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack");
    let mut builder = PackBuilder::new();
    builder.concept(&System::HPO, "HP:0001250", "Seizure", Label::Disease);
    builder.write(&path).unwrap();
    let pack = Arc::new(Pack::open(&path).unwrap());
    let coded = |purpose| {
        let config = CoderConfig { system: System::HPO, purpose, ..CoderConfig::default() };
        let mut note = note("n", SectionKind::Unknown, "seizure", &[plain("seizure", "HP:0001250")]);
        note.mentions[0].links[0].system = System::HPO;
        code_by(&RuleCoder::new(Arc::clone(&pack), config), vec![note])
    };
    assert_eq!(names(&coded(None)), ["HP:0001250"]);
    assert_eq!(names(&coded(Some(Purpose::Billing))), [""; 0]);
}

#[test]
fn a_statistic_has_each_category_once() {
    let codes = made_for(Purpose::Statistics);
    assert_eq!(names(&codes)[..2], ["E11", "J18"]);
    assert_eq!(codes[0].title, "Type 2 diabetes mellitus");
    let mut categories = names(&codes);
    categories.sort_unstable();
    assert_eq!(categories, ["E11", "J18", "L89", "R05"]);
}

#[test]
fn a_study_has_every_code_with_what_stands_above_it() {
    let codes = made_for(Purpose::Research);
    let nephropathy = codes.iter().find(|entry| entry.code == "E11.21").unwrap();
    assert_eq!(nephropathy.report.levels, ["E11", "E11.2"]);
    assert!(codes.iter().any(|entry| entry.status == Status::Rejected));
}
