//! `clinlink train ranker` and `clinlink explain`, from JSON lines to links and their reasons.

mod common;

use std::fmt::Write as _;

use common::Home;
use rstest::rstest;
use serde_json::json;

/// Twelve notes that call hypertension by a name that no term has.
fn linked_notes() -> String {
    let mut lines = String::new();
    for at in 0..12 {
        let mention = |start: usize, end: usize, id: &str| json!({"start": start, "end": end, "label": "disease", "ids": [id]});
        let mentions = [mention(0, 14, "ICD10CM:I10"), mention(19, 24, "R509")];
        let note = json!({"id": format!("n{at}"), "text": "squeezed pipes and fever", "mentions": mentions});
        writeln!(lines, "{note}").unwrap();
    }
    lines
}

#[test]
fn what_was_linked_is_linked_again_and_explained() {
    let home = Home::new();
    home.write("linked.jsonl", linked_notes());
    home.write(
        "pipelines/own/pipeline.toml",
        "[tag]\nuse = \"dictionary\"\n[link]\nuse = \"pack\"\nmodel = \"linker.json\"\n",
    );
    let train = ["train", "ranker", "--system", "ICD-10-CM", "--pipeline", "own", "linked.jsonl"];
    let run = home.clinlink(&train);
    assert_eq!((run.status(), run.stdout()), (0, ""), "{}", run.stderr());

    let explain = ["explain", "--pipeline", "own", "--given", "--at", "n3:0-14", "linked.jsonl"];
    let run = home.clinlink(&[&explain[..], &["--json"]].concat());
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let explained = &run.records()[0];
    assert_eq!(explained["text"], "squeezed pipes");
    let first = &explained["candidates"][0];
    assert_eq!((first["code"].as_str(), first["via"].as_str()), (Some("I10"), Some("learned")));
    let table = home.clinlink(&explain);
    assert!(
        table.stdout().contains("* ") && table.stdout().contains("words were seen"),
        "{}",
        table.stdout()
    );
}

#[rstest]
#[case::no_place(&["--at", "n3"], "NOTE:START-END")]
#[case::no_such_note(&["--at", "n99:0-1"], "n99")]
#[case::beyond_the_text(&["--at", "n3:0-999"], "n3")]
fn what_cannot_be_explained_is_said(#[case] at: &[&str], #[case] named: &str) {
    let home = Home::new();
    home.write("linked.jsonl", linked_notes());
    let run = home.clinlink(&[&["explain", "--pipeline", "dictionary", "linked.jsonl"], at].concat());
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains(named), "{}", run.stderr());
}

#[test]
fn words_that_the_recogniser_passed_over_can_be_asked_about() {
    let home = Home::new();
    home.write("note.jsonl", "{\"id\": \"n\", \"text\": \"He had pnuemonia.\"}\n");
    let run =
        home.clinlink(&["explain", "--pipeline", "dictionary", "--at", "n:7-16", "--json", "note.jsonl"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let explained = &run.records()[0];
    assert_eq!(explained["candidates"][0]["via"], "spelling");
}
