//! What an assertion means for coding: the first rule, for one mention at a time.
//!
//! `Mother had breast cancer` is the mother's, `return if fever` has not happened, `pneumonia was ruled out` is denied:
//! none of them is the patient's diagnosis. The experiencer counts before polarity, polarity before time, time before
//! certainty, so that each mention has one ground.

use clinlink_model::{Assertion, Certainty, Course, Experiencer, Polarity, SectionKind, Status, Temporality};

use crate::rules;
use crate::sources::Care;

/// What one mention says about a code, from the strongest support to the clearest refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ground {
    Affirmed,
    UncertainAtDischarge,
    Chronic,
    /// The code itself speaks of the past, a status or a relative, and so do the words.
    StatesThePast,
    /// Words of a status: see [`crate::status`].
    StatusCode,
    /// Words of a past disease, for the code of its history: see [`crate::history`].
    HistoryCode,
    StatusToConfirm,
    FamilyHistoryCode,
    HistorySection,
    /// Of the past, but still treated: see [`crate::neoplasm`].
    UnderTreatment,
    Uncertain,
    Historical,
    /// Part of a sequela, which is reported instead: see [`crate::sequela`].
    Sequela,
    Hypothetical,
    Negated,
    Family,
    OtherPerson,
    /// Words of a status, for something that is being done.
    DoneNow,
    NotAssessed,
}

/// What a code speaks of, by the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpeaksOf {
    /// A disease that does not end.
    Chronic,
    /// The past, or a status.
    Past,
    /// A relative.
    Relative,
    /// Anything else.
    Other,
}

/// What is known of a mention besides its assertion.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) section: SectionKind,
    pub(crate) speaks_of: SpeaksOf,
    pub(crate) care: Care,
}

impl Ground {
    /// The ground that an assertion gives.
    pub(crate) fn of(assertion: Option<&Assertion>, setting: Setting) -> Self {
        let Some(assertion) = assertion else { return Self::NotAssessed };
        let negated = assertion.polarity == Polarity::Negated;
        match assertion.experiencer {
            Experiencer::Family if setting.speaks_of == SpeaksOf::Relative && !negated => {
                return Self::StatesThePast;
            }
            Experiencer::Family => return Self::Family,
            Experiencer::Other => return Self::OtherPerson,
            Experiencer::Patient => {}
        }
        if negated {
            return Self::Negated;
        }
        match assertion.temporality {
            Temporality::Hypothetical => return Self::Hypothetical,
            // `History of a possible TIA` is no history of one.
            Temporality::Historical if assertion.certainty != Certainty::Certain => return Self::Uncertain,
            Temporality::Historical if setting.speaks_of == SpeaksOf::Past => return Self::StatesThePast,
            Temporality::Historical => {
                if let Some(ground) = Self::past(assertion, setting) {
                    return ground;
                }
            }
            // What is only planned is no status yet, and what had resolved before a visit is not treated there (IV.J).
            Temporality::Recent => match (assertion.course, setting.speaks_of) {
                (Some(Course::Planned), SpeaksOf::Past) => return Self::Hypothetical,
                (Some(Course::Resolved), SpeaksOf::Other) if setting.care == Care::Visit => {
                    return Self::Historical;
                }
                _ => {}
            },
        }
        let at_discharge = setting.care == Care::Stay && setting.section == SectionKind::DischargeDiagnosis;
        match assertion.certainty {
            Certainty::Certain if assertion.temporality == Temporality::Historical => Self::Chronic,
            Certainty::Certain => Self::Affirmed,
            _ if at_discharge => Self::UncertainAtDischarge,
            Certainty::Probable | Certainty::Possible => Self::Uncertain,
        }
    }

