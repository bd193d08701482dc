//! The hierarchy of invented packs: several parents, ranges of codes, circles.
#![cfg(unix)]

use clinlink_model::{Label, System};
use clinlink_vocab::{ConceptId, Pack, PackBuilder, PackError, Source};
use rstest::{fixture, rstest};
use tempfile::TempDir;

const ICD: System = System::ICD10CM;
const HPO: System = System::HPO;

/// Concepts with their parents.
fn add(builder: &mut PackBuilder, system: &System, rows: &[(&str, &[&str])]) {
    for (code, parents) in rows {
        builder.concept(system, code, &format!("Trouble {code}"), Label::Disease);
        for parent in *parents {
            builder.parent(parent);
        }
    }
}

struct Built {
    pack: Pack,
    _dir: TempDir,
}

#[fixture]
fn built() -> Built {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pack");
    let mut builder = PackBuilder::new();
    builder.heading(&ICD, "1", "Chapter", Label::Disease).heading(&ICD, "A00-A09", "Block", Label::Disease);
    builder.parent("1");
    add(
        &mut builder,
        &ICD,
        &[
            ("A00", &["A00-A09"]),
            ("A00.0", &["A00"]),
            ("A00.1", &["A00"]),
            ("A01", &["A00-A09"]),
            ("A09", &["A00-A09"]),
            ("A09.1", &["A09"]),
            ("A10", &[]),
        ],
    );
    // A rhombus with a tail: 4 is below 1 over 2 and over 3; its first parent is 3.
    add(
        &mut builder,
        &HPO,
        &[
            ("HP:1", &[]),
            ("HP:2", &["HP:1"]),
            ("HP:3", &["HP:1"]),
            ("HP:4", &["HP:3", "HP:2", "HP:9"]),
            ("HP:5", &["HP:4"]),
        ],
    );
    builder.write(&path).unwrap();
    Built { pack: Pack::open(&path).unwrap(), _dir: dir }
}

impl Built {
    fn id(&self, system: &System, code: &str) -> ConceptId {
        self.pack.find(system, code).unwrap()
    }

    fn codes(&self, ids: impl IntoIterator<Item = ConceptId>) -> Vec<&str> {
        ids.into_iter().map(|id| self.pack.code(id)).collect()
    }
}

#[rstest]
fn all_parents_are_kept_the_first_one_first(built: Built) {
    let id = built.id(&HPO, "HP:4");
    assert_eq!(built.codes(built.pack.parents(id)), ["HP:3", "HP:2"], "HP:9 is not in the pack");
    assert_eq!(built.codes(built.pack.parent(id)), ["HP:3"]);
    assert_eq!(built.codes(built.pack.ancestors(id)), ["HP:3", "HP:1"]);
    assert_eq!(built.codes(built.pack.children(built.id(&HPO, "HP:2"))), ["HP:4"]);
}

#[rstest]
fn all_ancestors_come_once_and_the_nearest_first(built: Built) {
    let id = built.id(&HPO, "HP:5");
    assert_eq!(built.codes(built.pack.all_ancestors(id)), ["HP:4", "HP:3", "HP:2", "HP:1"]);
    assert!(built.pack.is_below(id, built.id(&HPO, "HP:2")), "over the second parent");
    assert!(!built.pack.is_below(built.id(&HPO, "HP:2"), id));
    assert!(!built.pack.is_below(id, id));
}

#[rstest]
fn descendants_come_once_in_order(built: Built) {
    let root = built.id(&HPO, "HP:1");
    assert_eq!(built.codes(built.pack.descendants(root)), ["HP:2", "HP:4", "HP:5", "HP:3"]);
    let chapter = built.id(&ICD, "1");
    assert_eq!(
        built.codes(built.pack.descendants(chapter)),
        ["A00-A09", "A00", "A00.0", "A00.1", "A01", "A09", "A09.1"]
    );
    assert_eq!(built.codes(built.pack.leaves(chapter)), ["A00.0", "A00.1", "A01", "A09.1"]);
    let leaf = built.id(&ICD, "A01");
    assert_eq!(built.codes(built.pack.leaves(leaf)), ["A01"]);
    assert!(built.pack.descendants(leaf).is_empty());
}

#[rstest]
#[case::open_at_the_end("A00", "A09", &["A00", "A00.0", "A00.1", "A01", "A09", "A09.1"])]
#[case::inside("A00.1", "A01", &["A00.1", "A01"])]
#[case::one("A09", "A09", &["A09", "A09.1"])]
#[case::backwards("A09", "A00", &[])]
#[case::nothing_there("B00", "B99", &[])]
fn ranges(built: Built, #[case] first: &str, #[case] last: &str, #[case] expected: &[&str]) {
    assert_eq!(built.codes(built.pack.range(&ICD, first, last)), expected);
}

#[rstest]
#[case::of_one(&[("X1", "X1")], "X1 below X1")]
#[case::of_three(&[("X1", "X2"), ("X2", "X3"), ("X3", "X1")], "X1 below X2 below X3 below X1")]
#[case::beside_a_good_parent(&[("X0", ""), ("X1", "X0 X2"), ("X2", "X1")], "X1 below X2 below X1")]
fn a_circle_is_refused_with_its_codes(#[case] rows: &[(&str, &str)], #[case] expected: &str) {
    let dir = tempfile::tempdir().unwrap();
    let mut builder = PackBuilder::new();
    builder.source(Source { name: "rings".to_owned(), ..Source::default() });
    for (code, parents) in rows {
        add(&mut builder, &HPO, &[(code, &parents.split_whitespace().collect::<Vec<_>>())]);
    }
    let error = builder.write(&dir.path().join("pack")).unwrap_err();
    assert!(matches!(&error, PackError::Circle { codes, .. } if codes == expected), "{error}");
    assert!(error.to_string().starts_with("rings: "), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing half-written is left");
}

#[test]
fn a_lenient_build_leaves_out_the_step_that_closes_a_circle() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pack");
    let mut builder = PackBuilder::new();
    builder.source(Source { name: "rings".to_owned(), ..Source::default() });
    add(&mut builder, &HPO, &[("X1", &["X2"]), ("X2", &["X3"]), ("X3", &["X1"])]);
    let manifest = builder.lenient(true).write(&path).unwrap();
    assert_eq!(manifest.sources[0].skipped, 1);
    let pack = Pack::open(&path).unwrap();
    let id = pack.find(&HPO, "X1").unwrap();
    let codes: Vec<_> = pack.all_ancestors(id).into_iter().map(|id| pack.code(id)).collect();
    assert_eq!(codes, ["X2", "X3"]);
}

#[test]
fn a_loose_parent_gives_way_without_a_word() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pack");
    let mut builder = PackBuilder::new();
    builder.source(Source { name: "rings".to_owned(), ..Source::default() });
    builder.concept(&HPO, "X1", "One", Label::Disease).parent("X2");
    builder.concept(&HPO, "X2", "Two", Label::Disease).loose_parent("X1").loose_parent("X3");
    builder.concept(&HPO, "X3", "Three", Label::Disease);
    let manifest = builder.write(&path).unwrap();
    assert_eq!(manifest.sources[0].skipped, 0);
    let pack = Pack::open(&path).unwrap();
    let codes = |code| -> Vec<&str> {
        pack.parents(pack.find(&HPO, code).unwrap()).map(|id| pack.code(id)).collect()
    };
    assert_eq!((codes("X1"), codes("X2")), (vec!["X2"], vec!["X3"]));
}
