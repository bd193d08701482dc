//! No reader panics, whatever the bytes: the invented files of the tests, cut and stirred, and bytes of no form at all.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rstest::rstest;

use super::given::all_files;
use super::read;
use crate::builder::PackBuilder;
use crate::recipe::Recipe;

/// A recipe of the repository.
fn recipe(name: &str) -> Recipe {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../vocab/{name}.recipe.toml"));
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A change to a file: bytes put in place of others.
#[derive(Debug, Clone)]
struct Change {
    file: prop::sample::Index,
    at: prop::sample::Index,
    taken: usize,
    put: Vec<u8>,
}

fn change() -> impl Strategy<Value = Change> {
    let signs = prop::sample::select(b"|\t;,\n\r\"<>&/=-. 0A\xe9\xff\0".to_vec());
    let put = prop_oneof![
        prop::collection::vec(signs, 0..6),
        prop::collection::vec(any::<u8>(), 0..40),
        Just(b"<Class code=\"".to_vec()),
        Just(b"&#x110000;".to_vec()),
    ];
    let taken = prop_oneof![0_usize..4, 0_usize..200, Just(usize::MAX)];
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), taken, put)
        .prop_map(|(file, at, taken, put)| Change { file, at, taken, put })
}

/// The files of a folder, their names kept.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    all_files(&[folder]).unwrap().iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

#[rstest]
#[case::umls("umls", "umls")]
#[case::rxnorm("rxnorm", "rxnorm")]
#[case::snomed("snomed", "snomed")]
#[case::orphanet("orphanet", "orphanet")]
#[case::ordo("orphanet", "ordo")]
#[case::icd10("icd10", "icd10")]
#[case::icd11("icd11", "icd11")]
#[case::opcs4("opcs4", "opcs4")]
#[case::local("local", "local")]
#[case::drg_definitions("drg-definitions", "drg-definitions")]
fn readers_take_any_bytes(#[case] name: &str, #[case] folder: &str) {
    let (recipe, good) = (recipe(name), files(folder));
    let config = ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(changes in prop::collection::vec(change(), 1..6), keep_claml in any::<bool>())| {
        let dir = tempfile::tempdir().unwrap();
        let mut files = good.clone();
        // ClaML and meta files exclude each other.
        files.retain(|(file, _)| name != "icd10" || file.contains(".xml") == keep_claml);
        for Change { file, at, taken, put } in changes {
            let place = file.index(files.len());
            let bytes = &mut files[place].1;
            let start = at.index(bytes.len() + 1);
            let end = start.saturating_add(taken).min(bytes.len());
            bytes.splice(start..end, put);
        }
        for (file, bytes) in &files {
            fs::write(dir.path().join(file), bytes).unwrap();
        }
        for lenient in [false, true] {
            let mut builder = PackBuilder::new();
            builder.lenient(lenient);
            // Refused or read, but not panicked.
            let _ = read(&recipe, &[dir.path().to_owned()], &mut builder);
        }
    });
}
