//! Vectors of a pack's terms, and links by meaning, with a tiny BERT.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test may panic")]

mod support;

#[path = "../../ner/tests/ner/support.rs"]
#[allow(dead_code, reason = "the tests of the recogniser use the rest")]
mod bert;

use std::fs;
use std::path::Path;

use clinlink_encoder::train::is_held_out;
use clinlink_encoder::{Precision, TermEncoder};
use clinlink_link::dense::{Dense, DenseConfig, TermVectors, make_vectors, synonym_sets, vectors_folder};
use clinlink_link::{LinkerConfig, PackLinker};
use clinlink_model::{Label, System, Via};
use clinlink_vocab::{Fact, Pack, PackBuilder, TermKind, normal_form};
use rstest::rstest;
use tempfile::TempDir;

/// A pack of diseases whose words the tiny BERT knows, one chemical, and an encoder.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), "Chest pain");
    fs::create_dir(folder.path().join("model")).unwrap();
    bert::model(&folder.path().join("model"), &bert::IOB2);
    folder
}

fn pack(folder: &Path, first: &str) {
    let mut builder = PackBuilder::new();
    builder.concept(&System::HPO, "HP:1", first, Label::Disease);
    builder.term("severe pain in the chest", TermKind::Synonym);
    builder.concept(&System::HPO, "HP:2", "Fever with rash", Label::Disease);
    builder.term("tremor", TermKind::Related);
    builder.concept(&System::ICD10CM, "N05", "Nephritis", Label::Disease);
    builder.concept(&System::MESH, "D1", "Aspirin", Label::Chemical);
    builder.write(&folder.join("pack")).unwrap();
}

fn open(folder: &Path) -> (Pack, TermEncoder) {
    let encoder = TermEncoder::load(&folder.join("model"), Precision::Fp32).unwrap();
    (Pack::open(&folder.join("pack")).unwrap(), encoder)
}

fn make(folder: &Path) {
    let (pack, encoder) = open(folder);
    make_vectors(&pack, &encoder, &vectors_folder(&folder.join("pack")), &mut |_, _| {}).unwrap();
}

fn vectors(folder: &Path) -> Result<TermVectors, String> {
    let (pack, encoder) = open(folder);
    TermVectors::open(&vectors_folder(&folder.join("pack")), &pack, &encoder).map_err(|e| e.to_string())
}

#[rstest]
#[case("chest pain")]
#[case("fever with rash")]
#[case("nephritis")]
fn a_term_is_nearest_to_itself(#[case] term: &str) {
    let folder = folder();
    make(folder.path());
    let (pack, encoder) = open(folder.path());
    let form = normal_form(term);
    let found = vectors(folder.path()).unwrap().nearest(&encoder.encode(&[&form]).unwrap(), 2).remove(0);
    assert_eq!(Some(found[0].term), pack.terms().get(&form));
    assert!((found[0].cosine - 1.0).abs() < 0.02 && found[1].cosine <= found[0].cosine, "{found:?}");
}

#[test]
fn only_names_of_diseases_have_vectors() {
    let folder = folder();
    make(folder.path());
    // Neither the chemical nor the loosely related term.
    assert_eq!(vectors(folder.path()).unwrap().manifest().terms, 4);
}

#[test]
fn vectors_of_another_pack_or_encoder_are_refused() {
    let folder = folder();
    let missing = vectors(folder.path()).unwrap_err();
    assert!(missing.contains("clinlink vocab vectors"), "{missing}");
    make(folder.path());
    let config = folder.path().join("model/config.json");
    let whole = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{whole}\n")).unwrap();
    let stale = vectors(folder.path()).unwrap_err();
    assert!(stale.contains("encoder") && stale.contains("clinlink vocab vectors"), "{stale}");
    fs::write(&config, whole).unwrap();
    fs::remove_dir_all(folder.path().join("pack")).unwrap();
    pack(folder.path(), "Pain of the chest");
    let stale = vectors(folder.path()).unwrap_err();
    assert!(stale.contains("the pack of version"), "{stale}");
}

#[rstest]
#[case("rows.bin")]
#[case("scales.bin")]
#[case("terms.bin")]
fn a_file_that_was_cut_is_named(#[case] name: &str) {
    let folder = folder();
    make(folder.path());
    let path = vectors_folder(&folder.path().join("pack")).join(name);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert!(vectors(folder.path()).unwrap_err().contains(name));
}

