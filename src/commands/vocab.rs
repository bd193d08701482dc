//! `clinlink vocab`

mod build;
mod concept;
mod diff;
mod info;
mod map;
mod migrate;
mod search;
mod show;
mod tree;
mod vectors;

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use clinlink_model::System;
use clinlink_vocab::{ConceptId, Pack};

use crate::Outcome;
use crate::home::Home;

#[derive(Subcommand)]
pub enum Command {
    /// Download the vocabularies that the recipes in vocab/ name; no network the second time
    Fetch,
    /// Compile what was fetched, and files of yours, into a pack
    Build(build::BuildArgs),
    /// List the recipes: what each reads, and which take files of yours
    Recipes {
        /// Print one JSON object a recipe
        #[arg(long)]
        json: bool,
    },
    /// Say what a pack holds, from which sources, under which licences
    Info {
        #[command(flatten)]
        pack: PackName,
        /// Print the manifest as JSON
        #[arg(long)]
        json: bool,
        /// Check the hash of every file too
        #[arg(long)]
        verify: bool,
    },
    /// Check the hash of every file of a pack
    Verify {
        #[command(flatten)]
        pack: PackName,
    },
    /// Look for concepts by their terms or by a code
    Search(search::SearchArgs),
    /// Show all that a pack knows of codes
    Show(show::ShowArgs),
    /// Show what stands below a code or in a range of codes, or above a code
    Tree(tree::TreeArgs),
    /// Show the ways from a code to another code system
    Map(map::MapArgs),
    /// Make the vectors of a pack's terms, for links by meaning; goes on where a broken run stood
    Vectors(vectors::VectorArgs),
    /// Show what changed from one pack to another
    Diff(diff::DiffArgs),
    /// Carry codes from one pack's release to another's; exit status 1 if a person must decide anything
    Migrate(migrate::MigrateArgs),
}

#[derive(Args)]
pub struct PackName {
    /// The pack: its name, or its folder
    #[arg(long, default_value = "default")]
    pack: PathBuf,
}

pub fn run(command: &Command, home: &Home) -> anyhow::Result<Outcome> {
    match command {
        Command::Fetch => build::fetch(home)?,
        Command::Build(args) => build::build(args, home)?,
        Command::Recipes { json } => build::recipes(home, *json)?,
        Command::Info { pack, json, verify } => info::info(&pack.open(home)?, *json, *verify)?,
        Command::Verify { pack } => info::verify(&pack.open(home)?)?,
        Command::Search(args) => search::run(args, home)?,
        Command::Show(args) => show::run(args, home)?,
        Command::Tree(args) => tree::run(args, home)?,
        Command::Map(args) => map::run(args, home)?,
        Command::Vectors(args) => vectors::run(args, home)?,
        Command::Diff(args) => diff::run(args, home)?,
        Command::Migrate(args) => return migrate::run(args, home),
    }
    Ok(Outcome::Done)
}

impl PackName {
    fn open(&self, home: &Home) -> anyhow::Result<Pack> {
        open(&self.pack, home)
    }
}

/// Opens one of the packs of `home`, by its name, or the one in a folder.
fn open(name: &std::path::Path, home: &Home) -> anyhow::Result<Pack> {
    Ok(Pack::open(&folder(name, home))?)
}

/// The folder of the pack `name` of `home`, or `name` if that is the folder of a pack.
fn folder(name: &std::path::Path, home: &Home) -> PathBuf {
    let named = home.packs().join(name);
    let is_folder = !named.is_dir() && name.join("manifest.json").is_file();
    if is_folder { name.to_owned() } else { named }
}

/// The pack's system of a name.
fn system<'p>(pack: &'p Pack, name: &str) -> anyhow::Result<&'p System> {
    if let Some(system) = pack.system(name) {
        return Ok(system);
    }
    let known: Vec<&str> = pack.systems().map(System::name).collect();
    bail!("the pack holds no system {name}; it holds {}", known.join(", "));
}

/// The concepts that `text` is the code of.
fn concepts(pack: &Pack, text: &str) -> anyhow::Result<Vec<ConceptId>> {
    let found = pack.by_code(text);
    if found.is_empty() {
        bail!("no system of the pack has the code {text}; `clinlink vocab search` looks for words too");
    }
    Ok(found)
}
