//! The JSON lines that others build on, from the program itself. `crates/io/SCHEMA.md` describes them.

mod common;

use std::process::Stdio;

use common::Home;
use rstest::rstest;
use serde_json::{Value, json};

/// A text on which byte, character and UTF-16 offsets all differ.
const NOTE: &str = "\u{feff}PMH: Hypertension 😖.\r\nDenies fever. Pneumonia (5 µg/ml).\r\n";

fn record(id: &str, text: &str, more: &Value) -> String {
    let mut record = json!({"id": id, "text": text});
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    format!("{record}\n")
}

fn annotate(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let run = home.clinlink(&[&["annotate", "--pipeline", "dictionary"], arguments].concat());
    assert_eq!(run.status(), 0, "{}", run.stderr());
    run.records()
}

#[test]
fn every_span_slices_the_note_in_bytes_and_in_characters() {
    let home = Home::new();
    home.write("notes.jsonl", record("n", NOTE, &json!({})));
    let records = annotate(&home, &["notes.jsonl"]);
    assert_eq!(records[0]["schema"], "clinlink/annotate/1");
    let mentions = records[0]["mentions"].as_array().unwrap();
    let texts: Vec<&str> = mentions.iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Hypertension", "fever", "Pneumonia"]);
    for mention in mentions {
        let at = |field: &str| usize::try_from(mention[field].as_u64().unwrap()).unwrap();
        let text = mention["text"].as_str().unwrap();
        assert_eq!(&NOTE[at("start")..at("end")], text);
        let characters: String =
            NOTE.chars().skip(at("start_char")).take(at("end_char") - at("start_char")).collect();
        assert_eq!(characters, text);
    }
    assert_eq!(mentions[1]["assertion"]["polarity"], "negated");
    assert_eq!(mentions[2]["assertion"]["polarity"], "affirmed");
    assert_eq!(mentions[2]["links"][0]["code"], "J18.9");
}

#[test]
fn given_mentions_replace_the_recognisers() {
    let home = Home::new();
    let given = json!({"mentions": [{"start": 17, "end": 22, "label": "disease"}]});
    let text = "He has pneumonia, fever.";
    home.write("notes.jsonl", record("given", text, &given) + &record("none", text, &json!({})));
    let texts = |arguments: &[&str]| -> Vec<Vec<Value>> {
        let mentions =
            |r: &Value| r["mentions"].as_array().unwrap().iter().map(|m| m["text"].clone()).collect();
        annotate(&home, arguments).iter().map(mentions).collect()
    };
    let found = vec![json!("pneumonia"), json!("fever")];
    assert_eq!(texts(&["notes.jsonl"]), [found.clone(), found.clone()]);
    assert_eq!(texts(&["--given", "notes.jsonl"]), [vec![json!(" feve")], found]);
}

#[test]
fn an_episode_is_coded_over_all_its_notes_wherever_they_stand() {
    let home = Home::new();
    let notes = [
        record("1", "Type 2 diabetes mellitus.", &json!({"episode": "a", "date": "2024-01-01"})),
        record("2", "Fever.", &json!({"episode": "b"})),
        record("3", "No pneumonia. Hypertension.", &json!({"episode": "a", "date": "2024-01-02"})),
        record("alone", "Pneumonia.", &json!({})),
    ];
    home.write("notes.jsonl", notes.concat());
    let run = home.clinlink(&["code", "--pipeline", "dictionary", "--format", "jsonl", "notes.jsonl"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let mut records = run.records();
    records.sort_by_key(|r| r["episode"].to_string());
    let codes: Vec<(&str, Vec<(&str, &str)>)> = records
        .iter()
        .map(|r| {
            let mut codes: Vec<_> = (r["codes"].as_array().unwrap().iter())
                .map(|c| (c["code"].as_str().unwrap(), c["status"].as_str().unwrap()))
                .collect();
            codes.sort_unstable();
            (r["episode"].as_str().unwrap(), codes)
        })
        .collect();
    let expected = [
        ("a", vec![("E11.9", "accepted"), ("I10", "accepted"), ("J18.9", "rejected")]),
        ("alone", vec![("J18.9", "accepted")]),
        ("b", vec![("R50.9", "accepted")]),
    ];
    assert_eq!(codes, expected);
    for code in records.iter().flat_map(|r| r["codes"].as_array().unwrap()) {
        assert!(!code["evidence"].as_array().unwrap().is_empty(), "{code}");
        assert!(!code["rules"].as_array().unwrap().is_empty() && code["reason"] != "", "{code}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let home = Home::new();
    let notes: String = (0..200)
        .map(|n| record(&format!("n{n}"), &"No fever. Hypertension, pneumonia.\n".repeat(n % 7), &json!({})))
        .collect();
    home.write("notes.jsonl", notes);
    let one = annotate(&home, &["--threads", "1", "notes.jsonl"]);
    let four = annotate(&home, &["--threads", "4", "notes.jsonl"]);
    assert_eq!(one.len(), 200);
    assert_eq!(one, four);
}

#[test]
fn a_header_names_its_section_and_is_no_mention() {
    let home = Home::with_terms(&[("T78.40", "Allergy, unspecified", "allergies")]);
    home.write("notes.jsonl", record("n", "ALLERGIES: penicillin.\nHPI: He has allergies.\n", &json!({})));
    let records = annotate(&home, &["notes.jsonl"]);
    let mentions = records[0]["mentions"].as_array().unwrap();
    let texts: Vec<&str> = mentions.iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["allergies"]);
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    let home = Home::new();
    let notes: String =
        (0..2000).map(|n| record(&format!("n{n}"), "Fever and pneumonia.", &json!({}))).collect();
    home.write("notes.jsonl", notes);
    let mut child = home
        .command(&["annotate", "--pipeline", "dictionary", "notes.jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[rstest]
#[case::table("table", "J18.9")]
#[case::page("html", "<html")]
fn the_other_formats_go_to_a_file_that_is_complete_or_not_there(#[case] format: &str, #[case] holds: &str) {
    let home = Home::new();
    home.write("note.txt", "Pneumonia.");
    let arguments = ["code", "--pipeline", "dictionary", "--format", format, "-o", "out.html", "note.txt"];
    let run = home.clinlink(&arguments);
    assert_eq!((run.status(), run.stdout()), (0, ""), "{}", run.stderr());
    let written = std::fs::read_to_string(home.path("out.html")).unwrap();
    assert!(written.contains(holds), "{written}");
    assert!(!home.path("out.html.part").exists());
}

#[test]
fn several_pages_need_a_folder() {
    let home = Home::new();
    home.write("one.txt", "Pneumonia.");
    home.write("two.txt", "Fever.");
    let code = ["code", "--pipeline", "dictionary", "--format", "html", "one.txt", "two.txt"];
    let run = home.clinlink(&code);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("-o FOLDER"), "{}", run.stderr());
    let run = home.clinlink(&[&code[..], &["-o", "pages"]].concat());
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert!(home.path("pages/one.html").is_file() && home.path("pages/two.html").is_file());
}

/// As root a file of that name would take the place of `/dev/null`.
#[cfg(unix)]
#[test]
fn a_pipe_is_written_to_and_stays_a_pipe() {
    use std::os::unix::fs::FileTypeExt;
    let home = Home::new();
    home.write("note.txt", "Hypertension.");
    let pipe = home.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    let run = home.clinlink(&["annotate", "--pipeline", "dictionary", "-o", "pipe", "note.txt"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert!(reader.join().unwrap().contains("Hypertension"));
}
