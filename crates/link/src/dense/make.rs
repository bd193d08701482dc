use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use clinlink_encoder::TermEncoder;
use clinlink_vocab::Pack;

use super::error::VectorError;
use super::quantise::quantise;
use super::vectors::{FORMAT, MANIFEST, ROWS, SCALES, TERMS, VectorManifest, read_manifest};
use super::{DISEASE_SYSTEMS, concepts, names};

/// The manifest while the vectors are being made.
const PART: &str = "manifest.part.json";

/// Terms made between two writes: what a broken run loses at most.
const CHUNK: usize = 4096;

/// Makes the vectors of the names of the diseases and findings of `pack` in `folder`; calls `progress` with the number
/// of terms done and of all. A run that was broken off goes on where it stood.
///
/// # Errors
/// If the encoder fails or a file cannot be written.
pub fn make_vectors(
    pack: &Pack,
    encoder: &TermEncoder,
    folder: &Path,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<VectorManifest, VectorError> {
    let terms = terms(pack);
    let manifest = VectorManifest {
        format: FORMAT,
        pack: pack.manifest().version.clone(),
        encoder: encoder.version().to_owned(),
        systems: DISEASE_SYSTEMS.to_vec(),
        terms: terms.len(),
        dimensions: encoder.dimensions(),
    };
    std::fs::create_dir_all(folder).map_err(VectorError::io(folder))?;
    let mut done = begin(&manifest, folder)?;
    let [rows, scales] = [ROWS, SCALES].map(|name| append(&folder.join(name)));
    let (mut rows, mut scales) = (rows?, scales?);
    for chunk in terms[done..].chunks(CHUNK) {
        progress(done, terms.len());
        let texts: Vec<&str> = chunk.iter().map(|(term, _)| term.as_str()).collect();
        let (mut integers, mut factors) = (Vec::new(), Vec::new());
        for vector in encoder.encode(&texts)?.chunks_exact(manifest.dimensions) {
            factors.extend(quantise(vector, &mut integers).to_le_bytes());
        }
        rows.write_all(bytemuck::cast_slice(&integers)).map_err(VectorError::io(&folder.join(ROWS)))?;
        scales.write_all(&factors).map_err(VectorError::io(&folder.join(SCALES)))?;
        done += chunk.len();
    }
    let numbers: Vec<u8> = terms.iter().flat_map(|&(_, number)| number.to_le_bytes()).collect();
    let path = folder.join(TERMS);
    std::fs::write(&path, numbers).map_err(VectorError::io(&path))?;
    let path = folder.join(MANIFEST);
    std::fs::rename(folder.join(PART), &path).map_err(VectorError::io(&path))?;
    Ok(manifest)
}

/// The terms in normal form with the pack's number of each, in the order of the numbers.
fn terms(pack: &Pack) -> Vec<(String, u32)> {
    let ids = DISEASE_SYSTEMS.iter().flat_map(|system| concepts(pack, system));
    let forms = ids.flat_map(|id| names(pack, id)).map(|(form, _)| form);
    let number = |form: &str| pack.terms().get(form).and_then(|number| u32::try_from(number).ok());
    let mut terms: Vec<(String, u32)> =
        forms.filter_map(|form| number(&form).map(|number| (form, number))).collect();
    terms.sort_by_key(|&(_, number)| number);
    terms.dedup_by_key(|&mut (_, number)| number);
    terms
}

/// The number of terms whose vectors are there already. What is there of another pack or encoder is removed.
fn begin(manifest: &VectorManifest, folder: &Path) -> Result<usize, VectorError> {
    let part = folder.join(PART);
    let goes_on = part.is_file() && read_manifest(&part).is_ok_and(|found| found == *manifest);
    let sizes = [(ROWS, manifest.dimensions), (SCALES, 4)];
    let rows = |(name, bytes): (&str, usize)| {
        let length = std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
        usize::try_from(length).unwrap_or_default() / bytes
    };
    let done = if goes_on { sizes.map(rows).into_iter().min().unwrap_or_default() } else { 0 };
    let old = folder.join(MANIFEST);
    if old.exists() {
        std::fs::remove_file(&old).map_err(VectorError::io(&old))?;
    }
    for (name, bytes) in sizes {
        let path = folder.join(name);
        let file = append(&path)?;
        file.set_len((done * bytes) as u64).map_err(VectorError::io(&path))?;
    }
    let text = serde_json::to_string_pretty(manifest)
        .map_err(|cause| VectorError::Damaged { path: part.clone(), cause: cause.to_string() })?;
    std::fs::write(&part, text + "\n").map_err(VectorError::io(&part))?;
    Ok(done)
}

fn append(path: &Path) -> Result<File, VectorError> {
    OpenOptions::new().create(true).append(true).open(path).map_err(VectorError::io(path))
}
