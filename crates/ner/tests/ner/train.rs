//! Training on a handful of invented sentences.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::support::{IOB2, Stops, model, note, tensors, write_tensors};
use clinlink_encoder::{EncoderError, Precision, Storage};
use clinlink_model::{Label, Layout, Mention, MentionSource, Note, Span, TagError, Tagger};
use clinlink_ner::Recogniser;
use clinlink_ner::train::{Data, Document, Progress, TrainConfig, TrainReport, evaluate, is_held_out, train};
use rstest::rstest;
use tch::{Device, Kind, Tensor};

/// `[words]d` is a disease, `[words]c` a chemical.
fn document(id: &str, marked: &str) -> Document {
    let (mut text, mut mentions, mut open) = (String::new(), Vec::new(), None);
    let mut chars = marked.chars();
    while let Some(c) = chars.next() {
        match c {
            '[' => open = Some(text.len()),
            ']' => {
                let label = match chars.next().unwrap() {
                    'd' => Label::Disease,
                    'c' => Label::Chemical,
                    other => panic!("{marked}: no label {other}"),
                };
                mentions.push((open.take().unwrap()..text.len(), label));
            }
            c => text.push(c),
        }
    }
    assert!(open.is_none() && !mentions.is_empty(), "{marked}");
    let note = note(id, &text);
    let mentions = mentions.into_iter().map(|(range, label)| (note.span(range).unwrap(), label)).collect();
    Document { note, mentions, annotated: vec![Label::Disease, Label::Chemical], share: 1.0 }
}

fn documents() -> Vec<Document> {
    [
        "The patient with [asthma]d took [aspirin]c. No [rash]d.",
        "[Lithium]c caused [tremor]d.",
        "After [heparin]c the patient has [severe nephritis]d, treated with [iron]c.",
        "[Chest pain]d and [fever]d. Given [aspirin]c.",
        "Denies [cough]d. On [lithium]c 5 mg for [rash]d.",
    ]
    .iter()
    .enumerate()
    .map(|(i, marked)| document(&i.to_string(), marked))
    .collect()
}

fn settings() -> TrainConfig {
    TrainConfig { epochs: 30, batch: 3, window: 30, learning_rate: 0.01, ..TrainConfig::default() }
}

/// A bare encoder with dropout switched off, as a base model to train from.
fn base(folder: &Path) {
    model(folder, &IOB2);
    let mut config = crate::support::config(&IOB2);
    for field in ["hidden_dropout_prob", "attention_probs_dropout_prob"] {
        config[field] = 0.0.into();
    }
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let bare: Vec<_> = tensors(&IOB2)
        .into_iter()
        .filter(|(n, _)| n.starts_with("bert."))
        .map(|(n, t)| (n["bert.".len()..].to_owned(), t))
        .collect();
    write_tensors(&bare, folder);
}

/// Trained on and judged by the same documents.
fn data(documents: &[Document]) -> Data<'_> {
    Data { train: documents, dev: documents, segmenter: &Stops, gazetteer: None }
}

fn run(
    config: &TrainConfig,
    documents: &[Document],
    out: &Path,
) -> Result<(TrainReport, Vec<Seen>), EncoderError> {
    let folder = tempfile::tempdir().unwrap();
    base(folder.path());
    let mut seen = Vec::new();
    let mut see = |progress: Progress| seen.push(progress.into());
    let report = train(config, folder.path(), &data(documents), out, &mut see)?;
    Ok((report, seen))
}

/// The number of what was done.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    /// And of all steps.
    Step(usize, usize),
    Pass(usize),
}

impl From<Progress> for Seen {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Step { done, total, .. } => Self::Step(done, total),
            Progress::Pass { pass, .. } => Self::Pass(pass),
        }
    }
}

