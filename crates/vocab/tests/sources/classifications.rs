//! ICD-10-PCS, ICD-9-CM, the mappings between classifications, and what groupers say of codes.

use clinlink_model::{Label, System};
use clinlink_vocab::{Fact, Pack, Relation, TermKind};
use rstest::rstest;

use crate::listed::Listed;
use crate::set::{named, one};

const PCS: &str = "\
0DTJ0ZZ Removal of Whisker, Open Approach
0DTJ4ZZ Removal of Whisker, Percutaneous Approach
0DT70ZZ Removal of Tail, Open Approach
";
const DIAGNOSES: &[u8] = b"25000 Purr trouble, unspecified\nV1582 History of M\xE9ow\nE8859 Fall from cat\n";
const PROCEDURES: &str = "3613 Combing of three cats\n";
const SHORT_DIAGNOSES: &str = "25000 Prr trbl NOS\n";
const TO_10: &str = "[options]\nfrom = \"ICD-9-CM\"\nto = \"ICD-10-CM\"";

fn pcs(text: impl AsRef<[u8]>) -> Listed {
    Listed::new().source("icd10pcs", "format = \"icd10pcs-codes\"", &[("pcs.txt", text)])
}

fn icd9(diagnoses: &[u8]) -> Listed {
    let files: [(&str, &[u8]); 4] = [
        ("dx.txt", diagnoses),
        ("sg.txt", PROCEDURES.as_bytes()),
        ("short_dx.txt", SHORT_DIAGNOSES.as_bytes()),
        ("short_sg.txt", b""),
    ];
    Listed::new().source("icd9cm", "format = \"icd9cm\"", &files)
}

fn gems(text: &str) -> Listed {
    let recipe = format!("format = \"gems\"\nafter = [\"icd10cm\", \"icd9cm\"]\n{TO_10}");
    icd9(DIAGNOSES).tabular().source("gem", &recipe, &[("gem.txt", text)])
}

fn grouper(format: &str, files: &[(&str, &str)]) -> Listed {
    Listed::new().tabular().source("grouper", &format!("format = \"{format}\"\nafter = [\"icd10cm\"]"), files)
}

fn title<'p>(pack: &'p Pack, system: &System, code: &str) -> &'p str {
    pack.title(pack.find(system, code).unwrap())
}

fn above(pack: &Pack, system: &System, code: &str) -> Vec<String> {
    pack.ancestors(pack.find(system, code).unwrap()).map(|id| pack.code(id).to_owned()).collect()
}

#[test]
fn procedures_stand_below_tables_named_by_their_common_words() {
    let (_, pack) = pcs(PCS).build().unwrap();
    assert_eq!(above(&pack, &System::ICD10PCS, "0DTJ4ZZ"), ["0DTJ", "0DT", "0D", "0"]);
    assert_eq!(title(&pack, &System::ICD10PCS, "0D"), "Gastrointestinal System");
    assert_eq!(title(&pack, &System::ICD10PCS, "0DT"), "Removal");
    assert_eq!(named(&pack, "removal of whisker"), one("0DTJ", TermKind::Title));
    assert_eq!(named(&pack, "removal"), [], "a root operation alone is no term");
    let row = pack.concept(pack.find(&System::ICD10PCS, "0DTJ").unwrap());
    assert_eq!((row.label, row.billable), (Label::Procedure, false));
    assert!(pack.concept(pack.find(&System::ICD10PCS, "0DTJ4ZZ").unwrap()).billable);
}

#[test]
fn tables_name_what_is_above_codes_and_the_values_of_axes() {
    let tables = ("pcs_tables.xml", include_str!("../data/pcs_tables.xml"));
    let listed = Listed::new()
        .source("icd10pcs", "format = \"icd10pcs-codes\"\nafter = [\"tables\"]", &[("pcs.txt", PCS)])
        .source("tables", "format = \"icd10pcs-tables\"", &[tables]);
    let (_, pack) = listed.build().unwrap();
    assert_eq!(title(&pack, &System::ICD10PCS, "0D"), "Face", "the tables' own name");
    let table = pack.find(&System::ICD10PCS, "0DT").unwrap();
    assert_eq!(pack.title(table), "Plucking");
    let facts: Vec<_> = pack.facts(table).collect();
    assert_eq!(
        facts,
        [
            (Fact::Definition, "Taking out one by one"),
            (Fact::Axis, "approach 0: Open"),
            (Fact::Axis, "approach 4: Hasty"),
            (Fact::Axis, "body part 7: Tail"),
            (Fact::Axis, "body part J: Whisker"),
            (Fact::Axis, "device Z: No Device"),
            (Fact::Axis, "qualifier Z: No Qualifier"),
        ]
    );
    assert_eq!(above(&pack, &System::ICD10PCS, "0DTJ4ZZ"), ["0DTJ", "0DT", "0D", "0"]);
}

