//! ORDO as OWL.

use clinlink_model::System;
use clinlink_vocab::{Fact, Relation, TermKind};
use rstest::rstest;

use crate::own::{Built, Own};
use crate::set::{named, one};

const ORDO: System = System::ORDO;

fn ordo() -> Built {
    Own::new().with("orphanet", "ordo").with("icd10", "icd10/icd102026syst_codes.txt").build().unwrap()
}

#[test]
fn classes_with_a_notation_are_entries() {
    let built = ordo();
    let codes = ["ORPHA:990001", "ORPHA:990002", "ORPHA:990003", "ORPHA:990004", "ORPHA:990005"];
    assert_eq!(built.codes(&ORDO), codes);
    assert_eq!(built.title(&ORDO, codes[0]), "Hereditary purrlessness & whisker loss");
    assert_eq!(named(&built.pack, "silent cat syndrome"), one(codes[0], TermKind::Synonym));
    assert_eq!(built.facts(&ORDO, codes[0]), [(Fact::Definition, "A rare disorder of cats.")]);
    assert!(named(&built.pack, "PURR1").is_empty(), "a gene");
    let billable = |code| built.pack.concept(built.pack.find(&ORDO, code).unwrap()).billable;
    assert_eq!(codes.map(billable), [true, false, false, true, true]);
    let source = built.source("orphanet");
    // Titles of the four entries in use and a synonym; 3 references, 2 of them to ICD-10 and so twice, and 1 heir.
    assert_eq!((source.concepts, source.terms, source.maps), (5, 5, 7));
}

#[test]
fn the_hierarchy_is_what_entries_are_part_of() {
    let built = ordo();
    assert_eq!(built.parent(&ORDO, "ORPHA:990001"), Some("ORPHA:990002"));
    assert_eq!(built.parent(&ORDO, "ORPHA:990005"), Some("ORPHA:990001"));
}

#[rstest]
#[case::axiom("ORPHA:990001", "Q01.0", Relation::Broader, "inclusion term")]
#[case::axiom_on_an_axiom("ORPHA:990005", "Q01.9", Relation::Narrower, "attributed")]
fn references_keep_their_relation(
    #[case] code: &str,
    #[case] target: &str,
    #[case] relation: Relation,
    #[case] detail: &str,
) {
    let built = ordo();
    assert_eq!(built.maps(&ORDO, code)[0], (format!("ICD-10 {target}"), relation));
    assert_eq!(built.detail(&ORDO, code, target), detail);
}

#[test]
fn a_reference_without_an_axiom_is_approximate_and_a_wrong_one_is_left_out() {
    let mesh = b"id,term,kind,code\nD990001,Purr failure,title,\nD990002,x1,title,\nD990009,x2,title,\n";
    let own = Own::new().with("orphanet", "ordo").with_text("local", "mesh.csv", mesh);
    let built = own.options("local", "system = \"MeSH\"").build().unwrap();
    let mut maps = built.maps(&ORDO, "ORPHA:990001");
    maps.retain(|(code, _)| code.starts_with("MeSH"));
    let expected = [("MeSH D990001", Relation::Exact), ("MeSH D990002", Relation::Approximate)];
    assert_eq!(maps, expected.map(|(code, relation)| (code.to_owned(), relation)));
}

#[test]
fn deprecated_entries_name_their_heirs_and_common_diseases_stay() {
    let built = ordo();
    assert_eq!(built.facts(&ORDO, "ORPHA:990003"), [(Fact::Status, "retired: ORPHA:990001")]);
    assert!(named(&built.pack, "purr aplasia").is_empty());
    assert!(named(&built.pack, "bent whisker").contains(&("ORPHA:990004".to_owned(), TermKind::Title)));
}

const CLASS: &str = "<owl:Class rdf:about=\"http://www.orpha.net/ORDO/Orphanet_1\">";

#[rstest]
#[case::notation(
    "<skos:notation>ORPHA:2</skos:notation>",
    "o.owl:2: the class Orphanet_1 has the notation \"ORPHA:2\""
)]
#[case::label("<skos:notation>ORPHA:1</skos:notation>", "o.owl:2: ORPHA:1 has no label")]
#[case::no_entry("<rdfs:label>Purr failure</rdfs:label>", "no entry of Orphanet's here")]
#[case::entity("<rdfs:label>&nosuch;</rdfs:label>", "o.owl:3: unknown entity &nosuch;")]
fn a_bad_class_is_refused(#[case] inside: &str, #[case] expected: &str) {
    let text = format!("<rdf:RDF>\n{CLASS}\n{inside}</owl:Class></rdf:RDF>");
    let message = Own::new().with_text("orphanet", "o.owl", text.as_bytes()).refusal();
    assert!(message.contains(expected), "{message}");
}
