//! `clinlink learn`

mod decisions;
mod recogniser;
mod site;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clinlink_io::{FailureRecord, Schema, read_texts};
use clinlink_model::Episode;
use clinlink_pipeline::{EpisodeOutcome, Mentions, Pipeline, PipelineConfig, RunOptions};
use clinlink_score::{CodeOptions, CodeReport, write_code_page};

use self::decisions::{Decisions, Part};
use self::recogniser::FineTuning;
use super::{code, train_coder, train_ranker};
use crate::Outcome;
use crate::home::Home;
use crate::output::Output;

#[derive(clap::Args)]
pub struct Args {
    /// What coders decided: JSON lines that the review desk exports (`/api/v1/exports/decisions`)
    #[arg(required = true, value_name = "DECISIONS")]
    paths: Vec<PathBuf>,
    /// The pipeline that annotates now, by name or folder
    #[arg(long, default_value = "default", value_name = "NAME")]
    pipeline: String,
    /// The folder for the new pipeline
    #[arg(long, short, value_name = "FOLDER")]
    out: PathBuf,
    /// Write over a pipeline that is in that folder already
    #[arg(long)]
    force: bool,
    /// Learn the order of a mention's candidates, too; needs some hundreds of decisions
    #[arg(long)]
    ranker: bool,
    /// Go on training the recogniser of mentions with the words that coders marked; needs some hundreds of them
    #[arg(long)]
    fine_tune: bool,
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let folder = home.pipeline(&args.pipeline);
    let live = PipelineConfig::read(&folder)?;
    check_out(args, &folder)?;
    let decisions = Decisions::read(&args.paths)?;
    eprintln!("clinlink: {decisions}");
    fs::create_dir_all(&args.out).with_context(|| format!("{}: cannot be made", args.out.display()))?;
    let models = (args.ranker, args.fine_tune);
    let site = |part| site::pipeline(&live, &folder, &args.out, home, (&decisions, part), models);
    let recogniser = args.fine_tune.then(|| FineTuning::new(&live, &folder, home)).transpose()?;
    let teach = |part| {
        let config = site(part)?;
        teach(args, &config, home, &decisions, recogniser.as_ref(), part).map(|()| config)
    };

    let taught = teach(Part::Training)?;
    let held_out = decisions.write(Part::HeldOut, &args.out.join("held-out.jsonl"))?;
    let gold = decisions.write_gold(&args.out.join("held-out.gold.jsonl"))?;
    let [before, after] = ["held-out.before.jsonl", "held-out.after.jsonl"].map(|name| args.out.join(name));
    let words = recogniser.as_ref().map(|recogniser| recogniser.report(&decisions, &args.out)).transpose()?;
    code_all(&Pipeline::load(live.clone(), &folder, &home.packs())?, &held_out, &before)?;
    code_all(&Pipeline::load(taught, &args.out, &home.packs())?, &held_out, &after)?;
    let report = |predicted: &Path, against: Option<PathBuf>| {
        let options = CodeOptions { against, ..CodeOptions::default() };
        clinlink_score::codes(&gold, predicted, &options)
    };
    let (old, new) = (report(&before, None)?, report(&after, Some(before.clone()))?);
    let page = args.out.join("report.html");
    let mut out = Output::open(Some(&page))?;
    write_code_page(&new, &mut out)?;
    out.finish()?;

    // What goes live has learnt from all decisions; the figures are of four fifths of them.
    teach(Part::All)?;
    let (episodes, [old, new]) = (decisions.held_out(), [old, new].map(|report| f1(&report)));
    eprintln!(
        "clinlink: {episodes} held-out episodes: micro-F1 {old:.3} as it annotates now, {new:.3} after learning"
    );
    if let Some(words) = words {
        eprintln!("clinlink: {words}");
    }
    eprintln!("clinlink: {}: what changed, with intervals", page.display());
    eprintln!(
        "clinlink: nothing annotates otherwise yet: clinlink promote {} --by ADMIN",
        args.out.display()
    );
    Ok(Outcome::Done)
}

/// Refuses to write over a pipeline: never over the one that is learnt from, since the two are compared and going back must be
/// possible, and over another one only on demand.
fn check_out(args: &Args, live: &Path) -> anyhow::Result<()> {
    let out = &args.out;
    let real = |folder: &Path| folder.canonicalize().ok();
    if real(out).is_some() && real(out) == real(live) {
        bail!("{}: this is the pipeline that annotates now; give another folder", out.display());
    }
    if !args.force && out.join("pipeline.toml").exists() {
        bail!(
            "{}: holds a pipeline already; give another folder, or --force to write over it",
            out.display()
        );
    }
    Ok(())
}

fn f1(report: &CodeReport) -> f64 {
    report.full.micro.f1().unwrap_or_default()
}

/// Writes the models that a part of the decisions teaches into the new pipeline's folder.
fn teach(
    args: &Args,
    config: &PipelineConfig,
    home: &Home,
    decisions: &Decisions,
    recogniser: Option<&FineTuning>,
    part: Part,
) -> anyhow::Result<()> {
    if let Some(recogniser) = recogniser {
        recogniser.train(decisions, part, &args.out)?;
    }
    let taught = [decisions.write(part, &args.out.join("decisions.jsonl"))?];
    // The coder learns from links as they come without what the ranker has seen of the very same notes.
    train_coder::learn(&site::without_ranker(config), &args.out, home, &taught)?;
    if args.ranker {
        train_ranker::learn(config, &args.out, home, &site::system(config), &taught)?;
    }
    site::write(config, &args.out)
}

/// Codes the episodes of a file of notes, as JSON lines.
fn code_all(pipeline: &Pipeline, notes: &Path, codes: &Path) -> anyhow::Result<()> {
    let mut writer = code::Writer::Jsonl(Output::private(codes)?);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = RunOptions { threads, mentions: Mentions::Tagged };
    let notes = read_texts(&[notes.to_owned()])?;
    let code = |episode: &mut Episode| pipeline.code(episode);
    pipeline.run_episodes(options, notes, code, |outcome| -> anyhow::Result<()> {
        match outcome {
            EpisodeOutcome::Annotated => Ok(()),
            EpisodeOutcome::Done(episode, Ok(codes)) => writer.code_set(&codes, &episode),
            EpisodeOutcome::Done(_, Err(failure)) | EpisodeOutcome::Failed(failure) => {
                writer.failure(&FailureRecord::new(Schema::Code, &failure.note, &failure.cause))
            }
            EpisodeOutcome::Unread(error) => Err(error.into()),
        }
    })?;
    writer.finish()
}
