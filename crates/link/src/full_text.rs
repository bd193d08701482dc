use clinlink_model::{Label, Via};
use clinlink_vocab::{Posting, normal_form};

use crate::gate::Gate;
use crate::hits::Hits;
use crate::likeness::likeness;
use crate::query::Query;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// How many concepts full-text search is asked for before they are compared with the mention.
const SEARCHED: usize = 24;

/// Terms that full-text search finds and that are like enough to the mention.
pub(crate) struct FullText;

impl Source for FullText {
    fn need(&self) -> Need {
        Need::Nil
    }

    fn find(&self, query: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        let form = normal_form(query.full());
        let gate = Gate { pack: &with.pack, lexicon: &with.lexicon };
        let label = (query.label != Label::Other).then_some(query.label);
        // An index that cannot be read is found when the pack is opened; here it means no candidates.
        let Ok(found) = with.pack.search(&form, label, SEARCHED) else { return };
        for (id, _) in found {
            for (term, kind) in with.pack.terms_of(id) {
                let term = normal_form(term);
                if gate.is_lower_acronym(&term, &term, Posting { concept: id, kind }) {
                    continue;
                }
                let like = likeness(&form, &term, &with.lexicon);
                hits.add(id, like * score::SEARCH * score::kind(kind), Via::Search);
            }
        }
    }
}
