use std::collections::BTreeMap;

use clinlink_model::{AnnotatedMention, AnnotatedNote, Candidate, Episode, Evidence, Place, Status};
use clinlink_vocab::{ConceptId, Pack};

use crate::assess::{Ground, Setting};
use crate::config::CoderConfig;
use crate::copies::Copies;
use crate::detail::{self, Resolution};
use crate::rules;
use crate::side::Side;
use crate::strength;
use crate::tables::Tables;

/// What one mention says: that a code holds, does not hold, may hold.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// How the linked concept was brought down to a code that may be reported, if it was.
    pub(crate) detail: Option<&'static str>,
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

    /// Its score by [`strength::combined`].
    pub(crate) fn score(&self) -> f32 {
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
}

/// The codes that the episode speaks of, in the order of their numbers in the pack, and links that lead nowhere.
pub(crate) fn gather(episode: &Episode, with: &Rulebook<'_>) -> (Vec<Considered>, Vec<Unknown>) {
    let mut codes: BTreeMap<ConceptId, Vec<Claim>> = BTreeMap::new();
    let (mut unknown, mut copies) = (Vec::new(), Copies::default());
    for (number, note) in episode.notes.iter().enumerate() {
        for mention in &note.mentions {
            let Some(link) = best_link(mention, with) else { continue };
            let evidence = evidence(number, note, mention);
            let Some(said) = with.pack.find(&link.system, &link.code) else {
                unknown.push(Unknown { link: link.clone(), evidence });
                continue;
            };
            let (id, mut claim) = claim(said, link.score, note, evidence, with);
            let place = Place { note: number, span: claim.evidence.span };
            claim.evidence.repeats = copies.first(episode, id, claim.ground, place);
            codes.entry(id).or_default().push(claim);
        }
    }
    let considered = codes.into_iter().map(|(id, claims)| consider(id, claims)).collect();
    (considered, unknown)
}

/// The best candidate in the target system, if it is good enough. A category that cannot be brought down gives way to
/// the best candidate below it: `ascites` is R18, which is no code, and R18.8.
fn best_link<'m>(mention: &'m AnnotatedMention, with: &Rulebook<'_>) -> Option<&'m Candidate> {
    let good = |link: &&Candidate| link.system == with.config.system && link.score >= with.config.threshold;
    let mut links = mention.links.iter().filter(good);
    let best = links.next()?;
    let Some(id) = with.pack.find(&best.system, &best.code) else { return Some(best) };
    if detail::resolve(with.pack, id, None).rule != Some(rules::NOT_BILLABLE) {
        return Some(best);
    }
    let below = links.find(|link| {
        let found = with.pack.find(&link.system, &link.code);
        found.is_some_and(|found| with.pack.ancestors(found).any(|above| above == id))
    });
    Some(below.unwrap_or(best))
}

fn evidence(number: usize, note: &AnnotatedNote, mention: &AnnotatedMention) -> Evidence {
    let span = mention.mention.span;
    Evidence {
        note: number,
        span,
        section: note.layout.kind_at(span),
        assertion: mention.assertion.clone(),
        repeats: None,
    }
}

fn claim(
    said: ConceptId,
    link: f32,
    note: &AnnotatedNote,
    evidence: Evidence,
    with: &Rulebook<'_>,
) -> (ConceptId, Claim) {
    let side = Side::of(&note.note, &note.layout, evidence.span);
    let Resolution { id, rule } = detail::resolve(with.pack, said, side);
    let chronic = with.tables.is_chronic(with.pack.concept(id).code);
    let setting = Setting { section: evidence.section, chronic, inpatient: with.config.inpatient };
    let ground = Ground::of(evidence.assertion.as_ref(), setting);
    let strength = strength::of_claim(link, evidence.section, ground);
    (id, Claim { detail: rule, ground, strength, evidence })
}

fn consider(id: ConceptId, claims: Vec<Claim>) -> Considered {
    let best = claims.iter().map(|claim| claim.ground.status()).min();
    let mut considered =
        Considered { id, claims, status: best.unwrap_or(Status::Rejected), verdicts: Vec::new() };
    // A detail that had to be assumed for every supporting claim leaves the code to a person.
    if let Some(rule) =
        considered.supporting().map(|claim| claim.detail).min_by_key(|rule| detail::doubt(*rule))
        && let Some((rule, reason)) = rule.and_then(detail::needs_review)
    {
        considered.lower(Status::Review, rule, reason.to_owned());
    }
    considered
}
