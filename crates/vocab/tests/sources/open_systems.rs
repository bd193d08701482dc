//! ICD-10-CM, HPO, DOID, Mondo, `MeSH`: the systems that packages bring.

use std::fs;
use std::path::{Path, PathBuf};

use clinlink_fetch::{Fetcher, sha256_file};
use clinlink_model::{Label, System};
use clinlink_vocab::{NoteKind, Pack, Relation, TermKind, VocabError, build_with, is_current};
use rstest::rstest;

use crate::set::{MEMBERS, Set, named, one, set};

const ICD: System = System::ICD10CM;

#[rstest]
fn the_manifest_says_where_everything_comes_from(set: Set) {
    let (manifest, _) = set.build(&set.with_index()).unwrap();
    let names: Vec<_> = manifest.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["doid", "hpo", "icd10cm", "index", "mesh", "mondo"]);
    let icd = &manifest.sources[2];
    assert_eq!(
        (icd.package.as_str(), icd.version.as_str(), icd.notice.as_str()),
        ("demo", "1.0", "invented")
    );
    // 1 chapter, 1 section, 8 diagnoses in the file, 3 codes with a 7th character.
    assert_eq!((icd.concepts, icd.notes), (13, 5));
    assert_eq!(manifest.sources[3].sha256, sha256_file(&set.path("index.csv")).unwrap());
}

#[rstest]
fn the_tabular_list_gives_hierarchy_and_billable_codes(set: Set) {
    let (_, pack) = set.build(&[]).unwrap();
    let billable: Vec<_> = pack
        .concepts(&ICD)
        .map(|id| pack.concept(id))
        .filter(|concept| concept.billable)
        .map(|concept| concept.code)
        .collect();
    assert_eq!(billable, ["Q01.0", "Q01.9", "Q02.XXXA", "Q02.XXXD", "Q03.11", "Q03.8XXA"]);
    let code = |id| pack.code(id);
    let leaf = pack.find(&ICD, "Q01.9").unwrap();
    assert_eq!(pack.ancestors(leaf).map(code).collect::<Vec<_>>(), ["Q01", "Q01-Q03", "Q00-Q99"]);
    let full = pack.concept(pack.find(&ICD, "Q02.XXXA").unwrap());
    assert_eq!(full.title, "Bent whisker, initial encounter");
    assert_eq!(pack.title(pack.find(&ICD, "Q00-Q99").unwrap()), "Troubles of imaginary cats & dogs");
}

#[rstest]
fn the_tabular_list_gives_terms_and_notes(set: Set) {
    let (_, pack) = set.build(&[]).unwrap();
    assert_eq!(
        named(&pack, "silent purr"),
        [("DOID:2".to_owned(), TermKind::Synonym), ("Q01.0".to_owned(), TermKind::Synonym)]
    );
    assert_eq!(
        named(&pack, "purr trouble"),
        [("Q01".to_owned(), TermKind::Title), ("Q01.9".to_owned(), TermKind::Synonym)]
    );
    assert_eq!(named(&pack, "rough purring"), one("Q01", TermKind::Synonym));
    assert!(named(&pack, "troubles of imaginary cats & dogs").is_empty());
    let leaf = pack.find(&ICD, "Q01.0").unwrap();
    assert_eq!(pack.note_codes(leaf, NoteKind::Excludes1), ["Q02"]);
    let category = pack.find(&ICD, "Q02").unwrap();
    let seventh: Vec<_> = pack.notes(category, NoteKind::SeventhCharacter).collect();
    assert_eq!(seventh, ["The appropriate 7th character is to be added to Q02"]);
}

#[rstest]
fn hpo_keeps_abnormalities_with_their_scopes(set: Set) {
    let (_, pack) = set.build(&[]).unwrap();
    let codes: Vec<_> = pack.concepts(&System::HPO).map(|id| pack.code(id)).collect();
    assert_eq!(codes, ["HP:0000118", "HP:9000001"], "no mode of inheritance, nothing obsolete");
    assert_eq!(named(&pack, "drooping \"proud\" tail"), one("HP:9000001", TermKind::Synonym));
    assert_eq!(named(&pack, "tail trouble"), one("HP:9000001", TermKind::Related));
}

#[rstest]
fn ontologies_bring_synonyms_and_cross_references(set: Set) {
    let (_, pack) = set.build(&[]).unwrap();
    let silent = pack.find(&ICD, "Q01.0").unwrap();
    let doid = pack.find(&System::DOID, "DOID:2").unwrap();
    let mondo = pack.find(&System::MONDO, "MONDO:0000002").unwrap();
    // DOID shares "silent purr" with ICD-10-CM, Mondo shares no term.
    assert_eq!(pack.map_to(doid, &ICD), [(silent, Relation::Exact)]);
    assert_eq!(pack.map_to(mondo, &ICD), [(silent, Relation::Approximate)]);
    assert!(named(&pack, "disease").is_empty(), "the root's name stands for nothing in particular");
    let rare = pack.concept(pack.map_to(mondo, &System::ORDO)[0].0);
    assert_eq!((rare.code, rare.title), ("ORPHA:77", "hereditary purrlessness"));
}

#[rstest]
fn mesh_labels_come_from_the_tree(set: Set) {
    let (_, pack) = set.build(&[]).unwrap();
    let label = |code| pack.find(&System::MESH, code).map(|id| pack.concept(id).label);
    assert_eq!(label("D1"), Some(Label::Disease));
    assert_eq!(label("D2"), Some(Label::Chemical));
    assert_eq!(label("D3"), None, "a building is neither");
    assert_eq!(label("C1"), Some(Label::Chemical));
    assert_eq!(label("C2"), None);
    let child = pack.find(&System::MESH, "D4").unwrap();
    assert_eq!(pack.parent(child), pack.find(&System::MESH, "D1"));
}

