//! The JSON lines: golden output, round trip, and what is not a record.

use clinlink_io::{
    AnnotatedRecord, CodeSetRecord, FailureRecord, Line, LineFault, Offsets, Schema, WriteError,
    read_annotated, read_code_sets, read_notes, write_annotated, write_code_set, write_failure,
};
use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Answer, CheckBox, CodeSet, Episode, Expansion, ExpansionSource, Label,
    Layout, Mention, MentionSource, Note, Section, SectionKind, Span, Speaker, Turn,
};
use rstest::rstest;

use crate::episode::{ADMISSION, DISCHARGE, admission, code_set, episode};

fn annotated_line() -> String {
    let mut out = Vec::new();
    write_annotated(&admission(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn code_line() -> String {
    let (mut out, episode) = (Vec::new(), episode());
    write_code_set(&code_set(&episode), &episode, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The words at both sorts of offsets, which must be the same.
fn words(text: &str, at: Offsets) -> &str {
    let bytes = &text[at.start..at.end];
    let chars: String = text.chars().skip(at.start_char).take(at.end_char - at.start_char).collect();
    assert_eq!(bytes, chars);
    bytes
}

/// One value a line, so that a change shows as a change of that line.
fn pretty(line: &str) -> String {
    line.replace("{\"", "\n{\"").replace(",\"", ",\n\"")
}

#[test]
fn golden_annotated() {
    let line = annotated_line();
    assert_eq!(line.matches('\n').count(), 1);
    insta::assert_snapshot!(pretty(&line));
}

#[test]
fn golden_code_set() {
    let line = code_line();
    assert_eq!(line.matches('\n').count(), 1);
    insta::assert_snapshot!(pretty(&line));
}

#[test]
fn annotated_records_come_back_as_they_were() {
    let input = format!("{}\n{}", annotated_line(), annotated_line());
    let read: Vec<_> = read_annotated(input.as_bytes()).map(Result::unwrap).collect();
    let expected = AnnotatedRecord::from(&admission());
    assert_eq!(read, [Line::Record(expected.clone()), Line::Record(expected)]);
}

#[test]
fn code_set_records_come_back_as_they_were() {
    let episode = episode();
    let read: Vec<_> = read_code_sets(code_line().as_bytes()).map(Result::unwrap).collect();
    assert_eq!(read, [Line::Record(CodeSetRecord::new(&code_set(&episode), &episode).unwrap())]);
}

#[test]
fn offsets_cut_the_reported_text_out_of_the_note() {
    let record = AnnotatedRecord::from(&admission());
    for mention in &record.mentions {
        assert_eq!(words(ADMISSION, mention.at), mention.text);
    }
    for abbreviation in &record.abbreviations {
        assert_eq!(words(ADMISSION, abbreviation.at), abbreviation.short);
    }
    let whole: String = record.sections.iter().map(|s| words(ADMISSION, s.at)).collect();
    assert_eq!(whole, ADMISSION.trim_start_matches('\u{feff}'));
    assert_eq!(words(ADMISSION, record.sentences[0].at), "PMH: type 2 diabetes (T2D) 😀");
    let cue = &record.mentions[2].assertion.as_ref().unwrap().cues[0];
    assert_eq!(words(ADMISSION, cue.at), "no");

    let episode = episode();
    let record = CodeSetRecord::new(&code_set(&episode), &episode).unwrap();
    for evidence in record.codes.iter().flat_map(|c| &c.evidence) {
        let text = if evidence.note.ends_with("discharge") { DISCHARGE } else { ADMISSION };
        assert_eq!(words(text, evidence.at), evidence.text);
    }
}

#[test]
fn an_empty_note_has_a_record() {
    let note = Note::new("n", "").unwrap();
    let empty = AnnotatedNote { note, layout: Layout::default(), expansions: vec![], mentions: vec![] };
    let mut out = Vec::new();
    write_annotated(&empty, &mut out).unwrap();
    let expected = r#"{"schema":"clinlink/annotate/1","note":"n","sections":[],"sentences":[],"abbreviations":[],"mentions":[]}"#;
    assert_eq!(String::from_utf8(out).unwrap(), format!("{expected}\n"));
}

#[test]
fn turns_check_boxes_parents_and_other_senses_are_written() {
    let text = "EXAM\nVITALS: RA\n[doctor] pain ?";
    let note = Note::new("n", text).unwrap();
    let span = |range| note.span(range).unwrap();
    let section = |header: Span, parent| Section {
        kind: SectionKind::PhysicalExam,
        header: Some(header),
        span: header,
        parent,
    };
    let layout = Layout {
        sections: vec![section(span(0..4), None), section(span(5..11), Some(0))],
        turns: vec![Turn { span: span(16..31), speaker: Speaker::Clinician }],
        check_boxes: vec![CheckBox { mark: span(16..24), about: span(25..29), answer: Answer::Open }],
        ..Layout::default()
    };
    let expansion = Expansion {
        score: 0.75,
        runner_up: Some(("right atrium".to_owned(), 0.125)),
        ..Expansion::sure(span(13..15), "room air".to_owned(), ExpansionSource::Lexicon)
    };
    let mention =
        Mention { span: span(13..15), label: Label::Other, score: 1.0, by: MentionSource::Dictionary };
    let mentions = vec![AnnotatedMention { mention, assertion: None, links: vec![] }];
    let annotated = AnnotatedNote { note: note.clone(), layout, expansions: vec![expansion], mentions };
    let mut out = Vec::new();
    write_annotated(&annotated, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    for part in [
        r#""end_char":11,"parent":0}"#,
        r#""turns":[{"speaker":"clinician","start":16,"#,
        r#""check_boxes":[{"answer":"open","start":16,"#,
        r#""expansion":{"long":"room air","by":"lexicon","score":0.75,"runner_up":{"long":"right atrium","score":0.125}}"#,
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
}

#[test]
fn failures_have_a_record_and_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notes.jsonl");
    std::fs::write(&path, "\n{\"id\": \"a\"}\n{\n").unwrap();
    let errors: Vec<_> = read_notes(std::slice::from_ref(&path)).unwrap().filter_map(Result::err).collect();
    let mut failures: Vec<_> = errors.iter().map(|e| FailureRecord::unread(Schema::Annotate, e)).collect();
    failures.push(FailureRecord::new(Schema::Annotate, "b", "the token classifier failed"));
    let mut out = Vec::new();
    for failure in &failures {
        write_failure(failure, &mut out).unwrap();
    }
    let read: Vec<_> = read_annotated(&out[..]).map(Result::unwrap).collect();
    assert_eq!(read, failures.iter().cloned().map(Line::Failure).collect::<Vec<_>>());

    let file = serde_json::to_string(path.to_str().unwrap()).unwrap();
    let schema = r#""schema":"clinlink/annotate/1""#;
    let expected = [
        format!(r#"{{{schema},"note":"a","error":"field \"text\" is missing","file":{file},"line":2}}"#),
        format!(
            r#"{{{schema},"note":null,"error":"broken JSON at column 1: the line ends too early","file":{file},"line":3}}"#
        ),
        format!(r#"{{{schema},"note":"b","error":"the token classifier failed"}}"#),
    ];
    assert_eq!(String::from_utf8(out).unwrap().lines().collect::<Vec<_>>(), expected);
}

#[test]
fn later_fields_are_passed_over() {
    let line = annotated_line().replacen("\"note\":", "\"added\":{\"x\":[1]},\"note\":", 1);
    let read = read_annotated(line.as_bytes()).next().unwrap().unwrap();
    assert_eq!(read, Line::Record(AnnotatedRecord::from(&admission())));
}

#[rstest]
#[case("{\"schema\":\"clinlink/code/1\",\"note\":\"Zebulon\"}", true)]
#[case("{\"schema\":\"clinlink/annotate/2\",\"note\":\"Zebulon\"}", true)]
#[case("{\"note\":\"Zebulon\"}", true)]
#[case("{\"schema\":\"clinlink/annotate/1\",\"note\":\"Zebulon\"}", false)]
#[case("{\"schema\":\"clinlink/annotate/1\",\"note\":\"a\",\"sections\":\"Zebulon\"}", false)]
#[case("{\"schema\":\"clinlink/annotate/1\",\"note\":\"Zebulon", false)]
#[case("\"Zebulon\"", false)]
fn what_is_not_a_record_is_reported_without_its_text(#[case] line: &str, #[case] other_schema: bool) {
    let error = read_annotated(format!("\n{line}").as_bytes()).next().unwrap().unwrap_err();
    assert_eq!(error.line, 2);
    assert_eq!(matches!(error.cause, LineFault::OtherSchema { .. }), other_schema);
    assert!(!format!("{error} {error:?}").contains("Zebulon"), "{error:?}");
}

#[test]
fn a_code_set_of_another_episode_is_refused() {
    let (mut out, whole) = (Vec::new(), episode());
    let codes = code_set(&whole);
    let first = Episode { id: whole.id.clone(), notes: whole.notes[..1].to_vec(), repeats: vec![] };
    let error = write_code_set(&codes, &first, &mut out).unwrap_err();
    assert_eq!(
        error.to_string(),
        "episode stay-1: evidence of N17.9 is in note 1, but the episode has 1 notes"
    );

    let swapped = Episode {
        id: whole.id.clone(),
        notes: vec![whole.notes[1].clone(), whole.notes[0].clone()],
        repeats: vec![],
    };
    let error = write_code_set(&codes, &swapped, &mut out).unwrap_err();
    assert!(matches!(error, WriteError::NoSuchSpan { .. }), "{error}");
    assert!(out.is_empty());
}

#[test]
fn a_broken_pipe_can_be_told() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let empty = CodeSet { episode: "e".into(), codes: vec![], rules: vec![], purpose: None, drg: None };
    let episode = Episode { id: "e".into(), notes: vec![], repeats: vec![] };
    match write_code_set(&empty, &episode, &mut Closed) {
        Err(WriteError::Io(e)) => assert_eq!(e.kind(), std::io::ErrorKind::BrokenPipe),
        other => panic!("{other:?}"),
    }
}
