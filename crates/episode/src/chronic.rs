//! Diseases that do not end, and their acute episodes, which do.
//!
//! `COPD` under past history is still there, and J44.9 is coded (Official Guidelines III.A, IV.I). `COPD exacerbation in
//! 2023` is over, but says that the patient has COPD. The codes stand in `vocab/rules/chronic.toml`.

use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Rulebook};
use crate::tables::{any_prefix, filled};

/// The table `chronic.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chronic {
    chronic: Vec<String>,
    #[serde(default)]
    episode: Vec<AcuteEpisode>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcuteEpisode {
    of: Vec<String>,
    leaves: Option<String>,
}

impl Chronic {
    /// Whether a code is of a disease that, as a rule, does not end.
    pub(crate) fn holds(&self, code: &str) -> bool {
        any_prefix(&self.chronic, code) && self.episode_of(code).is_none()
    }

    fn episode_of(&self, code: &str) -> Option<&AcuteEpisode> {
        self.episode.iter().find(|episode| any_prefix(&episode.of, code))
    }
}

/// What a claim about a past episode says besides: that the disease is still there.
pub(crate) fn left_by(claim: &Claim, with: &Rulebook<'_>) -> Option<Claim> {
    if !matches!(claim.ground, Ground::Historical | Ground::HistorySection) {
        return None;
    }
    let code = with.pack.code(claim.said.id);
    let disease = with.tables.chronic.episode_of(code)?.leaves.as_ref()?;
    let id = with.pack.find(&with.config.system, &filled(disease, code))?;
    Some(claim.about(id, Ground::Chronic))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::tables::Tables;

    #[rstest]
    #[case("J44.9", true)]
    #[case::exacerbation("J44.1", false)]
    #[case("I50.22", true)]
    #[case::acute_on_chronic("I50.23", false)]
    #[case("E11.9", true)]
    #[case::ketoacidosis("E11.10", false)]
    #[case("J18.9", false)]
    #[case("S52.501A", false)]
    fn knows_what_does_not_end(#[case] code: &str, #[case] expected: bool) {
        assert_eq!(Tables::embedded().chronic.holds(code), expected);
    }
}