#[rstest]
fn the_index_adds_ways_to_say_codes(set: Set) {
    let (_, pack) = set.build(&set.with_index()).unwrap();
    for text in ["whisker bent", "bent whisker", "bend of whisker"] {
        let kinds: Vec<_> = named(&pack, text).into_iter().map(|(code, _)| code).collect();
        assert_eq!(kinds, ["Q02"], "{text}");
    }
    assert_eq!(named(&pack, "quiet purr"), one("Q01.0", TermKind::Index), "found over see");
    assert!(named(&pack, "purr specified").is_empty());
    let (_, plain) = set.build(&[]).unwrap();
    assert!(named(&plain, "quiet purr").is_empty());
}

#[rstest]
#[case::tabular("tabular.xml", "<ICD10CM.tabular>\n<chapter>\n<name>1</nam>", "tabular.xml:3:")]
#[case::cut_short(
    "tabular.xml",
    "<ICD10CM.tabular>\n<chapter>\n<name>1</name>",
    "tabular.xml:3: the file ends with 2"
)]
#[case::json("doid.json", "[\n{\"id\": 3}]", "doid.json:2:")]
#[case::columns("mesh.tsv", "D1\tFever\tx\tC1\nD2\tCold", "mesh.tsv:2: 2 columns, expected at least 4")]
#[case::json_twice(
    "mondo.json",
    "[{\"id\": \"1\", \"name\": \"a\"},\n{\"id\": \"1\", \"name\": \"b\"}]",
    "mondo.json:2: 1 stands here a second time"
)]
#[case::json_cut_short("mondo.json", "[{\"id\": \"1\",\n", "mondo.json:2: EOF while parsing")]
#[case::mesh_twice(
    "mesh.tsv",
    "D1\tFever\tx\tC1\nD1\tCold\tx\tC1",
    "mesh.tsv:2: D1 stands here a second time"
)]
#[case::supplementary("mesh_supplementary.tsv", "C1\tx\n", "mesh_supplementary.tsv:1: 2 columns")]
#[case::obo_root("pheno.obo", "[Term]\nid: HP:1\nname: a\n", "pheno.obo:1: no term HP:0000118")]
#[case::obo_name("pheno.obo", "[Term]\nid: HP:0000118\n", "pheno.obo:1: HP:0000118 has no name")]
#[case::obo_twice(
    "pheno.obo",
    "[Term]\nid: HP:0000118\nname: a\n\n[Term]\nid: HP:0000118\nname: b\n",
    "pheno.obo:5: HP:0000118 stands here a second time"
)]
#[case::obo_tag(
    "pheno.obo",
    "[Term]\nid: HP:0000118\nname\n",
    "pheno.obo:3: \"name\" is no tag with a value"
)]
#[case::obo("pheno.obo", "[Term]\nid: HP:0000118\nname: a\nsynonym: \"open EXACT []", "pheno.obo:4:")]
fn a_broken_source_names_file_and_line(#[case] name: &str, #[case] text: &str, #[case] expected: &str) {
    let members = MEMBERS.map(|(member, good)| (member, if member == name { text } else { good }));
    let message = Set::new(&members).build(&[]).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
#[case::unknown_field(
    "format = \"hpo-obo\"\nlicense = \"x\"\n",
    "bad.recipe.toml:2: unknown field `license`"
)]
#[case::unknown_format("format = \"owl\"\n", "bad.recipe.toml:1: unknown variant `owl`")]
fn a_broken_recipe_names_file_and_line(set: Set, #[case] text: &str, #[case] expected: &str) {
    set.recipe("bad", text);
    let message = set.build(&[]).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
}

#[rstest]
fn a_file_for_nothing_is_refused(set: Set) {
    let extra = [("snomed".to_owned(), PathBuf::from("x"))];
    let message = set.build(&extra).unwrap_err().to_string();
    assert_eq!(message, "no recipe named \"snomed\" takes a file (index)");
}

#[rstest]
fn a_pack_is_current_until_a_recipe_changes(set: Set) {
    let (recipes, out) = (set.path("recipes"), set.path("pack"));
    assert!(!is_current(&recipes, &out).unwrap(), "there is no pack");
    set.build(&set.with_index()).unwrap();
    assert!(is_current(&recipes, &out).unwrap());
    fs::remove_file(recipes.join("hpo.recipe.toml")).unwrap();
    assert!(!is_current(&recipes, &out).unwrap());
}

#[rstest]
fn building_before_fetching_says_so(set: Set) {
    let error =
        build_with(&set.fetcher(), &set.path("recipes"), &[], &set.path("pack"), &|_| {}).unwrap_err();
    assert!(error.to_string().contains("run `clinlink vocab fetch` first"), "{error}");
}

/// The tabular list that the repository's recipe pins, if it has been fetched.
#[test]
fn the_real_tabular_list_has_all_billable_codes() {
    let recipes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vocab");
    let dir = tempfile::tempdir().unwrap();
    let recipe = "icd10cm.recipe.toml";
    fs::copy(recipes.join(recipe), dir.path().join(recipe)).unwrap();
    let out = dir.path().join("pack");
    match build_with(&Fetcher::from_env().unwrap(), dir.path(), &[], &out, &|_| {}) {
        Err(VocabError::NotFetched { .. }) => eprintln!("skipped: the tabular list is not in the cache"),
        built => {
            built.unwrap();
            let pack = Pack::open(&out).unwrap();
            let billable = pack.concepts(&ICD).filter(|&id| pack.concept(id).billable).count();
            assert_eq!(billable, 74_719, "CDC's count for April 2026");
        }
    }
}
