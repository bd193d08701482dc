//! The alphabetic index of ICD-10-CM as a CSV file.
//!
//! A row is a term below the rows above it with a smaller level: `Fracture, traumatic` / `femur` / `neck`. The index
//! writes the noun first; notes do not. So each row gives several terms of kind `Index`: in the index's order
//! (`fracture femur neck`), with the noun last (`femur neck fracture`, `neck femur fracture`), and with *of*
//! (`fracture of femur neck`). What starts with a preposition stays behind (`diabetes with neuropathy`), and is also
//! put behind the adjective if the main term has one (`Diabetes, diabetic`: `diabetic neuropathy`). A modifier in
//! parentheses is left out, and put in front on its own. A row that says *see* gets the code of the row it names.
//! Codes that the tabular list of the pack does not have give no term.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use clinlink_model::System;
use serde::Deserialize;

use super::at;
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::normal::normal_form;
use crate::vocab_error::VocabError;

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "Level")]
    level: usize,
    #[serde(rename = "Term")]
    term: String,
    #[serde(rename = "See")]
    see: String,
    #[serde(rename = "NonEssModif")]
    modifiers: String,
    #[serde(rename = "Code")]
    code: String,
}

/// A row with the rows above it.
struct Row {
    /// Main term first.
    path: Vec<String>,
    see: String,
    modifiers: Vec<String>,
    code: String,
}

pub(super) fn read(path: &Path, builder: &mut PackBuilder) -> Result<(), VocabError> {
    let rows = rows(path)?;
    let by_path = paths(&rows);
    for row in &rows {
        let code = if row.code.is_empty() {
            by_path.get(&see_key(&row.see)).map_or("", |&target| rows[target].code.as_str())
        } else {
            &row.code
        };
        if code.is_empty() || row.path.iter().any(|part| says_nothing(part)) {
            continue;
        }
        if builder.select(&System::ICD10CM, code) {
            for term in terms(row) {
                builder.term(&term, TermKind::Index);
            }
        }
    }
    Ok(())
}

fn rows(path: &Path) -> Result<Vec<Row>, VocabError> {
    let file = BufReader::new(File::open(path).map_err(VocabError::io(path))?);
    let mut rows = Vec::new();
    let mut above: Vec<String> = Vec::new();
    let mut reader = csv::Reader::from_reader(file);
    for line in reader.deserialize::<Line>() {
        let line = line.map_err(|cause| {
            let number = cause.position().map_or(1, csv::Position::line);
            at(path, usize::try_from(number).unwrap_or(usize::MAX), cause)
        })?;
        above.truncate(line.level);
        above.push(line.term.split_whitespace().collect::<Vec<_>>().join(" "));
        rows.push(Row {
            path: above.clone(),
            see: line.see,
            modifiers: modifiers(&line.modifiers),
            code: code(&line.code).to_owned(),
        });
    }
    Ok(rows)
}

/// The code of a row without the hyphen of an open code and without the manifestation in brackets.
fn code(text: &str) -> &str {
    let first = text.split([' ', '[', ',']).next().unwrap_or_default();
    first.trim_end_matches(['-', '.'])
}

/// `(acute) (chronic)` as two words.
fn modifiers(text: &str) -> Vec<String> {
    text.split('(')
        .skip(1)
        .filter_map(|part| part.split_once(')'))
        .map(|(inside, _)| inside.trim().to_owned())
        .filter(|inside| !inside.is_empty())
        .collect()
}

/// The rows that have a code, by the normal form of their path.
fn paths(rows: &[Row]) -> HashMap<String, usize> {
    let mut paths = HashMap::new();
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| !row.code.is_empty()) {
        paths.entry(normal_form(&row.path.join(" "))).or_insert(number);
        let main = alternatives(&row.path[0]);
        for name in main.names {
            let mut path = row.path.clone();
            path[0] = name;
            paths.entry(normal_form(&path.join(" "))).or_insert(number);
        }
    }
    paths
}

/// *see* names a path with commas: `Pain, abdominal`.
fn see_key(see: &str) -> String {
    normal_form(see)
}

/// Whether a row stands for what has no name of its own.
fn says_nothing(part: &str) -> bool {
    let part = part.to_ascii_lowercase();
    part.starts_with("specified") || part.starts_with("unspecified") || part == "other" || part == "nec"
}

/// The names of a main term, and what follows the first comma if it is no name.
struct Main {
    names: Vec<String>,
    modifier: Option<String>,
}

/// `Diabetes, diabetic` has two names; `Fracture, traumatic` one name and a modifier. Names begin alike.
fn alternatives(main: &str) -> Main {
    let mut parts = main.split(", ");
    let first = parts.next().unwrap_or_default();
    let start: String = first.chars().take(4).flat_map(char::to_lowercase).collect();
    let mut found = Main { names: vec![first.to_owned()], modifier: None };
    for part in parts {
        if part.to_lowercase().starts_with(&start) {
            found.names.push(part.to_owned());
        } else if found.modifier.is_none() {
            found.modifier = Some(part.to_owned());
        }
    }
    found
}

