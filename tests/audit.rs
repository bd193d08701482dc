//! `clinlink audit` and `clinlink code --accept`, run as a user runs them.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::Home;
use rstest::{fixture, rstest};
use serde_json::Value;

const NOTES: &str = concat!(
    r#"{"id": "a", "text": "Hypertension. No pneumonia. Fever."}"#,
    "\n",
    r#"{"id": "b", "text": "Hypertension."}"#,
    "\n",
    r#"{"id": "c", "text": "Fever."}"#,
);

#[fixture]
fn home() -> Home {
    let home = Home::new();
    home.write("notes.jsonl", NOTES);
    home
}

fn findings(record: &Value) -> Vec<(&str, &str)> {
    let text = |value: &'_ Value| -> &str { Box::leak(value.as_str().unwrap().to_owned().into_boxed_str()) };
    record["findings"].as_array().unwrap().iter().map(|f| (text(&f["finding"]), text(&f["code"]))).collect()
}

fn audit(home: &Home, codes: &str, format: &str) -> common::Run {
    home.write("given.csv", codes);
    home.clinlink(&[
        "audit",
        "--pipeline",
        "dictionary",
        "--format",
        format,
        "--codes",
        "given.csv",
        "notes.jsonl",
    ])
}

#[rstest]
fn codes_are_compared_with_what_the_notes_support(home: Home) {
    let run = audit(&home, "episode,code\na,J189\na,i10\na,E11.9\na,X99.9\nb,I10\n", "jsonl");
    assert_eq!(run.status(), 1, "{}", run.stderr());
    let records = run.records();
    assert_eq!(records.len(), 2);
    let expected =
        [("missing", "R50.9"), ("unsupported", "E11.9"), ("unsupported", "J18.9"), ("unknown", "X99.9")];
    assert_eq!(findings(&records[0]), expected);
    assert_eq!((&records[0]["given"], &records[0]["supported"]), (&4.into(), &serde_json::json!(["I10"])));
    let denied = &records[0]["findings"][2];
    assert_eq!((&denied["reason"], &denied["notes_say"]["status"]), (&"negated".into(), &"rejected".into()));
    assert_eq!(denied["notes_say"]["evidence"][0]["text"], "pneumonia");
    assert_eq!(records[0]["findings"][1]["notes_say"], Value::Null);
    assert!(findings(&records[1]).is_empty());
    // Episode c has no given codes.
    assert!(run.stderr().contains("1 episodes have no given codes"), "{}", run.stderr());
}

#[rstest]
fn nothing_to_find_is_status_0(home: Home) {
    let run = audit(&home, "episode,code\nb,I10\n", "table");
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert_eq!(run.stdout(), "Episode b: 1 given code, 1 supported; 0 findings\n\n");
}

#[rstest]
fn a_table_shows_the_words(home: Home) {
    let run = audit(&home, "code,episode\nJ18.9,b\nJ18.9,a\n", "table");
    assert_eq!(run.status(), 1);
    for part in
        ["MISSING\nI10 ", "UNSUPPORTED\nJ18.9 ", "why: negated", "“pneumonia”  a", "no words of the notes"]
    {
        assert!(run.stdout().contains(part), "no {part} in {}", run.stdout());
    }
}

#[rstest]
fn codes_without_notes_are_told(home: Home) {
    let run = audit(&home, "episode,code\nz,I10\n", "table");
    assert_eq!(run.status(), 1);
    assert!(run.stderr().contains("episode z: has codes but no notes"), "{}", run.stderr());
}

#[rstest]
#[case::no_column("id,icd\na,I10\n", "no column \"episode\"")]
#[case::empty("episode,code\n", "holds no codes")]
fn a_file_of_codes_that_is_none_is_status_2(home: Home, #[case] codes: &str, #[case] says: &str) {
    let run = audit(&home, codes, "table");
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains(says), "{}", run.stderr());
}

/// Coded notes of a site that codes fever and leaves hypertension out.
fn learn(home: &Home, notes: usize) {
    let lines: Vec<String> = (0..notes)
        .map(|n| {
            let (disease, codes) =
                if n % 2 == 0 { ("Fever", r#"["R50.9"]"#) } else { ("Hypertension", "[]") };
            format!(r#"{{"id": "{n}", "text": "{disease} today.", "codes": {codes}, "evidence": []}}"#)
        })
        .collect();
    home.write("coded.jsonl", lines.join("\n"));
    home.write(
        "site/pipeline.toml",
        "[tag]\nuse = \"dictionary\"\n\n[code]\nuse = \"rules\"\nmodel = \"coder.json\"\n",
    );
    let run = home.clinlink(&["train", "coder", "--pipeline", "site", "coded.jsonl"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
}

#[rstest]
fn a_wanted_precision_accepts_what_reaches_it(home: Home) {
    learn(&home, 60);
    let run = home.clinlink(&[
        "code",
        "--pipeline",
        "site",
        "--format",
        "jsonl",
        "--accept",
        "0.95",
        "notes.jsonl",
    ]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let of = |record: &Value, code: &str| {
        let codes = record["codes"].as_array().unwrap();
        codes.iter().find(|c| c["code"] == code).unwrap()["status"].as_str().unwrap().to_owned()
    };
    let record = &run.records()[0];
    assert_eq!(of(record, "R50.9"), "accepted");
    assert_ne!(of(record, "I10"), "accepted");
    assert_eq!(of(record, "J18.9"), "rejected");
    assert!(!run.stderr().contains("at no probability"), "{}", run.stderr());
}

/// Few notes say nothing of how often the model is right.
#[rstest]
fn a_wanted_precision_that_is_never_reached_is_told_once(home: Home) {
    learn(&home, 8);
    let code = ["code", "--pipeline", "site", "--format", "jsonl", "notes.jsonl"];
    let run = home.clinlink(&[&code[..], &["--accept", "0.95"]].concat());
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert_eq!(run.stderr().matches("a precision of 0.95 is reached at no probability").count(), 1);
    let accepted =
        |record: &Value| record["codes"].as_array().unwrap().iter().any(|code| code["status"] == "accepted");
    assert!(!run.records().iter().any(accepted));
    assert!(!home.clinlink(&code).stderr().contains("at no probability"));
}

#[rstest]
#[case::no_model(&["--pipeline", "dictionary", "--accept", "0.9"], "--accept needs a pipeline whose [code] names a model")]
#[case::not_a_share(&["--accept", "95"], "not above 0 and at most 1")]
fn a_precision_that_nothing_can_promise_is_status_2(
    home: Home,
    #[case] options: &[&str],
    #[case] says: &str,
) {
    let run = home.clinlink(&[&["code"], options, &["notes.jsonl"]].concat());
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains(says), "{}", run.stderr());
}
