//! Why a mention is linked as it is: every candidate with what made its score, and why it won or lost.

use clinlink_model::{Candidate, Expansion, Layout, Mention, Note};
use clinlink_vocab::TermKind;
use serde::Serialize;

use crate::hits::{Hit, Hits, candidate};
use crate::learned::{Surroundings, features};
use crate::linker::{PackLinker, best_rule};
use crate::score;

/// How a mention was linked.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The words with abbreviations written out, if there are any in them.
    pub long: Option<String>,
    /// The candidates of all systems, those of a system together, best first.
    pub candidates: Vec<Explained>,
}

/// A candidate and what made its score.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// The code system.
    pub system: String,
    /// The code.
    pub code: String,
    /// The concept's preferred name.
    pub title: String,
    /// How well it fits, 0 to 1.
    pub score: f32,
    /// How it was found.
    pub via: &'static str,
    /// The title of the concept whose cross-reference leads here, if one does.
    pub from: Option<String>,
    /// Whether it is among the links.
    pub kept: bool,
    /// Why it won or lost.
    pub verdict: String,
    /// What made the score: of the rules factors and what is taken off; of a model what each sign adds to the log odds.
    pub signs: Vec<Sign>,
}

/// Something that speaks for or against a candidate.
#[derive(Debug, Clone, Serialize)]
pub struct Sign {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// What it does to the score.
    pub effect: f64,
    /// In which way.
    pub by: Effect,
}

/// How a sign has its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The score of the rules is multiplied with it.
    Factor,
    /// It is added to the score of the rules, after all factors.
    Addition,
    /// It is added to the log odds of a model, of which the score is the probability.
    LogOdds,
}

impl Effect {
    /// Its name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Factor => "factor",
            Self::Addition => "addition",
            Self::LogOdds => "log_odds",
        }
    }
}

impl PackLinker {
    /// Why `mentions[at]` is linked as it is.
    pub fn explain(
        &self,
        (note, layout): (&Note, &Layout),
        mentions: &[Mention],
        expansions: &[Expansion],
        at: usize,
    ) -> Explanation {
        let found = self.find_all((note, layout), mentions, expansions);
        let (hits, around) = (found.of(at), found.around(at));
        let kept = self.best(hits, around);
        let by = (&*self.with.pack, &*self.with.lexicon);
        let long = crate::query::long(note, &mentions[at], expansions, by).map(|long| long.text);
        let mut candidates = Vec::new();
        for system in &self.with.config.systems {
            let ranked = self.ranked(hits, system, around);
            let least = self.least(system);
            for (place, hit) in ranked.iter().enumerate() {
                let is_kept = kept.iter().any(|kept| kept.id == hit.id);
                let verdict = verdict(place, hit, &ranked[0], least, is_kept);
                candidates.push(self.explained(hit, hits, &ranked, (is_kept, verdict), around));
            }
        }
        Explanation { long, candidates }
    }

    fn explained(
        &self,
        hit: &Hit,
        hits: &Hits,
        ranked: &[Hit],
        (kept, verdict): (bool, String),
        around: &Surroundings<'_>,
    ) -> Explained {
        let pack = &self.with.pack;
        let Candidate { system, code, title, score, via, .. } = candidate(pack, *hit);
        let signs = match self.weights_for(&system) {
            Some((model, weights)) => {
                let values = features(pack, model, hits, hit, best_rule(ranked), around);
                let parts = weights.parts(&values).zip(&values);
                let sign = |((name, effect), &value): ((&str, f64), &f64)| Sign {
                    name: name.to_owned(),
                    value,
                    effect,
                    by: Effect::LogOdds,
                };
                parts.map(sign).filter(|sign| sign.value != 0.0).collect()
            }
            None => rule_signs(hit),
        };
        let from = hit.from.map(|from| pack.title(from).to_owned());
        Explained { system: system.into(), code, title, score, via: via.name(), from, kept, verdict, signs }
    }
}

/// What makes the score of the rules.
fn rule_signs(hit: &Hit) -> Vec<Sign> {
    let mut signs = Vec::new();
    let before = hit.rule + hit.penalty();
    let kind = hit.kind.map(|kind| (kind, f64::from(score::kind(kind))));
    let way = f64::from(before) / kind.map_or(1.0, |(_, factor)| factor);
    signs.push(Sign {
        name: format!("way: {}", hit.rule_via.name()),
        value: 1.0,
        effect: way,
        by: Effect::Factor,
    });
    if let Some((kind, factor)) = kind {
        let name = format!("term: {}", kind_name(kind));
        signs.push(Sign { name, value: 1.0, effect: factor, by: Effect::Factor });
    }
    if hit.penalty() > 0.0 {
        let effect = -f64::from(hit.penalty());
        let (name, value) = ("words that the title adds".to_owned(), hit.added as f64);
        signs.push(Sign { name, value, effect, by: Effect::Addition });
    }
    signs
}

const fn kind_name(kind: TermKind) -> &'static str {
    match kind {
        TermKind::Title => "preferred name",
        TermKind::Synonym => "synonym",
        TermKind::Index => "index entry",
        TermKind::Related => "related term",
    }
}

fn verdict(place: usize, hit: &Hit, first: &Hit, least: f32, kept: bool) -> String {
    if hit.score < least {
        return format!("below {least:.2}");
    }
    if place == 0 {
        return "first of its system".to_owned();
    }
    let behind = first.score - hit.score;
    let why = match () {
        () if behind > 0.000_5 => format!("{behind:.2} behind the first"),
        () if hit.added > first.added => "as good as the first, but its title says more".to_owned(),
        () => "as good as the first, so the words leave open which is meant; more specific or later by code"
            .to_owned(),
    };
    if kept { why } else { format!("{why}; beyond the number of candidates asked for") }
}
