//! What a model folder must hold, and what is said when it does not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::{IOB2, PIECES, Stops, config, model, note, tensors, tokenizer, write_tensors};
use clinlink_encoder::{EncoderError, Precision, Storage};
use clinlink_model::{Label, Segmenter, Tagger};
use clinlink_ner::{Meaning, Recogniser, convert};
use rstest::rstest;
use serde_json::json;
use tch::{Kind, Tensor};

const TEXT: &str =
    "The patient with asthma was given aspirin. Severe nephritis, no fever. Iron (5 mg) and heparin.";

fn load(folder: &Path) -> Result<Recogniser, EncoderError> {
    Recogniser::load(folder, &BTreeMap::new(), Precision::Fp32)
}

fn tag(recogniser: &Recogniser) -> Vec<(usize, usize, Label, f32)> {
    let note = note("n", TEXT);
    let layout = Stops.segment(&note);
    let found = recogniser.tag(&[(&note, &layout)]).unwrap().remove(0);
    found.iter().map(|m| (m.span.start(), m.span.end(), m.label, m.score)).collect()
}

/// The message of the error after `harm` was done to a sound folder.
fn message(harm: impl Fn(&Path)) -> String {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    harm(folder.path());
    load(folder.path()).unwrap_err().to_string()
}

#[test]
fn loads_what_hugging_face_saves() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    let found = tag(&load(folder.path()).unwrap());
    let words: Vec<(&str, Label)> = found.iter().map(|m| (&TEXT[m.0..m.1], m.2)).collect();
    let (d, c) = (Label::Disease, Label::Chemical);
    let expected =
        [("asthma", d), ("aspirin", c), ("Severe", d), ("nephritis", d), ("fever", d), ("Iron", c)];
    assert_eq!(words[..6], expected);
    assert_eq!(words[6..], [("heparin", c)]);
}

#[rstest]
#[case::half(Kind::Half)]
#[case::bfloat16(Kind::BFloat16)]
fn loads_short_floats(#[case] kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    let whole = tag(&load(folder.path()).unwrap());
    let short: Vec<_> = tensors(&IOB2).into_iter().map(|(n, t)| (n, t.to_kind(kind))).collect();
    write_tensors(&short, folder.path());
    let found = tag(&load(folder.path()).unwrap());
    assert_eq!(found.len(), whole.len());
    for (a, b) in whole.iter().zip(&found) {
        assert_eq!((a.0, a.1, a.2), (b.0, b.1, b.2));
        assert!((a.3 - b.3).abs() < 0.05, "{a:?} {b:?}");
    }
}

#[test]
fn loads_old_names_and_ignores_what_is_not_needed() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    let whole = tag(&load(folder.path()).unwrap());
    let mut old: Vec<_> = tensors(&IOB2)
        .into_iter()
        .map(|(n, t)| {
            let n =
                n.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
            (n.trim_start_matches("bert.").to_owned(), t)
        })
        .collect();
    old.push(("embeddings.position_ids".to_owned(), Tensor::arange(64, (Kind::Int64, tch::Device::Cpu))));
    old.push(("pooler.dense.bias".to_owned(), Tensor::zeros([16], (Kind::Float, tch::Device::Cpu))));
    write_tensors(&old, folder.path());
    assert_eq!(tag(&load(folder.path()).unwrap()), whole);
}

#[rstest]
#[case::fp32(Storage::Fp32, 0.0)]
#[case::fp16(Storage::Fp16, 0.01)]
#[case::int8(Storage::Int8, 0.1)]
fn converted_models_find_the_same(#[case] storage: Storage, #[case] tolerance: f32) {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    model(folder.path(), &IOB2);
    convert(folder.path(), storage, out.path()).unwrap();
    let (whole, found) = (tag(&load(folder.path()).unwrap()), tag(&load(out.path()).unwrap()));
    assert_eq!(whole.len(), found.len());
    for (a, b) in whole.iter().zip(&found) {
        assert_eq!((a.0, a.1, a.2), (b.0, b.1, b.2));
        assert!((a.3 - b.3).abs() <= tolerance, "{a:?} {b:?}");
    }
}

#[test]
fn int8_files_are_about_a_quarter() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    model(folder.path(), &IOB2);
    convert(folder.path(), Storage::Int8, out.path()).unwrap();
    let data = |path: &Path| {
        let bytes = fs::read(path.join("model.safetensors")).unwrap();
        bytes.len() - usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap()
    };
    // Rows of 16 weights pay 4 bytes for their scale; the rows of real models are 24 times as long.
    assert!(data(out.path()) * 2 < data(folder.path()));
}

/// What `labels` in a pipeline.toml says.
fn told(pairs: &[(&str, &str)]) -> BTreeMap<String, Meaning> {
    let pair =
        |&(name, meaning): &(&str, &str)| (name.to_owned(), Meaning::try_from(meaning.to_owned()).unwrap());
    pairs.iter().map(pair).collect()
}

