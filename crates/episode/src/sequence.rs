//! The order of the accepted codes, and the principal (first-listed) diagnosis.
//!
//! First is the diagnosis that, after study, was the reason for the stay: the first of the discharge diagnoses that may
//! be first, else the first that a note tells. An external cause, a manifestation, most Z codes and a symptom beside a
//! definitive diagnosis are never first (Official Guidelines II, II.A, IV.G), nor are a drug's adverse effect and
//! underdosing (I.C.19.e.5), nor the injury behind a sequela (I.B.10); a poisoning and a toxic effect are. The others follow in the order in which
//! they are told, but for what the tabular list ("code first", "use additional code") and `vocab/rules/sequence.toml` put
//! before something else.

use std::cmp::Reverse;

use clinlink_model::{SectionKind, Span, Status, System};
use clinlink_vocab::{ConceptId, NoteKind, Pack};
use serde::Deserialize;

use crate::claim::Considered;
use crate::detail::is_encounter;
use crate::drugs::Circumstance;
use crate::tables::any_prefix;

/// The table `sequence.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sequence {
    never_first: Vec<String>,
    may_be_first: Vec<String>,
    manifestation: Vec<String>,
    before_all: Vec<Vec<String>>,
    before: Vec<Before>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    codes: Vec<String>,
    others: Vec<String>,
}

/// What a code is worth as the first, the least first: by table, by kind, by where it is told, by place.
type Rank = (usize, Kind, usize, Option<(Reverse<usize>, Span)>, Reverse<u32>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A poisoning or toxic effect, which stands before what it caused.
    Poisoning,
    Diagnosis,
    Symptom,
    NotFirst,
}

/// The accepted codes in the order in which they are reported, and why the first is first.
pub(crate) struct Order {
    /// Places in the list of codes.
    pub(crate) places: Vec<usize>,
    /// Why the first is the principal diagnosis; `None` if none of them may be.
    pub(crate) principal: Option<String>,
    /// What the notes of each ask for, by its place.
    demands: Vec<(usize, Demands)>,
}

impl Sequence {
    /// Orders the accepted codes of `system`. `acquired` says of a code that it came after admission.
    pub(crate) fn order(
        &self,
        pack: &Pack,
        system: &System,
        codes: &[Considered],
        acquired: &dyn Fn(&Considered) -> bool,
    ) -> Order {
        let rank = |at: usize| self.rank(pack, &codes[at], acquired(&codes[at]));
        let of_status = |status: Status| {
            (0..codes.len())
                .filter(move |&at| codes[at].status == status && pack.system_of(codes[at].id) == system)
        };
        let mut places: Vec<usize> = of_status(Status::Accepted).collect();
        places.sort_by_cached_key(|&at| rank(at));
        let demands: Vec<(usize, Demands)> =
            places.iter().map(|&at| (at, Demands::of(pack, codes[at].id))).collect();
        self.put_before(pack, codes, &demands, &mut places);
        // What came after admission was not the reason for the stay, and what is never first is not first either.
        let may_be_first =
            |&at: &usize| !acquired(&codes[at]) && self.kind(pack, codes[at].id) != Kind::NotFirst;
        if places.first().is_some_and(|at| !may_be_first(at))
            && let Some(first) = places.iter().position(may_be_first)
        {
            places[..=first].rotate_right(1);
        }
        let principal = places.first().filter(|&&at| !acquired(&codes[at])).and_then(|&at| {
            let reason = self.reason(pack, &codes[at], places.len())?;
            let first = of_status(Status::Review).min_by_key(|&other| rank(other));
            let first = first.filter(|&other| rank(other) < rank(at)).map(|other| pack.code(codes[other].id));
            Some(
                first.map_or(reason.clone(), |code| {
                    format!("{reason}; but {code}, to review, stands before it")
                }),
            )
        });
        Order { places, principal, demands }
    }

