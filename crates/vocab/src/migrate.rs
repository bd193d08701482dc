//! Carries a code from one release of a vocabulary to another.
//!
//! A code is carried without a question where the new release leaves no choice: it is still there and means the same,
//! or it was retired for exactly one other, or it was split and exactly one of its parts keeps its name. Everything else
//! is for a person: nothing is guessed.

use clinlink_model::System;
use serde::Serialize;

use crate::diff::{heirs, is_retired, means_the_same};
use crate::entry::{ConceptId, TermKind};
use crate::normal::normal_form;
use crate::pack::Pack;

/// A code with its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Titled {
    /// The code.
    pub code: String,
    /// Its title.
    pub title: String,
}

/// What becomes of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It stays, under the same title or one of the same meaning.
    Kept {
        /// It, as the new release has it.
        now: Titled,
    },
    /// Another code takes its place.
    Replaced {
        /// That code.
        now: Titled,
    },
    /// A person must decide.
    Decide(Doubt),
}

/// Why a person must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Doubt {
    /// The old release does not have the code.
    Unknown,
    /// It is retired, with no heir or several.
    Retired {
        /// What may stand in its place.
        heirs: Vec<Titled>,
    },
    /// It may not be reported any more: what stands below it may.
    Split {
        /// The codes below it that may be reported.
        into: Vec<Titled>,
    },
    /// It has a title of which neither release says that it means the same as the old one.
    OtherMeaning {
        /// The title that it had.
        before: String,
        /// The title that it has.
        after: String,
    },
}

/// What becomes of a code of `system` between two releases.
pub fn migrate(old: &Pack, new: &Pack, system: &System, code: &str) -> Verdict {
    let Some(was) = old.in_system(system, code) else { return Verdict::Decide(Doubt::Unknown) };
    let is = new.find(system, old.code(was)).filter(|&id| !is_retired(new, id));
    let Some(is) = is else {
        return match heirs(old, new, was)[..] {
            [one] => Verdict::Replaced { now: titled(new, one) },
            ref heirs => Verdict::Decide(Doubt::Retired { heirs: all(new, heirs) }),
        };
    };
    if !means_the_same(old, was, new, is) {
        let title = |pack: &Pack, id| pack.title(id).to_owned();
        return Verdict::Decide(Doubt::OtherMeaning { before: title(old, was), after: title(new, is) });
    }
    if old.is_billable(was) && !new.is_billable(is) {
        let parts: Vec<ConceptId> =
            new.descendants(is).into_iter().filter(|&id| new.is_billable(id)).collect();
        return match heir_among(old, was, new, &parts) {
            Some(part) => Verdict::Replaced { now: titled(new, part) },
            None => Verdict::Decide(Doubt::Split { into: all(new, &parts) }),
        };
    }
    Verdict::Kept { now: titled(new, is) }
}

/// The one part of a split code that has its title as a title or synonym, or the only part.
fn heir_among(old: &Pack, was: ConceptId, new: &Pack, parts: &[ConceptId]) -> Option<ConceptId> {
    let wanted = normal_form(old.title(was));
    let is_named = |id: ConceptId| {
        let mut sure = new.terms_of(id).filter(|&(_, kind)| kind <= TermKind::Synonym);
        sure.any(|(term, _)| normal_form(term) == wanted)
    };
    let named: Vec<ConceptId> = parts.iter().copied().filter(|&id| is_named(id)).collect();
    match (parts, &named[..]) {
        ([one], _) | (_, [one]) => Some(*one),
        _ => None,
    }
}

fn titled(pack: &Pack, id: ConceptId) -> Titled {
    let concept = pack.concept(id);
    Titled { code: concept.code.to_owned(), title: concept.title.to_owned() }
}

fn all(pack: &Pack, ids: &[ConceptId]) -> Vec<Titled> {
    ids.iter().map(|&id| titled(pack, id)).collect()
}
