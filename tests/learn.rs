//! `clinlink learn` and `clinlink promote`, from decisions as the review desk exports them.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::io::Write;
use std::process::Stdio;

use common::{Home, Run};
use rstest::{fixture, rstest};
use serde_json::{Value, json};

const NOTE: &str = "High sugar sickness and hypertension.";

/// The decision on a note whose coder found a diagnosis in words that the vocabulary does not have.
fn decision(episode: usize, seq: usize, kind: &str, codes: &[(&str, usize, usize)]) -> Value {
    let evidence: Vec<Value> =
        codes.iter().map(|(code, start, end)| json!({"code": code, "start": start, "end": end})).collect();
    let codes: Vec<&str> = codes.iter().map(|(code, ..)| *code).collect();
    json!({
        "id": format!("n{episode}"), "episode": format!("e{episode}"), "text": NOTE, "codes": codes,
        "evidence": evidence, "mentions": [],
        "teachings": [
            {"kind": "synonym", "term": "sweet blood", "means": null, "system": "ICD-10-CM", "code": "E11.9"},
            {"kind": "abbreviation", "term": format!("ZZ{episode}"), "means": "hypertension", "system": null, "code": null},
        ],
        "provenance": {"kind": kind, "seq": seq, "coder": "anna"},
    })
}

const RIGHT: [(&str, usize, usize); 2] = [("E11.9", 0, 19), ("I10", 24, 36)];
const WRONG: [(&str, usize, usize); 1] = [("J18.9", 0, 19)];

#[fixture]
fn home() -> Home {
    let home = Home::new();
    home.write("vocab/abbreviations.tsv", "short\tlong\tprior\tsections\tspecialties\tnear\n");
    home
}

fn learn(home: &Home, decisions: &[Value]) -> Run {
    let lines: Vec<String> = decisions.iter().map(Value::to_string).collect();
    home.write("decisions.jsonl", lines.join("\n"));
    home.clinlink(&["learn", "decisions.jsonl", "--pipeline", "dictionary", "--out", "site"])
}

/// The accepted codes of a note, by what was learnt.
fn accepted(home: &Home, text: &str) -> Vec<String> {
    home.write("note.txt", text);
    let run = home.clinlink(&["code", "--pipeline", "site", "--format", "jsonl", "note.txt"]);
    let records = run.records();
    let codes = records[0]["codes"].as_array().unwrap().clone();
    let accepted = codes.iter().filter(|code| code["status"] == "accepted");
    accepted.map(|code| code["code"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
fn what_coders_decided_is_coded_from_then_on(home: Home) {
    let decisions: Vec<Value> = (0..40).map(|at| decision(at, at, "single", &RIGHT)).collect();
    let run = learn(&home, &decisions);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let stderr = run.stderr();
    let report = stderr.lines().find(|line| line.contains("micro-F1")).unwrap();
    let figures: Vec<f64> = report.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [before, after] = figures[figures.len() - 2..] else { panic!("{report}") };
    assert!(before < after, "{report}");
    assert_eq!(accepted(&home, NOTE), ["E11.9", "I10"]);
    assert_eq!(accepted(&home, "Sweet blood."), ["E11.9"], "a synonym that was taught");
    let lexicon = std::fs::read_to_string(home.path("site/abbreviations.tsv")).unwrap();
    let holds = |at: usize| lexicon.contains(&format!("\nZZ{at}\thypertension\n"));
    assert!((0..40).all(holds), "those of held-out reviews, too: {lexicon}");
    assert!(home.path("site/report.html").is_file());
    #[cfg(unix)]
    for name in ["decisions.jsonl", "held-out.jsonl", "held-out.before.jsonl", "held-out.after.jsonl"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = home.path("site").join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} holds text of notes");
    }
    let forced = ["learn", "decisions.jsonl", "--pipeline", "dictionary", "--out", "site", "--force"];
    assert_eq!(home.clinlink(&forced).status(), 0);
}

#[rstest]
#[case::another("site", &[], "--force")]
#[case::the_live_one("pipelines/dictionary", &[], "annotates now")]
#[case::the_live_one_for_ever("pipelines/dictionary", &["--force"], "annotates now")]
fn a_pipeline_is_not_written_over(
    home: Home,
    #[case] out: &str,
    #[case] options: &[&str],
    #[case] said: &str,
) {
    let kept = "[tag]\nuse = \"dictionary\"\n# ours\n";
    home.write(&format!("{out}/pipeline.toml"), kept);
    home.write("decisions.jsonl", "");
    let learn = ["learn", "decisions.jsonl", "--pipeline", "dictionary", "--out", out];
    let run = home.clinlink(&[&learn[..], options].concat());
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains(said), "{}", run.stderr());
    assert_eq!(std::fs::read_to_string(home.path(out).join("pipeline.toml")).unwrap(), kept);
}

#[rstest]
fn an_adjudication_counts_more_than_a_later_review(home: Home) {
    let mut decisions: Vec<Value> = (0..40).map(|at| decision(at, at, "adjudication", &RIGHT)).collect();
    decisions.extend((0..40).map(|at| decision(at, 100 + at, "double", &WRONG)));
    let run = learn(&home, &decisions);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert_eq!(accepted(&home, NOTE), ["E11.9", "I10"]);
}

#[rstest]
#[case::nothing_to_hold_out(json!([decision(0, 0, "single", &RIGHT)]), "too few signed episodes")]
#[case::no_decision(json!([{"id": "n", "text": "Fever."}]), "decisions.jsonl:1: no decision of the review desk")]
fn what_cannot_be_learnt_from_is_said(home: Home, #[case] decisions: Value, #[case] said: &str) {
    let run = learn(&home, decisions.as_array().unwrap());
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains(said), "{}", run.stderr());
}

