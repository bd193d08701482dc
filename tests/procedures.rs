//! The `[procedures]` of a pipeline, run as a user runs it: diagnoses and procedures in one code set.
#![allow(missing_docs, clippy::unwrap_used)]

#[expect(dead_code, reason = "a home with diagnoses alone is for others")]
mod common;

use common::Home;
use rstest::{fixture, rstest};
use serde_json::Value;

#[fixture]
fn home() -> Home {
    let home = Home::with_procedures(
        &[
            ("K35.80", "Unspecified acute appendicitis", "acute appendicitis"),
            ("I10", "Hypertension", "high blood pressure"),
        ],
        &[
            ("0DTJ", "Resection of Appendix", "appendectomy"),
            ("0DTJ0ZZ", "Resection of Appendix, Open Approach", "open removal of the appendix"),
            (
                "0DTJ4ZZ",
                "Resection of Appendix, Percutaneous Endoscopic Approach",
                "keyhole removal of the appendix",
            ),
        ],
    );
    let both =
        "[tag]\nuse = \"dictionary\"\n\n[procedures]\nuse = \"rules\"\nsystem = \"ICD-10-PCS\"\nrules = []\n";
    home.write("both/pipeline.toml", both);
    home.write("categories/pipeline.toml", format!("{both}categories = true\n"));
    home
}

/// The codes with their systems, statuses and places.
fn coded(home: &Home, pipeline: &str, text: &str, options: &[&str]) -> Vec<(String, String, String, Value)> {
    home.write("note.txt", text);
    let run = home
        .clinlink(&[&["code", "--pipeline", pipeline, "--format", "jsonl"], options, &["note.txt"]].concat());
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let records = run.records();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let codes = records[0]["codes"].as_array().unwrap().iter();
    codes
        .map(|c| (text(&c["system"]), text(&c["code"]), text(&c["status"]), c["principal"].clone()))
        .collect()
}

const NOTE: &str = "Acute appendicitis. Laparoscopic appendectomy was done.";

#[rstest]
fn diagnoses_and_procedures_stand_in_one_code_set(home: Home) {
    let codes = coded(&home, "both", NOTE, &[]);
    let found: Vec<(&str, &str, &str)> = codes
        .iter()
        .map(|(system, code, status, _)| (system.as_str(), code.as_str(), status.as_str()))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&("ICD-10-CM", "K35.80", "accepted")), "{found:?}");
    assert!(found.contains(&("ICD-10-PCS", "0DTJ4ZZ", "accepted")), "{found:?}");
    let principal =
        |code: &str| codes.iter().any(|(_, other, _, principal)| other == code && !principal.is_null());
    assert!(principal("K35.80") && !principal("0DTJ4ZZ"), "a procedure is no principal diagnosis");
}

#[rstest]
fn without_the_slot_there_are_no_procedures(home: Home) {
    let codes = coded(&home, "dictionary", NOTE, &[]);
    assert!(codes.iter().all(|(system, ..)| system == "ICD-10-CM"), "{codes:?}");
}

#[rstest]
#[case::asks("both", "review")]
#[case::takes_it_as_it_is("categories", "accepted")]
fn a_partial_code_is_marked(home: Home, #[case] pipeline: &str, #[case] status: &str) {
    home.write("note.txt", "Appendectomy was done.");
    let run = home.clinlink(&["code", "--pipeline", pipeline, "--format", "jsonl", "note.txt"]);
    let records = run.records();
    let code = &records[0]["codes"][0];
    assert_eq!((&code["code"], &code["status"]), (&"0DTJ".into(), &status.into()));
    let reason = code["reason"].as_str().unwrap();
    assert!(reason.contains("partial: character 5 (approach): the text does not say"), "{reason}");
}

#[rstest]
fn a_bill_has_both_each_in_its_own_order(home: Home) {
    let codes = coded(&home, "both", NOTE, &["--purpose", "billing"]);
    let found: Vec<&str> = codes.iter().map(|(_, code, ..)| code.as_str()).collect();
    assert_eq!(found.len(), 2, "{codes:?}");
    assert!(found.contains(&"K35.80") && found.contains(&"0DTJ4ZZ"), "{found:?}");
}

#[rstest]
fn a_denied_procedure_is_not_coded(home: Home) {
    let codes = coded(&home, "both", "No appendectomy.", &[]);
    assert!(codes.iter().all(|(.., status, _)| status == "rejected"), "{codes:?}");
}
