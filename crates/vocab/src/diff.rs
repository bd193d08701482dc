//! What changed between two releases of a vocabulary, from two packs.
//!
//! | change | what it says |
//! |---|---|
//! | added | the code is new |
//! | retired | the code is gone, or marked as retired; with its heirs, if the new pack tells any |
//! | retitled | the title reads otherwise; whether it still means the same, by the terms of both packs |
//! | moved | it has other parents |
//! | split | it had nothing below it and now has; where only what stands below may be reported, a person must choose |
//! | joined | it had children and has none now |
//!
//! Heirs of a retired code are the codes that its `Status` fact names, else the new codes of which its title is the
//! title or a synonym.

use std::cmp::Ordering;

use clinlink_model::System;
use serde::Serialize;

use crate::entry::{ConceptId, Fact, TermKind};
use crate::normal::normal_form;
use crate::pack::Pack;

/// A concept that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The code system.
    pub system: System,
    /// The code.
    pub code: String,
    /// Its title in the newest pack that has it.
    pub title: String,
    /// What happened to it.
    #[serde(flatten)]
    pub change: Change,
}

/// What happened to a concept. Codes are those of its system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone, or marked as retired.
    Retired {
        /// What may stand in its place.
        heirs: Vec<String>,
    },
    /// It has another title.
    Retitled {
        /// The title that it had.
        before: String,
        /// Whether one of the packs has the other's title as a title or synonym.
        same_meaning: bool,
    },
    /// It has other parents.
    Moved {
        /// The parents that it had.
        before: Vec<String>,
        /// Its parents now.
        after: Vec<String>,
    },
    /// It had no children.
    Split {
        /// Its children now.
        into: Vec<String>,
    },
    /// It has no children any more.
    Joined {
        /// The children that it had.
        before: Vec<String>,
    },
}

/// All that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Systems that only the new pack holds; their concepts are not listed.
    pub systems_added: Vec<System>,
    /// Systems that only the old pack holds.
    pub systems_removed: Vec<System>,
    /// The concepts that changed, by system, then by code.
    pub differences: Vec<Difference>,
}

/// What changed from `old` to `new`, in all systems or in one.
pub fn diff(old: &Pack, new: &Pack, only: Option<&System>) -> Diff {
    let wanted = |system: &&System| only.is_none_or(|only| only == *system);
    let lacks = |pack: &Pack, system: &System| !pack.systems().any(|known| known == system);
    let mut found = Diff { systems_added: Vec::new(), systems_removed: Vec::new(), differences: Vec::new() };
    found.systems_added.extend(new.systems().filter(wanted).filter(|s| lacks(old, s)).cloned());
    for system in old.systems().filter(wanted) {
        if lacks(new, system) {
            found.systems_removed.push(system.clone());
        } else {
            Walk { old, new, system }.compare(&mut found.differences);
        }
    }
    found
}

/// One system in two packs.
struct Walk<'p> {
    old: &'p Pack,
    new: &'p Pack,
    system: &'p System,
}

impl Walk<'_> {
    fn compare(&self, out: &mut Vec<Difference>) {
        let mut before = self.old.concepts(self.system).peekable();
        let mut after = self.new.concepts(self.system).peekable();
        loop {
            let order = match (before.peek(), after.peek()) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(&b), Some(&a)) => self.old.code(b).cmp(self.new.code(a)),
            };
            let one = if order.is_le() { before.next() } else { None };
            let other = if order.is_ge() { after.next() } else { None };
            // A code that either pack marks as retired is as good as gone from it.
            let one = one.filter(|&id| !is_retired(self.old, id));
            let other = other.filter(|&id| !is_retired(self.new, id));
            match (one, other) {
                (Some(was), Some(is)) => self.both(was, is, out),
                (Some(was), None) => {
                    let heirs = heirs(self.old, self.new, was);
                    let heirs = heirs.into_iter().map(|id| self.new.code(id).to_owned()).collect();
                    out.push(self.difference(self.old, was, Change::Retired { heirs }));
                }
                (None, Some(is)) => out.push(self.difference(self.new, is, Change::Added)),
                (None, None) => {}
            }
        }
    }

    fn both(&self, was: ConceptId, is: ConceptId, out: &mut Vec<Difference>) {
        let (old, new) = (self.old, self.new);
        let mut note = |change| out.push(self.difference(new, is, change));
        if old.title(was) != new.title(is) {
            let before = old.title(was).to_owned();
            note(Change::Retitled { before, same_meaning: means_the_same(old, was, new, is) });
        }
        let (before, after) = (codes(old, old.parents(was)), codes(new, new.parents(is)));
        if before != after {
            note(Change::Moved { before, after });
        }
        match (old.is_leaf(was), new.is_leaf(is)) {
            (true, false) => note(Change::Split { into: codes(new, new.children(is)) }),
            (false, true) => note(Change::Joined { before: codes(old, old.children(was)) }),
            _ => {}
        }
    }

    fn difference(&self, pack: &Pack, id: ConceptId, change: Change) -> Difference {
        let concept = pack.concept(id);
        let (code, title) = (concept.code.to_owned(), concept.title.to_owned());
        Difference { system: self.system.clone(), code, title, change }
    }
}

fn codes(pack: &Pack, ids: impl Iterator<Item = ConceptId>) -> Vec<String> {
    let mut codes: Vec<String> = ids.map(|id| pack.code(id).to_owned()).collect();
    codes.sort_unstable();
    codes
}

/// What a concept's `Status` fact says after `retired`, if it is retired.
fn retirement(pack: &Pack, id: ConceptId) -> Option<&str> {
    let mut facts = pack.facts(id);
    facts.find_map(|(fact, value)| {
        let rest = value.strip_prefix("retired")?;
        (fact == Fact::Status).then_some(rest.trim_start_matches([':', ' ']))
    })
}

/// Whether a concept is in the pack for the record only.
pub(crate) fn is_retired(pack: &Pack, id: ConceptId) -> bool {
    retirement(pack, id).is_some()
}

/// What the new pack has in the place of a concept of the old one that it retired.
pub(crate) fn heirs(old: &Pack, new: &Pack, id: ConceptId) -> Vec<ConceptId> {
    let was = old.concept(id);
    let named = new.find(was.system, was.code).and_then(|now| retirement(new, now));
    let named = named.into_iter().chain(retirement(old, id)).flat_map(|codes| codes.split([',', ' ', ';']));
    let mut found: Vec<ConceptId> = named.filter_map(|code| new.find(was.system, code)).collect();
    if found.is_empty() {
        let value = new.terms().get(normal_form(was.title));
        let postings = value.into_iter().flat_map(|value| new.postings(value));
        let is_heir = |id: &ConceptId| {
            let concept = new.concept(*id);
            concept.system == was.system && old.find(was.system, concept.code).is_none()
        };
        let sure = postings.filter(|posting| posting.kind <= TermKind::Synonym);
        found = sure.map(|posting| posting.concept).filter(is_heir).collect();
    }
    found.retain(|&id| !is_retired(new, id));
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether one pack's title of a code is a title or synonym of it in the other pack.
pub(crate) fn means_the_same(old: &Pack, was: ConceptId, new: &Pack, is: ConceptId) -> bool {
    names(old, was, new.title(is)) || names(new, is, old.title(was))
}

fn names(pack: &Pack, id: ConceptId, title: &str) -> bool {
    let wanted = normal_form(title);
    let mut sure = pack.terms_of(id).filter(|&(_, kind)| kind <= TermKind::Synonym);
    normal_form(pack.title(id)) == wanted || sure.any(|(term, _)| normal_form(term) == wanted)
}
