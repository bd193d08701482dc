//! The MS-DRGs with their titles and weights: CMS's table 5 of the final rule, tab-separated.
//!
//! ```text
//! MS-DRG⇥FY 2026 Final Post-Acute DRG⇥FY 2026 Final Special Pay DRG⇥MDC⇥TYPE⇥MS-DRG Title⇥Weights - Before Cap⇥Weights - 10% Cap Applied⇥…
//! 291⇥Yes⇥No⇥05⇥MED⇥HEART FAILURE AND SHOCK WITH MCC⇥1.2838⇥1.2838⇥3.8⇥5.0
//! ```
//!
//! Each is a concept of the system MS-DRG with the facts [`Fact::Mdc`], [`Fact::DrgType`] and [`Fact::Weight`], which is the
//! weight that CMS pays by: the one to which the cap of 10 % is applied. Its title is no term, since no note means it.

use std::path::Path;

use clinlink_model::{Label, System};

use super::at;
use super::text::read_latin1;
use crate::builder::PackBuilder;
use crate::entry::Fact;
use crate::vocab_error::VocabError;

/// The columns that are read, and what their headings start with.
const COLUMNS: [(usize, &str); 5] =
    [(0, "MS-DRG"), (3, "MDC"), (4, "TYPE"), (5, "MS-DRG Title"), (7, "Weights - 10% Cap Applied")];

/// Reads the table.
pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_latin1(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut below_heading = false;
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, csv::Position::line);
            at(path, line as usize, error)
        })?;
        let line = record.position().map_or(1, csv::Position::line) as usize;
        if !below_heading {
            below_heading =
                COLUMNS.iter().all(|&(column, name)| record.get(column).is_some_and(|c| c.starts_with(name)));
        } else if record.iter().any(|column| !column.is_empty())
            && let Err(cause) = read_drg(&record, builder)
        {
            builder.skip(at(path, line, cause))?;
        }
    }
    if below_heading {
        return Ok(());
    }
    let names: Vec<&str> = COLUMNS.iter().map(|(_, name)| *name).collect();
    Err(at(
        path,
        1,
        format!("no line of headings; expected {} in columns 1, 4, 5, 6 and 8", names.join(", ")),
    ))
}

fn read_drg(record: &csv::StringRecord, builder: &mut PackBuilder) -> Result<(), String> {
    let [code, mdc, kind, title, weight] = COLUMNS.map(|(column, _)| record.get(column).unwrap_or_default());
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{code:?}, expected an MS-DRG of three digits"));
    }
    if title.is_empty() {
        return Err(format!("{code} has no title"));
    }
    if builder.contains(&System::MS_DRG, code) {
        return Err(format!("{code} stands here a second time"));
    }
    // What cannot be grouped has neither type nor weight.
    if weight != "." && weight.parse::<f64>().is_err() {
        return Err(format!("{code}: weight {weight:?}, expected a number"));
    }
    builder.heading(&System::MS_DRG, code, title, Label::Other);
    for (fact, value, none) in
        [(Fact::Mdc, mdc, ""), (Fact::DrgType, kind, "**"), (Fact::Weight, weight, ".")]
    {
        if value != none {
            builder.fact(fact, value);
        }
    }
    Ok(())
}