#[rstest]
#[case::fp32(false)]
#[case::bfloat16(true)]
fn learns_five_sentences(#[case] bfloat16: bool) {
    let out = tempfile::tempdir().unwrap();
    let config = TrainConfig { bfloat16, ..settings() };
    let (report, seen) = run(&config, &documents(), out.path()).unwrap();
    let of_a_pass = |n| [Seen::Step(2 * n - 1, 60), Seen::Step(2 * n, 60), Seen::Pass(n)];
    assert_eq!(seen, (1..=30).flat_map(of_a_pass).collect::<Vec<_>>());
    assert!(report.epochs.last().unwrap().loss < report.epochs[0].loss / 5.0);
    for score in &report.stored_dev {
        assert!((score.f1 - 1.0).abs() < 1e-9, "{score:?}");
    }
    assert_eq!((report.train_documents, &report.train_mentions), (5, &vec![8, 6]));

    let stated = fs::read_to_string(out.path().join("config.json")).unwrap();
    assert!(stated.contains("\"weights_sha256\""), "{stated}");
    let recogniser = Recogniser::load(out.path(), &BTreeMap::new(), Precision::Fp32).unwrap();
    let again = evaluate(&recogniser, &config.labels, &documents(), &Stops).unwrap();
    assert_eq!(again, report.stored_dev);
    let written = fs::read_to_string(out.path().join("report.json")).unwrap();
    assert!(written == serde_json::to_string_pretty(&report).unwrap() + "\n");
}

#[test]
fn a_smaller_model_keeps_the_layers_that_are_named() {
    let (out, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    base(folder.path());
    // No step is taken, so that the layer stays as it was.
    let config = TrainConfig { layers: Some(vec![1]), epochs: 1, learning_rate: 1e-30, ..settings() };
    let storage = Storage::Fp32;
    let config = TrainConfig { storage, weight_decay: 0.0, ..config };
    train(&config, folder.path(), &data(&documents()), out.path(), &mut |_| ()).unwrap();
    let layer = |folder: &Path, at: usize| {
        let weights = clinlink_encoder::read_weights(folder, None).unwrap();
        weights[&format!("bert.encoder.layer.{at}.output.dense.weight")].shallow_clone()
    };
    assert!(layer(out.path(), 0).allclose(&layer(folder.path(), 1), 1e-5, 1e-6, false));
    assert!(!layer(out.path(), 0).allclose(&layer(folder.path(), 0), 1e-5, 1e-6, false));
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.path().join("config.json")).unwrap()).unwrap();
    assert_eq!(json["num_hidden_layers"], 1);
    Recogniser::load(out.path(), &BTreeMap::new(), Precision::Fp32).unwrap();
}

#[test]
fn what_a_corpus_does_not_annotate_is_not_unlearned() {
    let labels = [Label::Disease, Label::Chemical];
    let full = documents();
    // The same texts with diseases only, twice: if their chemicals counted as outside, chemicals would be lost.
    let mut mixed = full.clone();
    for copy in ["x", "y"] {
        mixed.extend(full.iter().map(|d| Document {
            note: note(&format!("{copy}{}", d.note.id()), d.note.text()),
            mentions: d.mentions.iter().filter(|m| m.1 == Label::Disease).copied().collect(),
            annotated: vec![Label::Disease],
            share: 1.0,
        }));
    }
    let chemical = |documents: &[Document]| {
        let out = tempfile::tempdir().unwrap();
        run(&settings(), documents, out.path()).unwrap();
        let recogniser = Recogniser::load(out.path(), &BTreeMap::new(), Precision::Fp32).unwrap();
        evaluate(&recogniser, &labels, &full, &Stops).unwrap()[1].f1
    };
    assert!(chemical(&mixed) > 0.99);
    let as_outside: Vec<Document> =
        mixed.iter().map(|d| Document { annotated: labels.to_vec(), ..d.clone() }).collect();
    assert!(chemical(&as_outside) < 0.99);
}

