//! `clinlink vocab` on packs of invented releases.

#[allow(dead_code, reason = "each test uses a part of it")]
mod common;

use clinlink_model::{Label, System};
use clinlink_vocab::{Fact, NoteKind, PackBuilder, Relation, Source, TermKind};
use rstest::{fixture, rstest};

use common::Home;

const ICD: System = System::ICD10CM;

fn source(name: &str) -> Source {
    Source { name: name.to_owned(), licence: "none".to_owned(), ..Source::default() }
}

/// A home with two releases: in the new one A02 is gone, A03 has become A04's synonym under that code, A01.1 is split.
#[fixture]
fn home() -> Home {
    let home = Home::new();
    let mut old = PackBuilder::new();
    old.source(source("tabular"))
        .heading(&ICD, "A00-A09", "Gut troubles", Label::Disease)
        .billable(false)
        .note(NoteKind::Excludes1, "lung troubles (J00-J02)")
        .concept(&ICD, "A01", "Rumbling gut", Label::Disease)
        .billable(false)
        .parent("A00-A09")
        .concept(&ICD, "A01.1", "Rumbling gut, loud", Label::Disease)
        .parent("A01")
        .note(NoteKind::CodeFirst, "hunger (R63.-)")
        .fact(Fact::Chronic, "acute")
        .term("Borborygmi", TermKind::Synonym)
        .concept(&ICD, "A02", "Singing gut", Label::Disease)
        .parent("A00-A09")
        .concept(&ICD, "A03", "Ringing gut", Label::Disease)
        .parent("A00-A09")
        .source(source("disease"))
        .concept(&System::DOID, "DOID:1", "noisy gut", Label::Disease)
        .map_with(&ICD, "A01.1", Relation::Broader, "if it is loud");
    old.write(&home.packs().join("old")).unwrap();
    let mut new = PackBuilder::new();
    new.source(source("tabular"))
        .heading(&ICD, "A00-A09", "Gut troubles", Label::Disease)
        .billable(false)
        .concept(&ICD, "A01", "Rumbling gut", Label::Disease)
        .billable(false)
        .parent("A00-A09")
        .concept(&ICD, "A01.1", "Rumbling gut, loud", Label::Disease)
        .billable(false)
        .parent("A01")
        .concept(&ICD, "A01.11", "Rumbling gut, very loud", Label::Disease)
        .parent("A01.1")
        .concept(&ICD, "A01.12", "Rumbling gut, deafening", Label::Disease)
        .parent("A01.1")
        .concept(&ICD, "A04", "Chiming gut", Label::Disease)
        .parent("A00-A09")
        .term("ringing gut", TermKind::Synonym);
    new.write(&home.packs().join("new")).unwrap();
    home
}

#[rstest]
fn show_prints_what_a_coder_wants(home: Home) {
    let run = home.clinlink(&["vocab", "show", "--pack", "old", "a011"]);
    assert_eq!(run.status(), 0);
    let printed = run.stdout();
    for expected in [
        "ICD-10-CM A01.1  Rumbling gut, loud\n",
        "    under           A00-A09 Gut troubles\n                    A01 Rumbling gut\n",
        "    terms           Borborygmi  (tabular)\n",
        "    excludes1       lung troubles (J00-J02)  (at A00-A09)\n",
        "    code first      hunger (R63.-)\n",
        "    chronic         acute\n",
        "    maps to         DOID DOID:1 noisy gut  (narrower, stated the other way round, if it is loud)\n",
    ] {
        assert!(printed.contains(expected), "{expected} is missing in\n{printed}");
    }
}

#[rstest]
fn show_names_codes_that_are_not_there(home: Home) {
    let run = home.clinlink(&["vocab", "show", "--pack", "old", "X99"]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("X99") && run.stderr().contains("vocab search"), "{}", run.stderr());
}

#[rstest]
fn search_says_that_it_found_nothing(home: Home) {
    let run = home.clinlink(&["vocab", "search", "--pack", "old", "zyxwv"]);
    assert_eq!((run.status(), run.stdout()), (0, ""));
    assert!(run.stderr().contains("no concept has these words"), "{}", run.stderr());
}

#[rstest]
fn map_shows_the_way_and_its_kind(home: Home) {
    let run = home.clinlink(&["vocab", "map", "--pack", "old", "doid", "DOID:1", "icd10cm"]);
    assert_eq!(run.status(), 0);
    assert_eq!(
        run.stdout(),
        "broader     ICD-10-CM A01.1  Rumbling gut, loud\n    \
         broader     ICD-10-CM A01.1  Rumbling gut, loud  (if it is loud)\n"
    );
    let run = home.clinlink(&["vocab", "map", "--pack", "old", "ICD-10-CM", "A03", "DOID"]);
    assert_eq!((run.status(), run.stdout()), (0, ""));
    assert!(run.stderr().contains("no cross-references lead"), "{}", run.stderr());
    let run = home.clinlink(&["vocab", "map", "--pack", "old", "XYZ", "A03", "DOID"]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("it holds DOID, ICD-10-CM"), "{}", run.stderr());
}

