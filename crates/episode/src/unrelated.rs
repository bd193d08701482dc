//! What the record says is not related.
//!
//! That hypertension and kidney disease, or diabetes and neuropathy, belong together is presumed, `unless the documentation
//! clearly states the conditions are unrelated` (Official Guidelines I.A.15): `CKD, not due to diabetes`. The phrases stand in
//! `vocab/rules/combinations.toml`.

use std::collections::BTreeSet;

use crate::claim::{Considered, Rulebook};
use crate::specific;
use crate::tables::category;
use crate::words::{has, words_of};

/// Tells each code which categories a sentence says it is not related to.
pub(crate) fn mark(codes: &mut [Considered], with: &Rulebook<'_>) {
    let phrases = &with.tables.unrelated;
    for (number, note) in with.episode.notes.iter().enumerate() {
        let text = note.note.text().to_ascii_lowercase();
        if !phrases.iter().any(|phrase| text.contains(phrase.as_str())) {
            continue;
        }
        for sentence in &note.layout.sentences {
            if !has(&words_of(&note.note[sentence.span], 0), phrases) {
                continue;
            }
            let is_here = |code: &Considered| {
                let mut evidence = code.claims.iter().map(|claim| &claim.evidence);
                evidence.any(|evidence| evidence.note == number && sentence.span.contains(evidence.span))
            };
            let category = |code: &Considered| category(with.pack.code(code.id)).to_owned();
            let here: BTreeSet<String> = codes
                .iter()
                .filter(|code| is_here(code))
                .flat_map(|code| {
                    let meant = specific::meant(&with.tables.general, with.pack.code(code.id));
                    meant.map(str::to_owned).chain([category(code)])
                })
                .collect();
            for code in codes.iter_mut().filter(|code| is_here(code)) {
                let own = category(code);
                code.unrelated.extend(here.iter().filter(|other| **other != own).cloned());
            }
        }
    }
}