#[test]
fn same_seed_same_model() {
    let files = [(), ()].map(|()| {
        let out = tempfile::tempdir().unwrap();
        let config = TrainConfig { epochs: 3, storage: Storage::Fp32, ..settings() };
        run(&config, &documents(), out.path()).unwrap();
        ["model.safetensors", "config.json", "tokenizer.json", "report.json"]
            .map(|name| fs::read(out.path().join(name)).unwrap())
    });
    assert!(files[0] == files[1]);
}

#[test]
fn an_interrupted_run_goes_on() {
    let out = tempfile::tempdir().unwrap();
    let (folder, documents) = (tempfile::tempdir().unwrap(), documents());
    base(folder.path());
    let stopped = std::panic::catch_unwind(|| {
        let mut stop = |p: Progress| assert!(!matches!(p, Progress::Step { done: 42.., .. }), "stopped");
        train(&settings(), folder.path(), &data(&documents), out.path(), &mut stop)
    });
    assert!(stopped.is_err());
    let before: TrainReport =
        serde_json::from_slice(&fs::read(out.path().join("checkpoint/report.json")).unwrap()).unwrap();
    assert_eq!(before.epochs.len(), 20);
    Recogniser::load(out.path(), &BTreeMap::new(), Precision::Fp32).unwrap();

    let (report, seen) = run(&settings(), &documents, out.path()).unwrap();
    // What was done before is told, too.
    assert_eq!(seen[..20], (1..=20).map(Seen::Pass).collect::<Vec<_>>());
    assert_eq!(seen[20], Seen::Step(41, 60));
    // Reading JSON may change the last digit of a float.
    let before: TrainReport = serde_json::from_str(&serde_json::to_string(&before).unwrap()).unwrap();
    assert_eq!(report.epochs[..20], before.epochs);
    assert_eq!(report.epochs.len(), 30);
    assert!(report.epochs[20].loss < report.epochs[0].loss / 2.0, "the weights were not taken up");
    let (_, seen) = run(&settings(), &documents, out.path()).unwrap();
    let passes: Vec<Seen> = (1..=30).map(Seen::Pass).collect();
    assert_eq!(seen, passes, "a finished run has nothing left to do");
}

#[test]
fn a_run_stops_when_patience_ends() {
    let out = tempfile::tempdir().unwrap();
    // No step changes anything, so that no pass is better than the first.
    let config = TrainConfig { patience: Some(2), learning_rate: 1e-30, ..settings() };
    let config = TrainConfig { weight_decay: 0.0, ..config };
    for _ in 0..2 {
        let (report, seen) = run(&config, &documents(), out.path()).unwrap();
        assert_eq!((report.epochs.len(), report.best_epoch), (3, 1));
        assert_eq!(seen.last(), Some(&Seen::Pass(3)));
    }
}

#[rstest]
#[case::all([1.0; 5], 5)]
#[case::twice([2.0; 5], 10)]
#[case::without_one([0.0, 1.0, 1.0, 1.0, 1.0], 4)]
#[case::one_often([1.0, 1.0, 6.0, 1.0, 1.0], 10)]
fn a_share_is_how_often_windows_are_shown(#[case] shares: [f64; 5], #[case] steps: usize) {
    let out = tempfile::tempdir().unwrap();
    let documents = documents().into_iter().zip(shares);
    let documents: Vec<Document> = documents.map(|(d, share)| Document { share, ..d }).collect();
    let config = TrainConfig { epochs: 1, batch: 1, ..settings() };
    let (_, seen) = run(&config, &documents, out.path()).unwrap();
    assert_eq!(seen[0], Seen::Step(1, steps));
}

/// As a stop between the weights and config.json leaves it.
#[test]
fn a_run_that_was_stopped_while_it_wrote_the_model_goes_on() {
    let out = tempfile::tempdir().unwrap();
    let config = TrainConfig { epochs: 1, ..settings() };
    let (report, _) = run(&config, &documents(), out.path()).unwrap();
    let path = out.path().join("config.json");
    let mut stale: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    stale["weights_sha256"] = "0".repeat(64).into();
    fs::write(&path, stale.to_string()).unwrap();
    assert_eq!(run(&config, &documents(), out.path()).unwrap().0, report);
    Recogniser::load(out.path(), &BTreeMap::new(), Precision::Fp32).unwrap();
}

