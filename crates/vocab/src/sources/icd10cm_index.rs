//! The alphabetic index of ICD-10-CM, its index to external causes and its tables of neoplasms and of drugs.
//!
//! CDC publishes each as XML (`index_xml`), all in one archive with the tabular list; the folder that it is unpacked
//! into may be given whole. The alphabetic index is also around as CSV (`index_csv`).
//!
//! An entry's ways to be said (`index_terms`) become terms of its code, of kind `Index`. The code of a manifestation
//! gets the terms as related ones.
//!
//! *see* sends to another entry: the entry gets the code of the one that it names, over several steps if need be, and
//! what is narrower there is narrower here too (`Haemorrhage, brain` *see* `Hemorrhage, intracranial`: `Haemorrhage,
//! brain, subarachnoid`). *see X, by site* and *see also* only point in a direction: their terms are related ones. An
//! entry of the table of neoplasms is named by its site and its column (`Neoplasm, bone, benign`).
//!
//! Codes that the tabular list of the pack does not have give no term.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clinlink_model::System;

use super::at;
use super::given::{all_files, has_extension, missing};
use super::index_terms::{alternatives, says_nothing, terms};
use super::index_xml::{Index, Row};
use super::{drug_table, index_csv, index_xml, neoplasm_table};
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::normal::normal_form;
use crate::vocab_error::VocabError;

/// *see* may send to an entry that sends on, but not for ever.
const MOST_STEPS: usize = 4;
/// An entry with more below it is a chapter of its own (`Fracture`): what sends there means the word alone.
const MOST_BELOW: usize = 40;

pub(super) fn read(given: &[PathBuf], builder: &mut PackBuilder) -> Result<(), VocabError> {
    let mut rows = Vec::new();
    let mut neoplasms = Vec::new();
    let mut found = false;
    for path in all_files(given)? {
        if has_extension(&path, "csv") {
            rows.extend(index_csv::read(&path, builder)?);
            found = true;
        } else if has_extension(&path, "xml")
            && let Some(index) = index_xml::read(&path)?.filter(|index| index.root == "ICD10CM.index")
        {
            match kind(&path, &index)? {
                Kind::Index => rows.extend(index.rows),
                Kind::Neoplasms => neoplasms.extend(index.rows),
                Kind::Drugs => drug_table::add(&index.rows, builder),
            }
            found = true;
        }
    }
    if !found {
        let cause = "no index of ICD-10-CM: expected CDC's XML (ICD10CM.index) or a CSV file";
        return Err(missing(given, cause));
    }
    neoplasm_table::add(&neoplasms, builder);
    add(&rows, &neoplasms, builder);
    Ok(())
}

/// What a file holds.
enum Kind {
    Index,
    Neoplasms,
    Drugs,
}

fn kind(path: &Path, index: &Index) -> Result<Kind, VocabError> {
    match index.heads.first().map(String::as_str) {
        None => Ok(Kind::Index),
        Some("Neoplasm") if index.heads.len() == 7 => Ok(Kind::Neoplasms),
        Some("Substance") if index.heads.len() == 7 => Ok(Kind::Drugs),
        Some(head) => {
            let cause = format!(
                "a table of {} columns whose first is {head:?}; expected 7, the first Neoplasm or Substance",
                index.heads.len()
            );
            Err(at(path, 1, cause))
        }
    }
}

/// A code without the hyphen of an open code and without brackets.
pub(super) fn plain_code(text: &str) -> &str {
    let first = text.trim_start_matches('[').split([' ', '[', ']', ',']).next().unwrap_or_default();
    first.trim_end_matches(['-', '.'])
}

/// Adds the terms of all entries.
fn add(rows: &[Row], neoplasms: &[Row], builder: &mut PackBuilder) {
    let targets = Targets::of(rows, neoplasms);
    for row in rows.iter().filter(|row| !row.path.iter().any(|part| says_nothing(part))) {
        let said = || terms(&row.path, &row.modifiers);
        let code = plain_code(&row.code);
        if !code.is_empty() {
            add_terms(code, said, TermKind::Index, builder);
        } else if let Some((code, kind)) = targets.code(&row.see) {
            add_terms(code, said, kind, builder);
        }
        add_terms(plain_code(&row.manifestation), said, TermKind::Related, builder);
        if let Some((code, _)) = targets.code(&row.see_also) {
            add_terms(code, said, TermKind::Related, builder);
        }
        if code.is_empty() {
            for (below, code) in targets.below(&row.see) {
                let path: Vec<String> = row.path.iter().chain(below).cloned().collect();
                add_terms(code, || terms(&path, &[]), TermKind::Index, builder);
            }
        }
    }
}

fn add_terms(code: &str, terms: impl Fn() -> Vec<String>, kind: TermKind, builder: &mut PackBuilder) {
    if !code.is_empty() && builder.select(&System::ICD10CM, code) {
        // The first way is the index's own.
        for (number, term) in terms().iter().enumerate() {
            if number == 0 {
                builder.term(term, kind)
            } else {
                builder.variant(term, kind)
            };
        }
    }
}

