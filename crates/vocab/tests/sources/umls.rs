//! UMLS and `RxNorm`.

use clinlink_model::{Label, System};
use clinlink_vocab::{Fact, Relation, TermKind};
use rstest::rstest;

use crate::own::{Own, data};
use crate::set::{named, one};

const UMLS: System = System::UMLS;

/// All types and sources: the recipe's own options are for a real release.
const ALL: &str = "hierarchy = [\"SNOMEDCT_US\"]";

fn umls() -> Own {
    Own::new().with("umls", "umls").options("umls", ALL)
}

#[test]
fn ranks_choose_the_preferred_name() {
    let built = umls().build().unwrap();
    assert_eq!(built.codes(&UMLS), ["C9000001", "C9000002", "C9000003", "C9000004", "C9000005"]);
    assert_eq!(built.title(&UMLS, "C9000001"), "Failure of purring", "SNOMEDCT_US PT has the highest rank");
    assert_eq!(named(&built.pack, "silent purr"), one("C9000001", TermKind::Synonym));
    assert_eq!(named(&built.pack, "Failure, Purr")[0].1, TermKind::Index, "a permuted form");
    assert!(named(&built.pack, "fallo del ronroneo").is_empty(), "another language");
    assert!(named(&built.pack, "purr obsolete").is_empty(), "suppressed");
}

#[test]
fn options_keep_languages_sources_and_suppressed_atoms() {
    let options = "languages = [\"SPA\", \"ENG\"]\nsuppressed = [\"O\"]\nsources = [\"MSH\", \"MSHSPA\", \"SNOMEDCT_US\"]";
    let built = umls().options("umls", options).build().unwrap();
    assert_eq!(built.title(&UMLS, "C9000001"), "Fallo del ronroneo");
    assert_eq!(named(&built.pack, "purr obsolete"), one("C9000001", TermKind::Related));
    assert!(named(&built.pack, "silent purr").is_empty(), "ICD10CM is not among the sources");
}

#[test]
fn semantic_types_give_labels_and_filter() {
    let built = umls().build().unwrap();
    let label = |code| built.pack.concept(built.pack.find(&UMLS, code).unwrap()).label;
    let labels = ["C9000001", "C9000003", "C9000004", "C9000005"].map(label);
    assert_eq!(labels, [Label::Disease, Label::Disease, Label::Other, Label::Chemical]);
    let types =
        [(Fact::SemanticType, "T047 Disease or Syndrome"), (Fact::SemanticType, "T184 Sign or Symptom")];
    assert_eq!(built.facts(&UMLS, "C9000002"), types);
    let some = umls().options("umls", "semantic_types = [\"T184\", \"T121\"]").build().unwrap();
    assert_eq!(some.codes(&UMLS), ["C9000002", "C9000005"]);
}

#[test]
fn definitions_are_facts_and_obsolete_ones_are_not() {
    let built = umls().build().unwrap();
    let definitions: Vec<_> =
        built.facts(&UMLS, "C9000001").into_iter().filter(|(fact, _)| *fact == Fact::Definition).collect();
    assert_eq!(definitions, [(Fact::Definition, "A cat that should purr and does not.")]);
}

#[test]
fn relations_are_hierarchy_or_broader() {
    let built = umls().build().unwrap();
    assert_eq!(built.parent(&UMLS, "C9000001"), Some("C9000002"));
    assert_eq!(built.children(&UMLS, "C9000002"), ["C9000001"]);
    assert_eq!(built.parent(&UMLS, "C9000002"), None, "HPO's contrary opinion is no hierarchy");
    assert!(built.maps(&UMLS, "C9000003").contains(&("UMLS C9000002".to_owned(), Relation::Broader)));
    // With all sources in the hierarchy the circle is opened.
    let all = umls().options("umls", "hierarchy = []").build().unwrap();
    assert_eq!(all.parent(&UMLS, "C9000001"), Some("C9000002"));
    assert_eq!(all.parent(&UMLS, "C9000002"), None);
}

#[test]
fn source_codes_are_cross_references() {
    let built = umls().with("snomed", "snomed").with("icd10", "icd10/icd102026syst_codes.txt");
    let built = built.options("umls", "systems = { ICD10CM = \"ICD-10\" }").build().unwrap();
    let maps = built.maps(&UMLS, "C9000001");
    assert!(maps.contains(&("SNOMED CT 990000011".to_owned(), Relation::Exact)), "{maps:?}");
    assert!(maps.contains(&("ICD-10 Q01.0".to_owned(), Relation::Exact)), "{maps:?}");
    // An inclusion term of Q02 is not Q02.
    assert_eq!(built.maps(&UMLS, "C9000003")[0], ("ICD-10 Q02".to_owned(), Relation::Broader));
}

