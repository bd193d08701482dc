//! Diseases in remission that have a code for it (Official Guidelines I.C.2.n, I.C.5.b.1).
//!
//! `CLL in remission` is C91.11 and no history, `alcohol dependence, in remission` F10.21: the code beside that of the
//! disease whose title ends so.

use clinlink_model::Assertion;
use clinlink_vocab::ConceptId;

use crate::assess::Ground;
use crate::claim::{Claim, Rulebook};
use crate::detail::Told;
use crate::rules;

/// What the ids of cues that say `in remission` begin with.
const CUE: &str = "hist.remission";

/// Makes a claim about a disease in remission one about the code for that, if there is one.
pub(crate) fn tell(claim: &mut Claim, with: &Rulebook<'_>) {
    let is_cued = |assertion: &Assertion| assertion.cues.iter().any(|cue| cue.rule.starts_with(CUE));
    let cued = claim.evidence.assertion.as_ref().is_some_and(is_cued);
    if !cued || !matches!(claim.ground, Ground::Historical | Ground::HistorySection | Ground::Chronic) {
        return;
    }
    let note = &with.episode.notes[claim.evidence.note];
    let sentence = note.layout.sentence_of(claim.said.span).map_or(claim.said.span, |sentence| sentence.span);
    let partial = note.note[sentence].to_lowercase().contains("partial");
    let Some(id) = code_for(claim.said.id, partial, with) else { return };
    *claim = claim.about(id, Ground::Affirmed);
    claim.said.detail = Some(rules::REMISSION);
}

/// The code beside `id` for the disease in remission.
fn code_for(id: ConceptId, partial: bool, with: &Rulebook<'_>) -> Option<ConceptId> {
    let degree = if partial { "in partial remission" } else { "in full remission" };
    let parent = with.pack.parent(id)?;
    let ends =
        |words: &str| with.pack.children(parent).find(|other| with.pack.title(*other).ends_with(words));
    let found = ends("in remission").or_else(|| ends(degree))?;
    let code = with.resolved.get(with.pack, found, Told::default());
    (code.rule != Some(rules::NOT_BILLABLE)).then_some(code.id)
}