/// The entries by what *see* calls them.
struct Targets<'r> {
    rows: &'r [Row],
    by_path: HashMap<String, usize>,
    neoplasms: HashMap<String, &'r str>,
}

impl<'r> Targets<'r> {
    fn of(rows: &'r [Row], neoplasms: &'r [Row]) -> Self {
        let mut by_path = HashMap::new();
        // Of two entries of the same words, one that has a code.
        let (coded, other): (Vec<_>, Vec<_>) =
            rows.iter().enumerate().partition(|(_, row)| !plain_code(&row.code).is_empty());
        for (number, row) in coded.into_iter().chain(other) {
            by_path.entry(normal_form(&row.path.join(" "))).or_insert(number);
            for name in alternatives(&row.path[0]).names {
                let mut path = row.path.clone();
                path[0] = name;
                by_path.entry(normal_form(&path.join(" "))).or_insert(number);
            }
        }
        Self { rows, by_path, neoplasms: neoplasm_table::targets(neoplasms) }
    }

    /// The code that *see* sends to, and how surely.
    fn code(&self, see: &str) -> Option<(&'r str, TermKind)> {
        let (mut see, mut kind) = direction(see);
        for _ in 0..MOST_STEPS {
            let form = normal_form(see);
            if let Some(code) = self.neoplasms.get(&form) {
                return Some((code, kind));
            }
            let row = &self.rows[*self.by_path.get(&form)?];
            if !plain_code(&row.code).is_empty() {
                return Some((plain_code(&row.code), kind));
            }
            let (next, next_kind) = direction(&row.see);
            (see, kind) = (next, kind.max(next_kind));
        }
        None
    }

    /// What is narrower than the entry that *see* sends to: the parts of its path below that entry, and its code.
    fn below(&self, see: &str) -> impl Iterator<Item = (&'r [String], &'r str)> {
        let (see, kind) = direction(see);
        let target = self.by_path.get(&normal_form(see)).copied().filter(|_| kind == TermKind::Index);
        let rows = target.map_or(&self.rows[..0], |target| {
            let depth = self.rows[target].path.len();
            let below = self.rows[target + 1..].iter().take_while(|row| row.path.len() > depth).count();
            if below > MOST_BELOW { &self.rows[..0] } else { &self.rows[target..=target + below] }
        });
        let depth = rows.first().map_or(0, |row| row.path.len());
        rows.iter().skip(1).filter_map(move |row| {
            let below = &row.path[depth..];
            let code = plain_code(&row.code);
            (!code.is_empty() && !below.iter().any(|part| says_nothing(part))).then_some((below, code))
        })
    }
}

/// What *see* names, without `by site` and the like, which only say where to look further.
fn direction(see: &str) -> (&str, TermKind) {
    match see.rsplit_once(", by ") {
        Some((target, _)) => (target, TermKind::Related),
        None => (see, TermKind::Index),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("S72.00-", "S72.00")]
    #[case("S72.-", "S72")]
    #[case("E11.40 [G63]", "E11.40")]
    #[case("[G63]", "G63")]
    #[case("--", "")]
    #[case("A00.1", "A00.1")]
    fn codes(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(plain_code(text), expected);
    }

    fn row(path: &[&str], code: &str, see: &str) -> Row {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        Row { path, code: code.to_owned(), see: see.to_owned(), ..Row::default() }
    }

    #[test]
    fn see_is_followed() {
        let rows = [
            row(&["Curve, curved", "tail"], "Q02", ""),
            row(&["Crook"], "", "Curve, tail"),
            row(&["Twist"], "", "Crook"),
            row(&["Round"], "", "Circle"),
            row(&["Circle"], "", "Round"),
            row(&["Kink"], "", "Curved, tail, by side"),
        ];
        let targets = Targets::of(&rows, &[]);
        assert_eq!(targets.code("Curve, tail"), Some(("Q02", TermKind::Index)));
        assert_eq!(
            targets.code("Curved, tail"),
            Some(("Q02", TermKind::Index)),
            "another form of the main term"
        );
        assert_eq!(targets.code("Twist"), Some(("Q02", TermKind::Index)), "over two steps");
        assert_eq!(targets.code("Kink"), Some(("Q02", TermKind::Related)), "only a direction");
        assert_eq!(targets.code("Circle"), None, "sent in a circle");
        assert_eq!(targets.code("condition"), None);
    }

    #[test]
    fn what_is_narrower_there_is_narrower_here() {
        let rows = [
            row(&["Bend"], "Q02", ""),
            row(&["Bend", "tail"], "Q03.1", ""),
            row(&["Bend", "tail", "specified NEC"], "Q03.8", ""),
            row(&["Crook"], "", "Bend"),
        ];
        let targets = Targets::of(&rows, &[]);
        let below: Vec<_> = targets.below("Bend").collect();
        assert_eq!(below, [(&["tail".to_owned()][..], "Q03.1")]);
        assert_eq!(targets.below("Bend, by side").count(), 0);
    }
}
