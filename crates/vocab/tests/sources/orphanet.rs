//! Orphanet.

use clinlink_model::System;
use clinlink_vocab::{Fact, Relation, TermKind};
use rstest::rstest;

use crate::own::Own;
use crate::set::{named, one};

const ORDO: System = System::ORDO;

#[test]
fn disorders_have_synonyms_and_definitions() {
    let built = Own::new().with("orphanet", "orphanet/en_product1.xml").build().unwrap();
    assert_eq!(built.codes(&ORDO), ["ORPHA:990001", "ORPHA:990002", "ORPHA:990003", "ORPHA:990004"]);
    assert_eq!(built.title(&ORDO, "ORPHA:990001"), "Hereditary purrlessness & whisker loss");
    assert_eq!(named(&built.pack, "silent cat syndrome"), one("ORPHA:990001", TermKind::Synonym));
    assert_eq!(named(&built.pack, "bent whisker"), one("ORPHA:990004", TermKind::Title));
    assert_eq!(built.facts(&ORDO, "ORPHA:990001"), [(Fact::Definition, "A rare disorder of cats.")]);
    assert_eq!(built.parent(&ORDO, "ORPHA:990001"), None, "product 1 has no hierarchy");
    let source = built.source("orphanet");
    // 4 references, of which 1 is to a system that no pack has and 1 counts twice (ICD-10 and ICD-10-CM), and 1 heir.
    assert_eq!((source.concepts, source.terms, source.maps), (4, 5, 5));
}

#[test]
fn references_keep_their_relation() {
    let built = Own::new().with("orphanet", "orphanet").with("icd10", "icd10/icd102026syst_codes.txt");
    let built = built.build().unwrap();
    assert_eq!(built.maps(&ORDO, "ORPHA:990001")[0], ("ICD-10 Q01.0".to_owned(), Relation::Broader));
    assert_eq!(built.detail(&ORDO, "ORPHA:990001", "Q01.0"), "inclusion term");
}

#[test]
fn retired_entries_name_their_heirs() {
    let built = Own::new().with("orphanet", "orphanet").build().unwrap();
    assert_eq!(built.facts(&ORDO, "ORPHA:990003"), [(Fact::Status, "retired: ORPHA:990001")]);
    assert!(named(&built.pack, "purr aplasia").is_empty());
}

#[test]
fn classifications_are_the_hierarchy() {
    let built = Own::new().with("orphanet", "orphanet").build().unwrap();
    assert_eq!(built.parent(&ORDO, "ORPHA:990001"), Some("ORPHA:990002"));
}

#[test]
fn phenotypes_are_facts_of_their_disorder() {
    let built = Own::new().with("orphanet", "orphanet").build().unwrap();
    let facts = [
        (Fact::Definition, "A rare disorder of cats."),
        (Fact::Phenotype, "frequent (79-30%): HP:9900002 Bent whisker"),
        (Fact::Phenotype, "very frequent (99-80%): HP:9900001 Silent purr"),
    ];
    assert_eq!(built.facts(&ORDO, "ORPHA:990001"), facts);
    assert_eq!(built.source("orphanet").facts, 4, "and the status of a retired entry");
}

#[test]
fn a_deprecated_entry_is_retired_by_its_flag() {
    let text = "<JDBOR><Disorder><OrphaCode>1</OrphaCode><Name>Purr aplasia</Name><DisorderFlagList>\
        <DisorderFlag id=\"495\"><Value>8192</Value><Label>Inactive</Label></DisorderFlag>\
        <DisorderFlag id=\"459\"><Value>256</Value><Label>Deprecated entity</Label></DisorderFlag>\
        </DisorderFlagList><SynonymList/></Disorder></JDBOR>";
    let built = Own::new().with_text("orphanet", "p.xml", text.as_bytes()).build().unwrap();
    assert_eq!(built.facts(&ORDO, "ORPHA:1"), [(Fact::Status, "retired")]);
    assert!(named(&built.pack, "purr aplasia").is_empty());
}

#[rstest]
#[case::broken("<JDBOR>\n<DisorderList>\n<Disorder></JDBOR>", "p.xml:3:")]
#[case::cut_short("<JDBOR>\n<DisorderList>", "p.xml:2: the file ends with 2 elements open")]
#[case::no_code(
    "<JDBOR>\n<Disorder><Name>a</Name><SynonymList/></Disorder></JDBOR>",
    "p.xml:2: OrphaCode is \"\""
)]
#[case::no_name(
    "<JDBOR><Disorder>\n<OrphaCode>1</OrphaCode></Disorder></JDBOR>",
    "p.xml:1: ORPHA:1 has no Name"
)]
#[case::entity("<JDBOR><Disorder><Name>&nosuch;</Name></Disorder></JDBOR>", "unknown entity &nosuch;")]
#[case::finding(
    "<JDBOR><Disorder><OrphaCode>1</OrphaCode><HPODisorderAssociationList><HPODisorderAssociation>\
     <HPO><HPOId>9</HPOId></HPO></HPODisorderAssociation></HPODisorderAssociationList></Disorder></JDBOR>",
    "p.xml:1: ORPHA:1 has a finding with the HPOId \"9\""
)]
#[case::other("<html><body/></html>", "no entry of Orphanet's here")]
#[case::empty("", "no entry of Orphanet's here")]
fn a_bad_file_is_refused(#[case] text: &str, #[case] expected: &str) {
    let message = Own::new().with_text("orphanet", "p.xml", text.as_bytes()).refusal();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn an_older_file_is_in_latin_1() {
    let text = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><JDBOR><Disorder><OrphaCode>1</OrphaCode><Name>M\xe9ow</Name></Disorder></JDBOR>";
    let built = Own::new().with_text("orphanet", "p.xml", text).build().unwrap();
    assert_eq!(built.title(&ORDO, "ORPHA:1"), "M\u{e9}ow");
}
