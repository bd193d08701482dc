//! ICD-10-PCS as CMS's list of codes and titles, and the tables above them.
//!
//! A line is a code of seven characters, a blank and a title:
//!
//! ```text
//! 0DTJ4ZZ Resection of Appendix, Percutaneous Endoscopic Approach
//! ```
//!
//! Each character is the value of an axis. The codes stand below headings of one character (section), two (body
//! system), three (the table of a root operation) and four (its row for a body part): `0`, `0D`, `0DT`, `0DTJ`. Sections
//! and body systems have names of their own, which `icd10pcs_names` holds; a table and a row are named by the words
//! that the titles of all codes below them begin with: `Resection`, `Resection of Appendix`. A row's name of two words
//! or more is a term, a table's is none: notes say "inspection" and "drainage" of all sorts of things.
//!
//! What the values of a table are called stands in CMS's tables (`icd10pcs_tables`), which are read before if given.

use std::path::Path;

use clinlink_model::{Label, System};

use super::at;
use super::icd10pcs_names::{BODY_SYSTEMS, SECTIONS};
use super::text::{lines, read_utf8};
use crate::builder::PackBuilder;
use crate::icd_codes::is_icd10pcs;
use crate::vocab_error::VocabError;

/// Length of a code of a table.
const TABLE: usize = 3;
/// Length of a code of a row.
const ROW: usize = 4;

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let text = read_utf8(path)?;
    let codes = codes(path, &text, builder)?;
    for (code, name) in SECTIONS.iter().chain(&BODY_SYSTEMS) {
        heading(code, name, builder);
    }
    for length in [TABLE, ROW] {
        for group in codes.chunk_by(|a, b| a.0[..length] == b.0[..length]) {
            add_group(&group[0].0[..length], group, builder);
        }
    }
    for &(code, title) in &codes {
        builder.concept(&System::ICD10PCS, code, title, Label::Procedure).parent(&code[..ROW]);
    }
    Ok(())
}

/// The codes with their titles, sorted.
fn codes<'t>(
    path: &Path,
    text: &'t str,
    builder: &mut PackBuilder,
) -> Result<Vec<(&'t str, &'t str)>, VocabError> {
    let mut codes: Vec<(&str, &str, usize)> = Vec::new();
    for (number, line) in lines(text) {
        match line.split_once(' ').map(|(code, title)| (code, title.trim())) {
            Some((code, title)) if is_icd10pcs(code) && !title.is_empty() => {
                codes.push((code, title, number));
            }
            _ => {
                builder.skip(at(path, number, "expected a code of seven characters, a blank and a title"))?;
            }
        }
    }
    codes.sort_unstable_by_key(|&(code, _, number)| (code, number));
    for pair in codes.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        builder.skip(at(path, pair[1].2, format!("{} stands here a second time", pair[1].0)))?;
    }
    codes.dedup_by_key(|&mut (code, ..)| code);
    Ok(codes.into_iter().map(|(code, title, _)| (code, title)).collect())
}

/// Adds a table or a row above codes that begin alike.
fn add_group(code: &str, group: &[(&str, &str)], builder: &mut PackBuilder) {
    let name = common_start(group);
    if code.len() == ROW && name.contains(' ') {
        builder.concept(&System::ICD10PCS, code, &name, Label::Procedure);
        builder.parent(&code[..code.len() - 1]).billable(false);
    } else {
        heading(code, if name.is_empty() { code } else { &name }, builder);
    }
}

fn heading(code: &str, name: &str, builder: &mut PackBuilder) {
    builder.heading(&System::ICD10PCS, code, name, Label::Procedure).billable(false);
    if code.len() > 1 {
        builder.parent(&code[..code.len() - 1]);
    }
}

/// The words that all titles begin with, as far as they say something: no comma and no preposition at the end.
pub(super) fn common_start(group: &[(&str, &str)]) -> String {
    let mut words: Vec<&str> = group[0].1.split(' ').collect();
    for (_, title) in &group[1..] {
        let same = title.split(' ').zip(&words).take_while(|(a, b)| a == *b).count();
        words.truncate(same);
    }
    if let Some(comma) = words.iter().position(|word| word.ends_with(',')).filter(|_| group.len() > 1) {
        // Behind a comma stand further axes; a body part that has a comma of its own is cut too.
        words.truncate(comma + 1);
    }
    while matches!(
        words.last(),
        Some(&("of" | "to" | "with" | "from" | "in" | "using" | "and" | "on" | "for"))
    ) {
        words.pop();
    }
    words.join(" ").trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::operation(&["Resection of Appendix, Open Approach", "Resection of Liver, Open Approach"], "Resection")]
    #[case::body_part(
        &["Resection of Appendix, Open Approach", "Resection of Appendix, Percutaneous Endoscopic Approach"],
        "Resection of Appendix"
    )]
    #[case::preposition(&["Bypass Ileum to Cecum, Open Approach", "Bypass Ileum to Anus, Open Approach"], "Bypass Ileum")]
    #[case::one(&["Map Brain, Open Approach"], "Map Brain, Open Approach")]
    #[case::nothing(&["Map Brain", "Change Splint"], "")]
    fn names_of_groups(#[case] titles: &[&str], #[case] expected: &str) {
        let group: Vec<(&str, &str)> = titles.iter().map(|&title| ("", title)).collect();
        assert_eq!(common_start(&group), expected);
    }
}
