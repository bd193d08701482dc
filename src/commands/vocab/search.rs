//! `clinlink vocab search`

use std::io::Write;

use clap::Args;
use clinlink_model::System;
use clinlink_vocab::{Concept, ConceptId, NoteKind, Pack, TermKind, normal_form};
use serde::Serialize;

use super::PackName;
use crate::home::Home;
use crate::output::Output;

#[derive(Args)]
pub struct SearchArgs {
    /// Words of a term, or a code
    #[arg(required = true)]
    term: Vec<String>,
    #[command(flatten)]
    pack: PackName,
    /// Concepts of this system only
    #[arg(long)]
    system: Option<String>,
    /// At most this many concepts
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// Print one JSON object a concept
    #[arg(long)]
    json: bool,
}

pub fn run(args: &SearchArgs, home: &Home) -> anyhow::Result<()> {
    let pack = args.pack.open(home)?;
    let system = args.system.as_deref().map(|name| super::system(&pack, name)).transpose()?;
    let found = search(&pack, &args.term.join(" "), system, args.limit)?;
    if found.is_empty() {
        eprintln!("clinlink: no concept has these words; fewer of them, or another --system, may find one");
    }
    print_found(&pack, &found, args.json)
}

/// A concept that a search found.
#[derive(Serialize)]
struct Found<'p> {
    system: &'p System,
    code: &'p str,
    title: &'p str,
    /// Codes from the root of the hierarchy to the parent.
    path: Vec<&'p str>,
    billable: bool,
    terms: Vec<&'p str>,
    maps: Vec<Map<'p>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    includes: Vec<&'p str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    excludes1: Vec<&'p str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    excludes2: Vec<&'p str>,
}

#[derive(Serialize)]
struct Map<'p> {
    system: &'p System,
    code: &'p str,
    relation: clinlink_vocab::Relation,
}

/// Concepts with that code, then those with the term, then what full-text search finds. Each once.
fn search(pack: &Pack, term: &str, system: Option<&System>, limit: usize) -> anyhow::Result<Vec<ConceptId>> {
    let by_code = pack.by_code(term);
    let value = pack.terms().get(normal_form(term));
    let by_term = value.into_iter().flat_map(|value| pack.postings(value)).map(|posting| posting.concept);
    let by_words = pack.search(&normal_form(term), None, limit.saturating_mul(8))?;
    let mut found = Vec::new();
    for id in by_code.into_iter().chain(by_term).chain(by_words.into_iter().map(|(id, _)| id)) {
        let wanted = system.is_none_or(|system| pack.system_of(id) == system);
        if wanted && !found.contains(&id) && found.len() < limit {
            found.push(id);
        }
    }
    Ok(found)
}

fn print_found(pack: &Pack, ids: &[ConceptId], json: bool) -> anyhow::Result<()> {
    let mut out = Output::open(None)?;
    for &id in ids {
        let found = found(pack, id);
        if json {
            serde_json::to_writer(&mut out, &found)?;
            writeln!(out)?;
        } else {
            print_concept(&found, &mut out)?;
        }
    }
    out.finish()
}

fn found(pack: &Pack, id: ConceptId) -> Found<'_> {
    let Concept { system, code, title, billable, .. } = pack.concept(id);
    let mut path: Vec<&str> = pack.ancestors(id).map(|id| pack.code(id)).collect();
    path.reverse();
    let terms = pack.surfaces(id).filter(|s| s.kind != TermKind::Title && !s.made);
    let maps = pack.maps(id).map(|(target, relation)| {
        let Concept { system, code, .. } = pack.concept(target);
        Map { system, code, relation }
    });
    let notes = |kind| pack.notes(id, kind).collect();
    Found {
        system,
        code,
        title,
        path,
        billable,
        terms: terms.map(|surface| surface.text).collect(),
        maps: maps.collect(),
        includes: notes(NoteKind::Includes),
        excludes1: notes(NoteKind::Excludes1),
        excludes2: notes(NoteKind::Excludes2),
    }
}

/// Terms and maps shown of a concept.
const SHOWN: usize = 8;

fn print_concept(found: &Found<'_>, out: &mut impl Write) -> std::io::Result<()> {
    let category = if found.billable { "" } else { "  (not reportable)" };
    writeln!(out, "{:<10}{:<12} {}{category}", found.system, found.code, found.title)?;
    if !found.path.is_empty() {
        writeln!(out, "    under     {}", found.path.join(" › "))?;
    }
    let maps: Vec<String> = found.maps.iter().map(|map| format!("{} {}", map.system, map.code)).collect();
    let maps: Vec<&str> = maps.iter().map(String::as_str).collect();
    for (name, lines, separator) in [
        ("also", &found.terms, "; "),
        ("maps to", &maps, ", "),
        ("includes", &found.includes, "; "),
        ("excludes1", &found.excludes1, "; "),
        ("excludes2", &found.excludes2, "; "),
    ] {
        if !lines.is_empty() {
            let more = lines.len().saturating_sub(SHOWN);
            let more = if more > 0 { format!(" … {more} more") } else { String::new() };
            let shown = lines[..lines.len().min(SHOWN)].join(separator);
            writeln!(out, "    {name:<10}{shown}{more}")?;
        }
    }
    Ok(())
}
