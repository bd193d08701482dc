//! `clinlink train ner`, from a configuration and JSON lines to a model that tags: `fixtures/tiny-bert` learns which of
//! a few words are diseases and which are drugs.

mod common;

use std::fmt::Write as _;
use std::path::Path;

use clinlink_ner::train::is_held_out;
use common::Home;
use rstest::rstest;
use serde_json::{Value, json};

/// Sentences with a disease and a drug each, as documents with their mentions.
fn documents() -> String {
    let mut lines = String::new();
    for (d, disease) in ["asthma", "fever", "cough", "rash", "tremor", "anemia"].iter().enumerate() {
        for (c, drug) in ["aspirin", "lithium", "iron", "heparin"].iter().enumerate() {
            for (p, (before, between)) in
                [("the patient has ", " and took "), ("given for ", " was "), ("", " after ")]
                    .iter()
                    .enumerate()
            {
                let text = format!("{before}{disease}{between}{drug} .");
                let (start, second) = (before.len(), before.len() + disease.len() + between.len());
                let mention = |start: usize, len: usize, label: &str| json!({"start": start, "end": start + len, "label": label});
                let mentions =
                    [mention(start, disease.len(), "disease"), mention(second, drug.len(), "chemical")];
                let document = json!({"id": format!("{d}-{c}-{p}"), "text": text, "mentions": mentions});
                writeln!(lines, "{document}").unwrap();
            }
        }
    }
    lines
}

fn configure(home: &Home, epochs: usize) {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tiny-bert");
    let config = format!(
        "base = \"{}\"\nout = \"model\"\n[[data]]\npath = \"documents.jsonl\"\n\
         annotated = [\"disease\", \"chemical\"]\n[settings]\nepochs = {epochs}\nlearning_rate = 1e-2\nwindow = 24\n",
        base.display()
    );
    home.write("pipelines/own/train.toml", config);
    home.write("pipelines/own/documents.jsonl", documents());
    home.write("pipelines/own/pipeline.toml", "[tag]\nuse = \"model\"\n");
}

fn report(home: &Home) -> Value {
    serde_json::from_str(&std::fs::read_to_string(home.path("pipelines/own/model/report.json")).unwrap())
        .unwrap()
}

