//! WHO's ICD-10 and OPCS-4.

use clinlink_model::{Label, System};
use clinlink_vocab::{NoteKind, TermKind};
use rstest::rstest;

use crate::own::Own;
use crate::set::{named, one};

const ICD10: System = System::ICD10;
const OPCS4: System = System::OPCS4;

#[test]
fn meta_files_have_chapters_blocks_and_codes() {
    let own = Own::new().with("icd10", "icd10/icd102026syst_codes.txt");
    let own =
        own.with("icd10", "icd10/icd102026syst_groups.txt").with("icd10", "icd10/icd102026syst_chapters.txt");
    let built = own.build().unwrap();
    let codes = ["01", "Q00-Q99", "Q01", "Q01-Q03", "Q01.0", "Q01.01", "Q01.9", "Q02"];
    assert_eq!(built.codes(&ICD10), codes);
    let leaf = built.pack.find(&ICD10, "Q01.01").unwrap();
    let path: Vec<_> = built.pack.ancestors(leaf).map(|id| built.pack.code(id)).collect();
    assert_eq!(path, ["Q01.0", "Q01", "Q01-Q03", "01"], "the smallest block around the category");
    let billable = codes.map(|code| built.pack.concept(built.pack.find(&ICD10, code).unwrap()).billable);
    assert_eq!(billable, [false, false, false, false, true, true, true, true]);
    assert_eq!(named(&built.pack, "silent purr, at night"), one("Q01.01", TermKind::Title));
    assert_eq!(built.source("icd10").concepts, 8);
}

#[test]
fn codes_alone_will_do() {
    let built = Own::new().with("icd10", "icd10/icd102026syst_codes.txt").build().unwrap();
    assert_eq!(built.codes(&ICD10), ["Q01", "Q01.0", "Q01.01", "Q01.9", "Q02"]);
}

#[test]
fn claml_has_hierarchy_notes_and_modifiers() {
    let built = Own::new().with("icd10", "icd10/claml.xml").build().unwrap();
    assert_eq!(built.codes(&ICD10), ["I", "Q01", "Q01-Q03", "Q01.0", "Q03", "Q03.0", "Q03.1", "Q04"]);
    assert_eq!(built.title(&ICD10, "Q03.0"), "Bent whisker, with silence");
    assert_eq!(built.title(&ICD10, "Q03.1"), "Bent whisker, MEOW score high");
    let billable = |code| built.pack.concept(built.pack.find(&ICD10, code).unwrap()).billable;
    assert_eq!(["Q01", "Q01.0", "Q03", "Q03.0", "Q04"].map(billable), [false, true, false, true, true]);
    assert_eq!(built.parent(&ICD10, "Q03.0"), Some("Q03"));
    assert_eq!(named(&built.pack, "purr: mute"), one("Q01.0", TermKind::Synonym));
    assert!(named(&built.pack, "bent whisker, with silence").is_empty());
    let category = built.pack.find(&ICD10, "Q01").unwrap();
    let excludes: Vec<_> = built.pack.notes(category, NoteKind::Excludes1).collect();
    assert_eq!(excludes, ["bent whisker (Q03.-)"]);
    assert_eq!(built.title(&ICD10, "Q04"), "Whisker itch & twitch");
}

#[test]
fn claml_has_fifth_characters_if_asked_for() {
    let own = Own::new().with("icd10", "icd10/claml.xml").options("icd10", "fifth_characters = true");
    let built = own.build().unwrap();
    assert_eq!(built.title(&ICD10, "Q03.00"), "Bent whisker, with silence, at home");
}

#[rstest]
#[case::columns("x_codes.txt", b"3;N;X;01;Q01\n", "x_codes.txt:1: 5 columns, expected 17")]
#[case::place(
    "x_codes.txt",
    b"3;?;X;01;Q01;Q01;Q01;Q01;Purr;Purr;;;1;2;3;4;5\n",
    "place \"?\", expected T or N"
)]
#[case::twice(
    "x_codes.txt",
    b"3;T;X;01;Q01;Q01;Q01;Q01;Purr;Purr;;;1;2;3;4;5\n3;T;X;01;Q01;Q01;Q01;Q01;Purr;Purr;;;1;2;3;4;5\n",
    "x_codes.txt:2: Q01 stands here for the second time"
)]
#[case::encoding(
    "x_codes.txt",
    b"3;T;X;01;Q01;Q01;Q01;Q01;M\xe9ow;M;;;1;2;3;4;5\n",
    "x_codes.txt:1: a byte that is not UTF-8"
)]
#[case::claml(
    "x.xml",
    b"<ClaML>\n<Class kind=\"category\"></Class></ClaML>",
    "x.xml:2: a Class without the attribute code"
)]
#[case::no_title(
    "x.xml",
    b"<ClaML><Class code=\"Q\" kind=\"category\"/></ClaML>",
    "Class Q has no preferred rubric"
)]
#[case::kind("x.xml", b"<ClaML><Class code=\"Q\" kind=\"cat\"><Rubric kind=\"preferred\"><Label>a</Label></Rubric></Class></ClaML>", "Q is of kind \"cat\"")]
#[case::other_xml("x.xml", b"<a/>", "no <Class> here")]
fn a_bad_icd10_is_refused(#[case] name: &str, #[case] bytes: &[u8], #[case] expected: &str) {
    let message = Own::new().with_text("icd10", name, bytes).refusal();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn latin_1_is_read_if_the_recipe_says_so() {
    let bytes = b"3;T;X;01;Q01;Q01;Q01;Q01;M\xe9ow;M;;;1;2;3;4;5\n";
    let own = Own::new().with_text("icd10", "x_codes.txt", bytes).options("icd10", "encoding = \"latin-1\"");
    assert_eq!(own.build().unwrap().title(&ICD10, "Q01"), "M\u{e9}ow");
}

#[test]
fn opcs_codes_stand_below_their_category() {
    let built = Own::new().with("opcs4", "opcs4").build().unwrap();
    assert_eq!(built.codes(&OPCS4), ["Q01", "Q01.1", "Q01.2", "Z90", "Z90.1"]);
    assert_eq!(built.parent(&OPCS4, "Q01.2"), Some("Q01"));
    let concept = |code| built.pack.concept(built.pack.find(&OPCS4, code).unwrap());
    assert_eq!((concept("Q01").billable, concept("Q01.2").billable), (false, true));
    assert_eq!((concept("Q01.2").label, concept("Z90.1").label), (Label::Procedure, Label::Anatomy));
    assert_eq!(built.source("opcs4").concepts, 5);
}

#[rstest]
#[case::columns("Q01 Purr\n", ":1: 1 columns, expected 2")]
#[case::code("Q01\tPurr\nQ0\tPurr\n", ":2: \"Q0\" is no OPCS-4 code")]
#[case::header("Code\tTitle\n", ":1: \"Code\" is no OPCS-4 code")]
#[case::twice("Q01.1\tPurr\nQ011\tPurr\n", ":2: Q01.1 stands here for the second time")]
#[case::title("Q01\t\n", ":1: Q01 has no title")]
fn a_bad_opcs4_is_refused(#[case] text: &str, #[case] expected: &str) {
    let message = Own::new().with_text("opcs4", "codes.txt", text.as_bytes()).refusal();
    assert!(message.contains(expected), "{message}");
}