#[rstest]
#[case::axis("<pcsTable>\n<axis pos=\"8\"></axis></pcsTable>", "t.xml:3: axis 8, expected 1 to 7")]
#[case::value(
    "<pcsTable>\n<axis pos=\"1\"><label code=\"O\">x</label></axis></pcsTable>",
    "t.xml:3: value \"O\""
)]
#[case::name(
    "<pcsTable>\n<axis pos=\"1\"><label code=\"0\"/></axis></pcsTable>",
    "t.xml:3: a value without name"
)]
#[case::axes(
    "<pcsTable>\n<axis pos=\"1\"><label code=\"0\">x</label></axis></pcsTable>",
    "a table with 1 of its axes"
)]
#[case::none("<title>x</title>", "no pcsTable")]
fn broken_tables_name_file_and_line(#[case] body: &str, #[case] expected: &str) {
    let text = format!("<ICD10PCS.tabular>\n{body}</ICD10PCS.tabular>");
    let message = Listed::new().source("t", "format = \"icd10pcs-tables\"", &[("t.xml", text)]).refusal();
    assert!(message.contains(expected), "{message}");
}

fn pcs_index(text: &str) -> Listed {
    pcs(PCS).source("index", "format = \"icd10pcs-index\"\nafter = [\"icd10pcs\"]", &[("index.xml", text)])
}

#[rstest]
#[case::see("whiskerectomy", &[("0DTJ", TermKind::Index)])]
#[case::table_only("whiskerotomy", &[("0DT", TermKind::Related)])]
#[case::full("tip tailing", &[("0DT70ZZ", TermKind::Index)])]
#[case::body_part("vibrissa", &[])]
fn the_index_of_procedures_names_rows_and_codes(#[case] text: &str, #[case] expected: &[(&str, TermKind)]) {
    let (_, pack) = pcs_index(include_str!("../data/pcs_index.xml")).build().unwrap();
    let expected: Vec<_> = expected.iter().map(|&(code, kind)| (code.to_owned(), kind)).collect();
    assert_eq!(named(&pack, text), expected);
}

#[rstest]
#[case::code(
    "<ICD10PCS.index>\n<mainTerm><title>A</title><code>0DTI</code></mainTerm></ICD10PCS.index>",
    "index.xml:2: \"0DTI\""
)]
#[case::other(
    "<ICD10CM.index><mainTerm><title>A</title></mainTerm></ICD10CM.index>",
    "index.xml:1: expected CMS's index"
)]
fn a_broken_index_of_procedures_names_file_and_line(#[case] text: &str, #[case] expected: &str) {
    let message = pcs_index(text).refusal();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case::letter_o("0DTJ0ZZ A\n0OTJ0ZZ B\n", "pcs.txt:2: expected a code of seven characters")]
