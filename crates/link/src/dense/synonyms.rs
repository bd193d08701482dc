//! What the encoder of terms learns from: the names of a concept and its definition, together with those of the concepts
//! of other systems that its source says are the same.

use std::collections::{BTreeMap, BTreeSet};

use clinlink_encoder::train::{Quiz, SynonymSets, is_held_out};
use clinlink_model::System;
use clinlink_vocab::{ConceptId, Fact, MapOrigin, Pack, Relation, TermKind, normal_form};

use super::{DISEASE_SYSTEMS, concepts, names};

/// A name of more concepts than this, over all systems, says too little. A plain disease has it once in each.
const MOST_CONCEPTS: usize = 15;

/// The synonym sets of the diseases and findings of `pack`.
///
/// Held out is a synonym that is no concept's title, by [`is_held_out`]; it is in no set, whatever system it is from, nor
/// is a definition that has it.
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
    let mut asked_for: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (at, (_, names)) in named.iter().enumerate() {
        let (held, kept): (Vec<&str>, Vec<&str>) =
            names.iter().map(|(name, _)| name.as_str()).partition(|name| held_out(name));
        let telling =
            kept.into_iter().filter(|name| uses.get(name).is_none_or(|&uses| uses <= MOST_CONCEPTS));
        sets.entry(group[at]).or_default().extend(telling);
        asked_for.entry(group[at]).or_default().extend(held);
    }
    let definitions = definitions(pack, &named);
    for (at, definition) in &definitions {
        let group = group[*at];
        if !asked_for.get(&group).is_some_and(|held| held.iter().any(|name| has_phrase(definition, name))) {
            sets.entry(group).or_default().insert(definition);
        }
    }
    let sets = sets.into_values().filter(|set| !set.is_empty());
    SynonymSets {
        sets: sets.map(|set| set.into_iter().map(str::to_owned).collect()).collect(),
        quizzes: DISEASE_SYSTEMS.iter().map(|system| quiz(pack, system, &named, &held_out)).collect(),
    }
}

/// The definitions in normal form, each with the place of its concept.
fn definitions(pack: &Pack, named: &[(ConceptId, Vec<(String, TermKind)>)]) -> Vec<(usize, String)> {
    let of = |(at, (id, _)): (usize, &(ConceptId, _))| {
        let mut facts = pack.facts(*id);
        let (_, text) = facts.find(|(fact, _)| *fact == Fact::Definition)?;
        Some((at, normal_form(text))).filter(|(_, form)| !form.is_empty())
    };
    named.iter().enumerate().filter_map(of).collect()
}

/// Whether the words of `phrase` stand in `text`, one after another.
fn has_phrase(text: &str, phrase: &str) -> bool {
    format!(" {text} ").contains(&format!(" {phrase} "))
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
