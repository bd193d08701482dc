//! Cross-references between invented systems: who states them, when they hold, and ways over several of them.
#![cfg(unix)]

use clinlink_model::{Label, System};
use clinlink_vocab::{MapOrigin, Pack, PackBuilder, Relation, Source, Step};
use rstest::{fixture, rstest};
use tempfile::TempDir;

const ICD: System = System::ICD10CM;
const ICD9: System = System::ICD9CM;

struct Built {
    pack: Pack,
    manifest: clinlink_vocab::Manifest,
    _dir: TempDir,
}

#[fixture]
fn built() -> Built {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pack");
    let mut builder = PackBuilder::new();
    builder
        .source(Source { name: "icd".to_owned(), ..Source::default() })
        .concept(&ICD, "A00", "Rumble", Label::Disease)
        .concept(&ICD, "A00.1", "Rumble, loud", Label::Disease)
        .parent("A00")
        .concept(&ICD, "A00.2", "Rumble, faint", Label::Disease)
        .parent("A00")
        .source(Source { name: "gems".to_owned(), ..Source::default() })
        .concept(&ICD9, "001.1", "Rumbling aloud", Label::Disease)
        .map_with(&ICD, "A00.1", Relation::Approximate, "scenario 1")
        .map_with(&ICD, "A00.1", Relation::Approximate, "scenario 2")
        .map(&ICD, "A00.9", Relation::Approximate)
        .map(&System::from("Elsewhere"), "1", Relation::Exact)
        .source(Source { name: "rest".to_owned(), ..Source::default() })
        .concept(&System::MONDO, "M1", "noise", Label::Disease)
        .map(&ICD9, "001.1", Relation::Broader)
        .concept(&System::MESH, "D1", "sound", Label::Disease)
        .map(&System::MONDO, "M1", Relation::Exact)
        .concept(&System::MESH, "D2", "faint sound", Label::Disease)
        .parent("D1")
        .concept(&System::DOID, "DOID:1", "rumble, faint", Label::Disease);
    let manifest = builder.write(&path).unwrap();
    Built { pack: Pack::open(&path).unwrap(), manifest, _dir: dir }
}

#[rstest]
fn details_are_kept_in_both_directions(built: Built) {
    let pack = &built.pack;
    let (nine, ten) = (pack.find(&ICD9, "001.1").unwrap(), pack.find(&ICD, "A00.1").unwrap());
    let there: Vec<_> = pack.cross_references(nine).filter(|map| map.target == ten).collect();
    assert_eq!(there.len(), 1);
    assert_eq!((there[0].relation, there[0].origin), (Relation::Approximate, MapOrigin::Stated));
    assert_eq!(there[0].detail, "scenario 1; scenario 2");
    let back: Vec<_> = pack.cross_references(ten).collect();
    assert_eq!(back.len(), 1);
    assert_eq!((back[0].target, back[0].origin), (nine, MapOrigin::Reversed));
    assert_eq!(back[0].detail, "scenario 1; scenario 2");
}

#[rstest]
fn a_shared_name_says_that_it_is_one(built: Built) {
    let pack = &built.pack;
    let doid = pack.find(&System::DOID, "DOID:1").unwrap();
    let maps: Vec<_> = pack.cross_references(doid).collect();
    assert_eq!(maps.len(), 1);
    assert_eq!(
        (maps[0].origin, maps[0].relation, maps[0].detail),
        (MapOrigin::SharedName, Relation::Exact, "")
    );
    assert_eq!(pack.code(maps[0].target), "A00.2");
}

#[rstest]
fn targets_that_the_pack_lacks_are_counted_by_source(built: Built) {
    let lost: Vec<_> = built
        .manifest
        .sources
        .iter()
        .map(|source| (source.name.as_str(), source.unknown_targets, source.foreign_targets))
        .collect();
    assert_eq!(lost, [("icd", 0, 0), ("gems", 1, 1), ("rest", 0, 0)]);
    assert!(built.manifest.systems.iter().all(|s| s.concepts > 0), "no system without concepts");
}

#[rstest]
#[case::direct(&ICD9, "001.1", &ICD, &[("A00.1", Relation::Approximate, 1)])]
#[case::over_one(&System::MONDO, "M1", &ICD, &[("A00.1", Relation::Approximate, 2)])]
#[case::kinds_add_up(&System::MESH, "D1", &ICD9, &[("001.1", Relation::Broader, 2)])]
#[case::over_two(&System::MESH, "D1", &ICD, &[("A00.1", Relation::Approximate, 3)])]
#[case::over_the_parent(&System::MESH, "D2", &System::MONDO, &[("M1", Relation::Broader, 2)])]
#[case::none(&System::DOID, "DOID:1", &System::MESH, &[])]
#[case::same_system(&ICD, "A00.1", &ICD, &[])]
fn paths(
    built: Built,
    #[case] from: &System,
    #[case] code: &str,
    #[case] to: &System,
    #[case] expected: &[(&str, Relation, usize)],
) {
    let pack = &built.pack;
    let paths = pack.paths_to(pack.find(from, code).unwrap(), to);
    let found: Vec<_> = paths
        .iter()
        .map(|path| (pack.code(path.target().unwrap()), path.relation, path.steps.len()))
        .collect();
    assert_eq!(found, expected);
}

#[rstest]
fn a_step_up_says_so(built: Built) {
    let pack = &built.pack;
    let paths = pack.paths_to(pack.find(&System::MESH, "D2").unwrap(), &System::MONDO);
    assert!(matches!(paths[0].steps[0], Step::Up(parent) if pack.code(parent) == "D1"));
    assert!(matches!(paths[0].steps[1], Step::Over(map) if map.origin == MapOrigin::Stated));
}