#[case::no_title("0DTJ0ZZ\n", "pcs.txt:1: expected a code of seven characters, a blank and a title")]
#[case::twice("0DTJ0ZZ A\n0DT70ZZ C\n0DTJ0ZZ B\n", "pcs.txt:3: 0DTJ0ZZ stands here a second time")]
fn a_broken_list_of_procedures_names_file_and_line(#[case] text: &str, #[case] expected: &str) {
    let message = pcs(text).refusal();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_lenient_build_goes_on_behind_each_fault() {
    let skipped = pcs("0DTJ0ZZ A\nnonsense\n0DTJ0ZZ B\n0DT70ZZ C\n").skipped();
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    let skipped = gems("25000 Q010 00000\n25000 Q010\nV1582 Q019 10000\nV1582 Q019 3\n").skipped();
    assert_eq!(skipped.len(), 2, "{skipped:?}");
}

#[test]
fn a_byte_that_is_no_utf8_is_named_with_its_line() {
    let message = pcs(b"0DTJ0ZZ A\n0DT70ZZ M\xE9ow\n").refusal();
    assert!(message.contains("pcs.txt:2: byte 0xE9 is no UTF-8"), "{message}");
}

#[test]
fn icd9_has_points_chapters_and_latin_letters() {
    let (manifest, pack) = icd9(DIAGNOSES).build().unwrap();
    assert_eq!(title(&pack, &System::ICD9CM, "V15.82"), "History of Méow");
    assert_eq!(above(&pack, &System::ICD9CM, "250.00"), ["250.0", "240-279"]);
    assert_eq!(title(&pack, &System::ICD9CM, "250.0"), "Purr trouble", "divided into 250.00 and others");
    assert!(!pack.is_billable(pack.find(&System::ICD9CM, "250.0").unwrap()));
    assert_eq!(above(&pack, &System::ICD9CM, "E885.9"), ["E000-E999"]);
    assert_eq!(above(&pack, &System::ICD9CM, "36.13"), ["36.1", "35-39"]);
    let combing = pack.concept(pack.find(&System::ICD9CM, "36.13").unwrap());
    assert_eq!(combing.label, Label::Procedure);
    assert_eq!(named(&pack, "purr trouble"), one("250.00", TermKind::Synonym));
    assert_eq!(
        named(&pack, "prr trbl nos"),
        one("250.00", TermKind::Related),
        "short titles are surely no words"
    );
    assert_eq!(manifest.sources[0].concepts, 19 + 18 + 4 + 3);
}

#[rstest]
#[case::code(b"25000 A\nA2500 B\n", "dx.txt:2: \"A2500\" has not the form of a diagnosis of ICD-9-CM")]
#[case::twice(b"25000 A\n25000 B\n", "dx.txt:2: 250.00 stands here a second time")]
#[case::no_title(b"25000\n", "dx.txt:1: 250.00 has no title")]
#[case::short_only(b"311 A\n", "short_dx.txt:1: 250.00 has no long title")]
fn a_broken_list_of_icd9_names_file_and_line(#[case] diagnoses: &[u8], #[case] expected: &str) {
    let message = icd9(diagnoses).refusal();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case::text("25000 Q010 00000\nV1582 Q019 10000\nE8859 NoDx 11000\n25000 Q999 00000\n")]
#[case::csv(
    "\"icd9cm\",\"icd10cm\",\"flags\",\"approximate\"\n\"25000\",\"Q010\",\"00000\",0\n\"V1582\",\"Q019\",\"10000\",1\n\"E8859\",\"NoDx\",\"11000\",1\n"
)]
fn mappings_are_exact_or_approximate(#[case] text: &str) {
    let (manifest, pack) = gems(text).build().unwrap();
    let icd10 = |code| {
        let id = pack.find(&System::ICD9CM, code).unwrap();
        let maps = pack.map_to(id, &System::ICD10CM).into_iter();
        maps.map(|(id, relation)| (pack.code(id), relation)).collect::<Vec<_>>()
    };
    assert!(icd10("250.00").contains(&("Q01.0", Relation::Exact)));
    assert_eq!(icd10("V15.82"), [("Q01.9", Relation::Approximate)]);
    assert_eq!(icd10("E885.9"), [], "no map, whatever stands in its place");
    let gem = manifest.sources.iter().find(|source| source.name == "gem").unwrap();
    assert_eq!(
        gem.maps - gem.unknown_targets,
        2,
        "a code that the tabular list does not have is counted apart"
    );
}

#[test]
fn a_part_of_a_combination_is_not_exact() {
    let (_, pack) = gems("V1582 Q010 00111\nV1582 Q02 00112\n").build().unwrap();
    let id = pack.find(&System::ICD9CM, "V15.82").unwrap();
    let relations: Vec<_> =
        pack.map_to(id, &System::ICD10CM).into_iter().map(|(_, relation)| relation).collect();
    assert_eq!(relations, [Relation::Approximate, Relation::Approximate]);
}

