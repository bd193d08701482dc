//! `clinlink vocab tree`

use std::io::Write;

use clap::Args;
use clinlink_model::System;
use clinlink_vocab::{ConceptId, Pack};
use serde::Serialize;

use super::PackName;
use crate::home::Home;
use crate::output::Output;

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct TreeArgs {
    /// A code, or a range such as A00-A09
    code: String,
    #[command(flatten)]
    pack: PackName,
    /// At most this many steps down
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
    depth: usize,
    /// Only what has nothing below it
    #[arg(long, conflicts_with = "up")]
    leaves: bool,
    /// Only what may be reported
    #[arg(long)]
    billable: bool,
    /// What stands above the code instead, over all parents
    #[arg(long)]
    up: bool,
    /// The code system of a range
    #[arg(long, default_value = "ICD-10-CM")]
    system: String,
    /// Print one JSON object a concept
    #[arg(long)]
    json: bool,
}

/// A line of the tree.
#[derive(Serialize)]
struct Row<'p> {
    /// Steps from the code given.
    depth: usize,
    system: &'p System,
    code: &'p str,
    title: &'p str,
    billable: bool,
}

pub fn run(args: &TreeArgs, home: &Home) -> anyhow::Result<()> {
    let pack = args.pack.open(home)?;
    let mut rows = Vec::new();
    for (root, depth) in roots(args, &pack)? {
        if args.up {
            rows.push((root, 0));
            rows.extend(pack.all_ancestors(root).into_iter().map(|above| (above, 1)));
        } else {
            down(&pack, root, depth, args.depth, &mut rows);
        }
    }
    let mut out = Output::open(None)?;
    for (id, depth) in rows {
        let concept = pack.concept(id);
        if (args.billable && !concept.billable) || (args.leaves && !pack.is_leaf(id)) {
            continue;
        }
        if args.json {
            let (system, code, title) = (concept.system, concept.code, concept.title);
            serde_json::to_writer(&mut out, &Row { depth, system, code, title, billable: concept.billable })?;
            writeln!(out)?;
        } else {
            let indent = if args.leaves || args.billable { 0 } else { 2 * depth };
            let mark = if concept.billable { "" } else { "  (not reportable)" };
            writeln!(out, "{:indent$}{}  {}{mark}", "", concept.code, concept.title)?;
        }
    }
    out.finish()
}

/// Where the tree starts: at the code, or at the top of what lies in the range.
fn roots(args: &TreeArgs, pack: &Pack) -> anyhow::Result<Vec<(ConceptId, usize)>> {
    let found = pack.by_code(&args.code);
    if let (true, Some((first, last))) = (found.is_empty(), args.code.split_once('-')) {
        let system = super::system(pack, &args.system)?;
        let inside = pack.range(system, &first.to_uppercase(), &last.to_uppercase());
        let is_top = |id: &ConceptId| pack.parent(*id).is_none_or(|parent| !inside.contains(&parent));
        let tops: Vec<_> = inside.iter().copied().filter(is_top).map(|id| (id, 0)).collect();
        if !tops.is_empty() {
            return Ok(tops);
        }
    }
    Ok(super::concepts(pack, &args.code)?.into_iter().map(|id| (id, 0)).collect())
}

/// A concept and what stands below it, `most` steps down; what has several parents under each of them.
fn down(pack: &Pack, id: ConceptId, depth: usize, most: usize, rows: &mut Vec<(ConceptId, usize)>) {
    rows.push((id, depth));
    if depth < most {
        for child in pack.children(id) {
            down(pack, child, depth + 1, most, rows);
        }
    }
}
