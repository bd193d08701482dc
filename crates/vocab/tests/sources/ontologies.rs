//! Ontologies in OBO format and `MeSH` in XML, as their owners publish them.

use clinlink_model::{Label, System};
use clinlink_vocab::{Fact, Relation, TermKind};

use rstest::rstest;

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
    let codes: Vec<_> = pack.concepts(&System::MONDO).map(|id| pack.code(id)).collect();
    assert_eq!(codes, ["MONDO:0000001", "MONDO:0000002"], "nothing obsolete, nothing beside diseases");
    let id = pack.find(&System::MONDO, "MONDO:0000002").unwrap();
    let maps: Vec<_> = pack
        .map_to(id, &System::ICD10CM)
        .into_iter()
        .map(|(id, relation)| (pack.code(id), relation))
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

const MESH: &str = "\
<DescriptorRecordSet LanguageCode=\"eng\">
<DescriptorRecord DescriptorClass=\"1\">
 <DescriptorUI>D1</DescriptorUI>
 <DescriptorName><String>Purr Diseases</String></DescriptorName>
 <SeeRelatedList><SeeRelatedDescriptor><DescriptorReferredTo><DescriptorUI>D9</DescriptorUI>
  <DescriptorName><String>Cats</String></DescriptorName></DescriptorReferredTo></SeeRelatedDescriptor></SeeRelatedList>
 <TreeNumberList><TreeNumber>C01</TreeNumber></TreeNumberList>
 <ConceptList>
  <Concept PreferredConceptYN=\"Y\"><ConceptName><String>Purr Diseases</String></ConceptName>
   <TermList><Term><String>Purr Diseases</String></Term><Term><String>Purr Disorders</String></Term></TermList></Concept>
  <Concept PreferredConceptYN=\"N\"><TermList><Term><String>Purr &amp; Growl</String></Term></TermList></Concept>
 </ConceptList>
</DescriptorRecord>
<DescriptorRecord DescriptorClass=\"1\">
 <DescriptorUI>D2</DescriptorUI>
 <DescriptorName><String>Silent Purr</String></DescriptorName>
 <TreeNumberList><TreeNumber>G01</TreeNumber><TreeNumber>C01.100</TreeNumber></TreeNumberList>
 <ConceptList><Concept PreferredConceptYN=\"Y\"><TermList/></Concept></ConceptList>
</DescriptorRecord>
<DescriptorRecord DescriptorClass=\"1\">
 <DescriptorUI>D3</DescriptorUI>
 <DescriptorName><String>Cat Houses</String></DescriptorName>
 <TreeNumberList><TreeNumber>J01</TreeNumber></TreeNumberList>
</DescriptorRecord>
</DescriptorRecordSet>
";

fn mesh(text: &str) -> Listed {
    Listed::new().source("mesh", "format = \"mesh-xml\"", &[("desc.xml", text)])
}

#[test]
fn descriptors_have_entry_terms_sorts_and_parents() {
    let (_, pack) = mesh(MESH).build().unwrap();
    let codes: Vec<_> = pack.concepts(&System::MESH).map(|id| pack.code(id)).collect();
    assert_eq!(codes, ["D1", "D2"], "a building is neither disease nor chemical");
    let child = pack.find(&System::MESH, "D2").unwrap();
    assert_eq!(pack.concept(child).label, Label::Disease);
    assert_eq!(pack.parent(child), pack.find(&System::MESH, "D1"));
    assert_eq!(named(&pack, "purr diseases"), one("D1", TermKind::Title));
    assert_eq!(named(&pack, "purr disorders"), one("D1", TermKind::Synonym));
    assert_eq!(named(&pack, "purr & growl"), one("D1", TermKind::Index), "of another concept");
    assert_eq!(named(&pack, "cats"), [], "only referred to");
}

#[rstest]
#[case::id(
    "<DescriptorRecord>\n<DescriptorName><String>A</String></DescriptorName></DescriptorRecord>",
    "desc.xml:3: a descriptor without DescriptorUI"
)]
#[case::nothing("<A/>", "no DescriptorRecord")]
#[case::broken("<DescriptorRecord>\n<DescriptorUI>D1</DescriptorName>", "desc.xml:3: ")]
#[case::preferred(
    "<DescriptorRecord><ConceptList><Concept>",
    "an element without attribute PreferredConceptYN"
)]
fn broken_descriptors_name_file_and_line(#[case] body: &str, #[case] expected: &str) {
    let message = mesh(&format!("<DescriptorRecordSet>\n{body}</DescriptorRecordSet>")).refusal();
    assert!(message.contains(expected), "{message}");
}
