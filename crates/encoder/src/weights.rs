//! The files of a model's weights.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tch::{Device, Kind, Tensor};

use crate::batch::int;
use crate::config::read_text;
use crate::error::EncoderError;

/// The embedding of token types.
pub const TOKEN_TYPES: &str = "bert.embeddings.token_type_embeddings.weight";

/// What the names of the tensors of a layer begin with, before its number.
pub const LAYER: &str = "bert.encoder.layer.";

/// The linear layer that makes the vector of a term shorter.
pub(crate) const PROJECTION: &str = "projection";

/// What the name of a tensor of scales adds to that of its matrix.
const SCALE: &str = ".scale";

/// How the tensors of a model are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Storage {
    /// 32-bit floats.
    Fp32,
    /// 16-bit floats.
    Fp16,
    /// Matrices as 8-bit integers with one 32-bit scale a row, in a tensor named `<name>.scale`; a weight is the
    /// integer times the scale of its row. The rest as 32-bit floats.
    Int8,
}

/// The file that says where a folder's weights are: the weights themselves or, if they are in several files, their index.
pub fn weights_file(folder: &Path) -> PathBuf {
    let (whole, index) = (folder.join("model.safetensors"), folder.join("model.safetensors.index.json"));
    if index.is_file() && !whole.is_file() { index } else { whole }
}

/// The index of weights in several files.
#[derive(Deserialize)]
struct Index {
    /// The file of each tensor.
    weight_map: BTreeMap<String, PathBuf>,
}

/// The files that hold the weights, in the order of their names.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, EncoderError> {
    let path = weights_file(folder);
    if !path.is_file() {
        return Err(missing(folder, &path));
    }
    if path.extension().is_none_or(|extension| extension != "json") {
        return Ok(vec![path]);
    }
    let index: Index = serde_json::from_str(&read_text(&path)?)
        .map_err(|cause| EncoderError::Json { path: path.clone(), cause })?;
    let names: BTreeSet<PathBuf> = index.weight_map.into_values().collect();
    match names.iter().find(|name| name.file_name() != Some(name.as_os_str())) {
        Some(name) => {
            let cause = format!("{} is not the name of a file beside it", name.display());
            Err(EncoderError::Weights { path, cause })
        }
        None => Ok(names.iter().map(|name| folder.join(name)).collect()),
    }
}

/// Reads the tensors of the weights in `folder` as 32-bit floats, by the names that `BertForTokenClassification` gives
/// them. What is no weight (the numbers of the positions), and the pooler, are left out. `sha256` is what the files' hash must be.
///
/// # Errors
/// If a file is missing, broken or a pickle, if a number is not finite, or the hash is another one.
pub fn read(folder: &Path, sha256: Option<&str>) -> Result<BTreeMap<String, Tensor>, EncoderError> {
    let mut parts = Vec::new();
    for path in files(folder)? {
        let bytes =
            std::fs::read(&path).map_err(|source| EncoderError::Read { path: path.clone(), source })?;
        parts.push((path, bytes));
    }
    if let Some(wanted) = sha256 {
        let found = sha256_of(parts.iter().map(|(_, bytes)| bytes.as_slice()));
        if !found.eq_ignore_ascii_case(wanted) {
            let (path, wanted) = (weights_file(folder), wanted.to_owned());
            return Err(EncoderError::Hash { path, wanted, found });
        }
    }
    let mut out = BTreeMap::new();
    for (path, bytes) in parts {
        add(&path, &bytes, &mut out)?;
    }
    Ok(out)
}

/// The SHA-256 of the weights, or of other files, one after another, in hexadecimal.
pub fn sha256_of<'a>(files: impl Iterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    files.for_each(|bytes| hash.update(bytes));
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Adds the tensors of one file.
fn add(path: &Path, bytes: &[u8], out: &mut BTreeMap<String, Tensor>) -> Result<(), EncoderError> {
    let fault = |cause: String| EncoderError::Weights { path: path.to_owned(), cause };
    let file = SafeTensors::deserialize(bytes).map_err(|e| fault(e.to_string()))?;
    for (name, view) in file.iter() {
        let kind = match view.dtype() {
            Dtype::F32 => Kind::Float,
            Dtype::F16 => Kind::Half,
            Dtype::BF16 => Kind::BFloat16,
            Dtype::I8 => Kind::Int8,
            other if is_weight(name) => {
                return Err(fault(format!("{name} is {other:?}; only F32, F16, BF16 and I8 are read")));
            }
            _ => continue,
        };
        let shape: Vec<i64> = view.shape().iter().map(|&n| int(n)).collect();
        let tensor = Tensor::f_from_data_size(view.data(), &shape, kind).map_err(|e| fault(e.to_string()))?;
        let tensor = tensor.to_kind(Kind::Float);
        let tensor = if kind == Kind::Int8 {
            let scale = file.tensor(&format!("{name}{SCALE}")).map_err(|e| fault(e.to_string()))?;
            dequantise(&tensor, scale.data(), scale.dtype()).ok_or_else(|| {
                fault(format!("{name}.scale does not hold one 32-bit float for each row of {name}"))
            })?
        } else {
            tensor
        };
        if let Some(name) = own_name(name) {
            // One such number makes every score nonsense, without an error anywhere.
            if tensor.isfinite().all().int64_value(&[]) == 0 {
                return Err(fault(format!("{name} has numbers that are infinite or none")));
            }
            out.insert(name, tensor);
        }
    }
    Ok(())
}

