//! The codes of the tables are codes of the pack.

use std::path::PathBuf;

use clinlink_model::System;
use clinlink_vocab::Pack;

/// Prefixes of codes and codes, wherever they stand in the files of `vocab/rules`.
fn codes_of(value: &toml::Value, found: &mut Vec<(String, bool)>) {
    const WHOLE: [&str; 3] = ["code", "gives", "secondary"];
    const PREFIX: &str = "group";
    const PREFIXES: [&str; 15] = [
        "primary",
        "of",
        "with",
        "and",
        "past",
        "unless",
        "replaces",
        "to",
        "symptoms",
        "chronic",
        "codes",
        "beside",
        "states_the_past",
        "principal",
        "not_with",
    ];
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let whole = WHOLE.contains(&key.as_str());
                match value {
                    toml::Value::String(code) if whole || key == PREFIX => found.push((code.clone(), whole)),
                    toml::Value::Array(codes) if whole || PREFIXES.contains(&key.as_str()) => {
                        found
                            .extend(codes.iter().filter_map(|code| Some((code.as_str()?.to_owned(), false))));
                    }
                    _ => {}
                }
                codes_of(value, found);
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| codes_of(value, found)),
        _ => {}
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn every_code_of_the_tables_is_in_the_default_pack() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Ok(pack) = Pack::open(&root.join(".clinlink/packs/default")) else {
        eprintln!("skipped: no pack at .clinlink/packs/default; `make vocab` builds it");
        return;
    };
    let all: Vec<&str> = pack.concepts(&System::ICD10CM).map(|id| pack.code(id)).collect();
    let mut unknown = Vec::new();
    for file in std::fs::read_dir(root.join("vocab/rules")).unwrap() {
        let path = file.unwrap().path();
        let mut found = Vec::new();
        codes_of(&toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap(), &mut found);
        for (code, whole) in found.into_iter().flat_map(|(code, whole)| written_out(&code, whole)) {
            let billable = || pack.find(&System::ICD10CM, &code).is_some_and(|id| pack.concept(id).billable);
            let known = if whole { billable() } else { all.iter().any(|other| other.starts_with(&code)) };
            if !known {
                unknown.push(format!("{}: {code}", path.file_name().unwrap().display()));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// A code for each category that `*` may stand for.
fn written_out(code: &str, whole: bool) -> Vec<(String, bool)> {
    const DIABETES: [&str; 5] = ["E08", "E09", "E10", "E11", "E13"];
    if !code.contains('*') {
        return vec![(code.to_owned(), whole)];
    }
    DIABETES.iter().map(|category| (code.replace('*', category), whole)).collect()
}
