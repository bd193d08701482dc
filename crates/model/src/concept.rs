use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A code system. The set is open, since users bring terminologies of their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct System(Cow<'static, str>);

impl System {
    /// ICD-10-CM, diagnoses (CDC/NCHS).
    pub const ICD10CM: System = System(Cow::Borrowed("ICD-10-CM"));
    /// ICD-10-PCS, inpatient procedures (CMS).
    pub const ICD10PCS: System = System(Cow::Borrowed("ICD-10-PCS"));
    /// ICD-9-CM, diagnoses and procedures.
    pub const ICD9CM: System = System(Cow::Borrowed("ICD-9-CM"));
    /// Human Phenotype Ontology.
    pub const HPO: System = System(Cow::Borrowed("HPO"));
    /// Mondo Disease Ontology.
    pub const MONDO: System = System(Cow::Borrowed("Mondo"));
    /// Human Disease Ontology.
    pub const DOID: System = System(Cow::Borrowed("DOID"));
    /// Medical Subject Headings.
    pub const MESH: System = System(Cow::Borrowed("MeSH"));
    /// Orphanet nomenclature of rare diseases.
    pub const ORDO: System = System(Cow::Borrowed("ORDO"));
    /// WHO's ICD-10.
    pub const ICD10: System = System(Cow::Borrowed("ICD-10"));
    /// ICD-11 for Mortality and Morbidity Statistics (WHO).
    pub const ICD11: System = System(Cow::Borrowed("ICD-11"));
    /// OPCS-4, interventions and procedures (NHS).
    pub const OPCS4: System = System(Cow::Borrowed("OPCS-4"));
    /// Concepts of the UMLS Metathesaurus (NLM), coded by their CUI.
    pub const UMLS: System = System(Cow::Borrowed("UMLS"));
    /// SNOMED CT, any edition.
    pub const SNOMED_CT: System = System(Cow::Borrowed("SNOMED CT"));
    /// `RxNorm`, drugs (NLM), coded by their RXCUI.
    pub const RXNORM: System = System(Cow::Borrowed("RxNorm"));
    /// Online Mendelian Inheritance in Man.
    pub const OMIM: System = System(Cow::Borrowed("OMIM"));
    /// Medicare Severity Diagnosis-Related Groups (CMS).
    pub const MS_DRG: System = System(Cow::Borrowed("MS-DRG"));

    const KNOWN: [System; 16] = [
        Self::ICD10CM,
        Self::ICD10PCS,
        Self::ICD9CM,
        Self::HPO,
        Self::MONDO,
        Self::DOID,
        Self::MESH,
        Self::ORDO,
        Self::ICD10,
        Self::ICD11,
        Self::OPCS4,
        Self::UMLS,
        Self::SNOMED_CT,
        Self::RXNORM,
        Self::OMIM,
        Self::MS_DRG,
    ];

    /// The name as it stands in files and output.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl From<String> for System {
    fn from(name: String) -> Self {
        match Self::KNOWN.into_iter().find(|known| known.0 == name) {
            Some(known) => known,
            None => System(Cow::Owned(name)),
        }
    }
}

impl From<&str> for System {
    fn from(name: &str) -> Self {
        name.to_owned().into()
    }
}

impl From<System> for String {
    fn from(system: System) -> Self {
        system.0.into_owned()
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A concept that a mention may stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The code system.
    pub system: System,
    /// The code, as its owner writes it (`E11.9`, `HP:0001250`, `D003920`).
    pub code: String,
    /// The concept's preferred name.
    pub title: String,
    /// How well it fits, 0 to 1.
    pub score: f32,
    /// How it was found.
    pub via: Via,
    /// Which of several things that the mention names it stands for, from 1 (`liver and kidney failure` names two); 0 if the
    /// mention names one thing. Candidates of different things do not exclude each other.
    pub conjunct: u8,
}

/// How a candidate was found, from the surest way to the least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// The mention is a term of the concept, letter for letter (but for case).
    Exact,
    /// The mention and a term have the same normal form.
    Normal,
    /// The long form of the abbreviation is a term of the concept.
    Abbreviation,
    /// A term of the concept has the words of the mention, in any order, or most of them.
    Search,
    /// A term of the concept is the mention in another spelling.
    Spelling,
    /// A term of the concept stands inside the mention.
    Part,
    /// A subdivision of a code that was found in one of the ways above: the mention says all that its title adds.
    Subdivision,
    /// A term of the concept means what the mention says, as far as an encoder of terms can tell.
    Dense,
    /// Such words were linked to the concept in the notes that the linker learnt from.
    Learned,
    /// Another system's concept, found in one of the ways above, refers to it.
    Crosswalk,
}

impl Via {
    /// The name as it stands in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normal => "normal",
            Self::Abbreviation => "abbreviation",
            Self::Search => "search",
            Self::Spelling => "spelling",
            Self::Part => "part",
            Self::Subdivision => "subdivision",
            Self::Dense => "dense",
            Self::Learned => "learned",
            Self::Crosswalk => "crosswalk",
        }
    }
}
