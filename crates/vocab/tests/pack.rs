//! Packs from invented sources: what goes in comes out, and damage is refused.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use clinlink_model::{Label, System};
use clinlink_vocab::{NoteKind, Pack, PackBuilder, PackError, Relation, Source, TermKind};
use rstest::{fixture, rstest};
use tempfile::TempDir;

const ICD: System = System::ICD10CM;

fn builder() -> PackBuilder {
    let mut builder = PackBuilder::new();
    builder
        .source(Source { name: "tabular".to_owned(), version: "1".to_owned(), ..Source::default() })
        .heading(&ICD, "A00-A09", "Gut troubles", Label::Disease)
        .billable(false)
        .note(NoteKind::Excludes1, "lung troubles (J00-J02)")
        .concept(&ICD, "A01", "Rumbling gut", Label::Disease)
        .billable(false)
        .parent("A00-A09")
        .note(NoteKind::Excludes1, "hunger (R63.-)")
        .note(NoteKind::Includes, "noisy gut")
        .concept(&ICD, "A01.0", "Rumbling gut, loud", Label::Disease)
        .term("Borborygmi", TermKind::Synonym)
        .term("gut noises", TermKind::Related)
        .parent("A01")
        .concept(&ICD, "A01.1", "Rumbling gut, quiet", Label::Disease)
        .parent("A01");
    for code in ["J00", "J01", "J02", "J03"] {
        builder.concept(&ICD, code, &format!("Lung trouble {code}"), Label::Disease);
    }
    builder
        .source(Source { name: "other".to_owned(), ..Source::default() })
        .concept(&System::DOID, "DOID:1", "borborygmus", Label::Disease)
        .term("borborygmi", TermKind::Synonym)
        .map(&ICD, "A01.0", Relation::Approximate)
        .map(&ICD, "Z99", Relation::Exact)
        .concept(&System::MONDO, "1", "noisy bowel", Label::Disease)
        .map(&System::DOID, "DOID:1", Relation::Broader)
        .concept(&System::MESH, "D1", "Quietol", Label::Chemical)
        .term("gut quietol", TermKind::Synonym)
        .term("Q", TermKind::Synonym)
        .term("12 5", TermKind::Synonym)
        .term("--", TermKind::Synonym);
    builder
}

struct Built {
    dir: TempDir,
    path: PathBuf,
}

#[fixture]
fn built() -> Built {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pack");
    builder().write(&path).unwrap();
    Built { dir, path }
}

fn codes(pack: &Pack, term: &str) -> Vec<(String, TermKind)> {
    let value = pack.terms().get(term).unwrap();
    pack.postings(value).map(|posting| (pack.code(posting.concept).to_owned(), posting.kind)).collect()
}

#[rstest]
fn concepts_are_found_by_code(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    assert_eq!(pack.len(), 11);
    let id = pack.find(&ICD, "A01.0").unwrap();
    let concept = pack.concept(id);
    assert_eq!((concept.code, concept.title, concept.billable), ("A01.0", "Rumbling gut, loud", true));
    assert!(!pack.concept(pack.find(&ICD, "A01").unwrap()).billable);
    assert_eq!(pack.concept(pack.find(&System::MESH, "D1").unwrap()).label, Label::Chemical);
    assert_eq!(pack.find(&ICD, "A01.9"), None);
    assert_eq!(pack.find(&ICD, "DOID:1"), None);
    assert_eq!(pack.find(&System::HPO, "A01"), None);
    assert_eq!(pack.concepts(&ICD).count(), 8);
}

#[rstest]
fn terms_name_all_their_concepts_surest_first(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    let synonym = TermKind::Synonym;
    assert_eq!(codes(&pack, "borborygmi"), [("DOID:1".to_owned(), synonym), ("A01.0".to_owned(), synonym)]);
    assert_eq!(codes(&pack, "gut noise"), [("A01.0".to_owned(), TermKind::Related)]);
    assert!(pack.terms().get("gut trouble").is_none(), "a heading is no term");
    assert_eq!(pack.postings(999).count(), 0);
}

#[rstest]
fn terms_that_name_nothing_are_left_out(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    for term in ["q", "12 5", ""] {
        assert!(pack.terms().get(term).is_none(), "{term}");
    }
}

