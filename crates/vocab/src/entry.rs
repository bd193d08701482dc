//! What a pack holds: concepts, terms, cross-references, notes.

use clinlink_model::{Label, System};
use serde::{Deserialize, Serialize};

/// A concept of a pack, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConceptId(pub u32);

/// What a pack knows of a concept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concept<'p> {
    /// Its number.
    pub id: ConceptId,
    /// The code system.
    pub system: &'p System,
    /// The code, as its owner writes it.
    pub code: &'p str,
    /// The preferred name.
    pub title: &'p str,
    /// What sort of thing it is.
    pub label: Label,
    /// Whether it is a leaf that may be reported (ICD) or a concept in use.
    pub billable: bool,
}

/// What sort of term of its concept a term is, from the surest to the least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum TermKind {
    /// The preferred name.
    Title,
    /// An exact synonym or an inclusion term.
    Synonym,
    /// An entry of the alphabetic index.
    Index,
    /// A term of broader, narrower or related meaning.
    Related,
}

/// One concept that a term names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The concept.
    pub concept: ConceptId,
    /// How the term names it.
    pub kind: TermKind,
}

/// A term of a concept as its source writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surface<'p> {
    /// The term.
    pub text: &'p str,
    /// How it names the concept.
    pub kind: TermKind,
    /// The name of the first source that has it.
    pub source: &'p str,
    /// Whether a rule made it of that source's words.
    pub made: bool,
}

/// A cross-reference of a concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrossReference<'p> {
    /// What it refers to.
    pub target: ConceptId,
    /// How the target relates to the concept.
    pub relation: Relation,
    /// Who says so.
    pub origin: MapOrigin,
    /// The source's own words on when or how it holds, several with `; ` between; mostly empty.
    pub detail: &'p str,
}

/// Who states a cross-reference, from the surest to the least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum MapOrigin {
    /// A source, in this direction.
    Stated,
    /// A source, in the other direction.
    Reversed,
    /// None: the two concepts share a name.
    SharedName,
}

impl MapOrigin {
    pub(crate) const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Stated,
            1 => Self::Reversed,
            _ => Self::SharedName,
        }
    }

    /// The origin of the same cross-reference read backwards.
    pub(crate) const fn inverse(self) -> Self {
        match self {
            Self::Stated => Self::Reversed,
            Self::Reversed => Self::Stated,
            Self::SharedName => Self::SharedName,
        }
    }
}

/// How the target of a cross-reference relates to its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Relation {
    /// The same meaning.
    Exact,
    /// The target is broader.
    Broader,
    /// The target is narrower.
    Narrower,
    /// Neither is known.
    Approximate,
}

impl Relation {
    /// The relation read backwards.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::Broader => Self::Narrower,
            Self::Narrower => Self::Broader,
            other => other,
        }
    }

    /// The relation of the ends of two cross-references one after the other.
    pub(crate) const fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Exact, other) | (other, Self::Exact) => other,
            (Self::Broader, Self::Broader) => Self::Broader,
            (Self::Narrower, Self::Narrower) => Self::Narrower,
            _ => Self::Approximate,
        }
    }

    pub(crate) const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Exact,
            1 => Self::Broader,
            2 => Self::Narrower,
            _ => Self::Approximate,
        }
    }
}

impl TermKind {
    pub(crate) const fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Title,
            1 => Self::Synonym,
            2 => Self::Index,
            _ => Self::Related,
        }
    }
}

/// A kind of note in the tabular list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are the tabular list's own")]
pub enum NoteKind {
    Includes,
    Excludes1,
    Excludes2,
    CodeFirst,
    UseAdditional,
    CodeAlso,
    SeventhCharacter,
}

