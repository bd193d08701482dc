//! What AHRQ's and CMS's groupers say of codes of ICD-10-CM: facts beside their terms.
//!
//! | file | a record | fact |
//! |---|---|---|
//! | CCSR, the default category of the principal diagnosis of an inpatient (AHRQ), as JSON | `"A000": "DIG001"` | `Ccsr`: `DIG001` |
//! | Chronic Condition Indicator Refined (AHRQ), CSV under two lines of headings | `'E1165',"…",1` | `Chronic`: `chronic` (1), `not chronic` (0), `no determination` (9) |
//! | complete lists of CCs and MCCs (CMS, tables 6J and 6I of the final rule), tab-separated | `A00.0⇥Cholera …` | `Severity`: `CC`, `MCC` |
//!
//! The CCSR file has no names of its categories. All are made for an edition of their own: codes that the pack's
//! edition does not have are left out, and newer codes have no fact.

use std::collections::HashSet;
use std::path::Path;

use clinlink_model::System;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::at;
use super::text::{lines, read_utf8};
use crate::builder::PackBuilder;
use crate::entry::Fact;
use crate::icd_codes::icd10cm;
use crate::vocab_error::VocabError;

/// Reads CCSR's map of codes to categories.
pub(super) fn read_ccsr(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    let pairs: Pairs = serde_json::from_str(&text).map_err(|error| at(path, error.line(), error))?;
    let mut seen = HashSet::new();
    for (code, category) in &pairs.0 {
        let stated = if !seen.insert(code) {
            Err(format!("{code} stands here a second time"))
        } else if is_category(category) {
            state(code, Fact::Ccsr, category, builder)
        } else {
            Err(format!("{code}: category {category:?}, expected three letters and three digits"))
        };
        if let Err(cause) = stated {
            builder.skip(at(path, line_of(&text, code), cause))?;
        }
    }
    Ok(())
}

/// Reads the Chronic Condition Indicator Refined.
pub(super) fn read_chronic(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    const HEADER: &str = "'ICD-10-CM CODE','ICD-10-CM CODE DESCRIPTION','CHRONIC INDICATOR'";
    let text = read_utf8(path)?;
    let mut lines = lines(&text);
    if !lines.by_ref().any(|(_, line)| line == HEADER) {
        return Err(at(path, 1, format!("no line of headings; expected {HEADER}")));
    }
    for (number, line) in lines {
        let stated = indicator(line).and_then(|(code, value)| state(code, Fact::Chronic, value, builder));
        if let Err(cause) = stated {
            builder.skip(at(path, number, cause))?;
        }
    }
    Ok(())
}

/// The code and the meaning of the number in the last column.
fn indicator(line: &str) -> Result<(&str, &'static str), String> {
    let (Some((code, _)), Some((_, value))) = (line.split_once(','), line.rsplit_once(',')) else {
        return Err("1 column, expected code, title and indicator".to_owned());
    };
    let meaning = match value {
        "0" => "not chronic",
        "1" => "chronic",
        "9" => "no determination",
        _ => return Err(format!("indicator {value:?}, expected 0, 1 or 9")),
    };
    Ok((code.trim_matches('\''), meaning))
}

/// Reads the complete list of CCs and that of MCCs.
pub(super) fn read_severity(cc: &Path, mcc: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    for (path, title, value) in [(cc, "COMPLETE CC LIST", "CC"), (mcc, "COMPLETE MCC LIST", "MCC")] {
        let text = read_utf8(path)?;
        let mut lines = lines(&text);
        if !lines.next().is_some_and(|(_, line)| line.ends_with(title)) {
            return Err(at(path, 1, format!("expected a first line that ends in {title}")));
        }
        // The second line is the heading of the columns; behind the last code stands `⇥Notes:`.
        for (number, line) in lines.skip(1).take_while(|(_, line)| !line.starts_with('\t')) {
            let stated = match line.split_once('\t') {
                Some((code, _)) => state(&code.replacen('.', "", 1), Fact::Severity, value, builder),
                None => Err("1 column, expected code and title with a tab between".to_owned()),
            };
            if let Err(cause) = stated {
                builder.skip(at(path, number, cause))?;
            }
        }
    }
    Ok(())
}

/// Adds a fact to a code, if the pack's edition has it.
pub(super) fn state(code: &str, fact: Fact, value: &str, builder: &mut PackBuilder) -> Result<(), String> {
    let code = icd10cm(code).ok_or_else(|| format!("{code:?} has not the form of a code of ICD-10-CM"))?;
    if builder.contains(&System::ICD10CM, &code) && builder.select(&System::ICD10CM, &code) {
        builder.fact(fact, value);
    }
    Ok(())
}

/// Whether `text` has the form of a category of CCSR: `END002`.
fn is_category(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 6
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3..].iter().all(u8::is_ascii_digit)
}

/// The line of a key of a JSON object, the last one of several.
fn line_of(text: &str, key: &str) -> usize {
    let key = format!("\"{key}\"");
    text.rfind(&key).map_or(1, |start| text[..start].matches('\n').count() + 1)
}

/// The entries of a JSON object in the file's order, even those of the same key.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of codes and categories")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
