//! An entry of Orphanet's nomenclature, whichever of its files it stands in.
//!
//! The relation of a reference starts with its sign, said from Orphanet's side: `E` exact; `NTBT` its narrower term maps
//! to a broader one, so the target is broader; `BTNT` narrower; `NTBT/E` broader with an exact synonym; `W` wrong, which
//! is left out; all others approximate. The relation to ICD in words (*specific code*, *inclusion term*, *index term*,
//! *attributed code*) is kept as detail. Orphanet's ICD-10 is WHO's; since many packs hold ICD-10-CM only, the same code
//! there is a cross-reference too, approximate, unless the recipe says `icd10cm = false`.
//!
//! A retired entry is a heading with its heirs, if the file names any. `NON RARE IN EUROPE:` is left off the name, for
//! the disease is the same.

use clinlink_model::{Label, System};

use crate::builder::PackBuilder;
use crate::entry::{Fact, Relation, TermKind};

/// A disorder, a group of disorders or a subtype of one.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// `ORPHA:558`.
    pub code: String,
    pub name: String,
    pub synonyms: Vec<String>,
    pub definition: String,
    /// Whether it is a group of disorders, which is too general to be what a patient has.
    pub is_group: bool,
    /// Whether it is out of use: obsolete, or joined with another.
    pub is_retired: bool,
    /// The codes of what stands for a retired entry.
    pub heirs: Vec<String>,
    pub references: Vec<Reference>,
}

/// A reference to another code system.
#[derive(Debug, Default)]
pub(super) struct Reference {
    /// The name that Orphanet gives the system: `ICD-10`.
    pub source: String,
    pub code: String,
    /// `NTBT (narrower term maps to a broader term)`.
    pub relation: String,
    /// `Inclusion term (The ORPHAcode is included under a ICD10 category)`; mostly empty.
    pub in_icd: String,
}

/// How the names of obsolete entries start.
const OBSOLETE: &str = "OBSOLETE:";

impl Entry {
    pub fn add(&self, icd10cm: bool, builder: &mut PackBuilder) {
        if self.is_retired || self.name.starts_with(OBSOLETE) {
            self.add_retired(builder);
            return;
        }
        let name = self.name.strip_prefix("NON RARE IN EUROPE:").unwrap_or(&self.name).trim();
        builder.concept(&System::ORDO, &self.code, name, Label::Disease).billable(!self.is_group);
        for synonym in &self.synonyms {
            builder.term(synonym, TermKind::Synonym);
        }
        if !self.definition.is_empty() {
            builder.fact(Fact::Definition, &self.definition);
        }
        for reference in &self.references {
            reference.add(icd10cm, builder);
        }
    }

    fn add_retired(&self, builder: &mut PackBuilder) {
        let name = self.name.trim_start_matches(OBSOLETE).trim();
        builder.heading(&System::ORDO, &self.code, name, Label::Disease).billable(false);
        let colon = if self.heirs.is_empty() { "" } else { ": " };
        builder.fact(Fact::Status, &format!("retired{colon}{}", self.heirs.join(", ")));
        for heir in &self.heirs {
            builder.map_with(&System::ORDO, heir, Relation::Approximate, "moved to");
        }
    }
}

impl Reference {
    fn add(&self, icd10cm: bool, builder: &mut PackBuilder) {
        let (Some(system), Some(relation)) = (self.system(), relation(&self.relation)) else { return };
        // `Specific code (The ORPHAcode has its own code in the ICD10)`: the first words say it.
        let detail = self.in_icd.split(" (").next().unwrap_or_default().to_lowercase();
        builder.map_with(&system, &self.code, relation, &detail);
        if icd10cm && system == System::ICD10 {
            let detail = format!("stated for WHO's ICD-10 as {}", words(relation));
            builder.map_with(&System::ICD10CM, &self.code, Relation::Approximate, &detail);
        }
    }

    fn system(&self) -> Option<System> {
        Some(match self.source.as_str() {
            "ICD-10" => System::ICD10,
            "ICD-11" => System::ICD11,
            "OMIM" => System::OMIM,
            "UMLS" => System::UMLS,
            "MeSH" | "MESH" => System::MESH,
            "MONDO" => System::MONDO,
            "SNOMED CT" | "SNOMEDCT" => System::SNOMED_CT,
            _ => return None,
        })
    }
}

/// What a relation's sign says; `None` if the reference is marked as wrong.
fn relation(name: &str) -> Option<Relation> {
    match sign(name) {
        "E" => Some(Relation::Exact),
        "NTBT" | "NTBT/E" => Some(Relation::Broader),
        "BTNT" | "BTNT/E" => Some(Relation::Narrower),
        "W" => None,
        _ => Some(Relation::Approximate),
    }
}

/// The sign at the start of a relation's name.
fn sign(name: &str) -> &str {
    name.split([' ', '(']).next().unwrap_or_default()
}

/// Whether a name is that of a relation, and not of a relation to ICD in words.
pub(super) fn is_relation(name: &str) -> bool {
    matches!(sign(name), "E" | "NTBT" | "NTBT/E" | "BTNT" | "BTNT/E" | "W" | "ND")
}

fn words(relation: Relation) -> &'static str {
    match relation {
        Relation::Exact => "exact",
        Relation::Broader => "broader",
        Relation::Narrower => "narrower",
        Relation::Approximate => "approximate",
    }
}