    /// The ground of what is said to be of the past; `None` for a chronic disease, which is still there unless the
    /// words say that it is over.
    fn past(assertion: &Assertion, setting: Setting) -> Option<Self> {
        // A section decides an axis only where no cue does, so its cue says that the time is the section's.
        let by_section_only =
            assertion.cues.is_empty() || assertion.cues.iter().any(|cue| is_section(&cue.rule));
        let over = assertion.cues.iter().any(|cue| says_over(&cue.rule));
        match (setting.speaks_of == SpeaksOf::Chronic, over, by_section_only) {
            (true, false, _) => None,
            (false, _, true) => Some(Self::HistorySection),
            _ => Some(Self::Historical),
        }
    }

    /// What becomes of a code that has only this ground.
    pub(crate) const fn status(self) -> Status {
        match self {
            Self::Affirmed
            | Self::UncertainAtDischarge
            | Self::Chronic
            | Self::StatesThePast
            | Self::StatusCode
            | Self::HistoryCode => Status::Accepted,
            Self::StatusToConfirm
            | Self::FamilyHistoryCode
            | Self::HistorySection
            | Self::UnderTreatment
            | Self::Uncertain => Status::Review,
            _ => Status::Rejected,
        }
    }

    /// How much the mention weighs as evidence, 0 to 1.
    pub(crate) const fn weight(self) -> f32 {
        match self {
            Self::Affirmed => 1.0,
            Self::StatusCode | Self::StatesThePast | Self::UncertainAtDischarge => 0.8,
            Self::Chronic | Self::HistoryCode => 0.7,
            Self::StatusToConfirm
            | Self::FamilyHistoryCode
            | Self::HistorySection
            | Self::UnderTreatment
            | Self::Uncertain => 0.4,
            _ => 0.1,
        }
    }

    /// The rule, as it stands in a code set.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Affirmed => rules::AFFIRMED,
            Self::UncertainAtDischarge => rules::UNCERTAIN_AT_DISCHARGE,
            Self::Chronic => rules::CHRONIC,
            Self::StatesThePast => rules::STATES_THE_PAST,
            Self::StatusCode | Self::StatusToConfirm | Self::DoneNow => rules::STATUS_CODE,
            Self::HistoryCode => rules::HISTORY_CODE,
            Self::FamilyHistoryCode => rules::FAMILY_HISTORY_CODE,
            Self::HistorySection => rules::HISTORY_SECTION,
            Self::UnderTreatment => rules::UNDER_TREATMENT,
            Self::Uncertain => rules::UNCERTAIN,
            Self::Historical => rules::HISTORICAL,
            Self::Sequela => rules::SEQUELA,
            Self::Hypothetical => rules::HYPOTHETICAL,
            Self::Negated => rules::NEGATED,
            Self::Family => rules::FAMILY,
            Self::OtherPerson => rules::OTHER_PERSON,
            Self::NotAssessed => rules::NOT_ASSESSED,
        }
    }

    /// The same in words, as they stand in a reason.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Affirmed => "affirmed",
            Self::UncertainAtDischarge => "uncertain at discharge",
            Self::Chronic => "chronic, under past history",
            Self::StatesThePast | Self::StatusCode => "status",
            Self::StatusToConfirm => "status to confirm",
            Self::HistoryCode => "past disease",
            Self::FamilyHistoryCode => "disease of a relative",
            Self::DoneNow => "done in this episode",
            Self::HistorySection => "under past history",
            Self::UnderTreatment => "of the past, still treated",
            Self::Uncertain => "uncertain",
            Self::Historical => "historical",
            Self::Sequela => "part of a sequela",
            Self::Hypothetical => "hypothetical",
            Self::Negated => "negated",
            Self::Family => "of a relative",
            Self::OtherPerson => "of another person",
            Self::NotAssessed => "context not assessed",
        }
    }
}

fn is_section(rule: &str) -> bool {
    rule.starts_with("section:")
}

/// Cues after which even a chronic disease no longer holds.
fn says_over(rule: &str) -> bool {
    ["resolved", "not_back", "status_post", "hist.ex"].iter().any(|word| rule.contains(word))
}
