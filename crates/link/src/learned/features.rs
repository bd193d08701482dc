//! What the ranker looks at. Everything that is counted was counted in the notes that the model was learnt from.

use clinlink_model::Via;
use clinlink_vocab::{Pack, normal_form};

use super::model::LinkModel;
use crate::hits::{Hit, Hits};
use crate::likeness::trigram_dice;

/// The features' names, as they stand in a model.
pub(crate) const NAMES: [&str; 17] = [
    // How the rules reached the concept.
    "reached by a rule",
    "score of the rules",
    "below the best score of the rules",
    "by exact or normal form",
    "by the long form of an abbreviation",
    "by another spelling",
    "by a term inside the mention",
    "by a cross-reference",
    "likeness to its nearest term",
    // What was seen before.
    "words were seen",
    "log odds of the concept given the words",
    "log count of the words",
    "some of the words were seen",
    "log odds of the concept given some of the words",
    "words around those that were seen",
    "log count of the concept",
    // The rest of the note.
    "named elsewhere in the note",
];

/// The features of one candidate, in the order of [`NAMES`].
pub(crate) type Features = [f64; NAMES.len()];

/// More terms of a concept are not compared.
const MOST_TERMS: usize = 64;

/// The features of `hit` among `hits`, whose best score by the rules in its system is `best`.
pub(crate) fn features(
    pack: &Pack,
    model: &LinkModel,
    hits: &Hits<'_>,
    hit: &Hit,
    best: f32,
    elsewhere: bool,
) -> Features {
    let by = |ways: &[Via]| flag(hit.rule > 0.0 && ways.contains(&hit.rule_via));
    let (own, others) = hits.seen.of(hit.id);
    let (own, others) = (f64::from(own), f64::from(others));
    let seen = own + others > 0.0;
    let (whole, part) = (seen && hits.seen.around == 0, seen && hits.seen.around > 0);
    let odds = ((own + 0.1) / (others + 0.1)).ln();
    [
        flag(hit.rule > 0.0),
        f64::from(hit.rule),
        f64::from(best - hit.rule),
        by(&[Via::Exact, Via::Normal]),
        by(&[Via::Abbreviation]),
        by(&[Via::Spelling]),
        by(&[Via::Part]),
        by(&[Via::Crosswalk]),
        nearest(pack, hits, hit),
        flag(whole),
        if whole { odds } else { 0.0 },
        if whole { (own + others).ln_1p() } else { 0.0 },
        flag(part),
        if part { odds } else { 0.0 },
        hits.seen.around as f64,
        f64::from(model.notes_with(pack.concept(hit.id).code)).ln_1p(),
        flag(elsewhere),
    ]
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

/// The share of character trigrams (Dice) of the mention and the concept's nearest term.
fn nearest(pack: &Pack, hits: &Hits<'_>, hit: &Hit) -> f64 {
    let like = |term: &str| f64::from(trigram_dice(&hits.form, &normal_form(term)));
    pack.terms_of(hit.id).take(MOST_TERMS).map(|(term, _)| like(term)).fold(0.0, f64::max)
}
