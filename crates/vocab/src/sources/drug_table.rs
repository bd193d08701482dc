//! The table of drugs and chemicals of ICD-10-CM: a substance a row, a circumstance a column.
//!
//! | column | circumstance | terms of the substance `digoxin` |
//! |---|---|---|
//! | 2 | poisoning, accidental | `poisoning by digoxin`, `accidental poisoning by digoxin`, `digoxin overdose` … |
//! | 3 | poisoning, intentional self-harm | `intentional digoxin overdose`, `poisoning by digoxin, intentional self-harm` … |
//! | 4 | poisoning, assault | `poisoning by digoxin, assault` |
//! | 5 | poisoning, undetermined | `poisoning by digoxin, undetermined` |
//! | 6 | adverse effect | `adverse effect of digoxin`, `adverse reaction to digoxin` |
//! | 7 | underdosing | `underdosing of digoxin` |
//!
//! All are of kind `Index`. A poisoning of which nothing more is said is accidental (ICD-10-CM Official Guidelines,
//! section I.C.19.e.5.b).

use clinlink_model::System;

use super::icd10cm_index::plain_code;
use super::index_terms::{plain, push, says_nothing};
use super::index_xml::Row;
use crate::builder::PackBuilder;
use crate::entry::TermKind;

/// The ways to say each column; `{}` stands for the substance.
const WAYS: [(usize, &[&str]); 6] = [
    (
        2,
        &[
            "poisoning by {}",
            "poisoning by {}, accidental",
            "accidental poisoning by {}",
            "accidental {} overdose",
            "{} poisoning",
            "{} overdose",
            "overdose of {}",
        ],
    ),
    (
        3,
        &[
            "poisoning by {}, intentional self-harm",
            "intentional poisoning by {}",
            "intentional {} overdose",
            "intentional overdose of {}",
        ],
    ),
    (4, &["poisoning by {}, assault"]),
    (5, &["poisoning by {}, undetermined"]),
    (6, &["adverse effect of {}", "adverse reaction to {}", "{} adverse effect", "{} adverse reaction"]),
    (7, &["underdosing of {}", "{} underdosing"]),
];

/// Adds the terms of all substances.
pub(super) fn add(rows: &[Row], builder: &mut PackBuilder) {
    for row in rows.iter().filter(|row| !row.path.iter().any(|part| says_nothing(part))) {
        let substances = substances(&row.path);
        for (column, cell) in &row.cells {
            let Some((_, ways)) = WAYS.iter().find(|(number, _)| number == column) else { continue };
            let code = plain_code(cell);
            if code.is_empty() || !builder.select(&System::ICD10CM, code) {
                continue;
            }
            for substance in &substances {
                for way in *ways {
                    builder.variant(&way.replace("{}", substance), TermKind::Index);
                }
            }
        }
    }
}

/// The ways to say a substance: what narrows it stands behind it in the table, and before it in most notes.
fn substances(path: &[String]) -> Vec<String> {
    let parts: Vec<&str> = path.iter().map(|part| plain(part)).collect();
    let mut substances = Vec::new();
    push(&mut substances, &parts.join(" "));
    push(&mut substances, &parts.iter().rev().copied().collect::<Vec<_>>().join(" "));
    substances
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_narrows_a_substance_may_stand_before_it() {
        let path = ["Acid NEC".to_owned(), "acetic".to_owned()];
        assert_eq!(substances(&path), ["Acid acetic", "acetic Acid"]);
        assert_eq!(substances(&path[..1]), ["Acid"]);
    }
}