#[rstest]
#[case::report("report.json")]
#[case::weights("odd/model.safetensors")]
fn a_faulty_checkpoint_is_named(#[case] name: &str) {
    let out = tempfile::tempdir().unwrap();
    let config = TrainConfig { epochs: 1, ..settings() };
    run(&config, &documents(), out.path()).unwrap();
    let path = out.path().join("checkpoint").join(name);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = run(&config, &documents(), out.path()).unwrap_err().to_string();
    let folder = out.path().join("checkpoint");
    assert!(error.contains(path.to_str().unwrap()), "{error}");
    assert!(error.contains(&format!("remove {} to train anew", folder.display())), "{error}");
}

#[test]
fn the_checkpoint_of_another_run_is_not_taken_up() {
    let out = tempfile::tempdir().unwrap();
    run(&TrainConfig { epochs: 1, ..settings() }, &documents(), out.path()).unwrap();
    let error =
        run(&TrainConfig { epochs: 2, ..settings() }, &documents(), out.path()).unwrap_err().to_string();
    assert!(error.contains("other settings"), "{error}");
}

/// A finished run, then a change: what a second call says.
fn second_call(
    change: impl Fn(&Path, &mut Vec<Document>, &mut Vec<Document>),
) -> Result<TrainReport, String> {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    base(folder.path());
    let (mut documents, mut known) = (documents(), documents());
    let config = TrainConfig { epochs: 1, ..settings() };
    let run = |documents: &[Document], known: &[Document]| {
        let known: Arc<dyn Tagger> = Arc::new(Known(known.to_vec()));
        let data = Data { gazetteer: Some(known), ..data(documents) };
        train(&config, folder.path(), &data, out.path(), &mut |_| {}).map_err(|error| error.to_string())
    };
    run(&documents, &known).unwrap();
    change(folder.path(), &mut documents, &mut known);
    run(&documents, &known)
}

/// Nothing of this changes a number of the report.
#[rstest]
#[case::text(|_: &Path, all: &mut Vec<Document>, _: &mut Vec<Document>| {
    all[1].note = note("1", &all[1].note.text().replace("caused", "denies"));
})]
#[case::span(|_: &Path, all: &mut Vec<Document>, _: &mut Vec<Document>| {
    all[2].mentions[1].0 = all[2].note.span_of(&all[2].note.text()[37..46]);
})]
#[case::annotated(|_: &Path, all: &mut Vec<Document>, _: &mut Vec<Document>| {
    all[0].annotated.push(Label::Other);
})]
#[case::share(|_: &Path, all: &mut Vec<Document>, _: &mut Vec<Document>| all[0].share = 1.5)]
#[case::gazetteer(|_: &Path, _: &mut Vec<Document>, known: &mut Vec<Document>| {
    known[0].mentions.pop().unwrap();
})]
#[case::base(|folder: &Path, _: &mut Vec<Document>, _: &mut Vec<Document>| {
    write_tensors(&tensors(&["O", "Disease", "Chemical"]), folder);
})]
fn a_run_of_other_input_is_not_taken_up(#[case] change: fn(&Path, &mut Vec<Document>, &mut Vec<Document>)) {
    let error = second_call(change).unwrap_err();
    assert!(error.contains("other settings, documents or base"), "{error}");
}

#[test]
fn a_run_of_the_same_input_is_taken_up() {
    second_call(|_, _, _| ()).unwrap();
}

