//! `clinlink vocab diff`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clinlink_vocab::{Change, Diff, Difference};

use crate::home::Home;
use crate::output::Output;

#[derive(Args)]
pub struct DiffArgs {
    /// The pack of the old release: its name, or its folder
    old: PathBuf,
    /// The pack of the new release
    new: PathBuf,
    /// This code system only
    #[arg(long)]
    system: Option<String>,
    /// Print one JSON object a change
    #[arg(long)]
    json: bool,
}

pub fn run(args: &DiffArgs, home: &Home) -> anyhow::Result<()> {
    let (old, new) = (super::open(&args.old, home)?, super::open(&args.new, home)?);
    let system = match &args.system {
        Some(name) => Some(old.system(name).map_or_else(|| super::system(&new, name), Ok)?),
        None => None,
    };
    let found = clinlink_vocab::diff(&old, &new, system);
    let mut out = Output::open(None)?;
    if args.json {
        for difference in &found.differences {
            serde_json::to_writer(&mut out, difference)?;
            writeln!(out)?;
        }
    } else {
        print(&found, &mut out)?;
    }
    out.finish()
}

fn print(found: &Diff, out: &mut impl Write) -> std::io::Result<()> {
    for system in &found.systems_added {
        writeln!(out, "{system}: only in the new pack")?;
    }
    for system in &found.systems_removed {
        writeln!(out, "{system}: only in the old pack")?;
    }
    for same in found.differences.chunk_by(|a, b| a.system == b.system) {
        let mut counts = [0_usize; 6];
        for difference in same {
            counts[name(&difference.change).0] += 1;
        }
        let [added, retired, retitled, moved, split, joined] = counts;
        writeln!(
            out,
            "{}: {added} added, {retired} retired, {retitled} retitled, {moved} moved, {split} split, {joined} joined",
            same[0].system
        )?;
        for difference in same {
            print_difference(difference, out)?;
        }
    }
    Ok(())
}

fn print_difference(difference: &Difference, out: &mut impl Write) -> std::io::Result<()> {
    let more = match &difference.change {
        Change::Added => String::new(),
        Change::Retired { heirs } if heirs.is_empty() => String::new(),
        Change::Retired { heirs } => format!(": now {}", heirs.join(", ")),
        Change::Retitled { before, same_meaning: true } => format!(": was {before}"),
        Change::Retitled { before, same_meaning: false } => format!(": was {before}; the same meaning?"),
        Change::Moved { before, after } => {
            format!(": from {} to {}", places(before), places(after))
        }
        Change::Split { into } => format!(": into {}", into.join(", ")),
        Change::Joined { before } => format!(": had {}", before.join(", ")),
    };
    let kind = name(&difference.change).1;
    writeln!(out, "  {kind:<10}{:<10}{}{more}", difference.code, difference.title)
}

fn places(codes: &[String]) -> String {
    if codes.is_empty() { "the top".to_owned() } else { codes.join(", ") }
}

/// The place of a change among the counts, and what it is called.
fn name(change: &Change) -> (usize, &'static str) {
    match change {
        Change::Added => (0, "added"),
        Change::Retired { .. } => (1, "retired"),
        Change::Retitled { .. } => (2, "retitled"),
        Change::Moved { .. } => (3, "moved"),
        Change::Split { .. } => (4, "split"),
        Change::Joined { .. } => (5, "joined"),
    }
}
