//! What the ranker looks at.
//!
//! Everything that is counted was counted in the episodes that the model was learnt from, never in the one that is
//! coded.

use std::collections::{BTreeMap, BTreeSet};

use clinlink_model::{Certainty, System, Temporality, Via};

use clinlink_vocab::deciding_words;

use super::model::{CoderModel, term_of};
use super::seen::Seen;
use crate::assess::Ground;
use crate::claim::{Claim, Considered};

/// How many features there are.
pub(super) const COUNT: usize = NAMES.len();

/// The features of one code of one episode, in the order of [`NAMES`].
pub(crate) type Features = [f64; COUNT];

/// The features' names, as they stand in a model.
pub(super) const NAMES: [&str; 47] = [
    // Words that have been seen.
    "words have been seen",
    "words have been evidence",
    "log odds of the code given the words",
    "log odds of being evidence given the words",
    "log count of the words",
    "log count of claims",
    "within longer words that were evidence",
    "log odds of another code given the words",
    "log odds that one of the different words meant it",
    "log count of different words",
    "log count of evidence",
    "log length of the longest words",
    // The words and the title.
    "share of the title in the words",
    "share of the words in the title",
    "likeness of words and title",
    // Links to the vocabulary.
    "linked",
    "link score",
    "link exact",
    "link normal",
    "link abbreviation",
    "link search",
    "link crosswalk",
    "log count of links",
    // How it is meant.
    "only a status or history",
    "only chronic",
    "only under past history",
    "only by uncertain statements",
    "only as historical",
    "also negated",
    "log count of negations",
    "log count of affirmations",
    "stated as certain and recent",
    "only historical",
    "only uncertain",
    "strength by the rules",
    "place of first evidence",
    // The code itself.
    "log count of the code",
    "log count of the category",
    "code never given",
    "symptom",
    "status or history",
    // The episode as a whole.
    "classifier knows the code",
    "log odds by the episode as a whole",
    "log odds of the likeliest other code",
    "log odds of the code given the words as they are meant",
    "what probable other codes say for it",
    "what probable other codes say against it",
];

/// What is known of an episode besides a code's claims.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// The log odds of the code by all that is said, if it was given often enough to be learnt.
    pub(super) as_a_whole: Option<f64>,
    /// The same of the likeliest other code.
    pub(super) other: f64,
    /// What codes that are probable beside it say for it and against it.
    pub(super) company: (f64, f64),
    /// Where the code's first evidence stands in the episode's text, 0 to 1.
    pub(super) place: f64,
}

/// The features of a code with its title. `said` are the words of each of its claims.
pub(super) fn features(
    model: &CoderModel,
    (code, title): (&str, &str),
    considered: &Considered,
    said: &[&str],
    around: Around,
) -> Features {
    let claims: Vec<&Claim> = considered.supporting().collect();
    let mut all = Vec::with_capacity(COUNT);
    all.extend(of_words(&claims));
    all.extend(of_forms(considered, said));
    all.extend(of_title(title, said));
    all.extend(of_links(&claims));
    all.extend(of_grounds(considered));
    all.extend(of_meaning(considered, &claims, around.place));
    all.extend(of_code(model, code));
    all.extend([flag(around.as_a_whole.is_some()), around.as_a_whole.unwrap_or(0.0), around.other]);
    all.push(as_meant(model, code, considered, said));
    all.extend([around.company.0, around.company.1]);
    std::array::from_fn(|at| all.get(at).copied().unwrap_or(0.0))
}

fn of_words(claims: &[&Claim]) -> [f64; 8] {
    let known = claims.iter().filter(|claim| claim.said.seen.episodes > 0);
    let Some(best) = known.max_by(|a, b| a.said.seen.rate().total_cmp(&b.said.seen.rate())) else {
        let mut none = [0.0; 8];
        none[5] = (claims.len() as f64).ln_1p();
        return none;
    };
    let Seen { episodes, evidence, .. } = best.said.seen;
    let most = claims.iter().map(|claim| claim.said.seen.evidence_rate()).fold(0.0, f64::max);
    [
        1.0,
        flag(claims.iter().any(|claim| claim.said.seen.evidence > 0)),
        log_odds(best.said.seen.rate()),
        log_odds(most),
        f64::from(episodes).ln_1p(),
        (claims.len() as f64).ln_1p(),
        flag(best.said.nested) * flag(evidence > 0),
        log_odds(claims.iter().map(|claim| claim.said.rival).fold(0.1, f64::max)),
    ]
}

