//! Diagnoses that are one code together.
//!
//! `Hypertension` and `heart failure`, named anywhere in the episode, are I11.0 with I50.-; `type 2 diabetes` and `CKD`
//! are E11.22 with N18.-. The code has the evidence of all its parts, and the parts that it replaces stay with the
//! reason. A code that the record denies is not presumed. The combinations stand in `vocab/rules/combinations.toml`
//! (Official Guidelines I.A.15, I.B.8, I.B.9, I.A.13).

use clinlink_model::{Status, System};
use clinlink_vocab::{ConceptId, Pack};
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Considered};
use crate::rules;
use crate::tables::{any_prefix, category, filled};

/// A combination: see the head of `combinations.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Combination {
    rule: String,
    of: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    #[serde(default)]
    and: Vec<String>,
    #[serde(default)]
    past: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    gives: String,
    #[serde(default)]
    replaces: Vec<String>,
    #[serde(default = "accepted")]
    status: Status,
}

fn accepted() -> Status {
    Status::Accepted
}

impl Combination {
    /// The rule of the catalogue that it follows.
    pub(crate) fn rule(&self) -> &str {
        &self.rule
    }
}

/// Applies all combinations, in the order of the table.
pub(crate) fn combine(pack: &Pack, system: &System, table: &[Combination], codes: &mut Vec<Considered>) {
    let names = codes.iter().map(|code| pack.code(code.id)).collect();
    let mut combiner = Combiner { pack, system, codes, names, replaced: Vec::new(), given: Vec::new() };
    for combination in table {
        combiner.apply(combination);
    }
}

struct Combiner<'a> {
    pack: &'a Pack,
    system: &'a System,
    codes: &'a mut Vec<Considered>,
    /// The codes as their owner writes them.
    names: Vec<&'a str>,
    /// Codes that an earlier combination replaced. They are still true, so that diabetes may have two complications.
    replaced: Vec<ConceptId>,
    /// Codes that only combinations gave.
    given: Vec<ConceptId>,
}

