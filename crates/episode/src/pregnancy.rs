//! Diseases of a patient who is pregnant (Official Guidelines I.C.15).
//!
//! `Asthma` in a pregnancy of 32 weeks is O99.513 with J45.909, `chronic hypertension` O10.013 in place of I10: that a disease
//! complicates the pregnancy is presumed of the diseases that matter for it, and left to a person of others. `Gestational diabetes, on insulin` is O24.414. The notes must say that she is
//! pregnant, by a code for it; the trimester is that of the words ([`crate::trimester`]). What has which code stands in
//! `vocab/rules/pregnancy.toml`.

use std::collections::BTreeMap;

use clinlink_model::{AnnotatedNote, Span, Status};
use clinlink_vocab::{ConceptId, Pack};
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Considered, Rulebook};
use crate::rules;
use crate::said::Said;
use crate::tables::any_prefix;
use crate::trimester::Trimester;
use crate::words::{affirm, words_around, words_of};

/// The table `pregnancy.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pregnancies {
    pregnant: Vec<String>,
    over: Vec<String>,
    treatments: Vec<String>,
    existing: Vec<String>,
    disease: Vec<Disease>,
    control: Vec<Control>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Disease {
    of: Vec<String>,
    group: String,
    #[serde(default)]
    replaces: bool,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    existing: Option<bool>,
    #[serde(default)]
    confirm: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Control {
    character: char,
    words: Vec<String>,
}

/// What the codes for gestational diabetes begin with, and end with where nobody tells how it is controlled.
const GESTATIONAL: &str = "O24.4";
const UNCONTROLLED: char = '9';
/// The end of the title of a code where nobody tells the trimester.
const NO_TRIMESTER: &str = "unspecified trimester";

/// Adds to the claims of an episode those of the diseases that complicate a pregnancy.
pub(crate) fn relate(claims: &mut BTreeMap<ConceptId, Vec<Claim>>, with: &Rulebook<'_>) {
    let table = &with.tables.pregnancies;
    let accepted = |claim: &&Claim| claim.ground.status() == Status::Accepted;
    let held: Vec<(&str, ConceptId)> = claims
        .iter()
        .filter(|(_, claims)| claims.iter().any(|claim| accepted(&claim)))
        .map(|(id, _)| (with.pack.code(*id), *id))
        .collect();
    let has = |prefixes: &[String]| held.iter().any(|(code, _)| any_prefix(prefixes, code));
    if !has(&table.pregnant) || has(&table.over) {
        return;
    }
    let mut told = Vec::new();
    for disease in &table.disease {
        if has(&disease.unless) || !(disease.beside.is_empty() || has(&disease.beside)) {
            continue;
        }
        let Some(group) = with.pack.find(&with.config.system, &disease.group) else { continue };
        for (_, id) in held.iter().filter(|(code, _)| any_prefix(&disease.of, code)) {
            let fits = |claim: &&Claim| {
                accepted(claim) && disease.existing.is_none_or(|wanted| wanted == is_older(claim, with))
            };
            let rule = if disease.confirm { rules::PREGNANCY_TO_CONFIRM } else { rules::PREGNANCY };
            told.extend(
                claims[id].iter().filter(fits).filter_map(|claim| of_disease(claim, group, rule, with)),
            );
        }
    }
    for claim in told {
        claims.entry(claim.said.id).or_default().push(claim);
    }
}

/// Whether words say that a disease was there before the pregnancy.
fn is_older(disease: &Claim, with: &Rulebook<'_>) -> bool {
    let (note, span) = (&with.episode.notes[disease.evidence.note], disease.said.span);
    let sentence = note.layout.sentence_of(span).map_or(span, |sentence| sentence.span.cover(span));
    let words = words_of(&note.note[sentence], 0);
    disease.ground == Ground::Chronic || affirm(&words, &with.tables.pregnancies.existing)
}

/// The claim about the code of chapter 15 for a disease.
fn of_disease(disease: &Claim, group: ConceptId, rule: &'static str, with: &Rulebook<'_>) -> Option<Claim> {
    let span = disease.said.span;
    let trimester = Trimester::of(disease.evidence.note, span, with);
    let words = trimester.map_or(NO_TRIMESTER, Trimester::words);
    let id = with.pack.children(group).find(|child| with.pack.title(*child).ends_with(words))?;
    Some(Claim { said: Said::new(id, Some(rule), span, None), ..disease.clone() })
}

/// Takes out the diseases that codes of chapter 15 replace, and the treatments that the codes of gestational diabetes tell.
pub(crate) fn replace(pack: &Pack, table: &Pregnancies, codes: &mut [Considered]) {
    let by_rule = |code: &&Considered| {
        let mut details = code.claims.iter().filter_map(|claim| claim.said.detail);
        code.status == Status::Accepted && details.any(|detail| detail == rules::PREGNANCY)
    };
    let accepted = codes.iter().filter(|code| code.status == Status::Accepted);
    let mut accepted = accepted.map(|code| pack.code(code.id));
    let gestational = accepted.find(|code| code.starts_with(GESTATIONAL));
    let given: Vec<&str> = codes.iter().filter(by_rule).map(|code| pack.code(code.id)).collect();
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        let disease = pack.code(code.id);
        let mut known = table.disease.iter().filter(|known| known.replaces && any_prefix(&known.of, disease));
        let by = known.find_map(|known| given.iter().find(|given| given.starts_with(&known.group)));
        if let Some(by) = by {
            code.lower(Status::Rejected, rules::PREGNANCY, format!("reported as {by}"));
        }
        if let Some(by) = gestational.filter(|_| any_prefix(&table.treatments, disease)) {
            code.lower(Status::Rejected, rules::GESTATIONAL_DIABETES, format!("{by} tells the treatment"));
        }
    }
}

/// The code for gestational diabetes as the words at `span` say that it is treated.
pub(crate) fn controlled(
    id: ConceptId,
    note: &AnnotatedNote,
    span: Span,
    with: &Rulebook<'_>,
) -> Option<ConceptId> {
    let concept = with.pack.concept(id);
    let stem = concept.code.strip_suffix(UNCONTROLLED).filter(|stem| stem.starts_with(GESTATIONAL))?;
    let words = words_around(note, span);
    let mut controls = with.tables.pregnancies.control.iter();
    let told = controls.find(|control| affirm(&words, &control.words))?;
    with.pack.find(concept.system, &format!("{stem}{}", told.character))
}
