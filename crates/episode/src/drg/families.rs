//! The table `drg.toml`: medical families of MS-DRGs by principal diagnosis.

use serde::Deserialize;

use crate::tables::any_prefix;

/// The table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Families {
    no_effect: Vec<String>,
    not_with: Vec<String>,
    family: Vec<Family>,
}

/// Principal diagnoses that lead to the same MS-DRGs where no procedure decides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Family {
    /// One MS-DRG, or the first and last of them: `291-293`.
    pub(crate) drgs: String,
    principal: Vec<String>,
    /// What must hold.
    pub(crate) assumes: Option<String>,
}

impl Families {
    /// The family of a principal diagnosis: of the prefixes that fit, the longest one decides.
    pub(crate) fn of(&self, principal: &str) -> Option<&Family> {
        let fits = self.family.iter().flat_map(|family| {
            let prefixes = family.principal.iter().filter(|prefix| principal.starts_with(prefix.as_str()));
            prefixes.map(move |prefix| (prefix.len(), family))
        });
        fits.max_by_key(|(length, _)| *length).map(|(_, family)| family)
    }

    /// Whether a procedure never decides.
    pub(crate) fn is_without_effect(&self, procedure: &str) -> bool {
        any_prefix(&self.no_effect, procedure)
    }

    /// Whether beside a code the principal diagnosis alone does not lead to its family.
    pub(crate) fn is_barred_by(&self, code: &str) -> bool {
        any_prefix(&self.not_with, code)
    }
}
