//! The types that every stage shares, and the traits of the stages. No IO, no regular expressions, no libtorch.
//!
//! A [`Note`] goes in at the left, a [`CodeSet`] comes out at the right:
//!
//! ```text
//! Note ─ Segmenter ─▶ Layout ─ Tagger ─▶ Mention ─┬─ Expander, Asserter ─▶ Expansion, Assertion ─┐
//!                                                 └───────── Linker ─▶ Candidate ◀───────────────┘
//!                                    AnnotatedNote … of one Episode ─ Coder ─▶ CodeSet
//! ```

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod annotated;
mod assertion;
mod audit;
mod chart;
mod check_box;
mod code_set;
mod concept;
mod drg;
mod layout;
mod logistic;
mod mention;
mod note;
mod offsets;
mod report;
mod span;
mod stages;
mod turn;

pub use annotated::{AnnotatedMention, AnnotatedNote, Episode, Place, Repeat};
pub use assertion::{
    Assertion, Certainty, Course, Cue, Experiencer, Polarity, StatedTime, Temporality, TimeKind,
};
pub use audit::{Audit, Finding, FindingKind};
pub use chart::{CareSetting, ChartCode, ChartFact, Measurement};
pub use check_box::{Answer, CheckBox};
pub use code_set::{CodeEntry, CodeSet, Evidence, FiredRule, Status};
pub use concept::{Candidate, System, Via};
pub use drg::{Drg, DrgEffect, DrgReport, DrgSource, Severity};
pub use layout::{Layout, Section, SectionKind, Sentence, Token};
pub use logistic::Logistic;
pub use mention::{Expansion, ExpansionSource, Label, Mention, MentionSource};
pub use note::{Note, NoteTooLong};
pub use offsets::CharOffsets;
pub use report::{FactEvidence, Indicator, PresentOnAdmission, Purpose, Report, Weighs};
pub use span::{Span, SpanError};
pub use stages::{Asserter, Coder, Expander, Linker, Segmenter, TagError, Tagger};
pub use turn::{Speaker, Turn};
