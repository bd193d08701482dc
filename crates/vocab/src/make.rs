//! Fetches the vocabularies that recipes name, and compiles them into a pack.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clinlink_fetch::{Fetcher, Package, sha256_file};
use sha2::{Digest as _, Sha256};

use crate::builder::PackBuilder;
use crate::manifest::{Manifest, Source};
use crate::recipe::{Recipe, packages, read_recipes};
use crate::sources;
use crate::vocab_error::VocabError;
use crate::write::write_pack;

/// Fetches what the recipes in `recipes` name into the cache. `progress` hears one line a package.
///
/// # Errors
/// If a recipe cannot be read or a package cannot be fetched.
pub fn fetch(recipes: &Path, progress: &dyn Fn(&str)) -> Result<(), VocabError> {
    fetch_with(&Fetcher::from_env()?, recipes, progress)
}

/// [`fetch`] with a fetcher of the caller's.
///
/// # Errors
/// Those of [`fetch`].
pub fn fetch_with(fetcher: &Fetcher, recipes: &Path, progress: &dyn Fn(&str)) -> Result<(), VocabError> {
    for package in packages(&read_recipes(recipes)?) {
        fetcher.fetch(&package, progress)?;
    }
    Ok(())
}

/// What a pack is compiled from, and how strictly.
#[derive(Debug, Clone, Copy)]
pub struct Ingredients<'a> {
    /// The folder of the recipes.
    pub recipes: &'a Path,
    /// Files and folders for recipes that take them, by the recipes' names; such a recipe without any is left out.
    /// Their order does not matter.
    pub extra: &'a [(String, PathBuf)],
    /// Whether records that cannot be read are skipped and counted. Otherwise the first one ends the build.
    pub lenient: bool,
}

/// What came of a build.
#[derive(Debug)]
pub struct Report {
    /// What the pack says of itself: each source with its counts.
    pub manifest: Manifest,
    /// What was skipped, with the name of its source: the first 20 of each.
    pub problems: Vec<(String, VocabError)>,
}

/// Compiles what the recipes in `recipes` name into a pack at `out`, strictly. `extra` gives files or folders to recipes
/// that take them, by the recipes' names; such a recipe without any is left out. `progress` hears one line a source.
///
/// # Errors
/// If a package has not been fetched, a source does not have the form that its recipe states, or the pack cannot be
/// written.
pub fn build(
    recipes: &Path,
    extra: &[(String, PathBuf)],
    out: &Path,
    progress: &dyn Fn(&str),
) -> Result<Manifest, VocabError> {
    build_with(&Fetcher::from_env()?, recipes, extra, out, progress)
}

/// [`build`] with a fetcher of the caller's.
///
/// # Errors
/// Those of [`build`].
pub fn build_with(
    fetcher: &Fetcher,
    recipes: &Path,
    extra: &[(String, PathBuf)],
    out: &Path,
    progress: &dyn Fn(&str),
) -> Result<Manifest, VocabError> {
    let ingredients = Ingredients { recipes, extra, lenient: false };
    Ok(compile(fetcher, &ingredients, out, progress)?.manifest)
}

/// Compiles a pack at `out`. `progress` hears one line a source.
///
/// # Errors
/// Those of [`build`]; a lenient build goes on where records cannot be read, not where files cannot.
pub fn compile(
    fetcher: &Fetcher,
    ingredients: &Ingredients<'_>,
    out: &Path,
    progress: &dyn Fn(&str),
) -> Result<Report, VocabError> {
    let Ingredients { recipes: folder, extra, lenient } = *ingredients;
    let recipes = read_recipes(folder)?;
    check_extra(&recipes, extra)?;
    let packages = packages(&recipes);
    let mut builder = PackBuilder::new();
    builder.lenient(lenient);
    for recipe in &recipes {
        let (files, sha256) = match (&recipe.package, &recipe.file) {
            (Some(package), _) => (members(fetcher, &packages, package)?, package.sha256.clone()),
            (None, Some(file)) => of_files(vec![folder.join(file)])?,
            (None, None) => of_files(given(extra, &recipe.name))?,
        };
        if files.is_empty() {
            continue;
        }
        progress(&format!("reading {}", recipe.name));
        builder.source(source(recipe, &sha256));
        sources::read(recipe, &files, &mut builder)?;
        builder.end_source()?;
    }
    builder.end_sources()?;
    progress("writing the pack");
    let written = write_pack(&builder, out)?;
    let mut problems: Vec<_> = builder.take_problems();
    problems.extend(written.circles.into_iter().map(|circle| (circle.0, circle.1.into())));
    Ok(Report { manifest: written.manifest, problems })
}

/// Every extra file must have a recipe that takes one.
fn check_extra(recipes: &[Recipe], extra: &[(String, PathBuf)]) -> Result<(), VocabError> {
    let takers: Vec<&str> =
        recipes.iter().filter(|recipe| takes_files(recipe)).map(|recipe| recipe.name.as_str()).collect();
    match extra.iter().find(|(name, _)| !takers.contains(&name.as_str())) {
        Some((name, _)) => Err(VocabError::UnknownExtra { name: name.clone(), known: takers.join(", ") }),
        None => Ok(()),
    }
}

/// The files of a package's members. The folder was fetched with the members of all recipes of the same package.
fn members(fetcher: &Fetcher, packages: &[Package], package: &Package) -> Result<Vec<PathBuf>, VocabError> {
    let whole = packages.iter().find(|known| known.sha256 == package.sha256);
    match whole.filter(|whole| fetcher.is_fetched(whole)) {
        Some(whole) => {
            let folder = fetcher.folder(whole);
            Ok(package.members.iter().map(|member| folder.join(member)).collect())
        }
        None => {
            Err(VocabError::NotFetched { package: package.package.clone(), version: package.version.clone() })
        }
    }
}

/// Whether a recipe reads what is given when the pack is built.
fn takes_files(recipe: &Recipe) -> bool {
    recipe.package.is_none() && recipe.file.is_none()
}

/// The files and folders given for a recipe, sorted: the order in which they were given changes nothing.
fn given(extra: &[(String, PathBuf)], name: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        extra.iter().filter(|(recipe, _)| recipe == name).map(|(_, file)| file.clone()).collect();
    files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
    files.dedup();
    files
}

/// Files with the hash of their contents: of the one file, or of the list of all files' hashes.
fn of_files(files: Vec<PathBuf>) -> Result<(Vec<PathBuf>, String), VocabError> {
    let hash = |file: &PathBuf| sha256_file(file).map_err(VocabError::io(file));
    let hashes: Vec<String> = sources::all_files(&files)?.iter().map(hash).collect::<Result<_, _>>()?;
    let sha256 = match hashes.as_slice() {
        [one] => one.clone(),
        many => sha256_text(&many.join("\n")),
    };
    Ok((files, sha256))
}

fn sha256_text(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn source(recipe: &Recipe, sha256: &str) -> Source {
    let package = recipe.package.as_ref();
    Source {
        name: recipe.name.clone(),
        package: package.map(|package| package.package.clone()).unwrap_or_default(),
        version: package.map(|package| package.version.clone()).unwrap_or_default(),
        licence: recipe.licence.clone(),
        notice: recipe.notice.clone(),
        sha256: sha256.to_owned(),
        ..Source::default()
    }
}
