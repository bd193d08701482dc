//! What CMS's tables and definitions say of MS-DRGs.

use clinlink_model::System;
use clinlink_vocab::{Fact, Pack};
use rstest::rstest;

use crate::listed::Listed;

const EXCLUSIONS: &str = "\
TABLE 6K - COMPLETE LIST OF CC EXCLUSIONS\r
K Part 1: List of CC and Major CC Codes\r
 I10 Dx  Lev PDX Exclusions   ICD-10-CM Description\r
 Q010    MCC 0002:0,002 codes     Purrlessness, silent\r
 Q019    CC  No Excl          Purr trouble\r
\r
PDX collection 0002\r
  Q010    Purrlessness, silent\r
  Q02     Bent whisker\r
\r
PDX collection 0003\r
  Q02     Bent whisker\r
\r
K Part 2: Codes that are CC or Major CC only if patient discharged alive\r
\r
  Q019    Purr trouble\r
\r
K Part 3: Secondary Diagnosis CC/MCC Severity Exclusions in Select MS-DRGs\r
\r
MDC 05 DRGs 280-282 Meow, Discharged Alive\r
\r
  Q010   Purrlessness, silent\r
";

const WEIGHTS: &str = "\
\"TABLE 5.\u{97}LIST OF MS-DRGS,\nFY 2026\"\t\t\t\t\t\t\t\t\t\n\
MS-DRG \tPost-Acute DRG\tSpecial Pay DRG\tMDC\tTYPE\tMS-DRG Title\tWeights - Before Cap\tWeights - 10% Cap Applied \tGeometric mean LOS\tArithmetic mean LOS\n\
901\tYes\tNo\t05\tMED\t\"PURR TROUBLE, SILENT WITH MCC\"\t1.2000\t1.2838\t3.8\t5.0\n\
999\tNo\tNo\t \t**\tUNGROUPABLE\t.\t.\t.\t\n\
\t\t\t\t\t\t\t\t\t\n";

const APPENDIX_B: &str = include_str!("../data/drg-definitions/appendix_B.txt");

const APPENDIX_E: &str = include_str!("../data/drg-definitions/appendix_E.txt");

fn grouper(format: &str, files: &[(&str, &str)]) -> Listed {
    Listed::new().tabular().source("grouper", &format!("format = \"{format}\"\nafter = [\"icd10cm\"]"), files)
}

fn definitions(files: &[(&str, &str)]) -> Listed {
    let pcs = "0DTJ0ZZ Removal of Whisker\n0DTJ4ZZ Removal of Whisker\n0DT70ZZ Removal of Tail\n";
    let recipe = "format = \"drg-definitions\"\nafter = [\"icd10cm\", \"icd10pcs\"]";
    let listed =
        Listed::new().tabular().source("icd10pcs", "format = \"icd10pcs-codes\"", &[("pcs.txt", pcs)]);
    listed.source("definitions", recipe, files)
}

fn facts<'p>(pack: &'p Pack, system: &System, code: &str) -> Vec<(Fact, &'p str)> {
    pack.facts(pack.find(system, code).unwrap()).collect()
}

#[test]
fn exclusions_say_which_principal_diagnoses_exclude_a_code() {
    let (_, pack) = grouper("cc-exclusions", &[("6k.txt", EXCLUSIONS)]).build().unwrap();
    let of = |code| facts(&pack, &System::ICD10CM, code);
    let purrless =
        [(Fact::ExcludedBy, "0002"), (Fact::Excludes, "0002"), (Fact::NoSeverity, "in MS-DRGs 280-282")];
    assert_eq!(of("Q01.0"), purrless);
    assert_eq!(of("Q01.9"), [(Fact::NoSeverity, "unless discharged alive")]);
    assert_eq!(of("Q02"), [(Fact::Excludes, "0002 0003")]);
}

#[test]
fn drgs_have_title_weight_and_category() {
    let (_, pack) = grouper("drg-weights", &[("5.txt", WEIGHTS)]).build().unwrap();
    assert_eq!(
        facts(&pack, &System::MS_DRG, "901"),
        [(Fact::Weight, "1.2838"), (Fact::Mdc, "05"), (Fact::DrgType, "MED")]
    );
    let drg = pack.concept(pack.find(&System::MS_DRG, "901").unwrap());
    assert_eq!(drg.title, "PURR TROUBLE, SILENT WITH MCC");
    assert_eq!(facts(&pack, &System::MS_DRG, "999"), []);
    assert_eq!(pack.concepts(&System::MS_DRG).count(), 2);
    assert_eq!(pack.terms().get("ungroupable"), None, "no note means an MS-DRG");
}

