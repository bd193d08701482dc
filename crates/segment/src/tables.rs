//! Rows of tables and their cells.
//!
//! A line with a tab, a bar or a gap of three spaces is a row; what these part are its cells:
//!
//! ```text
//! Sodium      138   mmol/L          | Sodium | 138 |
//! ```

use std::ops::Range;

/// How many bytes of a line are looked at for a gap.
const LOOK: usize = 200;

/// Whether a line is a row of a table.
pub(crate) fn is_row(line: &str) -> bool {
    let bytes = &line.as_bytes()[..line.len().min(LOOK)];
    if bytes.contains(&b'\t') || bytes.contains(&b'|') {
        return true;
    }
    // Two or three spaces after a full stop are typing, not a table.
    bytes
        .windows(4)
        .any(|w| !matches!(w[0], b' ' | b'.' | b':' | b'?' | b'!' | b',' | b';') && &w[1..] == b"   ")
}

/// Calls `emit` with the byte range of every cell of a row, in order. A cell holds a letter or a digit.
pub(crate) fn cells(row: &str, mut emit: impl FnMut(Range<usize>)) {
    let bytes = row.as_bytes();
    let mut start = 0;
    let mut at = 0;
    while at <= bytes.len() {
        let rest = &bytes[at..];
        let parts = matches!(rest.first(), None | Some(b'\t' | b'|')) || rest.starts_with(b"   ");
        if parts {
            let cell = row[start..at].trim();
            if cell.contains(char::is_alphanumeric) {
                let from = start + row[start..at].len() - row[start..at].trim_start().len();
                emit(from..from + cell.len());
            }
            start = at + 1;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Na      138   mmol/L", "Na|138|mmol/L")]
    #[case("WBC\t12.5", "WBC|12.5")]
    #[case("| Hgb A1c | 7.1 % |", "Hgb A1c|7.1 %")]
    #[case("|---|---|", "")]
    #[case("Größe   µg", "Größe|µg")]
    fn cuts(#[case] row: &str, #[case] expected: &str) {
        assert!(is_row(row));
        let mut found = Vec::new();
        cells(row, |range| found.push(&row[range]));
        assert_eq!(found.join("|"), expected);
    }

    #[rstest]
    #[case("No fever.   No cough.")]
    #[case("Plan: rest")]
    fn other_lines(#[case] line: &str) {
        assert!(!is_row(line));
    }
}
