//! A brat standoff file (`.ann`) beside a text file → the mentions of the note.
//!
//! `T1<TAB>Disease 9 16<TAB>anaemia`: a type, offsets in characters, and the words. Of all lines those that start with
//! `T` are read; relations, events, attributes and notes are passed over. A mention in several pieces (`9 16;20 24`) goes
//! from the start of the first to the end of the last. A type that clinlink does not know is `other`.

use std::path::{Path, PathBuf};

use clinlink_model::{CharOffsets, Label, Mention, MentionSource, Note};

use crate::record_error::{MentionFault, RecordFault};

/// The standoff file that belongs to a text file, if there is one.
pub(crate) fn beside(text: &Path) -> Option<PathBuf> {
    Some(text.with_extension("ann")).filter(|path| path.is_file())
}

/// Reads the mentions of `note`, in text order. A fault is named by its line, from 1.
pub(crate) fn read(path: &Path, note: &Note) -> Result<Vec<Mention>, RecordFault> {
    let bytes = std::fs::read(path).map_err(RecordFault::Unreadable)?;
    let text = String::from_utf8(bytes)
        .map_err(|e| RecordFault::InvalidUtf8 { byte: e.utf8_error().valid_up_to() })?;
    let offsets = CharOffsets::new(note.text());
    let mut mentions = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with('T')) {
        let mention = mention(note, &offsets, line);
        mentions.push(mention.map_err(|fault| RecordFault::Standoff { line: at + 1, fault })?);
    }
    mentions.sort_by_key(|mention: &Mention| mention.span);
    Ok(mentions)
}

fn mention(note: &Note, offsets: &CharOffsets<'_>, line: &str) -> Result<Mention, MentionFault> {
    let mut fields = line.split('\t').skip(1);
    let (kind, places) = fields.next().and_then(|field| field.split_once(' ')).ok_or(MentionFault::Brat)?;
    let numbers: Option<Vec<u64>> = places.split([' ', ';']).map(|number| number.parse().ok()).collect();
    let numbers = numbers.filter(|numbers| numbers.len() % 2 == 0).ok_or(MentionFault::Brat)?;
    let (start, end) = numbers.first().copied().zip(numbers.last().copied()).ok_or(MentionFault::Brat)?;
    let span = crate::offsets::span(note, offsets, start, end)?;
    let words = fields.next().unwrap_or_default();
    // Brat writes a line break in a mention as a space.
    if numbers.len() == 2 && !note[span].chars().map(|c| if c == '\n' { ' ' } else { c }).eq(words.chars()) {
        return Err(MentionFault::OtherWords { start, end });
    }
    let label = Label::from_name(kind).unwrap_or(Label::Other);
    Ok(Mention { span, label, score: 1.0, by: MentionSource::Given })
}
