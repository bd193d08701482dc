//! Every sort of path and every sort of bad input.

use std::fs;
use std::path::{Path, PathBuf};

use clinlink_io::{Input, MentionFault, ReadError, RecordError, RecordFault, read_notes, read_texts};
use clinlink_model::{CareSetting, Label, MentionSource};
use rstest::rstest;
use tempfile::TempDir;

/// Stands in every note and may be in no message.
const SECRET: &str = "Zebulon";

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}

fn read(paths: &[&Path]) -> Vec<Result<Input, RecordError>> {
    let paths: Vec<PathBuf> = paths.iter().map(|p| (*p).to_owned()).collect();
    read_notes(&paths).unwrap().collect()
}

fn read_line(line: &str) -> Result<Input, RecordError> {
    let dir = folder(&[("notes.jsonl", line.as_bytes())]);
    let mut read = read(&[&dir.path().join("notes.jsonl")]);
    assert_eq!(read.len(), 1);
    read.remove(0)
}

/// Id, episode, kind and date of each note.
type Head<'n> = (&'n str, Option<&'n str>, Option<&'n str>, Option<&'n str>);

fn heads(read: &[Result<Input, RecordError>]) -> Vec<Head<'_>> {
    let notes = read.iter().map(|r| &r.as_ref().unwrap().note);
    notes.map(|n| (n.id(), n.episode.as_deref(), n.kind.as_deref(), n.date.as_deref())).collect()
}

#[test]
fn a_text_file_is_a_note_of_no_episode_and_its_text_is_unaltered() {
    let text = "\u{feff}Dx: 5 µg 😀\r\n\r\n trailing \t\n";
    let dir = folder(&[("2024-03-01_discharge-summary.md", text.as_bytes())]);
    let read = read(&[&dir.path().join("2024-03-01_discharge-summary.md")]);
    let id = "2024-03-01_discharge-summary";
    assert_eq!(heads(&read), [(id, None, Some("discharge summary"), Some("2024-03-01"))]);
    assert_eq!(read[0].as_ref().unwrap().note.text(), text);
    assert_eq!(read[0].as_ref().unwrap().given, None);
}