#[rstest]
#[case::io(["O", "Disease", "Chemical"], &[], [Some(Label::Disease), Some(Label::Chemical)])]
#[case::io_prefixed(["O", "I-Disease", "I-Drug"], &[], [Some(Label::Disease), Some(Label::Chemical)])]
#[case::passed_over(["O", "I-XYZ", "I-Chemical"], &[("XYZ", "O")], [None, Some(Label::Chemical)])]
#[case::overridden(["O", "Disease", "Drug"], &[("Disease", "anatomy")], [Some(Label::Anatomy), Some(Label::Chemical)])]
#[case::by_number(
    ["LABEL_0", "LABEL_1", "LABEL_2"],
    &[("LABEL_0", "O"), ("LABEL_1", "disease"), ("LABEL_2", "chemical")],
    [Some(Label::Disease), Some(Label::Chemical)],
)]
fn entity_names(
    #[case] names: [&str; 3],
    #[case] labels: &[(&str, &str)],
    #[case] kinds: [Option<Label>; 2],
) {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &names);
    let found = tag(&Recogniser::load(folder.path(), &told(labels), Precision::Fp32).unwrap());
    let labels: std::collections::BTreeSet<Label> = found.iter().map(|m| m.2).collect();
    assert_eq!(labels, kinds.into_iter().flatten().collect());
}

#[test]
fn outputs_that_are_only_numbered_are_told_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    let named = tag(&load(folder.path()).unwrap());
    model(folder.path(), &["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4"]);
    let labels = told(&[
        ("LABEL_0", "O"),
        ("LABEL_1", "B-disease"),
        ("LABEL_2", "I-disease"),
        ("LABEL_3", "B-chemical"),
        ("LABEL_4", "I-chemical"),
    ]);
    assert_eq!(tag(&Recogniser::load(folder.path(), &labels, Precision::Fp32).unwrap()), named);
}

#[rstest]
#[case::nothing_known(["O", "I-Gadget", "I-Chemical"], &[], "Gadget: not known; say in [tag] of pipeline.toml")]
#[case::numbers(["LABEL_0", "LABEL_1", "LABEL_2"], &[("LABEL_0", "O")], "LABEL_1, LABEL_2: not known")]
#[case::none_of_the_models(["O", "I-Disease", "I-Drug"], &[("Diseese", "disease")], "\"Diseese\"")]
fn names_that_mean_nothing_are_refused(
    #[case] names: [&str; 3],
    #[case] labels: &[(&str, &str)],
    #[case] expected: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &names);
    let error = Recogniser::load(folder.path(), &told(labels), Precision::Fp32).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

/// The weights in two files and their index, in place of one.
fn shard(folder: &Path, other: &str) {
    let (even, odd): (Vec<_>, Vec<_>) =
        tensors(&IOB2).into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let mut map = serde_json::Map::new();
    for (part, name) in [(even, "model-00001-of-00002.safetensors"), (odd, other)] {
        let part: Vec<_> = part.into_iter().map(|(_, tensor)| tensor).collect();
        write_tensors(&part, folder);
        map.extend(part.iter().map(|(tensor, _)| (tensor.clone(), json!(name))));
        fs::rename(folder.join("model.safetensors"), folder.join(name)).unwrap();
    }
    let index = json!({ "metadata": {}, "weight_map": map });
    fs::write(folder.join("model.safetensors.index.json"), index.to_string()).unwrap();
}

const SECOND: &str = "model-00002-of-00002.safetensors";

#[test]
fn loads_weights_in_several_files() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    let whole = tag(&load(folder.path()).unwrap());
    shard(folder.path(), SECOND);
    assert!(!folder.path().join("model.safetensors").exists());
    assert_eq!(tag(&load(folder.path()).unwrap()), whole);
}

#[rstest]
#[case::missing(&|folder: &Path| { shard(folder, SECOND); fs::remove_file(folder.join(SECOND)).unwrap(); }, SECOND)]
#[case::elsewhere(&|folder: &Path| shard(folder, "../elsewhere.safetensors"), "not the name of a file beside it")]
#[case::no_map(&|folder: &Path| {
    fs::remove_file(folder.join("model.safetensors")).unwrap();
    fs::write(folder.join("model.safetensors.index.json"), "{}").unwrap();
}, "weight_map")]
fn a_faulty_index_is_refused(#[case] harm: &dyn Fn(&Path), #[case] expected: &str) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    fs::create_dir(&folder).unwrap();
    model(&folder, &IOB2);
    harm(&folder);
    let error = load(&folder).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

/// In place of tokenizer.json.
fn vocabulary(folder: &Path) {
    fs::remove_file(folder.join("tokenizer.json")).unwrap();
    fs::write(folder.join("vocab.txt"), PIECES.join("\n") + "\n").unwrap();
}

#[test]
fn loads_the_vocabulary_of_older_folders() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    model(folder.path(), &IOB2);
    let whole = tag(&load(folder.path()).unwrap());
    vocabulary(folder.path());
    assert_eq!(tag(&load(folder.path()).unwrap()), whole);
    convert(folder.path(), Storage::Fp32, out.path()).unwrap();
    assert!(out.path().join("tokenizer.json").is_file());
    assert_eq!(tag(&load(out.path()).unwrap()), whole);
}

