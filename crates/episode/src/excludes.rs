//! Codes that exclude each other are not reported together.
//!
//! An Excludes1 note says that two conditions cannot be one patient's at the same time: congenital and acquired forms of
//! the same thing (Official Guidelines I.A.12.a). A symptom (chapter 18 of ICD-10-CM, `R`) gives way to a diagnosis
//! however often it is named, since it belongs to the disease (I.B.4, I.B.5). Of any other pair the code with more
//! evidence stays: the one that more statements affirm. Where there are as many for each, a code that is
//! no diagnosis (chapter 21, `Z`) gives way to one; else the one with the lower score, or that comes later, is left to a person.

use std::cmp::Ordering;

use clinlink_model::{Status, System};
use clinlink_vocab::{NoteKind, Pack, deciding_words};

use crate::claim::Considered;
use crate::rules;

/// Rejects the weaker code of every accepted pair that excludes itself, going from the strongest code down, symptoms last.
pub(crate) fn resolve(pack: &Pack, codes: &mut [Considered]) {
    let mut order: Vec<usize> = (0..codes.len()).filter(|&at| codes[at].status == Status::Accepted).collect();
    order.sort_by(|&a, &b| stronger(pack, &codes[a], &codes[b]));
    let excluded: Vec<(&str, Vec<String>)> = order
        .iter()
        .map(|&at| (pack.code(codes[at].id), pack.note_codes(codes[at].id, NoteKind::Excludes1)))
        .collect();
    for weak in 1..order.len() {
        let strong = (0..weak).find(|&strong| {
            let (kept, lost) = (&codes[order[strong]], &codes[order[weak]]);
            kept.status == Status::Accepted
                && exclude(&excluded[strong], &excluded[weak])
                && (is_meant(pack, kept, lost) || is_meant(pack, lost, kept))
        });
        if let Some(strong) = strong {
            let (kept, lost) = (&codes[order[strong]], &codes[order[weak]]);
            let (strong_code, weak_code) = (excluded[strong].0, excluded[weak].0);
            let (status, why) = if is_symptom(pack, lost) && !is_symptom(pack, kept) {
                (Status::Rejected, format!("{weak_code} is a symptom"))
            } else if kept.affirmed() > lost.affirmed() {
                let why =
                    format!("{strong_code} has more evidence ({} to {})", kept.affirmed(), lost.affirmed());
                (Status::Rejected, why)
            } else if is_no_diagnosis(pack, lost) && !is_no_diagnosis(pack, kept) {
                (Status::Rejected, format!("{weak_code} is no diagnosis"))
            } else {
                (Status::Review, "as much evidence for each".to_owned())
            };
            let reason = format!("{strong_code} and {weak_code} exclude each other; {why}");
            codes[order[weak]].lower(status, rules::EXCLUDES1, reason);
        }
    }
}

/// Whether a note of a code that names another one means its disease. A note may name a rare form by the code of all of them:
/// `somnolence, stupor and coma in diabetes (E08-E13)` says nothing of a diabetes without coma, `refractory anemia with
/// excess blasts in transformation (C92.0-)` nothing of a leukemia. A code that the note names in full is meant.
fn is_meant(pack: &Pack, code: &Considered, other: &Considered) -> bool {
    let (title, name) = (pack.title(other.id), pack.code(other.id));
    let says = deciding_words(title);
    pack.notes_naming(code.id, NoteKind::Excludes1)
        .into_iter()
        .filter(|(named, _)| name.starts_with(named))
        .any(|(named, note)| {
            let before = note.split('(').next().unwrap_or(note);
            let first = before.split(" in ").next().unwrap_or(before);
            let words = deciding_words(first);
            named == name
                || is_symptom(pack, other)
                || words.is_empty()
                || words.iter().any(|word| says.contains(word))
        })
}

fn stronger(pack: &Pack, a: &Considered, b: &Considered) -> Ordering {
    let code = |considered: &Considered| pack.code(considered.id).to_owned();
    is_symptom(pack, a)
        .cmp(&is_symptom(pack, b))
        .then_with(|| b.affirmed().cmp(&a.affirmed()))
        .then_with(|| is_no_diagnosis(pack, a).cmp(&is_no_diagnosis(pack, b)))
        .then_with(|| b.score().total_cmp(&a.score()))
        .then_with(|| code(a).cmp(&code(b)))
}

/// Whether it is a code of the chapter of symptoms.
pub(crate) fn is_symptom(pack: &Pack, considered: &Considered) -> bool {
    let concept = pack.concept(considered.id);
    *concept.system == System::ICD10CM && concept.code.starts_with('R')
}

/// Whether it is a code of the chapter of factors that influence health.
fn is_no_diagnosis(pack: &Pack, considered: &Considered) -> bool {
    let concept = pack.concept(considered.id);
    *concept.system == System::ICD10CM && concept.code.starts_with('Z')
}

/// Whether the note of either names the other. A note at a common ancestor says nothing about the two.
pub(crate) fn exclude(a: &(&str, Vec<String>), b: &(&str, Vec<String>)) -> bool {
    names(&a.1, b.0) && !names(&a.1, a.0) || names(&b.1, a.0) && !names(&b.1, b.0)
}

fn names(prefixes: &[String], code: &str) -> bool {
    prefixes.iter().any(|prefix| code.starts_with(prefix.as_str()))
}
