//! The MS-DRG of a hospital stay: what its CCs and MCCs come to, and which code moves it.
//!
//! 1. The base: from CMS's index of codes and MS-DRGs, if the pack was built with the definitions manual, else from
//!    clinlink's table of medical families (`vocab/rules/drg.toml`). Where neither decides, or a procedure may, none: a
//!    guess would be taken for CMS's grouper ([`base`]).
//! 2. The severity: each secondary diagnosis is an MCC, a CC or neither (tables 6I and 6J), unless the principal diagnosis
//!    or the base excludes it (table 6K); the greatest level counts ([`severity`]).
//! 3. The MS-DRG of the base at that severity, with its title and weight (table 5).
//!
//! Acute systolic heart failure (I50.21) with pneumonia (J18.9, MCC) and emphysema (J43.9, no CC) is 291; J18.9 alone
//! carries it, since without it the stay is 293.

mod base;
mod families;
mod severity;
mod split;

use std::sync::Arc;

use clinlink_model::{CodeSet, Drg, DrgEffect, DrgReport, DrgSource, Severity, Status, System};
use clinlink_vocab::{ConceptId, Fact, Pack};

pub(crate) use families::Families;

use self::base::Found;
use self::severity::Secondary;
use self::split::Base;

/// The codes of a stay, as they stand on a claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrgCase {
    /// The principal diagnosis (ICD-10-CM), if there is one.
    pub principal: Option<String>,
    /// The other diagnoses that are accepted (ICD-10-CM).
    pub secondary: Vec<String>,
    /// The diagnoses that a person must decide about (ICD-10-CM).
    pub to_review: Vec<String>,
    /// The procedures that are accepted (ICD-10-PCS).
    pub procedures: Vec<String>,
}

/// Finds MS-DRGs. Cheap to clone.
#[derive(Clone)]
pub struct DrgGrouper {
    pack: Arc<Pack>,
    families: Arc<Families>,
}

impl DrgCase {
    /// The codes of a code set.
    pub fn of(set: &CodeSet) -> Self {
        let mut case = Self::default();
        for entry in &set.codes {
            let code = entry.code.clone();
            match (entry.status, &entry.system) {
                (Status::Accepted, system) if *system == System::ICD10PCS => case.procedures.push(code),
                (Status::Accepted, system) if *system == System::ICD10CM => {
                    if entry.report.principal.is_some() && case.principal.is_none() {
                        case.principal = Some(code);
                    } else {
                        case.secondary.push(code);
                    }
                }
                (Status::Review, system) if *system == System::ICD10CM => case.to_review.push(code),
                _ => {}
            }
        }
        case
    }
}

impl DrgGrouper {
    pub(crate) fn new(pack: Arc<Pack>, families: Arc<Families>) -> Self {
        Self { pack, families }
    }

    /// The MS-DRG of a stay and what moves it.
    pub fn group(&self, case: &DrgCase) -> DrgReport {
        let pack = &*self.pack;
        let (found, mut reasons) = match base::find(pack, &self.families, case) {
            Ok(found) => (Some(found), Vec::new()),
            Err(reason) => (None, vec![reason]),
        };
        let base = found.as_ref().map(|found| &found.base);
        let principal = case.principal.as_deref();
        let level = |code: &String| severity::of(pack, code, principal, base);
        let secondary: Vec<Secondary> = case.secondary.iter().filter_map(level).collect();
        let severity = greatest(&secondary);
        let stay = Stay { pack, base, severity };
        let without = |at: usize| {
            let others = secondary.iter().enumerate().filter(|(other, _)| *other != at);
            others.map(|(_, code)| code.counts()).max().unwrap_or_default()
        };
        let effects: Vec<DrgEffect> =
            secondary.iter().enumerate().map(|(at, code)| stay.effect(code, without(at))).collect();
        let to_review = case.to_review.iter().filter(|code| !case.secondary.contains(code));
        let what_if: Vec<Secondary> = to_review.filter_map(level).collect();
        let what_if = what_if.iter().map(|code| stay.effect(code, severity.max(code.counts()))).collect();
        if let Some(found) = &found {
            reasons.extend(found.reasons(pack, case));
        }
        let dying = secondary.iter().filter(|code| code.if_alive && code.excluded.is_none());
        reasons.extend(
            dying.map(|code| format!("{} counts only if the patient was discharged alive", code.code)),
        );
        DrgReport {
            drg: base.map(|base| drg(pack, base.at(severity))),
            severity,
            source: found.as_ref().map(|found| found.source),
            moved_by: effects
                .iter()
                .filter(|effect| effect.moves)
                .map(|effect| effect.code.clone())
                .collect(),
            secondary: effects,
            what_if,
            reasons,
        }
    }
}

/// What a stay comes to as it is.
struct Stay<'a> {
    pack: &'a Pack,
    base: Option<&'a Base>,
    severity: Severity,
}

impl Stay<'_> {
    /// What a code does, given the severity of the set without it or, for a code to review, with it.
    fn effect(&self, code: &Secondary, severity: Severity) -> DrgEffect {
        let drg = self.base.map(|base| drg(self.pack, base.at(severity)));
        let moves = match self.base {
            Some(base) => base.at(severity) != base.at(self.severity),
            None => severity != self.severity,
        };
        DrgEffect {
            code: code.code.clone(),
            level: code.level,
            excluded: code.excluded.clone(),
            severity,
            weight: drg.as_ref().and_then(|drg| drg.weight),
            drg: drg.map(|drg| drg.code),
            moves,
        }
    }
}

impl Found {
    /// What the base rests on, in words.
    fn reasons(&self, pack: &Pack, case: &DrgCase) -> Vec<String> {
        let drgs = self.base.codes(pack);
        let mut reasons = vec![match self.source {
            DrgSource::Definitions => format!(
                "MS-DRGs {drgs} by the index of CMS's definitions; age, sex, discharge and combinations of procedures are \
                 not looked at"
            ),
            DrgSource::Families => format!(
                "MS-DRGs {drgs} by clinlink's table of medical families: an estimate, CMS's grouper decides"
            ),
        }];
        if case.procedures.is_empty() {
            reasons
                .push("taken for granted: no procedure in an operating room, since none is coded".to_owned());
        }
        reasons.extend(self.note.clone());
        reasons.extend(self.assumes.iter().map(|assumed| format!("taken for granted: {assumed}")));
        reasons
    }
}

fn greatest(codes: &[Secondary]) -> Severity {
    codes.iter().map(Secondary::counts).max().unwrap_or_default()
}

/// An MS-DRG as the pack has it.
fn drg(pack: &Pack, id: ConceptId) -> Drg {
    let concept = pack.concept(id);
    let fact = |wanted| self::fact(pack, id, wanted).unwrap_or_default().to_owned();
    Drg {
        code: concept.code.to_owned(),
        title: concept.title.to_owned(),
        weight: fact(Fact::Weight).parse().ok(),
        mdc: fact(Fact::Mdc),
        kind: fact(Fact::DrgType),
    }
}

/// The first value of a fact.
fn fact(pack: &Pack, id: ConceptId, wanted: Fact) -> Option<&str> {
    pack.facts(id).find(|(fact, _)| *fact == wanted).map(|(_, value)| value)
}
