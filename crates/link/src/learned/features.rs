//! What the ranker looks at. Everything that is counted was counted in the notes that the model was learnt from.

use clinlink_model::Via;
use clinlink_vocab::{ConceptId, Pack, TermKind, normal_form};

use super::model::LinkModel;
use super::surroundings::{Fit, Surroundings};
use crate::hits::{Hit, Hits};
use crate::likeness::trigram_dice;

/// The features' names, as they stand in a model.
pub(crate) const NAMES: [&str; 27] = [
    // How the rules reached the concept.
    "reached by a rule",
    "score of the rules",
    "below the best score of the rules",
    "by exact or normal form",
    "by the long form of an abbreviation",
    "by another spelling",
    "by a term inside the mention",
    "by a cross-reference",
    // The concept against the words.
    "likeness to its nearest term",
    "nearest term is its preferred name",
    "nearest term is an index entry or a related term",
    "of the mention's own label",
    "words that the title adds",
    // What was seen before.
    "words were seen",
    "log odds of the concept given the words",
    "log count of the words",
    "some of the words were seen",
    "log odds of the concept given some of the words",
    "words around those that were seen",
    "like words that were seen",
    "log odds of the concept given words like these",
    "log count of the concept",
    // The rest of the note.
    "named elsewhere in the note",
    "a relative named elsewhere in the note",
    "words of the sentence",
    "section",
    "other concepts of the note",
];

/// The features of one candidate, in the order of [`NAMES`].
pub(crate) type Features = [f64; NAMES.len()];

/// More terms of a concept are not compared.
const MOST_TERMS: usize = 64;

/// The features of `hit` among `hits`, whose best score by the rules in its system is `best`, in its surroundings.
pub(crate) fn features(
    pack: &Pack,
    model: &LinkModel,
    hits: &Hits,
    hit: &Hit,
    best: f32,
    around: &Surroundings<'_>,
) -> Features {
    let by = |ways: &[Via]| flag(hit.rule > 0.0 && ways.contains(&hit.rule_via));
    let (own, others) = hits.seen.of(hit.id);
    let (own, others) = (f64::from(own), f64::from(others));
    let seen = own + others > 0.0;
    let (whole, part) = (seen && hits.seen.around == 0, seen && hits.seen.around > 0);
    let odds = log_odds(own, others);
    let (alike, unlike) = hits.alike.of(hit.id);
    let is_alike = alike > 0;
    let (like, kind) = nearest(pack, hits, hit);
    let code = pack.code(hit.id);
    let Fit { words, sections, concepts } = model.fit(code, around);
    [
        flag(hit.rule > 0.0),
        f64::from(hit.rule),
        f64::from(best - hit.rule),
        by(&[Via::Exact, Via::Normal]),
        by(&[Via::Abbreviation]),
        by(&[Via::Spelling]),
        by(&[Via::Part]),
        by(&[Via::Crosswalk]),
        like,
        flag(kind == Some(TermKind::Title)),
        flag(matches!(kind, Some(TermKind::Index | TermKind::Related))),
        flag(hits.is_of_label(hit.id)),
        hits.added(hit.id) as f64,
        flag(whole),
        if whole { odds } else { 0.0 },
        if whole { (own + others).ln_1p() } else { 0.0 },
        flag(part),
        if part { odds } else { 0.0 },
        hits.seen.around as f64,
        if is_alike { f64::from(hits.alike.like) } else { 0.0 },
        if is_alike { log_odds(alike.into(), unlike.into()) } else { 0.0 },
        f64::from(model.notes_with(code)).ln_1p(),
        flag(around.concepts.contains(code)),
        flag(has_relative(pack, hit.id, around)),
        words,
        sections,
        concepts,
    ]
}

/// The log odds of a concept that words were linked to in `own` notes, and in `others` to others.
fn log_odds(own: f64, others: f64) -> f64 {
    ((own + 0.1) / (others + 0.1)).ln()
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

/// The concept's term that is most like the mention, by the share of character trigrams (Dice), and its kind.
fn nearest(pack: &Pack, hits: &Hits, hit: &Hit) -> (f64, Option<TermKind>) {
    let mut best = (0.0, None);
    for (term, kind) in pack.terms_of(hit.id).take(MOST_TERMS) {
        let like = f64::from(trigram_dice(&hits.form, &normal_form(term)));
        if like > best.0 {
            best = (like, Some(kind));
        }
    }
    best
}

/// Whether the note names a parent, a child or a sibling of the concept.
fn has_relative(pack: &Pack, id: ConceptId, around: &Surroundings<'_>) -> bool {
    let system = pack.system_of(id);
    let is_relative = |other: ConceptId| {
        let is_sibling = || pack.parents(id).any(|parent| pack.parents(other).any(|beside| beside == parent));
        other != id
            && (pack.parents(id).any(|parent| parent == other)
                || pack.parents(other).any(|parent| parent == id)
                || is_sibling())
    };
    around.concepts.iter().filter_map(|code| pack.find(system, code)).any(is_relative)
}
