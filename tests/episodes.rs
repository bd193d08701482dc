//! The fixture episodes through the default vocabulary pack and the committed model, against what a coder would assign
//! (`fixtures/gold.jsonl`, `fixtures/expected/`).

#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Whether the pack is built, which `make test` sees to. Says so if it is not.
fn has_pack() -> bool {
    let built = root().join(".clinlink/packs/default").is_dir();
    if !built {
        eprintln!("skipped: no pack at .clinlink/packs/default; `make vocab` builds it");
    }
    built
}

fn clinlink(arguments: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_clinlink"));
    let output = program.current_dir(root()).env("CLINLINK_HOME", root()).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn code(pipeline: &str, episode: &str) -> Value {
    let folder = format!("fixtures/{episode}");
    let line = clinlink(&["code", "--pipeline", pipeline, "--format", "jsonl", &folder]);
    serde_json::from_str(&line).unwrap()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[rstest]
fn evidence_is_the_exact_words_of_the_note(
    #[values("default", "dictionary")] pipeline: &str,
    #[values("surgical-stay", "medical-stay", "rare-disease-child")] episode: &str,
) {
    if !has_pack() {
        return;
    }
    let record = code(pipeline, episode);
    let codes = record["codes"].as_array().unwrap();
    assert!(codes.iter().any(|c| c["status"] == "accepted"), "{record}");
    for code in codes {
        let evidence = code["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{code}");
        for words in evidence {
            let file = format!("fixtures/{}.txt", words["note"].as_str().unwrap());
            let text = std::fs::read_to_string(root().join(file)).unwrap();
            let at = |field: &str| usize::try_from(words[field].as_u64().unwrap()).unwrap();
            assert_eq!(&text[at("start")..at("end")], words["text"].as_str().unwrap());
        }
    }
}

/// What is denied, ruled out, of the past or a relative's must never be accepted. What is `open` is read amiss before any
/// rule sees it: a tumor that another note says has regressed stands plainly in a referral, and cysts that are only looked
/// for stand plainly in a plan.
#[rstest]
#[case::surgical("surgical-stay", &[])]
#[case::medical("medical-stay", &[])]
#[case::child("rare-disease-child", &["D15.1", "N28.1"])]
fn what_the_notes_refuse_is_not_accepted(
    #[values("default", "dictionary")] pipeline: &str,
    #[case] episode: &str,
    #[case] open: &[&str],
) {
    if !has_pack() {
        return;
    }
    let expected = read(&root().join(format!("fixtures/expected/{episode}.json")));
    let refused: Vec<&str> =
        expected["rejected"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert!(!refused.is_empty());
    let record = code(pipeline, episode);
    let wrong: Vec<&str> = (record["codes"].as_array().unwrap().iter())
        .filter(|c| c["status"] == "accepted")
        .map(|c| c["code"].as_str().unwrap())
        .filter(|code| refused.contains(code) && !open.contains(code))
        .collect();
    assert!(wrong.is_empty(), "accepted against the notes: {wrong:?}");
}

/// The first of the accepted codes of `fixtures/expected/` is the reason for the stay.
#[rstest]
#[case::surgical("surgical-stay", "K35.32")]
#[case::medical("medical-stay", "I13.0")]
#[case::child("rare-disease-child", "Q85.1")]
fn a_claim_starts_with_the_principal_diagnosis(
    #[values("default", "dictionary")] pipeline: &str,
    #[case] episode: &str,
    #[case] principal: &str,
) {
    if !has_pack() {
        return;
    }
    let folder = format!("fixtures/{episode}");
    let line =
        clinlink(&["code", "--pipeline", pipeline, "--purpose", "billing", "--format", "jsonl", &folder]);
    let record: Value = serde_json::from_str(&line).unwrap();
    let first = &record["codes"][0];
    assert_eq!((first["code"].as_str(), first["sequence"].as_u64()), (Some(principal), Some(1)));
    assert!(first["principal"].is_string(), "{first}");
}

/// The whole code sets, as they were last accepted: `fixtures/golden/`. A change that alters a line of them shows here,
/// for good or ill. Look at the difference, and if it is right accept it with `cargo insta review` (or
/// `INSTA_UPDATE=always cargo test --release --test episodes`). The dictionary pipeline stands for all: its output is the
/// same on every processor, the token classifier's scores are not.
#[rstest]
fn the_code_set_is_the_accepted_one(
    #[values("surgical-stay", "medical-stay", "rare-disease-child", "chart-stay")] episode: &str,
) {
    if !has_pack() {
        return;
    }
    let record = code("dictionary", episode);
    let golden = root().join("fixtures/golden");
    insta::with_settings!({snapshot_path => golden, prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(episode, listing(&record));
    });
}

/// One line a code, with its status, score, title, reason, rules and place; one line a piece of evidence or a fact.
fn listing(record: &Value) -> String {
    let mut out = String::new();
    for code in record["codes"].as_array().unwrap() {
        let text = |field: &str| code[field].as_str().unwrap_or_default().to_owned();
        let score = code["score"].as_f64().unwrap();
        let _ = write!(out, "{:<8} {:<8} {score:.2} {}", text("status"), text("code"), text("title"));
        if !text("reason").is_empty() {
            let _ = write!(out, " | {}", text("reason"));
        }
        for rule in code["rules"].as_array().unwrap() {
            let _ = write!(out, " [{}]", rule.as_str().unwrap());
        }
        if let Some(place) = code["sequence"].as_u64() {
            let present = code["present_on_admission"]["indicator"].as_str().unwrap_or("-");
            let _ = write!(out, " #{place} POA {present}");
        }
        out.push('\n');
        for words in code["evidence"].as_array().unwrap() {
            let note = words["note"].as_str().unwrap();
            let note = note.rsplit('/').next().unwrap();
            let _ = writeln!(
                out,
                "    {note} {}..{} {:?}",
                words["start"],
                words["end"],
                words["text"].as_str().unwrap()
            );
        }
        for fact in code["facts"].as_array().into_iter().flatten() {
            let _ =
                writeln!(out, "    {} {}", fact["weighs"].as_str().unwrap(), fact["says"].as_str().unwrap());
        }
    }
    out
}