#[rstest]
fn surfaces_are_compared_but_for_case(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    let id = pack.find(&ICD, "A01.0").unwrap();
    assert!(pack.is_surface(id, "BORBORYGMI"));
    assert!(!pack.is_surface(id, "rumbling gut loud"));
    let terms: Vec<_> = pack.terms_of(id).map(|(term, _)| term).collect();
    assert_eq!(terms, ["Rumbling gut, loud", "Borborygmi", "gut noises"]);
}

#[rstest]
fn the_hierarchy_goes_up_and_down(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    let code = |id| pack.code(id);
    let leaf = pack.find(&ICD, "A01.0").unwrap();
    assert_eq!(pack.ancestors(leaf).map(code).collect::<Vec<_>>(), ["A01", "A00-A09"]);
    let category = pack.find(&ICD, "A01").unwrap();
    assert_eq!(pack.children(category).map(code).collect::<Vec<_>>(), ["A01.0", "A01.1"]);
    assert_eq!(pack.parent(pack.find(&ICD, "J00").unwrap()), None);
}

#[rstest]
fn cross_references_go_both_ways_and_over_one_system(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    let icd = pack.find(&ICD, "A01.0").unwrap();
    let doid = pack.find(&System::DOID, "DOID:1").unwrap();
    let mondo = pack.find(&System::MONDO, "1").unwrap();
    // They share the term "borborygmi", so the approximate cross-reference is exact; Z99 is not in the pack.
    assert_eq!(pack.maps(doid).collect::<Vec<_>>(), [(icd, Relation::Exact), (mondo, Relation::Narrower)]);
    assert_eq!(pack.maps(icd).collect::<Vec<_>>(), [(doid, Relation::Exact)]);
    assert_eq!(pack.map_to(mondo, &ICD), [(icd, Relation::Broader)]);
    assert_eq!(pack.map_to(icd, &System::MONDO), [(mondo, Relation::Narrower)]);
    assert_eq!(pack.map_to(icd, &System::HPO), []);
    assert_eq!(pack.map_to(icd, &ICD), [], "it is of that system itself");
}

#[rstest]
#[case::title_and_title("Wagging", TermKind::Title, "wagging", TermKind::Title, &[Relation::Exact])]
#[case::title_and_synonym("Wagging", TermKind::Title, "wagging", TermKind::Synonym, &[Relation::Exact])]
#[case::synonyms("Wags", TermKind::Synonym, "wag", TermKind::Synonym, &[Relation::Approximate])]
#[case::title_and_index("Wagging", TermKind::Title, "wagging", TermKind::Index, &[Relation::Approximate])]
#[case::synonym_and_index("Wagging", TermKind::Synonym, "wagging", TermKind::Index, &[])]
#[case::nothing_shared("Wagging", TermKind::Title, "wagging tail", TermKind::Title, &[])]
fn a_shared_name_is_a_cross_reference_to_icd(
    built: Built,
    #[case] theirs: &str,
    #[case] their_kind: TermKind,
    #[case] ours: &str,
    #[case] our_kind: TermKind,
    #[case] expected: &[Relation],
) {
    let path = built.dir.path().join("shared");
    PackBuilder::new()
        .heading(&System::HPO, "HP:1", "h", Label::Disease)
        .term(theirs, their_kind)
        .heading(&System::DOID, "DOID:1", "d", Label::Disease)
        .term(theirs, their_kind)
        .heading(&System::MESH, "D1", "m", Label::Chemical)
        .term(theirs, their_kind)
        .heading(&ICD, "A01", "a", Label::Disease)
        .term(ours, our_kind)
        .write(&path)
        .unwrap();
    let pack = Pack::open(&path).unwrap();
    let phenotype = pack.find(&System::HPO, "HP:1").unwrap();
    let relations: Vec<_> = pack.map_to(phenotype, &ICD).into_iter().map(|(_, relation)| relation).collect();
    assert_eq!(relations, expected);
    assert_eq!(pack.maps(phenotype).count(), expected.len(), "only to ICD-10-CM");
    assert_eq!(pack.maps(pack.find(&System::MESH, "D1").unwrap()).count(), 0, "a chemical is no disease");
}