#[rstest]
#[case::columns("25000 Q010\n", "gem.txt:1: 2 columns, expected a source, a target and five flags")]
#[case::flags("25000 Q010 0000\n", "gem.txt:1: flags \"0000\", expected five digits")]
#[case::flag("25000 Q010 20000\n", "expected 0 or 1 three times and two digits")]
#[case::scenario("25000 Q010 00000\nV1582 Q010 00100\n", "gem.txt:2: flags [0, 0, 1, 0, 0]: a combination")]
#[case::code("25000 q010 00000\n", "gem.txt:1: \"q010\" has not the form of a code of ICD-10-CM")]
#[case::direction(
    "icd10cm,icd9cm,flags\n",
    "gem.txt:1: the header is icd10cm,icd9cm,flags, expected icd9cm,icd10cm,flags"
)]
fn broken_mappings_name_file_and_line(#[case] text: &str, #[case] expected: &str) {
    let message = gems(text).refusal();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn mappings_need_to_know_their_direction() {
    let message =
        Listed::new().source("gem", "format = \"gems\"", &[("gem.txt", "25000 Q010 00000")]).refusal();
    assert!(message.contains("gem.recipe.toml:1: [options]: missing field `from`"), "{message}");
}

const CHRONIC: &str = "\
Chronic Condition Indicator Refined v0,,
(0=Not chronic 1=Chronic and 9=No determination),,
'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','CHRONIC INDICATOR'
'Q010',\"Purrlessness, silent\",1
'Q019',Purr trouble,0
'Q999',Of another edition,9
";

#[rstest]
#[case::ccsr("ccsr", &[("ccsr.json", "{\n\"Q010\": \"END002\",\n\"Q999\": \"END003\"\n}")], Fact::Ccsr, "END002")]
#[case::chronic("chronic-conditions", &[("ccir.csv", CHRONIC)], Fact::Chronic, "chronic")]
#[case::cc(
    "drg-severity",
    &[
        ("cc.txt", "TABLE 6J - COMPLETE CC LIST\r\nDiagnosis Code\tDescription\r\nQ01.0\tPurrlessness\r\n\r\n\tNotes:\r\n"),
        ("mcc.txt", "TABLE 6I - COMPLETE MCC LIST\r\nDiagnosis Code\tDescription\r\n"),
    ],
    Fact::Severity,
    "CC"
)]
fn groupers_state_facts(
    #[case] format: &str,
    #[case] files: &[(&str, &str)],
    #[case] fact: Fact,
    #[case] expected: &str,
) {
    let (_, pack) = grouper(format, files).build().unwrap();
    let facts: Vec<_> = pack.facts(pack.find(&System::ICD10CM, "Q01.0").unwrap()).collect();
    assert_eq!(facts, [(fact, expected)]);
    assert_eq!(pack.facts(pack.find(&System::ICD10CM, "Q02").unwrap()).count(), 0);
}

#[rstest]
#[case::category("ccsr", &[("c.json", "{\n\"Q010\": \"END002\",\n\"Q019\": \"END\"\n}")], "c.json:3: Q019: category \"END\"")]
#[case::twice("ccsr", &[("c.json", "{\n\"Q010\": \"END002\",\n\"Q010\": \"END003\"\n}")], "c.json:3: Q010 stands here a second time")]
#[case::json("ccsr", &[("c.json", "{\n\"Q010\": 3}")], "c.json:2: ")]
#[case::header("chronic-conditions", &[("c.csv", "'Q010',A,1\n")], "c.csv:1: no line of headings")]
#[case::indicator(
    "chronic-conditions",
    &[("c.csv", "'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','CHRONIC INDICATOR'\n'Q010',A,1\n'Q019',B,2\n")],
    "c.csv:3: indicator \"2\", expected 0, 1 or 9"
)]
#[case::lists("drg-severity", &[("a.txt", "COMPLETE MCC LIST\nx\n"), ("b.txt", "COMPLETE CC LIST\nx\n")], "a.txt:1: expected a first line that ends in COMPLETE CC LIST")]
#[case::columns("drg-severity", &[("c.txt", "COMPLETE CC LIST\nx\nQ01.0 A\n"), ("m.txt", "")], "c.txt:3: 1 column")]
fn a_broken_grouper_names_file_and_line(
    #[case] format: &str,
    #[case] files: &[(&str, &str)],
    #[case] expected: &str,
) {
    let message = grouper(format, files).refusal();
    assert!(message.contains(expected), "{message}");
}