#[rstest]
#[case(TrainConfig { labels: vec![], ..settings() }, "labels")]
#[case(TrainConfig { labels: vec![Label::Disease, Label::Disease], ..settings() }, "each once")]
#[case(TrainConfig { epochs: 0, ..settings() }, "epochs")]
#[case(TrainConfig { learning_rate: f64::NAN, ..settings() }, "learning_rate")]
#[case(TrainConfig { learning_rate: f64::INFINITY, ..settings() }, "learning_rate")]
#[case(TrainConfig { clip: f64::INFINITY, ..settings() }, "clip")]
#[case(TrainConfig { warm_up: 1.5, ..settings() }, "warm_up")]
#[case(TrainConfig { window: 63, ..settings() }, "64 positions")]
#[case(TrainConfig { layers: Some(vec![]), ..settings() }, "layers")]
#[case(TrainConfig { layers: Some(vec![1, 0]), ..settings() }, "layers")]
#[case(TrainConfig { layers: Some(vec![0, 2]), ..settings() }, "0 to 1")]
fn settings_are_checked(#[case] config: TrainConfig, #[case] expected: &str) {
    let out = tempfile::tempdir().unwrap();
    let error = run(&config, &documents(), out.path()).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn nothing_to_train_on() {
    let out = tempfile::tempdir().unwrap();
    let error = run(&settings(), &[], out.path()).unwrap_err().to_string();
    assert!(error.contains("no document"), "{error}");
}

/// Windows of 8 pieces cut it; in those between no word begins.
#[test]
fn a_word_longer_than_windows_is_trained_around() {
    let out = tempfile::tempdir().unwrap();
    let documents = [document("1", &format!("[Asthma]d {} .", "x".repeat(72)))];
    let config = TrainConfig { epochs: 1, window: 8, batch: 1, learning_rate: 1e-3, ..settings() };
    let (report, _) = run(&config, &documents, out.path()).unwrap();
    assert!(report.epochs[0].loss > 0.0 && report.train_windows < 5, "{report:?}");
}

#[rstest]
#[case::none(&[])]
#[case::without_mentions(&[document_without_mentions()])]
#[case::not_annotated(&[Document { annotated: Vec::new(), ..document("7", "No [rash]d.") }])]
fn nothing_that_says_which_pass_is_best(#[case] dev: &[Document]) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    base(folder.path());
    let documents = documents();
    let data = Data { dev, ..data(&documents) };
    let error = train(&settings(), folder.path(), &data, out.path(), &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("held out") && error.contains("more documents"), "{error}");
    assert!(!out.path().join("model.safetensors").exists());
}

#[test]
fn nothing_that_is_trained_on() {
    let out = tempfile::tempdir().unwrap();
    let documents: Vec<Document> = documents().into_iter().map(|d| Document { share: 0.0, ..d }).collect();
    let error = run(&settings(), &documents, out.path()).unwrap_err().to_string();
    assert!(error.contains("share"), "{error}");
    assert!(!out.path().join("model.safetensors").exists());
}

fn document_without_mentions() -> Document {
    Document { mentions: Vec::new(), ..document("7", "No [rash]d.") }
}

/// rust-bert, which trains, has one epsilon in its layer norms: the model says so, whatever its base had.
#[test]
fn a_trained_model_states_the_epsilon_that_it_was_trained_with() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    base(folder.path());
    let config = |folder: &Path| -> serde_json::Value {
        serde_json::from_slice(&fs::read(folder.join("config.json")).unwrap()).unwrap()
    };
    let mut other = config(folder.path());
    other["layer_norm_eps"] = 1e-5.into();
    fs::write(folder.path().join("config.json"), other.to_string()).unwrap();
    let config_of_one = TrainConfig { epochs: 1, ..settings() };
    train(&config_of_one, folder.path(), &data(&documents()), out.path(), &mut |_| {}).unwrap();
    assert_eq!(config(out.path())["layer_norm_eps"], 1e-12);
}

