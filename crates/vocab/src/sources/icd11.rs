//! ICD-11 for Mortality and Morbidity Statistics (MMS), and other linearizations of ICD-11 in the same layout.
//!
//! The tabulation: `SimpleTabulation-ICD-11-MMS-en.txt` or `LinearizationMiniOutput-MMS-en.txt`, tabs, quoted titles.
//! Columns are found by name: `Foundation URI`, `Linearization URI` (or `Linearization (release) URI`), `Code`,
//! `BlockId`, `Title`, `ClassKind`, `IsResidual`, `ChapterNo`, `isLeaf`, `Parent` (newer releases), `CodingNote` (a
//! fact), and some that are not used (`DepthInKind`, `BrowserLink`, `Grouping1`…, `Version:…`).
//!
//! - A category is coded by its code, a block by its `BlockId` (`BlockL1-1A0`), a chapter by its number (`01`). Blocks
//!   and chapters are headings.
//! - The `- ` in front of a title, one a level, gives the parent: the row before it with fewer of them.
//! - An entity may have several parents: those of the column Parent (foundation URIs, separated by `|`, `;` or spaces)
//!   and, where a code stands in several rows, the place of each. The place of the first row is the first parent.
//! - The foundation URI is the fact `Foundation`. A residual category (`1A0Y`, *other specified*) has its parent's and
//!   gets none.
//! - Leaves may be reported. Extension codes (chapter X) are of label `Other`, anatomy (XA) and medicaments (XM) apart.
//!
//! WHO's map tables `11To10MapToOneCategory.txt` and `10To11MapToOneCategory.txt`, if given too, are approximate
//! cross-references to ICD-10. Entities of WHO's API as JSON give more, see `icd11_entities`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clinlink_model::{Label, System};

use super::given::{all_files, file_name, has_extension, missing};
use super::icd11_entities;
use super::rows::{Form, read_named};
use crate::builder::PackBuilder;
use crate::cluster_code::ClusterCode;
use crate::entry::{Fact, Relation};
use crate::vocab_error::VocabError;

const FORM: Form = Form { short_rows: true, ..Form::quoted(b'\t') };

/// The codes of entities by the end of their linearization URI.
pub(super) type ByUri = HashMap<String, String>;

/// What has been read of a tabulation.
#[derive(Default)]
struct Reading {
    by_uri: ByUri,
    /// Codes by foundation URI, residual categories apart.
    by_foundation: HashMap<String, String>,
    /// The rows above the next one: depth and code.
    above: Vec<(usize, String)>,
    /// Further parents: code and foundation URI.
    parents: Vec<(String, String)>,
}

pub(super) fn read(files: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let all = all_files(files)?;
    let is_table = |path: &Path| ["txt", "tsv", "tab"].iter().any(|end| has_extension(path, end));
    let name = |path: &Path| file_name(path).to_ascii_lowercase();
    let is_map = |path: &Path| name(path).starts_with("11to10") || name(path).starts_with("10to11");
    let mut reading = Reading::default();
    for path in all.iter().filter(|path| is_table(path) && !is_map(path)) {
        read_tabulation(path, &mut reading, builder)?;
    }
    if reading.by_uri.is_empty() {
        let cause = "no tabulation here; give WHO's SimpleTabulation-ICD-11-MMS-en.txt";
        return Err(missing(files, cause));
    }
    for (code, foundation) in &reading.parents {
        if let Some(parent) = reading.by_foundation.get(foundation)
            && parent != code
            && builder.select(&System::ICD11, code)
        {
            builder.parent(parent);
        }
    }
    for path in all.iter().filter(|path| is_map(path)) {
        read_map(path, builder)?;
    }
    for path in all.iter().filter(|path| has_extension(path, "json") || has_extension(path, "jsonl")) {
        icd11_entities::read(path, &reading.by_uri, builder)?;
    }
    Ok(())
}

/// The end of a linearization URI: `…/release/11/2026-01/mms/515117475/other` and `…/mms/515117475~other` are the same.
pub(super) fn uri_end(uri: &str) -> String {
    let end = uri.split_once("/mms/").map_or_else(|| uri.rsplit('/').next().unwrap_or(uri), |(_, end)| end);
    end.replace('~', "/")
}

