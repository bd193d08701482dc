//! ICD-9-CM, the final version 32, as the lists of codes and titles that CMS publishes.
//!
//! Four files in this order: long titles of diagnoses, long titles of procedures, short titles of diagnoses, short
//! titles of procedures. A line is a code without its point, blanks, and a title; the encoding is ISO 8859-1:
//!
//! ```text
//! 25000 Diabetes mellitus without mention of complication, type II or unspecified type, not stated as uncontrolled
//! V1582 Personal history of tobacco use
//! ```
//!
//! A long title is the title, with the variants of `title_variants` as synonyms, but for the acronyms in brackets: of
//! titles that no longer change, too many have another sense today (`LDH`, `BCG`). V and E codes say circumstances in a
//! word that means something else alone (`V44.50 Cystostomy, unspecified`, `V22.0 Supervision of normal first
//! pregnancy`): their titles are related terms. A short title is full of abbreviations of its own making (`DMII wo cmp
//! nt st uncntr`) and is a related term too. Diagnoses and procedures are one
//! system, as FHIR has it: with their points, no code of one is a code of the other (`001.0`, `00.10`). The lists hold
//! codes that may be reported only; the chapters above them, by range, are written out below. A code that has been
//! divided (`780.6`, since 2008 `780.60` to `780.65`) stands in older records and above its parts: it is named by the words
//! that their titles begin with, or else by the first of them, and has no terms.

use std::collections::BTreeMap;
use std::path::Path;

use clinlink_model::{Label, System};

use super::at;
use super::icd10pcs_codes::common_start;
use super::text::{lines, read_latin1};
use super::title_variants::title_variants;
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::icd_codes::{icd9cm_diagnosis, icd9cm_procedure};
use crate::vocab_error::VocabError;

/// What a list holds.
struct List {
    pointed: fn(&str) -> Option<String>,
    label: Label,
    chapters: &'static [(&'static str, &'static str)],
    name: &'static str,
}

const DIAGNOSES: List = List {
    pointed: icd9cm_diagnosis,
    label: Label::Disease,
    chapters: &DIAGNOSIS_CHAPTERS,
    name: "a diagnosis of ICD-9-CM (25000, V1582, E8859)",
};

const PROCEDURES: List = List {
    pointed: icd9cm_procedure,
    label: Label::Procedure,
    chapters: &PROCEDURE_CHAPTERS,
    name: "a procedure of ICD-9-CM (3613)",
};

pub(super) fn read(long: [&Path; 2], short: [&Path; 2], builder: &mut PackBuilder) -> Result<(), VocabError> {
    for (path, list) in long.into_iter().zip([DIAGNOSES, PROCEDURES]) {
        read_long(path, &list, builder)?;
    }
    for (path, list) in short.into_iter().zip([DIAGNOSES, PROCEDURES]) {
        read_short(path, &list, builder)?;
    }
    Ok(())
}

fn read_long(path: &Path, list: &List, builder: &mut PackBuilder) -> Result<(), VocabError> {
    for (range, title) in list.chapters {
        builder.heading(&System::ICD9CM, range, title, list.label).billable(false);
    }
    let text = read_latin1(path)?;
    let divided = divided(&text, list);
    for (code, title) in &divided {
        builder.heading(&System::ICD9CM, code, title, list.label).billable(false);
        if let Some((range, _)) = list.chapters.iter().find(|(range, _)| is_in(code, range)) {
            builder.parent(range);
        }
    }
    for (number, line) in lines(&text) {
        let (code, title) = match code_and_title(line, list) {
            Ok(found) => found,
            Err(cause) => {
                builder.skip(at(path, number, cause))?;
                continue;
            }
        };
        if builder.contains(&System::ICD9CM, &code) {
            builder.skip(at(path, number, format!("{code} stands here a second time")))?;
            continue;
        }
        add_terms(&code, title, list.label, builder);
        if let Some(whole) = whole(&code).filter(|whole| divided.contains_key(*whole)) {
            builder.parent(whole);
        } else if let Some((range, _)) = list.chapters.iter().find(|(range, _)| is_in(&code, range)) {
            builder.parent(range);
        }
    }
    Ok(())
}

/// The codes that have been divided, with a title made of those of their parts.
fn divided(text: &str, list: &List) -> BTreeMap<String, String> {
    let mut divided: BTreeMap<String, String> = BTreeMap::new();
    for (code, title) in lines(text).filter_map(|(_, line)| code_and_title(line, list).ok()) {
        let Some(whole) = whole(&code) else { continue };
        let Some(known) = divided.get_mut(whole) else {
            divided.insert(whole.to_owned(), title.trim_end_matches(", unspecified").to_owned());
            continue;
        };
        let shared = common_start(&[("", known), ("", title)]);
        if !shared.is_empty() {
            *known = shared;
        }
    }
    divided
}

