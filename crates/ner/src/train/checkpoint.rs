//! The state of a run that a later call goes on from: the report so far, and the weights as of its last pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clinlink_encoder::{EncoderError, Storage, read_text, write_text, write_weights};
use tch::Tensor;

use super::TrainReport;

const REPORT: &str = "report.json";

/// Writes the state, so that a stop at any time leaves one that is whole: the one before, or this one.
pub(super) fn write(
    report: &TrainReport,
    tensors: &BTreeMap<String, Tensor>,
    checkpoint: &Path,
) -> Result<(), EncoderError> {
    let folder = weights(report, checkpoint);
    fs::create_dir_all(&folder).map_err(|source| EncoderError::Write { path: folder.clone(), source })?;
    write_weights(tensors, Storage::Fp32, &folder)?;
    write_report(report, checkpoint)
}

/// The folder of the weights that belong to a report. Those of the pass before lie in another one.
pub(super) fn weights(report: &TrainReport, checkpoint: &Path) -> PathBuf {
    checkpoint.join(if report.epochs.len().is_multiple_of(2) { "even" } else { "odd" })
}

/// The report of the state, if there is one; it must be of the run that begins with `fresh`.
pub(super) fn read(fresh: &TrainReport, checkpoint: &Path) -> Result<Option<TrainReport>, EncoderError> {
    let path = checkpoint.join(REPORT);
    if !path.exists() {
        return Ok(None);
    }
    let found = read_report(checkpoint)?;
    let same = TrainReport { epochs: Vec::new(), best_epoch: 0, ..found.clone() };
    // Reading JSON may change the last digit of a float, so both must have been read from it.
    let json = |cause| EncoderError::Json { path: path.clone(), cause };
    let text = serde_json::to_string(fresh).map_err(json)?;
    if same != serde_json::from_str(&text).map_err(json)? {
        let cause = format!("{} is of a run with other settings, documents or base", path.display());
        return Err(EncoderError::Training { cause });
    }
    Ok(Some(found))
}

/// What to do about a state that cannot be gone on from.
pub(super) fn unusable(fault: &EncoderError, checkpoint: &Path) -> EncoderError {
    let cause = format!("{fault}; remove {} to train anew, or choose another folder", checkpoint.display());
    EncoderError::Training { cause }
}

pub(super) fn read_report(folder: &Path) -> Result<TrainReport, EncoderError> {
    let path = folder.join(REPORT);
    serde_json::from_str(&read_text(&path)?).map_err(|cause| EncoderError::Json { path, cause })
}

pub(super) fn write_report(report: &TrainReport, folder: &Path) -> Result<(), EncoderError> {
    let path = folder.join(REPORT);
    let text = serde_json::to_string_pretty(report)
        .map_err(|cause| EncoderError::Json { path: path.clone(), cause })?;
    write_text(&path, &(text + "\n"))
}
