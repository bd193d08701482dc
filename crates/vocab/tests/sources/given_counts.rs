//! Counts a system: what a pack holds against what can be counted in the sources' own files.

use std::collections::BTreeSet;
use std::fs;

use clinlink_model::System;

use crate::own::{Own, data};

/// The rows of a file as fields, without its first `skipped` lines.
fn rows(file: &str, separator: char, skipped: usize) -> Vec<Vec<String>> {
    let text = fs::read_to_string(data(file)).unwrap();
    let lines = text.lines().skip(skipped).filter(|line| !line.is_empty());
    lines.map(|line| line.split(separator).map(str::to_owned).collect()).collect()
}

/// The number of different values of a column in the rows that are wanted.
fn distinct(rows: &[Vec<String>], column: usize, wanted: impl Fn(&[String]) -> bool) -> u32 {
    let values: BTreeSet<&str> =
        rows.iter().filter(|row| wanted(row)).map(|row| row[column].as_str()).collect();
    values.len() as u32
}

#[test]
fn every_system_has_what_its_source_has() {
    let built = Own::new()
        .with("umls", "umls")
        .with("rxnorm", "rxnorm")
        .with("snomed", "snomed")
        .with("orphanet", "orphanet")
        .with("icd10", "icd10/icd102026syst_codes.txt")
        .with("icd11", "icd11")
        .with("opcs4", "opcs4")
        .with("local", "local")
        .options("umls", "")
        .options("snomed", "")
        .build()
        .unwrap();
    let found = |system: &System| {
        let count = built.manifest.systems.iter().find(|count| count.system == *system);
        count.map_or(0, |count| count.concepts)
    };

    let conso = rows("umls/MRCONSO.RRF", '|', 0);
    let kept = |row: &[String]| row[1] == "ENG" && row[16] == "N" && row[12] != "XM";
    assert_eq!(found(&System::UMLS), distinct(&conso, 0, kept));
    let conso = rows("rxnorm/RXNCONSO.RRF", '|', 0);
    let kept = |row: &[String]| row[11] == "RXNORM" && row[16] == "N";
    assert_eq!(found(&System::RXNORM), distinct(&conso, 0, kept));
    let terms = conso.iter().filter(|row| kept(row)).count() as u64;
    assert_eq!(built.source("rxnorm").terms, terms);

    let snomed = rows("snomed/Snapshot/Terminology/sct2_Concept_Snapshot_INT_20260101.txt", '\t', 1);
    let retired_with_heir = 1;
    assert_eq!(found(&System::SNOMED_CT), distinct(&snomed, 0, |row| row[2] == "1") + retired_with_heir);

    let orphanet = fs::read_to_string(data("orphanet/en_product1.xml")).unwrap();
    assert_eq!(found(&System::ORDO) as usize, orphanet.matches("<Disorder id=").count());
    let icd10 = rows("icd10/icd102026syst_codes.txt", ';', 0);
    assert_eq!(found(&System::ICD10), distinct(&icd10, 6, |_| true));
    let icd11 = rows("icd11/SimpleTabulation-ICD-11-MMS-en.txt", '\t', 1);
    let coded = distinct(&icd11, 2, |row| !row[2].is_empty());
    let blocks = distinct(&icd11, 3, |row| !row[3].is_empty());
    let chapters = distinct(&icd11, 8, |row| row[5] == "chapter");
    assert_eq!(found(&System::ICD11), coded + blocks + chapters);
    let opcs4 = rows("opcs4/OPCS499 CodesAndTitles Jan 2026 V1.0.txt", '\t', 0);
    assert_eq!(found(&System::OPCS4), distinct(&opcs4, 0, |_| true));
    assert_eq!(found(&System::from("Local")), distinct(&rows("local/local.csv", ',', 1), 0, |_| true));
    assert!(built.manifest.sources.iter().all(|source| source.skipped == 0));
}

/// The steps that `vocab/README.md` tells name recipes that are there and take files.
#[test]
fn the_documented_recipes_are_there() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vocab");
    let text = fs::read_to_string(folder.join("README.md")).unwrap();
    let names: BTreeSet<&str> = text
        .split("--with ")
        .skip(1)
        .filter_map(|rest| rest.trim_start_matches('"').split('=').next())
        .filter(|name| {
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        })
        .collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        let recipe = fs::read_to_string(folder.join(format!("{name}.recipe.toml")));
        let recipe = recipe.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!recipe.contains("[package]"), "{name} takes no file");
    }
}
