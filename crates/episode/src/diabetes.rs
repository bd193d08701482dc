//! The type of a diabetes that is told apart from its complication, and a neuropathy of which nothing else is told.
//!
//! `Type 1 diabetes` and `diabetic ketoacidosis`, or `DKA`, are E10.10. Words that name no type stand for type 2 only where
//! no other type is documented (Official Guidelines I.C.4.a.2).

use std::collections::BTreeMap;

use clinlink_model::Status;
use clinlink_vocab::ConceptId;

use crate::claim::{Claim, Rulebook};
use crate::rules;
use crate::tables::category;

/// The category of type 2, which is assumed, and those that must be told.
const ASSUMED: &str = "E11";
/// A neuropathy, whatever its kind.
const NEUROPATHY: &str = "G62.9";
const TOLD: [&str; 4] = ["E08", "E09", "E10", "E13"];

/// Relates what is told apart of a diabetes: its type, and a neuropathy.
pub(crate) fn relate(claims: &mut BTreeMap<ConceptId, Vec<Claim>>, with: &Rulebook<'_>) {
    relate_type(claims, with);
    relate_neuropathy(claims, with);
}

/// Gives the claims that assume type 2 the one other type that the record affirms.
fn relate_type(claims: &mut BTreeMap<ConceptId, Vec<Claim>>, with: &Rulebook<'_>) {
    let is_accepted = |claim: &Claim| claim.ground.status() == Status::Accepted;
    let category = |id: &ConceptId| category(with.pack.code(*id));
    let is_affirmed =
        |told: &&str| claims.iter().any(|(id, of)| category(id) == *told && of.iter().any(is_accepted));
    let told: Vec<&str> = TOLD.into_iter().filter(is_affirmed).collect();
    let [told] = told[..] else { return };
    let assumed: Vec<ConceptId> = claims.keys().copied().filter(|id| category(id) == ASSUMED).collect();
    let names_its_type = |claim: &Claim| {
        let words = with.episode.notes[claim.evidence.note].note[claim.said.span].to_lowercase();
        is_accepted(claim) && names_type_2(&words)
    };
    if assumed.iter().any(|id| claims[id].iter().any(names_its_type)) {
        return;
    }
    for id in assumed {
        let code = with.pack.code(id).replace(ASSUMED, told);
        let Some(other) = with.pack.find(&with.config.system, &code) else { continue };
        for mut claim in claims.remove(&id).unwrap_or_default() {
            claim.said.id = other;
            claims.entry(other).or_default().push(claim);
        }
    }
}

/// Reads `neuropathy`, beside one type of diabetes, as the index does: that of a diabetes of no known kind (E11.40). Both
/// are its evidence. Words
/// that name a kind, `peripheral neuropathy`, are put together with the diabetes by combinations.toml.
fn relate_neuropathy(claims: &mut BTreeMap<ConceptId, Vec<Claim>>, with: &Rulebook<'_>) {
    let find = |code: &str| with.pack.find(&with.config.system, code);
    let is_held = |category: &&str| {
        let of_category = claims.iter().filter(|(id, _)| with.pack.code(**id).starts_with(category));
        of_category
            .into_iter()
            .any(|(_, of)| of.iter().any(|claim| claim.ground.status() == Status::Accepted))
    };
    let held: Vec<&str> = TOLD.into_iter().chain([ASSUMED]).filter(is_held).collect();
    let [category] = held[..] else { return };
    let (Some(neuropathy), Some(diabetic)) = (find(NEUROPATHY), find(&format!("{category}.40"))) else {
        return;
    };
    let words = |claim: &Claim| &with.episode.notes[claim.evidence.note].note[claim.said.span];
    let of_diabetes =
        claims.iter().filter(|(id, _)| **id != diabetic && with.pack.code(**id).starts_with(category));
    let accepted =
        of_diabetes.flat_map(|(_, of)| of).filter(|claim| claim.ground.status() == Status::Accepted);
    let diabetes = accepted.max_by(|a, b| a.strength.total_cmp(&b.strength)).cloned();
    let Some(told) = claims.get_mut(&neuropathy) else { return };
    let of_no_kind: Vec<Claim> =
        told.extract_if(.., |claim| words(claim).eq_ignore_ascii_case("neuropathy")).collect();
    if told.is_empty() {
        claims.remove(&neuropathy);
    }
    // What the diabetes adds is its words: whether the patient has the neuropathy is told by the neuropathy.
    let Some(ground) = of_no_kind.iter().map(|claim| claim.ground).min() else { return };
    let diabetes = diabetes.map(|mut claim| {
        claim.set_ground(ground);
        claim
    });
    for mut claim in of_no_kind.into_iter().chain(diabetes) {
        (claim.said.id, claim.said.detail) = (diabetic, Some(rules::DIABETES_WITH));
        claims.entry(diabetic).or_default().push(claim);
    }
}

/// Whether words, in small letters, name type 2.
fn names_type_2(words: &str) -> bool {
    let mut parts = words.split(|c: char| !c.is_alphanumeric());
    parts.any(|part| matches!(part, "2" | "ii" | "two" | "t2" | "t2d" | "t2dm" | "dm2" | "dmii" | "niddm"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("type 2 diabetes", true)]
    #[case("dm type ii", true)]
    #[case("t2dm", true)]
    #[case("dka", false)]
    #[case("diabetic neuropathy", false)]
    fn knows_words_of_type_2(#[case] words: &str, #[case] expected: bool) {
        assert_eq!(names_type_2(words), expected);
    }
}
