use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::check_box::CheckBox;
use crate::span::Span;
use crate::turn::Turn;

/// What segmentation finds in a note: sections, and in them sentences, and in them tokens, all in text order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The sections. Together they cover every sentence; text before the first header is a section of its own.
    pub sections: Vec<Section>,
    /// The sentences. They do not overlap, and none crosses a section's border. A header is a sentence too.
    pub sentences: Vec<Sentence>,
    /// The tokens: words, numbers and single punctuation marks, without white space.
    pub tokens: Vec<Token>,
    /// The cells of table rows; each row is a sentence. They do not overlap.
    pub cells: Vec<Span>,
    /// Check boxes and answers of forms.
    pub check_boxes: Vec<CheckBox>,
    /// The turns of a dialogue. They do not overlap.
    pub turns: Vec<Turn>,
}

/// A header and the text under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The kind that the header stands for.
    pub kind: SectionKind,
    /// The header's words, without colon and numbering; `None` for text before the first header.
    pub header: Option<Span>,
    /// Header and body, without the sections within it, which follow as sections of their own.
    pub span: Span,
    /// The section that this one is within (vital signs within an examination), as an index into
    /// [`Layout::sections`]: always an earlier one.
    pub parent: Option<u32>,
}

/// A sentence, a list item, a table row or a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The text, without white space around it.
    pub span: Span,
    /// Its tokens, as indices into [`Layout::tokens`].
    pub tokens: Range<u32>,
    /// The section that it belongs to, as an index into [`Layout::sections`].
    pub section: u32,
}

/// A word, a number or a punctuation mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its text.
    pub span: Span,
}

impl Layout {
    /// The sentence that holds the first byte of `span`.
    pub fn sentence_of(&self, span: Span) -> Option<&Sentence> {
        let after = self.sentences.partition_point(|s| s.span.start() <= span.start());
        let sentence = &self.sentences[after.checked_sub(1)?];
        (span.start() < sentence.span.end()).then_some(sentence)
    }

    /// The section that holds the first byte of `span`.
    pub fn section_of(&self, span: Span) -> Option<&Section> {
        let after = self.sections.partition_point(|s| s.span.start() <= span.start());
        self.sections.get(after.checked_sub(1)?)
    }

    /// The section at `span`, or if its kind is unknown, the nearest section around it whose kind is known. Under
    /// `ASSESSMENT AND PLAN:`, the words under `HYPERTENSION:` are still assessment and plan.
    pub fn known_section_of(&self, span: Span) -> Option<&Section> {
        let mut section = self.section_of(span)?;
        while section.kind == SectionKind::Unknown {
            section = self.sections.get(section.parent? as usize)?;
        }
        Some(section)
    }

    /// The kind of the [known section](Self::known_section_of) at `span`.
    pub fn kind_at(&self, span: Span) -> SectionKind {
        self.known_section_of(span).map_or(SectionKind::Unknown, |section| section.kind)
    }

    /// The check box whose words hold the first byte of `span`.
    pub fn check_box_of(&self, span: Span) -> Option<&CheckBox> {
        let after = self.check_boxes.partition_point(|b| b.about.start() <= span.start());
        let check_box = &self.check_boxes[after.checked_sub(1)?];
        (span.start() < check_box.about.end()).then_some(check_box)
    }

    /// The turn of a dialogue that holds the first byte of `span`.
    pub fn turn_of(&self, span: Span) -> Option<&Turn> {
        let after = self.turns.partition_point(|turn| turn.span.start() <= span.start());
        let turn = &self.turns[after.checked_sub(1)?];
        (span.start() < turn.span.end()).then_some(turn)
    }

    /// The tokens of a sentence.
    pub fn tokens_of(&self, sentence: &Sentence) -> &[Token] {
        &self.tokens[sentence.tokens.start as usize..sentence.tokens.end as usize]
    }
}

/// What a section is about, after the LOINC document ontology's section names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum SectionKind {
    /// Text before the first header, or under a header that no rule knows.
    Unknown,
    ChiefComplaint,
    HistoryOfPresentIllness,
    PastMedicalHistory,
    PastSurgicalHistory,
    FamilyHistory,
    SocialHistory,
    Medications,
    Allergies,
    Immunizations,
    ReviewOfSystems,
    PhysicalExam,
    VitalSigns,
    /// Laboratory and other test results.
    Results,
    /// Imaging: technique, findings, comparison.
    Imaging,
    /// Why a study or a procedure was done.
    Indication,
    /// A radiologist's or pathologist's conclusion.
    Impression,
    Procedure,
    HospitalCourse,
    AssessmentAndPlan,
    Plan,
    ProblemList,
    AdmissionDiagnosis,
    DischargeDiagnosis,
    /// Instructions to the patient, follow-up.
    Instructions,
    Disposition,
}

impl SectionKind {
    /// The name as it stands in files and output (`past_medical_history`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::ChiefComplaint => "chief_complaint",
            Self::HistoryOfPresentIllness => "history_of_present_illness",
            Self::PastMedicalHistory => "past_medical_history",
            Self::PastSurgicalHistory => "past_surgical_history",
            Self::FamilyHistory => "family_history",
            Self::SocialHistory => "social_history",
            Self::Medications => "medications",
            Self::Allergies => "allergies",
            Self::Immunizations => "immunizations",
            Self::ReviewOfSystems => "review_of_systems",
            Self::PhysicalExam => "physical_exam",
            Self::VitalSigns => "vital_signs",
            Self::Results => "results",
            Self::Imaging => "imaging",
            Self::Indication => "indication",
            Self::Impression => "impression",
            Self::Procedure => "procedure",
            Self::HospitalCourse => "hospital_course",
            Self::AssessmentAndPlan => "assessment_and_plan",
            Self::Plan => "plan",
            Self::ProblemList => "problem_list",
            Self::AdmissionDiagnosis => "admission_diagnosis",
            Self::DischargeDiagnosis => "discharge_diagnosis",
            Self::Instructions => "instructions",
            Self::Disposition => "disposition",
        }
    }

    /// Every kind, in the order above.
    pub const ALL: [Self; 26] = [
        Self::Unknown,
        Self::ChiefComplaint,
        Self::HistoryOfPresentIllness,
        Self::PastMedicalHistory,
        Self::PastSurgicalHistory,
        Self::FamilyHistory,
        Self::SocialHistory,
        Self::Medications,
        Self::Allergies,
        Self::Immunizations,
        Self::ReviewOfSystems,
        Self::PhysicalExam,
        Self::VitalSigns,
        Self::Results,
        Self::Imaging,
        Self::Indication,
        Self::Impression,
        Self::Procedure,
        Self::HospitalCourse,
        Self::AssessmentAndPlan,
        Self::Plan,
        Self::ProblemList,
        Self::AdmissionDiagnosis,
        Self::DischargeDiagnosis,
        Self::Instructions,
        Self::Disposition,
    ];

    /// The kind of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
