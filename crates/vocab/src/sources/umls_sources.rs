//! The source vocabularies of the UMLS that are code systems of a pack, and what their term types say.

use std::collections::BTreeMap;

use clinlink_model::System;

use crate::entry::TermKind;

/// The code system of a source (SAB), by its root abbreviation; `None` for one that packs do not hold. `more` are the
/// user's own.
pub(super) fn system(sab: &str, more: &BTreeMap<String, System>) -> Option<System> {
    if let Some(system) = more.get(sab) {
        return Some(system.clone());
    }
    Some(match sab {
        "ICD10CM" => System::ICD10CM,
        "ICD10PCS" => System::ICD10PCS,
        "ICD9CM" => System::ICD9CM,
        "ICD10" => System::ICD10,
        "HPO" => System::HPO,
        "MSH" => System::MESH,
        "MONDO" => System::MONDO,
        "ORPHANET" => System::ORDO,
        "SNOMEDCT_US" => System::SNOMED_CT,
        "RXNORM" => System::RXNORM,
        "OMIM" => System::OMIM,
        _ => return None,
    })
}

/// A source's code as the system's owner writes it: Orphanet's stands as `Orphanet_558` in some releases.
pub(super) fn code(sab: &str, code: &str) -> String {
    if sab == "ORPHANET" {
        return format!("ORPHA:{}", code.trim_start_matches(|c: char| !c.is_ascii_digit()));
    }
    code.to_owned()
}

/// Whether a term type (TTY) names the code itself. Other types may stand for something that the source keeps under
/// the code without being it: an inclusion term of ICD-10-CM, an entry term of a narrower concept in `MeSH`.
pub(super) fn names_the_code(tty: &str) -> bool {
    const TYPES: [&str; 24] = [
        "PT", "PTGB", "PN", "MH", "NM", "HT", "FN", "PF", "IN", "PIN", "MIN", "BN", "SCD", "SBD", "SCDC",
        "SBDC", "SCDF", "SBDF", "SCDG", "SBDG", "GPCK", "BPCK", "DF", "PS",
    ];
    TYPES.contains(&tty)
}

/// What kind of term an atom is that is not the preferred name. Permuted forms are what an index holds; obsolete and
/// machine-made forms, and abbreviations, are the least sure.
pub(super) fn kind(tty: &str, suppressed: bool) -> TermKind {
    const INDEX: [&str; 4] = ["PM", "NX", "LLT", "MTH_LT"];
    const RELATED: [&str; 21] = [
        "AB", "ACR", "AA", "AM", "MTH_AB", "IS", "MTH_IS", "OP", "OAP", "OAS", "OAF", "OF", "OM", "OET",
        "OL", "MTH_OAP", "MTH_OAS", "XD", "XQ", "RT", "DEV",
    ];
    if suppressed || RELATED.contains(&tty) {
        TermKind::Related
    } else if INDEX.contains(&tty) {
        TermKind::Index
    } else {
        TermKind::Synonym
    }
}