#[test]
fn an_empty_note_is_fine() {
    let dir = folder(&[("empty.txt", b"")]);
    assert_eq!(read(&[&dir.path().join("empty.txt")])[0].as_ref().unwrap().note.text(), "");
    assert_eq!(read_line(r#"{"id": "a", "text": ""}"#).unwrap().note.text(), "");
}

#[test]
fn a_folder_and_each_sub_folder_is_an_episode() {
    let dir = folder(&[
        ("stays/b.txt", b"b"),
        ("stays/a.TXT", b"a"),
        ("stays/README.md", b"not a note"),
        ("stays/.hidden.txt", b"hidden"),
        ("stays/.git/x.txt", b"hidden"),
        ("stays/one/2024-01-02_progress-1.text", b"1"),
        (
            "stays/one/notes.ndjson",
            b"{\"id\":\"j1\",\"text\":\"\"}\n{\"id\":\"j2\",\"text\":\"\",\"episode\":\"own\"}\n",
        ),
        ("stays/one/deep/x.txt", b"x"),
        ("stays/a0/y.txt", b"y"),
    ]);
    let root = dir.path().join("stays");
    let notes = read_notes(std::slice::from_ref(&root)).unwrap();
    assert_eq!(notes.skipped(), [root.join("README.md")]);
    let read: Vec<_> = notes.collect();
    let expected = [
        ("stays/a", Some("stays"), None, None),
        ("stays/b", Some("stays"), None, None),
        ("a0/y", Some("a0"), None, None),
        ("one/2024-01-02_progress-1", Some("one"), Some("progress"), Some("2024-01-02")),
        ("j1", Some("one"), None, None),
        ("j2", Some("own"), None, None),
        ("one/deep/x", Some("one/deep"), None, None),
    ];
    assert_eq!(heads(&read), expected);
}

#[test]
fn a_json_record_has_all_its_fields() {
    let line = r#"{"id": 17, "text": "5 µg 😀 of X", "episode": "e", "patient": 3, "type": "letter",
        "date": "2024-03-01", "more": [{}], "mentions": [{"start": 10, "end": 11, "label": "Drug"}, {"start": 2, "end": 6}]}"#
        .replace('\n', "");
    let Input { note, given } = read_line(&line).unwrap();
    assert_eq!((note.id(), note.episode.as_deref(), note.patient.as_deref()), ("17", Some("e"), Some("3")));
    assert_eq!((note.kind.as_deref(), note.date.as_deref()), (Some("letter"), Some("2024-03-01")));
    let given = given.unwrap();
    let found: Vec<_> = given.iter().map(|m| (&note[m.span], m.label)).collect();
    assert_eq!(found, [("µg 😀", Label::Other), ("X", Label::Chemical)]);
    assert!(given.iter().all(|m| m.by == MentionSource::Given && (m.score - 1.0).abs() < f32::EPSILON));
}

#[test]
fn a_record_with_a_chart_needs_no_text() {
    let line = r#"{"id": "c", "episode": "e", "chart": {"setting": "outpatient", "codes": ["I10"]}}"#;
    let note = read_line(line).unwrap().note;
    assert_eq!((note.text(), note.facts.len(), note.setting), ("", 1, Some(CareSetting::Outpatient)));
    let faulty =
        read_line(r#"{"id": "c", "chart": {"labs": [{"loinc": "secret", "value": 1}]}}"#).unwrap_err();
    let message = faulty.to_string();
    assert!(message.contains("chart.labs 0") && !message.contains("secret"), "{message}");
}

#[rstest]
#[case(r#"{"id": "a", "text": "acute MI"}"#, None)]
#[case(r#"{"id": "a", "text": "acute MI", "mentions": null}"#, None)]
#[case(r#"{"id": "a", "text": "acute MI", "mentions": []}"#, Some(vec![]))]
#[case(r#"{"id": "a", "text": "acute MI", "entities": [{"start": 6, "end": 8, "type": "Disease"}]}"#, Some(vec![Label::Disease]))]
#[case(
    r#"{"id": "a", "text": "acute MI", "entities": [{"start": 6, "end": 8, "type": "Disease", "label": "infarction"}]}"#,
    Some(vec![Label::Disease])
)]
#[case(r#"{"id": "a", "text": "acute MI", "mentions": [{"start": 6, "end": 8, "label": "Gene"}]}"#, Some(vec![Label::Other]))]
fn mentions_and_their_aliases(#[case] line: &str, #[case] labels: Option<Vec<Label>>) {
    let given = read_line(line).unwrap().given;
    assert_eq!(given.map(|given| given.iter().map(|m| m.label).collect::<Vec<_>>()), labels);
}

#[test]
fn a_record_without_an_episode_has_none() {
    let note =
        read_line("\u{feff}{\"id\": \"a\", \"text\": \"\u{feff}x\", \"episode\": null}\r\n").unwrap().note;
    assert_eq!((note.episode.as_deref(), note.text()), (None, "\u{feff}x"));
}

#[test]
fn what_cannot_be_read_at_all_is_found_before_the_first_note() {
    let dir = folder(&[("a/x.txt", b"x"), ("empty/readme.md", b"x"), ("b/a/y.txt", b"y")]);
    let path = |name: &str| dir.path().join(name);
    let error = |paths: &[PathBuf]| read_notes(paths).unwrap_err();
    let missing = error(&[path("a"), path("nowhere")]);
    assert!(matches!(&missing, ReadError::Missing { path: p } if *p == path("nowhere")));
    assert_eq!(
        missing.to_string(),
        format!("{}: no such file or folder; check the path", path("nowhere").display())
    );
    assert!(matches!(error(&[path("empty")]), ReadError::NoNotes { others: 1, .. }));
    let same = error(&[path("a"), path("b")]);
    assert!(matches!(same, ReadError::SameEpisode { episode, .. } if episode == "a"));
}

#[test]
fn a_folder_named_by_a_dot_has_its_real_name() {
    let dir = folder(&[("stay-1/sub/x.txt", b"x"), ("stay-1/y.txt", b"y")]);
    let read = read(&[&dir.path().join("stay-1/sub/..")]);
    assert_eq!(heads(&read), [("stay-1/y", Some("stay-1"), None, None), ("sub/x", Some("sub"), None, None)]);
}

