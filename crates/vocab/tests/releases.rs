//! Two invented releases of a code system: what changed, and what becomes of codes.
#![cfg(unix)]

use clinlink_model::{Label, System};
use clinlink_vocab::{Change, Doubt, Fact, Pack, PackBuilder, TermKind, Titled, Verdict, diff, migrate};
use rstest::{fixture, rstest};
use tempfile::TempDir;

const ICD: System = System::ICD10CM;

/// Code, parent (empty for none), title, synonyms (`|`), facts of status, whether it may be reported.
type Row<'t> = (&'t str, &'t str, &'t str, &'t str, &'t str, bool);

const OLD: [Row<'_>; 13] = [
    ("A", "", "Noises", "", "", false),
    ("A1", "A", "Rumble", "", "", true),
    ("A2", "A", "Squeak", "", "", true),
    ("A3", "A", "Whistle", "", "", true),
    ("A4", "A", "Hiss", "", "", true),
    ("A5", "A", "Buzz", "", "", true),
    ("A6", "A", "Click", "Snap", "", true),
    ("A7", "A", "Drone", "", "", true),
    ("A8", "A", "Crackle", "", "", true),
    ("B", "", "Other noises", "", "", false),
    ("B1", "B", "Murmur", "", "", true),
    ("B2", "B", "Thud", "", "", true),
    ("B3", "B", "Clang", "", "", false),
];

const NEW: [Row<'_>; 17] = [
    ("A", "", "Noises", "", "", false),
    // Stays.
    ("A1", "A", "Rumble", "", "", true),
    // Split, and one of its parts keeps its name.
    ("A2", "A", "Squeak", "", "", false),
    ("A2.0", "A2", "Squeak, unspecified", "squeak", "", true),
    ("A2.1", "A2", "High squeak", "", "", true),
    // Split without one.
    ("A3", "A", "Whistle", "", "", false),
    ("A3.1", "A3", "Low whistle", "", "", true),
    ("A3.2", "A3", "High whistle", "", "", true),
    // Gone, its title is that of a new code.
    ("C4", "B", "hiss", "", "", true),
    // A5 is gone for good. Another title, a synonym before.
    ("A6", "A", "Snap", "", "", true),
    // Another title of which nobody says that it means the same.
    ("A7", "A", "Choir", "", "", true),
    // Marked as retired, for two others.
    ("A8", "A", "Crackle", "", "retired: A1, B1", true),
    ("B", "", "Other noises", "", "", false),
    // Moved.
    ("B1", "A", "Murmur", "", "", true),
    // Marked as retired, for one.
    ("B2", "B", "Thud", "", "retired: B1", true),
    // Joined: see below.
    ("B3", "B", "Clang", "", "", true),
    ("C5", "B", "Silence", "", "", true),
];

struct Releases {
    old: Pack,
    new: Pack,
    _dir: TempDir,
}

fn pack(dir: &TempDir, name: &str, rows: &[Row<'_>], extra: impl Fn(&mut PackBuilder)) -> Pack {
    let mut builder = PackBuilder::new();
    for (code, parent, title, synonyms, status, billable) in rows {
        builder.concept(&ICD, code, title, Label::Disease).billable(*billable);
        if !parent.is_empty() {
            builder.parent(parent);
        }
        for synonym in synonyms.split('|').filter(|synonym| !synonym.is_empty()) {
            builder.term(synonym, TermKind::Synonym);
        }
        if !status.is_empty() {
            builder.fact(Fact::Status, status);
        }
    }
    extra(&mut builder);
    let path = dir.path().join(name);
    builder.write(&path).unwrap();
    Pack::open(&path).unwrap()
}

#[fixture]
fn releases() -> Releases {
    let dir = tempfile::tempdir().unwrap();
    let old = pack(&dir, "old", &OLD, |builder| {
        builder.concept(&ICD, "B3.1", "Loud clang", Label::Disease).parent("B3");
        builder.concept(&System::DOID, "DOID:1", "gone", Label::Disease);
    });
    let new = pack(&dir, "new", &NEW, |builder| {
        builder.concept(&System::HPO, "HP:1", "come", Label::Disease);
    });
    Releases { old, new, _dir: dir }
}

fn strings(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|&code| code.to_owned()).collect()
}

