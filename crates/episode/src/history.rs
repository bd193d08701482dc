//! Codes for what is over, and for what a relative has.
//!
//! `History of breast cancer` is no breast cancer, but Z85.3; `mother had breast cancer` is Z80.3, which goes to review,
//! since it is coded only where it bears on the patient's care. A malignancy that is still accepted is no history
//! (Official Guidelines I.C.2.m, I.C.21.c.4).

use clinlink_model::{AnnotatedNote, Status};
use clinlink_vocab::Pack;
use serde::Deserialize;

use crate::assess::Ground;
use crate::claim::{Claim, Considered, Rulebook};
use crate::family::Family;
use crate::rules;

/// The table `history.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Histories {
    personal: Vec<History>,
    family: Vec<History>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    of: Vec<String>,
    code: String,
}

impl Histories {
    /// The code that says that the patient had the disease of `code`.
    pub(crate) fn personal(&self, code: &str) -> Option<&str> {
        longest(&self.personal, code)
    }

    /// The code that says that a relative has the disease of `code`.
    fn family(&self, code: &str) -> Option<&str> {
        longest(&self.family, code)
    }
}

/// The code of the longest prefix that fits.
fn longest<'t>(histories: &'t [History], code: &str) -> Option<&'t str> {
    let prefixes = histories.iter().flat_map(|h| h.of.iter().map(move |prefix| (prefix, &h.code)));
    let fitting = prefixes.filter(|(prefix, _)| code.starts_with(prefix.as_str()));
    fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, code)| code.as_str())
}

/// What a claim about a past disease, or a relative's, says besides: a claim about a history code.
pub(crate) fn told_by(claim: &Claim, note: &AnnotatedNote, with: &Rulebook<'_>) -> Option<Claim> {
    if !with.config.rules.contains(&Family::History) {
        return None;
    }
    let code = with.pack.code(claim.said.id);
    let (history, ground) = match claim.ground {
        Ground::Historical => (with.tables.histories.personal(code)?, Ground::HistoryCode),
        Ground::Family => (with.tables.histories.family(code)?, Ground::FamilyHistoryCode),
        _ => return None,
    };
    let id = with.pack.find(&with.config.system, history)?;
    let mut told = claim.about(id, ground);
    if let Some(lessons) = with.lessons {
        told.said.seen = lessons.seen(&note.note[told.said.span], history);
    }
    Some(told)
}

/// Rejects the history of a malignancy that an accepted code says is there, and leaves that of another such disease to a
/// person: a second stroke may follow a first.
pub(crate) fn prefer_current(pack: &Pack, histories: &Histories, codes: &mut [Considered]) {
    let accepted = codes.iter().filter(|code| code.status == Status::Accepted);
    let current: Vec<(&str, &str)> = accepted
        .map(|code| pack.code(code.id))
        .filter_map(|disease| Some((histories.personal(disease)?, disease)))
        .collect();
    for code in codes.iter_mut().filter(|code| code.status == Status::Accepted) {
        let history = pack.code(code.id);
        if let Some((_, disease)) = current.iter().find(|(of, _)| *of == history) {
            let status = if disease.starts_with('C') { Status::Rejected } else { Status::Review };
            code.lower(status, rules::CURRENT_NOT_HISTORY, format!("{disease} is there now"));
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::tables::Tables;

    #[rstest]
    #[case("C50.911", Some("Z85.3"))]
    #[case("C76.0", Some("Z85.9"))]
    #[case("I63.9", Some("Z86.73"))]
    #[case("I26.99", Some("Z86.711"))]
    #[case("R05.9", None)]
    fn knows_history_codes(#[case] code: &str, #[case] history: Option<&str>) {
        assert_eq!(Tables::embedded().histories.personal(code), history);
    }
}
