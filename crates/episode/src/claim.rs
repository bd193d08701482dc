use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use clinlink_model::{
    AnnotatedMention, AnnotatedNote, Assertion, Candidate, Episode, Evidence, FactEvidence, Place,
    SectionKind, Span, Status,
};
use clinlink_vocab::{ConceptId, Pack};

use crate::assess::{Ground, Setting, SpeaksOf};
use crate::birth;
use crate::chronic;
use crate::config::CoderConfig;
use crate::copies::Copies;
use crate::detail::{self, Resolved, Told};
use crate::diabetes;
use crate::dominance::Hand;
use crate::external;
use crate::family::Family;
use crate::history;
use crate::learned::{Known, LIKELY, Lessons, Standing};
use crate::neoplasm;
use crate::own_words;
use crate::patient;
use crate::pregnancy;
use crate::procedure::Open;
use crate::remission;
use crate::rules;
use crate::said::{Said, said};
use crate::sequela;
use crate::side::Side;
use crate::sources::Care;
use crate::spread;
use crate::strength;
use crate::tables::Tables;
use crate::trimester::Trimester;
use crate::unrelated;

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
    /// What the same words say of another code, on another ground.
    pub(crate) fn about(&self, id: ConceptId, ground: Ground) -> Self {
        let link = self.said.link.map_or(1.0, |(score, _)| score);
        let strength = strength::of_claim(link, self.evidence.section, ground);
        let said = Said { id, detail: None, ..self.said.clone() };
        Self { said, ground, strength, evidence: self.evidence.clone() }
    }

    /// What words of a note tell that name no diagnosis, as a rule reads them: `delivered a viable male infant`.
    pub(crate) fn read(
        note: usize,
        span: Span,
        id: ConceptId,
        rule: &'static str,
        with: &Rulebook<'_>,
    ) -> Self {
        let section = with.episode.notes[note].layout.kind_at(span);
        let evidence = Evidence { note, span, section, assertion: None, repeats: None };
        let ground = Ground::Affirmed;
        let strength = strength::of_claim(1.0, section, ground);
        Self { said: Said::new(id, Some(rule), span, None), ground, strength, evidence }
    }

    /// Puts it on another ground, which weighs more or less.
    pub(crate) fn set_ground(&mut self, ground: Ground) {
        self.strength *= ground.weight() / self.ground.weight();
        self.ground = ground;
    }

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
    /// What a model knows of it, if there is one.
    pub(crate) known: Option<Known>,
    /// How sure it is by what was learnt, 0 to 1, if a model has weights.
    pub(crate) probability: Option<f64>,
    /// Whether that may overrule a rule.
    pub(crate) standing: Standing,
    /// What its score is not above: that of the weakest part, for a code of several diagnoses together.
    pub(crate) at_most: f32,
    /// Structured facts that speak for or against it.
    pub(crate) facts: Vec<FactEvidence>,
    /// Whether the chart already has it.
    pub(crate) in_chart: bool,
    /// What later rules made of it, by rule and in words.
    pub(crate) verdicts: Vec<(Cow<'static, str>, String)>,
    /// Categories that the record says it is not related to.
    pub(crate) unrelated: BTreeSet<String>,
    /// The rules in spite of which it stays by what was learnt.
    pub(crate) overruled: Vec<Cow<'static, str>>,
}

impl Considered {
    /// A code with its claims, before any rule has looked at it.
    pub(crate) const fn new(id: ConceptId, claims: Vec<Claim>, status: Status) -> Self {
        Self {
            id,
            claims,
            status,
            known: None,
            probability: None,
            standing: Standing::Ruled,
            at_most: 1.0,
            facts: Vec::new(),
            in_chart: false,
            verdicts: Vec::new(),
            unrelated: BTreeSet::new(),
            overruled: Vec::new(),
        }
    }

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

    /// The characters of a procedure's code that no supporting claim gives.
    pub(crate) fn open(&self) -> Open {
        self.supporting().map(|claim| claim.said.open).reduce(Open::and).unwrap_or_default()
    }

    /// Its probability if a model gave one, else its strength.
    pub(crate) fn score(&self) -> f32 {
        if self.claims.is_empty() {
            return strength::of_facts_alone(self.status);
        }
        let score = self.probability.map_or_else(|| self.strength(), |probability| probability as f32);
        score.min(self.at_most)
    }

    /// How strong its evidence is by the rules alone: see [`strength::combined`].
    pub(crate) fn strength(&self) -> f32 {
        strength::combined(self.supporting().filter(|claim| !claim.is_copy()).map(|claim| claim.strength))
    }