#[test]
fn a_broken_run_goes_on_to_the_same_vectors() {
    let folder = folder();
    make(folder.path());
    let out = vectors_folder(&folder.path().join("pack"));
    let whole = fs::read(out.join("rows.bin")).unwrap();
    // As if it had been broken off after one term and a part of the next.
    fs::rename(out.join("manifest.json"), out.join("manifest.part.json")).unwrap();
    fs::write(out.join("rows.bin"), &whole[..20]).unwrap();
    make(folder.path());
    assert_eq!(fs::read(out.join("rows.bin")).unwrap(), whole);
    assert_eq!(fs::read(out.join("scales.bin")).unwrap().len(), 16);
}

fn linker(folder: &Path, least: f32) -> PackLinker {
    let (pack, _) = open(folder);
    let config = LinkerConfig { search: false, part: false, ..LinkerConfig::default() };
    let dense: DenseConfig =
        serde_json::from_value(serde_json::json!({ "model": "model", "least": least, "precision": "fp32" }))
            .unwrap();
    let model = folder.join(&dense.model);
    let dense = Dense::open(dense, &model, &vectors_folder(&folder.join("pack")), &pack).unwrap();
    PackLinker::new(pack.into(), config).with_dense(dense)
}

#[test]
fn what_words_find_is_not_asked_by_meaning() {
    let folder = folder();
    make(folder.path());
    let found = linker(folder.path(), 0.1).candidates("Chest pain", None, Label::Disease);
    assert!(found.iter().all(|candidate| candidate.via != Via::Dense), "{found:?}");
}

#[test]
fn meaning_finds_what_words_do_not_and_keeps_to_the_least_likeness() {
    let folder = folder();
    make(folder.path());
    let found = linker(folder.path(), 0.1).candidates("chest pain after cough", None, Label::Disease);
    assert!(found.iter().any(|candidate| candidate.via == Via::Dense), "{found:?}");
    let found = linker(folder.path(), 1.01).candidates("chest pain after cough", None, Label::Disease);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_word_that_no_term_has_means_nothing() {
    let folder = folder();
    make(folder.path());
    let found = linker(folder.path(), 0.1).candidates("coughing", None, Label::Disease);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn synonyms_of_one_concept_are_a_set_and_titles_are_never_held_out() {
    let folder = folder();
    let (pack, _) = open(folder.path());
    let sets = synonym_sets(&pack).sets;
    let chest = sets.iter().find(|set| set.contains(&"chest pain".to_owned())).unwrap();
    assert!(!chest.contains(&"fever with rash".to_owned()));
    let all: Vec<&String> = sets.iter().flatten().collect();
    for title in ["chest pain", "fever with rash", "nephritis"] {
        assert!(all.contains(&&normal_form(title)), "{title}: {all:?}");
    }
    assert!(!all.contains(&&"aspirin".to_owned()) && !all.contains(&&"tremor".to_owned()));
}

#[test]
fn a_definition_is_learnt_unless_it_has_a_name_that_is_asked_for() {
    let asked_for =
        (0..1000).map(|n| format!("pain {n}")).find(|name| is_held_out(&normal_form(name))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut builder = PackBuilder::new();
    for (code, title, definition) in [
        ("HP:1", "Chest pain", format!("Known as {asked_for}, too.")),
        ("HP:2", "Tremor", format!("Neither {asked_for} nor fever.")),
    ] {
        builder.concept(&System::HPO, code, title, Label::Disease);
        builder.fact(Fact::Definition, &definition);
        if code == "HP:1" {
            builder.term(&asked_for, TermKind::Synonym);
        }
    }
    builder.write(folder.path()).unwrap();
    let data = synonym_sets(&Pack::open(folder.path()).unwrap());
    let sizes: Vec<usize> = data.sets.iter().map(Vec::len).collect();
    // Of chest pain the title alone, of tremor its definition too: that name means nothing of it.
    assert_eq!(sizes, [1, 2], "{:?}", data.sets);
    let quiz = data.quizzes.iter().find(|quiz| quiz.name == "HPO").unwrap();
    assert_eq!(quiz.queries.len(), 1);
    assert_eq!(quiz.terms.len(), 2, "definitions are not among what is searched");
}

#[rstest]
#[case::the_opposite("chronic chest pain after cough", false)]
#[case::neither("chest pain after cough", true)]
fn what_says_the_opposite_is_not_meant(#[case] text: &str, #[case] linked: bool) {
    let folder = folder();
    pack(folder.path(), "Acute chest pain");
    make(folder.path());
    let found = linker(folder.path(), 0.1).candidates(text, None, Label::Disease);
    assert_eq!(found.iter().any(|candidate| candidate.code == "HP:1"), linked, "{found:?}");
}
