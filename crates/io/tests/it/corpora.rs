//! Notes with mentions in the formats of annotation tools: brat and CoNLL.

use std::fs;
use std::path::Path;

use clinlink_io::{Input, RecordError, read_notes, read_texts};
use clinlink_model::Label;
use rstest::rstest;

/// Stands in every note and may be in no message.
const SECRET: &str = "Zebulon";

fn read(files: &[(&str, &str)], path: &str) -> Vec<Result<Input, RecordError>> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    read_notes(&[dir.path().join(path)]).unwrap().collect()
}

fn mentions(input: &Input) -> Vec<(&str, Label)> {
    let given = input.given.as_ref().unwrap();
    given.iter().map(|m| (&input.note[m.span], m.label)).collect()
}

const NOTE: &str = "Zebulon hat Übelkeit,\nno renal\nfailure.";

#[rstest]
#[case::sorted("T2\tProblem 25 38\trenal failure\nT1\tProblem 12 20\tÜbelkeit\n", &["Übelkeit", "renal\nfailure"])]
#[case::in_pieces("T1\tProblem 12 20;31 38\tÜbelkeit failure\n", &["Übelkeit,\nno renal\nfailure"])]
#[case::other_lines("R1\tof Arg1:T1 Arg2:T2\nA1\tNegated T1\n#1\tNote T1\tx\nT1\tProblem 12 20\tÜbelkeit\r\n", &["Übelkeit"])]
#[case::nothing("", &[])]
fn brat_stands_beside_the_text(#[case] standoff: &str, #[case] expected: &[&str]) {
    let files = [("a.txt", NOTE), ("a.ann", standoff)];
    for path in ["a.txt", "."] {
        let read = read(&files, path);
        assert_eq!(read.len(), 1, "the .ann file is no note");
        let input = read[0].as_ref().unwrap();
        let expected: Vec<(&str, Label)> = expected.iter().map(|&words| (words, Label::Disease)).collect();
        assert_eq!((input.note.text(), mentions(input)), (NOTE, expected));
    }
}

#[rstest]
#[case::offsets("T1\tProblem 12 99\tÜbelkeit", "line 1: characters 12..99 are not within")]
#[case::other_text(
    "T1\tProblem 12 20\tÜbelkeit\nT2\tProblem 0 7\tnausea",
    "line 2: characters 0..7 of the text are other words"
)]
#[case::empty("T1\tProblem 12 12\t", "start 12 must be less than end 12")]
#[case::no_numbers("T1\tProblem x y\tÜbelkeit", "line 1: must be an id, a type")]
#[case::odd("T1\tProblem 12\tÜbelkeit", "line 1: must be an id, a type")]
fn faults_of_brat_name_the_line(#[case] standoff: &str, #[case] expected: &str) {
    let read = read(&[("a.txt", NOTE), ("a.ann", standoff), ("b.txt", "fine")], ".");
    let error = read[0].as_ref().unwrap_err().to_string();
    assert!(error.contains("a.txt") && error.contains(expected), "{error}");
    assert!(!error.contains(SECRET), "{error}");
    assert!(read[1].is_ok());
}

const CONLL: &str = "-DOCSTART- O\n\nZebulon O\nhas O\nrenal B-Problem\nfailure I-Problem\n\n-DOCSTART- O\n\n\
    Given O\niron B-Drug\n";

#[test]
fn conll_documents_are_notes() {
    let read = read(&[("train.conll", CONLL)], "train.conll");
    let notes: Vec<(&str, &str)> =
        read.iter().map(|r| r.as_ref().unwrap()).map(|i| (i.note.id(), i.note.text())).collect();
    assert_eq!(notes, [("train-1", "Zebulon has renal failure\n"), ("train-2", "Given iron")]);
    assert_eq!(mentions(read[0].as_ref().unwrap()), [("renal failure", Label::Disease)]);
    assert_eq!(mentions(read[1].as_ref().unwrap()), [("iron", Label::Chemical)]);
}

#[test]
fn faults_of_conll_name_the_line() {
    let read = read(&[("x.bio", &CONLL.replace("iron B-Drug", "iron Drug"))], "x.bio");
    let error = read[1].as_ref().unwrap_err().to_string();
    assert!(error.contains("x.bio:11") && error.contains("the last column"), "{error}");
    assert!(read[0].is_ok());
}

#[test]
fn texts_alone_are_read_without_the_annotation() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [("a.txt", NOTE), ("a.ann", "T1\tbroken"), ("b.conll", CONLL)] {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let read: Vec<_> = read_texts(&[Path::new(dir.path()).to_owned()]).unwrap().collect();
    assert_eq!(read.len(), 3);
    assert!(read.iter().all(|r| r.as_ref().unwrap().given.is_none()));
}
