//! ICD-11.

use clinlink_model::{Label, System};
use clinlink_vocab::{ClusterCode, Fact, NoteKind, Relation, TermKind};
use rstest::rstest;

use crate::own::{Built, Own};
use crate::set::{named, one};

const ICD11: System = System::ICD11;

fn icd11() -> Built {
    Own::new().with("icd11", "icd11").with("icd10", "icd10/icd102026syst_codes.txt").build().unwrap()
}

#[test]
fn the_tabulation_has_codes_blocks_and_chapters() {
    let built = icd11();
    let codes = [
        "01",
        "1Q00",
        "1Q00.0",
        "1Q00.Y",
        "1Q01",
        "1Q02",
        "BlockL1-1Q0",
        "BlockL1-XK",
        "X",
        "XA00A1",
        "XK0A",
        "XK0B",
    ];
    assert_eq!(built.codes(&ICD11), codes);
    assert_eq!(built.title(&ICD11, "1Q01"), "Quiet \"cat\"");
    assert!(named(&built.pack, "silent purr").contains(&("1Q00.0".to_owned(), TermKind::Title)));
    assert!(named(&built.pack, "purring").is_empty(), "a block is a heading");
    let billable = |code| built.pack.concept(built.pack.find(&ICD11, code).unwrap()).billable;
    assert_eq!(["01", "1Q00", "1Q00.0", "XK0A"].map(billable), [false, false, true, false]);
    assert_eq!(built.pack.concept(built.pack.find(&ICD11, "XA00A1").unwrap()).label, Label::Anatomy);
    assert_eq!(built.source("icd11").concepts, 12);
}

#[test]
fn an_entity_may_have_several_parents() {
    let built = icd11();
    assert_eq!(built.parent(&ICD11, "1Q00.0"), Some("1Q00"), "the place of its first row");
    assert_eq!(built.children(&ICD11, "1Q01"), ["1Q00.0"], "its second row");
    assert_eq!(built.children(&ICD11, "1Q00"), ["1Q00.0", "1Q00.Y", "1Q02"], "1Q02 from the column Parent");
    assert_eq!(built.parent(&ICD11, "1Q02"), Some("BlockL1-1Q0"));
    assert_eq!(built.children(&ICD11, "X"), ["BlockL1-XK", "XA00A1"]);
    assert!(built.children(&ICD11, "XA00A1").is_empty());
    assert_eq!(built.parent(&ICD11, "1Q00.Y"), Some("1Q00"));
}

#[test]
fn foundation_ids_are_facts() {
    let built = icd11();
    assert!(built.facts(&ICD11, "1Q00").contains(&(Fact::Foundation, "http://id.who.int/icd/entity/300")));
    assert!(built.facts(&ICD11, "1Q00.Y").is_empty(), "a residual category has its parent's");
}

#[test]
fn entities_of_the_api_bring_terms_and_axes() {
    let built = icd11();
    assert_eq!(named(&built.pack, "mute purring"), one("1Q00.0", TermKind::Index));
    assert_eq!(named(&built.pack, "noiseless purr"), one("1Q00.0", TermKind::Synonym));
    let id = built.pack.find(&ICD11, "1Q00.0").unwrap();
    assert_eq!(built.pack.notes(id, NoteKind::Excludes1).collect::<Vec<_>>(), ["quiet cat"]);
    let axes: Vec<_> =
        built.facts(&ICD11, "1Q00.0").into_iter().filter(|(fact, _)| *fact == Fact::Axis).collect();
    let expected = ["laterality (required): XK0A", "specificAnatomy (several): XA00A1"];
    assert_eq!(axes, expected.map(|axis| (Fact::Axis, axis)));
}

#[rstest]
#[case::of_the_tabulation("1Q01", "Not for loud cats.")]
#[case::of_the_api("1Q00.0", "Code also the cat.")]
fn coding_notes_are_facts(#[case] code: &str, #[case] note: &str) {
    assert!(icd11().facts(&ICD11, code).contains(&(Fact::CodingNote, note)));
}

#[test]
fn map_tables_lead_to_icd10() {
    let maps = icd11().maps(&ICD11, "1Q00.0");
    assert!(maps.iter().any(|(code, _)| code == "ICD-10 Q01.0"), "{maps:?}");
    assert!(maps.iter().all(|(_, relation)| matches!(relation, Relation::Approximate | Relation::Exact)));
}

#[rstest]
#[case::whole("1Q00.0&XK0A/1Q01", &[])]
#[case::below_a_value("1Q00.0&XK0B", &[])]
#[case::unknown("9Z99&XK0A", &["9Z99 is not in the pack's ICD-11"])]
#[case::required("1Q00.0&XA00A1", &["1Q00.0 needs a value of the axis laterality"])]
#[case::one_value("1Q00.0&XK0A&XK0B", &["1Q00.0 takes one value of the axis laterality"])]
#[case::no_axes_known("1Q01&XK0A", &[])]
#[case::category("1Q00", &["1Q00 is no code to report; a more detailed one stands below it"])]
#[case::twice("1Q01/1Q01", &["1Q01 stands twice"])]
fn clusters_are_checked(#[case] cluster: &str, #[case] expected: &[&str]) {
    let built = icd11();
    let faults = ClusterCode::parse(cluster).unwrap().check(&built.pack);
    assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
}

const HEADER: &str =
    "Foundation URI\tLinearization URI\tCode\tTitle\tClassKind\tIsResidual\tChapterNo\tisLeaf\n";

#[rstest]
#[case::column(
    "Code\tTitle\n",
    ":1: no column \"Linearization URI\" or \"Linearization (release) URI\"; the header has: Code, Title"
)]
#[case::kind("f\tl\t1Q00\tPurr\tcat\tFalse\t01\tTrue\n", ":2: ClassKind \"cat\"")]
#[case::no_code("f\tl\t\tPurr\tcategory\tFalse\t01\tTrue\n", ":2: a category without its code")]
#[case::truth("f\tl\t1Q00\tPurr\tcategory\tFalse\t01\tyes\n", ":2: \"yes\", expected True or False")]
#[case::twice(
    "f\tl\t1Q00\tPurr\tcategory\tFalse\t01\tTrue\ng\tm\t1Q00\tMeow\tcategory\tFalse\t01\tTrue\n",
    ":3: 1Q00 stands here for the second time, with another title"
)]
#[case::too_wide(
    "f\tl\t1Q00\tPurr\tcategory\tFalse\t01\tTrue\tmore\n",
    ":2: 9 columns, expected the 8 of the header"
)]
#[case::nothing("", "no tabulation here")]
fn a_bad_tabulation_is_refused(#[case] rows: &str, #[case] expected: &str) {
    let text = if rows.starts_with("Code") { rows.to_owned() } else { format!("{HEADER}{rows}") };
    let message = Own::new().with_text("icd11", "mms.txt", text.as_bytes()).refusal();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case::broken("{\"@id\": \n3", "e.json:")]
#[case::unknown(
    "\n{\"@id\": \"http://id.who.int/icd/release/11/mms/1\"}",
    "an entity \"http://id.who.int/icd/release/11/mms/1\""
)]
fn bad_entities_are_refused(#[case] json: &str, #[case] expected: &str) {
    let own = Own::new().with("icd11", "icd11/SimpleTabulation-ICD-11-MMS-en.txt");
    let message = own.with_text("icd11", "e.json", json.as_bytes()).refusal();
    assert!(message.contains(expected), "{message}");
}
