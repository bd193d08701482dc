//! The MS-DRG of the codes that stand in a review, and what each CC and MCC does to it.

use clinlink_episode::DrgCase;
use clinlink_io::CodeSetRecord;
use clinlink_model::{DrgEffect, DrgReport, Severity as Level, Status, System};
use serde::Serialize;
use utoipa::ToSchema;

use super::decision::CodeKey;
use super::view::Standing;
use crate::engine::Engine;

/// The MS-DRG of the codes that stand.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct DrgView {
    /// Three digits; null if it is not known, and then `reasons` say why.
    pub(crate) code: Option<String>,
    pub(crate) title: Option<String>,
    /// CMS's relative weight.
    pub(crate) weight: Option<f64>,
    /// Major diagnostic category.
    pub(crate) mdc: Option<String>,
    /// `MED`, `SURG`.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// `none`, `CC`, `MCC`.
    pub(crate) severity: &'static str,
    /// `definitions`: by CMS's index; `families`: an estimate by clinlink's table.
    pub(crate) source: Option<&'static str>,
    /// The codes each of which alone carries it.
    pub(crate) moved_by: Vec<String>,
    /// The CCs and MCCs that stand, then those that are to review.
    pub(crate) codes: Vec<DrgCodeView>,
    /// What it rests on, takes for granted, or lacks.
    pub(crate) reasons: Vec<String>,
}

/// What a CC or MCC does to the MS-DRG.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct DrgCodeView {
    pub(crate) code: String,
    /// `CC`, `MCC`.
    pub(crate) level: &'static str,
    /// Whether it stands; else it is to review.
    pub(crate) stands: bool,
    /// Whether it counts beside the principal diagnosis.
    pub(crate) counts: bool,
    /// Whether the MS-DRG (or the severity, where that is not known) would be another without it, or with it if it is to
    /// review.
    pub(crate) moves: bool,
    /// The MS-DRG without it, or with it.
    pub(crate) drg: Option<String>,
    /// The relative weight of that one.
    pub(crate) weight: Option<f64>,
    /// All this in words.
    pub(crate) says: String,
}

/// What the code set does to the severity: complications and comorbidities that count beside the principal diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Severity {
    pub(crate) mcc: usize,
    pub(crate) cc: usize,
    /// In words, with the code that alone makes the difference, if one does.
    pub(crate) says: String,
}

/// The MS-DRG of the codes that stand, whatever the review is for.
pub(super) fn group(all: &[Standing<'_>], principal: Option<&CodeKey>, engine: &Engine) -> DrgReport {
    let of = |system: &System, wanted: &dyn Fn(&Standing<'_>) -> bool| -> Vec<String> {
        let codes = all.iter().filter(|code| code.key.system == system.name() && wanted(code));
        codes.map(|code| code.key.code.clone()).collect()
    };
    let open = |code: &Standing<'_>| {
        code.decided.is_none() && code.proposed.is_none_or(|proposed| proposed.status == Status::Review)
    };
    engine.grouper().group(&DrgCase {
        principal: principal.filter(|key| key.system == System::ICD10CM.name()).map(|key| key.code.clone()),
        secondary: of(&System::ICD10CM, &|code| code.stands && Some(&code.key) != principal),
        to_review: of(&System::ICD10CM, &|code| !code.stands && open(code)),
        procedures: of(&System::ICD10PCS, &|code| code.stands),
    })
}

/// Whether the codes are those of a hospital stay: only of these is it said what was present on admission.
pub(super) fn is_stay(proposal: &CodeSetRecord) -> bool {
    let mut reported = proposal.codes.iter().filter(|code| code.report.sequence.is_some()).peekable();
    reported.peek().is_none() || reported.any(|code| code.report.present_on_admission.is_some())
}

impl From<&DrgReport> for DrgView {
    fn from(report: &DrgReport) -> Self {
        let drg = report.drg.as_ref();
        let view = |effect: &DrgEffect, stands: bool, says: String| DrgCodeView {
            code: effect.code.clone(),
            level: effect.level.name(),
            stands,
            counts: effect.excluded.is_none(),
            moves: effect.moves,
            drg: effect.drg.clone(),
            weight: effect.weight,
            says,
        };
        let stand = report.secondary.iter().map(|code| view(code, true, report.says_of_accepted(code)));
        let open = report.what_if.iter().map(|code| view(code, false, report.says_of_suggested(code)));
        Self {
            code: drg.map(|drg| drg.code.clone()),
            title: drg.map(|drg| drg.title.clone()),
            weight: drg.and_then(|drg| drg.weight),
            mdc: drg.map(|drg| drg.mdc.clone()),
            kind: drg.map(|drg| drg.kind.clone()),
            severity: report.severity.name(),
            source: report.source.map(clinlink_model::DrgSource::name),
            moved_by: report.moved_by.clone(),
            codes: stand.chain(open).collect(),
            reasons: report.reasons.clone(),
        }
    }
}

impl From<&DrgReport> for Severity {
    fn from(report: &DrgReport) -> Self {
        let counted = |level: Level| -> Vec<&str> {
            let counts =
                report.secondary.iter().filter(|code| code.excluded.is_none() && code.level == level);
            counts.map(|code| code.code.as_str()).collect()
        };
        let (mcc, cc) = (counted(Level::Mcc), counted(Level::Cc));
        let says = match (&mcc[..], &cc[..]) {
            ([], []) => "no CC or MCC".to_owned(),
            ([], [one]) => format!("with CC, by {one} alone"),
            ([], several) => format!("with CC, by {}", several.join(", ")),
            ([one], []) => format!("with MCC, by {one} alone; without it no CC"),
            ([one], _) => format!("with MCC, by {one} alone; without it with CC"),
            (several, _) => format!("with MCC, by {}", several.join(", ")),
        };
        Self { mcc: mcc.len(), cc: cc.len(), says }
    }
}
