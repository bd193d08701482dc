//! Cross-references between concepts: those that sources state, and those that shared names make.
//!
//! Sources state few cross-references to ICD-10-CM. So a concept of another system is also mapped to each concept of
//! ICD-10-CM that has a name in common with it: as exact if the name is the title of one and a title or synonym of
//! the other, as approximate if it is a synonym of both, or the title of the other system's concept and an index entry
//! or related term of ICD-10-CM's. Where the index has several titles of a system under one code, that code is broader
//! than each of them: not every `cancer` is a medulloepithelioma. A stated approximate cross-reference between two concepts with a name in common is
//! exact.

use std::collections::{HashMap, HashSet};

use clinlink_model::{Label, System};

use crate::builder::{DraftMap, PackBuilder};
use crate::columns::MapRow;
use crate::entry::{MapOrigin, Relation, TermKind};
use crate::forms::Form;
use crate::manifest::Source;
use crate::order::Order;
use crate::pack_error::PackError;
use crate::write::DETAILS;

/// A cross-reference in pack numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Map {
    from: u32,
    to: u32,
    relation: Relation,
    origin: MapOrigin,
    /// 0 for none, else one more than the number of the text in the details.
    detail: u32,
}

impl Map {
    fn backwards(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            relation: self.relation.inverse(),
            origin: self.origin.inverse(),
            ..self
        }
    }
}

/// The cross-references in both directions, each pair of concepts once.
pub(crate) struct CrossReferences {
    /// By origin, then by relation, then by target.
    maps: Vec<Map>,
    /// The sources' words on when or how they hold.
    pub details: Vec<String>,
}

impl CrossReferences {
    /// Each pair with its surest relation, whoever states it best, and all that is said of it. `forms` are sorted by
    /// form.
    pub fn of(builder: &PackBuilder, order: &Order, forms: &[Form]) -> Self {
        let mut details = Details::default();
        let mut maps = shared_names(builder, order, forms);
        let named = named(forms, builder.concepts.len());
        for stated in &builder.maps {
            let Some(target) = builder.number(stated.system, &stated.code) else { continue };
            let (from, to) = (order.number(stated.from), order.number(target));
            let mut relation = stated.relation;
            if relation == Relation::Approximate && share(&named[from as usize], &named[to as usize]) {
                relation = Relation::Exact;
            }
            if from != to {
                let detail = details.number(&stated.detail);
                maps.push(Map { from, to, relation, origin: MapOrigin::Stated, detail });
            }
        }
        let back: Vec<Map> = maps.iter().map(|map| map.backwards()).collect();
        maps.extend(back);
        maps.sort_unstable();
        let mut once: Vec<Map> = Vec::with_capacity(maps.len());
        for same in maps.chunk_by(|a, b| (a.from, a.to) == (b.from, b.to)) {
            let detail = details.joined(same.iter().map(|map| map.detail));
            once.push(Map { detail, ..same[0] });
        }
        once.sort_unstable_by_key(|map| (map.from, map.relation, map.to));
        Self { maps: once, details: details.texts }
    }

    /// The number of pairs of concepts with a cross-reference.
    pub fn pairs(&self) -> u64 {
        self.maps.len() as u64 / 2
    }

    /// Origins with the rows to write.
    pub fn rows(&self) -> Result<impl Iterator<Item = (u32, MapRow)>, PackError> {
        if self.details.len() > MapRow::MOST_DETAILS {
            return Err(PackError::TooLarge { what: DETAILS });
        }
        let row = |map: &Map| MapRow::new(map.to, map.relation as u32, map.origin as u32, map.detail);
        Ok(self.maps.iter().map(move |map| (map.from, row(map))))
    }
}

/// The details, each distinct one once.
#[derive(Default)]
struct Details {
    texts: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Details {
    /// 0 for no detail, else one more than its number.
    fn number(&mut self, detail: &str) -> u32 {
        if detail.is_empty() {
            return 0;
        }
        if let Some(&known) = self.numbers.get(detail) {
            return known;
        }
        self.texts.push(detail.to_owned());
        let number = self.texts.len() as u32;
        self.numbers.insert(detail.to_owned(), number);
        number
    }

    /// One detail for all that is said of a pair, in the order in which it was said.
    fn joined(&mut self, details: impl Iterator<Item = u32>) -> u32 {
        let mut said: Vec<u32> = details.filter(|&detail| detail > 0).collect();
        said.sort_unstable();
        said.dedup();
        match said[..] {
            [] => 0,
            [one] => one,
            _ => {
                let texts: Vec<&str> =
                    said.iter().map(|&number| self.texts[number as usize - 1].as_str()).collect();
                self.number(&texts.join("; "))
            }
        }
    }
}

/// Counts for each source the cross-references whose targets are not in the pack.
pub(crate) fn count_lost(builder: &PackBuilder, order: &Order, sources: &mut [Source]) {
    let is_lost = |map: &&DraftMap| builder.number(map.system, &map.code).is_none();
    for map in builder.maps.iter().filter(is_lost) {
        let Some(source) = sources.get_mut(usize::from(map.source)) else { continue };
        if order.holds(map.system) {
            source.unknown_targets += 1;
        } else {
            source.foreign_targets += 1;
        }
    }
}

/// The cross-references to ICD-10-CM that shared names make.
fn shared_names(builder: &PackBuilder, order: &Order, forms: &[Form]) -> Vec<Map> {
    let Some(icd) = builder.systems.iter().position(|system| *system == System::ICD10CM) else {
        return Vec::new();
    };
    let mut is_icd = vec![false; builder.concepts.len()];
    let mut is_disease = vec![false; builder.concepts.len()];
    let mut systems = vec![0; builder.concepts.len()];
    for (draft, concept) in builder.concepts.iter().enumerate() {
        let at = order.number(draft as u32) as usize;
        is_icd[at] = usize::from(concept.system) == icd;
        is_disease[at] = concept.label == Label::Disease;
        systems[at] = usize::from(concept.system);
    }
    let mut maps = Vec::new();
    // The concepts of a system whose titles the index has under a code.
    let mut listed: HashMap<(u32, usize), HashSet<u32>> = HashMap::new();
    for same in forms.chunk_by(|a, b| a.0 == b.0) {
        for &(_, theirs, from) in same.iter().filter(|(.., concept)| !is_icd[*concept as usize]) {
            if !is_disease[from as usize] {
                continue;
            }
            for &(_, ours, to) in same.iter().filter(|(.., concept)| is_icd[*concept as usize]) {
                if theirs == TermKind::Title && ours == TermKind::Index {
                    listed.entry((to, systems[from as usize])).or_default().insert(from);
                }
                if let Some(relation) = by_name(theirs, ours) {
                    maps.push(Map { from, to, relation, origin: MapOrigin::SharedName, detail: 0 });
                }
            }
        }
    }
    // A code under which the index lists several of them is none of them: C80.1 stands for every cancer without a site.
    for map in maps.iter_mut().filter(|map: &&mut Map| map.relation == Relation::Approximate) {
        let of_code = listed.get(&(map.to, systems[map.from as usize]));
        if of_code.is_some_and(|of| of.len() > 1 && of.contains(&map.from)) {
            map.relation = Relation::Broader;
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
fn named(forms: &[Form], concepts: usize) -> Vec<Vec<u32>> {
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