#[test]
fn a_vocabulary_with_capitals_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    vocabulary(folder.path());
    fs::write(folder.path().join("tokenizer_config.json"), r#"{"do_lower_case": false}"#).unwrap();
    let words: Vec<&str> = tag(&load(folder.path()).unwrap()).iter().map(|m| &TEXT[m.0..m.1]).collect();
    assert!(words.contains(&"asthma") && !words.contains(&"Severe") && !words.contains(&"Iron"), "{words:?}");
}

#[test]
fn a_vocabulary_of_another_model_is_refused() {
    let error = message(|folder| {
        vocabulary(folder);
        fs::write(folder.join("vocab.txt"), PIECES.join("\n") + "\nmore").unwrap();
    });
    assert!(error.contains("vocab.txt: 61 pieces"), "{error}");
}

#[test]
fn damaged_weights_are_refused_by_their_hash() {
    let (mut wanted, path) = (String::new(), "model.safetensors");
    let folder = tempfile::tempdir().unwrap();
    model(folder.path(), &IOB2);
    convert(folder.path(), Storage::Int8, folder.path()).unwrap();
    load(folder.path()).unwrap();
    let config: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("config.json")).unwrap()).unwrap();
    wanted.push_str(config["weights_sha256"].as_str().unwrap());
    let mut bytes = fs::read(folder.path().join(path)).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(folder.path().join(path), bytes).unwrap();
    let error = load(folder.path()).unwrap_err();
    let EncoderError::Hash { found, .. } = &error else { panic!("{error}") };
    assert!(*found != wanted && found.len() == 64);
    let error = error.to_string();
    assert!(error.contains(path) && error.contains(&wanted) && error.contains(found), "{error}");
}

#[test]
fn missing_folder() {
    let error = load(Path::new("/nowhere/at/all")).unwrap_err().to_string();
    assert!(error.contains("/nowhere/at/all: not found"), "{error}");
}

#[rstest]
#[case("config.json")]
#[case("tokenizer.json")]
#[case("model.safetensors")]
fn missing_file(#[case] name: &str) {
    let error = message(|folder| fs::remove_file(folder.join(name)).unwrap());
    assert!(error.contains(name) && error.contains("not found"), "{error}");
}

#[rstest]
#[case("pytorch_model.bin")]
#[case("pytorch_model-00001-of-00002.bin")]
#[case("best.pt")]
#[case("weights.pth")]
#[case("epoch=3.ckpt")]
fn pickles_are_refused(#[case] name: &str) {
    let error = message(|folder| {
        fs::rename(folder.join("model.safetensors"), folder.join(name)).unwrap();
        fs::write(folder.join("training_args.bin"), "settings").unwrap();
    });
    assert!(
        error.contains(&format!("{name}: pickled")) && error.contains("safe_serialization=True"),
        "{error}"
    );
}

#[rstest]
#[case::empty(|_: &[u8]| Vec::new())]
#[case::no_header(|b: &[u8]| b[..6].to_vec())]
#[case::half(|b: &[u8]| b[..b.len() / 2].to_vec())]
#[case::one_byte_short(|b: &[u8]| b[..b.len() - 1].to_vec())]
#[case::one_byte_long(|b: &[u8]| [b, &[0]].concat())]
#[case::huge_header(|b: &[u8]| [&[255; 8], &b[8..]].concat())]
#[case::text(|_: &[u8]| b"version https://git-lfs.github.com/spec/v1".to_vec())]
fn unsound_weights(#[case] harm: fn(&[u8]) -> Vec<u8>) {
    let error = message(|folder| {
        let path = folder.join("model.safetensors");
        fs::write(&path, harm(&fs::read(&path).unwrap())).unwrap();
    });
    assert!(error.contains("model.safetensors: not a sound safetensors file"), "{error}");
}

