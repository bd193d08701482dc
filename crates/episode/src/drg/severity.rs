//! Whether a secondary diagnosis counts as CC or MCC (CMS's tables 6I, 6J and 6K).
//!
//! Table 6K gives each CC and MCC a collection of principal diagnoses beside which it does not count: I50.22 (chronic
//! systolic heart failure) is no CC beside I50.23. In some MS-DRGs a code never counts (an infarction among 280 to 282),
//! and some count only if the patient was discharged alive, which is taken for granted and said.

use clinlink_model::{Severity, System};
use clinlink_vocab::{Fact, Pack};

use super::split::Base;

/// A CC or MCC of a stay.
pub(crate) struct Secondary {
    pub(crate) code: String,
    /// By the lists.
    pub(crate) level: Severity,
    /// Why it does not count, if it does not.
    pub(crate) excluded: Option<String>,
    /// Whether it counts only if the patient was discharged alive.
    pub(crate) if_alive: bool,
}

impl Secondary {
    /// What it counts as.
    pub(crate) fn counts(&self) -> Severity {
        if self.excluded.is_some() { Severity::Without } else { self.level }
    }
}

/// A diagnosis beside the principal one; `None` if it is neither CC nor MCC.
pub(crate) fn of(pack: &Pack, code: &str, principal: Option<&str>, base: Option<&Base>) -> Option<Secondary> {
    let id = pack.find(&System::ICD10CM, code)?;
    let (mut level, mut excluded, mut if_alive) = (Severity::Without, None, false);
    for (fact, value) in pack.facts(id) {
        match (fact, value) {
            (Fact::Severity, "CC") => level = Severity::Cc,
            (Fact::Severity, "MCC") => level = Severity::Mcc,
            (Fact::ExcludedBy, collection) => {
                let by = principal.filter(|principal| excludes(pack, principal, collection));
                excluded =
                    by.map(|by| format!("beside {by} (table 6K, collection {collection})")).or(excluded);
            }
            (Fact::NoSeverity, limit) => match limit.strip_prefix("in MS-DRGs ") {
                Some(range) if base.is_some_and(|base| base.is_in(pack, range)) => {
                    excluded = Some(format!("in MS-DRGs {range} (table 6K, part 3)"));
                }
                Some(_) => {}
                None => if_alive = true,
            },
            _ => {}
        }
    }
    (level != Severity::Without).then(|| Secondary { code: code.to_owned(), level, excluded, if_alive })
}

/// Whether a principal diagnosis belongs to a collection.
fn excludes(pack: &Pack, principal: &str, collection: &str) -> bool {
    let id = pack.find(&System::ICD10CM, principal);
    let facts = id.into_iter().flat_map(|id| pack.facts(id));
    facts
        .filter(|(fact, _)| *fact == Fact::Excludes)
        .any(|(_, all)| all.split(' ').any(|one| one == collection))
}