/// Decisions with many marked words, and a pipeline that has the project's recogniser.
fn with_recogniser(home: &Home, notes: usize) -> Run {
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/default/model");
    home.write("pipelines/own/pipeline.toml", format!("[tag]\nuse = \"merged\"\nmodel = \"{model}\"\n"));
    let text = "Pneumonia. Hypertension. Pneumonia. Hypertension. Flu vaccine.";
    let decisions = (0..notes).map(|at| {
        let mention = |start: usize, end: usize, code: &str| {
            json!({"start": start, "end": end, "label": "disease", "ids": [format!("ICD-10-CM:{code}")]})
        };
        let places = [(0, 9, "J18.9"), (11, 23, "I10"), (25, 34, "J18.9"), (36, 48, "I10")];
        let mut decision = decision(at, at, "single", &[("J18.9", 0, 9), ("I10", 11, 23)]);
        decision["text"] = json!(text);
        decision["mentions"] = json!(places.map(|(start, end, code)| mention(start, end, code)));
        decision["rejected"] = json!([{
            "system": "ICD-10-CM", "code": "J11.1", "label": "disease", "reason": "not-supported",
            "evidence": [{"start": 50, "end": 53}],
        }]);
        decision.to_string()
    });
    home.write("decisions.jsonl", decisions.collect::<Vec<_>>().join("\n"));
    home.clinlink(&["learn", "decisions.jsonl", "--pipeline", "own", "--out", "site", "--fine-tune"])
}

#[rstest]
fn the_recogniser_learns_on_from_the_one_that_annotates_now(home: Home) {
    let run = with_recogniser(&home, 34);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let report = std::fs::read_to_string(home.path("site/recogniser.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    for when in ["before", "after"] {
        let counts = &report[when];
        let notes = counts["notes"].as_u64().unwrap();
        assert!(notes > 3, "{report}");
        assert_eq!((&counts["marked"], &counts["refused"]), (&json!(4 * notes), &json!(notes)));
        assert!(counts["exact"].as_u64().unwrap() > 3 * notes, "{report}");
    }
    assert!(run.stderr().contains("found with their borders before"), "{}", run.stderr());
    // A model of the site's own, which its pipeline names; the one that annotates now is as it was.
    let config = std::fs::read_to_string(home.path("site/pipeline.toml")).unwrap();
    assert!(config.contains("model = \"model\""), "{config}");
    assert!(home.path("site/model/model.safetensors").is_file());
    assert!(!home.path("site/model/checkpoint").exists());
    assert_eq!(accepted(&home, "Pneumonia and hypertension."), ["I10", "J18.9"]);
}

#[rstest]
fn a_recogniser_needs_words_to_learn_from(home: Home) {
    let few = with_recogniser(&home, 20);
    assert_eq!(few.status(), 2);
    assert!(few.stderr().contains("too few marked words"), "{}", few.stderr());
    let none = ["learn", "decisions.jsonl", "--pipeline", "dictionary", "--out", "site", "--fine-tune"];
    let none = home.clinlink(&none);
    assert_eq!(none.status(), 2);
    assert!(none.stderr().contains("only the dictionary"), "{}", none.stderr());
}

#[rstest]
fn only_an_admin_promotes(home: Home) {
    let db = ["--db", "desk.db"];
    let mut add = home.command(&[&["user", "add", "ada", "--role", "admin"], &db[..]].concat());
    let mut add = add.stdin(Stdio::piped()).spawn().unwrap();
    writeln!(add.stdin.take().unwrap(), "a password of hers").unwrap();
    assert!(add.wait().unwrap().success());
    let promote = |by| home.clinlink(&[&["promote", "dictionary", "--by", by], &db[..]].concat());
    assert_eq!(promote("ada").status(), 0);
    let refused = promote("ben");
    assert_eq!(refused.status(), 2);
    assert!(refused.stderr().contains("no admin"), "{}", refused.stderr());
}
