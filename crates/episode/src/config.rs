use std::collections::BTreeSet;
use std::path::PathBuf;

use clinlink_model::{Purpose, System};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::family::Family;
use crate::profile::Profile;

/// Settings of [`RuleCoder`](crate::RuleCoder).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CoderConfig {
    /// The system that codes are taken from.
    pub system: System,
    /// Links below this score (0 to 1) are not coded.
    #[serde(deserialize_with = "share")]
    pub threshold: f32,
    /// Whether an episode that does not say so itself is a hospital stay: only then is an uncertain diagnosis at discharge coded as if it were
    /// established (Official Guidelines, section II.H; not for outpatients, IV.H).
    pub inpatient: bool,
    /// The families of rules that are in force: all of them, unless the pipeline names those that it wants.
    pub rules: BTreeSet<Family>,
    /// A folder with tables of the form of `vocab/rules`, relative to the pipeline's, in place of the built-in ones of
    /// the same names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<PathBuf>,
    /// Whether a category may be accepted as it is, rather than go to review: for statistics by category, and for codes
    /// of another edition, in which it was not yet divided.
    pub categories: bool,
    /// What the code set is for; if it is left out, every code that was considered is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Whether a study would rather miss codes or rather have wrong ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// The model that `clinlink train coder` made, relative to the pipeline's folder; without it codes are scored by the
    /// rules alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<PathBuf>,
    /// With a model: a code of at least this probability (0 to 1) is accepted.
    #[serde(deserialize_with = "share")]
    pub accept: f32,
    /// With a model: accept only codes so probable that this share of such codes (0 to 1) was right in the episodes that
    /// it was learnt from, each scored by what the others taught. The others go to review.
    #[serde(deserialize_with = "some_share", skip_serializing_if = "Option::is_none")]
    pub precision: Option<f32>,
    /// With a model: a code of at least this probability (0 to 1) is kept in spite of rules other than the
    /// [final](crate::rules::FINAL) ones. Above 1 the rules always hold.
    pub overrule: f32,
    /// With a model: a code of at least this probability (0 to 1) goes to review; below it, it is rejected.
    #[serde(deserialize_with = "share")]
    pub review: f32,
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let share = f32::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err(D::Error::custom("must be from 0 to 1")) }
}

fn some_share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f32>, D::Error> {
    share(deserializer).map(Some)
}

impl Default for CoderConfig {
    fn default() -> Self {
        Self {
            system: System::ICD10CM,
            threshold: 0.6,
            inpatient: true,
            rules: Family::all(),
            tables: None,
            categories: false,
            purpose: None,
            profile: None,
            model: None,
            accept: 0.3,
            precision: None,
            overrule: 0.5,
            review: 0.05,
        }
    }
}