#[rstest]
#[case::one_title(&["wagging"], Relation::Approximate)]
#[case::several(&["wagging", "nodding"], Relation::Broader)]
fn a_code_with_several_of_their_titles_is_broader(
    built: Built,
    #[case] listed: &[&str],
    #[case] expected: Relation,
) {
    let path = built.dir.path().join("listed");
    let mut builder = PackBuilder::new();
    builder.concept(&System::HPO, "HP:1", "Wagging", Label::Disease);
    builder.concept(&System::HPO, "HP:2", "Nodding", Label::Disease);
    builder.heading(&ICD, "A01", "movements", Label::Disease);
    for term in listed {
        builder.term(term, TermKind::Index);
    }
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    let (wagging, code) = (pack.find(&System::HPO, "HP:1").unwrap(), pack.find(&ICD, "A01").unwrap());
    assert_eq!(pack.map_to(wagging, &ICD), [(code, expected)]);
    assert!(pack.map_to(code, &System::HPO).contains(&(wagging, expected.inverse())));
}

#[rstest]
fn search_needs_no_right_to_write(built: Built) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = built.path.join("search");
    let before: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let pack = Pack::open(&built.path).unwrap();
    assert!(!pack.search("gut", None, 1).unwrap().is_empty());
    // Whoever may do everything could have written a lock file all the same.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), before.len());
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[rstest]
fn notes_stand_where_they_were_printed(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    let category = pack.find(&ICD, "A01").unwrap();
    assert_eq!(pack.notes(category, NoteKind::Includes).collect::<Vec<_>>(), ["noisy gut"]);
    let leaf = pack.find(&ICD, "A01.0").unwrap();
    assert_eq!(pack.notes(leaf, NoteKind::Excludes1).count(), 0);
    assert_eq!(pack.note_codes(leaf, NoteKind::Excludes1), ["R63", "J00", "J01", "J02"]);
    assert!(pack.note_codes(leaf, NoteKind::CodeFirst).is_empty());
}

#[rstest]
#[case::nothing_wrong("rumbling", 1, true)]
#[case::two_swapped("rumblign", 1, true)]
#[case::two_edits("rumplign", 1, false)]
#[case::two_edits("rumplign", 2, true)]
#[case::one_of_them_at_the_start("tumblign", 2, false)]
#[case::three_edits("rumplinis", 2, false)]
fn near_words_are_within_so_many_edits(
    built: Built,
    #[case] word: &str,
    #[case] edits: u8,
    #[case] found: bool,
) {
    let near = Pack::open(&built.path).unwrap().near_words(word, edits).unwrap();
    // Three titles have the word.
    assert_eq!(near.contains(&("rumbling".to_owned(), 3)), found, "{near:?}");
}

