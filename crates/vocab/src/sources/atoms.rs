//! The names of concepts in Rich Release Format: MRCONSO.RRF, RXNCONSO.RRF.
//!
//! Columns: CUI, LAT, TS, LUI, STT, SUI, ISPREF, AUI, SAUI, SCUI, SDUI, SAB, TTY, CODE, STR, SRL, SUPPRESS, CVF. A row
//! is an atom: a name of a concept in one source. The rows of a concept stand together, so one concept at a time is
//! held in memory; the file itself may have any length. A concept whose rows do not stand together keeps the title
//! that its first rows gave it.
//!
//! The preferred name is the atom of the highest rank: languages in the order of the options, then the rank of source
//! and term type (MRRANK), then TS = P, STT = PF, ISPREF = Y. The others are terms, see `umls_sources::kind`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use clinlink_model::{Label, System};

use super::rrf::{CONSO, Release, concept_number};
use super::umls_sources;
use crate::builder::PackBuilder;
use crate::entry::{Relation, TermKind};
use crate::vocab_error::VocabError;

/// Which atoms are kept, and as what. An empty list keeps all.
pub(super) struct Wanted<'o> {
    /// The system of the concepts.
    pub system: System,
    /// Languages (LAT) in order of preference.
    pub languages: &'o [String],
    /// Sources (SAB).
    pub sources: &'o [String],
    /// Term types (TTY).
    pub term_types: &'o [String],
    /// Values of SUPPRESS other than N that are kept, as related terms.
    pub suppressed: &'o [String],
    /// Code systems of further sources.
    pub systems: &'o BTreeMap<String, System>,
    /// Rank by source, term type and SUPPRESS ([`rank_key`]): higher is better.
    pub ranks: HashMap<String, u32>,
    /// Whether a concept is wanted, by its number, and its label if it is.
    pub label: &'o dyn Fn(u32, &str) -> Option<Label>,
}

/// Source codes: those of each source (SAB).
pub(super) type Codes = HashMap<String, HashSet<String>>;

/// Source, term type and SUPPRESS as one text: `MSH|MH|N`.
pub(super) fn rank_key(sab: &str, tty: &str, suppress: &str) -> String {
    [sab, tty, suppress].join("|")
}

/// What reading the atoms found, for the files that refer to them.
#[derive(Default)]
pub(super) struct Kept {
    /// The concepts of the pack, by number.
    pub concepts: HashSet<u32>,
    /// The concepts of codes that were asked for, by source and code.
    pub by_code: HashMap<(String, String), String>,
}

/// An atom of the concept that is being read.
struct Atom {
    rank: Rank,
    text: String,
    kind: TermKind,
}

/// Language, source and type, TS, STT, ISPREF; the higher the better.
type Rank = (std::cmp::Reverse<usize>, u32, [bool; 3]);

/// The concept that is being read.
#[derive(Default)]
struct Group {
    id: String,
    atoms: Vec<Atom>,
    /// Codes of the pack's systems, and whether the concept is what the code means.
    codes: Vec<(System, String, bool)>,
    /// Term types, for the label.
    term_types: BTreeSet<String>,
}

impl Group {
    fn add_code(&mut self, system: System, code: String, exact: bool) {
        match self.codes.iter_mut().find(|known| known.0 == system && known.1 == code) {
            Some(known) => known.2 |= exact,
            None => self.codes.push((system, code, exact)),
        }
    }
}

/// Reads the atoms into the builder. `asked` are source codes whose concepts are to be remembered.
pub(super) fn read(
    release: &Release,
    wanted: &Wanted<'_>,
    asked: &Codes,
    builder: &mut PackBuilder,
) -> Result<Kept, VocabError> {
    let mut kept = Kept::default();
    let mut group = Group::default();
    let places = [0, 1, 2, 4, 6, 11, 12, 13, 14, 16];
    release.read(CONSO, places, builder, |row, builder| {
        let [id, lat, ts, stt, is_preferred, sab, tty, code, text, suppress] = row;
        concept_number(id)?;
        if text.is_empty() || sab.is_empty() {
            return Err("a name or a source (SAB) that is empty".to_owned());
        }
        if id != group.id {
            finish(&mut group, wanted, &mut kept, builder);
            id.clone_into(&mut group.id);
        }
        let Some(language) = position(wanted.languages, lat) else { return Ok(()) };
        if position(wanted.sources, sab).is_none()
            || position(wanted.term_types, tty).is_none()
            // The name of a set of maps names nothing of a patient's.
            || tty == "XM"
            || !(suppress == "N" || wanted.suppressed.iter().any(|kept| kept == suppress))
        {
            return Ok(());
        }
        let rank = wanted.ranks.get(&rank_key(sab, tty, suppress)).copied().unwrap_or_default();
        let rank = (std::cmp::Reverse(language), rank, [ts == "P", stt == "PF", is_preferred == "Y"]);
        let kind = umls_sources::kind(tty, suppress != "N");
        group.atoms.push(Atom { rank, text: text.to_owned(), kind });
        if !group.term_types.contains(tty) {
            group.term_types.insert(tty.to_owned());
        }
        if code != "NOCODE"
            && !code.is_empty()
            && let Some(system) = umls_sources::system(sab, wanted.systems)
        {
            group.add_code(system, umls_sources::code(sab, code), umls_sources::names_the_code(tty));
        }
        if asked.get(sab).is_some_and(|codes| codes.contains(code)) {
            kept.by_code.insert((sab.to_owned(), code.to_owned()), id.to_owned());
        }
        Ok(())
    })?;
    finish(&mut group, wanted, &mut kept, builder);
    Ok(kept)
}

/// The place of a value in a list; 0 if the list is empty, which keeps all.
fn position(list: &[String], value: &str) -> Option<usize> {
    if list.is_empty() { Some(0) } else { list.iter().position(|known| known == value) }
}

/// Adds the concept that has been read.
fn finish(group: &mut Group, wanted: &Wanted<'_>, kept: &mut Kept, builder: &mut PackBuilder) {
    let Group { id, mut atoms, mut codes, term_types } = std::mem::take(group);
    // Of equal rank the first in the alphabet, so that the order of rows does not matter.
    atoms.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| a.text.cmp(&b.text)));
    let (Some(best), Ok(number)) = (atoms.first(), concept_number(&id)) else { return };
    let first_type = term_types.first().map_or("", String::as_str);
    let Some(label) = (wanted.label)(number, first_type) else { return };
    if kept.concepts.insert(number) {
        builder.concept(&wanted.system, &id, &best.text, label);
    } else {
        builder.select(&wanted.system, &id);
        builder.term(&best.text, TermKind::Synonym);
    }
    let mut terms: BTreeMap<&str, TermKind> = BTreeMap::new();
    for Atom { text, kind, .. } in &atoms {
        if *text != best.text {
            let surest = terms.entry(text).or_insert(*kind);
            *surest = (*surest).min(*kind);
        }
    }
    for (text, kind) in terms {
        builder.term(text, kind);
    }
    codes.sort_unstable();
    for (system, code, exact) in codes {
        if (&system, &code) != (&wanted.system, &id) {
            let relation = if exact { Relation::Exact } else { Relation::Broader };
            builder.map(&system, &code, relation);
        }
    }
}
