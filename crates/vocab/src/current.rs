//! Whether a pack is what the recipes would give.

use std::path::Path;

use clinlink_fetch::sha256_file;

use crate::pack::Pack;
use crate::recipe::read_recipes;
use crate::vocab_error::VocabError;

/// Whether the pack at `pack` opens and holds the packages and own files that the recipes in `recipes` name, as they
/// are now. Files given by hand when it was built are not looked at.
///
/// # Errors
/// If a recipe or a file that it names cannot be read.
pub fn is_current(recipes: &Path, pack: &Path) -> Result<bool, VocabError> {
    let read = read_recipes(recipes)?;
    let Ok(pack) = Pack::open(pack) else { return Ok(false) };
    let mut named: Vec<(&str, String)> = Vec::new();
    for recipe in &read {
        match (&recipe.package, &recipe.file) {
            (Some(package), _) => named.push((&recipe.name, package.sha256.clone())),
            (None, Some(file)) => {
                let file = recipes.join(file);
                named.push((&recipe.name, sha256_file(&file).map_err(VocabError::io(&file))?));
            }
            (None, None) => {}
        }
    }
    let is_ours = |name: &str| named.iter().any(|(recipe, _)| *recipe == name);
    let sources = pack.manifest().sources.iter();
    let held = sources.filter(|source| !source.package.is_empty() || is_ours(&source.name));
    let mut held: Vec<(&str, String)> = held.map(|s| (s.name.as_str(), s.sha256.clone())).collect();
    named.sort_unstable();
    held.sort_unstable();
    Ok(named == held)
}
