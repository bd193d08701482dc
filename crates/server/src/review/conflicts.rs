//! What does not go together in a code set, told while it is made.

use clinlink_model::System;
use clinlink_vocab::{ConceptId, NoteKind, Pack};
use serde::Serialize;
use utoipa::ToSchema;

use super::decision::CodeKey;
use super::view::concept;
use crate::engine::Engine;
use crate::options::Purpose;

/// Something to look at before signing off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Conflict {
    /// `excludes1`, `less-specific`, `not-billable`, `pair` (a manifestation without the disease that it comes
    /// from), `code-first`, `use-additional`, `principal`.
    pub(crate) kind: &'static str,
    /// The codes that it is about.
    pub(crate) codes: Vec<String>,
    /// What is wrong, with the words of the tabular list.
    pub(crate) says: String,
}

/// The conflicts among the codes that stand.
pub(crate) fn conflicts(
    engine: &Engine,
    standing: &[&CodeKey],
    principal: Option<&CodeKey>,
    purpose: Purpose,
) -> Vec<Conflict> {
    let pack = &engine.pack;
    let of_system: Vec<&&CodeKey> =
        standing.iter().filter(|key| key.system == engine.system.name()).collect();
    let known: Vec<ConceptId> = of_system.iter().filter_map(|key| concept(engine, key)).collect();
    let codes: Vec<&str> = known.iter().map(|&id| pack.code(id)).collect();
    let mut found = Vec::new();
    for key in of_system.iter().filter(|key| concept(engine, key).is_none()) {
        let says = format!("{} has no {}", key.system, key.code);
        found.push(Conflict { kind: "not-billable", codes: vec![key.code.clone()], says });
    }
    for (at, (&id, &code)) in known.iter().zip(&codes).enumerate() {
        if !pack.is_billable(id) {
            let says = format!("{code} is a category; a code below it is reported");
            found.push(Conflict { kind: "not-billable", codes: vec![code.to_owned()], says });
        }
        for (&other_id, &other) in known.iter().zip(&codes).skip(at + 1) {
            found.extend(less_specific(engine, (id, code), (other_id, other)));
        }
    }
    for (a, b) in engine.auditor.exclusive(known.iter().copied()) {
        let [a, b] = [a, b].map(|id| pack.code(id).to_owned());
        let says = format!("{a} and {b} exclude each other (Excludes1)");
        found.push(Conflict { kind: "excludes1", codes: vec![a, b], says });
    }
    for (&id, &code) in known.iter().zip(&codes) {
        let first = principal.is_some_and(|key| key.code == code);
        found.extend(code_first(engine, id, &codes, first));
        found.extend(use_additional(pack, id, &codes));
    }
    found.extend(of_principal(engine, principal, standing.is_empty(), purpose));
    found
}

/// Of two codes of one category the one that says less, with the one that says more.
fn less_specific(
    engine: &Engine,
    (a_id, a): (ConceptId, &str),
    (b_id, b): (ConceptId, &str),
) -> Option<Conflict> {
    if a.get(..3) != b.get(..3) {
        return None;
    }
    let auditor = &engine.auditor;
    let (general, specific) = if auditor.says_more(b_id, a_id) {
        (a, b)
    } else if auditor.says_more(a_id, b_id) {
        (b, a)
    } else {
        return None;
    };
    let says = format!("{specific} says more than {general}");
    Some(Conflict { kind: "less-specific", codes: vec![general.to_owned(), specific.to_owned()], says })
}

/// A code that another one must stand before.
fn code_first(engine: &Engine, id: ConceptId, standing: &[&str], first: bool) -> Option<Conflict> {
    let pack = &engine.pack;
    let note = note(pack, id, NoteKind::CodeFirst)?;
    let code = pack.code(id);
    let before = named(pack, id, NoteKind::CodeFirst, standing);
    let names_codes = !pack.note_codes(id, NoteKind::CodeFirst).is_empty();
    let (codes, says) = match before {
        // "Code first underlying disease": any other code may be the one.
        None if !names_codes && standing.len() > 1 && !first => return None,
        None if engine.auditor.is_manifestation(id) && (names_codes || standing.len() == 1) => {
            let says = format!(
                "{code} is half of a pair, and the disease that it comes from is missing: code first {note}"
            );
            return Some(Conflict { kind: "pair", codes: vec![code.to_owned()], says });
        }
        None => (vec![code.to_owned()], format!("{code} wants another code before it: {note}")),
        Some(other) if first => {
            (vec![code.to_owned(), other.to_owned()], format!("{other} comes before {code}: {note}"))
        }
        Some(_) => return None,
    };
    Some(Conflict { kind: "code-first", codes, says })
}

fn use_additional(pack: &Pack, id: ConceptId, standing: &[&str]) -> Option<Conflict> {
    let note = note(pack, id, NoteKind::UseAdditional)?;
    if named(pack, id, NoteKind::UseAdditional, standing).is_some() {
        return None;
    }
    let code = pack.code(id);
    let says = format!("{code}: {note}");
    Some(Conflict { kind: "use-additional", codes: vec![code.to_owned()], says })
}

/// The first note of a kind at the code or its categories, with the list that it begins; those of blocks and chapters hold
/// for too much to be told.
fn note(pack: &Pack, id: ConceptId, kind: NoteKind) -> Option<String> {
    let mut above = std::iter::once(id).chain(pack.ancestors(id)).take_while(|&at| pack.is_code(at));
    let notes = above.find_map(|at| {
        let notes: Vec<&str> = pack.notes(at, kind).collect();
        (!notes.is_empty()).then_some(notes)
    })?;
    let first = kind.sentence(notes[0]);
    let items: Vec<&str> = notes[1..].iter().copied().take_while(|item| !item.starts_with("code")).collect();
    let is_list = notes[0].trim_end().ends_with(':') && !items.is_empty();
    Some(if is_list { format!("{first}: {}", items.join("; ")) } else { first })
}

/// A code that stands and that the notes of a kind name.
fn named<'s>(pack: &Pack, id: ConceptId, kind: NoteKind, standing: &[&'s str]) -> Option<&'s str> {
    let own = pack.code(id);
    let prefixes = pack.note_codes(id, kind);
    let named =
        |code: &&&str| **code != own && prefixes.iter().any(|prefix| code.starts_with(prefix.as_str()));
    standing.iter().find(named).copied()
}

/// External causes are never first (Official Guidelines I.C.20.a); a bill has a principal diagnosis.
fn of_principal(
    engine: &Engine,
    principal: Option<&CodeKey>,
    empty: bool,
    purpose: Purpose,
) -> Option<Conflict> {
    match principal {
        Some(key) if engine.system == System::ICD10CM && key.code.starts_with(['V', 'W', 'X', 'Y']) => {
            let says = format!("{} is an external cause and never the principal diagnosis", key.code);
            Some(Conflict { kind: "principal", codes: vec![key.code.clone()], says })
        }
        None if purpose == Purpose::Billing && !empty => {
            let says = "no principal diagnosis is chosen".to_owned();
            Some(Conflict { kind: "principal", codes: Vec::new(), says })
        }
        _ => None,
    }
}
