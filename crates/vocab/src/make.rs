//! Fetches the vocabularies that recipes name, and compiles them into a pack.

use std::path::{Path, PathBuf};

use clinlink_fetch::{Fetcher, Package, sha256_file};

use crate::builder::PackBuilder;
use crate::manifest::{Manifest, Source};
use crate::recipe::{Recipe, packages, read_recipes};
use crate::sources;
use crate::vocab_error::VocabError;

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

/// Compiles what the recipes in `recipes` name into a pack at `out`. `extra` gives files to recipes that take one, by
/// the recipes' names; such a recipe without a file is left out. `progress` hears one line a source.
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
    let recipes = read_recipes(recipes)?;
    check_extra(&recipes, extra)?;
    let packages = packages(&recipes);
    let mut builder = PackBuilder::new();
    // Files given by hand add to the concepts of packages, so they come after them.
    for recipe in &recipes {
        if let Some(package) = &recipe.package {
            progress(&format!("reading {}", recipe.name));
            let files = members(fetcher, &packages, package)?;
            builder.source(source(recipe, &package.package, &package.version, &package.sha256));
            sources::read(recipe.format, &files, &mut builder)?;
        }
    }
    for recipe in &recipes {
        if let Some((_, file)) = extra.iter().find(|(name, _)| *name == recipe.name) {
            progress(&format!("reading {}", recipe.name));
            let sha256 = sha256_file(file).map_err(VocabError::io(file))?;
            builder.source(source(recipe, "", "", &sha256));
            sources::read(recipe.format, std::slice::from_ref(file), &mut builder)?;
        }
    }
    progress("writing the pack");
    Ok(builder.write(out)?)
}

/// Every extra file must have a recipe that takes one.
fn check_extra(recipes: &[Recipe], extra: &[(String, PathBuf)]) -> Result<(), VocabError> {
    let takers: Vec<&str> =
        recipes.iter().filter(|recipe| recipe.package.is_none()).map(|recipe| recipe.name.as_str()).collect();
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

fn source(recipe: &Recipe, package: &str, version: &str, sha256: &str) -> Source {
    Source {
        name: recipe.name.clone(),
        package: package.to_owned(),
        version: version.to_owned(),
        licence: recipe.licence.clone(),
        notice: recipe.notice.clone(),
        sha256: sha256.to_owned(),
        ..Source::default()
    }
}
