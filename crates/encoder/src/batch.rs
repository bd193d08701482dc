use tch::Tensor;

use crate::device::device;

/// A count as libtorch has them.
pub fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// One row of the model's input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Ids of pieces, `[CLS]` and `[SEP]` included.
    pub ids: Vec<u32>,
    /// The token type of each piece.
    pub types: Vec<u8>,
}

/// Rows of piece ids, padded to the longest, on the [`device`].
#[derive(Debug)]
pub struct Batch {
    /// `[rows, pieces]`, 64-bit integers.
    pub ids: Tensor,
    /// `[rows, pieces]`, 8-bit: 1 for a piece, 0 for padding.
    pub mask: Tensor,
    /// Token types, `[rows, pieces]`, 64-bit integers; `None` if all are 0.
    pub types: Option<Tensor>,
    /// Pieces a row, padding included.
    pub width: usize,
    is_padded: bool,
}

/// Widths are multiples of this. libtorch compiles and keeps the matrix products of each width that it meets: with every
/// width from 3 to 194 these came to some 250 MB, whose compiling took a tenth of the time.
const STEP: usize = 16;

impl Batch {
    /// Pads `rows` with the piece `pad` of token type 0, to a width of `most` pieces at most unless a row is longer.
    pub fn new(rows: &[&Row], pad: u32, most: usize) -> Self {
        let longest = rows.iter().map(|row| row.ids.len()).max().unwrap_or(0);
        let width = longest.next_multiple_of(STEP).min(most).max(longest);
        let mut ids = vec![i64::from(pad); rows.len() * width];
        let mut types = vec![0_i64; rows.len() * width];
        let mut mask = vec![0_i8; rows.len() * width];
        for (r, row) in rows.iter().enumerate() {
            for (p, (&id, &kind)) in row.ids.iter().zip(&row.types).enumerate() {
                ids[r * width + p] = i64::from(id);
                types[r * width + p] = i64::from(kind);
                mask[r * width + p] = 1;
            }
        }
        let is_typed = types.iter().any(|&kind| kind != 0);
        let shape = [int(rows.len()), int(width)];
        Self {
            ids: Tensor::from_slice(&ids).view(shape).to_device(device()),
            mask: Tensor::from_slice(&mask).view(shape).to_device(device()),
            types: is_typed.then(|| Tensor::from_slice(&types).view(shape).to_device(device())),
            width,
            is_padded: rows.iter().any(|row| row.ids.len() < width),
        }
    }

    /// Where the padding is, `[rows, pieces]`, true or false; `None` if there is none.
    pub fn padding(&self) -> Option<Tensor> {
        self.is_padded.then(|| self.mask.eq(0))
    }
}
