use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use clinlink_model::{Episode, Status};
use clinlink_vocab::Pack;

use super::company::probable;
use super::features::{Around, Features, features};
use super::model::{CoderModel, term_of};
use super::seen::Seen;
use super::signs::{signs, signs_of};
use super::standing::Standing;
use crate::claim::{Claim, Considered};
use crate::config::CoderConfig;
use crate::rules;

/// Words that stood in no more episodes than this say nothing against a code that was never given.
const FEW: u32 = 2;

/// A mention that adds less than this to the log odds of a code does not speak for it.
const ATTENDED: f64 = 0.3;
/// From these log odds on, a code is considered that no words claim.
pub(crate) const LIKELY: f64 = -2.0;

/// The numbers of a note and of a mention in it.
pub(crate) type Numbers = (usize, usize);

/// What a model knows of a code in an episode, before it is weighed.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(super) features: Features,
    /// Whether the code was ever given.
    pub(super) was_given: bool,
    /// Whether the model can hardly judge it.
    new: bool,
}

/// The probabilities that decide.
#[derive(Debug, Clone, Copy)]
struct Thresholds {
    accept: f64,
    /// The same for what is new.
    accept_new: f64,
    review: f64,
    overrule: f64,
}

impl Thresholds {
    fn of(model: &CoderModel, config: &CoderConfig) -> Self {
        let (accept, review) = (f64::from(config.accept), f64::from(config.review));
        // A precision that was never reached is reached by no code.
        let wanted =
            config.precision.map(|wanted| model.experience.threshold(f64::from(wanted)).unwrap_or(2.0));
        let (accept, accept_new) = match wanted {
            Some(wanted) => (wanted.max(accept), wanted.max(accept)),
            None => (accept, accept / 2.0),
        };
        Self { accept, accept_new, review, overrule: f64::from(config.overrule).max(accept) }
    }

    fn standing(self, probability: f64) -> Standing {
        match probability {
            p if p >= self.overrule => Standing::Sure,
            p if p >= self.review => Standing::Disputed,
            _ => Standing::Ruled,
        }
    }

    fn status(self, probability: f64, known: &Known) -> Status {
        match probability {
            p if p >= self.accept || known.new && p >= self.accept_new => Status::Accepted,
            p if p >= self.review || known.new => Status::Review,
            _ => Status::Rejected,
        }
    }
}

/// A model at work on one episode.
#[derive(Clone, Copy)]
pub(crate) struct Lessons<'m> {
    model: &'m CoderModel,
}

impl<'m> Lessons<'m> {
    /// What `model` has learnt.
    pub(crate) fn of(model: &'m CoderModel) -> Self {
        Self { model }
    }

    /// The learned terms in the words of a mention, longest first: their places in bytes and their normal forms.
    pub(crate) fn terms_in(self, words: &str) -> Vec<(Range<usize>, String)> {
        let mut found = self.model.terms_in(words);
        found.sort_by_key(|(range, _)| (std::cmp::Reverse(range.len()), range.start));
        found
    }

    /// The codes that a term has been evidence of.
    pub(crate) fn proposed(self, form: &'m str) -> impl Iterator<Item = &'m str> {
        self.model.proposed(form)
    }

    /// What has been seen of words and a code.
    pub(crate) fn seen(self, words: &str, code: &str) -> Seen {
        term_of(words).map_or_else(Seen::default, |form| self.model.seen(&form, code))
    }

    /// The log odds of codes by the episode as a whole.
    pub(crate) fn as_a_whole(self, episode: &Episode) -> BTreeMap<&'m str, f64> {
        self.model.classifier.log_odds(&signs(episode, &self.model.system))
    }

    /// The signs of each mention, as numbers of its note and of the mention.
    pub(crate) fn signs_of_mentions(self, episode: &Episode) -> Vec<(Numbers, BTreeSet<String>)> {
        let notes = episode.notes.iter().enumerate();
        let mentions = notes
            .flat_map(|(number, note)| note.outer_mentions().map(move |(at, of)| (number, at, note, of)));
        mentions
            .map(|(number, at, note, of)| ((number, at), signs_of(note, of, &self.model.system)))
            .collect()
    }

    /// The mention, of those with these signs, that speaks most for a code: for codes that no words claim, but the episode as
    /// a whole makes likely.
    pub(crate) fn attended(self, signs: &[(Numbers, BTreeSet<String>)], code: &str) -> Option<Numbers> {
        let mut best: Option<(f64, Numbers)> = None;
        for (mention, signs) in signs {
            let weight = self.model.classifier.weight(code, signs);
            if weight > best.map_or(ATTENDED, |(weight, _)| weight) {
                best = Some((weight, *mention));
            }
        }
        best.map(|(_, mention)| mention)
    }