#[test]
fn one_bad_note_does_not_stop_the_others() {
    let bad =
        [b"{\"id\": \"a\", \"text\": \"".as_slice(), b"\xff\"}\n{\"id\": \"b\", \"text\": \"\"}\n"].concat();
    let dir = folder(&[("1.txt", b"ab\xc3\x28"), ("2.txt", b"fine"), ("3.jsonl", &bad)]);
    let read = read(&[dir.path()]);
    let faults: Vec<_> = read
        .iter()
        .map(|r| match r {
            Ok(_) => None,
            Err(RecordError { line, cause: RecordFault::InvalidUtf8 { byte }, .. }) => Some((*line, *byte)),
            Err(other) => panic!("{other}"),
        })
        .collect();
    assert_eq!(faults, [Some((None, 2)), None, Some((Some(1), 21)), None]);
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_does_not_stop_the_others() {
    use std::os::unix::fs::symlink;

    let dir = folder(&[("stay/1.txt", b"fine"), ("stay/sub/2.txt", b"fine")]);
    let path = |name: &str| dir.path().join("stay").join(name);
    symlink(path("gone.txt"), path("lost.txt")).unwrap();
    symlink(path("loop.txt"), path("loop.txt")).unwrap();
    symlink(dir.path().join("stay"), path("sub/up")).unwrap();
    symlink(path("gone.txt"), path(".#1.txt")).unwrap();
    let (notes, faults): (Vec<_>, Vec<_>) = read(&[&path("")]).into_iter().partition(Result::is_ok);
    assert_eq!(notes.len(), 2);
    let mut faults: Vec<String> = faults.into_iter().map(|fault| fault.unwrap_err().to_string()).collect();
    faults.sort();
    let starts =
        ["loop.txt", "lost.txt", "sub/up"].map(|name| format!("{}: cannot be read: ", path(name).display()));
    assert_eq!(faults.len(), starts.len(), "{faults:?}");
    assert!(faults.iter().zip(&starts).all(|(fault, start)| fault.starts_with(start)), "{faults:?}");
}

#[rstest]
#[case("12345678901234567890123")]
#[case("1e3")]
#[case("1.50")]
#[case("-0")]
#[case("7")]
fn a_number_is_kept_as_it_is_written(#[case] number: &str) {
    let line = format!(r#"{{"id": {number}, "episode": {number}, "date":{number}, "text": "x"}}"#);
    let expected = (number, Some(number), None, Some(number));
    assert_eq!(heads(&[read_line(&line)]), [expected]);
}

#[test]
fn the_second_note_of_an_id_is_rejected() {
    let dir = folder(&[
        ("a/x.txt", b"x"),
        ("notes.jsonl", b"{\"id\":\"x\",\"text\":\"1\"}\n{\"id\":\"x\",\"text\":\"2\"}\n"),
    ]);
    let jsonl = dir.path().join("notes.jsonl");
    let read = read(&[&dir.path().join("a/x.txt"), &jsonl]);
    assert_eq!(read[0].as_ref().unwrap().note.text(), "x");
    for (error, number) in read[1..].iter().zip(1..) {
        let error = error.as_ref().unwrap_err();
        assert!(matches!(error.cause, RecordFault::DuplicateId));
        assert_eq!(
            error.to_string(),
            format!(
                "{}:{number}: note x: an earlier note has the same id; ids must be unique within a run",
                jsonl.display()
            )
        );
    }
}

#[rstest]
#[case(r#"{"id": "a", "text": "Zebulon"#, "broken JSON at column 28: the line ends too early")]
#[case(r#"{"id": "a", "text": Zebulon}"#, "broken JSON at column 21: syntax error")]
#[case(r#"{"id": "a", "text": "Zebulon"} Zebulon"#, "broken JSON at column 32: syntax error")]
#[case(r#"{"id": "a", "text": "Zebulon \ud800"}"#, "broken JSON at column 36: syntax error")]
#[case(r#"["Zebulon"]"#, "not a JSON object; a note is one object a line: {\"id\": …, \"text\": …}")]
#[case(r#"{"text": "Zebulon"}"#, "field \"id\" is missing")]
#[case(r#"{"id": null, "text": "Zebulon"}"#, "field \"id\" is missing")]
#[case(r#"{"id": "", "text": "Zebulon"}"#, "field \"id\" is empty")]
#[case(r#"{"id": ["Zebulon"], "text": "Zebulon"}"#, "field \"id\" must be a string or a number")]
#[case(r#"{"id": "a", "note": "Zebulon"}"#, "note a: field \"text\" is missing")]
#[case(r#"{"id": "a", "text": ["Zebulon"]}"#, "note a: field \"text\" must be a string")]
#[case(
    r#"{"id": "a", "text": "Zebulon", "date": {"Zebulon": 1}}"#,
    "note a: field \"date\" must be a string or a number"
)]
#[case(
    r#"{"id": "a", "text": "Zebulon", "mentions": "Zebulon"}"#,
    "note a: field \"mentions\" must be an array of objects"
)]
#[case(
    r#"{"id": "a", "text": "Zebulon", "entities": {}}"#,
    "note a: field \"entities\" must be an array of objects"
)]
#[case(
    r#"{"id": "a\nb", "text": "Zebulon", "mentions": [{"start": 0, "end": 7}, {"start": 0, "end": 8}]}"#,
    "note a\\nb: mention 1: characters 0..8 are not within the text of 7 characters"
)]
fn a_broken_line_is_reported_without_its_text(#[case] line: &str, #[case] expected: &str) {
    let error = read_line(line).unwrap_err();
    assert_eq!(error.line, Some(1));
    let message = error.to_string();
    assert!(message.ends_with(&format!("notes.jsonl:1: {expected}")), "{message}");
}

