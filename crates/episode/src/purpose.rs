//! What a code set is for: a claim, a study, a statistic.

use std::collections::BTreeMap;

use clinlink_model::{CodeEntry, CodeSet, Purpose, Status, System};
use clinlink_vocab::Pack;

use crate::tables::category;

/// Systems whose concepts name what there is, and are no codes of a claim: every one of them is a leaf of its own.
const NEVER_BILLED: [System; 9] = [
    System::HPO,
    System::MONDO,
    System::DOID,
    System::MESH,
    System::ORDO,
    System::OMIM,
    System::UMLS,
    System::SNOMED_CT,
    System::RXNORM,
];

/// The code set as a purpose wants it.
pub(crate) fn made_for(purpose: Purpose, mut set: CodeSet, pack: &Pack) -> CodeSet {
    match purpose {
        Purpose::Billing => {
            set.codes.retain(|code| {
                code.status == Status::Accepted && code.report.sequence.is_some() && is_billable(code, pack)
            });
            set.codes.sort_by_key(|code| code.report.sequence);
            // The codes that went leave no gap.
            for (at, code) in set.codes.iter_mut().enumerate() {
                code.report.sequence = Some(at + 1);
            }
        }
        Purpose::Research => {
            for code in &mut set.codes {
                code.report.levels = levels(code, pack);
            }
        }
        Purpose::Statistics => set.codes = categories(set.codes, pack),
    }
    set.purpose = Some(purpose);
    set
}

/// What stands above a code, from the chapter down to its parent.
fn levels(code: &CodeEntry, pack: &Pack) -> Vec<String> {
    let id = pack.find(&code.system, &code.code);
    let above = id.into_iter().flat_map(|id| pack.ancestors(id));
    let mut levels: Vec<String> = above.map(|id| pack.code(id).to_owned()).collect();
    levels.reverse();
    levels
}

fn is_billable(code: &CodeEntry, pack: &Pack) -> bool {
    !NEVER_BILLED.contains(&code.system)
        && pack.find(&code.system, &code.code).is_some_and(|id| pack.is_billable(id))
}

/// One entry a category of three characters: the best of its codes, with the evidence of all that have its status.
fn categories(codes: Vec<CodeEntry>, pack: &Pack) -> Vec<CodeEntry> {
    let mut order: Vec<String> = Vec::new();
    let mut merged: BTreeMap<String, CodeEntry> = BTreeMap::new();
    // Codes come best first, so the first of a category decides its status.
    for mut code in codes {
        let category = category(&code.code).to_owned();
        match merged.get_mut(&category) {
            Some(known) if known.status == code.status => {
                known.evidence.append(&mut code.evidence);
                known.facts.append(&mut code.facts);
                known.rules.extend(
                    code.rules.into_iter().filter(|rule| !known.rules.contains(rule)).collect::<Vec<_>>(),
                );
                known.reason = format!("{}; {}: {}", known.reason, code.code, code.reason);
            }
            Some(_) => {}
            None => {
                code.reason = format!("{}: {}", code.code, code.reason);
                if let Some(id) = pack.find(&code.system, &category) {
                    pack.title(id).clone_into(&mut code.title);
                }
                code.code.clone_from(&category);
                code.report = clinlink_model::Report::default();
                order.push(category.clone());
                merged.insert(category, code);
            }
        }
    }
    let mut entries: Vec<CodeEntry> = order.iter().filter_map(|category| merged.remove(category)).collect();
    for entry in &mut entries {
        entry.evidence.sort_by_key(|evidence| (evidence.note, evidence.span));
    }
    entries
}
