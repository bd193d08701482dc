//! Whether a pack is what the recipes would give.

use std::path::Path;

use crate::pack::Pack;
use crate::recipe::read_recipes;
use crate::vocab_error::VocabError;

/// Whether the pack at `pack` opens and holds the packages that the recipes in `recipes` name, at their versions. Files
/// given by hand when it was built are not looked at.
///
/// # Errors
/// If a recipe cannot be read.
pub fn is_current(recipes: &Path, pack: &Path) -> Result<bool, VocabError> {
    let recipes = read_recipes(recipes)?;
    let Ok(pack) = Pack::open(pack) else { return Ok(false) };
    let mut named: Vec<(&str, &str)> =
        recipes.iter().filter_map(|r| Some((r.name.as_str(), r.package.as_ref()?.sha256.as_str()))).collect();
    let sources = pack.manifest().sources.iter().filter(|source| !source.package.is_empty());
    let mut held: Vec<(&str, &str)> = sources.map(|s| (s.name.as_str(), s.sha256.as_str())).collect();
    named.sort_unstable();
    held.sort_unstable();
    Ok(named == held)
}