    fn rank(&self, pack: &Pack, code: &Considered, acquired: bool) -> Rank {
        let name = pack.code(code.id);
        let all = self.before_all.iter().position(|group| any_prefix(group, name));
        // The last note that tells it in the weightiest section is the one whose order counts.
        let told = code.supporting().map(|claim| {
            let evidence = &claim.evidence;
            (weight(evidence.section), Some((Reverse(evidence.note), evidence.span)))
        });
        let (section, place) = told.min().unwrap_or((usize::MAX, None));
        let kind = match self.kind(pack, code.id) {
            Kind::Poisoning | Kind::Diagnosis if acquired => Kind::Symptom,
            kind => kind,
        };
        // Scores are not negative, so their bits have their order.
        let sure = Reverse(code.score().to_bits());
        (all.unwrap_or(self.before_all.len()), kind, section, place, sure)
    }

    fn kind(&self, pack: &Pack, id: ConceptId) -> Kind {
        let concept = pack.concept(id);
        let manifestation = self.is_manifestation(pack, id);
        let barred =
            any_prefix(&self.never_first, concept.code) && !any_prefix(&self.may_be_first, concept.code);
        match Circumstance::of_code(concept.code) {
            _ if manifestation || barred || is_sequela(concept.code) => Kind::NotFirst,
            Some(Circumstance::Poisoning | Circumstance::ToxicEffect) => Kind::Poisoning,
            Some(Circumstance::AdverseEffect | Circumstance::Underdosing) => Kind::NotFirst,
            None if concept.code.starts_with('R') => Kind::Symptom,
            None => Kind::Diagnosis,
        }
    }

    /// Whether the title says that the code is a manifestation of another disease.
    pub(crate) fn is_manifestation(&self, pack: &Pack, id: ConceptId) -> bool {
        let title = pack.title(id).to_lowercase();
        self.manifestation.iter().any(|words| title.contains(words.as_str()))
    }

    /// Moves codes before those that they must precede.
    fn put_before(
        &self,
        pack: &Pack,
        codes: &[Considered],
        demands: &[(usize, Demands)],
        places: &mut Vec<usize>,
    ) {
        let name = |at: usize| pack.code(codes[at].id);
        let demands = |at: usize| demands.iter().find(|(known, _)| *known == at).map(|(_, demands)| demands);
        let precedes = |a: usize, b: usize| {
            let listed = self
                .before
                .iter()
                .any(|before| any_prefix(&before.codes, name(a)) && any_prefix(&before.others, name(b)));
            let first = demands(b).is_some_and(|demands| any_prefix(&demands.first, name(a)));
            let additional = demands(a).is_some_and(|demands| any_prefix(&demands.additional, name(b)));
            listed || first || additional
        };
        let mut left = std::mem::take(places);
        while !left.is_empty() {
            // The first that is left, or what must stand before it, and so on. Contradictory notes end after as many steps as
            // there are codes.
            let mut next = 0;
            for _ in 0..left.len() {
                let is_before = |&other: &usize| {
                    other != next && precedes(left[other], left[next]) && !precedes(left[next], left[other])
                };
                let Some(before) = (0..left.len()).find(is_before) else { break };
                next = before;
            }
            places.push(left.remove(next));
        }
    }

    /// Why a code, of so many that are accepted, is the principal diagnosis, if it may be.
    fn reason(&self, pack: &Pack, code: &Considered, accepted: usize) -> Option<String> {
        let name = pack.code(code.id);
        if self.before_all.iter().any(|group| any_prefix(group, name)) {
            return Some("its chapter comes before all others (I.C.15.a, I.C.16.a)".to_owned());
        }
        match self.kind(pack, code.id) {
            Kind::NotFirst => None,
            Kind::Symptom => Some("a symptom, since no definitive diagnosis is accepted (II.A)".to_owned()),
            Kind::Poisoning if Circumstance::of_code(name) == Some(Circumstance::ToxicEffect) => {
                Some("a toxic effect stands before what it caused (I.C.19.e.5.d)".to_owned())
            }
            Kind::Poisoning => Some("a poisoning stands before what it caused (I.C.19.e.5.b)".to_owned()),
            Kind::Diagnosis => {
                let told = code.supporting().map(|claim| weight(claim.evidence.section)).min();
                let place = match told {
                    Some(0) => "first of the discharge diagnoses that may be first",
                    Some(1) => "first of the conclusions that may be first",
                    _ if accepted == 1 => "the only diagnosis",
                    _ => "the first diagnosis told that may be first",
                };
                Some(format!("{place}; established after study (II, IV.G)"))
            }
        }
    }
}

