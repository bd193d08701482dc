//! The JSON line of an audited episode, schema `clinlink/audit/1`, and the audit as text.

use std::io::Write;

use clinlink_model::{Audit, CodeSet, Episode, FindingKind};
use serde::{Deserialize, Serialize};

use crate::code_set_record::{CodeRecord, CodeSetRecord};
use crate::json_lines::write_line;
use crate::schema::Schema;
use crate::wording;
use crate::write_error::WriteError;

/// One episode, and what its notes say about the codes that it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// `clinlink/audit/1`.
    pub schema: Schema,
    /// The episode's id.
    pub episode: String,
    /// How many codes it was given.
    pub given: usize,
    /// Those that the notes support.
    pub supported: Vec<String>,
    /// What does not agree.
    pub findings: Vec<FindingRecord>,
}

/// A code that is given or not, and should not, or should, be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// What is wrong.
    pub finding: FindingKind,
    /// The code.
    pub code: String,
    /// Its title; empty if the vocabulary has none.
    pub title: String,
    /// Why.
    pub reason: String,
    /// What the notes lead to instead, or what became of the code itself, with the evidence; `null` if no words speak
    /// of it.
    pub notes_say: Option<CodeRecord>,
}

impl AuditRecord {
    /// The record of an audit, of the code set that it was made by, and of its episode.
    ///
    /// # Errors
    /// If the evidence is not of this episode.
    pub fn new(audit: &Audit, codes: &CodeSet, episode: &Episode) -> Result<Self, WriteError> {
        let entries = CodeSetRecord::new(codes, episode)?.codes;
        let findings = audit.findings.iter().map(|finding| FindingRecord {
            finding: finding.kind,
            code: finding.code.clone(),
            title: finding.title.clone(),
            reason: finding.reason.clone(),
            notes_say: finding.about.and_then(|at| entries.get(at).cloned()),
        });
        Ok(Self {
            schema: Schema::Audit,
            episode: audit.episode.clone(),
            given: audit.given,
            supported: audit.supported.clone(),
            findings: findings.collect(),
        })
    }
}

/// Writes an audit as one JSON line.
///
/// # Errors
/// If `out` refuses.
pub fn write_audit(audit: &AuditRecord, out: &mut impl Write) -> Result<(), WriteError> {
    Ok(write_line(audit, out)?)
}

/// How many pieces of evidence of a finding are shown.
const SHOWN: usize = 2;

/// Writes an audit for people: the findings by kind, each with its reason and its first pieces of evidence.
///
/// # Errors
/// If `out` refuses.
pub fn write_audit_text(audit: &AuditRecord, out: &mut impl Write) -> Result<(), WriteError> {
    writeln!(
        out,
        "Episode {}: {}, {} supported; {}",
        wording::one_line(&audit.episode),
        wording::count(audit.given, "given code"),
        audit.supported.len(),
        wording::count(audit.findings.len(), "finding"),
    )?;
    for kind in FindingKind::ALL {
        let of_kind: Vec<_> = audit.findings.iter().filter(|finding| finding.finding == kind).collect();
        if !of_kind.is_empty() {
            writeln!(out, "\n{}", kind.words().to_uppercase())?;
        }
        for finding in of_kind {
            write_finding(finding, out)?;
        }
    }
    writeln!(out)?;
    Ok(())
}

fn write_finding(finding: &FindingRecord, out: &mut impl Write) -> Result<(), WriteError> {
    writeln!(out, "{:8} {}", wording::one_line(&finding.code), wording::one_line(&finding.title))?;
    writeln!(out, "      why: {}", wording::one_line(&finding.reason))?;
    let evidence = finding.notes_say.iter().flat_map(|code| &code.evidence);
    for words in evidence.take(SHOWN) {
        let section = wording::section(words.section).map(|section| format!(", {section}"));
        let (quote, section) = (wording::one_line(&words.text), section.unwrap_or_default());
        writeln!(out, "      “{quote}”  {}{section}", wording::one_line(&words.note))?;
    }
    Ok(())
}
