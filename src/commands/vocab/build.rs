//! `clinlink vocab fetch`, `build` and `recipes`

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clinlink_fetch::Fetcher;
use clinlink_vocab::{Ingredients, Report};

use crate::home::Home;
use crate::output::Output;
use crate::progress;

#[derive(Args)]
pub struct BuildArgs {
    /// The pack's name
    #[arg(long, default_value = "default", value_parser = pack_name)]
    pack: String,
    /// A file or folder for a recipe that takes one, such as icd10cm-index=FILE.csv; may be given several times, also
    /// for one recipe (`clinlink vocab recipes` lists them)
    #[arg(long = "with", value_name = "RECIPE=PATH", value_parser = recipe_and_path)]
    with: Vec<(String, PathBuf)>,
    /// Leave out what cannot be read, and say how much that is; without it the first such record ends the build
    #[arg(long)]
    lenient: bool,
    /// Leave a pack alone that already holds what the recipes name
    #[arg(long, conflicts_with = "with")]
    if_needed: bool,
}

/// A name of a folder: a pack is not written, and what is there not replaced, outside the folder of packs.
fn pack_name(argument: &str) -> Result<String, String> {
    if argument.contains(['/', '\\']) || ["", ".", ".."].contains(&argument) {
        return Err("a pack's name is that of a folder, without / and \\".to_owned());
    }
    Ok(argument.to_owned())
}

fn recipe_and_path(argument: &str) -> Result<(String, PathBuf), String> {
    match argument.split_once('=') {
        Some((recipe, path)) if !recipe.is_empty() && !path.is_empty() => {
            Ok((recipe.to_owned(), path.into()))
        }
        _ => Err("expected RECIPE=PATH".to_owned()),
    }
}

pub fn fetch(home: &Home) -> anyhow::Result<()> {
    let bar = progress::task();
    clinlink_vocab::fetch(&home.recipes(), &|message| bar.set_message(message.to_owned()))?;
    bar.finish_and_clear();
    Ok(())
}

pub fn build(args: &BuildArgs, home: &Home) -> anyhow::Result<()> {
    let packs = home.packs();
    let path = packs.join(&args.pack);
    if args.if_needed && clinlink_vocab::is_current(&home.recipes(), &path)? {
        return Ok(());
    }
    std::fs::create_dir_all(&packs).with_context(|| format!("{}: cannot be made", packs.display()))?;
    let bar = progress::task();
    let fetcher = Fetcher::from_env()?;
    let recipes = home.recipes();
    let ingredients = Ingredients { recipes: &recipes, extra: &args.with, lenient: args.lenient };
    let report = clinlink_vocab::compile(&fetcher, &ingredients, &path, &|message| {
        bar.set_message(message.to_owned());
    })?;
    bar.finish_and_clear();
    let manifest = &report.manifest;
    eprintln!("clinlink: {}: {} terms, {} postings", path.display(), manifest.terms, manifest.postings);
    say_skipped(&report);
    Ok(())
}

/// Problems shown of a source.
const SHOWN: usize = 3;

/// What a lenient build left out, source by source, with the first few problems.
fn say_skipped(report: &Report) {
    for source in report.manifest.sources.iter().filter(|source| source.skipped > 0) {
        let s = if source.skipped == 1 { "" } else { "s" };
        eprintln!("clinlink: {}: {} record{s} skipped", source.name, source.skipped);
        let problems = report.problems.iter().filter(|(name, _)| *name == source.name);
        for (_, problem) in problems.take(SHOWN) {
            eprintln!("clinlink:   {problem}");
        }
        if source.skipped > SHOWN as u64 {
            eprintln!("clinlink:   and {} more", source.skipped - SHOWN as u64);
        }
    }
}

pub fn recipes(home: &Home, json: bool) -> anyhow::Result<()> {
    let mut out = Output::open(None)?;
    for recipe in clinlink_vocab::recipes(&home.recipes())? {
        if json {
            serde_json::to_writer(&mut out, &recipe)?;
            writeln!(out)?;
        } else {
            let given = format!("--with {}=PATH", recipe.name);
            let from = recipe.from.unwrap_or(given);
            writeln!(out, "{:<24}{:<32}{}", recipe.name, from, recipe.licence)?;
        }
    }
    out.finish()
}
