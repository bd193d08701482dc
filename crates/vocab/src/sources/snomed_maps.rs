//! SNOMED CT's complex and extended maps to classifications.
//!
//! Columns, by name: id, effectiveTime, active, moduleId, refsetId, referencedComponentId, mapGroup, mapPriority,
//! mapRule, mapAdvice, mapTarget, correlationId, mapCategoryId (complex maps lack the last).
//!
//! A concept has one or more groups, each of which gives one code; within a group the rows are tried by priority and
//! the first whose rule holds is taken. Each row becomes a cross-reference whose detail says this in words:
//! `group 1, priority 2: if the patient is female; possible requirement for an external cause code`. `correlationId`
//! gives the relation; the maps to ICD-10 leave it open, so theirs is approximate. Rows without a target (what the
//! classification cannot say) give none. A target whose 7th character is open (`S52.501?`) stands for its category.

use std::collections::BTreeMap;

use clinlink_model::System;

use super::map_rules::{in_words, without_target};
use super::rows::read_named;
use super::snomed::{FORM, Part, Snapshot, is_active, sctid};
use crate::builder::PackBuilder;
use crate::entry::Relation;
use crate::vocab_error::VocabError;

/// The map reference sets of the International and the US edition. Those of other editions are for the recipe.
pub(super) fn default_targets() -> BTreeMap<String, System> {
    BTreeMap::from([("447562003".to_owned(), System::ICD10), ("6011000124106".to_owned(), System::ICD10CM)])
}

/// A row, in the order in which rows are tried.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    concept: u64,
    group: u32,
    priority: u32,
    system: System,
    target: String,
    relation: Relation,
    words: String,
}

/// Reads the maps of all reference sets in `targets`; those of others are left out.
pub(super) fn read(
    snapshot: &Snapshot,
    targets: &BTreeMap<String, System>,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    let mut rows = Vec::new();
    for path in snapshot.files(Part::Maps) {
        let columns = [
            "active",
            "refsetId",
            "referencedComponentId",
            "mapGroup",
            "mapPriority",
            "mapRule",
            "mapAdvice",
            "mapTarget",
            "correlationId",
        ];
        read_named(path, FORM, columns, builder, |row, _| {
            let [active, refset, concept, group, priority, rule, advice, target, correlation] = row;
            let concept = sctid(concept)?;
            let number = |text: &str, what: &str| {
                text.parse::<u32>().map_err(|_| format!("{what} {text:?} is no number"))
            };
            let (group, priority) = (number(group, "mapGroup")?, number(priority, "mapPriority")?);
            if let (true, Some(system), false) = (is_active(active)?, targets.get(refset), target.is_empty())
            {
                let words = [in_words(rule), without_target(advice, target)];
                rows.push(Row {
                    concept,
                    group,
                    priority,
                    system: system.clone(),
                    target: code(target),
                    relation: relation(correlation),
                    words: words.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "),
                });
            }
            Ok(())
        })?;
    }
    rows.sort();
    for row in &rows {
        // A map of a concept that is not in the pack, because of its tag or because it is retired, has no place.
        if builder.select(&System::SNOMED_CT, &row.concept.to_string()) {
            builder.map_with(&row.system, &row.target, row.relation, &detail(row));
        }
    }
    Ok(())
}

fn detail(row: &Row) -> String {
    let colon = if row.words.is_empty() { "" } else { ": " };
    format!("group {}, priority {}{colon}{}", row.group, row.priority, row.words)
}

/// A target as its owner writes the code: without the sign for an open 7th character, dagger or asterisk.
fn code(target: &str) -> String {
    target.trim_end_matches(['?', '*', '\u{2020}', '+']).trim_end_matches('.').to_owned()
}

/// What `correlationId` says of the target.
fn relation(correlation: &str) -> Relation {
    match correlation {
        "447557004" => Relation::Exact,
        // The source is narrower than the target.
        "447558009" => Relation::Broader,
        "447559001" => Relation::Narrower,
        _ => Relation::Approximate,
    }
}
