//! Makes a CPU-only libtorch in the cache from pinned packages and links `.libtorch` to it.
//!
//! The cache then holds `libtorch-2.11.0/{include,lib,build-version}`. Nothing is done if `LIBTORCH` is set to a
//! libtorch of the user's own, or if `.libtorch` is complete already.
#![allow(clippy::print_stderr, reason = "a program: it reports on stderr")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use clinlink_fetch::{FetchError, Fetcher, Package};
use serde::Deserialize;

const RECIPE: &str = include_str!("../../libtorch.toml");
const LINK: &str = ".libtorch";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    version: String,
    package: Vec<Package>,
}

fn main() -> ExitCode {
    match run() {
        Ok(message) => {
            eprintln!("{message}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<String, Box<dyn std::error::Error>> {
    let link = Path::new(LINK);
    // Cargo sets it to the link itself for what it runs (.cargo/config.toml).
    let ours = env::current_dir()?.join(link);
    if let Some(own) = env::var_os("LIBTORCH").filter(|own| !own.is_empty() && Path::new(own) != ours) {
        return Ok(format!("LIBTORCH is set to {}: that libtorch is used, nothing fetched", own.display()));
    }
    if is_complete(link) {
        return Ok(format!("{LINK} is complete"));
    }
    let recipe: Recipe = toml::from_str(RECIPE)?;
    let fetcher = Fetcher::from_env()?;
    let folder = fetcher.cache().join(format!("libtorch-{}", recipe.version));
    if !is_complete(&folder) {
        make(&recipe, &fetcher, &folder)?;
    }
    point(link, &folder)?;
    Ok(format!("{LINK} -> {}", folder.display()))
}

/// Whether `folder` holds all that linking needs. `build-version` is written last of all.
fn is_complete(folder: &Path) -> bool {
    ["build-version", "lib/libtorch.so", "lib/libtorch_cpu.so", "lib/libc10.so", "include/torch"]
        .iter()
        .all(|part| folder.join(part).exists())
}

/// Fetches the packages and moves their parts together.
fn make(recipe: &Recipe, fetcher: &Fetcher, folder: &Path) -> Result<(), FetchError> {
    let mut parts = Vec::new();
    for package in &recipe.package {
        parts.push(fetcher.fetch(package, &|line| eprintln!("{line}"))?);
    }
    let work = folder.with_extension(format!("part-{}", std::process::id()));
    let lib = work.join("lib");
    create(&lib)?;
    for (package, part) in recipe.package.iter().zip(&parts) {
        for member in &package.members {
            let from = part.join(member.trim_end_matches('/'));
            let base = if member.ends_with("/include/") { &work } else { &lib };
            let to = base.join(from.file_name().unwrap_or_default());
            fs::rename(&from, &to).map_err(at(&from))?;
        }
    }
    // The linker takes the CPU library wherever it is told to link `torch`.
    write(&lib.join("libtorch.so"), "INPUT(libtorch_cpu.so)\n")?;
    write(&work.join("build-version"), &format!("{}\n", recipe.version))?;
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(at(folder))?;
    }
    fs::rename(&work, folder).map_err(at(folder))?;
    for part in parts {
        fs::remove_dir_all(&part).map_err(at(&part))?;
    }
    Ok(())
}

/// Makes `link` a symbolic link to `folder`. Only a link is ever replaced.
fn point(link: &Path, folder: &Path) -> Result<(), FetchError> {
    if link.is_symlink() {
        fs::remove_file(link).map_err(at(link))?;
    }
    let target = folder.canonicalize().map_err(at(folder))?;
    std::os::unix::fs::symlink(target, link).map_err(at(link))
}

fn create(folder: &Path) -> Result<(), FetchError> {
    fs::create_dir_all(folder).map_err(at(folder))
}

fn write(path: &Path, text: &str) -> Result<(), FetchError> {
    fs::write(path, text).map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> FetchError {
    let path = PathBuf::from(path);
    move |cause| FetchError::Io { path, cause }
}