/// Whether a part stays behind what it belongs to.
fn is_behind(part: &str) -> bool {
    let first = part.split(' ').next().unwrap_or_default().trim_end_matches(',');
    matches!(
        first.to_ascii_lowercase().as_str(),
        "with"
            | "without"
            | "due"
            | "in"
            | "of"
            | "by"
            | "from"
            | "following"
            | "complicating"
            | "during"
            | "after"
            | "associated"
            | "affecting"
            | "resulting"
            | "secondary"
            | "to"
            | "and"
            | "on"
            | "at"
            | "for"
    )
}

/// The ways to say a row.
fn terms(row: &Row) -> Vec<String> {
    let main = alternatives(&row.path[0]);
    let parts: Vec<&str> = row.path[1..].iter().map(|part| plain(part)).collect();
    let behind = parts.iter().position(|part| is_behind(part)).unwrap_or(parts.len());
    let (before, tail) = parts.split_at(behind);
    let tail = tail.join(" ");
    let mut terms = Vec::new();
    for name in &main.names {
        for said in orders(plain(name), before) {
            push(&mut terms, &format!("{said} {tail}"));
            if let Some(modifier) = &main.modifier {
                push(&mut terms, &format!("{modifier} {said} {tail}"));
            }
        }
        let adjective = name.ends_with("ic") || name.ends_with("al") || name.ends_with("ous");
        if let (true, true, Some((_, object))) = (adjective, before.is_empty(), tail.split_once(' ')) {
            push(&mut terms, &format!("{name} {object}"));
        }
    }
    for modifier in &row.modifiers {
        for said in orders(plain(&main.names[0]), before).into_iter().take(2) {
            push(&mut terms, &format!("{modifier} {said} {tail}"));
        }
    }
    terms
}

/// The orders of a noun and the parts that narrow it.
fn orders(name: &str, parts: &[&str]) -> Vec<String> {
    let (forward, backward) = (parts.join(" "), parts.iter().rev().copied().collect::<Vec<_>>().join(" "));
    match parts {
        [] => vec![name.to_owned()],
        [_] => vec![format!("{name} {forward}"), format!("{forward} {name}"), format!("{name} of {forward}")],
        [first, second] => vec![
            format!("{name} {forward}"),
            format!("{forward} {name}"),
            format!("{backward} {name}"),
            format!("{first} {name} {second}"),
            format!("{second} {name} {first}"),
            format!("{second} {name} of {first}"),
            format!("{first} {name} of {second}"),
            format!("{name} of {forward}"),
            format!("{name} of {second} of {first}"),
        ],
        _ => vec![format!("{name} {forward}"), format!("{forward} {name}"), format!("{backward} {name}")],
    }
}

/// A part without what says that it is not specified.
fn plain(part: &str) -> &str {
    let part = part.strip_suffix(" NEC").unwrap_or(part);
    part.strip_suffix(" NOS").unwrap_or(part)
}

fn push(terms: &mut Vec<String>, term: &str) {
    let term = term.split_whitespace().collect::<Vec<_>>().join(" ");
    if !terms.contains(&term) {
        terms.push(term);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn row(path: &[&str], modifiers: &str) -> Row {
        Row {
            path: path.iter().map(|&part| part.to_owned()).collect(),
            see: String::new(),
            modifiers: super::modifiers(modifiers),
            code: String::new(),
        }
    }

    #[rstest]
    #[case::main(&["Abetalipoproteinemia"], "Abetalipoproteinemia")]
    #[case::noun_last(&["Aberrant", "artery"], "artery Aberrant")]
    #[case::of(&["Fracture, traumatic", "femur"], "Fracture of femur")]
    #[case::modifier(&["Fracture, traumatic", "femur"], "traumatic femur Fracture")]
    #[case::two(&["Fracture, traumatic", "femur", "neck"], "Fracture of neck of femur")]
    #[case::two_last(&["Fracture, traumatic", "femur", "neck"], "femur neck Fracture")]
    #[case::with(&["Diabetes, diabetic", "with", "neuropathy"], "Diabetes with neuropathy")]
    #[case::adjective(&["Diabetes, diabetic", "with", "neuropathy"], "diabetic neuropathy")]
    #[case::type_2(&["Diabetes, diabetic", "type 2", "with", "neuropathy"], "type 2 Diabetes with neuropathy")]
    #[case::nec(&["Hernia NEC", "femoral NEC"], "femoral Hernia")]
    fn ways_to_say_a_row(#[case] path: &[&str], #[case] expected: &str) {
        let terms = terms(&row(path, ""));
        assert!(terms.contains(&expected.to_owned()), "{terms:?}");
    }

    #[test]
    fn modifiers_in_parentheses_may_stand_in_front() {
        let terms = terms(&row(&["Bronchitis"], "(diffuse) (acute)"));
        assert_eq!(terms, ["Bronchitis", "diffuse Bronchitis", "acute Bronchitis"]);
    }

    #[rstest]
    #[case("S72.00-", "S72.00")]
    #[case("S72.-", "S72")]
    #[case("E11.40 [G63]", "E11.40")]
    #[case("A00.1", "A00.1")]
    fn codes(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(code(text), expected);
    }
}
