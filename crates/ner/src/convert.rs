use std::path::Path;

use clinlink_encoder::{EncoderError, PieceMaker, Storage};

use crate::config::ModelConfig;

/// Writes the model of `folder` to `out` with its weights stored in another way. Truncation and padding that the
/// tokenizer may have baked in are switched off. `out` may be `folder`.
///
/// # Errors
/// If the model cannot be read or a file not written.
pub fn convert(folder: &Path, storage: Storage, out: &Path) -> Result<(), EncoderError> {
    if !folder.is_dir() {
        return Err(EncoderError::Missing { path: folder.to_owned() });
    }
    let config = ModelConfig::load(folder)?;
    let pieces = PieceMaker::load(folder)?;
    let tensors = config.encoder.read_weights()?;
    std::fs::create_dir_all(out).map_err(|source| EncoderError::Write { path: out.to_owned(), source })?;
    pieces.save(&out.join("tokenizer.json"))?;
    config.encoder.save_with(&tensors, storage, out)
}
