//! `clinlink vocab map`

use std::io::Write;

use clap::Args;
use clinlink_model::System;
use clinlink_vocab::{Crosswalk, MapOrigin, Pack, Relation, Step};
use serde::Serialize;

use super::PackName;
use super::concept::{origin_name, relation_name};
use crate::home::Home;
use crate::output::Output;

#[derive(Args)]
pub struct MapArgs {
    /// The code system of the code
    from: String,
    /// The code
    code: String,
    /// The code system to go to
    to: String,
    #[command(flatten)]
    pack: PackName,
    /// Print one JSON object a way
    #[arg(long)]
    json: bool,
}

/// A way to a concept of the other system.
#[derive(Serialize)]
struct Way<'p> {
    system: &'p System,
    code: &'p str,
    title: &'p str,
    /// How it relates to the code that was asked for.
    relation: Relation,
    steps: Vec<StepRecord<'p>>,
}

#[derive(Serialize)]
struct StepRecord<'p> {
    system: &'p System,
    code: &'p str,
    title: &'p str,
    relation: Relation,
    /// `None` for a step to a parent.
    origin: Option<MapOrigin>,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'p str,
}

pub fn run(args: &MapArgs, home: &Home) -> anyhow::Result<()> {
    let pack = args.pack.open(home)?;
    let (from, to) = (super::system(&pack, &args.from)?, super::system(&pack, &args.to)?);
    let Some(start) = pack.in_system(from, &args.code) else {
        anyhow::bail!("{from} has no code {} in this pack", args.code);
    };
    let mut out = Output::open(None)?;
    let paths = pack.paths_to(start, to);
    for path in &paths {
        let Some(way) = way(&pack, path) else { continue };
        if args.json {
            serde_json::to_writer(&mut out, &way)?;
            writeln!(out)?;
        } else {
            print(&way, &mut out)?;
        }
    }
    out.finish()?;
    if paths.is_empty() {
        let code = pack.code(start);
        eprintln!(
            "clinlink: no cross-references lead from {from} {code} to {to}, nor from what stands above it"
        );
    }
    Ok(())
}

fn way<'p>(pack: &'p Pack, path: &Crosswalk<'p>) -> Option<Way<'p>> {
    let steps: Vec<_> = path.steps.iter().map(|step| record(pack, step)).collect();
    let last = pack.concept(path.target()?);
    let (system, code, title) = (last.system, last.code, last.title);
    Some(Way { system, code, title, relation: path.relation, steps })
}

fn record<'p>(pack: &'p Pack, step: &Step<'p>) -> StepRecord<'p> {
    let target = pack.concept(step.target());
    let (origin, detail) = match step {
        Step::Up(_) => (None, ""),
        Step::Over(reference) => (Some(reference.origin), reference.detail),
    };
    let (system, code, title) = (target.system, target.code, target.title);
    StepRecord { system, code, title, relation: step.relation(), origin, detail }
}

fn print(way: &Way<'_>, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{:<12}{} {}  {}", relation_name(way.relation), way.system, way.code, way.title)?;
    for step in &way.steps {
        let why = step.origin.map_or("its parent", origin_name);
        write!(out, "    {:<12}{} {}  {}", relation_name(step.relation), step.system, step.code, step.title)?;
        let said: Vec<&str> = [why, step.detail].into_iter().filter(|said| !said.is_empty()).collect();
        if said.is_empty() { writeln!(out)? } else { writeln!(out, "  ({})", said.join(", "))? }
    }
    Ok(())
}
