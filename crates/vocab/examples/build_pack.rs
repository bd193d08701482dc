//! Fetches and compiles the recipes of a folder: `build_pack RECIPES OUT [NAME=FILE]…`.
#![allow(clippy::print_stderr, reason = "a program: it reports on stderr")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use clinlink_vocab::{Pack, build, fetch};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [recipes, out, extra @ ..] = &arguments[..] else {
        return Err("usage: build_pack RECIPES OUT [NAME=FILE]...".into());
    };
    let mut files = Vec::new();
    for given in extra {
        let (name, file) = given.split_once('=').ok_or("an extra file is given as NAME=FILE")?;
        files.push((name.to_owned(), PathBuf::from(file)));
    }
    let start = Instant::now();
    let progress = |line: &str| eprintln!("{:7.1} s  {line}", start.elapsed().as_secs_f32());
    fetch(Path::new(recipes), &progress)?;
    let manifest = build(Path::new(recipes), &files, Path::new(out), &progress)?;
    for source in &manifest.sources {
        let counts = (source.concepts, source.terms, source.maps, source.notes);
        eprintln!("{:14} concepts, terms, maps, notes: {counts:?}", source.name);
    }
    let start = Instant::now();
    let pack = Pack::open(Path::new(out))?;
    eprintln!("opened in {:?}: {} concepts, {} terms", start.elapsed(), pack.len(), manifest.terms);
    Ok(())
}
