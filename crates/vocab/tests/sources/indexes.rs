//! CDC's index to diseases and its tables of neoplasms and of drugs, as XML and as CSV.

use std::fs;

use clinlink_vocab::TermKind;
use rstest::rstest;

use crate::listed::Listed;
use crate::set::{named, one};

const RECIPE: &str = "format = \"icd10cm-index\"\nafter = [\"icd10cm\"]";
const INDEX: (&str, &str) = ("index.xml", include_str!("../data/index.xml"));
const NEOPLASMS: (&str, &str) = ("neoplasm.xml", include_str!("../data/neoplasm.xml"));
const DRUGS: (&str, &str) = ("drug.xml", include_str!("../data/drug.xml"));

fn index(files: &[(&str, &str)]) -> Listed {
    Listed::new().tabular().source("index", RECIPE, files)
}

#[rstest]
#[case::main("bend", &[("Q03.1", TermKind::Index)])]
#[case::modifier("sudden bend", &[("Q03.1", TermKind::Index)])]
#[case::below("bending of whisker", &[("Q01.0", TermKind::Related), ("Q02", TermKind::Index)])]
#[case::see("crook", &[("Q03.1", TermKind::Index)])]
#[case::below_see("whisker crook", &[("Q02", TermKind::Index)])]
#[case::see_also("curl", &[("Q02", TermKind::Related)])]
#[case::nothing_said("bend specified", &[])]
#[case::see_a_neoplasm("furball", &[("Q03.8", TermKind::Index)])]
#[case::neoplasm("benign neoplasm of paw", &[("Q03.8", TermKind::Index)])]
#[case::cancer("paw cancer", &[("Q03.1", TermKind::Index)])]
#[case::metastasis("metastasis to paw", &[("Q03", TermKind::Index)])]
#[case::no_code("carcinoma in situ of paw", &[])]
#[case::poisoning("catnip poisoning", &[("Q01.0", TermKind::Index)])]
#[case::self_harm("intentional catnip overdose", &[("Q01.9", TermKind::Index)])]
#[case::adverse("adverse effect of catnip", &[("Q02", TermKind::Index)])]
#[case::other_edition("underdosing of catnip", &[])]
fn entries_name_codes(#[case] text: &str, #[case] expected: &[(&str, TermKind)]) {
    let (_, pack) = index(&[INDEX, NEOPLASMS, DRUGS]).build().unwrap();
    let mut found = named(&pack, text);
    found.sort();
    let expected: Vec<_> = expected.iter().map(|&(code, kind)| (code.to_owned(), kind)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_folder_is_read_whole_and_other_files_are_let_be() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in
        [INDEX, NEOPLASMS, ("tabular.xml", include_str!("../data/tabular.xml")), ("a.pdf", "%PDF")]
    {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let no_files: [(&str, &str); 0] = [];
    let listed = Listed::new().tabular().source("index", RECIPE, &no_files).path("index", dir.path());
    let (_, pack) = listed.build().unwrap();
    assert_eq!(named(&pack, "crook"), one("Q03.1", TermKind::Index));
    assert_eq!(named(&pack, "furball"), one("Q03.8", TermKind::Index));
}

#[rstest]
#[case::other_xml("t.xml", "<a/>", "t.xml:1: no index of ICD-10-CM: expected CDC's XML")]
#[case::broken("i.xml", "<ICD10CM.index>\n<mainTerm>\n<title>A</title>\n</term>", "i.xml:4: ")]
#[case::addenda(
    "i.xml",
    "<ICD10CM.index isAddenda=\"true\">\n</ICD10CM.index>",
    "i.xml:1: an addenda lists changes only"
)]
#[case::head(
    "i.xml",
    "<ICD10CM.index><indexHeading><head col=\"1\">Animal</head></indexHeading><mainTerm><title>A</title></mainTerm></ICD10CM.index>",
    "a table of 1 columns whose first is \"Animal\""
)]
#[case::columns(
    "i.csv",
    "Level,Term\n0,Bend\n",
    "i.csv:2: CSV deserialize error: record 1 (line: 2, byte: 11): missing field `See`"
)]
#[case::short(
    "i.csv",
    "Level,Term,See,SeeAlso,NonEssModif,Code\n0,Bend,,,,Q02\n0,Crook\n",
    "i.csv:3: CSV error: record 2"
)]
#[case::level(
    "i.csv",
    "Level,Term,See,SeeAlso,NonEssModif,Code\n0,Bend,,,,Q02\n2,tail,,,,Q02\n",
    "i.csv:3: level 2 below an entry of level 0"
)]
fn a_broken_index_names_file_and_line(#[case] name: &str, #[case] text: &str, #[case] expected: &str) {
    let message = index(&[(name, text)]).refusal();
    assert!(message.contains(expected), "{message}");
}
