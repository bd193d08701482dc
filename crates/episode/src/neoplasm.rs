//! What words say of a neoplasm besides its site (Official Guidelines I.C.2).
//!
//! `Brain mass` is no neoplasm. `History of breast cancer, on chemotherapy` is no history yet. The words stand in
//! `vocab/rules/neoplasms.toml`; which code a behaviour and a site have, the table of neoplasms in the pack says.

use clinlink_model::{AnnotatedNote, Span};
use clinlink_vocab::ConceptId;
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Rulebook};
use crate::family::Family;
use crate::rules;
use crate::tables::any_prefix;
use crate::words::{has, words_of};

/// The table `neoplasms.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Neoplasms {
    mass: Vec<String>,
    neoplasm: Vec<String>,
    codes: Vec<String>,
    pub(crate) primary: Vec<String>,
    pub(crate) spread: Vec<String>,
    pub(crate) spread_to: Vec<String>,
    pub(crate) before_site: Vec<String>,
    pub(crate) secondary: String,
    pub(crate) secondaries: Vec<String>,
    history: Vec<String>,
    treated: Vec<String>,
}

/// The rule that leaves a neoplasm to a person of which the words say only that there is a mass.
pub(crate) fn of_mass(
    note: &AnnotatedNote,
    span: Span,
    id: ConceptId,
    with: &Rulebook<'_>,
) -> Option<&'static str> {
    let table = &with.tables.neoplasms;
    if !is_on(with) || !any_prefix(&table.codes, with.pack.code(id)) {
        return None;
    }
    let words = words_of(&note.note[span], 0);
    (has(&words, &table.mass) && !has(&words, &table.neoplasm)).then_some(rules::MASS)
}

/// The ground of a malignancy of the past of which the sentence says that it is still treated.
pub(crate) fn still_treated(claim: &Claim, note: &AnnotatedNote, with: &Rulebook<'_>) -> Option<Ground> {
    let table = &with.tables.neoplasms;
    let code = with.pack.code(claim.said.id);
    let past = match claim.ground {
        Ground::Historical | Ground::HistorySection => any_prefix(&table.primary, code),
        Ground::Affirmed | Ground::StatesThePast => any_prefix(&table.history, code),
        _ => false,
    };
    if !past || !is_on(with) {
        return None;
    }
    let span = claim.said.span;
    let sentence = note.layout.sentence_of(span).map_or(span, |sentence| sentence.span);
    has(&words_of(&note.note[sentence], 0), &table.treated).then_some(Ground::UnderTreatment)
}

fn is_on(with: &Rulebook<'_>) -> bool {
    with.config.rules.contains(&Family::Neoplasms)
}
