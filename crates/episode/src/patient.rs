//! Codes for one sex or one age on the record of a patient of another: pre-eclampsia of a `45-year-old man`.
//!
//! One of the two is wrong: the words may be another person's, the link may be wrong, or the record. So a person decides. Which
//! codes these are stands in `vocab/rules/patient.toml`, after the conflicts of age and sex of CMS's Medicare Code Editor. Who the
//! patient is, is taken from the notes where all that tell it agree.

use serde::Deserialize;

use clinlink_model::Status;

use crate::claim::{Considered, Rulebook};
use crate::rules;
use crate::tables::any_prefix;
use crate::words::{Word, starts, words_of};

/// The table `patient.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Patients {
    words: Wording,
    limit: Vec<Limit>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    year: Vec<String>,
    younger: Vec<String>,
    female: Vec<String>,
    male: Vec<String>,
    between: Vec<String>,
    others: Vec<String>,
    named: Vec<String>,
}

/// Codes for patients of a sex, or of an age in years.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    codes: Vec<String>,
    sex: Option<Sex>,
    #[serde(default)]
    from: u32,
    to: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sex {
    Female,
    Male,
}

impl Sex {
    const fn word(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}

/// Who the patient is, as far as the notes tell it and agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Patient {
    sex: Option<Sex>,
    /// The least and the greatest age in years that a note tells.
    ages: Option<(u32, u32)>,
}

/// How many words before an age may say that it is another person's.
const NEAR: usize = 3;
/// How many words may stand between an age and a sex.
const BETWEEN: usize = 4;
/// Nobody is older, in years.
const OLDEST: u32 = 120;

/// Leaves the codes that are for other patients to a person.
pub(crate) fn check(codes: &mut [Considered], with: &Rulebook<'_>) {
    let table = &with.tables.patients;
    let limited = |code: &Considered| {
        code.status == Status::Accepted && table.limits(with.pack.code(code.id)).next().is_some()
    };
    if !codes.iter().any(limited) {
        return;
    }
    let mut patient = table.words.patient(with);
    if patient.ages.is_none() && with.tables.births.are_of_newborn(with.episode) {
        patient.ages = Some((0, 0));
    }
    for code in codes.iter_mut().filter(|code| code.status == Status::Accepted) {
        let mut limits = table.limits(with.pack.code(code.id));
        if let Some((rule, reason)) = limits.find_map(|limit| limit.conflict(patient)) {
            code.lower(Status::Review, rule, reason);
        }
    }
}

impl Patients {
    /// The limits of a code.
    fn limits(&self, code: &str) -> impl Iterator<Item = &Limit> {
        self.limit.iter().filter(move |limit| any_prefix(&limit.codes, code))
    }
}

impl Limit {
    /// The rule by which the codes are not the patient's, and why.
    fn conflict(&self, patient: Patient) -> Option<(&'static str, String)> {
        if let (Some(wanted), Some(sex)) = (self.sex, patient.sex)
            && wanted != sex
        {
            let reason =
                format!("for {} patients, but the notes tell of a {} one", wanted.word(), sex.word());
            return Some((rules::SEX_CONFLICT, reason));
        }
        let (youngest, oldest) = patient.ages?;
        let told = if youngest == oldest { youngest.to_string() } else { format!("{youngest} to {oldest}") };
        let of = match self.to {
            Some(to) if youngest > to => format!("up to {to}"),
            _ if oldest < self.from => format!("from {}", self.from),
            _ => return None,
        };
        Some((
            rules::AGE_CONFLICT,
            format!("for patients {of} years old, but the notes tell of {told} years"),
        ))
    }
}

impl Wording {
    /// The patient of the episode; nothing where the notes tell of both sexes.
    fn patient(&self, with: &Rulebook<'_>) -> Patient {
        let mut patient = Patient::default();
        let mut sexes: Vec<Sex> = Vec::new();
        for note in &with.episode.notes {
            for sentence in &note.layout.sentences {
                let words = words_of(&note.note[sentence.span], 0);
                let (sex, age) = self.told(&words);
                sexes.extend(sex);
                if let Some(age) = age {
                    let (youngest, oldest) = patient.ages.unwrap_or((age, age));
                    patient.ages = Some((youngest.min(age), oldest.max(age)));
                }
            }
        }
        match sexes.as_slice() {
            [first, others @ ..] if others.iter().all(|sex| sex == first) => patient.sex = Some(*first),
            [] => {}
            _ => return Patient::default(),
        }
        patient
    }

    /// The sex of the patient and the age in years that a sentence tells. An age counts only with a sex, so that no other number is
    /// taken for one.
    fn told(&self, words: &[Word]) -> (Option<Sex>, Option<u32>) {
        let length = |phrases: &[String], at: usize| {
            let rest = words.get(at..).unwrap_or_default();
            phrases.iter().filter_map(|phrase| starts(rest, phrase)).max()
        };
        let sex_at = |at: usize| {
            let of = |phrases, sex| length(phrases, at).map(|_| sex);
            of(&self.female, Sex::Female).or_else(|| of(&self.male, Sex::Male))
        };
        let age_at = |at: usize| words.get(at)?.form.parse().ok().filter(|age| *age <= OLDEST);
        // `Male, 45 years old`
        if let Some(sex) = sex_at(0).filter(|_| words[0].form.len() > 1)
            && let Some(age) = age_at(1).filter(|_| length(&self.year, 2).is_some())
        {
            return (Some(sex), Some(age));
        }
        for at in 0..words.len() {
            if let Some(named) = length(&self.named, at)
                && let Some(sex) = sex_at(at + named)
            {
                return (Some(sex), None);
            }
            let number = age_at(at);
            let mut before = words[at.saturating_sub(NEAR)..at].iter();
            if number.is_none() || before.any(|word| self.others.contains(&word.form)) {
                continue;
            }
            let younger = length(&self.younger, at + 1);
            let unit = younger.or_else(|| length(&self.year, at + 1));
            // Without a unit only `72M`, in one.
            let mut next = at + 1 + unit.unwrap_or(0);
            if unit.is_none() && words.get(next).is_none_or(|word| word.start != words[at].end) {
                continue;
            }
            let last = if unit.is_some() { next + BETWEEN } else { next };
            while next < last && sex_at(next).is_none() && length(&self.between, next).is_some() {
                next += 1;
            }
            if let Some(sex) = sex_at(next) {
                return (Some(sex), if younger.is_some() { Some(0) } else { number });
            }
        }
        (None, None)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::tables::Tables;

    #[rstest]
    #[case("A 45-year-old man with cough.", Some(Sex::Male), Some(45))]
    #[case("This is a 67 y/o obese white female", Some(Sex::Female), Some(67))]
    #[case("72M with CHF", Some(Sex::Male), Some(72))]
    #[case("3-week-old boy", Some(Sex::Male), Some(0))]
    #[case("Male, 45 years old.", Some(Sex::Male), Some(45))]
    #[case("Sex: Female", Some(Sex::Female), None)]
    #[case::the_mothers("Infant born to a 28 year old female", None, None)]
    #[case::a_relatives("Her sister, a 40 year old woman, has it", None, None)]
    #[case::an_amount("gave 5 m later", None, None)]
    #[case::no_sex("smoked for 20 years", None, None)]
    #[case::too_much("2024 male", None, None)]
    fn a_sentence_tells_of_the_patient(
        #[case] text: &str,
        #[case] sex: Option<Sex>,
        #[case] age: Option<u32>,
    ) {
        assert_eq!(Tables::embedded().patients.words.told(&words_of(text, 0)), (sex, age));
    }
}
