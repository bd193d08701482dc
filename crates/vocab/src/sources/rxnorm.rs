//! `RxNorm` in Rich Release Format.
//!
//! Given is the `rrf` folder of a release (full, weekly or *Current Prescribable Content*) or its files. Needed:
//! RXNCONSO.RRF, in the layout of MRCONSO (see `atoms`) with the RXCUI as concept. Used if there: RXNSTY.RRF
//! (semantic types), RXNREL.RRF in the layout of MRREL, RXNSAT.RRF (only with `ndc`).
//!
//! The release has no MRRANK; of the term types the names of ingredients come first, then brands, drugs, components,
//! forms, and last the synonyms (SY, TMSY, PSN). Dose forms and their groups (DF, DFG: *Oral Tablet*) are no chemicals:
//! their names alone name no drug. Without RXNSTY all other concepts are.
//!
//! RXNREL: `isa` is the hierarchy; `tradename_of` and `form_of` go to a broader concept (the brand's or salt's
//! ingredient), `has_ingredient` and the like from a product to what is in it, which is broader too. Relations are
//! read as in MRREL: they say what the second concept is to the first.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use clinlink_model::{Label, System};
use serde::Deserialize;

use super::atoms::{self, Codes, Kept, Wanted, rank_key};
use super::given::missing;
use super::relations::Relations;
use super::rrf::{CONSO, REL, Release, SAT, concept_number};
use super::semantic_types::SemanticTypes;
use crate::builder::PackBuilder;
use crate::entry::Relation;
use crate::recipe::Recipe;
use crate::vocab_error::VocabError;

/// What a recipe may choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Sources (SAB); those other than RXNORM have licences of their own.
    sources: Vec<String>,
    /// Term types (TTY); empty for all.
    term_types: Vec<String>,
    /// Values of SUPPRESS (O, E, Y) whose atoms are kept as related terms.
    suppressed: Vec<String>,
    /// Whether National Drug Codes become concepts of the system `NDC`, without terms.
    ndc: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sources: vec!["RXNORM".to_owned()],
            term_types: Vec::new(),
            suppressed: Vec::new(),
            ndc: false,
        }
    }
}

/// Term types from the one that names best to the one that names least well.
const BY_RANK: [&str; 23] = [
    "IN", "PIN", "MIN", "BN", "SCD", "SBD", "GPCK", "BPCK", "SCDC", "SBDC", "SCDF", "SBDF", "SCDFP", "SBDFP",
    "SCDG", "SBDG", "SCDGP", "DF", "DFG", "PSN", "SY", "TMSY", "ET",
];

pub(super) fn read(recipe: &Recipe, files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let options: Options = recipe.options()?;
    let release = Release::find("RXN", files)?;
    release.required(CONSO, "give the rrf folder of an RxNorm release")?;
    let types = SemanticTypes::read(&release, builder)?;
    let label = |concept: u32, tty: &str| {
        Some(match tty {
            "DF" | "DFG" => Label::Other,
            _ if types.is_empty() => Label::Chemical,
            _ => types.label(concept),
        })
    };
    let systems = BTreeMap::new();
    let wanted = Wanted {
        system: System::RXNORM,
        languages: &[],
        sources: &options.sources,
        term_types: &options.term_types,
        suppressed: &options.suppressed,
        systems: &systems,
        ranks: ranks(&options),
        label: &label,
    };
    let kept = atoms::read(&release, &wanted, &Codes::new(), builder)?;
    if kept.concepts.is_empty() {
        let cause = "no row of RXNCONSO.RRF is kept; check sources and term types in [options] of the recipe";
        return Err(missing(files, cause));
    }
    types.add_to(&System::RXNORM, &kept.concepts, |number| number.to_string(), builder);
    add_relations(&release, &options, &kept, builder)?;
    if options.ndc {
        add_drug_codes(&release, &kept, builder)?;
    }
    Ok(())
}

fn ranks(options: &Options) -> HashMap<String, u32> {
    let mut ranks = HashMap::new();
    for source in &options.sources {
        for (place, tty) in BY_RANK.iter().rev().enumerate() {
            let rank = place as u32 + 1;
            ranks.insert(rank_key(source, tty, "N"), rank);
        }
    }
    ranks
}

fn add_relations(
    release: &Release,
    options: &Options,
    kept: &Kept,
    builder: &mut PackBuilder,
) -> Result<(), VocabError> {
    let mut relations = Relations::default();
    release.read(REL, [0, 4, 7, 10, 14], builder, |[first, second, rela, sab, suppress], _| {
        // Relations between atoms have no RXCUI.
        if first.is_empty() || second.is_empty() || !matches!(suppress, "N" | "") {
            return Ok(());
        }
        let (first, second) = (concept_number(first)?, concept_number(second)?);
        let both = kept.concepts.contains(&first) && kept.concepts.contains(&second);
        if !both || !options.sources.iter().any(|known| known == sab) {
            return Ok(());
        }
        // What the second concept is to the first: `isa` has the first above the second.
        let broader = |below, above, words: &str| (below, above, words.to_owned());
        match rela {
            "isa" => relations.parents.push((second, first)),
            "inverse_isa" => relations.parents.push((first, second)),
            "tradename_of" => relations.broader.push(broader(second, first, "trade name of")),
            "has_tradename" => relations.broader.push(broader(first, second, "trade name of")),
            "form_of" => relations.broader.push(broader(second, first, "form of")),
            "has_form" => relations.broader.push(broader(first, second, "form of")),
            "ingredient_of" | "precise_ingredient_of" => {
                relations.broader.push(broader(first, second, "has ingredient"));
            }
            "has_ingredient" | "has_precise_ingredient" => {
                relations.broader.push(broader(second, first, "has ingredient"));
            }
            "constitutes" => relations.broader.push(broader(first, second, "consists of")),
            "consists_of" => relations.broader.push(broader(second, first, "consists of")),
            _ => {}
        }
        Ok(())
    })?;
    relations.tidy();
    for (child, parent) in &relations.parents {
        builder.select(&System::RXNORM, &child.to_string());
        builder.parent(&parent.to_string());
    }
    for (narrow, broad, words) in &relations.broader {
        builder.select(&System::RXNORM, &narrow.to_string());
        builder.map_with(&System::RXNORM, &broad.to_string(), Relation::Broader, words);
    }
    Ok(())
}

/// RXNSAT: RXCUI, LUI, SUI, RXAUI, STYPE, CODE, ATUI, SATUI, ATN, SAB, ATV, SUPPRESS, CVF.
fn add_drug_codes(release: &Release, kept: &Kept, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let ndc = System::from("NDC");
    release.read(SAT, [0, 8, 9, 10, 11], builder, |[id, name, sab, value, suppress], builder| {
        let is_code = name == "NDC" && sab == "RXNORM" && suppress == "N";
        if is_code && kept.concepts.contains(&concept_number(id)?) {
            let title = builder.title(&System::RXNORM, id).unwrap_or_default().to_owned();
            builder.heading(&ndc, value, &title, Label::Chemical).map(&System::RXNORM, id, Relation::Exact);
        }
        Ok(())
    })
}
