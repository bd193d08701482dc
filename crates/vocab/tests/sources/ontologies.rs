//! Ontologies in OBO format as their owners publish them.

use clinlink_model::System;
use clinlink_vocab::{Fact, Relation, TermKind};

use crate::listed::Listed;
use crate::set::{named, one};

const MONDO: &str = "\
format-version: 1.2

[Term]
id: MONDO:0000001
name: disease
synonym: \"disorder\" EXACT []

[Term]
id: MONDO:0000002
name: hereditary purrlessness
def: \"Purrlessness that is \\\"handed down\\\".\" [MONDO:x]
synonym: \"family purrlessness\" EXACT [] {http://x=\"y\"}
synonym: \"old purrlessness\" EXACT DEPRECATED []
xref: ICD10CM:Q01.0 {source=\"MONDO:equivalentTo\"}
xref: ICD10CM:Q03.11 {source=\"MONDO:relatedTo\"}
xref: NOTHING:1
is_a: MONDO:0000001 {source=\"x\"} ! disease

[Term]
id: MONDO:0000003
name: old name
is_obsolete: true

[Term]
id: MONDO:0000004
name: whisker susceptibility
";

fn mondo() -> Listed {
    Listed::new().tabular().source(
        "mondo",
        "format = \"mondo-obo\"\nafter = [\"icd10cm\"]",
        &[("mondo.obo", MONDO)],
    )
}

#[test]
fn mondo_states_what_is_exact() {
    let (manifest, pack) = mondo().build().unwrap();
    let codes: Vec<_> = pack.concepts(&System::MONDO).map(|id| pack.concept(id).code).collect();
    assert_eq!(codes, ["MONDO:0000001", "MONDO:0000002"], "nothing obsolete, nothing beside diseases");
    let id = pack.find(&System::MONDO, "MONDO:0000002").unwrap();
    let maps: Vec<_> = pack
        .map_to(id, &System::ICD10CM)
        .into_iter()
        .map(|(id, relation)| (pack.concept(id).code, relation))
        .collect();
    assert_eq!(maps, [("Q01.0", Relation::Exact), ("Q03.11", Relation::Approximate)]);
    let facts: Vec<_> = pack.facts(id).collect();
    assert_eq!(facts, [(Fact::Definition, "Purrlessness that is \"handed down\".")]);
    assert_eq!(manifest.sources[1].maps, 2, "nothing of systems that no pack has");
}

#[test]
fn synonyms_have_their_scope_and_the_root_has_none() {
    let (_, pack) = mondo().build().unwrap();
    assert_eq!(named(&pack, "family purrlessness"), one("MONDO:0000002", TermKind::Synonym));
    assert_eq!(named(&pack, "old purrlessness"), one("MONDO:0000002", TermKind::Related));
    assert_eq!(named(&pack, "disorder"), []);
}

#[test]
fn another_ontology_is_told_apart() {
    let message = Listed::new().source("doid", "format = \"doid-obo\"", &[("doid.obo", MONDO)]).refusal();
    assert!(message.contains("doid.obo:1: no term DOID:4; expected the ontology DOID"), "{message}");
}
