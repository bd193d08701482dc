//! The UMLS Metathesaurus in Rich Release Format, as `MetamorphoSys` or the full release writes it.
//!
//! Given is the `META` folder or its files. Needed: MRCONSO.RRF (names, see `atoms`). Used if there: MRSTY.RRF
//! (semantic types, see `semantic_types`), MRRANK.RRF (RANK, SAB, TTY, SUPPRESS: what is preferred), MRREL.RRF
//! (relations), MRDEF.RRF (definitions), MRMAP.RRF (maps between sources, see `umls_maps`). The columns are those of
//! the UMLS Reference Manual, chapter 3.
//!
//! A concept is a CUI in the system `UMLS`. The codes of its atoms are cross-references to the systems that packs hold
//! (ICD-10-CM, HPO, `MeSH`, Mondo, ORDO, SNOMED CT, `RxNorm`, …): exact if an atom names the code itself, else broader.
//!
//! MRREL says what the *second* concept is to the first: `C1|…|PAR|C2` has C2 above C1. PAR and CHD of the sources in
//! `hierarchy` are the hierarchy, RB and RN broader and narrower cross-references.
//!
//! ```text
//! C9000001|ENG|P|L1|PF|S1|Y|A1|||D1|MSH|MH|D990001|Purr failure|0|N||
//! C9000001|ENG|S|L2|PF|S2|Y|A2||||ICD10CM|PT|Q01.0|Silent purr|4|N||
//! ```
//! is a concept named by both texts, with exact cross-references to `MeSH` D990001 and ICD-10-CM Q01.0.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use clinlink_model::{Label, System};
use serde::Deserialize;

use super::atoms::{self, Kept, Wanted, rank_key};
use super::given::missing;
use super::relations::Relations;
use super::rrf::{CONSO, DEF, RANK, REL, Release, concept_number};
use super::semantic_types::{SemanticTypes, type_number};
use super::umls_maps::Maps;
use crate::builder::PackBuilder;
use crate::entry::{Fact, Relation};
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

/// What a recipe may choose. An empty list keeps all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Languages (LAT), the preferred one first.
    languages: Vec<String>,
    /// Sources (SAB).
    sources: Vec<String>,
    /// Term types (TTY).
    term_types: Vec<String>,
    /// Semantic types (TUI) of which a concept must have one.
    semantic_types: Vec<String>,
    /// Values of SUPPRESS (O, E, Y) whose atoms are kept as related terms.
    suppressed: Vec<String>,
    /// Sources whose PAR and CHD are the hierarchy.
    hierarchy: Vec<String>,
    /// Whether RB and RN become cross-references.
    relations: bool,
    /// Whether definitions are kept.
    definitions: bool,
    /// Code systems of sources that have none yet: `LNC = "LOINC"`.
    systems: BTreeMap<String, System>,
    /// Target systems of map sets, by their CUI, where the map set's name does not say it.
    map_sets: BTreeMap<String, System>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            languages: vec!["ENG".to_owned()],
            sources: Vec::new(),
            term_types: Vec::new(),
            semantic_types: Vec::new(),
            suppressed: Vec::new(),
            hierarchy: Vec::new(),
            relations: true,
            definitions: true,
            systems: BTreeMap::new(),
            map_sets: BTreeMap::new(),
        }
    }
}

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let release = Release::find("MR", files)?;
    release.required(CONSO, "give the META folder of a Metathesaurus release in Rich Release Format")?;
    let wanted_types =
        options.semantic_types.iter().map(|tui| type_number(tui)).collect::<Result<Vec<_>, _>>();
    let wanted_types = wanted_types.map_err(|cause| recipe.problem(&cause))?;
    let types = SemanticTypes::read(&release, builder)?;
    if types.is_empty() && !wanted_types.is_empty() {
        return Err(missing(files, "no MRSTY.RRF here, which [options] semantic_types needs"));
    }
    let label = |concept: u32, _: &str| {
        let wanted = wanted_types.is_empty() || types.of(concept).any(|tui| wanted_types.contains(&tui));
        // Without semantic types nothing says what a concept is; most of what users bring are problems.
        wanted.then(|| if types.is_empty() { Label::Disease } else { types.label(concept) })
    };
    let wanted = Wanted {
        system: System::UMLS,
        languages: &options.languages,
        sources: &options.sources,
        term_types: &options.term_types,
        suppressed: &options.suppressed,
        systems: &options.systems,
        ranks: ranks(&release, builder)?,
        label: &label,
    };
    let maps = Maps::read(&release, &options.map_sets, &options.systems, builder)?;
    let kept = atoms::read(&release, &wanted, &maps.asked(), builder)?;
    if kept.concepts.is_empty() {
        let cause =
            "no row of MRCONSO.RRF is kept; check languages, sources and types in [options] of the recipe";
        return Err(missing(files, cause));
    }
    types.add_to(&System::UMLS, &kept.concepts, cui, builder);
    maps.add(&kept, &options.systems, builder);
    add_relations(&release, &options, &kept, builder)?;
    if options.definitions {
        add_definitions(&release, &options, &kept, builder)?;
    }
    Ok(())
}

