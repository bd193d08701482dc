//! Readers and writers: text, JSON lines, terminal table, HTML page.
//!
//! In: [`read_notes`] takes files, folders and standard input and gives one [`Input`] a note, or a
//! [`RecordError`] for a note that cannot be read; reading then goes on. Out: [`write_annotated`] and
//! [`write_code_set`] write the JSON lines that `crates/io/SCHEMA.md` describes, [`write_table`] a table for the
//! terminal, [`write_html`] one self-contained page. [`read_annotated`] and [`read_code_sets`] read the JSON
//! lines back.
//!
//! Offsets are bytes inside clinlink. This crate is the edge at which character offsets come in and go out.
//!
//! No error of this crate holds text of a note: errors name files, lines, ids, fields and offsets.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod annotated_record;
mod audit_record;
mod brat;
mod chart;
mod code_set_record;
mod conll;
mod failure_record;
mod given_codes;
mod html;
mod json_lines;
mod json_note;
mod marks;
mod offsets;
mod raw_lines;
mod read;
mod record_error;
mod schema;
mod sources;
mod table;
mod text_note;
mod wording;
mod write_error;

pub use annotated_record::{
    AbbreviationRecord, AnnotatedRecord, AssertionRecord, CheckBoxRecord, CueRecord, ExpansionBy,
    ExpansionRecord, LinkRecord, MentionRecord, RunnerUpRecord, SectionRecord, SentenceRecord, TimeRecord,
    TurnRecord, write_annotated,
};
pub use audit_record::{AuditRecord, FindingRecord, write_audit, write_audit_text};
pub use code_set_record::{
    CodeRecord, CodeSetRecord, EvidenceRecord, FactRecord, PlaceRecord, ReportRecord, write_code_set,
};
pub use failure_record::{FailureRecord, write_failure};
pub use given_codes::{GivenCodesError, read_given_codes};
pub use html::write_html;
pub use json_lines::{Line, LineError, LineFault, read_annotated, read_code_sets};
pub use offsets::Offsets;
pub use read::{Input, Notes, read_json_note, read_notes, read_texts};
pub use record_error::{ChartFault, MentionFault, RecordError, RecordFault};
pub use schema::Schema;
pub use sources::ReadError;
pub use table::write_table;
pub use write_error::WriteError;
