//! `vocab/common-terms.tsv`, `common-procedures.tsv`, `common-phenotypes.tsv` and `common-drugs.tsv`: their form, and their codes against the
//! pack, those of diagnoses against the alphabetic index too.
#![allow(clippy::print_stderr, reason = "a skipped test says so, and the comparison prints its counts")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clinlink_model::System;
use clinlink_vocab::{Pack, TermKind, VocabError, build, normal_form};
use rstest::rstest;

/// Share of the rows in the index that may have another code there. The index gives a main term the code of its rarest
/// reading now and then (`Hypoproteinemia`, `Thyromegaly`), gives old codes for words that have a code of their own
/// since, and its rows lose words when they are put into the order of a note (`Pads, knuckle` as `pad`). Measured:
/// 2.5 %.
const MOST_OTHER_CODES: f64 = 0.03;

/// A row with its line number.
struct Row {
    line: usize,
    code: String,
    term: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const DIAGNOSES: &str = "common-terms.tsv";
const PROCEDURES: &str = "common-procedures.tsv";
const PHENOTYPES: &str = "common-phenotypes.tsv";
const DRUGS: &str = "common-drugs.tsv";

fn rows(file: &str) -> Vec<Row> {
    let text = fs::read_to_string(root().join("vocab").join(file)).unwrap();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    lines
        .map(|(number, line)| {
            let (code, term) = line.split_once('\t').unwrap_or_else(|| panic!("line {}: no tab", number + 1));
            Row { line: number + 1, code: code.to_owned(), term: term.to_owned() }
        })
        .collect()
}

/// A problem a row, or nothing.
fn assert_none(file: &str, problems: &[String]) {
    assert!(problems.is_empty(), "vocab/{file}:\n{}", problems.join("\n"));
}

#[rstest]
fn rows_are_clean_and_sorted(#[values(DIAGNOSES, PROCEDURES, PHENOTYPES, DRUGS)] file: &str) {
    let rows = rows(file);
    let mut problems = Vec::new();
    for row in &rows {
        let words: Vec<_> = row.term.split(' ').collect();
        if words.iter().any(|word| word.is_empty()) || row.term.contains('\t') {
            problems.push(format!("{}: {:?}: words are parted by one space", row.line, row.term));
        }
        if row.term.chars().count() < 3 || !row.term.is_ascii() {
            problems.push(format!("{}: {:?}: three ASCII characters or more", row.line, row.term));
        }
    }
    for pair in rows.windows(2) {
        if (&pair[0].code, &pair[0].term) >= (&pair[1].code, &pair[1].term) {
            problems.push(format!("{}: comes before line {}", pair[1].line, pair[0].line));
        }
    }
    assert_none(file, &problems);
}

#[rstest]
fn a_term_has_one_code(#[values(DIAGNOSES, PROCEDURES, PHENOTYPES, DRUGS)] file: &str) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut problems = Vec::new();
    for row in rows(file) {
        if let Some(first) = seen.insert(normal_form(&row.term), row.line) {
            problems.push(format!("{}: {:?} is on line {first} already", row.line, row.term));
        }
    }
    assert_none(file, &problems);
}

#[rstest]
#[case(DIAGNOSES, System::ICD10CM)]
#[case(PROCEDURES, System::ICD10PCS)]
#[case(PHENOTYPES, System::HPO)]
#[case(DRUGS, System::MESH)]
fn codes_are_in_the_pack(#[case] file: &str, #[case] system: System) {
    let pack = root().join(".clinlink/packs/default");
    let pack = match Pack::open(&pack) {
        Ok(pack) => pack,
        Err(cause) => return eprintln!("skipped: {cause}; run `make vocab`"),
    };
    let unknown = |row: &Row| pack.find(&system, &row.code).is_none();
    let problems: Vec<_> = rows(file)
        .iter()
        .filter(|row| unknown(row))
        .map(|row| format!("{}: {}", row.line, row.code))
        .collect();
    assert_none(file, &problems);
}

/// `vocab/wrong-synonyms.tsv` is sorted, and no link is made of its terms.
#[test]
fn wrong_synonyms_are_related_terms() {
    let text = fs::read_to_string(root().join("vocab/wrong-synonyms.tsv")).unwrap();
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    assert!(rows.is_sorted() && rows.iter().all(|row| row.len() == 3));
    let pack = match Pack::open(&root().join(".clinlink/packs/default")) {
        Ok(pack) => pack,
        Err(cause) => return eprintln!("skipped: {cause}; run `make vocab`"),
    };
    let is_wrong = |row: &&Vec<&str>| {
        let Some(id) = pack.find(&System::from(row[0]), row[1]) else { return true };
        let mut alike = pack.terms_of(id).filter(|(term, _)| normal_form(term) == normal_form(row[2]));
        alike.all(|(_, kind)| kind != TermKind::Related)
    };
    let problems: Vec<String> = rows.iter().filter(is_wrong).map(|row| row.join(" ")).collect();
    assert_none("wrong-synonyms.tsv", &problems);
}

/// A pack of the tabular list and the alphabetic index alone, or why there is none.
fn index_pack(folder: &Path) -> Result<Pack, String> {
    let shared = std::env::var_os("CLINLINK_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let packed = shared.join("data/vocab/icd10cm_index/alphabetic_index_2025.csv.gz");
    let csv = Command::new("gzip").arg("-dc").arg(&packed).output().map_err(|cause| cause.to_string())?;
    if !csv.status.success() {
        return Err(format!("{} is not at hand", packed.display()));
    }
    let index = folder.join("index.csv");
    fs::write(&index, csv.stdout).unwrap();
    let recipes = folder.join("recipes");
    fs::create_dir(&recipes).unwrap();
    for name in ["icd10cm.recipe.toml", "icd10cm-index.recipe.toml"] {
        fs::copy(root().join("vocab").join(name), recipes.join(name)).unwrap();
    }
    let out = folder.join("pack");
    match build(&recipes, &[("icd10cm-index".to_owned(), index)], &out, &|_| {}) {
        Err(VocabError::NotFetched { .. }) => Err("the tabular list is not fetched".to_owned()),
        built => built.map_err(|cause| cause.to_string()).map(|_| Pack::open(&out).unwrap()),
    }
}

/// The codes that the index gives to a term.
fn index_codes(pack: &Pack, term: &str) -> Vec<String> {
    let value = pack.terms().get(normal_form(term));
    let postings = value.into_iter().flat_map(|value| pack.postings(value));
    postings
        .filter(|posting| posting.kind == TermKind::Index)
        .map(|posting| pack.code(posting.concept).to_owned())
        .collect()
}

#[test]
fn codes_agree_with_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let pack = match index_pack(folder.path()) {
        Ok(pack) => pack,
        Err(cause) => return eprintln!("skipped: {cause}"),
    };
    let (mut agree, mut absent, mut other) = (0_u32, 0_u32, Vec::new());
    for row in rows(DIAGNOSES) {
        let codes = index_codes(&pack, &row.term);
        let same = |code: &String| code.starts_with(&row.code) || row.code.starts_with(code.as_str());
        if codes.is_empty() {
            absent += 1;
        } else if codes.iter().any(same) {
            agree += 1;
        } else {
            other.push(format!("{}\t{}\t{}", row.code, row.term, codes.join(" ")));
        }
    }
    let count = u32::try_from(other.len()).unwrap();
    let share = f64::from(count) / f64::from(agree + count);
    eprintln!("{agree} agree, {count} disagree ({:.1} %), {absent} not in the index", 100.0 * share);
    assert!(share < MOST_OTHER_CODES, "{count} other codes:\n{}", other.join("\n"));
}
