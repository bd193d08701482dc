//! Beside which principal diagnoses a CC or MCC does not count: CMS's table 6K, complete list, as text.
//!
//! ```text
//! K Part 1: List of CC and Major CC Codes
//!  I10 Dx  Lev PDX Exclusions   ICD-10-CM Description
//!  A000    CC  0002:3 codes     Cholera due to Vibrio cholerae 01, biovar cholerae
//!  D89833  CC  No Excl          Cytokine release syndrome, grade 3
//!
//! PDX collection 0002
//!   A000    Cholera due to Vibrio cholerae 01, biovar cholerae
//!
//! K Part 2: Codes that are CC or Major CC only if patient discharged alive
//!
//!   I469    Cardiac arrest, cause unspecified
//!
//! K Part 3: Secondary Diagnosis CC/MCC Severity Exclusions in Select MS-DRGs
//!
//! MDC 05 DRGs 280-282 Acute Myocardial Infarction, Discharged Alive
//!
//!   I2101 ST elevation (STEMI) myocardial infarction involving left main coronary artery
//! ```
//!
//! | line | fact |
//! |---|---|
//! | part 1 | of the code: [`Fact::ExcludedBy`] `0002` |
//! | a collection | of each of its codes: [`Fact::Excludes`] `0002`, with those of other collections |
//! | parts 2 and 3 | of the code: [`Fact::NoSeverity`] |

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::at;
use super::groupers::state;
use super::text::{lines, read_latin1};
use crate::builder::PackBuilder;
use crate::entry::Fact;
use crate::vocab_error::VocabError;

/// What the lines below a heading are about.
enum Part<'t> {
    Head,
    Codes,
    Collection(&'t str),
    DischargedAlive,
    Drgs(&'t str),
}

/// Reads the table.
pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_latin1(path)?;
    let mut part = Part::Head;
    let mut collections: BTreeMap<&str, usize> = BTreeMap::new();
    let mut named: Vec<(usize, &str, usize)> = Vec::new();
    let mut excludes: HashMap<&str, String> = HashMap::new();
    for (number, line) in lines(&text) {
        if let Some(heading) = heading(line) {
            part = heading;
            if let Part::Collection(name) = part {
                collections.insert(name, 0);
            }
            continue;
        }
        let read = match (&part, line.split_whitespace().next()) {
            // `I10` stands over the column of codes.
            (Part::Head, _) | (_, None) | (Part::Codes, Some("I10")) => continue,
            (Part::Codes, Some(code)) => excluded_by(line).and_then(|(name, codes)| {
                let Some(name) = name else { return Ok(()) };
                named.push((number, name, codes));
                state(code, Fact::ExcludedBy, name, builder)
            }),
            (Part::Collection(name), Some(code)) => {
                *collections.entry(name).or_default() += 1;
                let of_code = excludes.entry(code).or_default();
                if !of_code.is_empty() {
                    of_code.push(' ');
                }
                of_code.push_str(name);
                Ok(())
            }
            (Part::DischargedAlive, Some(code)) => {
                state(code, Fact::NoSeverity, "unless discharged alive", builder)
            }
            (Part::Drgs(range), Some(code)) => {
                state(code, Fact::NoSeverity, &format!("in MS-DRGs {range}"), builder)
            }
        };
        if let Err(cause) = read {
            builder.skip(at(path, number, cause))?;
        }
    }
    if collections.is_empty() {
        return Err(at(
            path,
            1,
            "no line \"PDX collection …\"; expected table 6K, complete list of CC exclusions",
        ));
    }
    for (number, name, codes) in named {
        if collections.get(name) != Some(&codes) {
            let found = collections.get(name).copied().unwrap_or_default();
            let cause = format!("PDX collection {name} of {codes} codes, the table has {found} of it");
            builder.skip(at(path, number, cause))?;
        }
    }
    let mut excludes: Vec<(&str, String)> = excludes.into_iter().collect();
    excludes.sort_unstable();
    for (code, names) in excludes {
        if let Err(cause) = state(code, Fact::Excludes, &names, builder) {
            let line = text.lines().position(|line| line.split_whitespace().next() == Some(code));
            builder.skip(at(path, line.map_or(1, |line| line + 1), cause))?;
        }
    }
    Ok(())
}

/// What a line without indentation says of those below it.
fn heading(line: &str) -> Option<Part<'_>> {
    if line.starts_with("K Part 1") {
        return Some(Part::Codes);
    }
    if line.starts_with("K Part 2") {
        return Some(Part::DischargedAlive);
    }
    if line.starts_with("K Part 3") {
        return Some(Part::Head);
    }
    if let Some(name) = line.strip_prefix("PDX collection ") {
        return Some(Part::Collection(name.trim()));
    }
    let (_, drgs) = line.strip_prefix("MDC ")?.split_once(" DRGs ")?;
    drgs.split_whitespace().next().map(Part::Drgs)
}

/// The collection of a line of part 1, if any excludes the code, and how many codes it has.
fn excluded_by(line: &str) -> Result<(Option<&str>, usize), String> {
    let mut columns = line.split_whitespace().skip(1);
    let (level, collection) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default());
    if !matches!(level, "CC" | "MCC") {
        return Err(format!("level {level:?}, expected CC or MCC"));
    }
    if collection == "No" {
        return Ok((None, 0));
    }
    let parts = collection
        .split_once(':')
        .and_then(|(name, codes)| Some((name, codes.replace(',', "").parse().ok()?)));
    match parts {
        Some((name, codes)) => Ok((Some(name), codes)),
        None => {
            Err(format!("{collection:?}, expected a PDX collection with its number of codes, or No Excl"))
        }
    }
}
