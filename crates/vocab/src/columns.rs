//! Flat little-endian columns, read by memory map and written whole.

use std::fs::{self, File};
use std::io::Write as _;
use std::marker::PhantomData;
use std::path::Path;

use bytemuck::{Pod, Zeroable};
use memmap2::Mmap;

use crate::pack_error::PackError;

#[cfg(target_endian = "big")]
compile_error!("packs are little-endian and read without conversion");

/// A string of the pack: bytes of `strings.bin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct TextRef {
    pub start: u32,
    pub len: u32,
}

/// A string with what sort of string it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct KindText {
    pub text: TextRef,
    pub kind: u32,
}

/// A term of a concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct SurfaceRow {
    pub text: TextRef,
    pub kind: u8,
    /// The number of its source in the manifest.
    pub source: u8,
    /// Whether a rule made it.
    pub made: u8,
    pub unused: u8,
}

/// A concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct ConceptRow {
    pub code: TextRef,
    pub title: TextRef,
    /// [`NONE`] at the top.
    pub parent: u32,
    pub label: u8,
    pub billable: u8,
    pub unused: u16,
}

/// A cross-reference: its target, and how it relates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct MapRow {
    pub concept: u32,
    how: u32,
}

impl MapRow {
    /// `detail` is 0 for none, else one more than the number of the text in the column of details.
    pub fn new(concept: u32, relation: u32, origin: u32, detail: u32) -> Self {
        Self { concept, how: detail << 8 | origin << 4 | relation }
    }

    /// More details than fit a row.
    pub const MOST_DETAILS: usize = (1 << 24) - 1;

    pub fn relation(self) -> u32 {
        self.how & 15
    }

    pub fn origin(self) -> u32 {
        self.how >> 4 & 15
    }

    /// The number of the detail.
    pub fn detail(self) -> Option<usize> {
        (self.how >> 8).checked_sub(1).map(|detail| detail as usize)
    }
}

/// No concept.
pub(crate) const NONE: u32 = u32::MAX;

/// Maps a file into memory. Its size has been checked against the manifest.
#[expect(unsafe_code, reason = "memory maps are the point of packs")]
pub(crate) fn map_file(path: &Path) -> Result<Mmap, PackError> {
    let file = File::open(path).map_err(PackError::io(path))?;
    // SAFETY: packs are written to a temporary folder, renamed and never changed in place. Everything read from the
    // map is plain integers or is checked as UTF-8 at each access, so even a changed file yields wrong values only.
    unsafe { Mmap::map(&file) }.map_err(PackError::io(path))
}

/// A column of rows.
pub(crate) struct Column<T> {
    map: Mmap,
    row: PhantomData<T>,
}

impl<T: Pod> Column<T> {
    pub fn open(path: &Path) -> Result<Self, PackError> {
        let map = map_file(path)?;
        if let Err(cause) = bytemuck::try_cast_slice::<u8, T>(&map) {
            return Err(PackError::damaged(path, cause));
        }
        Ok(Self { map, row: PhantomData })
    }

    pub fn rows(&self) -> &[T] {
        bytemuck::cast_slice(&self.map)
    }
}

/// A list of rows for each of n keys: the number n, n + 1 offsets in rows, the rows.
pub(crate) struct Lists<T> {
    words: Column<u32>,
    keys: usize,
    row: PhantomData<T>,
}

impl<T: Pod> Lists<T> {
    pub fn open(path: &Path) -> Result<Self, PackError> {
        let words = Column::<u32>::open(path)?;
        let all = words.rows();
        let keys = *all.first().ok_or_else(|| PackError::damaged(path, "empty"))? as usize;
        let rows = all.get(keys + 2..).map(bytemuck::try_cast_slice::<u32, T>);
        match (all.get(keys + 1), rows) {
            (Some(&end), Some(Ok(rows))) if end as usize == rows.len() => {}
            _ => return Err(PackError::damaged(path, "offsets and rows do not fit together")),
        }
        Ok(Self { words, keys, row: PhantomData })
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.keys
    }

    /// The rows of a key; none for a key that is not there.
    pub fn get(&self, key: usize) -> &[T] {
        let all = self.words.rows();
        let rows: &[T] = bytemuck::cast_slice(&all[self.keys + 2..]);
        if key >= self.keys {
            return &[];
        }
        rows.get(all[key + 1] as usize..all[key + 2] as usize).unwrap_or_default()
    }
}

/// Writes a column.
pub(crate) fn write_column<T: Pod>(path: &Path, rows: &[T]) -> Result<(), PackError> {
    fs::write(path, bytemuck::cast_slice(rows)).map_err(PackError::io(path))
}

/// Writes lists: `rows` hold keys below `keys` in rising order.
pub(crate) fn write_lists<T: Pod>(
    path: &Path,
    keys: usize,
    rows: impl Iterator<Item = (u32, T)>,
) -> Result<(), PackError> {
    let mut offsets = vec![0_u32; keys + 2];
    offsets[0] = keys as u32;
    let mut flat = Vec::new();
    for (key, row) in rows {
        offsets[key as usize + 2] += 1;
        flat.push(row);
    }
    if u32::try_from(flat.len()).is_err() {
        return Err(PackError::TooLarge { what: "lists" });
    }
    for key in 0..keys {
        offsets[key + 2] += offsets[key + 1];
    }
    let mut file = File::create(path).map_err(PackError::io(path))?;
    file.write_all(bytemuck::cast_slice(&offsets)).map_err(PackError::io(path))?;
    file.write_all(bytemuck::cast_slice(&flat)).map_err(PackError::io(path))
}
