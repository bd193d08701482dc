//! Cross-references between concepts: those that sources state, and those that shared names make.
//!
//! Sources state few cross-references to ICD-10-CM. So a concept of another system is also mapped to each concept of
//! ICD-10-CM that has a name in common with it: as exact if the name is the title of one and a title or synonym of
//! the other, as approximate if it is a synonym of both, or the title of the other system's concept and an index entry
//! or related term of ICD-10-CM's. A stated approximate cross-reference between two concepts with a name in common is
//! exact.

use std::path::Path;

use clinlink_model::{Label, System};

use crate::builder::PackBuilder;
use crate::columns::{MapRow, write_lists};
use crate::entry::{Relation, TermKind};
use crate::pack_error::PackError;

/// A cross-reference in pack numbers: from, relation, to.
pub(crate) type Map = (u32, Relation, u32);

/// The cross-references in both directions, each pair of concepts once with its surest relation, by origin, then by
/// relation, then by target. `number` gives a draft's number in the pack; `forms` are sorted by form.
pub(crate) fn cross_references(
    builder: &PackBuilder,
    number: &dyn Fn(u32) -> u32,
    forms: &[(String, TermKind, u32)],
) -> Vec<Map> {
    let named = named(forms, builder.concepts.len());
    let mut maps = shared_names(builder, number, forms);
    for map in &builder.maps {
        let Some(target) = builder.number(map.system, &map.code) else { continue };
        let (from, to) = (number(map.from), number(target));
        let mut relation = map.relation;
        if relation == Relation::Approximate && share(&named[from as usize], &named[to as usize]) {
            relation = Relation::Exact;
        }
        if from != to {
            maps.push((from, relation, to));
        }
    }
    let back: Vec<Map> = maps.iter().map(|&(from, relation, to)| (to, relation.inverse(), from)).collect();
    maps.extend(back);
    maps.sort_unstable_by_key(|&(from, relation, to)| (from, to, relation));
    maps.dedup_by_key(|&mut (from, _, to)| (from, to));
    maps.sort_unstable();
    maps
}

/// Writes cross-references that are sorted by origin.
pub(crate) fn write_maps(maps: &[Map], concepts: usize, path: &Path) -> Result<(), PackError> {
    let rows =
        maps.iter().map(|&(from, relation, to)| (from, MapRow { concept: to, relation: relation as u32 }));
    write_lists(path, concepts, rows)
}

/// The cross-references to ICD-10-CM that shared names make.
fn shared_names(
    builder: &PackBuilder,
    number: &dyn Fn(u32) -> u32,
    forms: &[(String, TermKind, u32)],
) -> Vec<Map> {
    let Some(icd) = builder.systems.iter().position(|system| *system == System::ICD10CM) else {
        return Vec::new();
    };
    let mut is_icd = vec![false; builder.concepts.len()];
    let mut is_disease = vec![false; builder.concepts.len()];
    for (draft, concept) in builder.concepts.iter().enumerate() {
        let at = number(draft as u32) as usize;
        is_icd[at] = usize::from(concept.system) == icd;
        is_disease[at] = concept.label == Label::Disease;
    }
    let mut maps = Vec::new();
    for same in forms.chunk_by(|a, b| a.0 == b.0) {
        for &(_, theirs, other) in same.iter().filter(|(.., concept)| !is_icd[*concept as usize]) {
            if !is_disease[other as usize] {
                continue;
            }
            for &(_, ours, concept) in same.iter().filter(|(.., concept)| is_icd[*concept as usize]) {
                if let Some(relation) = by_name(theirs, ours) {
                    maps.push((other, relation, concept));
                }
            }
        }
    }
    maps
}

/// What a name in common says, by how it names the other system's concept and ICD-10-CM's.
fn by_name(theirs: TermKind, ours: TermKind) -> Option<Relation> {
    use TermKind::{Index, Related, Synonym, Title};
    match (theirs, ours) {
        (Title, Title | Synonym) | (Synonym, Title) => Some(Relation::Exact),
        (Title, Index | Related) | (Synonym, Synonym) => Some(Relation::Approximate),
        _ => None,
    }
}

/// The numbers of the terms of each concept that have its own meaning, in rising order.
fn named(forms: &[(String, TermKind, u32)], concepts: usize) -> Vec<Vec<u32>> {
    let mut named = vec![Vec::new(); concepts];
    for (number, same) in forms.chunk_by(|a, b| a.0 == b.0).enumerate() {
        for &(_, kind, concept) in same {
            if kind <= TermKind::Synonym {
                named[concept as usize].push(number as u32);
            }
        }
    }
    named
}

/// Whether two rising lists share a number.
fn share(a: &[u32], b: &[u32]) -> bool {
    a.iter().any(|number| b.binary_search(number).is_ok())
}
