//! The table.

use clinlink_io::write_table;
use clinlink_model::{CodeSet, Episode, System};
use rstest::rstest;
use unicode_width::UnicodeWidthStr;

use crate::episode::{code_set, episode};

fn table(codes: &CodeSet, episode: &Episode, width: usize) -> String {
    let mut out = Vec::new();
    write_table(codes, episode, &mut out, width).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn golden_table() {
    let episode = episode();
    insta::assert_snapshot!(table(&code_set(&episode), &episode, 110));
}

#[rstest]
#[case(0)]
#[case(60)]
#[case(80)]
#[case(100)]
#[case(120)]
fn no_line_is_wider_than_asked(#[case] width: usize) {
    let episode = episode();
    let table = table(&code_set(&episode), &episode, width);
    let widest = table.lines().map(UnicodeWidthStr::width).max().unwrap();
    assert!(widest <= width.max(60), "{widest}:\n{table}");
    for code in &code_set(&episode).codes {
        assert!(table.contains(&code.code), "{}", code.code);
        for evidence in code.evidence.iter().take(3) {
            let note = episode.notes[evidence.note].note.id().strip_prefix("stay-1/").unwrap();
            let from = table.find(&format!("\n{} ", code.code)).unwrap();
            assert!(table[from..].contains(note), "{}:\n{table}", code.code);
        }
        assert!(code.reason.split(' ').all(|word| table.contains(word)), "{}", code.reason);
    }
}

#[test]
fn codes_of_several_systems_name_theirs() {
    let episode = episode();
    let mut codes = code_set(&episode);
    codes.codes[1].system = System::HPO;
    let table = table(&codes, &episode, 100);
    assert!(table.contains("\nICD-10-CM E11.9"), "{table}");
    assert!(table.contains("\nHPO N17.9"), "{table}");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let mut episode = episode();
    let mut codes = code_set(&episode);
    episode.id = "stay\u{1b}[31m".into();
    codes.episode = episode.id.clone();
    codes.codes[0].title = "a\u{1b}]0;b\u{7}".into();
    codes.codes[0].reason = "c\u{9b}d\r\ne".into();
    let table = table(&codes, &episode, 100);
    assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table:?}");
}

#[test]
fn an_episode_without_codes_says_so() {
    let episode = Episode { id: "e".into(), notes: vec![], repeats: vec![] };
    let table = table(
        &CodeSet { episode: "e".into(), codes: vec![], rules: vec![], purpose: None, drg: None },
        &episode,
        100,
    );
    assert_eq!(table, "Episode e: 0 notes; codes: 0 accepted, 0 to review, 0 rejected\n");
}