    /// Lowers the status and says why, unless what was learnt [overrules](Standing) the rule.
    pub(crate) fn lower(&mut self, status: Status, rule: impl Into<Cow<'static, str>>, reason: String) {
        let rule = rule.into();
        let allowed = if rules::is_final(&rule) { Status::Rejected } else { self.standing.allows() };
        if status > allowed && self.standing == Standing::Sure {
            self.overruled.push(rule.clone());
        }
        self.status = self.status.max(status.min(allowed));
        self.verdicts.push((rule, reason));
    }

    /// Whether nothing says that the patient has it, so that no model may accept it.
    pub(crate) fn is_refused(&self) -> bool {
        let ground = self.ground();
        ground.is_none_or(|ground| {
            ground.status() == Status::Rejected && !matches!(ground, Ground::Historical | Ground::Sequela)
        })
    }

    /// The best ground of its claims.
    pub(crate) fn ground(&self) -> Option<Ground> {
        self.claims.iter().map(|claim| claim.ground).min()
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
    /// The codes that concepts were brought down to.
    pub(crate) resolved: Resolved,
    /// Where the patient is cared for.
    pub(crate) care: Care,
    /// Whether injuries are under active treatment there.
    pub(crate) treated: bool,
    /// The notes that are coded.
    pub(crate) episode: &'a Episode,
    /// What was learnt from coded episodes, if there is a model.
    pub(crate) lessons: Option<Lessons<'a>>,
    /// The hand that the patient uses, once it was looked for.
    pub(crate) hand: OnceCell<Hand>,
    /// The trimesters that each note tells, once they were looked for.
    pub(crate) trimesters: OnceCell<Vec<Vec<Trimester>>>,
}

/// The codes that the episode speaks of, in the order of their numbers in the pack, and links that lead nowhere.
pub(crate) fn gather(episode: &Episode, with: &Rulebook<'_>) -> (Vec<Considered>, Vec<Unknown>) {
    let mut codes: BTreeMap<ConceptId, Vec<Claim>> = BTreeMap::new();
    let (mut unknown, mut copies) = (Vec::new(), Copies::default());
    for (number, note) in episode.notes.iter().enumerate() {
        let mut told: Vec<Claim> = Vec::new();
        for (_, mention) in note.outer_mentions() {
            let claims = claims(number, note, mention, with).unwrap_or_else(|link| {
                let evidence = evidence(number, note, mention, mention.mention.span);
                unknown.push(Unknown { link, evidence });
                Vec::new()
            });
            told.extend(claims);
        }
        if with.config.rules.contains(&Family::Combinations) {
            sequela::relate(note, &mut told, with);
        }
        if with.config.rules.contains(&Family::Neoplasms) {
            let sites = spread::told(note, &told, with);
            told.extend(sites);
        }
        if with.config.rules.contains(&Family::Drugs) {
            told.extend(with.tables.drugs.told(number, note, with));
        }
        for mut claim in told {
            let (id, place) = (claim.said.id, Place { note: number, span: claim.evidence.span });
            claim.evidence.repeats = copies.first(episode, id, claim.ground, place);
            codes.entry(id).or_default().push(claim);
        }
    }
    if with.config.rules.contains(&Family::Combinations) {
        diabetes::relate(&mut codes, with);
        birth::relate(&mut codes, with);
        pregnancy::relate(&mut codes, with);
        external::relate(&mut codes, with);
    }
    let mut considered: Vec<Considered> =
        codes.into_iter().map(|(id, claims)| consider(id, claims)).collect();
    patient::check(&mut considered, with);
    if with.config.rules.contains(&Family::Combinations) {
        unrelated::mark(&mut considered, with);
    }
    (considered, unknown)
}

/// Adds the codes that no words claim, but the episode as a whole makes likely, with the mention that speaks most for each.
pub(crate) fn suggest(
    episode: &Episode,
    lessons: Lessons<'_>,
    as_a_whole: &BTreeMap<&str, f64>,
    codes: &mut Vec<Considered>,
    with: &Rulebook<'_>,
) {
    let claimed: BTreeSet<ConceptId> = codes.iter().map(|code| code.id).collect();
    let likely: Vec<&str> =
        as_a_whole.iter().filter(|(_, odds)| **odds >= LIKELY).map(|(code, _)| *code).collect();
    let signs = if likely.is_empty() { Vec::new() } else { lessons.signs_of_mentions(episode) };
    for code in likely {
        let Some(id) = with.pack.find(&with.config.system, code).filter(|id| !claimed.contains(id)) else {
            continue;
        };
        let Some((number, at)) = lessons.attended(&signs, code) else { continue };
        let note = &episode.notes[number];
        let evidence = evidence(number, note, &note.mentions[at], note.mentions[at].mention.span);
        let said = Said::new(id, None, evidence.span, None);
        codes.push(consider(id, vec![claim(said, evidence, with)]));
    }
    codes.sort_by_key(|code| code.id);
}

/// What a mention says of the codes that it stands for, and of those that follow from them: history and status codes.
///
/// # Errors
/// The link, if it leads to a code that the pack does not hold.
fn claims(
    number: usize,
    note: &AnnotatedNote,
    mention: &AnnotatedMention,
    with: &Rulebook<'_>,
) -> Result<Vec<Claim>, Candidate> {
    let mut claims: Vec<Claim> = Vec::new();
    for said in said(number, note, mention, with)? {
        let evidence = evidence(number, note, mention, said.span);
        let mut claim = claim(said, evidence, with);
        if let Some(ground) = neoplasm::still_treated(&claim, note, with) {
            claim.set_ground(ground);
        }
        remission::tell(&mut claim, with);
        let told = chronic::left_by(&claim, with).or_else(|| history::told_by(&claim, note, with));
        let beside = if with.config.rules.contains(&Family::Combinations) && claim.said.link.is_some() {
            own_words::told(&claim, note, with)
        } else {
            Vec::new()
        };
        claims.push(claim);
        claims.extend(told);
        claims.extend(beside);
    }
    if with.config.rules.contains(&Family::Status) {
        for (code, ground) in with.tables.status.told(note, mention) {
            let Some(id) = with.pack.find(&with.config.system, code) else { continue };
            let side = Side::of(&note.note, &note.layout, mention.mention.span);
            let id = with.resolved.get(with.pack, id, Told { side, ..Told::default() }).id;
            if let Some(linked) = claims.iter_mut().find(|claim| claim.said.id == id) {
                // The words alone do not tell whether it is done: `heart transplant` may be planned.
                if ground == Ground::DoneNow && linked.ground.status() == Status::Accepted {
                    linked.set_ground(Ground::StatusToConfirm);
                }
            } else {
                let evidence = evidence(number, note, mention, mention.mention.span);
                let said = Said::new(id, None, evidence.span, None);
                let strength = strength::of_claim(1.0, evidence.section, ground);
                claims.push(Claim { said, ground, strength, evidence });
            }
        }
    }
    Ok(claims)
}

/// The words of a mention, or some of them, which are meant as it is.
pub(crate) fn evidence(
    number: usize,
    note: &AnnotatedNote,
    mention: &AnnotatedMention,
    span: Span,
) -> Evidence {
    Evidence {
        note: number,
        span,
        section: note.layout.kind_at(span),
        assertion: mention.assertion.clone(),
        repeats: None,
    }
}

fn claim(said: Said, evidence: Evidence, with: &Rulebook<'_>) -> Claim {
    let code = with.pack.code(said.id);
    let setting = Setting { section: evidence.section, speaks_of: speaks_of(code, with), care: with.care };
    let ground = Ground::of(evidence.assertion.as_ref(), setting);
    let fit = said.link.map_or(said.seen.rate() as f32, |(score, _)| score);
    Claim { ground, strength: strength::of_claim(fit, evidence.section, ground), evidence, said }
}

/// What an assertion says of something that does not last.
pub(crate) fn ground_of(assertion: Option<&Assertion>, section: SectionKind, with: &Rulebook<'_>) -> Ground {
    Ground::of(assertion, Setting { section, speaks_of: SpeaksOf::Other, care: with.care })
}

fn speaks_of(code: &str, with: &Rulebook<'_>) -> SpeaksOf {
    let status = with.tables.status.speaks_of(code).filter(|_| with.config.rules.contains(&Family::Status));
    status.unwrap_or(if with.tables.chronic.holds(code) { SpeaksOf::Chronic } else { SpeaksOf::Other })
}

fn consider(id: ConceptId, claims: Vec<Claim>) -> Considered {
    let best = claims.iter().map(|claim| claim.ground.status()).min();
    let mut considered = Considered::new(id, claims, best.unwrap_or(Status::Rejected));
    // A detail that had to be assumed for every supporting claim leaves the code to a person.
    if let Some(rule) =
        considered.supporting().map(|claim| claim.said.detail).min_by_key(|rule| detail::doubt(*rule))
        && let Some((rule, reason)) = rule.and_then(detail::needs_review)
    {
        considered.lower(Status::Review, rule, reason.to_owned());
    }
    considered
}
