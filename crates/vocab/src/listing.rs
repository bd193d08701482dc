//! What recipes there are.

use std::path::Path;

use serde::Serialize;

use crate::recipe::read_recipes;
use crate::vocab_error::VocabError;

/// What a recipe reads, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipeInfo {
    /// Its name.
    pub name: String,
    /// The registry package with its version, or the file beside the recipe; `None` if files are given for it when the
    /// pack is built.
    pub from: Option<String>,
    /// The licence of the data.
    pub licence: String,
    /// What must be said wherever the data is used.
    pub notice: String,
    /// The recipes that are read before it.
    pub after: Vec<String>,
}

/// The recipes of a folder, in the order in which they are read.
///
/// # Errors
/// If a recipe cannot be read.
pub fn recipes(folder: &Path) -> Result<Vec<RecipeInfo>, VocabError> {
    let info = |recipe: crate::recipe::Recipe| {
        let package = recipe.package.as_ref().map(|p| format!("{} {}", p.package, p.version));
        RecipeInfo {
            from: package.or_else(|| recipe.file.as_ref().map(|file| file.display().to_string())),
            name: recipe.name,
            licence: recipe.licence,
            notice: recipe.notice,
            after: recipe.after,
        }
    };
    Ok(read_recipes(folder)?.into_iter().map(info).collect())
}
