use std::fs::File;
use std::path::{Path, PathBuf};

use clinlink_encoder::TermEncoder;
use clinlink_model::System;
use clinlink_vocab::Pack;
use memmap2::Mmap;
use serde::{Deserialize, Serialize};

use super::error::VectorError;
use super::quantise::{products, quantise};

/// The format that this program writes and reads.
pub(super) const FORMAT: u32 = 1;

/// What the vectors are of.
pub(super) const MANIFEST: &str = "manifest.json";
/// The number that the pack has for the term of each row, 32-bit, little-endian.
pub(super) const TERMS: &str = "terms.bin";
/// The scale of each row, 32-bit floats, little-endian.
pub(super) const SCALES: &str = "scales.bin";
/// The rows, 8-bit integers.
pub(super) const ROWS: &str = "rows.bin";

/// Rows compared with all queries before the next ones: they stay in the processor's nearest cache.
const BLOCK: usize = 128;

/// What vectors are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorManifest {
    /// The format of the files.
    pub format: u32,
    /// The version of the pack.
    pub pack: String,
    /// The version of the encoder.
    pub encoder: String,
    /// The systems whose terms have vectors.
    pub systems: Vec<System>,
    /// Terms.
    pub terms: usize,
    /// Numbers a vector.
    pub dimensions: usize,
}

/// A term near to a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The number that the pack has for the term: what [`Pack::postings`] takes.
    pub term: u64,
    /// How alike they are: the cosine of their vectors, at most 1.
    pub cosine: f32,
}

/// The vectors of a pack's terms, opened by memory map. Shared by all threads; nothing in them changes.
#[derive(Debug)]
pub struct TermVectors {
    manifest: VectorManifest,
    terms: Mmap,
    scales: Mmap,
    rows: Mmap,
}

/// The folder of the vectors of the pack in the folder `pack`: beside it.
pub fn vectors_folder(pack: &Path) -> PathBuf {
    let mut name = pack.file_name().unwrap_or_default().to_owned();
    name.push(".vectors");
    pack.with_file_name(name)
}

impl TermVectors {
    /// Opens the vectors in `folder`, which must have been made of `pack` by `encoder`.
    ///
    /// # Errors
    /// If they are missing, damaged, or of another pack or encoder.
    pub fn open(folder: &Path, pack: &Pack, encoder: &TermEncoder) -> Result<Self, VectorError> {
        let path = folder.join(MANIFEST);
        if !path.is_file() {
            return Err(VectorError::Missing { path: folder.to_owned() });
        }
        let manifest = read_manifest(&path)?;
        let versions = [
            ("format", manifest.format.to_string(), FORMAT.to_string()),
            ("the pack of version", manifest.pack.clone(), pack.manifest().version.clone()),
            ("the encoder of version", manifest.encoder.clone(), encoder.version().to_owned()),
        ];
        if let Some((what, found, expected)) = versions.into_iter().find(|(_, found, now)| found != now) {
            return Err(VectorError::Stale { path, what, found, expected });
        }
        let open = |name: &str, bytes: usize| map(&folder.join(name), manifest.terms * bytes);
        let (terms, scales, rows) = (open(TERMS, 4)?, open(SCALES, 4)?, open(ROWS, manifest.dimensions)?);
        Ok(Self { manifest, terms, scales, rows })
    }

    /// What they are of.
    pub fn manifest(&self) -> &VectorManifest {
        &self.manifest
    }

    /// For each of `queries`, vectors one after another, the `count` nearest terms, nearest first; of terms that are
    /// equally near, those that come first in the pack. All terms are compared.
    pub fn nearest(&self, queries: &[f32], count: usize) -> Vec<Vec<Near>> {
        let width = self.manifest.dimensions;
        let mut integers = Vec::with_capacity(queries.len());
        let mut found: Vec<Nearest> = queries
            .chunks_exact(width)
            .map(|query| Nearest::new(quantise(query, &mut integers), count))
            .collect();
        let rows: &[i8] = bytemuck::cast_slice(&self.rows);
        let mut exact = Vec::with_capacity(BLOCK);
        for (block, rows) in rows.chunks(BLOCK * width).enumerate() {
            for (query, nearest) in integers.chunks_exact(width).zip(&mut found) {
                products(query, rows, &mut exact);
                for (row, &product) in (block * BLOCK..).zip(&exact) {
                    nearest.offer(row, product as f32 * number(&self.scales, row));
                }
            }
        }
        found.into_iter().map(|nearest| self.terms_of(nearest)).collect()
    }

    fn terms_of(&self, nearest: Nearest) -> Vec<Near> {
        let near = |(row, product): (usize, f32)| Near {
            term: u64::from(u32::from_le_bytes(four(&self.terms, row))),
            cosine: product * nearest.scale,
        };
        nearest.best.into_iter().map(near).collect()
    }
}

/// The best rows for one query so far, best first.
struct Nearest {
    scale: f32,
    count: usize,
    best: Vec<(usize, f32)>,
}

impl Nearest {
    fn new(scale: f32, count: usize) -> Self {
        Self { scale, count, best: Vec::with_capacity(count + 1) }
    }

    fn offer(&mut self, row: usize, product: f32) {
        if self.best.len() == self.count && self.best.last().is_none_or(|&(_, worst)| product <= worst) {
            return;
        }
        let at = self.best.partition_point(|&(_, better)| better >= product);
        self.best.insert(at, (row, product));
        self.best.truncate(self.count);
    }
}

fn number(bytes: &[u8], at: usize) -> f32 {
    f32::from_le_bytes(four(bytes, at))
}

fn four(bytes: &[u8], at: usize) -> [u8; 4] {
    let mut out = [0; 4];
    out.copy_from_slice(&bytes[at * 4..at * 4 + 4]);
    out
}

pub(super) fn read_manifest(path: &Path) -> Result<VectorManifest, VectorError> {
    let text = std::fs::read_to_string(path).map_err(VectorError::io(path))?;
    serde_json::from_str(&text)
        .map_err(|cause| VectorError::Damaged { path: path.to_owned(), cause: cause.to_string() })
}

#[expect(unsafe_code, reason = "a map of a file")]
fn map(path: &Path, bytes: usize) -> Result<Mmap, VectorError> {
    let file = File::open(path).map_err(VectorError::io(path))?;
    // SAFETY: vectors are written once and then only read, as packs are; a program that changes the file while it is
    // open changes numbers, not the bounds of the map.
    let map = unsafe { Mmap::map(&file) }.map_err(VectorError::io(path))?;
    if map.len() == bytes {
        return Ok(map);
    }
    let cause = format!("{} bytes, the manifest asks for {bytes}", map.len());
    Err(VectorError::Damaged { path: path.to_owned(), cause })
}
