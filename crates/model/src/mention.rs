use serde::{Deserialize, Serialize};

use crate::span::Span;

/// A stretch of text that names something clinical.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// The exact words.
    pub span: Span,
    /// What sort of thing it names.
    pub label: Label,
    /// Confidence of the stage that found it, 0 to 1.
    pub score: f32,
    /// Who found it.
    pub by: MentionSource,
}

/// What sort of thing a mention names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// A clinical problem: disease, disorder, sign, symptom, finding or injury.
    Disease,
    /// A drug or another chemical.
    Chemical,
    /// A procedure or a test.
    Procedure,
    /// A part of the body.
    Anatomy,
    /// Something clinical of another or an unknown sort.
    Other,
}

impl Label {
    /// Every label.
    pub const ALL: [Self; 5] = [Self::Disease, Self::Chemical, Self::Procedure, Self::Anatomy, Self::Other];

    /// The name as it stands in files and output (`disease`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disease => "disease",
            Self::Chemical => "chemical",
            Self::Procedure => "procedure",
            Self::Anatomy => "anatomy",
            Self::Other => "other",
        }
    }

    /// The label that a corpus or a model calls `name`, in any case: its own name, or one of the names that
    /// common corpora use for the same thing (`Problem`, `Phenotype`, `SpecificDisease`, `Drug`, `Test`, …).
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Some(match name.as_str() {
            "disease"
            | "problem"
            | "disorder"
            | "diso"
            | "finding"
            | "symptom"
            | "sign"
            | "injury"
            | "phenotype"
            | "diagnosis"
            | "condition"
            | "specificdisease"
            | "diseaseclass"
            | "modifier"
            | "compositemention"
            | "diseaseorphenotypicfeature"
            | "cancer" => Self::Disease,
            "chemical" | "drug" | "chem" | "medication" | "chemicalentity" | "treatment" => Self::Chemical,
            "procedure" | "test" | "proc" => Self::Procedure,
            "anatomy" | "anat" | "organ" | "tissue" => Self::Anatomy,
            "other" => Self::Other,
            _ => return None,
        })
    }
}

/// Who found a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MentionSource {
    /// The token classifier.
    Model,
    /// The pack's dictionary.
    Dictionary,
    /// Both, with the same span.
    Both,
    /// The pack's dictionary, inside a longer mention. Codes come from the longer one.
    Nested,
    /// The caller.
    Given,
}

/// What an abbreviation stands for at one place of a note.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// The abbreviation.
    pub short: Span,
    /// Its long form, as it is defined or as the lexicon has it.
    pub long: String,
    /// How that is known.
    pub source: ExpansionSource,
    /// How sure it is among all that the abbreviation may stand for at that place, 0 to 1; 1 if the text defines it.
    pub score: f32,
    /// What it stands for otherwise, with its own score, where the lexicon has several senses.
    pub runner_up: Option<(String, f32)>,
}

impl Expansion {
    /// An abbreviation that has only this sense where it stands.
    pub const fn sure(short: Span, long: String, source: ExpansionSource) -> Self {
        Self { short, long, source, score: 1.0, runner_up: None }
    }
}

/// How the long form of an abbreviation is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExpansionSource {
    /// This is the place that defines it; the span is that of the long form.
    Defined(Span),
    /// Another place of the same note, or another note of the episode, defines it.
    DefinedElsewhere,
    /// The lexicon of common clinical abbreviations.
    Lexicon,
}
