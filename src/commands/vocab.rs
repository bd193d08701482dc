//! `clinlink vocab`

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Subcommand;
use clinlink_model::System;
use clinlink_vocab::{Concept, ConceptId, Manifest, NoteKind, Pack, TermKind, normal_form};
use serde::Serialize;

use crate::Outcome;
use crate::home::Home;
use crate::output::Output;
use crate::progress;

#[derive(Subcommand)]
pub enum Command {
    /// Download the vocabularies that the recipes in vocab/ name; no network the second time
    Fetch,
    /// Compile what was fetched into a pack
    Build {
        /// The pack's name
        #[arg(long, default_value = "default")]
        pack: String,
        /// A file for a recipe that takes one, such as icd10cm-index=FILE.csv
        #[arg(long = "with", value_name = "RECIPE=FILE", value_parser = recipe_and_file)]
        with: Vec<(String, PathBuf)>,
        /// Leave a pack alone that already holds what the recipes name
        #[arg(long, conflicts_with = "with")]
        if_needed: bool,
    },
    /// Say what a pack holds, from which sources, under which licences
    Info {
        /// The pack's name
        #[arg(long, default_value = "default")]
        pack: String,
        /// Print the manifest as JSON
        #[arg(long)]
        json: bool,
        /// Check the hash of every file too
        #[arg(long)]
        verify: bool,
    },
    /// Look for concepts by their terms or by a code
    Search {
        /// Words of a term, or a code
        #[arg(required = true)]
        term: Vec<String>,
        /// The pack's name
        #[arg(long, default_value = "default")]
        pack: String,
        /// Concepts of this system only
        #[arg(long)]
        system: Option<String>,
        /// At most this many concepts
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// Print one JSON object a concept
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: &Command, home: &Home) -> anyhow::Result<Outcome> {
    match command {
        Command::Fetch => fetch(home)?,
        Command::Build { if_needed: true, pack, .. }
            if clinlink_vocab::is_current(&home.recipes(), &home.packs().join(pack))? => {}
        Command::Build { pack, with, .. } => build(home, pack, with)?,
        Command::Info { pack, json, verify } => info(&open(home, pack)?, *json, *verify)?,
        Command::Search { term, pack, system, limit, json } => {
            let pack = open(home, pack)?;
            let found = search(&pack, &term.join(" "), system.as_deref(), *limit)?;
            print_found(&pack, &found, *json)?;
        }
    }
    Ok(Outcome::Done)
}

fn recipe_and_file(argument: &str) -> Result<(String, PathBuf), String> {
    match argument.split_once('=') {
        Some((recipe, file)) if !recipe.is_empty() && !file.is_empty() => {
            Ok((recipe.to_owned(), file.into()))
        }
        _ => Err("expected RECIPE=FILE".to_owned()),
    }
}

fn open(home: &Home, name: &str) -> anyhow::Result<Pack> {
    Ok(Pack::open(&home.packs().join(name))?)
}

fn fetch(home: &Home) -> anyhow::Result<()> {
    let bar = progress::task();
    clinlink_vocab::fetch(&home.recipes(), &|message| bar.set_message(message.to_owned()))?;
    bar.finish_and_clear();
    Ok(())
}

fn build(home: &Home, name: &str, with: &[(String, PathBuf)]) -> anyhow::Result<()> {
    let packs = home.packs();
    std::fs::create_dir_all(&packs).with_context(|| format!("{}: cannot be made", packs.display()))?;
    let bar = progress::task();
    let path = packs.join(name);
    let manifest = clinlink_vocab::build(&home.recipes(), with, &path, &|message| {
        bar.set_message(message.to_owned());
    })?;
    bar.finish_and_clear();
    eprintln!("clinlink: {}: {} terms, {} postings", path.display(), manifest.terms, manifest.postings);
    Ok(())
}

fn info(pack: &Pack, json: bool, verify: bool) -> anyhow::Result<()> {
    if verify {
        pack.verify()?;
    }
    let manifest = pack.manifest();
    let mut out = Output::open(None)?;
    if json {
        serde_json::to_writer_pretty(&mut out, manifest)?;
        writeln!(out)?;
    } else {
        print_info(manifest, &mut out)?;
    }
    out.finish()
}

fn print_info(manifest: &Manifest, out: &mut impl Write) -> std::io::Result<()> {
    let bytes: u64 = manifest.files.values().map(|file| file.bytes).sum();
    writeln!(out, "version {}, format {}, {} MB", manifest.version, manifest.format, bytes / 1_000_000)?;
    writeln!(out, "{} terms, {} postings\n", manifest.terms, manifest.postings)?;
    for system in &manifest.systems {
        writeln!(out, "{:<12}{:>9} concepts", system.system, system.concepts)?;
    }
    for source in &manifest.sources {
        writeln!(out, "\n{} {} {}", source.name, source.package, source.version)?;
        writeln!(
            out,
            "  {} concepts, {} terms, {} maps, {} notes",
            source.concepts, source.terms, source.maps, source.notes
        )?;
        writeln!(out, "  licence: {}\n  {}", source.licence, source.notice)?;
    }
    Ok(())
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
fn search(pack: &Pack, term: &str, system: Option<&str>, limit: usize) -> anyhow::Result<Vec<ConceptId>> {
    let manifest = pack.manifest();
    let by_code = manifest.systems.iter().filter_map(|s| pack.find(&s.system, term.trim()));
    let value = pack.terms().get(normal_form(term));
    let by_term = value.into_iter().flat_map(|value| pack.postings(value)).map(|posting| posting.concept);
    let by_words = pack.search(&normal_form(term), None, limit.saturating_mul(8))?;
    let mut found = Vec::new();
    for id in by_code.chain(by_term).chain(by_words.into_iter().map(|(id, _)| id)) {
        let wanted = system.is_none_or(|system| pack.concept(id).system.name().eq_ignore_ascii_case(system));
        if wanted && !found.contains(&id) && found.len() < limit {
            found.push(id);
        }
    }
    if let Some(system) = system
        && !manifest.systems.iter().any(|s| s.system.name().eq_ignore_ascii_case(system))
    {
        let known: Vec<&str> = manifest.systems.iter().map(|s| s.system.name()).collect();
        bail!("the pack holds no system {system}; it holds {}", known.join(", "));
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
    let mut path: Vec<&str> = pack.ancestors(id).map(|id| pack.concept(id).code).collect();
    path.reverse();
    let terms =
        pack.terms_of(id).filter(|&(_, kind)| kind != TermKind::Title).map(|(term, _)| term).collect();
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
        terms,
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
    writeln!(out, "{:<10}{:<12}{}{category}", found.system, found.code, found.title)?;
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