/// MRRANK: the rank of each source and term type.
fn ranks(release: &Release, builder: &mut PackBuilder) -> Result<HashMap<String, u32>, VocabError> {
    let mut ranks = HashMap::new();
    release.read(RANK, [0, 1, 2, 3], builder, |[rank, sab, tty, suppress], _| {
        let rank = rank.parse().map_err(|_| format!("rank {rank:?} is no number"))?;
        ranks.insert(rank_key(sab, tty, suppress), rank);
        Ok(())
    })?;
    Ok(ranks)
}

/// The code of a concept's number.
fn cui(number: u32) -> String {
    format!("C{number:07}")
}

/// MRREL: CUI1, AUI1, STYPE1, REL, CUI2, AUI2, STYPE2, RELA, RUI, SRUI, SAB, SL, RG, DIR, SUPPRESS, CVF.
fn add_relations(
    release: &Release,
    options: &Options,
    kept: &Kept,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    let has = |list: &[String], value: &str| list.is_empty() || list.iter().any(|known| known == value);
    let mut relations = Relations::default();
    release.read(REL, [0, 3, 4, 7, 10, 14], builder, |[first, rel, second, rela, sab, suppress], _| {
        let (first, second) = (concept_number(first)?, concept_number(second)?);
        let both = kept.concepts.contains(&first) && kept.concepts.contains(&second) && first != second;
        if !both || !has(&options.sources, sab) || !matches!(suppress, "N" | "") {
            return Ok(());
        }
        let (below, above) = match rel {
            "PAR" | "RB" => (first, second),
            "CHD" | "RN" => (second, first),
            _ => return Ok(()),
        };
        if matches!(rel, "PAR" | "CHD") && has(&options.hierarchy, sab) {
            relations.parents.push((below, above));
        } else if options.relations {
            relations.broader.push((below, above, rela.to_owned()));
        }
        Ok(())
    })?;
    relations.tidy();
    for &(child, parent) in &relations.parents {
        builder.select(&System::UMLS, &cui(child));
        builder.parent(&cui(parent));
    }
    for (narrow, broad, rela) in &relations.broader {
        builder.select(&System::UMLS, &cui(*narrow));
        builder.map_with(&System::UMLS, &cui(*broad), Relation::Broader, &rela.replace('_', " "));
    }
    Ok(())
}

/// MRDEF: CUI, AUI, ATUI, SATUI, SAB, DEF, SUPPRESS, CVF.
fn add_definitions(
    release: &Release,
    options: &Options,
    kept: &Kept,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    release.read(DEF, [0, 4, 5, 6], builder, |[id, sab, text, suppress], builder| {
        let wanted = options.sources.is_empty() || options.sources.iter().any(|known| known == sab);
        if kept.concepts.contains(&concept_number(id)?) && wanted && suppress == "N" && !text.is_empty() {
            builder.select(&System::UMLS, id);
            builder.fact(Fact::Definition, text);
        }
        Ok(())
    })
}
