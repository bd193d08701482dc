//! The table of neoplasms of ICD-10-CM: a site a row, a behaviour a column.
//!
//! | column | behaviour | terms of the site `colon` |
//! |---|---|---|
//! | 2 | malignant, primary | `malignant neoplasm of colon`, `colon cancer`, `carcinoma of colon`, `adenocarcinoma of colon` … |
//! | 3 | malignant, secondary | `secondary malignant neoplasm of colon`, `metastasis to colon` … |
//! | 4 | in situ | `carcinoma in situ of colon` … |
//! | 5 | benign | `benign neoplasm of colon`, `benign colon tumor` … |
//! | 6 | uncertain | `neoplasm of uncertain behavior of colon` |
//! | 7 | unspecified | `neoplasm of colon`, `colon tumor` … |
//!
//! All are of kind `Index`: the index sends *Cancer*, *Carcinoma*, *Adenocarcinoma*, *Metastasis* and *Tumor* to this
//! table. A row that names a kind of carcinoma (`skin`, `basal cell carcinoma`) is said with that instead.

use std::collections::HashMap;

use clinlink_model::System;

use super::icd10cm_index::plain_code;
use super::index_terms::{alternatives, is_behind, orders, plain, push, says_nothing};
use super::index_xml::Row;
use crate::builder::PackBuilder;
use crate::entry::TermKind;
use crate::normal::normal_form;

/// The ways to say a neoplasm of each column; `{}` stands for the site.
const WAYS: [(usize, &[&str]); 6] = [
    (
        2,
        &[
            "malignant neoplasm of {}",
            "malignant {} neoplasm",
            "malignant tumor of {}",
            "malignant {} tumor",
            "cancer of {}",
            "{} cancer",
            "carcinoma of {}",
            "{} carcinoma",
            "adenocarcinoma of {}",
            "{} adenocarcinoma",
            "malignancy of {}",
            "{} malignancy",
        ],
    ),
    (
        3,
        &[
            "secondary malignant neoplasm of {}",
            "secondary neoplasm of {}",
            "metastasis to {}",
            "metastases to {}",
            "{} metastasis",
            "{} metastases",
            "metastatic disease to {}",
            "metastatic cancer to {}",
        ],
    ),
    (
        4,
        &[
            "carcinoma in situ of {}",
            "{} carcinoma in situ",
            "in situ carcinoma of {}",
            "in situ neoplasm of {}",
        ],
    ),
    (5, &["benign neoplasm of {}", "benign {} neoplasm", "benign tumor of {}", "benign {} tumor"]),
    (6, &["neoplasm of uncertain behavior of {}"]),
    (
        7,
        &[
            "neoplasm of unspecified behavior of {}",
            "neoplasm of {}",
            "{} neoplasm",
            "tumor of {}",
            "{} tumor",
        ],
    ),
];

/// What the index calls the columns when it sends to the table.
const BEHAVIOURS: [(usize, &[&str]); 6] = [
    (2, &["malignant", "malignant primary", "primary"]),
    (3, &["secondary", "malignant secondary"]),
    (4, &["in situ"]),
    (5, &["benign"]),
    (6, &["uncertain behavior"]),
    (7, &["unspecified behavior"]),
];

/// Adds the terms of all sites.
pub(super) fn add(rows: &[Row], builder: &mut PackBuilder) {
    for row in rows {
        let Some((_, parts)) = row.path.split_first() else { continue };
        if parts.is_empty() || parts.iter().any(|part| says_nothing(part) || is_behind(part)) {
            continue;
        }
        for (column, ways) in WAYS {
            let Some(code) = code(row, column) else { continue };
            if builder.select(&System::ICD10CM, code) {
                for term in said(parts, column, ways) {
                    builder.variant(&term, TermKind::Index);
                }
            }
        }
    }
}

