use std::collections::BTreeMap;

use clinlink_model::{AnnotatedMention, AnnotatedNote, Candidate, Episode, Evidence, Place, Span, Status};
use clinlink_vocab::{ConceptId, Pack};

use crate::assess::{Ground, Setting};
use crate::config::CoderConfig;
use crate::copies::Copies;
use crate::detail;
use crate::learned::Lessons;
use crate::said::{Said, said};
use crate::strength;
use crate::tables::Tables;

/// What one mention says: that a code holds, does not hold, may hold.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// Which code it speaks of, and how that is known.
    pub(crate) said: Said,
    pub(crate) ground: Ground,
    /// Weight as evidence, 0 to 1.
    pub(crate) strength: f32,
    pub(crate) evidence: Evidence,
}

impl Claim {
    /// Whether the same was said in an earlier note, or earlier in this one.
    pub(crate) const fn is_copy(&self) -> bool {
        self.evidence.repeats.is_some()
    }
}

/// A code with all that the episode says about it.
#[derive(Debug, Clone)]
pub(crate) struct Considered {
    pub(crate) id: ConceptId,
    pub(crate) claims: Vec<Claim>,
    pub(crate) status: Status,
    /// How sure it is by what was learnt, 0 to 1, if a model has weights.
    pub(crate) probability: Option<f64>,
    /// Why later rules changed the status, if they did.
    pub(crate) verdicts: Vec<(&'static str, String)>,
}

impl Considered {
    /// The claims that support the code as far as its status says.
    pub(crate) fn supporting(&self) -> impl Iterator<Item = &Claim> {
        let best = self.claims.iter().map(|claim| claim.ground.status()).min();
        self.claims.iter().filter(move |claim| Some(claim.ground.status()) == best)
    }

    /// How many different statements affirm it.
    pub(crate) fn affirmed(&self) -> usize {
        let accepted = self.claims.iter().filter(|claim| claim.ground.status() == Status::Accepted);
        accepted.filter(|claim| !claim.is_copy()).count()
    }

    /// Its probability if a model gave one, else its strength.
    pub(crate) fn score(&self) -> f32 {
        self.probability.map_or_else(|| self.strength(), |probability| probability as f32)
    }

    /// How strong its evidence is by the rules alone: see [`strength::combined`].
    pub(crate) fn strength(&self) -> f32 {
        strength::combined(self.supporting().filter(|claim| !claim.is_copy()).map(|claim| claim.strength))
    }

    /// Lowers the status and says why. A status is never raised.
    pub(crate) fn lower(&mut self, status: Status, rule: &'static str, reason: String) {
        self.status = self.status.max(status);
        self.verdicts.push((rule, reason));
    }
}

/// A link to a code that the pack does not hold.
#[derive(Debug, Clone)]
pub(crate) struct Unknown {
    pub(crate) link: Candidate,
    pub(crate) evidence: Evidence,
}

/// Everything that the rules look at besides the claims.
pub(crate) struct Rulebook<'a> {
    pub(crate) pack: &'a Pack,
    pub(crate) config: &'a CoderConfig,
    pub(crate) tables: &'a Tables,
    /// What was learnt from coded episodes, if there is a model.
    pub(crate) lessons: Option<Lessons<'a>>,
}

/// The codes that the episode speaks of, in the order of their numbers in the pack, and links that lead nowhere.
pub(crate) fn gather(episode: &Episode, with: &Rulebook<'_>) -> (Vec<Considered>, Vec<Unknown>) {
    let mut codes: BTreeMap<ConceptId, Vec<Claim>> = BTreeMap::new();
    let (mut unknown, mut copies) = (Vec::new(), Copies::default());
    for (number, note) in episode.notes.iter().enumerate() {
        for mention in &note.mentions {
            let all = match said(note, mention, with) {
                Ok(all) => all,
                Err(link) => {
                    unknown.push(Unknown {
                        link,
                        evidence: evidence(number, note, mention, mention.mention.span),
                    });
                    continue;
                }
            };
            for said in all {
                let (id, evidence) = (said.id, evidence(number, note, mention, said.span));
                let mut claim = claim(said, evidence, with);
                let place = Place { note: number, span: claim.evidence.span };
                claim.evidence.repeats = copies.first(episode, id, claim.ground, place);
                codes.entry(id).or_default().push(claim);
            }
        }
    }
    let considered = codes.into_iter().map(|(id, claims)| consider(id, claims)).collect();
    (considered, unknown)
}

/// The words of a mention, or some of them, which are meant as it is.
fn evidence(number: usize, note: &AnnotatedNote, mention: &AnnotatedMention, span: Span) -> Evidence {
    Evidence {
        note: number,
        span,
        section: note.layout.kind_at(span),
        assertion: mention.assertion.clone(),
        repeats: None,
    }
}

fn claim(said: Said, evidence: Evidence, with: &Rulebook<'_>) -> Claim {
    let chronic = with.tables.is_chronic(with.pack.concept(said.id).code);
    let setting = Setting { section: evidence.section, chronic, inpatient: with.config.inpatient };
    let ground = Ground::of(evidence.assertion.as_ref(), setting);
    let fit = said.link.map_or(said.seen.rate() as f32, |(score, _)| score);
    Claim { ground, strength: strength::of_claim(fit, evidence.section, ground), evidence, said }
}

fn consider(id: ConceptId, claims: Vec<Claim>) -> Considered {
    let best = claims.iter().map(|claim| claim.ground.status()).min();
    let mut considered = Considered {
        id,
        claims,
        status: best.unwrap_or(Status::Rejected),
        probability: None,
        verdicts: Vec::new(),
    };
    // A detail that had to be assumed for every supporting claim leaves the code to a person.
    if let Some(rule) =
        considered.supporting().map(|claim| claim.said.detail).min_by_key(|rule| detail::doubt(*rule))
        && let Some((rule, reason)) = rule.and_then(detail::needs_review)
    {
        considered.lower(Status::Review, rule, reason.to_owned());
    }
    considered
}
