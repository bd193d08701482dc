//! Plain text tables: the first column to the left, figures to the right.

use std::fmt::{self, Write};

use crate::counts::Counts;

/// The headings that belong to [`counts`].
pub(crate) const COUNTS: [&str; 6] = ["P", "R", "F1", "tp", "fp", "fn"];

/// Rows of cells under headings.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        Self { rows: vec![headings.into_iter().map(str::to_owned).collect()] }
    }

    pub(crate) fn row(&mut self, name: impl Into<String>, cells: impl IntoIterator<Item = String>) {
        self.rows.push(std::iter::once(name.into()).chain(cells).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|c| {
                self.rows.iter().filter_map(|row| row.get(c)).map(|s| s.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, (width, first)) in row.iter().zip(widths.iter().zip((0..).map(|c| c == 0))) {
                if first {
                    write!(line, "{cell:<width$}")?;
                } else {
                    write!(line, "  {cell:>width$}")?;
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A figure with three decimals, or a dash where it is undefined.
pub(crate) fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

/// The cells of P, R, F1, tp, fp, fn.
pub(crate) fn counts(counts: Counts) -> [String; 6] {
    [
        figure(counts.precision()),
        figure(counts.recall()),
        figure(counts.f1()),
        counts.tp.to_string(),
        counts.fp.to_string(),
        counts.fn_.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Table, figure};

    #[test]
    fn columns_are_aligned_by_characters() {
        let mut table = Table::new(["name", "F1"]);
        table.row("µ", [figure(None)]);
        table.row("longer", [figure(Some(0.25))]);
        assert_eq!(table.to_string(), "name       F1\nµ           –\nlonger  0.250\n");
    }
}