/// The codes of the table by what *see* in the index calls them: `Neoplasm, bone, benign`.
pub(super) fn targets(rows: &[Row]) -> HashMap<String, &str> {
    let mut targets = HashMap::new();
    for row in rows {
        let sites = alternatives(row.path.get(1).map_or("", String::as_str)).names;
        for (column, names) in BEHAVIOURS {
            let Some(code) = code(row, column) else { continue };
            for (site, name) in sites.iter().flat_map(|site| names.iter().map(move |name| (site, name))) {
                let below = row.path.get(2..).unwrap_or_default().join(" ");
                let target = format!("Neoplasm {site} {below} {name}");
                targets.entry(normal_form(&target)).or_insert(code);
            }
        }
    }
    targets
}

fn code(row: &Row, column: usize) -> Option<&str> {
    let (_, cell) = row.cells.iter().find(|(number, _)| *number == column)?;
    Some(plain_code(cell)).filter(|code| !code.is_empty())
}

/// The ways to say a neoplasm of the site that the parts of a path name.
fn said(parts: &[String], column: usize, ways: &[&str]) -> Vec<String> {
    let mut terms = Vec::new();
    let (site, carcinoma) = match parts.split_last() {
        Some((last, before)) if last.contains("carcinoma") => (before, Some(plain(last))),
        _ => (parts, None),
    };
    for site in sites(site) {
        match carcinoma {
            Some(carcinoma) if column == 2 => {
                push(&mut terms, &format!("{carcinoma} of {site}"));
                push(&mut terms, &format!("{site} {carcinoma}"));
            }
            Some(_) => {}
            None => ways.iter().for_each(|way| push(&mut terms, &way.replace("{}", &site))),
        }
    }
    terms
}

/// The ways to say a site.
fn sites(parts: &[String]) -> Vec<String> {
    let Some((first, rest)) = parts.split_first() else { return Vec::new() };
    let rest: Vec<&str> = rest.iter().map(|part| plain(part)).collect();
    let mut sites = Vec::new();
    for name in alternatives(first).names {
        for site in orders(plain(&name), &rest) {
            // `wall of abdomen`, not `abdomen of wall`.
            if !site.starts_with(&format!("{} of", plain(&name))) {
                push(&mut sites, &site);
            }
        }
        if let [part] = rest[..] {
            push(&mut sites, &format!("{part} of {}", plain(&name)));
        }
    }
    sites
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &[&str], cells: &[(usize, &str)]) -> Row {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        Row {
            path,
            cells: cells.iter().map(|&(column, code)| (column, code.to_owned())).collect(),
            ..Row::default()
        }
    }

    #[test]
    fn a_site_is_said_in_several_ways() {
        let parts = ["abdomen, abdominal".to_owned(), "wall".to_owned()];
        let terms = said(&parts, 2, WAYS[0].1);
        for expected in ["cancer of wall of abdomen", "abdominal wall cancer", "carcinoma of abdominal wall"]
        {
            assert!(terms.contains(&expected.to_owned()), "{terms:?}");
        }
        assert!(!terms.iter().any(|term| term.contains("abdomen of wall")), "{terms:?}");
    }

    #[test]
    fn a_kind_of_carcinoma_is_said_of_the_primary_only() {
        let parts = ["skin NEC".to_owned(), "basal cell carcinoma".to_owned()];
        assert_eq!(said(&parts, 2, WAYS[0].1), ["basal cell carcinoma of skin", "skin basal cell carcinoma"]);
        assert!(said(&parts, 5, WAYS[3].1).is_empty());
    }

    #[test]
    fn the_index_names_sites_and_columns() {
        let rows = [
            row(&["Neoplasm, neoplastic"], &[(2, "C80.1"), (5, "D36.9")]),
            row(&["Neoplasm, neoplastic", "bone"], &[(2, "C41.9"), (5, "D16.9"), (3, "-")]),
        ];
        let targets = targets(&rows);
        let target = |see: &str| targets.get(&normal_form(see)).copied();
        assert_eq!(target("Neoplasm, bone, benign"), Some("D16.9"));
        assert_eq!(target("Neoplasm,  malignant"), Some("C80.1"));
        assert_eq!(target("Neoplasm, bone, secondary"), None);
    }
}
