//! All that a pack knows of a concept, as a record.

use clinlink_model::{Label, System};
use clinlink_vocab::{ConceptId, Fact, MapOrigin, NoteKind, Pack, Relation, Surface, TermKind};
use serde::Serialize;

/// A concept with everything around it.
#[derive(Serialize)]
pub struct ConceptRecord<'p> {
    pub system: &'p System,
    pub code: &'p str,
    pub title: &'p str,
    pub label: Label,
    pub billable: bool,
    /// From the root to the first parent.
    pub path: Vec<Named<'p>>,
    /// The parents other than the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_parents: Vec<Named<'p>>,
    pub terms: Vec<TermRecord<'p>>,
    /// Its own notes and those of its ancestors, which hold for it too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteRecord<'p>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactRecord<'p>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<MapRecord<'p>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Named<'p>>,
}

/// A concept's code and title.
#[derive(Serialize)]
pub struct Named<'p> {
    pub code: &'p str,
    pub title: &'p str,
    pub billable: bool,
}

#[derive(Serialize)]
pub struct TermRecord<'p> {
    pub text: &'p str,
    pub kind: TermKind,
    pub source: &'p str,
    /// Whether a rule made it of the source's words.
    pub made: bool,
}

#[derive(Serialize)]
pub struct NoteRecord<'p> {
    pub kind: NoteKind,
    /// The code at which it is printed.
    pub at: &'p str,
    pub text: &'p str,
}

#[derive(Serialize)]
pub struct FactRecord<'p> {
    pub fact: Fact,
    pub value: &'p str,
}

#[derive(Serialize)]
pub struct MapRecord<'p> {
    pub system: &'p System,
    pub code: &'p str,
    pub title: &'p str,
    pub relation: Relation,
    pub origin: MapOrigin,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub detail: &'p str,
}

const NOTES: [NoteKind; 7] = [
    NoteKind::Includes,
    NoteKind::Excludes1,
    NoteKind::Excludes2,
    NoteKind::CodeFirst,
    NoteKind::UseAdditional,
    NoteKind::CodeAlso,
    NoteKind::SeventhCharacter,
];

pub fn concept_record(pack: &Pack, id: ConceptId) -> ConceptRecord<'_> {
    let concept = pack.concept(id);
    let above: Vec<ConceptId> = pack.ancestors(id).collect();
    let maps = pack.cross_references(id).map(|map| {
        let target = pack.concept(map.target);
        let (system, code, title) = (target.system, target.code, target.title);
        MapRecord { system, code, title, relation: map.relation, origin: map.origin, detail: map.detail }
    });
    let term = |Surface { text, kind, source, made }| TermRecord { text, kind, source, made };
    let terms = pack.surfaces(id).filter(|surface| surface.text != concept.title).map(term);
    let mut notes = Vec::new();
    for kind in NOTES {
        for at in std::iter::once(id).chain(above.iter().copied()) {
            let code = pack.code(at);
            notes.extend(pack.notes(at, kind).map(|text| NoteRecord { kind, at: code, text }));
        }
    }
    ConceptRecord {
        system: concept.system,
        code: concept.code,
        title: concept.title,
        label: concept.label,
        billable: concept.billable,
        path: above.iter().rev().map(|&id| named(pack, id)).collect(),
        other_parents: pack.parents(id).skip(1).map(|id| named(pack, id)).collect(),
        terms: terms.collect(),
        notes,
        facts: pack.facts(id).map(|(fact, value)| FactRecord { fact, value }).collect(),
        maps: maps.collect(),
        children: pack.children(id).map(|id| named(pack, id)).collect(),
    }
}

/// Code and title of a concept.
pub fn named(pack: &Pack, id: ConceptId) -> Named<'_> {
    let concept = pack.concept(id);
    Named { code: concept.code, title: concept.title, billable: concept.billable }
}

/// What a relation is called in print.
pub fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Exact => "exact",
        Relation::Broader => "broader",
        Relation::Narrower => "narrower",
        Relation::Approximate => "approximate",
    }
}

/// Who states a cross-reference, in print.
pub fn origin_name(origin: MapOrigin) -> &'static str {
    match origin {
        MapOrigin::Stated => "",
        MapOrigin::Reversed => "stated the other way round",
        MapOrigin::SharedName => "by a shared name",
    }
}

/// What a kind of note is called in the tabular list.
pub fn note_name(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Includes => "includes",
        NoteKind::Excludes1 => "excludes1",
        NoteKind::Excludes2 => "excludes2",
        NoteKind::CodeFirst => "code first",
        NoteKind::UseAdditional => "use additional",
        NoteKind::CodeAlso => "code also",
        NoteKind::SeventhCharacter => "7th character",
    }
}