#[test]
fn definitions_say_which_drgs_a_code_is_a_part_of() {
    let files =
        [("appendix_b.txt", APPENDIX_B), ("appendix_e.txt", APPENDIX_E), ("readme.txt", "The manual\n")];
    let (_, pack) = definitions(&files).build().unwrap();
    let of = |code| facts(&pack, &System::ICD10CM, code);
    assert_eq!(of("Q01.0"), [(Fact::DrgIndex, "05 280-282"), (Fact::DrgIndex, "25 974-976 977")]);
    assert_eq!(of("Q02"), [(Fact::DrgIndex, "06 371")]);
    for (code, drgs, room) in
        [("0DTJ0ZZ", "06 326-328", "yes"), ("0DTJ4ZZ", "06 326-328", "no"), ("0DT70ZZ", "06 329-331", "yes")]
    {
        let expected = [(Fact::DrgIndex, drgs), (Fact::OperatingRoom, room)];
        assert_eq!(facts(&pack, &System::ICD10PCS, code), expected, "{code}");
    }
}

#[rstest]
#[case::level(
    "cc-exclusions",
    EXCLUSIONS,
    "Q010    MCC",
    "Q010    NCC",
    "t.txt:4: level \"NCC\", expected CC or MCC"
)]
#[case::collection(
    "cc-exclusions",
    EXCLUSIONS,
    "0002:0,002",
    "0002",
    "t.txt:4: \"0002\", expected a PDX collection"
)]
#[case::cut_short(
    "cc-exclusions",
    EXCLUSIONS,
    "0002:0,002 ",
    "0002:3 ",
    "t.txt:4: PDX collection 0002 of 3 codes, the table has 2 of it"
)]
#[case::code(
    "cc-exclusions",
    EXCLUSIONS,
    "  Q02     Bent",
    "  q02     Bent",
    "t.txt:9: \"q02\" has not the form"
)]
#[case::other_table("cc-exclusions", WEIGHTS, "999", "999", "t.txt:1: no line \"PDX collection …\"")]
#[case::drg("drg-weights", WEIGHTS, "901\t", "90A\t", "t.txt:4: \"90A\", expected an MS-DRG of three digits")]
#[case::twice("drg-weights", WEIGHTS, "999\t", "901\t", "t.txt:5: 901 stands here a second time")]
#[case::weight(
    "drg-weights",
    WEIGHTS,
    "1.2838",
    "1,2838",
    "t.txt:4: 901: weight \"1,2838\", expected a number"
)]
#[case::headings("drg-weights", WEIGHTS, "TYPE", "KIND", "t.txt:1: no line of headings")]
fn a_broken_table_names_file_and_line(
    #[case] format: &str,
    #[case] table: &str,
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] expected: &str,
) {
    assert!(table.contains(right));
    let message = grouper(format, &[("t.txt", &table.replacen(right, wrong, 1))]).refusal();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case::mdc(APPENDIX_B, "Q02     06", "Q02     6", "b.txt:9: MDC \"6\", expected two digits or PRE")]
#[case::drg(APPENDIX_B, "371 ", "0371 ", "b.txt:9: MS-DRG \"0371\", expected three digits")]
#[case::range(APPENDIX_B, "280-282", "282-280", "b.txt:7: MS-DRG \"282-280\"")]
#[case::code(APPENDIX_B, "Q010 ", "q010 ", "b.txt:7: \"q010\" has not the form of a code of ICD-10-CM")]
#[case::no_code(APPENDIX_B, "Q010    05", "        05", "b.txt:7: an MDC without a code above it")]
#[case::another_appendix(APPENDIX_B, "Diagnosis Code/MDC", "MDC", "b.txt:1: none of the files is appendix B")]
fn a_broken_index_names_file_and_line(
    #[case] table: &str,
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] expected: &str,
) {
    assert!(table.contains(right));
    let message = definitions(&[("b.txt", &table.replacen(right, wrong, 1))]).refusal();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_lenient_build_skips_the_bad_lines_of_an_index() {
    let broken = APPENDIX_B.replacen("Q010    05", "Q010    5", 1);
    let skipped = definitions(&[("b.txt", &broken)]).skipped();
    assert!(skipped.len() == 1 && skipped[0].contains("b.txt:7: MDC \"5\""), "{skipped:?}");
}