#[test]
fn unknown_settings_are_refused() {
    assert!(serde_json::from_str::<TrainConfig>(r#"{"epochs": 3}"#).is_ok());
    assert!(
        serde_json::from_str::<TrainConfig>(r#"{"epoch": 3}"#).unwrap_err().to_string().contains("epoch")
    );
}

#[test]
fn about_one_in_ten_is_held_out() {
    let held = (0..10_000).filter(|i| is_held_out(&format!("{i}"))).count();
    assert!((900..1130).contains(&held), "{held}");
    // SHA-256 of "abc" starts with ba, that of "227508" with 6d.
    assert!(!is_held_out("abc"));
}

/// A dictionary that knows the mentions of documents, by their ids.
struct Known(Vec<Document>);

impl Tagger for Known {
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError> {
        let mentions = |note: &Note| {
            let known = self.0.iter().find(|document| document.note.id() == note.id());
            let mention = |&(span, label): &(Span, Label)| Mention {
                span,
                label,
                score: 1.0,
                by: MentionSource::Dictionary,
            };
            known.map_or_else(Vec::new, |document| document.mentions.iter().map(mention).collect())
        };
        Ok(batch.iter().map(|(note, _)| mentions(note)).collect())
    }
}

#[rstest]
#[case::no_matrix(&[])]
#[case::no_rows(&[0, 16])]
#[case::too_wide(&[2, 17])]
fn a_base_with_odd_token_types_is_refused(#[case] shape: &[i64]) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    base(folder.path());
    let mut tensors = tensors(&IOB2);
    let (_, types) = tensors.iter_mut().find(|(name, _)| name.contains("token_type")).unwrap();
    *types = Tensor::zeros(shape, (Kind::Float, Device::Cpu));
    write_tensors(&tensors, folder.path());
    let documents = documents();
    let known: Arc<dyn Tagger> = Arc::new(Known(documents.clone()));
    let data = Data { gazetteer: Some(known), ..data(&documents) };
    let error = train(&settings(), folder.path(), &data, out.path(), &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("token_type_embeddings.weight has shape"), "{error}");
}

/// Words that the tokenizer does not know are all alike to the model: only the dictionary tells them apart.
#[test]
fn the_gazetteer_tells_unknown_words_apart() {
    let unknown: Vec<Document> = (0..12)
        .map(|n| match n % 3 {
            0 => document(&n.to_string(), "The patient with [zzz]d took yyy."),
            1 => document(&n.to_string(), "The patient with zzz took [yyy]c."),
            _ => document(&n.to_string(), "The patient with [zzz]c took [yyy]d."),
        })
        .collect();
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    base(folder.path());
    let known: Arc<dyn Tagger> = Arc::new(Known(unknown.clone()));
    let config = TrainConfig {
        gazetteer: Some("known".into()),
        gazetteer_dropout: 0.0,
        storage: Storage::Fp32,
        ..settings()
    };
    let data = Data { gazetteer: Some(Arc::clone(&known)), ..data(&unknown) };
    let report = train(&config, folder.path(), &data, out.path(), &mut |_| {}).unwrap();
    assert!(report.stored_dev.iter().all(|score| score.f1 > 0.99), "{:?}", report.stored_dev);
    assert!(report.stored_dev_without_gazetteer.iter().all(|score| score.f1 < 0.9));
    assert_eq!(report.confusion, [[8, 0, 0], [0, 8, 0], [0, 0, 0]]);

    let written = || ["report.json", "config.json"].map(|name| fs::read(out.path().join(name)).unwrap());
    let first = written();
    train(&config, folder.path(), &data, out.path(), &mut |_| {}).unwrap();
    assert!(first == written(), "a second call says something else");

    let stored = || Recogniser::load(out.path(), &BTreeMap::new(), Precision::Fp32).unwrap();
    let alone = evaluate(&stored(), &config.labels, &unknown, &Stops).unwrap();
    let told = evaluate(&stored().with_gazetteer(known), &config.labels, &unknown, &Stops).unwrap();
    assert_eq!((alone, told), (report.stored_dev_without_gazetteer, report.stored_dev));
}
