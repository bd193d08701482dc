//! Codes that exclude each other are not reported together.
//!
//! An Excludes1 note says that two conditions cannot be one patient's at the same time: congenital and acquired forms of
//! the same thing (Official Guidelines I.A.12.a). A symptom (chapter 18 of ICD-10-CM, `R`) gives way to a diagnosis
//! however often it is named, since it belongs to the disease (I.B.4, I.B.5). Of any other pair the code with more
//! evidence stays: the one that more statements affirm. Where there are as many for each, a code that is
//! no diagnosis (chapter 21, `Z`) gives way to one; else the one with the lower score, or that comes later, is left to a person.

use std::cmp::Ordering;

use clinlink_model::{Status, System};
use clinlink_vocab::{ConceptId, NoteKind, Pack, deciding_words};

use crate::claim::Considered;
use crate::rules;

/// Rejects the weaker code of every accepted pair that excludes itself, going from the strongest code down, symptoms last.
pub(crate) fn resolve(pack: &Pack, codes: &mut [Considered]) {
    let mut order: Vec<usize> = (0..codes.len()).filter(|&at| codes[at].status == Status::Accepted).collect();
    order.sort_by(|&a, &b| stronger(pack, &codes[a], &codes[b]));
    let excluding: Vec<Excluding<'_>> = order.iter().map(|&at| Excluding::of(pack, codes[at].id)).collect();
    for weak in 1..order.len() {
        let strong = (0..weak).find(|&strong| {
            codes[order[strong]].status == Status::Accepted
                && excluding[strong].excludes(&excluding[weak], pack)
        });
        if let Some(strong) = strong {
            let (kept, lost) = (&codes[order[strong]], &codes[order[weak]]);
            let (strong_code, weak_code) = (excluding[strong].code, excluding[weak].code);
            let (status, why) = if is_symptom(pack, lost.id) && !is_symptom(pack, kept.id) {
                (Status::Rejected, format!("{weak_code} is a symptom"))
            } else if kept.affirmed() > lost.affirmed() {
                let why =
                    format!("{strong_code} has more evidence ({} to {})", kept.affirmed(), lost.affirmed());
                (Status::Rejected, why)
            } else if is_no_diagnosis(pack, lost.id) && !is_no_diagnosis(pack, kept.id) {
                (Status::Rejected, format!("{weak_code} is no diagnosis"))
            } else {
                (Status::Review, "as much evidence for each".to_owned())
            };
            let reason = format!("{strong_code} and {weak_code} exclude each other; {why}");
            codes[order[weak]].lower(status, rules::EXCLUDES1, reason);
        }
    }
}

/// A code with those that its Excludes1 notes, and those above it, name.
pub(crate) struct Excluding<'p> {
    id: ConceptId,
    code: &'p str,
    prefixes: Vec<String>,
}

impl<'p> Excluding<'p> {
    pub(crate) fn of(pack: &'p Pack, id: ConceptId) -> Self {
        Self { id, code: pack.code(id), prefixes: pack.note_codes(id, NoteKind::Excludes1) }
    }

    /// Whether a note of either means the other.
    pub(crate) fn excludes(&self, other: &Self, pack: &Pack) -> bool {
        self.names(other, pack) || other.names(self, pack)
    }

    /// Whether its notes name the other and mean it. A note at a common ancestor says nothing about the two.
    fn names(&self, other: &Self, pack: &Pack) -> bool {
        let hold = |code: &str| self.prefixes.iter().any(|prefix| code.starts_with(prefix.as_str()));
        hold(other.code) && !hold(self.code) && is_meant(pack, self.id, other.id)
    }
}

/// Whether a note of a code that names another one means its disease. A note may name a rare form by the code of all of them:
/// `somnolence, stupor and coma in diabetes (E08-E13)` says nothing of a diabetes without coma, `refractory anemia with
/// excess blasts in transformation (C92.0-)` nothing of a leukemia. A code that the note names in full is meant.
fn is_meant(pack: &Pack, id: ConceptId, other: ConceptId) -> bool {
    let (title, name) = (pack.title(other), pack.code(other));
    let says = deciding_words(title);
    pack.notes_naming(id, NoteKind::Excludes1).into_iter().filter(|(named, _)| name.starts_with(named)).any(
        |(named, note)| {
            let before = note.split('(').next().unwrap_or(note);
            let first = before.split(" in ").next().unwrap_or(before);
            let words = deciding_words(first);
            named == name
                || is_symptom(pack, other)
                || words.is_empty()
                || words.iter().any(|word| says.contains(word))
        },
    )
}

fn stronger(pack: &Pack, a: &Considered, b: &Considered) -> Ordering {
    let code = |considered: &Considered| pack.code(considered.id).to_owned();
    is_symptom(pack, a.id)
        .cmp(&is_symptom(pack, b.id))
        .then_with(|| b.affirmed().cmp(&a.affirmed()))
        .then_with(|| is_no_diagnosis(pack, a.id).cmp(&is_no_diagnosis(pack, b.id)))
        .then_with(|| b.score().total_cmp(&a.score()))
        .then_with(|| code(a).cmp(&code(b)))
}

/// Whether it is a code of the chapter of symptoms.
pub(crate) fn is_symptom(pack: &Pack, id: ConceptId) -> bool {
    is_of_chapter(pack, id, 'R')
}

/// Whether it is a code of the chapter of factors that influence health.
fn is_no_diagnosis(pack: &Pack, id: ConceptId) -> bool {
    is_of_chapter(pack, id, 'Z')
}

fn is_of_chapter(pack: &Pack, id: ConceptId, letter: char) -> bool {
    let concept = pack.concept(id);
    *concept.system == System::ICD10CM && concept.code.starts_with(letter)
}
