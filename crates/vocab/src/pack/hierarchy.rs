//! The hierarchy: up, down, ranges of codes.

use std::collections::HashSet;

use clinlink_model::System;

use super::Pack;
use crate::columns::NONE;
use crate::entry::ConceptId;

/// No hierarchy of a vocabulary is deeper.
const MAX_DEPTH: usize = 64;

impl Pack {
    /// The parent in a mono-hierarchy, the first one in a poly-hierarchy.
    pub fn parent(&self, id: ConceptId) -> Option<ConceptId> {
        let parent = self.concepts.rows()[id.0 as usize].parent;
        (parent != NONE).then_some(ConceptId(parent))
    }

    /// All parents, in the order in which their source states them.
    pub fn parents(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> + '_ {
        self.parents.get(id.0 as usize).iter().map(|&parent| ConceptId(parent))
    }

    /// The direct children, in the order of their codes.
    pub fn children(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> + '_ {
        self.children.get(id.0 as usize).iter().map(|&child| ConceptId(child))
    }

    /// Whether nothing stands below a concept.
    pub fn is_leaf(&self, id: ConceptId) -> bool {
        self.children.get(id.0 as usize).is_empty()
    }

    /// Parent, its parent and so on to the root, over the first parent of each: in ICD-10-CM the categories above a
    /// code, then its block, then its chapter.
    pub fn ancestors(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> + '_ {
        // A pack whose hierarchy is a circle would never end.
        std::iter::successors(self.parent(id), |&id| self.parent(id)).take(MAX_DEPTH)
    }

    /// The ancestors over all parents, each once: those one step up first, then those two steps up, and so on.
    pub fn all_ancestors(&self, id: ConceptId) -> Vec<ConceptId> {
        let mut found: Vec<ConceptId> = Vec::new();
        let mut seen = HashSet::from([id]);
        let mut at = Some(id);
        let mut next = 0;
        while let Some(here) = at {
            found.extend(self.parents(here).filter(|&parent| seen.insert(parent)));
            at = found.get(next).copied();
            next += 1;
        }
        found
    }

    /// Whether `id` stands somewhere below `above`, over any parent.
    pub fn is_below(&self, id: ConceptId, above: ConceptId) -> bool {
        self.all_ancestors(id).contains(&above)
    }

    /// What stands below a concept, each once: its first child, what stands below that, its second child, and so on.
    pub fn descendants(&self, id: ConceptId) -> Vec<ConceptId> {
        let mut found = Vec::new();
        let mut seen = HashSet::from([id]);
        let mut open: Vec<ConceptId> = self.children(id).collect();
        open.reverse();
        while let Some(here) = open.pop() {
            if seen.insert(here) {
                found.push(here);
                let start = open.len();
                open.extend(self.children(here));
                open[start..].reverse();
            }
        }
        found
    }

    /// The concepts below a concept that have nothing below them; the concept itself if it is one. In their order
    /// among the [`descendants`](Self::descendants).
    pub fn leaves(&self, id: ConceptId) -> Vec<ConceptId> {
        if self.is_leaf(id) {
            return vec![id];
        }
        self.descendants(id).into_iter().filter(|&below| self.is_leaf(below)).collect()
    }

    /// Whether a concept of ICD is a code of a category or below, not a chapter or a block (`E08-E13`).
    pub fn is_code(&self, id: ConceptId) -> bool {
        let code = self.code(id);
        code.len() >= 3 && !code.contains('-')
    }

    /// The codes of a range such as `A00-A09`, in the order of their codes: those from `first` on whose start is not
    /// behind `last`, so that `A09.0` is in it. Without headings that are themselves ranges.
    pub fn range(&self, system: &System, first: &str, last: &str) -> Vec<ConceptId> {
        let (Some(start), Some(numbers)) = (self.lower_bound(system, first), self.numbers(system)) else {
            return Vec::new();
        };
        let code = |id: ConceptId| self.code(id);
        let inside = |&id: &ConceptId| code(id) <= last || code(id).starts_with(last);
        let ids = (start..numbers.end).map(ConceptId).take_while(inside);
        ids.filter(|&id| !code(id).contains('-')).collect()
    }
}