#[rstest]
#[case(r#"{"start": 3, "end": 3}"#, MentionFault::NoText { start: 3, end: 3 })]
#[case(r#"{"start": 3, "end": 2}"#, MentionFault::NoText { start: 3, end: 2 })]
#[case(r#"{"start": 3, "end": 99}"#, MentionFault::OutOfRange { start: 3, end: 99, chars: 10 })]
#[case(r#"{"start": 99, "end": 18446744073709551615}"#, MentionFault::OutOfRange { start: 99, end: u64::MAX, chars: 10 })]
#[case(r#"{"start": 1, "end": 2, "label": 7}"#, MentionFault::WrongShape)]
#[case(r#"{"start": -1, "end": 2}"#, MentionFault::WrongShape)]
#[case(r#"{"start": 1.5, "end": 2}"#, MentionFault::WrongShape)]
#[case(r#"{"start": "1", "end": 2}"#, MentionFault::WrongShape)]
#[case(r#"{"end": 2}"#, MentionFault::WrongShape)]
#[case(r#""Zebulon""#, MentionFault::WrongShape)]
fn a_faulty_mention_fails_its_note_and_says_which(#[case] mention: &str, #[case] expected: MentionFault) {
    let line = format!(
        r#"{{"id": "a", "text": "Zebulon µ😀", "mentions": [{{"start": 0, "end": 10}}, {mention}]}}"#
    );
    let error = read_line(&line).unwrap_err();
    assert!(!error.to_string().contains(SECRET), "{error}");
    match error.cause {
        RecordFault::Mention { index, fault } => assert_eq!((index, fault), (1, expected)),
        other => panic!("{other}"),
    }
}

#[test]
fn texts_are_read_without_looking_at_mentions() {
    let line = r#"{"id": "a", "text": "x", "entities": [{"start": 0, "end": 1, "type": "Gene"}, 7]}"#;
    let dir = folder(&[("notes.jsonl", line.as_bytes())]);
    let read: Vec<_> = read_texts(&[dir.path().join("notes.jsonl")]).unwrap().collect();
    assert_eq!(read[0].as_ref().unwrap().given, None);
}

/// Damages a record at every byte in several ways: whatever comes out, it is not text of the note.
#[test]
fn no_message_holds_text_of_the_note() {
    let record = r#"{"id":"a","text":"Zebulon Zebulon","date":"2024","mentions":[{"start":0,"end":7,"label":"disease"}]}"#;
    let mut failed = 0;
    for at in 0..record.len() {
        for damage in [&b""[..], b"\"", b"}", b"[", b"\xff", b"9", b"\n"] {
            let line = [&record.as_bytes()[..at], damage, &record.as_bytes()[at + 1..]].concat();
            let dir = folder(&[("notes.jsonl", &line)]);
            for error in read(&[&dir.path().join("notes.jsonl")]).into_iter().filter_map(Result::err) {
                // An id may be shown, and with a key damaged the text never becomes one.
                assert!(!error.to_string().contains(SECRET), "{error}");
                assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
                failed += 1;
            }
        }
    }
    assert!(failed > record.len(), "{failed}");
}
