//! `clinlink train linker`

use std::path::{Path, PathBuf};

use clinlink_encoder::train::{Progress, Recall, TermTrainConfig, ask, train};
use clinlink_link::dense::synonym_sets;
use clinlink_vocab::Pack;
use serde::Deserialize;

use super::train::{Base, base, read};
use crate::Outcome;
use crate::home::Home;
use crate::progress;

#[derive(clap::Args)]
pub struct Args {
    /// What to train on, and how: a TOML file (pipelines/dense/train.toml is one)
    config: PathBuf,
    /// Steps, in place of the configuration's
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// Train nothing: say how many of the held-out synonyms the encoder in this folder finds
    #[arg(long, value_name = "FOLDER", conflicts_with = "steps")]
    ask: Option<PathBuf>,
    /// Ask for the synonyms of this system only, such as HPO
    #[arg(long, requires = "ask")]
    system: Option<String>,
}

/// The file that `clinlink train linker` takes. Paths are relative to its folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkerTraining {
    /// The encoder to start from.
    base: Base,
    /// The folder that the model is written to.
    out: PathBuf,
    /// The pack whose synonyms are learnt. About one in twenty, by a hash, is held out of training and looked for after
    /// it.
    #[serde(default = "default_pack")]
    pack: String,
    /// The settings.
    #[serde(default)]
    settings: TermTrainConfig,
}

fn default_pack() -> String {
    "default".to_owned()
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let mut training: LinkerTraining = read(&args.config)?;
    if let Some(steps) = args.steps {
        training.settings.steps = steps;
    }
    let folder = args.config.parent().unwrap_or(Path::new(""));
    let out = folder.join(&training.out);
    let pack = Pack::open(&home.packs().join(&training.pack))?;
    let mut data = synonym_sets(&pack);
    if let Some(system) = &args.system {
        data.quizzes.retain(|quiz| quiz.name == *system);
    }
    let held_out: usize = data.quizzes.iter().map(|quiz| quiz.queries.len()).sum();
    eprintln!("clinlink: {} sets of synonyms, {held_out} synonyms held out", data.sets.len());
    if let Some(encoder) = &args.ask {
        say(&encoder.display().to_string(), &ask(&data, encoder)?);
        return Ok(Outcome::Done);
    }
    let base = base(&training.base, folder)?;
    let bar = progress::steps(0);
    let mut on_step = |step: Progress| {
        bar.set_length(step.total as u64);
        bar.set_position(step.done as u64);
        bar.set_message(format!(", loss {:.4}", step.loss));
    };
    let report = train(&training.settings, &base, &data, &out, &mut on_step)?;
    bar.finish_and_clear();
    say("base", &report.before);
    say("trained", &report.stored);
    eprintln!("clinlink: {}: the model, with report.json", out.display());
    Ok(Outcome::Done)
}

fn say(model: &str, recalls: &[Recall]) {
    for Recall { system, queries, at_1, at_10, .. } in recalls {
        eprintln!(
            "clinlink: {model}: {system}, {queries} held-out synonyms: {at_1:.3} come first, {at_10:.3} among ten"
        );
    }
}