    /// Notes what the model knows of each code, and how likely it is by the episode as a whole.
    pub(crate) fn recall(
        self,
        pack: &Pack,
        episode: &Episode,
        as_a_whole: &BTreeMap<&str, f64>,
        codes: &mut [Considered],
    ) {
        let mut odds: Vec<f64> = as_a_whole.values().copied().collect();
        odds.sort_by(|a, b| b.total_cmp(a));
        let (first, second) = (odds.first().copied(), odds.get(1).copied());
        let probable = probable(as_a_whole);
        for code in codes {
            let place = place(episode, &code.claims);
            let concept = pack.concept(code.id);
            let said: Vec<&str> = code.claims.iter().map(|claim| words(episode, claim)).collect();
            let own = as_a_whole.get(concept.code).copied();
            let around = Around {
                as_a_whole: own,
                other: if own == first { second } else { first }.unwrap_or(0.0),
                company: self.model.company.of(&self.model.codes, concept.code, &probable),
                place,
            };
            let features = features(self.model, (concept.code, concept.title), code, &said, around);
            let was_given = self.model.times_given(concept.code) > 0;
            code.known = Some(Known { features, was_given, new: self.is_new(pack, code) });
        }
    }

    /// Gives codes their probabilities, and the statuses that follow from them and from what the rules made of the codes
    /// so far. What is [refused](Considered::is_refused) is left alone.
    pub(crate) fn rank(self, config: &CoderConfig, codes: &mut [Considered]) {
        let Some(rankers) = &self.model.ranker else { return };
        let at = Thresholds::of(self.model, config);
        for code in codes.iter_mut().filter(|code| !code.is_refused()) {
            let Some(known) = code.known.clone() else { continue };
            let ranker = if known.was_given { &rankers.given } else { &rankers.never };
            let probability = ranker.probability(&known.features);
            code.probability = Some(probability);
            code.standing = at.standing(probability);
            raise(code);
            code.lower(at.status(probability, &known), rules::LEARNED, reason(code, probability));
            if is_inferred(code) {
                let reason = "suggested by words that came with it; no one marked them as its evidence";
                code.lower(Status::Accepted, rules::INFERRED, reason.to_owned());
            }
        }
    }

    /// Leaves to a person what a rule accepts, by putting codes together, though its parts are not probable enough.
    pub(crate) fn review_unsure(self, config: &CoderConfig, codes: &mut [Considered]) {
        if self.model.ranker.is_none() || config.precision.is_none() {
            return;
        }
        let accept = Thresholds::of(self.model, config).accept;
        let unsure = |code: &&mut Considered| {
            code.probability.is_none() && code.status == Status::Accepted && f64::from(code.score()) < accept
        };
        for code in codes.iter_mut().filter(unsure) {
            code.lower(Status::Review, rules::LEARNED, "not sure enough to be accepted unseen".to_owned());
        }
    }

    /// Why a code stays in spite of a rule: `kept in spite of specific: coders here kept 83 % of such codes`.
    pub(crate) fn in_spite_of(self, rule: &str) -> String {
        let share = self.model.experience.kept(rule);
        let how_often = share.map_or_else(
            || "what was learnt is sure of it".to_owned(),
            |share| format!("coders here kept {:.0} % of such codes", 100.0 * share),
        );
        format!("kept in spite of {rule}: {how_often}")
    }

    /// Whether the model knows nothing of a code: it was never given, and hardly ever for want of the words.
    fn is_new(self, pack: &Pack, code: &Considered) -> bool {
        let stood = code.supporting().map(|claim| claim.said.seen.episodes).max().unwrap_or(0);
        stood <= FEW && self.model.times_given(pack.code(code.id)) == 0
    }
}

/// Raises a code to what its standing allows, in spite of what the words' meaning, or a missing detail, made of it.
fn raise(code: &mut Considered) {
    let allowed = code.standing.allows();
    if code.standing == Standing::Sure && code.status > allowed {
        let ground = code.ground().filter(|ground| ground.status() != Status::Accepted);
        let verdicts = code.verdicts.iter().map(|(rule, _)| rule.clone());
        code.overruled = ground.map(|ground| ground.rule().into()).into_iter().chain(verdicts).collect();
    }
    code.status = code.status.min(allowed);
}

/// `probability 0.91: came with such words in 40 of 43 episodes`.
fn reason(code: &Considered, probability: f64) -> String {
    let seen = code.supporting().map(|claim| claim.said.seen).filter(|seen| seen.episodes > 0);
    match seen.max_by(|a, b| a.rate().total_cmp(&b.rate())) {
        Some(seen) => format!(
            "probability {probability:.2}: came with such words in {} of {} episodes",
            seen.given, seen.episodes
        ),
        None => format!("probability {probability:.2}: such words are new to the model"),
    }
}

/// Whether nothing but words that were inferred to be evidence speaks for a code.
fn is_inferred(code: &Considered) -> bool {
    let inferred = |claim: &Claim| {
        let Seen { evidence, inferred, .. } = claim.said.seen;
        claim.said.link.is_none() && inferred == evidence
    };
    let mut claims = code.supporting().peekable();
    claims.peek().is_some() && claims.all(inferred)
}

/// The words of a claim.
fn words<'e>(episode: &'e Episode, claim: &Claim) -> &'e str {
    &episode.notes[claim.evidence.note].note[claim.evidence.span]
}

/// Where the first of the claims stands in the episode, 0 to 1.
fn place(episode: &Episode, claims: &[Claim]) -> f64 {
    let before = |note: usize| episode.notes[..note].iter().map(|note| note.note.text().len()).sum::<usize>();
    let first = claims.iter().map(|claim| before(claim.evidence.note) + claim.evidence.span.start()).min();
    first.unwrap_or(0) as f64 / before(episode.notes.len()).max(1) as f64
}
