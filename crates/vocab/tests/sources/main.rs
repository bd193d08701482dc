//! Recipes and readers: invented sources in the vocabularies' own formats, through to an open pack.
//!
//! Every record in `tests/data` was made up for these tests; only the layouts are the owners'.
#![cfg(unix)]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod builds;
mod classifications;
mod common_terms;
mod counts;
mod drgs;
mod given_counts;
mod icd10;
mod icd11;
mod indexes;
mod listed;
mod ontologies;
mod open_systems;
mod ordo;
mod orphanet;
mod own;
mod set;
mod snomed;
mod table;
mod umls;
mod wrong_synonyms;
