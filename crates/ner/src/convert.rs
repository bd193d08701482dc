use std::path::Path;

use crate::config::ModelConfig;
use crate::error::NerError;
use crate::pieces::PieceMaker;
use crate::weights::{self, Storage};

/// Writes the model of `folder` to `out` with its weights stored in another way. Truncation and padding that the
/// tokenizer may have baked in are switched off. `out` may be `folder`.
///
/// # Errors
/// If the model cannot be read or a file not written.
pub fn convert(folder: &Path, storage: Storage, out: &Path) -> Result<(), NerError> {
    if !folder.is_dir() {
        return Err(NerError::Missing { path: folder.to_owned() });
    }
    let config = ModelConfig::load(folder)?;
    let pieces = PieceMaker::load(&folder.join("tokenizer.json"))?;
    let tensors = weights::read(folder)?;
    std::fs::create_dir_all(out).map_err(|source| NerError::Write { path: out.to_owned(), source })?;
    config.save(out)?;
    pieces.save(&out.join("tokenizer.json"))?;
    weights::write(&tensors, storage, out)
}
