//! The notes of the tabular list, and the codes that they name.

use std::collections::HashSet;

use clinlink_model::System;

use super::Pack;
use crate::entry::{ConceptId, NoteKind};
use crate::note_codes::{Named, named_codes};

impl Pack {
    /// The notes of a kind that stand at the concept itself (not at its ancestors), as printed.
    pub fn notes(&self, id: ConceptId, kind: NoteKind) -> impl Iterator<Item = &str> + '_ {
        let rows = self.notes.get(id.0 as usize).iter();
        rows.filter(move |row| row.kind == kind as u32).map(|row| self.text(row.text))
    }

    /// The codes that a note of that kind names, at the concept or above it, each as a prefix of codes (`E11`,
    /// `I10`, `O24.4`); ranges are written out. The nearest concept's first.
    pub fn note_codes(&self, id: ConceptId, kind: NoteKind) -> Vec<String> {
        let mut seen = HashSet::new();
        let named = self.notes_naming(id, kind).into_iter().map(|(code, _)| code);
        named.filter(|code| seen.insert(code.clone())).collect()
    }

    /// The same, each code with the note that names it, as often as one does.
    pub fn notes_naming(&self, id: ConceptId, kind: NoteKind) -> Vec<(String, &str)> {
        let mut codes = Vec::new();
        for at in std::iter::once(id).chain(self.ancestors(id)) {
            for note in self.notes(at, kind) {
                for named in named_codes(note) {
                    let mut written = Vec::new();
                    match named {
                        Named::Prefix(code) => written.push(code.to_owned()),
                        Named::Range(first, last) => {
                            self.write_out(self.system_of(id), first, last, &mut written);
                        }
                    }
                    codes.extend(written.into_iter().map(|code| (code, note)));
                }
            }
        }
        codes
    }

    /// Adds the codes from `first` to `last` that have their length.
    fn write_out(&self, system: &System, first: &str, last: &str, codes: &mut Vec<String>) {
        let (Some(start), Some(numbers)) = (self.lower_bound(system, first), self.numbers(system)) else {
            return;
        };
        let rows = &self.concepts.rows()[start as usize..numbers.end as usize];
        let inside = rows.iter().map(|row| self.text(row.code)).take_while(|&code| code <= last);
        codes.extend(inside.filter(|code| code.len() == first.len()).map(str::to_owned));
    }
}