#[rstest]
#[case::all(&["A00-A09"], "A00-A09  Gut troubles  (not reportable)\n  A01  Rumbling gut  (not reportable)\n    A01.1  Rumbling gut, loud\n  A02  Singing gut\n  A03  Ringing gut\n")]
#[case::range(&["A02-A03"], "A02  Singing gut\nA03  Ringing gut\n")]
#[case::leaves(&["A01", "--leaves"], "A01.1  Rumbling gut, loud\n")]
#[case::depth(&["A00-A09", "--depth", "1", "--billable"], "A02  Singing gut\nA03  Ringing gut\n")]
#[case::up(&["A01.1", "--up"], "A01.1  Rumbling gut, loud\n  A01  Rumbling gut  (not reportable)\n  A00-A09  Gut troubles  (not reportable)\n")]
fn tree(home: Home, #[case] arguments: &[&str], #[case] expected: &str) {
    let run = home.clinlink(&[&["vocab", "tree", "--pack", "old"], arguments].concat());
    assert_eq!((run.status(), run.stdout()), (0, expected));
}

#[rstest]
fn diff_counts_and_lists(home: Home) {
    let run = home.clinlink(&["vocab", "diff", "old", "new"]);
    assert_eq!(run.status(), 0);
    assert_eq!(
        run.stdout(),
        "DOID: only in the old pack\n\
         ICD-10-CM: 3 added, 2 retired, 0 retitled, 0 moved, 1 split, 0 joined\n  \
         split     A01.1     Rumbling gut, loud: into A01.11, A01.12\n  \
         added     A01.11    Rumbling gut, very loud\n  \
         added     A01.12    Rumbling gut, deafening\n  \
         retired   A02       Singing gut\n  \
         retired   A03       Ringing gut: now A04\n  \
         added     A04       Chiming gut\n"
    );
}

#[rstest]
fn migrate_carries_a_table_and_leaves_the_rest_to_people(home: Home) {
    let table = home.write("codes.csv", "patient,code\n1,A01;A03\n2,\"A02, A01.1\"\n3,\n");
    let run = home.clinlink(&["vocab", "migrate", "--from", "old", "--to", "new", table.to_str().unwrap()]);
    assert_eq!(run.status(), 1, "a person must decide");
    assert_eq!(run.stdout(), "patient,code\n1,A01;A04\n2,\"A02, A01.1\"\n3,\n");
    let said = run.stderr();
    assert!(said.contains("codes.csv:2: ICD-10-CM A03: now A04 Chiming gut"), "{said}");
    assert!(
        said.contains("codes.csv:3: ICD-10-CM A02: to decide: retired, nothing takes its place"),
        "{said}"
    );
    assert!(said.contains("A01.1: to decide: split into A01.11 Rumbling gut, very loud; A01.12"), "{said}");
    assert!(said.contains("1 codes kept, 1 replaced, 2 for a person to decide"), "{said}");
}

#[rstest]
fn migrate_carries_code_sets(home: Home) {
    let code = |code: &str, status: &str| {
        format!(
            r#"{{"system":"ICD-10-CM","code":"{code}","title":"t","score":0.5,"status":"{status}","reason":"r","rules":[],"evidence":[]}}"#
        )
    };
    let line = format!(
        r#"{{"schema":"clinlink/code/1","episode":"e1","notes":[],"codes":[{},{}]}}"#,
        code("A03", "accepted"),
        code("A02", "rejected")
    );
    let codes = home.write("codes.jsonl", line + "\n");
    let report = home.path("report.jsonl");
    let run = home.clinlink(&[
        "vocab",
        "migrate",
        "--from",
        "old",
        "--to",
        "new",
        "--report",
        report.to_str().unwrap(),
        codes.to_str().unwrap(),
    ]);
    assert_eq!(run.status(), 0, "what was rejected is nobody's question: {}", run.stderr());
    assert!(run.stdout().contains(r#""code":"A04","title":"Chiming gut""#), "{}", run.stdout());
    assert!(run.stdout().contains(r#""code":"A02","title":"t""#), "{}", run.stdout());
    let report = std::fs::read_to_string(report).unwrap();
    assert_eq!(
        report,
        "{\"at\":\"e1\",\"system\":\"ICD-10-CM\",\"code\":\"A03\",\"verdict\":\"replaced\",\
         \"now\":{\"code\":\"A04\",\"title\":\"Chiming gut\"}}\n"
    );
}

#[rstest]
fn migrate_names_a_missing_column(home: Home) {
    let table = home.write("codes.tsv", "patient\ticd\n1\tA01\n");
    let run = home.clinlink(&["vocab", "migrate", "--from", "old", "--to", "new", table.to_str().unwrap()]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("codes.tsv:1: no column code; there are patient, icd"), "{}", run.stderr());
}

#[rstest]
fn verify_finds_a_changed_byte(home: Home) {
    assert_eq!(home.clinlink(&["vocab", "verify", "--pack", "old"]).status(), 0);
    let file = home.packs().join("old/strings.bin");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let run = home.clinlink(&["vocab", "verify", "--pack", "old"]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("strings.bin"), "{}", run.stderr());
}

#[rstest]
#[case("../../evil")]
#[case("a/b")]
#[case("..")]
#[case("")]
fn a_pack_is_not_built_outside_the_folder_of_packs(home: Home, #[case] name: &str) {
    let run = home.clinlink(&["vocab", "build", "--pack", name]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("a pack's name"), "{}", run.stderr());
}
