//! The lines of a text, whichever of LF, CRLF and CR ends them.

/// The lines of `text` in order, without their ends, as slices of it.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').flat_map(|line| {
        let line = line.strip_suffix('\n').unwrap_or(line);
        line.strip_suffix('\r').unwrap_or(line).split('\r')
    })
}

/// Whether a line holds nothing to read. A byte order mark is nothing.
pub(crate) fn is_blank(line: &str) -> bool {
    trim(line).is_empty()
}

/// `line` without white space and byte order marks around it.
pub(crate) fn trim(line: &str) -> &str {
    line.trim_matches(is_void)
}

/// Whether a character holds nothing to read: white space, or a byte order mark.
pub(crate) fn is_void(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// The byte offset of `part` in `text`, of which it is a slice.
pub(crate) fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a\nb", &["a", "b"])]
    #[case("a\r\nb\r\n", &["a", "b"])]
    #[case("a\r\n\r\nb", &["a", "", "b"])]
    #[case("a\rb", &["a", "b"])]
    #[case("", &[])]
    fn any_line_end(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(lines(text).collect::<Vec<_>>(), expected);
    }
}
