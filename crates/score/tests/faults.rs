//! What is said of files that cannot be scored.

use std::fs;
use std::path::{Path, PathBuf};

use clinlink_score::{CodeOptions, LinkOptions, MentionOptions, ScoreError, codes, context, links, mentions};
use rstest::rstest;

const GOLD: &str = r#"{"id": "a", "mentions": [{"start": 0, "end": 5, "label": "disease"}]}"#;
const PREDICTED: &str = r#"{"note": "a", "mentions": []}"#;

fn file(test: &str, name: &str, content: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("faults").join(test);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn mention_error(test: &str, gold: &str, predicted: &str) -> String {
    let (gold, predicted) = (file(test, "gold.jsonl", gold), file(test, "predicted.jsonl", predicted));
    mentions(&gold, &predicted, &MentionOptions::default()).unwrap_err().to_string()
}

#[rstest]
#[case::broken("broken", "{\"id\": \"a\",\n", "gold.jsonl:1: column 11: EOF while parsing")]
#[case::no_mentions("no_mentions", "\n{\"id\": \"a\"}", "gold.jsonl:2: no \"mentions\" and no \"entities\"")]
#[case::no_id("no_id", r#"{"mentions": []}"#, "gold.jsonl:1: no \"id\"")]
#[case::empty_mention(
    "empty_mention",
    r#"{"id": "a", "mentions": [{"start": 4, "end": 4}]}"#,
    "gold.jsonl:1: mention 4..4 has no characters"
)]
#[case::value(
    "value",
    r#"{"id": "a", "mentions": [{"start": 0, "end": 1, "assertion": {"polarity": "Jane Doe has lupus"}}]}"#,
    "wrong value, expected `affirmed` or `negated`"
)]
#[case::twice(
    "twice",
    "{\"id\": \"a\", \"mentions\": []}\n{\"id\": \"a\", \"mentions\": []}",
    "gold.jsonl:2: \"a\" has a line already, line 1"
)]
#[case::empty("empty", "\n", "gold.jsonl: no records")]
fn faults_of_the_gold(#[case] test: &str, #[case] gold: &str, #[case] said: &str) {
    let message = mention_error(test, gold, PREDICTED);
    assert!(message.contains(said), "{message}");
    assert!(!message.contains("lupus"), "{message}");
}

#[rstest]
#[case::codes_given(
    "codes_given",
    r#"{"episode": "a", "codes": []}"#,
    "predicted.jsonl:1: no \"mentions\" and no \"error\"; each line must be output of \"clinlink annotate\""
)]
#[case::neither("neither", r#"{"note": "a"}"#, "predicted.jsonl:1: no \"mentions\" and no \"error\"")]
#[case::control_character("control_character", "{\"note\": \"a\u{0}\"}", "predicted.jsonl:1: column")]
fn faults_of_the_predictions(#[case] test: &str, #[case] predicted: &str, #[case] said: &str) {
    let message = mention_error(test, GOLD, predicted);
    assert!(message.contains(said), "{message}");
}

#[test]
fn invalid_utf8_is_a_fault_of_its_line() {
    let gold = file("utf8", "gold.jsonl", GOLD);
    let predicted = file("utf8", "predicted.jsonl", "");
    fs::write(&predicted, b"{\"note\": \"a\", \"mentions\": []}\n{\"note\": \"\xff\"}\n").unwrap();
    let message = mentions(&gold, &predicted, &MentionOptions::default()).unwrap_err().to_string();
    assert!(message.contains("predicted.jsonl:2: column 11: "), "{message}");
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let gold = file("bom", "gold.jsonl", &format!("\u{feff}{GOLD}\r\n"));
    let predicted = file("bom", "predicted.jsonl", &format!("\u{feff}{PREDICTED}\r\n"));
    let report = mentions(&gold, &predicted, &MentionOptions::default()).unwrap();
    assert_eq!(report.notes.predicted, 1);
}

#[test]
fn a_label_that_the_gold_never_has_is_named_with_those_it_has() {
    let (gold, predicted) = (file("label", "gold.jsonl", GOLD), file("label", "predicted.jsonl", PREDICTED));
    let options = MentionOptions { labels: vec!["anatomy".to_owned()] };
    let message = mentions(&gold, &predicted, &options).unwrap_err().to_string();
    assert!(message.ends_with("no mention has the label \"anatomy\"; there are: disease"), "{message}");
}

#[test]
fn gold_without_what_is_scored_is_refused() {
    let (gold, predicted) =
        (file("nothing", "gold.jsonl", GOLD), file("nothing", "predicted.jsonl", PREDICTED));
    let options = LinkOptions { system: "MeSH".to_owned(), labels: Vec::new() };
    assert!(matches!(links(&gold, &predicted, &options), Err(ScoreError::NothingToScore { .. })));
    assert!(matches!(context(&gold, &predicted), Err(ScoreError::NothingToScore { .. })));
    let message = codes(&gold, &predicted, &CodeOptions::default()).unwrap_err().to_string();
    assert!(message.contains("gold.jsonl:1: no \"codes\""), "{message}");
}

#[test]
fn a_system_that_no_predicted_code_is_of_is_named_with_those_there_are() {
    let gold = file("system", "gold.jsonl", r#"{"id": "a", "codes": ["I10"]}"#);
    let code = r#"{"system": "ICD-10-CM", "code": "I10", "score": 0.9, "status": "accepted"}"#;
    let line = format!(r#"{{"schema": "clinlink/code/1", "episode": "a", "codes": [{code}]}}"#);
    let predicted = file("system", "predicted.jsonl", &line);
    let codes_of = |system: &str| {
        codes(&gold, &predicted, &CodeOptions { system: Some(system.to_owned()), ..CodeOptions::default() })
    };
    assert!(codes_of("ICD-10-CM").is_ok());
    let message = codes_of("NOPE").unwrap_err().to_string();
    assert!(message.ends_with("no code is of NOPE; name another system: ICD-10-CM"), "{message}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let message = context(Path::new("nowhere.jsonl"), Path::new("nowhere.jsonl")).unwrap_err().to_string();
    assert!(message.starts_with("nowhere.jsonl: "), "{message}");
}