impl NoteKind {
    /// A note as a sentence: `use additional code to identify stage (N18.1-N18.6)`. Sources print some notes with the word
    /// `code` in front and some without.
    pub fn sentence(self, note: &str) -> String {
        let note = note.trim().trim_end_matches(':').trim_end();
        let (words, link) = match self {
            Self::Includes => ("includes", ""),
            Self::Excludes1 => ("excludes1", ""),
            Self::Excludes2 => ("excludes2", ""),
            Self::CodeFirst => ("code first", ""),
            Self::UseAdditional if note.starts_with("code") => ("use additional", ""),
            Self::UseAdditional => ("use additional code", ":"),
            Self::CodeAlso => ("code also", ""),
            Self::SeventhCharacter => ("seventh character", ":"),
        };
        let space = if note.starts_with([',', '(']) { "" } else { " " };
        format!("{words}{link}{space}{note}")
    }
}

/// What a source says of a concept beside its terms, cross-references and notes; the values are the source's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Fact {
    /// A definition in words.
    Definition,
    /// Its category in AHRQ's Clinical Classifications Software Refined: `END002`.
    Ccsr,
    /// What AHRQ's Chronic Condition Indicator Refined says: `chronic`, `not chronic` or `no
    /// determination`.
    Chronic,
    /// `CC` or `MCC`: a (major) complication or comorbidity of the MS-DRGs.
    Severity,
    /// A semantic type (UMLS) or semantic tag (SNOMED CT): `T047 Disease or Syndrome`.
    SemanticType,
    /// The code's entity in the ICD-11 foundation.
    Foundation,
    /// An axis on which the code may be combined with others (ICD-11 post-coordination, ICD-10-PCS): `laterality: XK8G | XK9J`.
    Axis,
    /// `retired`, with what replaces it: `retired: A00.9`.
    Status,
    /// A finding that goes with the disease, and how often: `very frequent (99-80%): HP:0001945 Fever`.
    Phenotype,
    /// What its owner tells coders (ICD-11).
    CodingNote,
    /// The collection of principal diagnoses beside which the code is no CC or MCC (CMS, table 6K): `0004`.
    ExcludedBy,
    /// The collections of that table to which the code belongs, with spaces between: `0003 0004`.
    Excludes,
    /// Where the code is no CC or MCC (table 6K): `unless discharged alive`, `in MS-DRGs 280-282`.
    NoSeverity,
    /// The relative weight of an MS-DRG: `1.2838`.
    Weight,
    /// The major diagnostic category of an MS-DRG: `05`, `PRE`.
    Mdc,
    /// The type of an MS-DRG: `MED`, `SURG`.
    DrgType,
    /// MDC and MS-DRGs of whose definition the code is a part (CMS's definitions manual): `05 291-293`.
    DrgIndex,
    /// Whether a procedure needs an operating room (CMS's definitions manual): `yes`, `no`.
    OperatingRoom,
}

impl Fact {
    pub(crate) const ALL: [Self; 18] = [
        Self::Definition,
        Self::Ccsr,
        Self::Chronic,
        Self::Severity,
        Self::SemanticType,
        Self::Foundation,
        Self::Axis,
        Self::Status,
        Self::Phenotype,
        Self::CodingNote,
        Self::ExcludedBy,
        Self::Excludes,
        Self::NoSeverity,
        Self::Weight,
        Self::Mdc,
        Self::DrgType,
        Self::DrgIndex,
        Self::OperatingRoom,
    ];
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::NoteKind;

    #[rstest]
    #[case(
        NoteKind::UseAdditional,
        "code to identify stage (N18.1-N18.6)",
        "use additional code to identify stage (N18.1-N18.6)"
    )]
    #[case(NoteKind::UseAdditional, "code(s) to specify:", "use additional code(s) to specify")]
    #[case(
        NoteKind::UseAdditional,
        "code, where applicable, to identify:",
        "use additional code, where applicable, to identify"
    )]
    #[case(NoteKind::UseAdditional, "tobacco use (Z72.0)", "use additional code: tobacco use (Z72.0)")]
    #[case(
        NoteKind::CodeFirst,
        ", if applicable, diabetes (E11.-)",
        "code first, if applicable, diabetes (E11.-)"
    )]
    #[case(NoteKind::CodeFirst, "underlying disease", "code first underlying disease")]
    fn a_note_is_a_sentence(#[case] kind: NoteKind, #[case] note: &str, #[case] expected: &str) {
        assert_eq!(kind.sentence(note), expected);
    }
}
