//! What became of SNOMED CT's retired concepts: historical association reference sets.
//!
//! Columns, by name: active, refsetId, referencedComponentId, targetComponentId. The reference set says how the target
//! relates to the retired concept: *same as* is exact, *was a* has a broader target, all others (*replaced by*,
//! *possibly equivalent to*, *alternative*, …) are approximate. A retired concept with such a row is kept as a heading
//! that may not be reported, with the fact `Status` (`retired: 9000001, 9000002`) and a cross-reference to each heir.

use std::collections::{BTreeMap, BTreeSet};

use clinlink_model::{Label, System};

use super::map_rules::without_tag;
use super::rows::read_named;
use super::snomed::{Entries, FORM, Part, Sctid, Snapshot, is_active, sctid};
use crate::builder::PackBuilder;
use crate::entry::{Fact, Relation};
use crate::vocab_error::VocabError;

/// The heirs of retired concepts.
pub(super) struct History {
    heirs: BTreeMap<Sctid, BTreeSet<(Sctid, &'static str)>>,
}

impl History {
    pub fn read(snapshot: &Snapshot, builder: &mut PackBuilder) -> Result<Self, VocabError> {
        let mut heirs: BTreeMap<Sctid, BTreeSet<(Sctid, &'static str)>> = BTreeMap::new();
        for path in snapshot.files(Part::Associations) {
            let columns =
                ["active", "refsetId", "referencedComponentId", "targetComponentId|targetComponent"];
            read_named(path, FORM, columns, builder, |[active, refset, from, to], _| {
                let (from, to) = (sctid(from)?, sctid(to)?);
                if let (true, Some(words)) = (is_active(active)?, association(refset)) {
                    heirs.entry(from).or_default().insert((to, words));
                }
                Ok(())
            })?;
        }
        Ok(Self { heirs })
    }

    /// Adds the retired concepts. Descriptions have associations too; those are no concepts and are left out.
    pub fn add(&self, entries: &Entries, builder: &mut PackBuilder) {
        for (&from, heirs) in &self.heirs {
            let Some(entry) = entries.get(&from).filter(|entry| !entry.active) else { continue };
            let code = from.to_string();
            builder.heading(&System::SNOMED_CT, &code, without_tag(&entry.full_name), Label::Other);
            builder.billable(false);
            let codes: BTreeSet<String> = heirs.iter().map(|(heir, _)| heir.to_string()).collect();
            builder.fact(Fact::Status, &format!("retired: {}", Vec::from_iter(codes).join(", ")));
            for (heir, words) in heirs {
                builder.map_with(&System::SNOMED_CT, &heir.to_string(), relation(words), words);
            }
        }
    }
}

/// What a historical association reference set says; `None` for the other association reference sets.
fn association(refset: &str) -> Option<&'static str> {
    Some(match refset {
        "900000000000527005" => "same as",
        "900000000000526001" => "replaced by",
        "900000000000523009" => "possibly equivalent to",
        "900000000000528000" => "was a",
        "900000000000530003" => "alternative",
        "900000000000524003" => "moved to",
        "1186924009" => "partially equivalent to",
        "1186921001" => "possibly replaced by",
        _ => return None,
    })
}

fn relation(words: &str) -> Relation {
    match words {
        "same as" => Relation::Exact,
        "was a" => Relation::Broader,
        _ => Relation::Approximate,
    }
}
