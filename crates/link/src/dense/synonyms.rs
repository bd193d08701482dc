//! What the encoder of terms learns from: the names of a concept, together with those of the concepts of other systems
//! that its source says are the same.

use std::collections::{BTreeMap, BTreeSet};

use clinlink_encoder::train::{Quiz, SynonymSets, is_held_out};
use clinlink_model::System;
use clinlink_vocab::{ConceptId, MapOrigin, Pack, Relation, TermKind};

use super::{DISEASE_SYSTEMS, concepts, names};

/// A name of more concepts than this, over all systems, says too little. A plain disease has it once in each.
const MOST_CONCEPTS: usize = 15;

/// The synonym sets of the diseases and findings of `pack`.
///
/// Held out is a synonym that is no concept's title, by [`is_held_out`]; it is in no set, whatever system it is from.
pub fn synonym_sets(pack: &Pack) -> SynonymSets {
    let named: Vec<(ConceptId, Vec<(String, TermKind)>)> = DISEASE_SYSTEMS
        .iter()
        .flat_map(|system| concepts(pack, system))
        .map(|id| (id, names(pack, id)))
        .collect();
    let titles: BTreeSet<&str> =
        named.iter().filter_map(|(_, names)| names.first()).map(|(t, _)| t.as_str()).collect();
    let held_out = |term: &str| is_held_out(term) && !titles.contains(term);
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in named.iter().flat_map(|(_, names)| names) {
        *uses.entry(name).or_default() += 1;
    }
    let group = groups(pack, &named);
    let mut sets: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (at, (_, names)) in named.iter().enumerate() {
        let kept = names.iter().map(|(name, _)| name.as_str()).filter(|name| !held_out(name));
        let telling = kept.filter(|name| uses.get(name).is_none_or(|&uses| uses <= MOST_CONCEPTS));
        sets.entry(group[at]).or_default().extend(telling);
    }
    let sets = sets.into_values().filter(|set| !set.is_empty());
    SynonymSets {
        sets: sets.map(|set| set.into_iter().map(str::to_owned).collect()).collect(),
        quizzes: DISEASE_SYSTEMS.iter().map(|system| quiz(pack, system, &named, &held_out)).collect(),
    }
}

/// The number of the group of each concept: concepts that a source says are the same, at most one of a system.
fn groups(pack: &Pack, named: &[(ConceptId, Vec<(String, TermKind)>)]) -> Vec<usize> {
    let place: BTreeMap<ConceptId, usize> = named.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let mut group: Vec<usize> = (0..named.len()).collect();
    let mut members: Vec<Vec<usize>> = (0..named.len()).map(|at| vec![at]).collect();
    for (at, (id, _)) in named.iter().enumerate() {
        let same = pack.cross_references(*id).filter(|reference| {
            reference.relation == Relation::Exact && reference.origin != MapOrigin::SharedName
        });
        for other in same.filter_map(|reference| place.get(&reference.target)) {
            let (into, from) = (group[at], group[*other]);
            let system = |&at: &usize| pack.system_of(named[at].0);
            let clash = members[from].iter().any(|a| members[into].iter().any(|b| system(a) == system(b)));
            if into == from || clash {
                continue;
            }
            let moved = std::mem::take(&mut members[from]);
            for &member in &moved {
                group[member] = into;
            }
            members[into].extend(moved);
        }
    }
    group
}

/// The held-out names of the concepts of a system, and all its other names.
fn quiz(
    pack: &Pack,
    system: &System,
    named: &[(ConceptId, Vec<(String, TermKind)>)],
    held_out: &dyn Fn(&str) -> bool,
) -> Quiz {
    let mut queries: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut terms = Vec::new();
    for (id, names) in named.iter().filter(|(id, _)| pack.system_of(*id) == system) {
        for (name, _) in names {
            if held_out(name) {
                queries.entry(name).or_default().push(id.0);
            } else {
                terms.push((name.clone(), id.0));
            }
        }
    }
    Quiz {
        name: system.name().to_owned(),
        terms,
        queries: queries.into_iter().map(|(name, ids)| (name.to_owned(), ids)).collect(),
    }
}
