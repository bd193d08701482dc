//! Vectors of terms and their training, on a tiny BERT.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use clinlink_encoder::train::{
    Progress, Quiz, SynonymSets, TermTrainConfig, TermTrainReport, ask, is_held_out, train,
};
use clinlink_encoder::{EncoderError, Precision, Storage, TermEncoder};
use rstest::rstest;
use tch::{Device, Kind, Tensor};

#[path = "../../ner/tests/ner/support.rs"]
#[allow(dead_code, reason = "the tests of the recogniser use the rest")]
mod support;

fn model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    support::model(folder.path(), &support::IOB2);
    folder
}

fn load(folder: &Path) -> TermEncoder {
    TermEncoder::load(folder, Precision::Fp32).unwrap()
}

fn cosine(encoder: &TermEncoder, a: &str, b: &str) -> f32 {
    let vectors = encoder.encode(&[a, b]).unwrap();
    let (a, b) = vectors.split_at(encoder.dimensions());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[rstest]
#[case::plain("chest pain")]
#[case::nothing("")]
#[case::unknown("ζ")]
#[case::long(&"severe nephritis ".repeat(60))]
fn vectors_have_length_1(#[case] term: &str) {
    let folder = model();
    let encoder = load(folder.path());
    let vector = encoder.encode(&[term]).unwrap();
    assert_eq!(vector.len(), encoder.dimensions());
    assert!((vector.iter().map(|n| n * n).sum::<f32>() - 1.0).abs() < 1e-4);
}

#[rstest]
#[case::no_matrix(&[])]
#[case::no_rows(&[0, 16])]
fn an_odd_projection_is_refused(#[case] shape: &[i64]) {
    let folder = model();
    let mut tensors = support::tensors(&support::IOB2);
    let zeros = Tensor::zeros(shape, (Kind::Float, Device::Cpu));
    tensors.push(("projection.weight".to_owned(), zeros));
    support::write_tensors(&tensors, folder.path());
    let error = TermEncoder::load(folder.path(), Precision::Fp32).unwrap_err().to_string();
    assert!(error.contains("projection.weight has shape"), "{error}");
}

#[test]
fn the_company_of_a_term_hardly_matters() {
    let folder = model();
    let encoder = load(folder.path());
    let alone = encoder.encode(&["chest pain"]).unwrap();
    let many =
        encoder.encode(&["severe nephritis after heparin", "chest pain", "fever", "chest pain"]).unwrap();
    let rows: Vec<&[f32]> = many.chunks_exact(encoder.dimensions()).collect();
    assert_eq!(rows[1], rows[3]);
    assert!(alone.iter().zip(rows[1]).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn versions_tell_models_apart() {
    let (one, other) = (model(), model());
    assert_eq!(load(one.path()).version(), load(other.path()).version());
    let path = other.path().join("config.json");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n").unwrap();
    assert_ne!(load(one.path()).version(), load(other.path()).version());
}

/// Sets whose terms have no word in common.
fn data() -> SynonymSets {
    let sets: [&[&str]; 5] = [
        &["fever", "tremor", "the fever"],
        &["cough", "rash", "mild cough"],
        &["asthma", "anaemia"],
        &["nephritis", "chest pain", "severe pain"],
        &["aspirin", "heparin"],
    ];
    let terms: Vec<(String, u32)> = sets
        .iter()
        .zip(0..)
        .flat_map(|(set, concept)| set.iter().map(move |&term| (term.to_owned(), concept)))
        .collect();
    let queries = vec![("a tremor".to_owned(), vec![0]), ("severe nephritis".to_owned(), vec![3])];
    SynonymSets {
        sets: sets.iter().map(|set| set.iter().map(|&term| term.to_owned()).collect()).collect(),
        quizzes: vec![Quiz { name: "X".to_owned(), terms, queries }],
    }
}

fn settings() -> TermTrainConfig {
    TermTrainConfig {
        layers: 1,
        dimensions: 8,
        least_uses: 1,
        steps: 60,
        batch: 4,
        dropout: 0.0,
        learning_rate: 5e-3,
        warm_up: 5,
        bfloat16: false,
        checkpoint: 20,
        storage: Storage::Fp32,
        ..TermTrainConfig::default()
    }
}

fn run(config: &TermTrainConfig, base: &Path, out: &Path) -> Result<(TermTrainReport, usize), EncoderError> {
    let mut steps = 0;
    let report = train(config, base, &data(), out, &mut |_: Progress| steps += 1)?;
    Ok((report, steps))
}

#[test]
fn training_brings_synonyms_together_and_others_apart() {
    let (base, out) = (model(), tempfile::tempdir().unwrap());
    let (report, steps) = run(&settings(), base.path(), out.path()).unwrap();
    assert_eq!((report.sets, report.steps, steps), (5, 60, 60));
    assert!(report.losses[2] < report.losses[0] / 2.0, "{:?}", report.losses);
    let trained = load(out.path());
    assert_eq!(trained.dimensions(), 8);
    assert!(cosine(&trained, "aspirin", "heparin") > 0.9);
    assert!(cosine(&trained, "aspirin", "fever") < 0.5);
    assert!((report.stored[0].at_1 - 1.0).abs() < 1e-9, "{:?}", report.stored);
    assert_eq!(ask(&data(), out.path()).unwrap(), report.stored);
    assert!(report.before[0].at_10 <= 1.0 && report.before[0].queries == 2);
}

#[test]
fn words_that_no_term_has_are_cut_into_letters() {
    let (base, out) = (model(), tempfile::tempdir().unwrap());
    run(&TermTrainConfig { steps: 1, ..settings() }, base.path(), out.path()).unwrap();
    let tokenizer = fs::read_to_string(out.path().join("tokenizer.json")).unwrap();
    assert!(tokenizer.contains("\"nephr") || tokenizer.contains("\"neph\""), "{tokenizer}");
    assert!(!tokenizer.contains("lithium") && tokenizer.contains("[CLS]"), "{tokenizer}");
    assert!(tokenizer.contains("\"##x\""), "single letters stay: {tokenizer}");
}

#[test]
fn a_broken_run_goes_on_and_other_settings_do_not() {
    let (base, out) = (model(), tempfile::tempdir().unwrap());
    run(&TermTrainConfig { steps: 40, ..settings() }, base.path(), out.path()).unwrap();
    let (report, steps) = run(&TermTrainConfig { steps: 40, ..settings() }, base.path(), out.path()).unwrap();
    assert_eq!((report.steps, steps), (40, 0));
    for other in [TermTrainConfig { seed: 1, ..settings() }, settings()] {
        // The second is a longer run, but this one has cooled down.
        let error = run(&other, base.path(), out.path()).unwrap_err().to_string();
        assert!(error.contains("other settings"), "{error}");
    }
}

#[test]
fn dropout_is_of_training_only_and_the_same_in_each_run() {
    let base = model();
    let [none, some, again] = [0.0, 0.3, 0.3].map(|dropout| {
        let out = tempfile::tempdir().unwrap();
        run(&TermTrainConfig { dropout, steps: 20, ..settings() }, base.path(), out.path()).unwrap();
        load(out.path()).encode(&["tremor", "severe nephritis"]).unwrap()
    });
    assert_eq!(some, again);
    assert_ne!(none, some);
}

#[test]
fn an_encoder_of_terms_is_trained_on_with_its_own_projection() {
    let (base, first, second) = (model(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(&settings(), base.path(), first.path()).unwrap();
    let short = TermTrainConfig { steps: 1, learning_rate: 1e-6, ..settings() };
    run(&short, first.path(), second.path()).unwrap();
    let vectors = [&first, &second].map(|folder| load(folder.path()).encode(&["tremor", "cough"]).unwrap());
    let apart = vectors[0].iter().zip(&vectors[1]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-3, "{apart}");
    let other = TermTrainConfig { dimensions: 4, ..short };
    let error = run(&other, first.path(), tempfile::tempdir().unwrap().path()).unwrap_err().to_string();
    assert!(error.contains("dimensions: the vectors of the base have 8 numbers"), "{error}");
}

#[rstest]
#[case::layers(TermTrainConfig { layers: 3, ..settings() }, "layers")]
#[case::batch(TermTrainConfig { batch: 1, ..settings() }, "batch")]
#[case::rate(TermTrainConfig { learning_rate: 0.0, ..settings() }, "learning_rate")]
#[case::dropout(TermTrainConfig { dropout: 1.0, ..settings() }, "dropout")]
fn settings_that_cannot_be_trained_with_are_refused(#[case] config: TermTrainConfig, #[case] named: &str) {
    let (base, out) = (model(), tempfile::tempdir().unwrap());
    let error = run(&config, base.path(), out.path()).unwrap_err().to_string();
    assert!(error.contains(named), "{error}");
}

#[test]
fn about_one_term_in_twenty_is_held_out() {
    let held_out = (0..2000).filter(|n| is_held_out(&format!("term {n}"))).count();
    assert!((60..140).contains(&held_out), "{held_out}");
}
