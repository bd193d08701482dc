//! Cross-references, and paths over several of them from one code system to another.

use std::collections::{BTreeMap, HashSet};

use clinlink_model::System;

use super::Pack;
use crate::entry::{ConceptId, CrossReference, MapOrigin, Relation};

/// More systems than this between two others and nothing can be said any more.
const MOST_STEPS: usize = 3;

/// A way from a concept to one of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crosswalk<'p> {
    /// How its end relates to its start.
    pub relation: Relation,
    /// Its steps; there is at least one.
    pub steps: Vec<Step<'p>>,
}

/// A step of a [`Crosswalk`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'p> {
    /// To a parent: what it refers to is broader.
    Up(ConceptId),
    /// Over a cross-reference.
    Over(CrossReference<'p>),
}

impl Step<'_> {
    /// Where it leads.
    pub fn target(&self) -> ConceptId {
        match self {
            Self::Up(target) => *target,
            Self::Over(reference) => reference.target,
        }
    }

    /// How its target relates to where it starts.
    pub fn relation(&self) -> Relation {
        match self {
            Self::Up(_) => Relation::Broader,
            Self::Over(reference) => reference.relation,
        }
    }
}

impl Crosswalk<'_> {
    /// Where it leads.
    pub fn target(&self) -> Option<ConceptId> {
        self.steps.last().map(Step::target)
    }
}

impl Pack {
    /// Cross-references from and to other systems' concepts, the surest relation first, then by target.
    pub fn maps(&self, id: ConceptId) -> impl Iterator<Item = (ConceptId, Relation)> + '_ {
        let rows = self.maps.get(id.0 as usize).iter();
        rows.map(|row| (ConceptId(row.concept), Relation::from_number(row.relation())))
    }

    /// [`maps`](Self::maps) with who states them and when they hold.
    pub fn cross_references(&self, id: ConceptId) -> impl Iterator<Item = CrossReference<'_>> + '_ {
        let rows = self.maps.get(id.0 as usize).iter();
        rows.map(|row| CrossReference {
            target: ConceptId(row.concept),
            relation: Relation::from_number(row.relation()),
            origin: MapOrigin::from_number(row.origin()),
            detail: row
                .detail()
                .and_then(|detail| self.details.rows().get(detail))
                .map_or("", |&detail| self.text(detail)),
        })
    }

    /// The concept's concepts in another system: direct cross-references, else those over one system between. The
    /// surest relation first, then by id. Nothing for a concept of that system.
    pub fn map_to(&self, id: ConceptId, system: &System) -> Vec<(ConceptId, Relation)> {
        if self.system_of(id) == system {
            return Vec::new();
        }
        let in_system = |&(target, _): &(ConceptId, Relation)| self.system_of(target) == system;
        let mut found: Vec<_> = self.maps(id).filter(in_system).collect();
        if found.is_empty() {
            for (between, first) in self.maps(id) {
                let onward = self.maps(between).filter(in_system);
                found.extend(onward.map(|(target, second)| (target, first.then(second))));
            }
        }
        found.sort_unstable_by_key(|&(target, relation)| (target, relation));
        found.dedup_by_key(|&mut (target, _)| target);
        found.sort_unstable_by_key(|&(target, relation)| (relation, target));
        found
    }

    /// The ways from a concept to those of another system: direct ones, else those over one system between, else over
    /// two; no system twice. If there is none, those from its nearest ancestor that has one. Each target once, by the
    /// surest way; the surest relation first, then by target. Nothing for a concept of that system.
    pub fn paths_to(&self, id: ConceptId, system: &System) -> Vec<Crosswalk<'_>> {
        if self.system_of(id) == system {
            return Vec::new();
        }
        let mut up: Vec<Step<'_>> = Vec::new();
        for start in std::iter::once(id).chain(self.ancestors(id)) {
            if start != id {
                up.push(Step::Up(start));
            }
            for most in 1..=MOST_STEPS {
                let mut found = Found { system, most, ways: BTreeMap::new() };
                let mut passed = HashSet::from([self.system_of(start)]);
                self.walk(start, &mut Vec::new(), &mut passed, &mut found);
                if !found.ways.is_empty() {
                    return found.paths(&up);
                }
            }
        }
        Vec::new()
    }

    /// Notes the ways that go on from `at` with exactly as many steps as asked for.
    fn walk<'p>(
        &'p self,
        at: ConceptId,
        steps: &mut Vec<Step<'p>>,
        passed: &mut HashSet<&'p System>,
        found: &mut Found<'_, 'p>,
    ) {
        for reference in self.cross_references(at) {
            let here = self.system_of(reference.target);
            if here == found.system {
                if steps.len() + 1 == found.most {
                    steps.push(Step::Over(reference));
                    found.note(steps);
                    steps.pop();
                }
            } else if steps.len() + 1 < found.most && passed.insert(here) {
                steps.push(Step::Over(reference));
                self.walk(reference.target, steps, passed, found);
                steps.pop();
                passed.remove(here);
            }
        }
    }
}

/// The best way to each target so far.
struct Found<'s, 'p> {
    system: &'s System,
    most: usize,
    ways: BTreeMap<ConceptId, Crosswalk<'p>>,
}

impl<'p> Found<'_, 'p> {
    fn note(&mut self, steps: &[Step<'p>]) {
        let relation = overall(steps);
        let Some(target) = steps.last().map(Step::target) else { return };
        let better = self.ways.get(&target).is_none_or(|known| relation < known.relation);
        if better {
            self.ways.insert(target, Crosswalk { relation, steps: steps.to_vec() });
        }
    }

    /// The ways, behind the steps up.
    fn paths(self, up: &[Step<'p>]) -> Vec<Crosswalk<'p>> {
        let behind = |path: Crosswalk<'p>| {
            let steps: Vec<_> = up.iter().copied().chain(path.steps).collect();
            Crosswalk { relation: overall(&steps), steps }
        };
        let mut paths: Vec<_> = self.ways.into_values().map(behind).collect();
        // Stable: by target among equals.
        paths.sort_by_key(|path| path.relation);
        paths
    }
}

fn overall(steps: &[Step<'_>]) -> Relation {
    steps.iter().fold(Relation::Exact, |so_far, step| so_far.then(step.relation()))
}
