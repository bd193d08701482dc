//! `clinlink explain`

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clinlink_io::{Input, read_notes};
use clinlink_link::{Effect, Sign};
use clinlink_pipeline::{ExplainedMention, Mentions, Pipeline, PipelineConfig};
use serde_json::json;

use crate::Outcome;
use crate::home::Home;
use crate::output::Output;

#[derive(clap::Args)]
pub struct Args {
    /// Text files, folders, .jsonl files, or - for JSON lines on stdin
    #[arg(required = true, value_name = "NOTES")]
    paths: Vec<PathBuf>,
    /// The mention: id of the note, start and end in bytes as `clinlink annotate` prints them
    #[arg(long, value_name = "NOTE:START-END")]
    at: String,
    /// The pipeline, by name (`clinlink pipeline show`) or folder
    #[arg(long, default_value = "default", value_name = "NAME")]
    pipeline: String,
    /// The pack of vocabularies, in place of the pipeline's
    #[arg(long, value_name = "NAME")]
    pack: Option<String>,
    /// Use the mentions that the note comes with in place of the recogniser's
    #[arg(long)]
    given: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let (id, start, end) = place(&args.at)
        .with_context(|| format!("{}: not a place; write NOTE:START-END, as in note-1:120-131", args.at))?;
    let folder = home.pipeline(&args.pipeline);
    let mut config = PipelineConfig::read(&folder)?;
    if let Some(pack) = &args.pack {
        config.pack.clone_from(pack);
    }
    let (path, input) = find(&args.paths, id)?;
    let span = input.note.span(start..end).with_context(|| path.display().to_string())?;
    let mentions = if args.given { Mentions::Given } else { Mentions::Tagged };
    let explained = Pipeline::load(config, &folder, &home.packs())?.explain(input, mentions, span)?;
    let mut out = Output::open(None)?;
    if args.json {
        serde_json::to_writer(&mut out, &record(id, &explained))?;
        writeln!(out)?;
    } else {
        table(&mut out, id, &explained)?;
    }
    out.finish()?;
    Ok(Outcome::Done)
}

/// The note of that id, and the path that holds it.
fn find<'a>(paths: &'a [PathBuf], id: &str) -> anyhow::Result<(&'a Path, Input)> {
    let mut unread = None;
    for path in paths {
        for input in read_notes(std::slice::from_ref(path))? {
            match input {
                Ok(input) if input.note.id() == id => return Ok((path, input)),
                Err(cause) if cause.id.as_deref().is_none_or(|of| of == id) => {
                    unread.get_or_insert(cause);
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    match unread {
        Some(cause) => Err(cause.into()),
        None => bail!("{id}: the files hold no note with this id"),
    }
}

fn place(at: &str) -> Option<(&str, usize, usize)> {
    let (id, span) = at.rsplit_once(':')?;
    let (start, end) = span.split_once('-')?;
    Some((id, start.parse().ok()?, end.parse().ok()?))
}

fn record(id: &str, explained: &ExplainedMention) -> serde_json::Value {
    let ExplainedMention { mention, text, explanation } = explained;
    json!({
        "note": id,
        "start": mention.span.start(),
        "end": mention.span.end(),
        "text": text,
        "label": mention.label.name(),
        "long": explanation.long,
        "candidates": explanation.candidates,
    })
}

fn table(out: &mut Output, id: &str, explained: &ExplainedMention) -> anyhow::Result<()> {
    let ExplainedMention { mention, text, explanation } = explained;
    let (start, end) = (mention.span.start(), mention.span.end());
    writeln!(out, "{id}:{start}-{end} {text:?} ({})", mention.label.name())?;
    if let Some(long) = &explanation.long {
        writeln!(out, "written out: {long}")?;
    }
    if explanation.candidates.is_empty() {
        writeln!(out, "no candidates: no term is like it")?;
    }
    let mut system = "";
    for candidate in &explanation.candidates {
        if candidate.system != system {
            system = &candidate.system;
            writeln!(out, "\n{system}")?;
        }
        let mark = if candidate.kept { '*' } else { ' ' };
        let from = candidate.from.as_ref().map_or_else(String::new, |from| format!(" from {from}"));
        writeln!(
            out,
            "{mark} {:.2} {:<10} {} [{}{from}] {}",
            candidate.score, candidate.code, candidate.title, candidate.via, candidate.verdict
        )?;
        // Of many signs those that count nothing would hide the others.
        let is_seen = candidate.signs.iter().any(counts);
        let signs: Vec<String> =
            candidate.signs.iter().filter(|sign| counts(sign) || !is_seen).map(sign).collect();
        writeln!(out, "       {}", signs.join(", "))?;
    }
    Ok(())
}

/// Whether the effect of a sign is large enough to be seen as it is printed.
fn counts(sign: &Sign) -> bool {
    sign.by == Effect::Factor || sign.effect.abs() >= 0.005
}

/// A sign with its value, unless that is 1, and its effect.
fn sign(sign: &Sign) -> String {
    let plain = (sign.value - 1.0).abs() < f64::EPSILON;
    let value = if plain { String::new() } else { format!(" ({:.2})", sign.value) };
    let effect = match sign.by {
        Effect::Factor => format!("×{:.2}", sign.effect),
        Effect::Addition | Effect::LogOdds => format!("{:+.2}", sign.effect),
    };
    format!("{}{value} {effect}", sign.name)
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_place_is_a_note_and_two_numbers() {
        assert_eq!(place("note-1:12-15"), Some(("note-1", 12, 15)));
        assert_eq!(place("ward:7:12-15"), Some(("ward:7", 12, 15)));
        assert_eq!(place("note-1"), None);
        assert_eq!(place("note-1:12"), None);
    }
}