#[rstest]
fn search_ranks_by_words_and_keeps_to_a_label(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    let code = |(id, _): &(_, f32)| pack.code(*id);
    let found = pack.search("quiet gut rumbling", None, 10).unwrap();
    assert_eq!(code(&found[0]), "A01.1");
    assert!(found.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    let chemicals = pack.search("gut", Some(Label::Chemical), 1).unwrap();
    assert_eq!(chemicals.iter().map(code).collect::<Vec<_>>(), ["D1"]);
    assert_eq!(pack.search("gut", None, 2).unwrap().len(), 2);
    assert!(pack.search("", None, 5).unwrap().is_empty());
    assert!(pack.search("unheard", None, 5).unwrap().is_empty());
}

#[rstest]
fn the_manifest_counts(built: Built) {
    let pack = Pack::open(&built.path).unwrap();
    let manifest = pack.manifest();
    let counts: Vec<_> = manifest
        .sources
        .iter()
        .map(|source| (source.name.as_str(), source.concepts, source.terms, source.maps, source.notes))
        .collect();
    assert_eq!(counts, [("tabular", 8, 9, 0, 3), ("other", 3, 8, 3, 0)]);
    assert_eq!(manifest.terms as usize, pack.terms().len());
    pack.verify().unwrap();
}

#[rstest]
fn the_same_sources_give_the_same_bytes(built: Built) {
    let again = built.dir.path().join("again");
    let second = builder().write(&again).unwrap();
    assert_eq!(&second, Pack::open(&built.path).unwrap().manifest());
    for name in second.files.keys() {
        let read = |folder: &Path| fs::read(folder.join(name)).unwrap();
        assert_eq!(read(&built.path), read(&again), "{name}");
    }
}

#[rstest]
fn writing_replaces_the_pack_that_is_there(built: Built) {
    let mut small = PackBuilder::new();
    small.concept(&ICD, "A01", "Rumbling gut", Label::Disease).write(&built.path).unwrap();
    assert_eq!(Pack::open(&built.path).unwrap().len(), 1);
    assert_eq!(fs::read_dir(built.dir.path()).unwrap().count(), 1, "no temporary folder is left");
}

#[rstest]
fn an_empty_pack_opens(built: Built) {
    let path = built.dir.path().join("empty");
    PackBuilder::new().write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    assert!(pack.is_empty());
    assert!(pack.search("gut", None, 3).unwrap().is_empty());
}

fn message(path: &Path) -> String {
    Pack::open(path).unwrap_err().to_string()
}

#[rstest]
fn another_format_is_refused_with_a_hint(built: Built) {
    let file = built.path.join("manifest.json");
    let text = fs::read_to_string(&file).unwrap().replace("\"format\": 3", "\"format\": 99");
    fs::write(&file, text).unwrap();
    let message = message(&built.path);
    assert!(message.contains("format 99, this program reads format 3"), "{message}");
    assert!(message.contains("clinlink vocab build"), "{message}");
}

#[rstest]
fn a_missing_pack_is_refused_with_a_hint(built: Built) {
    let message = message(&built.dir.path().join("none"));
    assert!(message.contains("no pack here") && message.contains("clinlink vocab build"), "{message}");
}

#[rstest]
#[case("terms.fst")]
#[case("strings.bin")]
#[case("postings.bin")]
#[case("search/meta.json")]
fn a_truncated_file_is_refused_by_name(built: Built, #[case] name: &str) {
    let file = built.path.join(name);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
    let message = message(&built.path);
    assert!(message.contains(name), "{message}");
    assert!(message.contains(&format!("{} bytes, the manifest says {}", bytes.len() - 1, bytes.len())));
}

#[rstest]
fn a_broken_manifest_names_its_line(built: Built) {
    let file = built.path.join("manifest.json");
    fs::write(&file, "{\n  \"format\": 3,\n  oops\n}").unwrap();
    assert!(message(&built.path).contains("manifest.json:3:"), "{}", message(&built.path));
}

#[rstest]
fn a_changed_byte_is_found_by_verify(built: Built) {
    let file = built.path.join("strings.bin");
    let mut bytes = fs::read(&file).unwrap();
    bytes[3] = bytes[3].wrapping_add(1);
    fs::write(&file, bytes).unwrap();
    let error = Pack::open(&built.path).unwrap().verify().unwrap_err();
    assert!(matches!(&error, PackError::Hash { path, .. } if path.ends_with("strings.bin")), "{error}");
}

/// Made by the program that wrote format 1, from an invented ontology. It must stay as it is.
#[test]
fn a_pack_of_format_1_is_refused_with_a_hint() {
    let message = message(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pack-format-1")));
    assert!(message.contains("the pack has format 1, this program reads format 3"), "{message}");
    assert!(message.contains("clinlink vocab build"), "{message}");
}

#[rstest]
fn terms_know_their_source_and_whether_a_rule_made_them(built: Built) {
    let path = built.dir.path().join("sources");
    let mut builder = builder();
    builder.source(Source { name: "third".to_owned(), ..Source::default() }).select(&ICD, "A01.0");
    builder
        .term("borborygmi", TermKind::Index)
        .term("Borborygmi", TermKind::Synonym)
        .variant("loud gut", TermKind::Synonym);
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    let id = pack.find(&ICD, "A01.0").unwrap();
    let surfaces: Vec<_> = pack.surfaces(id).map(|s| (s.text, s.kind, s.source, s.made)).collect();
    let (synonym, index) = (TermKind::Synonym, TermKind::Index);
    assert_eq!(
        surfaces,
        [
            ("Rumbling gut, loud", TermKind::Title, "tabular", false),
            ("Borborygmi", synonym, "tabular", false),
            ("loud gut", synonym, "third", true),
            ("borborygmi", index, "third", false),
            ("gut noises", TermKind::Related, "tabular", false),
        ]
    );
}

#[rstest]
fn what_is_not_specified_may_be_left_unsaid(built: Built) {
    let path = built.dir.path().join("nos");
    let mut builder = PackBuilder::new();
    builder
        .concept(&System::ICD9CM, "486", "Pneumonia, organism NOS", Label::Disease)
        .concept(&System::ICD9CM, "1", "Unspecified", Label::Disease)
        .term("X NOS", TermKind::Synonym);
    builder.write(&path).unwrap();
    let pack = Pack::open(&path).unwrap();
    assert_eq!(codes(&pack, "pneumonia organism"), [("486".to_owned(), TermKind::Synonym)]);
    assert_eq!(codes(&pack, "pneumonia organism nos"), [("486".to_owned(), TermKind::Title)]);
    assert!(pack.terms().get("x").is_none());
}
