use tch::Tensor;

/// A count as libtorch has them.
pub(crate) fn int(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Rows of piece ids, padded to the longest.
#[derive(Debug)]
pub(crate) struct Batch {
    /// `[rows, pieces]`, 64-bit integers.
    pub ids: Tensor,
    /// `[rows, pieces]`, 8-bit: 1 for a piece, 0 for padding.
    pub mask: Tensor,
    /// Pieces a row, padding included.
    pub width: usize,
    is_padded: bool,
}

impl Batch {
    /// Pads `rows` with the piece `pad`.
    pub fn new(rows: &[&[u32]], pad: u32) -> Self {
        let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let mut ids = vec![i64::from(pad); rows.len() * width];
        let mut mask = vec![0_i8; rows.len() * width];
        for (r, row) in rows.iter().enumerate() {
            for (p, &id) in row.iter().enumerate() {
                ids[r * width + p] = i64::from(id);
                mask[r * width + p] = 1;
            }
        }
        let shape = [int(rows.len()), int(width)];
        Self {
            ids: Tensor::from_slice(&ids).view(shape),
            mask: Tensor::from_slice(&mask).view(shape),
            width,
            is_padded: rows.iter().any(|row| row.len() < width),
        }
    }

    /// Where the padding is, `[rows, pieces]`, true or false; `None` if there is none.
    pub fn padding(&self) -> Option<Tensor> {
        self.is_padded.then(|| self.mask.eq(0))
    }
}
