//! What a disease is a kind of, for systems that do not have the disease itself.
//!
//! Fish-eye disease has no MeSH number, but LCAT deficiency, of which Mondo says that it is a kind, has one. That says less than
//! the mention and is true, while a term inside the mention (`eye disease`) need not be. A kind with many kinds of its own
//! (`hereditary disease`) says nothing.

use clinlink_model::{System, Via};
use clinlink_vocab::Relation;

use crate::crosswalk::{mapped, references};
use crate::hits::Hits;
use crate::query::Query;
use crate::score;
use crate::source::{Knowledge, Need, Source};

/// What the named disease is a kind of.
pub(crate) struct Broader;

/// The ontologies whose hierarchies say what a disease is a kind of.
const DISEASES: [System; 3] = [System::MONDO, System::DOID, System::ORDO];

/// The most kinds that what is taken for a disease may have.
const MAX_KINDS: usize = 12;

impl Source for Broader {
    fn need(&self) -> Need {
        Need::Unreached
    }

    fn find(&self, _: &Query<'_>, with: &Knowledge, hits: &mut Hits) {
        let (pack, by) = (&*with.pack, (&*with.pack, &*with.lexicon));
        let is_name = |via| matches!(via, Via::Exact | Via::Normal | Via::Abbreviation);
        let named = hits.ranked().into_iter().find(|hit| {
            hit.score >= with.config.threshold
                && is_name(hit.via)
                && DISEASES.contains(pack.system_of(hit.id))
        });
        let Some(named) = named else { return };
        let open: Vec<System> = with.unreached(hits).cloned().collect();
        for kind in pack.parents(named.id).filter(|&kind| pack.children(kind).count() <= MAX_KINDS) {
            let from = mapped(by, kind);
            for system in &open {
                for (id, relation) in references(by, (kind, &from), system, hits) {
                    let score = named.score * score::relation(Relation::Broader) * score::relation(relation);
                    hits.add_reference(named.id, id, score);
                }
            }
        }
    }
}
