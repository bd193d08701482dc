/// Converts between byte and character offsets of one text.
///
/// Spans are bytes everywhere inside clinlink; Python and most corpora count characters. This index is made at
/// the edge, when offsets come in or go out, and never stored beside the bytes. An ASCII text needs no table.
#[derive(Debug)]
pub struct CharOffsets<'a> {
    text: &'a str,
    /// Byte offset of every character that is not one byte long, with the bytes in excess of one a character
    /// up to and including it.
    wide: Vec<(u32, u32)>,
}

impl<'a> CharOffsets<'a> {
    /// Indexes `text`.
    pub fn new(text: &'a str) -> Self {
        let mut wide = Vec::new();
        if !text.is_ascii() {
            let mut excess = 0;
            for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
                excess += c.len_utf8() as u32 - 1;
                wide.push((at as u32, excess));
            }
        }
        Self { text, wide }
    }

    /// The number of characters before byte `byte`, which must be a character boundary of the text.
    pub fn to_char(&self, byte: usize) -> usize {
        match self.wide.partition_point(|&(at, _)| (at as usize) < byte) {
            0 => byte,
            n => byte - self.wide[n - 1].1 as usize,
        }
    }

    /// The byte at which character `char` starts; the text's length for the character after the last one;
    /// `None` beyond that.
    pub fn to_byte(&self, char: usize) -> Option<usize> {
        // A wide character at byte `at` has the character offset `at - excess before it`.
        let n = self.wide.partition_point(|&(at, excess)| {
            let len = self.text[at as usize..].chars().next().map_or(1, char::len_utf8);
            (at as usize) + len - (excess as usize) <= char
        });
        let excess = if n == 0 { 0 } else { self.wide[n - 1].1 as usize };
        char.checked_add(excess).filter(|&byte| byte <= self.text.len())
    }
}