#[rstest]
fn the_diff_names_every_change_once(releases: Releases) {
    let found = diff(&releases.old, &releases.new, None);
    assert_eq!(found.systems_added, [System::HPO]);
    assert_eq!(found.systems_removed, [System::DOID]);
    let changes: Vec<_> = found.differences.into_iter().map(|d| (d.code, d.change)).collect();
    let expected = [
        ("A2", Change::Split { into: strings(&["A2.0", "A2.1"]) }),
        ("A2.0", Change::Added),
        ("A2.1", Change::Added),
        ("A3", Change::Split { into: strings(&["A3.1", "A3.2"]) }),
        ("A3.1", Change::Added),
        ("A3.2", Change::Added),
        ("A4", Change::Retired { heirs: strings(&["C4"]) }),
        ("A5", Change::Retired { heirs: Vec::new() }),
        ("A6", Change::Retitled { before: "Click".to_owned(), same_meaning: true }),
        ("A7", Change::Retitled { before: "Drone".to_owned(), same_meaning: false }),
        ("A8", Change::Retired { heirs: strings(&["A1", "B1"]) }),
        ("B1", Change::Moved { before: strings(&["B"]), after: strings(&["A"]) }),
        ("B2", Change::Retired { heirs: strings(&["B1"]) }),
        ("B3", Change::Joined { before: strings(&["B3.1"]) }),
        ("B3.1", Change::Retired { heirs: Vec::new() }),
        ("C4", Change::Added),
        ("C5", Change::Added),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(code, change)| (code.to_owned(), change)).collect();
    assert_eq!(changes, expected);
}

#[rstest]
fn a_pack_does_not_differ_from_itself(releases: Releases) {
    assert!(diff(&releases.old, &releases.old, None).differences.is_empty());
    assert!(diff(&releases.new, &releases.new, None).differences.is_empty());
    let only = diff(&releases.old, &releases.new, Some(&System::DOID));
    assert!(only.differences.is_empty() && only.systems_added.is_empty());
    assert_eq!(only.systems_removed, [System::DOID]);
}

fn titled(code: &str, title: &str) -> Titled {
    Titled { code: code.to_owned(), title: title.to_owned() }
}

#[rstest]
#[case::stays("A1", Verdict::Kept { now: titled("A1", "Rumble") })]
#[case::typed_otherwise("a1", Verdict::Kept { now: titled("A1", "Rumble") })]
#[case::moved("B1", Verdict::Kept { now: titled("B1", "Murmur") })]
#[case::retitled("A6", Verdict::Kept { now: titled("A6", "Snap") })]
#[case::split_with_heir("A2", Verdict::Replaced { now: titled("A2.0", "Squeak, unspecified") })]
#[case::retired_with_heir("A4", Verdict::Replaced { now: titled("C4", "hiss") })]
#[case::marked_with_heir("B2", Verdict::Replaced { now: titled("B1", "Murmur") })]
#[case::split("A3", Verdict::Decide(Doubt::Split { into: vec![titled("A3.1", "Low whistle"), titled("A3.2", "High whistle")] }))]
#[case::retired("A5", Verdict::Decide(Doubt::Retired { heirs: vec![] }))]
#[case::two_heirs("A8", Verdict::Decide(Doubt::Retired { heirs: vec![titled("A1", "Rumble"), titled("B1", "Murmur")] }))]
#[case::other_meaning("A7", Verdict::Decide(Doubt::OtherMeaning { before: "Drone".to_owned(), after: "Choir".to_owned() }))]
#[case::unknown("Z9", Verdict::Decide(Doubt::Unknown))]
fn what_becomes_of_a_code(releases: Releases, #[case] code: &str, #[case] expected: Verdict) {
    assert_eq!(migrate(&releases.old, &releases.new, &ICD, code), expected);
}

#[rstest]
#[case::as_it_stands("A2.0", &["A2.0"])]
#[case::lower_case("a2.0", &["A2.0"])]
#[case::with_system("icd10cm:A1", &["A1"])]
#[case::codes_with_a_colon("HP:1", &["HP:1"])]
#[case::other_system("HPO:A1", &[])]
#[case::unknown_system("XYZ:A1", &[])]
#[case::empty("", &[])]
fn codes_as_people_type_them(releases: Releases, #[case] typed: &str, #[case] expected: &[&str]) {
    let found: Vec<_> = releases.new.by_code(typed).into_iter().map(|id| releases.new.code(id)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_point_may_be_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let pack = pack(&dir, "pack", &[("E11.65", "", "Sweetness", "", "", true)], |_| {});
    assert_eq!(pack.by_code("e1165").len(), 1);
    assert_eq!(pack.by_code("µµ11").len(), 0, "no character is cut in two");
}