#[test]
fn maps_between_sources_belong_to_the_source_or_the_concept() {
    let icd10 = "systems = { ICD10CM = \"ICD-10\" }";
    let own = umls().with("icd10", "icd10/icd102026syst_codes.txt").options("umls", icd10);
    let without = own.build().unwrap();
    let maps = without.maps(&UMLS, "C9000001");
    assert!(maps.contains(&("ICD-10 Q01.9".to_owned(), Relation::Broader)), "{maps:?}");
    assert_eq!(without.detail(&UMLS, "C9000001", "Q01.9"), "otherwise");
    let own = umls().with("icd10", "icd10/icd102026syst_codes.txt").with("snomed", "snomed");
    let with = own.options("umls", icd10).build().unwrap();
    assert!(!with.maps(&UMLS, "C9000001").contains(&("ICD-10 Q01.9".to_owned(), Relation::Broader)));
    let maps = with.maps(&System::SNOMED_CT, "990000011");
    // They share a name, which is surer than UMLS's "broader".
    assert!(maps.contains(&("ICD-10 Q01.9".to_owned(), Relation::Exact)), "{maps:?}");
}

#[test]
fn counts_are_those_of_the_files() {
    let built = umls().build().unwrap();
    let source = built.source("umls");
    // MRCONSO: 6 CUIs, 1 of them of maps; 11 other rows of which 1 is Spanish and 1 obsolete.
    assert_eq!((source.concepts, source.terms, source.skipped), (5, 9, 0));
    // 6 codes of known systems (2 of MSH's rows name the same), 2 rows of MRMAP that have a target and a place, 1 RB
    // and HPO's PAR, which is not in the hierarchy.
    assert_eq!(source.maps, 6 + 2 + 2);
}

#[rstest]
#[case::other_release(
    "C1|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1|Purr|0|N",
    "MRCONSO.RRF:1: the row does not end with |; expected 18 columns"
)]
#[case::old_release("C1|ENG|P|L1|PF|S1|Purr|0|\n", "MRCONSO.RRF:1: 8 columns, expected 18")]
#[case::no_rrf("id\tterm\n1\tPurr\n", "MRCONSO.RRF:1: the row does not end with |")]
#[case::no_concept(
    "X1|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1|Purr|0|N||\n",
    "MRCONSO.RRF:1: \"X1\" is no concept"
)]
#[case::no_name(
    "C1|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1|Purr|0|N||\nC1|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1||0|N||\n",
    "MRCONSO.RRF:2: a name or a source"
)]
#[case::filtered("C1|FRE|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1|Purr|0|N||\n", "no row of MRCONSO.RRF is kept")]
fn a_bad_mrconso_is_refused(#[case] text: &str, #[case] expected: &str) {
    let own = Own::new().with_text("umls", "MRCONSO.RRF", text.as_bytes()).options("umls", "");
    let message = own.refusal();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case::not_utf8(
    "MRCONSO.RRF",
    b"C1|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1|M\xe9|0|N||\n",
    "MRCONSO.RRF:1: a byte that is not UTF-8"
)]
#[case::missing("MRSTY.RRF", b"", "no MRCONSO.RRF here")]
fn a_bad_file_is_refused(#[case] name: &str, #[case] bytes: &[u8], #[case] expected: &str) {
    let message = Own::new().with_text("umls", name, bytes).options("umls", "").refusal();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case::relation(
    "MRREL.RRF",
    "C1|A1|CUI|RB|C2|A2|CUI||R1||MTH|MTH||N||\n",
    "MRREL.RRF:1: 15 columns, expected 16"
)]
#[case::types("MRSTY.RRF", "C9000001|47|A|Disease|AT1||\n", "MRSTY.RRF:1: \"47\" is no semantic type")]
#[case::rank("MRRANK.RRF", "high|MSH|MH|N|\n", "MRRANK.RRF:1: rank \"high\" is no number")]
#[case::map("MRMAP.RRF", "C1|MSH|\n", "MRMAP.RRF:1: 2 columns, expected 26")]
fn a_bad_file_beside_is_refused(#[case] name: &str, #[case] text: &str, #[case] expected: &str) {
    let own = Own::new().with_text("umls", name, text.as_bytes()).with("umls", "umls/MRCONSO.RRF");
    let message = own.options("umls", "").refusal();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case("langauges = [\"ENG\"]", "unknown field `langauges`")]