/// The best log odds of the code given words, as they are meant; 0 for words that have not been seen.
fn as_meant(model: &CoderModel, code: &str, considered: &Considered, said: &[&str]) -> f64 {
    let claims = considered.claims.iter().zip(said);
    let rates = claims.filter_map(|(claim, words)| model.rate_as_meant(&term_of(words)?, code, claim.ground));
    rates.map(log_odds).max_by(f64::total_cmp).unwrap_or(0.0)
}

/// What is known of the different words that claim the code: each may have meant it.
fn of_forms(considered: &Considered, said: &[&str]) -> [f64; 4] {
    let mut forms: BTreeMap<String, Seen> = BTreeMap::new();
    for (claim, words) in considered.claims.iter().zip(said) {
        forms.insert(words.to_lowercase(), claim.said.seen);
    }
    let rates: Vec<f64> = forms.values().filter(|seen| seen.episodes > 0).map(|seen| seen.rate()).collect();
    let none = if rates.is_empty() {
        1.0 - Seen::default().rate()
    } else {
        rates.iter().map(|rate| 1.0 - rate).product()
    };
    let evidence: u32 = considered.claims.iter().map(|claim| claim.said.seen.evidence).sum();
    let longest = said.iter().map(|words| words.split_whitespace().count()).max().unwrap_or(0);
    [
        -log_odds(none.clamp(1e-6, 1.0 - 1e-6)),
        (forms.len() as f64).ln_1p(),
        f64::from(evidence).ln_1p(),
        (longest as f64).ln_1p(),
    ]
}

/// How much of a title is said, how much of what is said is in it, and both together.
fn of_title(title: &str, said: &[&str]) -> [f64; 3] {
    let title: BTreeSet<String> = deciding_words(title).into_iter().collect();
    let said: BTreeSet<String> = said.iter().flat_map(|words| deciding_words(words)).collect();
    let both = title.intersection(&said).count() as f64;
    let share = |of: usize| both / of.max(1) as f64;
    [share(title.len()), share(said.len()), share(title.union(&said).count())]
}

fn of_links(claims: &[&Claim]) -> [f64; 8] {
    let links: Vec<_> = claims.iter().filter_map(|claim| claim.said.link).collect();
    let Some(&(score, via)) = links.iter().max_by(|a, b| a.0.total_cmp(&b.0)) else { return [0.0; 8] };
    let by = |way: Via| flag(via == way);
    [
        1.0,
        f64::from(score),
        by(Via::Exact),
        by(Via::Normal),
        by(Via::Abbreviation),
        by(Via::Search),
        by(Via::Crosswalk),
        (links.len() as f64).ln_1p(),
    ]
}

fn of_grounds(considered: &Considered) -> [f64; 8] {
    let best = considered.ground();
    let status = best.is_some_and(|best| (Ground::StatesThePast..=Ground::FamilyHistoryCode).contains(&best));
    let count = |ground| considered.claims.iter().filter(|claim| claim.ground == ground).count() as f64;
    [
        flag(status),
        flag(best == Some(Ground::Chronic)),
        flag(best == Some(Ground::HistorySection)),
        flag(best == Some(Ground::Uncertain)),
        flag(best == Some(Ground::Historical)),
        flag(count(Ground::Negated) > 0.0),
        count(Ground::Negated).ln_1p(),
        count(Ground::Affirmed).ln_1p(),
    ]
}

fn of_meaning(considered: &Considered, claims: &[&Claim], place: f64) -> [f64; 5] {
    let assertions = || claims.iter().filter_map(|claim| claim.evidence.assertion.as_ref());
    let recent = |time| time == Temporality::Recent;
    let plain = assertions().any(|said| said.certainty == Certainty::Certain && recent(said.temporality));
    [
        flag(plain),
        flag(assertions().all(|said| !recent(said.temporality))),
        flag(assertions().all(|said| said.certainty != Certainty::Certain)),
        f64::from(considered.strength()),
        place,
    ]
}

fn of_code(model: &CoderModel, code: &str) -> [f64; 5] {
    let given = f64::from(model.times_given(code));
    [
        given.ln_1p(),
        f64::from(model.times_category_given(code)).ln_1p(),
        flag(given < 0.5),
        flag(is_symptom(&model.system, code)),
        flag(code.starts_with(if model.system == System::ICD9CM { 'V' } else { 'Z' })),
    ]
}

/// Whether it is a code of the chapter of symptoms.
fn is_symptom(system: &System, code: &str) -> bool {
    if *system == System::ICD9CM {
        return code.starts_with("78") || code.starts_with("79");
    }
    *system == System::ICD10CM && code.starts_with('R')
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn log_odds(rate: f64) -> f64 {
    (rate / (1.0 - rate)).ln()
}