fn missing(folder: &Path, path: &Path) -> EncoderError {
    if !folder.is_dir() {
        return EncoderError::Missing { path: folder.to_owned() };
    }
    let is_pickle = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        ["bin", "pt", "pth", "ckpt"].contains(&extension)
    };
    let files = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    // Small ones hold the settings of a trainer or a part of the weights.
    let size = |path: &PathBuf| path.metadata().map_or(0, |file| file.len());
    match files.filter(is_pickle).max_by_key(|path| (size(path), path.clone())) {
        Some(path) => EncoderError::Pickle { path },
        None => EncoderError::Missing { path: path.to_owned() },
    }
}

/// The name that `BertForTokenClassification` gives a tensor: a bare encoder's names lack `bert.`, and old files
/// call the weights of layer norms gamma and beta.
fn own_name(name: &str) -> Option<String> {
    let name =
        name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias");
    if name.starts_with("embeddings.") || name.starts_with("encoder.") {
        return Some(format!("bert.{name}"));
    }
    let wanted = ["bert.embeddings.", "bert.encoder.", "classifier.", "projection."]
        .iter()
        .any(|p| name.starts_with(p));
    (wanted && name.strip_suffix(SCALE).is_none()).then_some(name)
}

/// Whether a tensor is computed with, as the numbers of positions that some files hold are not.
fn is_weight(name: &str) -> bool {
    own_name(name).is_some_and(|name| matches!(name.rsplit('.').next(), Some("weight" | "bias")))
}

/// The number of the layer that a tensor belongs to, and the rest of its name.
pub fn layer(name: &str) -> Option<(i64, &str)> {
    let (layer, part) = name.strip_prefix(LAYER)?.split_once('.')?;
    Some((layer.parse().ok()?, part))
}

fn dequantise(integers: &Tensor, scale: &[u8], dtype: Dtype) -> Option<Tensor> {
    let size = integers.size();
    if size.len() != 2 || dtype != Dtype::F32 || int(scale.len()) != 4 * size[0] {
        return None;
    }
    let scale = Tensor::f_from_data_size(scale, &[size[0], 1], Kind::Float).ok()?;
    Some(integers * scale)
}

/// Writes tensors to `model.safetensors` in `folder`, and gives the SHA-256 of it. The file replaces an older one only once
/// it is whole.
///
/// # Errors
/// If the file cannot be written.
pub fn write(
    tensors: &BTreeMap<String, Tensor>,
    storage: Storage,
    folder: &Path,
) -> Result<String, EncoderError> {
    let mut named: Vec<(String, Tensor)> = Vec::new();
    for (name, tensor) in tensors {
        let tensor = tensor.detach().to_device(Device::Cpu);
        match storage {
            Storage::Int8 if tensor.dim() == 2 => {
                let (integers, scales) = in_integers(&tensor);
                named.push((name.clone(), integers));
                named.push((format!("{name}{SCALE}"), scales.squeeze_dim(1)));
            }
            Storage::Fp16 => named.push((name.clone(), tensor.to_kind(Kind::Half))),
            Storage::Fp32 | Storage::Int8 => named.push((name.clone(), tensor)),
        }
    }
    let part = folder.join("model.safetensors.part");
    let fault = |source| EncoderError::Write { path: part.clone(), source };
    Tensor::write_safetensors(&named, &part).map_err(|e| fault(std::io::Error::other(e.to_string())))?;
    let hash = sha256_of(std::iter::once(std::fs::read(&part).map_err(fault)?.as_slice()));
    std::fs::rename(&part, folder.join("model.safetensors")).map_err(fault)?;
    Ok(hash)
}

/// A matrix of 32-bit floats as 8-bit integers, and the scale of each row, `[rows, 1]`: the greatest absolute number of a row
/// becomes 127.
pub(crate) fn in_integers(matrix: &Tensor) -> (Tensor, Tensor) {
    let scales = matrix.abs().amax(1, true).clamp_min(f64::from(f32::MIN_POSITIVE)) / 127.0;
    ((matrix / &scales).round().to_kind(Kind::Int8), scales)
}
