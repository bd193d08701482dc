//! Text files, with the line of a byte that does not belong there.

use std::fs;
use std::path::Path;

use super::at;
use crate::vocab_error::VocabError;

/// The text of a UTF-8 file, without the byte order mark that some editors write.
pub(super) fn read_utf8(path: &Path) -> Result<String, VocabError> {
    let bytes = fs::read(path).map_err(VocabError::io(path))?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let line = bytes[..valid].split(|&byte| byte == b'\n').count();
        at(path, line, format!("byte 0x{:02X} is no UTF-8; convert the file to UTF-8", bytes[valid]))
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// The text of a file in ISO 8859-1, in which every byte is a character. CMS writes some lists so.
pub(super) fn read_latin1(path: &Path) -> Result<String, VocabError> {
    Ok(fs::read(path).map_err(VocabError::io(path))?.into_iter().map(char::from).collect())
}

/// The lines of a text with their numbers from 1, without line ends and empty lines.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end())).filter(|(_, line)| !line.is_empty())
}
