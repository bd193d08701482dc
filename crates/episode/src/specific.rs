//! The more specific code is reported, not the general one beside it.
//!
//! If the notes say `diabetes` in one place and `diabetic nephropathy` in another, E11.21 is reported and E11.9 gives way
//! (Official Guidelines I.B.2). A code gives way to accepted codes below what it stands for: E11.9 stands for E11. Where
//! the specific code stands elsewhere in the category, its title may say so: `ST elevation myocardial infarction of
//! unspecified site` (I21.3) beside that `involving other coronary artery of inferior wall` (I21.19). Where neither shows it,
//! `vocab/rules/general.toml` does: `anemia` (D64.9) beside `iron deficiency anemia` (D50.9).

use clinlink_model::Status;
use clinlink_vocab::{ConceptId, Pack};
use serde::Deserialize;

use crate::claim::Considered;
use crate::detail::{is_encounter, stem};
use crate::rules;
use crate::tables::{any_prefix, category};

/// Unspecified codes and those that they give way to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct General {
    code: Vec<String>,
    to: Vec<String>,
}

/// The categories of its chapter that a general code may stand for: `kidney disease` is N28.9 and may be a CKD, N18.
pub(crate) fn meant<'t>(table: &'t [General], code: &str) -> impl Iterator<Item = &'t str> {
    let entries = table.iter().filter(move |entry| any_prefix(&entry.code, code));
    let chapter = code.chars().next();
    entries.flat_map(|entry| &entry.to).map(|to| category(to)).filter(move |to| to.chars().next() == chapter)
}

/// Rejects every accepted or open code that the table has give way to one that is at least as sure.
pub(crate) fn prefer_listed(pack: &Pack, table: &[General], codes: &mut [Considered]) {
    let code_of = |id: ConceptId| pack.code(id);
    let mut open: Vec<(Status, &str)> = codes.iter().map(|code| (code.status, code_of(code.id))).collect();
    open.retain(|(status, _)| *status != Status::Rejected);
    open.sort_by_key(|(status, _)| *status);
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        let general = code_of(code.id);
        let mut sure = open.iter().filter(|(status, _)| *status <= code.status).map(|(_, other)| *other);
        let entries: Vec<&General> = table.iter().filter(|entry| any_prefix(&entry.code, general)).collect();
        let is_better =
            |other: &&str| *other != general && entries.iter().any(|entry| any_prefix(&entry.to, other));
        if let Some(better) = sure.find(is_better) {
            code.lower(Status::Rejected, rules::GENERAL, format!("outranked by {better}"));
        }
    }
}

/// Rejects every accepted or open code whose title leaves open what that of an accepted code of its category tells.
pub(crate) fn prefer_told(pack: &Pack, codes: &mut [Considered]) {
    let concept_of = |code: &Considered| pack.concept(code.id);
    let accepted: Vec<(&str, String)> = codes
        .iter()
        .filter(|code| code.status == Status::Accepted && pack.is_billable(code.id))
        .map(|code| (concept_of(code).code, concept_of(code).title.to_lowercase()))
        .collect();
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        let (name, title) = (concept_of(code).code, concept_of(code).title.to_lowercase());
        if !title.contains(UNSPECIFIED) {
            continue;
        }
        let tells = |(other, told): &&(&str, String)| {
            *other != name && category(other) == category(name) && says_more(told, &title)
        };
        if let Some((better, _)) = accepted.iter().find(tells) {
            code.lower(Status::Rejected, rules::SPECIFIC, format!("outranked by {better}"));
        }
    }
}

/// What a title says where a detail is open.
const UNSPECIFIED: &str = "unspecified";
/// What may be open.
const OPEN: [&str; 6] = ["site", "part", "stage", "severity", "type", "degree"];
/// Words with which a title says the contrary.
const DENIALS: [&str; 3] = ["not", "without", "no"];

/// Whether a title has all that another one says beside what it leaves open, and leaves nothing open itself.
fn says_more(title: &str, open: &str) -> bool {
    let words = |title| str::split(title, |c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let has = |wanted: &str| words(title).any(|word| word == wanted);
    let mut rest = words(open).filter(|word| *word != UNSPECIFIED && !OPEN.contains(word));
    // `Not intractable` has the word too.
    let mut denied = DENIALS.iter().filter(|denial| has(denial) && words(open).all(|word| word != **denial));
    !title.contains(UNSPECIFIED) && denied.next().is_none() && rest.all(has)
}

/// Rejects a code whose seventh character was only assumed beside one whose seventh character the notes tell.
pub(crate) fn prefer_told_encounter(pack: &Pack, codes: &mut [Considered]) {
    let code_of = |id: ConceptId| pack.code(id);
    let accepted = codes.iter().filter(|code| code.status == Status::Accepted);
    let told: Vec<&str> = accepted.map(|code| code_of(code.id)).filter(|code| is_encounter(code)).collect();
    for code in codes.iter_mut().filter(|code| code.status == Status::Review) {
        let name = code_of(code.id);
        let assumed = code.verdicts.iter().any(|(rule, _)| rule == rules::SEVENTH_CHARACTER);
        let same = |other: &&&str| **other != name && other[..other.len() - 1] == name[..name.len() - 1];
        if let Some(better) = told.iter().filter(|_| assumed).find(same) {
            code.lower(Status::Rejected, rules::ENCOUNTER, format!("outranked by {better}"));
        }
    }
}

/// Rejects every accepted or open code that an accepted code below it outranks.
pub(crate) fn prefer_specific(pack: &Pack, codes: &mut [Considered]) {
    // A code that itself only stands for the same stem says no more, so stems are compared.
    let accepted: Vec<(ConceptId, ConceptId)> = codes
        .iter()
        .filter(|code| code.status == Status::Accepted && pack.is_billable(code.id))
        .map(|code| (code.id, stem(pack, code.id)))
        .collect();
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        let stem = stem(pack, code.id);
        let better = accepted.iter().find(|&&(other, other_stem)| {
            other != code.id && other_stem != stem && pack.ancestors(other).any(|above| above == stem)
        });
        if let Some(&(better, _)) = better {
            let reason = format!("outranked by {}", pack.code(better));
            code.lower(Status::Rejected, rules::SPECIFIC, reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::says_more;

    #[rstest]
    #[case::its_site(
        "neoplasm of upper-outer quadrant of left breast",
        "neoplasm of unspecified site of left breast",
        true
    )]
    #[case::its_kind(
        "transverse fracture of shaft of right tibia",
        "unspecified fracture of shaft of right tibia",
        true
    )]
    #[case::other_side(
        "neoplasm of upper-outer quadrant of right breast",
        "neoplasm of unspecified site of left breast",
        false
    )]
    #[case::open_too(
        "neoplasm of breast, unspecified, of left site",
        "neoplasm of unspecified site of left breast",
        false
    )]
    #[case::denied("focal epilepsy, not intractable", "epilepsy, unspecified, intractable", false)]
    #[case::other_thing("open wound of nose", "unspecified open wound of ear", false)]
    fn a_title_says_what_another_leaves_open(#[case] title: &str, #[case] open: &str, #[case] more: bool) {
        assert_eq!(says_more(title, open), more);
    }
}