/// Whether a code says that an injury is over and left something behind, which stands before it (I.B.10).
pub(crate) fn is_sequela(code: &str) -> bool {
    is_encounter(code) && code.ends_with('S')
}

/// How near a section is to the reason for the stay: 0 is nearest.
fn weight(section: SectionKind) -> usize {
    match section {
        SectionKind::DischargeDiagnosis => 0,
        SectionKind::AssessmentAndPlan | SectionKind::Impression => 1,
        SectionKind::AdmissionDiagnosis | SectionKind::HospitalCourse | SectionKind::ChiefComplaint => 2,
        SectionKind::PastMedicalHistory
        | SectionKind::PastSurgicalHistory
        | SectionKind::SocialHistory
        | SectionKind::Medications
        | SectionKind::Allergies => 4,
        _ => 3,
    }
}

/// The codes that a code's notes put before and after it, as prefixes.
struct Demands {
    first: Vec<String>,
    additional: Vec<String>,
}

impl Demands {
    fn of(pack: &Pack, id: ConceptId) -> Self {
        Self {
            first: pack.note_codes(id, NoteKind::CodeFirst),
            additional: pack.note_codes(id, NoteKind::UseAdditional),
        }
    }
}

impl Order {
    /// What the tabular list asks for beside the accepted code at a place and none of `accepted` gives.
    pub(crate) fn remarks(
        &self,
        pack: &Pack,
        sequence: &Sequence,
        (at, id): (usize, ConceptId),
        accepted: &[&str],
    ) -> Vec<String> {
        let Some((_, demands)) = self.demands.iter().find(|(known, _)| *known == at) else {
            return Vec::new();
        };
        let mut remarks = Vec::new();
        let manifestation = sequence.is_manifestation(pack, id);
        for (kind, codes) in
            [(NoteKind::CodeFirst, &demands.first), (NoteKind::UseAdditional, &demands.additional)]
        {
            if codes.is_empty() || accepted.iter().any(|code| any_prefix(codes, code)) {
                continue;
            }
            let is_code = |at: &ConceptId| !pack.code(*at).contains('-');
            let levels = std::iter::once(id).chain(pack.ancestors(id)).take_while(is_code);
            let mut notes = levels.flat_map(|level| pack.notes(level, kind).collect::<Vec<_>>());
            let note = notes.find(|note| note.contains('(') && (manifestation || is_required(note)));
            remarks.extend(note.map(|note| kind.sentence(note)));
        }
        remarks
    }
}

/// Whether a note holds always, not only where something applies or is known.
fn is_required(note: &str) -> bool {
    let note = note.to_lowercase();
    let conditional =
        ["if ", "any ", "such as", "applicable", "to identify control", "tobacco", "smoke", "drugs"];
    !conditional.iter().any(|words| note.contains(words)) && note.contains("to identify")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::is_required;

    #[rstest]
    #[case("code to identify stage of chronic kidney disease (N18.1-N18.6)", true)]
    #[case("code, if applicable, to identify kidney transplant status (Z94.0)", false)]
    #[case("tobacco use (Z72.0)", false)]
    fn knows_what_is_always_asked(#[case] note: &str, #[case] required: bool) {
        assert_eq!(is_required(note), required);
    }
}
