//! Maps between the sources of the UMLS: MRMAP.RRF.
//!
//! Columns: MAPSETCUI, MAPSETSAB, MAPSUBSETID, MAPRANK, MAPID, MAPSID, FROMID, FROMSID, FROMEXPR, FROMTYPE, FROMRULE,
//! FROMRES, REL, RELA, TOID, TOSID, TOEXPR, TOTYPE, TORULE, TORES, MAPRULE, MAPRES, MAPTYPE, MAPATN, MAPATV, CVF.
//!
//! A row maps the code FROMEXPR of the source MAPSETSAB to the code TOEXPR. The file does not name the target's
//! source: it stands in the map set's name in MRCONSO (term type XM, `SNOMEDCT_US_2023_03_01 to ICD10CM_2023 Mappings`)
//! or in the recipe's `map_sets`; a map set with neither is left out. (That the name has this form is from memory.)
//! A map belongs to the source's own concept if the pack has it, else to the UMLS concept of the code. REL gives the
//! relation: RB means that the target is broader, RN narrower, RQ and SY the same or nearly so. MAPRULE and MAPRES
//! (rule and advice) are kept as detail, in words; a bar, which the format does not allow in a field, is read from `~`
//! or `&#x7C;`.

use std::collections::BTreeMap;

use clinlink_model::System;

use super::atoms::{Codes, Kept};
use super::map_rules::{in_words, without_target};
use super::rrf::{CONSO, MAP, Release};
use super::umls_sources;
use crate::builder::PackBuilder;
use crate::entry::Relation;
use crate::vocab_error::VocabError;

/// A row.
struct Map {
    /// Source and code.
    from: (String, String),
    target: System,
    code: String,
    relation: Relation,
    detail: String,
}

/// The maps of a release.
#[derive(Default)]
pub(super) struct Maps {
    maps: Vec<Map>,
}

impl Maps {
    pub fn read(
        release: &Release,
        map_sets: &BTreeMap<String, System>,
        systems: &BTreeMap<String, System>,
        builder: &mut PackBuilder,
    ) -> Result<Self, VocabError> {
        let mut maps = Self::default();
        if release.file(MAP).is_none() {
            return Ok(maps);
        }
        let mut targets = named_targets(release, systems)?;
        targets.extend(map_sets.clone());
        release.read(MAP, [0, 1, 8, 12, 16, 18, 20, 21], builder, |row, _| {
            let [set, sab, from, rel, to, to_rule, rule, advice] = row;
            let Some(target) = targets.get(set) else { return Ok(()) };
            if from.is_empty() {
                return Err("a map without FROMEXPR".to_owned());
            }
            // What cannot be mapped stands in the file too, without a target.
            if !to.is_empty() {
                let rule = if rule.is_empty() { to_rule } else { rule };
                let advice = without_target(advice, to);
                let rule = rule.replace("&#x7C;", "|").replace('~', "|");
                let parts = [in_words(&rule), advice].into_iter().filter(|part| !part.is_empty());
                maps.maps.push(Map {
                    from: (sab.to_owned(), from.to_owned()),
                    target: target.clone(),
                    code: to.trim_end_matches('?').trim_end_matches('.').to_owned(),
                    relation: relation(rel),
                    detail: parts.collect::<Vec<_>>().join("; "),
                });
            }
            Ok(())
        })?;
        Ok(maps)
    }

    /// The codes that maps start from.
    pub fn asked(&self) -> Codes {
        let mut codes = Codes::new();
        for Map { from: (sab, code), .. } in &self.maps {
            codes.entry(sab.clone()).or_default().insert(code.clone());
        }
        codes
    }

    pub fn add(&self, kept: &Kept, systems: &BTreeMap<String, System>, builder: &mut PackBuilder) {
        for map in &self.maps {
            let (sab, code) = &map.from;
            let own = umls_sources::system(sab, systems)
                .is_some_and(|system| builder.select(&system, &umls_sources::code(sab, code)));
            let found =
                own || kept.by_code.get(&map.from).is_some_and(|cui| builder.select(&System::UMLS, cui));
            if found {
                builder.map_with(&map.target, &map.code, map.relation, &map.detail);
            }
        }
    }
}

/// The target system of each map set whose name says it. Bad rows are reported when the names are read.
fn named_targets(
    release: &Release,
    systems: &BTreeMap<String, System>,
) -> Result<BTreeMap<String, System>, VocabError> {
    let mut targets = BTreeMap::new();
    let mut unheard = PackBuilder::new();
    unheard.lenient(true);
    release.read(CONSO, [0, 12, 14], &mut unheard, |[id, tty, name], _| {
        if tty == "XM"
            && let Some((_, target)) = name.split_once(" to ")
        {
            let word = target.split(' ').next().unwrap_or_default();
            // The version follows the source's name: ICD10CM_2023, but also SNOMEDCT_US_2023_03_01.
            let sab = word.match_indices('_').map(|(end, _)| &word[..end]).chain([word]);
            if let Some(system) = sab.into_iter().find_map(|sab| umls_sources::system(sab, systems)) {
                targets.insert(id.to_owned(), system);
            }
        }
        Ok(())
    })?;
    Ok(targets)
}

fn relation(rel: &str) -> Relation {
    match rel {
        "RB" => Relation::Broader,
        "RN" => Relation::Narrower,
        "SY" => Relation::Exact,
        _ => Relation::Approximate,
    }
}
