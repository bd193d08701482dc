//! The more specific code is reported, not the general one beside it.
//!
//! If the notes say `diabetes` in one place and `diabetic nephropathy` in another, E11.21 is reported and E11.9 gives way
//! (Official Guidelines I.B.2). A code gives way to accepted codes below what it stands for: E11.9 stands for E11.

use clinlink_model::Status;
use clinlink_vocab::{ConceptId, Pack};

use crate::claim::Considered;
use crate::detail::stem;
use crate::rules;

/// Rejects every accepted or open code that an accepted code below it outranks.
pub(crate) fn prefer_specific(pack: &Pack, codes: &mut [Considered]) {
    let accepted: Vec<ConceptId> =
        codes.iter().filter(|code| code.status == Status::Accepted).map(|code| code.id).collect();
    for code in codes.iter_mut().filter(|code| code.status != Status::Rejected) {
        let stem = stem(pack, code.id);
        let better = accepted.iter().find(|&&other| outranks(pack, other, code.id, stem));
        if let Some(&better) = better {
            let reason = format!("outranked by {}", pack.concept(better).code);
            code.lower(Status::Rejected, rules::SPECIFIC, reason);
        }
    }
}

fn outranks(pack: &Pack, other: ConceptId, code: ConceptId, stem: ConceptId) -> bool {
    // A code that itself only stands for the same stem says no more.
    other != code
        && pack.concept(other).billable
        && self::stem(pack, other) != stem
        && pack.ancestors(other).any(|above| above == stem)
}
