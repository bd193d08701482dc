//! Which codes the words of one mention stand for: that of the linker, and those that such words were evidence of in
//! the episodes that a model was learnt from.

use std::collections::BTreeSet;

use clinlink_model::{AnnotatedMention, AnnotatedNote, Candidate, Span, System, Via};
use clinlink_vocab::ConceptId;

use crate::claim::Rulebook;
use crate::detail::{Resolution, Told, doubt, is_encounter};
use crate::dominance;
use crate::drugs::{Circumstance, is_of_substance, with_intent};
use crate::encounter::Encounter;
use crate::family::Family;
use crate::learned::Seen;
use crate::neoplasm;
use crate::pregnancy;
use crate::procedure::{self, Open};
use crate::rules;
use crate::side::Side;
use crate::told_detail;
use crate::trimester::Trimester;

/// What codes of chapter 15 begin with; only they have a trimester.
const CHILDBIRTH: char = 'O';
/// How the title of a drug's category begins, which says nothing of what the drug did.
const OF_DRUG: &str = "Poisoning by, adverse effect of and underdosing of";

/// A code that words stand for.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) id: ConceptId,
    /// How the concept was brought down to a code that may be reported, if it was.
    pub(crate) detail: Option<&'static str>,
    /// The words: those of the mention, or some of them.
    pub(crate) span: Span,
    /// The score of the link, 0 to 1, and how it was found; `None` for a code that was learnt.
    pub(crate) link: Option<(f32, Via)>,
    /// What the model has seen of the words and the code.
    pub(crate) seen: Seen,
    /// How often another code comes with the same words, 0 to 1.
    pub(crate) rival: f64,
    /// Whether the words are only some of the mention's.
    pub(crate) nested: bool,
    /// Which characters of a procedure's code the words leave open.
    pub(crate) open: Open,
}

impl Said {
    /// A code that no model was asked about: `detail` and `link` are as in the fields.
    pub(crate) fn new(
        id: ConceptId,
        detail: Option<&'static str>,
        span: Span,
        link: Option<(f32, Via)>,
    ) -> Self {
        Self {
            id,
            detail,
            span,
            link,
            seen: Seen::default(),
            rival: 0.0,
            nested: false,
            open: Open::default(),
        }
    }
}

/// The codes for a mention, each once.
///
/// # Errors
/// The link, if it leads to a code that the pack does not hold.
pub(crate) fn said(
    number: usize,
    note: &AnnotatedNote,
    mention: &AnnotatedMention,
    with: &Rulebook<'_>,
) -> Result<Vec<Said>, Candidate> {
    let span = mention.mention.span;
    let mut all = Vec::new();
    for (link, id) in best_links(mention, with) {
        let id = id.ok_or_else(|| link.clone())?;
        let Resolution { id, rule } = resolved(id, span, number, with);
        let rule = neoplasm::of_mass(note, span, id, with).or(rule);
        let linked = linked(note, Said::new(id, rule, span, Some((link.score, link.via))), with);
        if all.iter().all(|said: &Said| said.id != linked.id) {
            all.push(linked);
        }
    }
    if let Some(lessons) = with.lessons {
        let words = &note.note[span];
        for (part, form) in lessons.terms_in(words) {
            let span = note.note.span_of(&words[part]);
            for code in lessons.proposed(&form) {
                let Some(id) = with.pack.find(&with.config.system, code) else { continue };
                if all.iter().all(|said| said.id != id) {
                    let detail = (!with.pack.is_billable(id)).then_some(rules::NOT_BILLABLE);
                    all.push(Said::new(id, detail, span, None));
                }
            }
        }
        for said in &mut all {
            said.seen = lessons.seen(&note.note[said.span], with.pack.code(said.id));
            said.nested = said.span != span;
        }
        rivals(&mut all);
    }
    if with.config.categories {
        for said in &mut all {
            said.detail = said.detail.filter(|&rule| rule != rules::NOT_BILLABLE);
        }
    }
    Ok(all)
}

/// Whether a code is of an eye: of chapter 7, of a diabetes, or of an injury of the eye or its lid.
fn is_of_eye(code: &str) -> bool {
    let diabetic = code.starts_with("E0") || code.starts_with("E1");
    let injured = ["S00.1", "S00.2", "S01.1", "S05"].iter().any(|eye| code.starts_with(eye));
    injured || code < "H60" && code.starts_with('H') || diabetic && code.get(3..5) == Some(".3")
}

/// A linked code as the words complete it, if it is a procedure's.
fn linked(note: &AnnotatedNote, mut said: Said, with: &Rulebook<'_>) -> Said {
    if with.config.system == System::ICD10PCS {
        let place = (&note.note, &note.layout, said.span);
        let (code, open) = procedure::completed(with.pack, said.id, place, &with.tables.procedures);
        if code != said.id {
            (said.id, said.detail) = (code, Some(rules::PROCEDURE_DETAIL));
        }
        said.open = open;
    }
    said
}

