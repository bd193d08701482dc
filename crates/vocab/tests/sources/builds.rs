//! Builds as a whole: strict and lenient, and the same whatever the order of what is given.

use std::fs;
use std::path::PathBuf;

use clinlink_vocab::{Ingredients, Report, VocabError, compile, fetch_with, recipes};
use rstest::rstest;

use super::set::{MEMBERS, Set, set};

fn build(set: &Set, extra: &[(String, PathBuf)], lenient: bool, out: &str) -> Result<Report, VocabError> {
    let (fetcher, recipes) = (set.fetcher(), set.path("recipes"));
    fetch_with(&fetcher, &recipes, &|_| {})?;
    compile(&fetcher, &Ingredients { recipes: &recipes, extra, lenient }, &set.path(out), &|_| {})
}

/// The set with the last entry of DOID a second time under another name.
fn with_a_code_twice() -> (Set, String) {
    let doid = MEMBERS.iter().find(|(name, _)| *name == "doid.json").unwrap().1;
    let mut entries: Vec<serde_json::Value> = serde_json::from_str(doid).unwrap();
    let mut again = entries.last().unwrap().clone();
    let code = again["id"].as_str().unwrap().to_owned();
    again["name"] = "another name".into();
    entries.push(again);
    let doid = serde_json::to_string(&entries).unwrap();
    let members = MEMBERS.map(|(name, text)| (name, if name == "doid.json" { doid.as_str() } else { text }));
    (Set::new(&members), code)
}

#[test]
fn a_code_that_stands_twice_ends_a_strict_build() {
    let (set, code) = with_a_code_twice();
    let message = build(&set, &[], false, "pack").unwrap_err().to_string();
    assert!(message.contains("doid.json:1: ") && message.contains(&code), "{message}");
    assert!(!set.path("pack").exists());
}

#[test]
fn a_lenient_build_counts_it() {
    let (set, code) = with_a_code_twice();
    let report = build(&set, &[], true, "pack").unwrap();
    let skipped: Vec<_> = report.manifest.sources.iter().filter(|source| source.skipped > 0).collect();
    assert_eq!(skipped.len(), 1);
    assert_eq!((skipped[0].name.as_str(), skipped[0].skipped), ("doid", 1));
    assert_eq!(report.problems.len(), 1);
    assert_eq!(report.problems[0].0, "doid");
    assert!(report.problems[0].1.to_string().contains(&code), "{}", report.problems[0].1);
}

#[rstest]
fn the_order_of_what_is_given_changes_no_byte(set: Set) {
    let recipe = "format = \"hpo-obo\"\nlicence = \"none\"\nnotice = \"invented\"\n";
    set.recipe("mine", recipe);
    let pheno = MEMBERS.iter().find(|(name, _)| *name == "pheno.obo").unwrap().1;
    fs::write(set.path("mine.obo"), pheno).unwrap();
    let mut extra = set.with_index();
    extra.push(("mine".to_owned(), set.path("mine.obo")));
    let first = build(&set, &extra, false, "first").unwrap().manifest;
    extra.reverse();
    let second = build(&set, &extra, false, "second").unwrap().manifest;
    assert_eq!(first, second);
    for name in first.files.keys() {
        let read = |pack: &str| fs::read(set.path(pack).join(name)).unwrap();
        assert_eq!(read("first"), read("second"), "{name}");
    }
}

#[rstest]
fn recipes_say_where_they_read_from(set: Set) {
    let listed = recipes(&set.path("recipes")).unwrap();
    let from = |name: &str| listed.iter().find(|recipe| recipe.name == name).unwrap().from.clone();
    assert_eq!(from("hpo").as_deref(), Some("demo 1.0"));
    assert_eq!(from("index"), None);
    let place = |name: &str| listed.iter().position(|recipe| recipe.name == name);
    assert!(place("icd10cm") < place("index"), "the index is read after what it adds to");
}
