//! The code sets of the fixture episodes, whole, as they were last accepted: `fixtures/golden/`.
//!
//! A change that alters a line of them shows here, for good or ill. Look at the difference, and if it is right accept
//! it with `cargo insta review` (or `INSTA_UPDATE=always cargo test --release --test golden`). The dictionary pipeline
//! stands for all: its output is the same on every processor, the token classifier's scores are not.
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[rstest]
fn the_code_set_is_the_accepted_one(
    #[values("surgical-stay", "medical-stay", "rare-disease-child")] episode: &str,
) {
    if !root().join(".clinlink/packs/default").is_dir() {
        eprintln!("skipped: no pack at .clinlink/packs/default; `make vocab` builds it");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_clinlink"))
        .current_dir(root())
        .env("CLINLINK_HOME", root())
        .args(["code", "--pipeline", "dictionary", "--format", "jsonl", &format!("fixtures/{episode}")])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/golden");
    insta::with_settings!({snapshot_path => golden, prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(episode, listing(&record));
    });
}

/// One line a code, with its status, score, title, reason and rules; one line a piece of evidence.
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
    }
    out
}