/// The code that may be reported for a concept, by what is told around its words.
fn resolved(id: ConceptId, span: Span, number: usize, with: &Rulebook<'_>) -> Resolution {
    let (pack, note) = (with.pack, &with.episode.notes[number]);
    let side_of = if is_of_eye(pack.code(id)) { Side::of_eye } else { Side::of };
    let mut told = Told { side: side_of(&note.note, &note.layout, span), ..Told::default() };
    if pack.code(id).starts_with(CHILDBIRTH) {
        told.trimester = Trimester::of(number, span, with);
    }
    let drugs = with.config.rules.contains(&Family::Drugs) && is_of_substance(pack.code(id));
    let mut id = id;
    if drugs {
        let intent = with.tables.drugs.intent_at(note, span);
        id = with.tables.drugs.as_taken(pack, id, note, span);
        (id, told.intent) = (with_intent(pack, id, intent), Some(intent));
    }
    let found = with.resolved.get(pack, id, told);
    if let Some(id) = dominance::of_side(found.id, note, span, with) {
        return Resolution { id, rule: Some(rules::DOMINANT_SIDE) };
    }
    if let Some(id) = pregnancy::controlled(found.id, note, span, with) {
        return Resolution { id, rule: Some(rules::GESTATIONAL_DIABETES) };
    }
    let is_open = is_encounter(pack.code(found.id)) && !pack.is_billable(id);
    let found = if is_open { encountered(id, told, (note, span), drugs, with) } else { found };
    match told_detail::completed(found.id, note, span, with) {
        // The detail settles what was open, but not whether it is the first encounter.
        Some(id)
            if doubt(found.rule) < doubt(Some(rules::ENCOUNTER))
                || found.rule == Some(rules::NOT_BILLABLE) =>
        {
            Resolution { id, rule: Some(rules::TOLD_DETAIL) }
        }
        Some(id) => Resolution { id, ..found },
        None => found,
    }
}

/// The code of an injury for the encounter that the words tell.
fn encountered(
    id: ConceptId,
    mut told: Told,
    (note, span): (&AnnotatedNote, Span),
    drugs: bool,
    with: &Rulebook<'_>,
) -> Resolution {
    let pack = with.pack;
    told.encounter = Encounter::of(&note.note, &note.layout, span, &with.tables.encounters);
    let found = with.resolved.get(pack, id, told);
    // What a drug did is told of now: the encounter is for its treatment.
    let circumstance = Circumstance::of_code(pack.code(found.id))
        .filter(|_| found.rule == Some(rules::SEVENTH_CHARACTER) && drugs);
    // Of a `wound` or an `injury` nobody says where it is, nothing is assumed.
    let names_place = with.tables.encounters.is_placed(pack.code(found.id));
    let rule = match circumstance {
        Some(circumstance) => Some(circumstance.rule()),
        None if found.rule == Some(rules::SEVENTH_CHARACTER) && with.treated && names_place => {
            Some(rules::ACTIVE_TREATMENT)
        }
        None => found.rule,
    };
    Resolution { rule, ..found }
}

/// Sets how often the same words come with another of the codes.
fn rivals(all: &mut [Said]) {
    let rates: Vec<(ConceptId, Span, f64)> = all
        .iter()
        .filter(|said| said.seen.given > 0)
        .map(|said| (said.id, said.span, said.seen.rate()))
        .collect();
    for said in all {
        let others = rates.iter().filter(|(id, span, _)| *id != said.id && *span == said.span);
        said.rival = others.map(|(.., rate)| *rate).fold(0.0, f64::max);
    }
}

/// For each thing that a mention names, the best candidate in the target system, if it is good enough, and its concept, if
/// the pack holds it.
fn best_links<'m>(
    mention: &'m AnnotatedMention,
    with: &Rulebook<'_>,
) -> Vec<(&'m Candidate, Option<ConceptId>)> {
    let good = |link: &&Candidate| link.system == with.config.system && link.score >= with.config.threshold;
    let links: Vec<&Candidate> = mention.links.iter().filter(good).collect();
    let things: BTreeSet<u8> = links.iter().map(|link| link.conjunct).collect();
    let best = |thing| best_link(links.iter().copied().filter(move |link| link.conjunct == thing), with);
    things.into_iter().filter_map(best).collect()
}

/// The best of `links`. A category that cannot be brought down gives way to the best candidate below it: `ascites` is R18,
/// which is no code, and R18.8.
fn best_link<'m>(
    mut links: impl Iterator<Item = &'m Candidate>,
    with: &Rulebook<'_>,
) -> Option<(&'m Candidate, Option<ConceptId>)> {
    let best = links.next()?;
    let Some(id) = with.pack.find(&best.system, &best.code) else { return Some((best, None)) };
    if with.pack.title(id).starts_with(OF_DRUG) {
        return None;
    }
    if with.resolved.get(with.pack, id, Told::default()).rule != Some(rules::NOT_BILLABLE) {
        return Some((best, Some(id)));
    }
    let found = |link: &'m Candidate| Some((link, with.pack.find(&link.system, &link.code)?));
    let is_below = |below: ConceptId| with.pack.ancestors(below).any(|above| above == id);
    let below = links.filter_map(found).find(|&(_, below)| is_below(below));
    Some(below.map_or((best, Some(id)), |(link, below)| (link, Some(below))))
}
