//! `clinlink train ranker` and `clinlink explain`, from JSON lines to links and their reasons.

mod common;

use std::fmt::Write as _;

use clinlink_context::Abbreviations;
use clinlink_model::{Expander, Label, Mention, MentionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;
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

#[rstest]
#[case::that_very_note("stay/1:0-6")]
#[case::maybe_that_note("lines-7:0-6")]
fn a_note_that_cannot_be_read_is_no_missing_one(#[case] at: &str) {
    let home = Home::new();
    home.write("stay/1.txt", b"secret \xe9t\xe9");
    home.write("lines.jsonl", b"{\"id\": \"lines-7\", \"text\": \"secret \xe9");
    let file = if at.starts_with("stay") { "stay" } else { "lines.jsonl" };
    let run = home.clinlink(&["explain", "--pipeline", "dictionary", "--at", at, file]);
    assert_eq!((run.status(), run.stdout()), (2, ""));
    let stderr = run.stderr();
    assert!(stderr.contains("not UTF-8") && !stderr.contains("no note with this id"), "{stderr}");
    assert!(!stderr.contains("secret"), "{stderr}");
}

#[test]
fn an_abbreviation_in_nested_mentions_is_read_once() {
    let text = "DVT of the left leg with COPD.";
    let note = Note::new("n", text).unwrap();
    let mention = |end: usize| {
        let span = note.span(0..end).unwrap();
        Mention { span, label: Label::Disease, score: 1.0, by: MentionSource::Given }
    };
    let layout = RuleSegmenter::embedded().segment(&note);
    let found = Abbreviations::embedded().expand(&note, &layout, &[mention(text.len() - 1), mention(3)]);
    assert_eq!(found.iter().map(|one| &note[one.short]).collect::<Vec<_>>(), ["DVT", "COPD"]);
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

/// Codes that were accepted.
fn accepted(record: &serde_json::Value) -> Vec<&str> {
    let codes = record["codes"].as_array().unwrap().iter();
    codes.filter(|code| code["status"] == "accepted").map(|code| code["code"].as_str().unwrap()).collect()
}

#[test]
fn a_mention_of_several_things_is_coded_as_all_of_them() {
    let failures = [
        ("K72.90", "Hepatic failure, unspecified without coma", "liver failure"),
        ("N19", "Unspecified kidney failure", "kidney failure"),
    ];
    let home = Home::with_terms(&failures);
    home.write("note.txt", "He is in liver and kidney failure.");
    let annotated = home.clinlink(&["annotate", "--pipeline", "dictionary", "note.txt"]);
    let mentions = annotated.records()[0]["mentions"].as_array().unwrap().clone();
    assert_eq!((mentions.len(), mentions[0]["text"].as_str()), (1, Some("liver and kidney failure")));
    let links = mentions[0]["links"].as_array().unwrap().iter();
    let things: Vec<_> = links.map(|link| (link["code"].as_str(), link["conjunct"].as_u64())).collect();
    assert!(
        things.contains(&(Some("K72.90"), Some(1))) && things.contains(&(Some("N19"), Some(2))),
        "{things:?}"
    );

    let run = home.clinlink(&["code", "--pipeline", "dictionary", "--format", "jsonl", "note.txt"]);
    let records = run.records();
    let mut codes = accepted(&records[0]);
    codes.sort_unstable();
    assert_eq!(codes, ["K72.90", "N19"]);
}

#[test]
fn nested_terms_are_marked_if_asked_for_and_never_coded() {
    let lungs = [
        ("J69.0", "Pneumonitis due to inhalation of food and vomit", "aspiration pneumonia"),
        ("J18.9", "Pneumonia, unspecified organism", "pneumonia"),
    ];
    let home = Home::with_terms(&lungs);
    home.write("note.txt", "He has aspiration pneumonia.");
    home.write("pipelines/nested/pipeline.toml", "nested = true\n[tag]\nuse = \"dictionary\"\n");
    let marked = |pipeline: &str| -> Vec<(String, String)> {
        let annotated = home.clinlink(&["annotate", "--pipeline", pipeline, "note.txt"]);
        let mentions = annotated.records()[0]["mentions"].as_array().unwrap().clone();
        let text = |mention: &serde_json::Value, field: &str| mention[field].as_str().unwrap().to_owned();
        mentions.iter().map(|mention| (text(mention, "text"), text(mention, "by"))).collect()
    };
    let outer = ("aspiration pneumonia".to_owned(), "dictionary".to_owned());
    let inner = ("pneumonia".to_owned(), "nested".to_owned());
    assert_eq!(marked("dictionary"), std::slice::from_ref(&outer));
    assert_eq!(marked("nested"), [outer, inner]);
    let coded = home.clinlink(&["code", "--pipeline", "nested", "--format", "jsonl", "note.txt"]);
    assert_eq!(accepted(&coded.records()[0]), ["J69.0"]);
    assert!(!coded.stdout().contains("J18.9"), "{}", coded.stdout());
}
