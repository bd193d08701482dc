//! The lines of a stream as bytes, with their numbers: one at a time, none longer than a limit.

use std::io::{self, BufRead, Read};

/// Why a line has no bytes to show.
#[derive(Debug)]
pub(crate) enum RawLineFault {
    /// It is longer than the limit. The rest of it is passed over.
    TooLong,
    /// Reading failed. No line follows.
    Unreadable(io::Error),
}

/// An iterator over the lines that are not blank, numbered from 1, without the white space at their ends. A BOM
/// before the first line is passed over.
pub(crate) struct RawLines<R> {
    input: R,
    limit: u64,
    number: u64,
    ended: bool,
}

impl<R: BufRead> RawLines<R> {
    pub(crate) fn new(input: R, limit: u64) -> Self {
        Self { input, limit, number: 0, ended: false }
    }

    /// The next line with its line break, blank or not; empty at the end of the stream.
    fn line(&mut self) -> Result<Vec<u8>, RawLineFault> {
        let mut line = Vec::new();
        let mut part = self.input.by_ref().take(self.limit + 1);
        part.read_until(b'\n', &mut line).map_err(RawLineFault::Unreadable)?;
        if line.len() as u64 > self.limit {
            if !line.ends_with(b"\n") {
                self.input.skip_until(b'\n').map_err(RawLineFault::Unreadable)?;
            }
            return Err(RawLineFault::TooLong);
        }
        Ok(line)
    }
}

impl<R: BufRead> Iterator for RawLines<R> {
    type Item = (u64, Result<Vec<u8>, RawLineFault>);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.number += 1;
            let mut line = self.line();
            match &mut line {
                Ok(bytes) => {
                    self.ended = bytes.is_empty();
                    if self.number == 1 && bytes.starts_with(b"\xEF\xBB\xBF") {
                        bytes.drain(..3);
                    }
                    // A fault at the end of a line is then told by its column in that line.
                    bytes.truncate(bytes.trim_ascii_end().len());
                    if bytes.is_empty() {
                        continue;
                    }
                }
                Err(RawLineFault::Unreadable(_)) => self.ended = true,
                Err(RawLineFault::TooLong) => {}
            }
            return Some((self.number, line));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8], limit: u64) -> Vec<(u64, Option<String>)> {
        RawLines::new(input, limit)
            .map(|(n, line)| (n, line.ok().map(|l| String::from_utf8(l).unwrap())))
            .collect()
    }

    #[test]
    fn numbers_count_blank_lines_and_a_bom_is_passed_over() {
        let read = lines(b"\xEF\xBB\xBFa\r\n\r\n \n b", 10);
        assert_eq!(read, [(1, Some("a".into())), (4, Some(" b".into()))]);
    }

    #[test]
    fn a_line_over_the_limit_is_reported_and_the_next_one_is_read() {
        let read = lines(b"123\n1234567890\nabcd\n12345\n", 4);
        assert_eq!(read, [(1, Some("123".into())), (2, None), (3, None), (4, None)]);
        assert_eq!(lines(b"12345678\nabc\n", 4), [(1, None), (2, Some("abc".into()))]);
    }

    #[test]
    fn a_stream_that_breaks_ends_with_its_fault() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let input = io::BufReader::new(b"a\n".chain(Broken));
        let read: Vec<_> = RawLines::new(input, 10).collect();
        assert!(matches!(read[..], [(1, Ok(_)), (2, Err(RawLineFault::Unreadable(_)))]));
    }
}