/// The code of which a code of five digits is a part: `780.6` of `780.60`.
fn whole(code: &str) -> Option<&str> {
    let (_, detail) = code.split_once('.')?;
    (detail.len() == 2).then(|| &code[..code.len() - 1])
}

/// Adds a code with its title and the variants that are words.
fn add_terms(code: &str, title: &str, label: Label, builder: &mut PackBuilder) {
    if code.starts_with(['V', 'E']) {
        builder.heading(&System::ICD9CM, code, title, label).term(title, TermKind::Related);
        return;
    }
    builder.concept(&System::ICD9CM, code, title, label);
    for (variant, kind) in title_variants(title) {
        if variant.contains(char::is_lowercase) {
            builder.variant(&variant, kind);
        }
    }
}

fn read_short(path: &Path, list: &List, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_latin1(path)?;
    for (number, line) in lines(&text) {
        match code_and_title(line, list) {
            Ok((code, title)) if builder.select(&System::ICD9CM, &code) => {
                builder.term(title, TermKind::Related);
            }
            Ok((code, _)) => builder.skip(at(path, number, format!("{code} has no long title")))?,
            Err(cause) => builder.skip(at(path, number, cause))?,
        }
    }
    Ok(())
}

/// The code with its point and the title of a line.
fn code_and_title<'t>(line: &'t str, list: &List) -> Result<(String, &'t str), String> {
    let (code, title) = line.split_once(' ').unwrap_or((line, ""));
    let title = title.trim();
    match (list.pointed)(code) {
        Some(code) if !title.is_empty() => Ok((code, title)),
        Some(code) => Err(format!("{code} has no title; expected a code, a blank and a title")),
        None => Err(format!("{code:?} has not the form of {}", list.name)),
    }
}

/// Whether a code is in a range of categories. Ranges begin and end with codes of the same length.
fn is_in(code: &str, range: &str) -> bool {
    let Some((first, last)) = range.split_once('-') else { return false };
    let category = code.split('.').next().unwrap_or(code);
    category.len() == first.len() && (first..=last).contains(&category)
}

const DIAGNOSIS_CHAPTERS: [(&str, &str); 19] = [
    ("001-139", "Infectious and parasitic diseases"),
    ("140-239", "Neoplasms"),
    ("240-279", "Endocrine, nutritional and metabolic diseases, and immunity disorders"),
    ("280-289", "Diseases of the blood and blood-forming organs"),
    ("290-319", "Mental, behavioral and neurodevelopmental disorders"),
    ("320-389", "Diseases of the nervous system and sense organs"),
    ("390-459", "Diseases of the circulatory system"),
    ("460-519", "Diseases of the respiratory system"),
    ("520-579", "Diseases of the digestive system"),
    ("580-629", "Diseases of the genitourinary system"),
    ("630-679", "Complications of pregnancy, childbirth, and the puerperium"),
    ("680-709", "Diseases of the skin and subcutaneous tissue"),
    ("710-739", "Diseases of the musculoskeletal system and connective tissue"),
    ("740-759", "Congenital anomalies"),
    ("760-779", "Certain conditions originating in the perinatal period"),
    ("780-799", "Symptoms, signs, and ill-defined conditions"),
    ("800-999", "Injury and poisoning"),
    (
        "V01-V91",
        "Supplementary classification of factors influencing health status and contact with health services",
    ),
    ("E000-E999", "Supplementary classification of external causes of injury and poisoning"),
];

const PROCEDURE_CHAPTERS: [(&str, &str); 18] = [
    ("00-00", "Procedures and interventions, not elsewhere classified"),
    ("01-05", "Operations on the nervous system"),
    ("06-07", "Operations on the endocrine system"),
    ("08-16", "Operations on the eye"),
    ("17-17", "Other miscellaneous diagnostic and therapeutic procedures"),
    ("18-20", "Operations on the ear"),
    ("21-29", "Operations on the nose, mouth, and pharynx"),
    ("30-34", "Operations on the respiratory system"),
    ("35-39", "Operations on the cardiovascular system"),
    ("40-41", "Operations on the hemic and lymphatic system"),
    ("42-54", "Operations on the digestive system"),
    ("55-59", "Operations on the urinary system"),
    ("60-64", "Operations on the male genital organs"),
    ("65-71", "Operations on the female genital organs"),
    ("72-75", "Obstetrical procedures"),
    ("76-84", "Operations on the musculoskeletal system"),
    ("85-86", "Operations on the integumentary system"),
    ("87-99", "Miscellaneous diagnostic and therapeutic procedures"),
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("250.00", "240-279", true)]
    #[case("V15.82", "V01-V91", true)]
    #[case("E885.9", "E000-E999", true)]
    #[case::other_list("01.01", "001-139", false)]
    #[case::other("280.0", "240-279", false)]
    fn ranges(#[case] code: &str, #[case] range: &str, #[case] expected: bool) {
        assert_eq!(is_in(code, range), expected);
    }
}