impl Combiner<'_> {
    fn apply(&mut self, combination: &Combination) {
        let Some(parts) = self.parts(combination) else { return };
        if self.says_unrelated(&parts) {
            return;
        }
        let unless = |at: usize| {
            self.codes[at].status == Status::Accepted && any_prefix(&combination.unless, self.names[at])
        };
        if (0..self.codes.len()).any(unless) {
            return;
        }
        let code = filled(&combination.gives, self.names[parts[0]]);
        let Some(gives) = self.pack.find(self.system, &code) else { return };
        let existing = self.codes.iter().position(|code| code.id == gives);
        if existing.is_some_and(|at| is_denied(&self.codes[at])) {
            return;
        }
        let at = self.give(gives, existing, &parts, combination);
        self.replace(at, &parts, combination);
    }

    /// Whether the record says that two of the parts are not related; then one of them says so.
    fn says_unrelated(&mut self, parts: &[usize]) -> bool {
        let category = |at: usize| category(self.names[at]);
        let unrelated = |a: usize, b: usize| {
            let mut of_category = (0..self.codes.len()).filter(|&at| category(at) == category(a));
            of_category.any(|at| self.codes[at].unrelated.contains(category(b)))
        };
        let pairs = parts.iter().flat_map(|&a| parts.iter().map(move |&b| (a, b)));
        let Some((a, b)) = { pairs }.find(|&(a, b)| unrelated(a, b)) else { return false };
        let reason = format!("the record says that it is not related to {}", self.names[b]);
        let verdict = (rules::UNRELATED.into(), reason);
        if !self.codes[a].verdicts.contains(&verdict) {
            self.codes[a].verdicts.push(verdict);
        }
        true
    }

    /// The places of the parts, the one of `of` first; `None` if one is missing.
    fn parts(&self, combination: &Combination) -> Option<Vec<usize>> {
        let mut parts = Vec::new();
        for prefixes in [&combination.of, &combination.with, &combination.and] {
            let there =
                |code: &Considered| code.status == Status::Accepted || self.replaced.contains(&code.id);
            self.part(prefixes, there, &mut parts)?;
        }
        let was = |code: &Considered| code.supporting().any(|claim| claim.ground == Ground::Historical);
        self.part(&combination.past, was, &mut parts)?;
        Some(parts)
    }

    /// Adds the strongest code that has one of the prefixes and holds; `None` if there is none.
    fn part(
        &self,
        prefixes: &[String],
        holds: impl Fn(&Considered) -> bool,
        parts: &mut Vec<usize>,
    ) -> Option<()> {
        if prefixes.is_empty() {
            return Some(());
        }
        let fits = |at: &usize| {
            let code = &self.codes[*at];
            any_prefix(prefixes, self.names[*at]) && !parts.contains(at) && holds(code)
        };
        // What the record says itself is better evidence than what another combination gave.
        let is_said = |at: usize| !self.given.contains(&self.codes[at].id);
        let score = |at: usize| self.codes[at].score();
        let worse = |&a: &usize, &b: &usize| is_said(a).cmp(&is_said(b)).then(score(a).total_cmp(&score(b)));
        let best = (0..self.codes.len()).filter(fits).max_by(worse)?;
        parts.push(best);
        Some(())
    }

    /// Adds the code, or the parts' evidence to it if it is there, and returns its place.
    fn give(&mut self, id: ConceptId, existing: Option<usize>, parts: &[usize], by: &Combination) -> usize {
        let least = parts.iter().map(|&at| self.codes[at].score()).fold(1.0, f32::min);
        let mut claims: Vec<Claim> = Vec::new();
        for claim in parts.iter().flat_map(|&at| self.codes[at].supporting()) {
            let mut claim = claim.clone();
            claim.said.id = id;
            claim.said.detail = None;
            claims.push(claim);
        }
        let names: Vec<&str> = parts.iter().map(|&at| self.names[at]).collect();
        let reason = joined(&names);
        let at = existing.unwrap_or_else(|| {
            self.codes.push(Considered::new(id, Vec::new(), Status::Rejected));
            self.given.push(id);
            self.names.push(self.pack.code(id));
            self.codes.len() - 1
        });
        let code = &mut self.codes[at];
        if existing.is_none() {
            code.at_most = least;
        }
        for claim in claims {
            let place = |claim: &Claim| (claim.evidence.note, claim.evidence.span);
            if code.claims.iter().all(|known| place(known) != place(&claim)) {
                code.claims.push(claim);
            }
        }
        // A status rises only here and where a diagnosis [confirms](crate::status) one: what the rule presumes is as sure as the parts.
        code.status = code.status.min(by.status);
        code.verdicts.push((by.rule.clone().into(), reason));
        at
    }

    /// Takes the parts out that are no longer reported.
    fn replace(&mut self, at: usize, parts: &[usize], combination: &Combination) {
        let given = self.codes[at].id;
        let of = self.names[parts[0]];
        let replaces: Vec<String> = combination.replaces.iter().map(|code| filled(code, of)).collect();
        let reason = format!("reported as {}", self.names[at]);
        for other in 0..self.codes.len() {
            let id = self.codes[other].id;
            if id == given || self.codes[other].status == Status::Rejected {
                continue;
            }
            if any_prefix(&replaces, self.names[other]) {
                self.replaced.push(id);
                self.codes[other].lower(Status::Rejected, combination.rule.clone(), reason.clone());
            }
        }
    }
}

/// Whether the record says that the patient does not have it.
fn is_denied(code: &Considered) -> bool {
    code.status == Status::Rejected && code.supporting().any(|claim| claim.ground == Ground::Negated)
}

/// `I10 with I50.23 and N18.32`.
fn joined(names: &[&str]) -> String {
    match names {
        [first, rest @ ..] if !rest.is_empty() => format!("{first} with {}", rest.join(" and ")),
        _ => names.join(""),
    }
}