fn read_tabulation(path: &Path, reading: &mut Reading, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let columns = [
        "?Foundation URI",
        "Linearization URI|Linearization (release) URI",
        "Code",
        "?BlockId",
        "Title",
        "ClassKind",
        "?IsResidual",
        "?ChapterNo",
        "isLeaf",
        "?Parent",
        "?CodingNote",
    ];
    read_named(path, FORM, columns, builder, |row, builder| {
        let [foundation, uri, code, block, title, kind, residual, chapter, leaf, parents, coding_note] = row;
        let key = match kind {
            "category" => code,
            "block" => block,
            "chapter" => chapter,
            _ => return Err(format!("ClassKind {kind:?}, expected chapter, block or category")),
        };
        if key.is_empty() {
            return Err(format!("a {kind} without its code, BlockId or ChapterNo"));
        }
        let depth = title.split(' ').take_while(|&word| word == "-").count();
        let title = title.trim_start_matches(['-', ' ']);
        if title.is_empty() {
            return Err(format!("{key} has no title"));
        }
        let (residual, leaf) = (truth(residual)?, truth(leaf)?);
        add(key, title, kind, leaf, builder)?;
        reading.above.retain(|(above, _)| *above < depth);
        if let Some((_, parent)) = reading.above.last().filter(|(_, parent)| parent != key) {
            builder.parent(parent);
        }
        reading.above.push((depth, key.to_owned()));
        reading.by_uri.entry(uri_end(uri)).or_insert_with(|| key.to_owned());
        if !residual && !foundation.is_empty() {
            builder.fact(Fact::Foundation, foundation);
            reading.by_foundation.entry(foundation.to_owned()).or_insert_with(|| key.to_owned());
        }
        if !coding_note.is_empty() {
            builder.fact(Fact::CodingNote, coding_note);
        }
        let parents = parents.split(['|', ';', ' ']).filter(|uri| !uri.is_empty());
        reading.parents.extend(parents.map(|uri| (key.to_owned(), uri.to_owned())));
        Ok(())
    })
}

/// Adds a row's entity, or selects it if an earlier row brought it from another place.
fn add(key: &str, title: &str, kind: &str, leaf: bool, builder: &mut PackBuilder) -> Result<(), String> {
    if let Some(known) = builder.title(&System::ICD11, key) {
        if known != title {
            return Err(format!("{key} stands here for the second time, with another title"));
        }
        builder.select(&System::ICD11, key);
        return Ok(());
    }
    if kind == "category" {
        builder.concept(&System::ICD11, key, title, label(key)).billable(leaf);
    } else {
        builder.heading(&System::ICD11, key, title, label(key)).billable(false);
    }
    Ok(())
}

/// `True`, `False`, or nothing where a release lacks the column.
fn truth(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(format!("{text:?}, expected True or False")),
    }
}

fn label(code: &str) -> Label {
    if code.starts_with("XA") {
        Label::Anatomy
    } else if code.starts_with("XM") {
        Label::Chemical
    } else if code.starts_with(['X', 'V']) {
        Label::Other
    } else {
        Label::Disease
    }
}

/// A map table. A target that is a cluster (`1A00&XN8P1`) is kept as its first stem, with the cluster as detail.
fn read_map(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let from_11 = file_name(path).starts_with("11");
    read_named(path, FORM, ["icd11Code", "icd10Code"], builder, |[icd11, icd10], builder| {
        // Headings, and what has no counterpart, have no code.
        if icd11.is_empty()
            || icd10.is_empty()
            || icd10.starts_with("No Mapping")
            || icd11.starts_with("No Mapping")
        {
            return Ok(());
        }
        let cluster = ClusterCode::parse(icd11).map_err(|cause| cause.to_string())?;
        let stem = cluster.stems.first().map_or(icd11, |stem| stem.code.as_str());
        let detail = if stem == icd11 { String::new() } else { format!("as {icd11}") };
        if from_11 {
            if builder.select(&System::ICD11, stem) {
                builder.map_with(&System::ICD10, icd10, Relation::Approximate, &detail);
            }
        } else if builder.select(&System::ICD10, icd10) {
            builder.map_with(&System::ICD11, stem, Relation::Approximate, &detail);
        }
        Ok(())
    })
}