#[rstest]
#[case::none(f64::NAN, Kind::Float)]
#[case::infinite(f64::INFINITY, Kind::Float)]
#[case::too_great_for_half(1e6, Kind::Half)]
fn weights_that_are_no_numbers(#[case] number: f64, #[case] kind: Kind) {
    let name = "bert.encoder.layer.1.output.dense.bias";
    let error = message(|folder| {
        let mut tensors = tensors(&IOB2);
        let (_, tensor) = tensors.iter_mut().find(|(n, _)| n == name).unwrap();
        *tensor = tensor.detach().copy();
        let _: Tensor = tensor.get(3).fill_(number);
        *tensor = tensor.to_kind(kind);
        write_tensors(&tensors, folder);
    });
    assert!(error.contains("model.safetensors") && error.contains(name), "{error}");
}

#[test]
fn long_floats_are_refused_by_name() {
    let error = message(|folder| {
        let long: Vec<_> = tensors(&IOB2).into_iter().map(|(n, t)| (n, t.to_kind(Kind::Double))).collect();
        write_tensors(&long, folder);
    });
    assert!(error.contains("is F64") && error.contains("bert."), "{error}");
}

#[test]
fn int8_without_scale() {
    let error = message(|folder| {
        convert(folder, Storage::Int8, folder).unwrap();
        fs::write(folder.join("config.json"), config(&IOB2).to_string()).unwrap();
        let path = folder.join("model.safetensors");
        let some: Vec<_> = Tensor::read_safetensors(&path).unwrap();
        let some: Vec<_> = some.into_iter().filter(|(n, _)| n != "classifier.weight.scale").collect();
        write_tensors(&some, folder);
    });
    assert!(error.contains("classifier.weight.scale"), "{error}");
}

#[test]
fn missing_tensor() {
    let error = message(|folder| {
        let some: Vec<_> =
            tensors(&IOB2).into_iter().filter(|(n, _)| !n.contains("layer.1.output.dense")).collect();
        write_tensors(&some, folder);
    });
    assert!(error.contains("bert.encoder.layer.1.output.dense") && error.contains("missing"), "{error}");
}

#[test]
fn label_count_must_be_the_classifiers() {
    let error = message(|folder| {
        fs::write(folder.join("config.json"), config(&["O", "B-Disease", "I-Disease"]).to_string()).unwrap();
    });
    assert!(error.contains("classifier.") && error.contains('5') && error.contains('3'), "{error}");
}

#[rstest]
#[case("vocab_size", json!(50), "60 pieces, but config.json has vocab_size 50")]
#[case("vocab_size", json!(61), "bert.embeddings.word_embeddings.weight has shape [60, 16]")]
#[case("hidden_size", json!(32), "has shape")]
#[case("hidden_size", json!(15), "num_attention_heads")]
#[case("hidden_size", json!(0), "hidden_size is 0")]
#[case("type_vocab_size", json!(0), "type_vocab_size is 0")]
#[case("num_hidden_layers", json!(-1), "num_hidden_layers is -1")]
#[case("num_hidden_layers", json!(1), "num_hidden_layers is 1; only the number of layers in the weights")]
#[case("model_type", json!("roberta"), "model_type is \"roberta\"")]
#[case("model_type", json!(null), "model_type is null")]
#[case("layer_norm_eps", json!(0.0), "layer_norm_eps")]
#[case("layer_norm_eps", json!("1e-5"), "layer_norm_eps")]
#[case("weights_sha256", json!("abc"), "weights_sha256")]
#[case("temperature", json!(0), "temperature")]
#[case("temperature", json!(5e-324), "temperature")]
#[case("temperature", json!(1e308), "temperature")]
#[case("position_embedding_type", json!("relative_key"), "position_embedding_type")]
#[case("hidden_size", json!("16"), "config.json")]
#[case("id2label", json!(null), "id2label: missing")]
#[case("id2label", json!({"0": "O", "2": "Disease"}), "no label has the id 1")]
#[case("id2label", json!({"0": "O", "1": "M-Disease"}), "M-Disease")]
#[case("id2label", json!({"0": "Disease", "1": "Chemical"}), "no label is O")]
fn wrong_config(#[case] field: &str, #[case] value: serde_json::Value, #[case] expected: &str) {
    let error = message(|folder| {
        let mut config = config(&IOB2);
        config[field] = value.clone();
        fs::write(folder.join("config.json"), config.to_string()).unwrap();
    });
    assert!(error.contains(expected), "{error}");
}

#[test]
fn broken_json_says_where() {
    let error =
        message(|folder| fs::write(folder.join("config.json"), "{\n  \"model_type\": bert }").unwrap());
    assert!(error.contains("config.json") && error.contains("line 2"), "{error}");
    let error = message(|folder| fs::write(folder.join("tokenizer.json"), "{}").unwrap());
    assert!(error.contains("tokenizer.json"), "{error}");
}

#[test]
fn tokenizer_without_special_pieces() {
    let error = message(|folder| {
        let text = tokenizer().to_string().replace("[SEP]", "[END]");
        fs::write(folder.join("tokenizer.json"), text).unwrap();
    });
    assert!(error.contains("[SEP]"), "{error}");
}
