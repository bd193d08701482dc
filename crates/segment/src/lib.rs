//! Sections, sentences and tokens of a note.
