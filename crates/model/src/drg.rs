use serde::{Deserialize, Serialize};

/// The MS-DRG of a code set, and what moves it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DrgReport {
    /// The MS-DRG; `None` if it is not known, and then `reasons` say why.
    #[serde(flatten)]
    pub drg: Option<Drg>,
    /// The greatest level among the codes that count.
    pub severity: Severity,
    /// Where the MS-DRG comes from; `None` if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<DrgSource>,
    /// The codes each of which alone carries the MS-DRG, or the severity where the MS-DRG is not known: without it the
    /// episode would have another one.
    pub moved_by: Vec<String>,
    /// The CCs and MCCs among the accepted codes, each with what the episode would come to without it.
    pub secondary: Vec<DrgEffect>,
    /// The CCs and MCCs among the codes to review, each with what the episode would come to if it were accepted.
    pub what_if: Vec<DrgEffect>,
    /// What the result rests on, what it takes for granted, and what is missing, in words.
    pub reasons: Vec<String>,
}

/// An MS-DRG, as CMS lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drg {
    /// Three digits.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its relative weight; `None` where CMS gives none.
    pub weight: Option<f64>,
    /// Its major diagnostic category: `05`, `PRE`; empty where it has none.
    pub mdc: String,
    /// `MED` or `SURG`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What a secondary diagnosis does to the MS-DRG.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrgEffect {
    /// The code.
    pub code: String,
    /// `CC` or `MCC`, by the lists.
    pub level: Severity,
    /// Why it does not count, if it does not: beside which principal diagnosis, or in which
    /// MS-DRGs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// The severity of the other codes, or for a code to review of the set with it.
    pub severity: Severity,
    /// The MS-DRG of that severity, if the MS-DRG is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drg: Option<String>,
    /// Its relative weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Whether that is another MS-DRG (or severity, where the MS-DRG is not known) than the episode has.
    pub moves: bool,
}

/// Complications and comorbidities, from the least to the greatest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// None that counts.
    #[default]
    #[serde(rename = "none")]
    Without,
    /// A complication or comorbidity.
    #[serde(rename = "CC")]
    Cc,
    /// A major one.
    #[serde(rename = "MCC")]
    Mcc,
}

impl Severity {
    /// The name as it stands in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Without => "none",
            Self::Cc => "CC",
            Self::Mcc => "MCC",
        }
    }

    /// In words, as the titles of MS-DRGs have it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Without => "without CC or MCC",
            Self::Cc => "with CC",
            Self::Mcc => "with MCC",
        }
    }
}

/// Where an MS-DRG comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DrgSource {
    /// CMS's index of codes and MS-DRGs, which the pack was built with.
    Definitions,
    /// clinlink's own table of medical families: an estimate.
    Families,
}

impl DrgSource {
    /// The name as it stands in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Definitions => "definitions",
            Self::Families => "families",
        }
    }
}

impl DrgReport {
    /// What an accepted code does, in words: `alone carries MCC: without it 293, weight 0.5660`.
    pub fn says_of_accepted(&self, effect: &DrgEffect) -> String {
        if let Some(excluded) = &effect.excluded {
            return format!("does not count {excluded}");
        }
        let level = effect.level.name();
        match (effect.moves, &effect.drg) {
            (true, Some(drg)) => format!("alone carries {level}: without it {drg}{}", weighed(effect.weight)),
            (true, None) => {
                format!("alone carries {level}: without it the stay is {}", effect.severity.words())
            }
            (false, _) if effect.severity > effect.level => {
                format!("moves nothing beside an {}", effect.severity.name())
            }
            (false, _) if effect.severity == self.severity => {
                format!("moves nothing alone: another {level} counts too")
            }
            (false, _) => format!("alone carries {level}, which does not move the MS-DRG"),
        }
    }

    /// What a code to review would do, in words: `would move 293 to 291, weight 1.2838`.
    pub fn says_of_suggested(&self, effect: &DrgEffect) -> String {
        if let Some(excluded) = &effect.excluded {
            return format!("would not count {excluded}");
        }
        match (effect.moves, &self.drg, &effect.drg) {
            (true, Some(now), Some(then)) => {
                format!("would move {} to {then}{}", now.code, weighed(effect.weight))
            }
            (true, ..) => format!("would make it {}", effect.severity.words()),
            (false, ..) => "would move nothing".to_owned(),
        }
    }
}

fn weighed(weight: Option<f64>) -> String {
    weight.map(|weight| format!(", weight {weight:.4}")).unwrap_or_default()
}