#[case("semantic_types = [\"47\"]", "\"47\" is no semantic type")]
fn a_wrong_option_is_refused(#[case] options: &str, #[case] expected: &str) {
    let message = umls().options("umls", options).refusal();
    assert!(message.contains(expected) && message.contains("umls.recipe.toml"), "{message}");
}

#[test]
fn a_lenient_build_skips_and_counts() {
    let good = "C1|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1|Purr failure|0|N||\n";
    let text = format!("{good}C2|ENG|\nC3|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1||0|N||\n");
    let own = Own::new().with_text("umls", "MRCONSO.RRF", text.as_bytes()).options("umls", "");
    let built = own.lenient().build().unwrap();
    assert_eq!(built.codes(&UMLS), ["C1"]);
    assert_eq!(built.source("umls").skipped, 2);
    assert!(built.problems[0].ends_with("MRCONSO.RRF:2: 2 columns, expected 18"), "{:?}", built.problems);
}

#[test]
fn rows_of_a_concept_that_do_not_stand_together_are_joined() {
    let row = |cui: &str, text: &str| format!("{cui}|ENG|P|L1|PF|S1|Y|A1||M1||MSH|MH|D1|{text}|0|N||\n");
    let text = row("C1", "Purr failure") + &row("C2", "Bent whisker") + &row("C1", "Silent purr");
    let own = Own::new().with_text("umls", "MRCONSO.RRF", text.as_bytes());
    let built = own.options("umls", "").build().unwrap();
    assert_eq!(built.title(&UMLS, "C1"), "Purr failure");
    assert_eq!(named(&built.pack, "silent purr"), one("C1", TermKind::Synonym));
}

#[test]
fn the_recipe_as_it_stands_reads_a_release() {
    let built = Own::new().with("umls", "umls").build().unwrap();
    assert_eq!(built.codes(&UMLS), ["C9000001", "C9000002", "C9000003", "C9000005"]);
    assert!(data("umls").is_dir());
}

#[test]
fn rxnorm_has_drugs_brands_and_their_ingredients() {
    let built = Own::new().with("rxnorm", "rxnorm").build().unwrap();
    let rx = System::RXNORM;
    assert_eq!(built.codes(&rx), ["9000001", "9000002", "9000003", "9000004", "9000005"]);
    assert_eq!(built.title(&rx, "9000001"), "purrline");
    assert_eq!(built.title(&rx, "9000003"), "purrline 10 MG Oral Tablet");
    assert_eq!(built.terms(&rx, "9000001"), ["purrline", "purr line base"], "MTHSPL is another source");
    assert_eq!(built.maps(&rx, "9000002"), [("RxNorm 9000001".to_owned(), Relation::Broader)]);
    assert!(built.maps(&rx, "9000003").contains(&("RxNorm 9000001".to_owned(), Relation::Broader)));
    assert_eq!(built.parent(&rx, "9000003"), Some("9000005"));
    let label = |code| built.pack.concept(built.pack.find(&rx, code).unwrap()).label;
    assert_eq!([label("9000003"), label("9000004")], [Label::Chemical, Label::Other]);
    let source = built.source("rxnorm");
    assert_eq!((source.concepts, source.terms, source.maps), (5, 7, 2));
}

#[test]
fn drug_codes_are_concepts_if_asked_for() {
    let ndc = System::from("NDC");
    let built = Own::new().with("rxnorm", "rxnorm").options("rxnorm", "ndc = true").build().unwrap();
    assert_eq!(built.codes(&ndc), ["99999000101"]);
    assert_eq!(built.maps(&ndc, "99999000101"), [("RxNorm 9000003".to_owned(), Relation::Exact)]);
    assert_eq!(named(&built.pack, "purrline 10 mg oral tablet").len(), 1, "an NDC is named by no term");
}

#[rstest]
#[case("RXNCONSO.RRF", "1|ENG|purr\n", "RXNCONSO.RRF:1: the row does not end with |")]
#[case("RXNREL.RRF", "", "no RXNCONSO.RRF here")]
fn a_bad_rxnorm_is_refused(#[case] name: &str, #[case] text: &str, #[case] expected: &str) {
    let message = Own::new().with_text("rxnorm", name, text.as_bytes()).refusal();
    assert!(message.contains(expected), "{message}");
}
