//! Brings a category down to a code that may be reported and says no more than the category.
//!
//! `Type 2 diabetes mellitus` (E11) becomes E11.9, `without complications`; `Pain in joint, knee` (M25.56) becomes
//! M25.569, `unspecified knee`, or M25.561 if the words name the right one. A child says no more than its parent if all
//! its title's words are words of the parent's or say that nothing is known. Where no child does, the category goes to
//! review: the record, or the link, lacks a detail (Official Guidelines I.B.2, I.B.13, I.B.18).

use std::cell::RefCell;
use std::collections::HashMap;

use clinlink_vocab::{ConceptId, Pack, deciding_words, normal_words};

use crate::rules;
use crate::side::Side;

/// The code that a concept stands for in a code set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) id: ConceptId,
    /// The rule that was used to get there; `None` if the concept itself may be reported as it is.
    pub(crate) rule: Option<&'static str>,
}

/// Ways down that have been found, for one episode: the same diseases are named again and again.
#[derive(Debug, Default)]
pub(crate) struct Resolved(RefCell<HashMap<(ConceptId, Option<Side>), Resolution>>);

impl Resolved {
    /// [`resolve`], remembered.
    pub(crate) fn get(&self, pack: &Pack, said: ConceptId, side: Option<Side>) -> Resolution {
        *self.0.borrow_mut().entry((said, side)).or_insert_with(|| resolve(pack, said, side))
    }
}

/// How a child of a concept relates to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Child {
    /// It names the side that the text names.
    Sided,
    /// It says that nothing more is known.
    Unspecified,
    /// It says that a complication, or the like, is absent or not mentioned.
    Without,
    /// The first encounter, by its seventh character.
    FirstEncounter,
}

/// The code that may be reported for `said`, given the side that the text names.
fn resolve(pack: &Pack, said: ConceptId, side: Option<Side>) -> Resolution {
    let mut here = Resolution { id: to_side(pack, said, side).unwrap_or(said), rule: None };
    if here.id != said {
        here.rule = Some(rules::SIDE);
    }
    while !pack.is_billable(here.id) {
        let children =
            pack.children(here.id).filter_map(|child| Some((kind_of(pack, child, here.id, side)?, child)));
        let Some((kind, child)) = children.min_by_key(|&(kind, child)| (kind, child)) else {
            return Resolution { id: here.id, rule: Some(rules::NOT_BILLABLE) };
        };
        let rule = match kind {
            Child::Sided => rules::SIDE,
            Child::Unspecified | Child::Without => rules::UNSPECIFIED,
            Child::FirstEncounter => rules::SEVENTH_CHARACTER,
        };
        // The most doubtful step names the whole way down.
        let rule = if doubt(here.rule) > doubt(Some(rule)) { here.rule } else { Some(rule) };
        here = Resolution { id: child, rule };
    }
    here
}

/// How doubtful a way down is: 0 for none.
pub(crate) fn doubt(rule: Option<&'static str>) -> u8 {
    match rule {
        Some(rules::SIDE) => 1,
        Some(rules::UNSPECIFIED) => 2,
        Some(rules::SEVENTH_CHARACTER) => 3,
        Some(rules::NOT_BILLABLE) => 4,
        _ => 0,
    }
}

/// The rule and reason that send a code to review if its detail was found by `rule`.
pub(crate) fn needs_review(rule: &'static str) -> Option<(&'static str, &'static str)> {
    match rule {
        rules::NOT_BILLABLE => Some((rules::NOT_BILLABLE, "not billable: needs more detail")),
        rules::SEVENTH_CHARACTER => {
            Some((rules::SEVENTH_CHARACTER, "first encounter assumed for the seventh character"))
        }
        _ => None,
    }
}

/// What a code stands for: its highest ancestor that it says no more than. E11.9 stands for E11.
pub(crate) fn stem(pack: &Pack, id: ConceptId) -> ConceptId {
    let mut top = id;
    while let Some(parent) = pack.parent(top)
        && pack.is_code(parent)
        && matches!(kind_of(pack, top, parent, None), Some(Child::Unspecified | Child::Without))
    {
        top = parent;
    }
    top
}

/// A sibling of a code for an unspecified side, for the side that the text names.
fn to_side(pack: &Pack, id: ConceptId, side: Option<Side>) -> Option<ConceptId> {
    let side = side?;
    let concept = pack.concept(id);
    let parent = pack.parent(id).filter(|_| concept.billable && is_unspecified(concept.title))?;
    pack.children(parent).find(|&child| kind_of(pack, child, parent, Some(side)) == Some(Child::Sided))
}

fn kind_of(pack: &Pack, child: ConceptId, parent: ConceptId, side: Option<Side>) -> Option<Child> {
    let (child, parent) = (pack.concept(child), pack.concept(parent));
    let known = deciding_words(parent.title);
    let added: Vec<String> =
        deciding_words(child.title).into_iter().filter(|word| !known.contains(word)).collect();
    if child.code.len() == 8
        && child.code.ends_with('A')
        && added.iter().all(|word| matches!(word.as_str(), "initial" | "encounter" | "closed" | "fracture"))
    {
        return Some(Child::FirstEncounter);
    }
    match side.map(Side::word) {
        Some(side) if added == [side] => return Some(Child::Sided),
        _ => {}
    }
    if !added.is_empty() {
        return None;
    }
    let words = words(child.title);
    let has = |word: &str| words.iter().any(|other| other == word);
    if has("unspecified") {
        return Some(Child::Unspecified);
    }
    (has("without") || has("uncomplicated")).then_some(Child::Without)
}

fn words(title: &str) -> Vec<String> {
    normal_words(title).into_iter().map(|word| word.form).collect()
}

fn is_unspecified(title: &str) -> bool {
    words(title).iter().any(|word| word == "unspecified")
}
