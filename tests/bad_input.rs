//! Bad input: one clear message or an error record, the right exit status, and nothing else is lost.

mod common;

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use common::Home;
use rstest::rstest;
use serde_json::{Value, json};

const GOOD: &str = r#"{"id": "good", "text": "He has pneumonia."}"#;

/// Ids, errors and numbers of mentions of what `annotate` wrote.
fn summary(records: &[Value]) -> Vec<(Value, Option<&str>, usize)> {
    records
        .iter()
        .map(|r| (r["note"].clone(), r["error"].as_str(), r["mentions"].as_array().map_or(0, Vec::len)))
        .collect()
}

fn annotate(home: &Home, notes: &[&str]) -> common::Run {
    let mut arguments = vec!["annotate", "--pipeline", "dictionary"];
    arguments.extend(notes);
    home.clinlink(&arguments)
}

#[rstest]
#[case::missing_file(&["annotate", "--pipeline", "dictionary", "nowhere.txt"], "nowhere.txt")]
#[case::folder_without_notes(&["code", "--pipeline", "dictionary", "vocab"], "vocab")]
#[case::unknown_pipeline(&["code", "--pipeline", "other", "note.txt"], "other/pipeline.toml")]
#[case::unknown_pack(&["code", "--pipeline", "dictionary", "--pack", "other", "note.txt"], "other")]
#[case::no_training_configuration(&["train", "ner", "nowhere.toml"], "nowhere.toml")]
#[case::no_predictions(&["eval", "codes", "gold.jsonl", "nowhere.jsonl"], "nowhere.jsonl")]
#[case::no_gold(&["eval", "codes", "nowhere.jsonl", "note.txt"], "nowhere.jsonl")]
fn what_cannot_run_says_so_in_one_line_and_exits_with_2(#[case] arguments: &[&str], #[case] named: &str) {
    let home = Home::new();
    home.write("note.txt", "fever");
    home.write("gold.jsonl", r#"{"id": "note", "codes": ["R50.9"]}"#);
    let run = home.clinlink(arguments);
    assert_eq!((run.status(), run.stdout()), (2, ""), "{}", run.stderr());
    assert_eq!(run.stderr().lines().count(), 1, "{}", run.stderr());
    assert!(run.stderr().starts_with("clinlink: ") && run.stderr().contains(named), "{}", run.stderr());
    assert!(run.stderr().matches("No such file").count() < 2, "{}", run.stderr());
}

#[rstest]
#[case::broken_json(b"{\"id\": \"x\", \"text\": \"secret", "broken JSON")]
#[case::not_utf8(b"{\"id\": \"x\", \"text\": \"secret \xff\"}", "not UTF-8: byte 28")]
#[case::no_text(b"{\"id\": \"x\"}", "\"text\" is missing")]
#[case::text_is_a_number(b"{\"id\": \"x\", \"text\": 7}", "\"text\" must be")]
#[case::same_id_twice(b"{\"id\": \"good\", \"text\": \"secret\"}", "same id")]
fn a_bad_line_becomes_an_error_record_and_the_rest_goes_on(#[case] line: &[u8], #[case] cause: &str) {
    let home = Home::new();
    let last = br#"{"id": "last", "text": "Fever and hypertension."}"#;
    home.write("notes.jsonl", [GOOD.as_bytes(), b"\n", line, b"\n", last].concat());
    let run = annotate(&home, &["notes.jsonl"]);
    assert_eq!(run.status(), 1, "{}", run.stderr());
    let records = run.records();
    let [(good, None, 1), (_, Some(error), 0), (last, None, 2)] = &summary(&records)[..] else {
        panic!("{records:#?}");
    };
    assert_eq!((good, last), (&json!("good"), &json!("last")));
    assert!(error.contains(cause), "{error}");
    assert_eq!((&records[1]["file"], &records[1]["line"]), (&json!("notes.jsonl"), &json!(2)));
    assert!(run.stderr().contains("notes.jsonl:2"), "{}", run.stderr());
    assert!(!run.stderr().contains("secret") && !run.stdout().contains("secret"));
}

#[test]
fn a_text_file_that_is_not_utf8_is_reported_and_the_rest_of_the_folder_is_coded() {
    let home = Home::new();
    home.write("stay/1.txt", b"secret \xe9t\xe9");
    home.write("stay/2.txt", "Admitted with pneumonia.");
    let run = home.clinlink(&["code", "--pipeline", "dictionary", "--format", "jsonl", "stay"]);
    assert_eq!(run.status(), 1, "{}", run.stderr());
    let records = run.records();
    assert_eq!(records.len(), 2, "{records:#?}");
    assert_eq!(records[0]["note"], "stay/1");
    assert!(records[0]["error"].as_str().unwrap().contains("byte 7"));
    assert_eq!(records[1]["codes"][0]["code"], "J18.9");
    assert!(!run.stderr().contains("secret"));
}

#[test]
fn an_empty_note_has_no_mentions_and_is_no_failure() {
    let home = Home::new();
    home.write("empty.txt", "");
    let run = annotate(&home, &["empty.txt"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert_eq!(summary(&run.records()), [(json!("empty"), None, 0)]);
}

#[test]
fn a_note_of_five_megabytes_is_annotated_to_its_end() {
    let home = Home::new();
    let line = "The patient is well and walks about the ward without any help.\n";
    let text = line.repeat(5_000_000 / line.len()) + "Pneumonia.";
    home.write("long.txt", &text);
    let run = annotate(&home, &["long.txt"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let records = run.records();
    let mention = &records[0]["mentions"].as_array().unwrap().last().unwrap();
    assert_eq!(mention["text"], "Pneumonia");
    assert_eq!(mention["end"], text.len() - 1);
}

#[test]
fn a_pack_of_another_version_is_refused_with_what_to_do() {
    let home = Home::new();
    home.write("note.txt", "fever");
    let path = home.pack().join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    manifest["format"] = json!(999);
    std::fs::write(&path, manifest.to_string()).unwrap();
    let run = annotate(&home, &["note.txt"]);
    assert_eq!((run.status(), run.stdout()), (2, ""));
    assert!(
        run.stderr().contains("999") && run.stderr().contains("clinlink vocab build"),
        "{}",
        run.stderr()
    );
}

#[test]
fn a_truncated_model_is_refused_by_name() {
    let home = Home::new();
    home.write("note.txt", "fever");
    let model = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/default/model");
    for file in ["config.json", "tokenizer.json"] {
        home.write(&format!("pipelines/cut/model/{file}"), std::fs::read(model.join(file)).unwrap());
    }
    let weights = std::fs::read(model.join("model.safetensors")).unwrap();
    home.write("pipelines/cut/model/model.safetensors", &weights[..weights.len() / 2]);
    home.write("pipelines/cut/pipeline.toml", "[tag]\nuse = \"model\"\n");
    let run = home.clinlink(&["annotate", "--pipeline", "cut", "note.txt"]);
    assert_eq!((run.status(), run.stdout()), (2, ""));
    assert!(run.stderr().contains("model.safetensors"), "{}", run.stderr());
}

#[test]
fn a_setting_that_does_not_exist_is_refused_with_its_place() {
    let home = Home::new();
    home.write("note.txt", "fever");
    home.write("pipelines/typo/pipeline.toml", "[tag]\nuse = \"dictionary\"\n[segment]\nuse = \"rulez\"\n");
    let run = home.clinlink(&["annotate", "--pipeline", "typo", "note.txt"]);
    assert_eq!(run.status(), 2);
    assert!(
        run.stderr().contains("typo/pipeline.toml")
            && run.stderr().contains("line 4")
            && run.stderr().contains("rulez"),
        "{}",
        run.stderr()
    );
}

#[rstest]
#[case::too_long("90-95", "bytes 90..95 are not within the text of 17 bytes")]
#[case::backwards("9-3", "bytes 9..3 are not within the text of 17 bytes")]
#[case::no_such_note("x", "bad:x: not a place")]
fn a_place_that_is_none_is_told_once_with_its_file(#[case] span: &str, #[case] cause: &str) {
    let home = Home::new();
    home.write("notes.jsonl", GOOD);
    home.write("others.jsonl", GOOD.replace("good", "other"));
    let id = if span == "x" { "bad" } else { "good" };
    let at = format!("{id}:{span}");
    let run =
        home.clinlink(&["explain", "--pipeline", "dictionary", "--at", &at, "others.jsonl", "notes.jsonl"]);
    assert_eq!(run.status(), 2);
    assert_eq!(run.stderr().matches(cause).count(), 1, "{}", run.stderr());
    assert!(
        span == "x" || run.stderr().starts_with("clinlink: notes.jsonl: note good: "),
        "{}",
        run.stderr()
    );
}

#[test]
fn a_page_that_cannot_be_finished_leaves_nothing() {
    let home = Home::new();
    home.write("notes.jsonl", format!("{GOOD}\n{}\n", GOOD.replace("good", "other")));
    let run = home.clinlink(&[
        "code",
        "--pipeline",
        "dictionary",
        "--format",
        "html",
        "-o",
        "page.html",
        "notes.jsonl",
    ]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("more than one episode"), "{}", run.stderr());
    assert!(!home.path("page.html").exists() && !home.path("page.html.part").exists());
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_becomes_an_error_record_and_the_rest_of_the_folder_is_coded() {
    let home = Home::new();
    home.write("stay/1.txt", "Admitted with pneumonia.");
    std::os::unix::fs::symlink(home.path("gone.txt"), home.path("stay/2.txt")).unwrap();
    let run = home.clinlink(&["code", "--pipeline", "dictionary", "--format", "jsonl", "stay"]);
    assert_eq!(run.status(), 1, "{}", run.stderr());
    let records = run.records();
    let failed = records.iter().find(|record| record["error"].is_string()).unwrap();
    assert_eq!((&failed["note"], &failed["file"]), (&Value::Null, &json!("stay/2.txt")));
    let coded = records.iter().find(|record| record["codes"].is_array()).unwrap();
    assert_eq!(coded["codes"][0]["code"], "J18.9");
    assert!(run.stderr().contains("stay/2.txt: cannot be read"), "{}", run.stderr());
}

#[test]
fn a_run_that_is_interrupted_leaves_nothing() {
    let home = Home::new();
    let arguments = ["annotate", "--pipeline", "dictionary", "-o", "out.jsonl", "-"];
    let mut run = home.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
    let part = home.path("out.jsonl.part");
    let begun = Instant::now();
    while !part.exists() && begun.elapsed() < Duration::from_secs(50) {
        sleep(Duration::from_millis(20));
    }
    assert!(part.exists());
    // It may have made the file and not yet noted so.
    sleep(Duration::from_millis(200));
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert!(!part.exists() && !home.path("out.jsonl").exists());
}