#[test]
fn a_model_is_trained_taken_up_again_and_used() {
    let home = Home::new();
    configure(&home, 10);
    let run = home.clinlink(&["train", "ner", "pipelines/own/train.toml", "--epochs", "2"]);
    assert_eq!((run.status(), run.stdout()), (0, ""), "{}", run.stderr());
    assert_eq!(report(&home)["epochs"].as_array().unwrap().len(), 2);
    assert_eq!(run.stderr().matches("held-out F1").count(), 2, "{}", run.stderr());
    assert!(report(&home)["dev_documents"].as_u64().unwrap() > 0);

    let again = home.clinlink(&["train", "ner", "pipelines/own/train.toml", "--epochs", "2"]);
    assert_eq!(again.status(), 0, "{}", again.stderr());
    assert_eq!(report(&home)["epochs"].as_array().unwrap().len(), 2, "nothing was left to do");

    std::fs::remove_dir_all(home.path("pipelines/own/model")).unwrap();
    let run = home.clinlink(&["train", "ner", "pipelines/own/train.toml"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let f1: Vec<f64> =
        report(&home)["epochs"].as_array().unwrap().iter().map(|e| e["f1"].as_f64().unwrap()).collect();
    assert!(f1.iter().any(|&f1| f1 > 0.9), "held-out F1 by pass: {f1:?}");

    home.write("note.txt", "The patient took heparin for anemia and has cough .");
    let run = home.clinlink(&["annotate", "--pipeline", "own", "note.txt"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    let found: Vec<(String, String)> = (run.records()[0]["mentions"].as_array().unwrap().iter())
        .map(|m| (m["text"].as_str().unwrap().to_owned(), m["label"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [("heparin", "chemical"), ("anemia", "disease"), ("cough", "disease")];
    assert_eq!(found, expected.map(|(text, label)| (text.to_owned(), label.to_owned())));
}

#[test]
fn documents_that_cannot_be_read_are_named_and_the_rest_is_trained_on() {
    let home = Home::new();
    configure(&home, 1);
    home.write("pipelines/own/documents.jsonl", documents() + "{\"id\": \"x\", \"text\": \"secret\n");
    let run = home.clinlink(&["train", "ner", "pipelines/own/train.toml"]);
    assert_eq!(run.status(), 1, "{}", run.stderr());
    assert!(run.stderr().contains("documents.jsonl:73"), "{}", run.stderr());
    assert!(!run.stderr().contains("secret"), "{}", run.stderr());
    assert!(home.path("pipelines/own/model/model.safetensors").is_file());
}

#[test]
fn labels_that_teach_nothing_are_told() {
    let home = Home::new();
    configure(&home, 1);
    let typo = documents().replacen("\"disease\"", "\"diseeze\"", 5);
    assert_eq!(typo.matches("diseeze").count(), 5);
    home.write("pipelines/own/documents.jsonl", typo);
    let run = home.clinlink(&["train", "ner", "pipelines/own/train.toml"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    assert!(run.stderr().contains("documents.jsonl: 5 mentions of other"), "{}", run.stderr());

    home.write("pipelines/own/documents.jsonl", documents().replace("\"disease\"", "\"diseeze\""));
    std::fs::remove_dir_all(home.path("pipelines/own/model")).unwrap();
    let run = home.clinlink(&["train", "ner", "pipelines/own/train.toml"]);
    assert!(run.stderr().contains("no document to train on has a mention of disease"), "{}", run.stderr());
}

#[test]
fn training_without_a_held_out_document_is_refused() {
    let home = Home::new();
    configure(&home, 1);
    let all = documents();
    let few: Vec<&str> = all.lines().filter(|line| !is_held_out(id(line).as_str())).take(5).collect();
    home.write("pipelines/own/documents.jsonl", few.join("\n"));
    let run = home.clinlink(&["train", "ner", "pipelines/own/train.toml"]);
    assert_eq!(run.status(), 2, "{}", run.stderr());
    assert!(
        run.stderr().contains("held out") && run.stderr().contains("give more documents"),
        "{}",
        run.stderr()
    );
    assert!(!home.path("pipelines/own/model/model.safetensors").exists());
}

/// What is said of a configuration in which `from` stands for `to`.
fn refusal(from: &str, to: &str) -> String {
    let home = Home::new();
    configure(&home, 1);
    let path = home.path("pipelines/own/train.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    assert!(config.contains(from), "{config}");
    let changed: Vec<&str> =
        config.lines().map(|line| if line.starts_with(from) { to } else { line }).collect();
    home.write("pipelines/own/train.toml", changed.join("\n"));
    let run = home.clinlink(&["train", "ner", "pipelines/own/train.toml"]);
    assert_eq!(run.status(), 2, "{}", run.stderr());
    run.stderr().to_owned()
}

const PACKAGE: &str = "package = \"p\", version = \"1\", members = []";

#[rstest]
#[case::annotates_nothing("annotated", "annotated = []", "annotated must name")]
#[case::no_folder("base", &format!("base = {{ {PACKAGE}, sha256 = \"0\" }}"), "missing field `folder`")]
#[case::no_hash("base", &format!("base = {{ {PACKAGE}, folder = \"f\" }}"), "missing field `sha256`")]
#[case::unknown("base", &format!("base = {{ {PACKAGE}, sha256 = \"0\", folder = \"f\", flder = 1 }}"), "`flder`")]
#[case::no_text("base", "base = 5", "integer `5`")]
fn a_faulty_configuration_is_told(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let error = refusal(from, to);
    assert!(error.contains(expected), "{error}");
}

fn id(line: &str) -> String {
    let document: Value = serde_json::from_str(line).unwrap();
    document["id"].as_str().unwrap().to_owned()
}
