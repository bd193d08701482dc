//! Recipes in a folder of their own, with a wheel that a stand-in for Python serves.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use clinlink_fetch::{Fetcher, sha256_file};
use clinlink_vocab::{Manifest, Pack, TermKind, VocabError, build_with, fetch_with, normal_form};
use rstest::fixture;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The members of the invented wheel.
pub const MEMBERS: [(&str, &str); 6] = [
    ("tabular.xml", include_str!("../data/tabular.xml")),
    ("pheno.obo", include_str!("../data/pheno.obo")),
    ("doid.json", include_str!("../data/doid.json")),
    ("mondo.json", include_str!("../data/mondo.json")),
    ("mesh.tsv", include_str!("../data/mesh.tsv")),
    ("mesh_supplementary.tsv", include_str!("../data/mesh_supplementary.tsv")),
];

const INDEX: &str = include_str!("../data/index.csv");

/// A folder with recipes, a wheel with all their members, and a stand-in for Python that serves it.
pub struct Set {
    dir: TempDir,
}

#[fixture]
pub fn set() -> Set {
    Set::new(&MEMBERS)
}

impl Set {
    pub fn new(members: &[(&str, &str)]) -> Self {
        let set = Self { dir: tempfile::tempdir().unwrap() };
        let wheel = set.path("demo-1.0-py3-none-any.whl");
        let mut zip = ZipWriter::new(File::create(&wheel).unwrap());
        for (name, text) in members {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        fs::create_dir(set.path("recipes")).unwrap();
        let sha256 = sha256_file(&wheel).unwrap();
        for (name, format, members) in [
            ("icd10cm", "icd10cm-tabular", "\"tabular.xml\""),
            ("hpo", "hpo-obo", "\"pheno.obo\""),
            ("doid", "doid-json", "\"doid.json\""),
            ("mondo", "mondo-json", "\"mondo.json\""),
            ("mesh", "mesh-tsv", "\"mesh.tsv\", \"mesh_supplementary.tsv\""),
        ] {
            let package = format!(
                "[package]\npackage = \"demo\"\nversion = \"1.0\"\nsha256 = \"{sha256}\"\nmembers = [{members}]\n"
            );
            set.recipe(
                name,
                &format!("format = \"{format}\"\nlicence = \"none\"\nnotice = \"invented\"\n{package}"),
            );
        }
        set.recipe(
            "index",
            "format = \"icd10cm-index\"\nlicence = \"none\"\nnotice = \"invented\"\nafter = [\"icd10cm\"]\n",
        );
        fs::write(set.path("index.csv"), INDEX).unwrap();
        set
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn recipe(&self, name: &str, text: &str) {
        fs::write(self.path("recipes").join(format!("{name}.recipe.toml")), text).unwrap();
    }

    pub fn fetcher(&self) -> Fetcher {
        let python = self.path("python3");
        let wheel = self.path("demo-1.0-py3-none-any.whl");
        let script = format!(
            "#!/bin/sh\nwhile [ \"$1\" != --dest ]; do shift; done\ncp '{}' \"$2/\"\n",
            wheel.display()
        );
        fs::write(&python, script).unwrap();
        fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
        Fetcher::new(self.path("cache")).with_python(python)
    }

    pub fn build(&self, extra: &[(String, PathBuf)]) -> Result<(Manifest, Pack), VocabError> {
        let fetcher = self.fetcher();
        fetch_with(&fetcher, &self.path("recipes"), &|_| {})?;
        let out = self.path("pack");
        let manifest = build_with(&fetcher, &self.path("recipes"), extra, &out, &|_| {})?;
        Ok((manifest, Pack::open(&out)?))
    }

    pub fn with_index(&self) -> Vec<(String, PathBuf)> {
        vec![("index".to_owned(), self.path("index.csv"))]
    }
}

/// What a text names: the codes with the kind of term.
pub fn named(pack: &Pack, text: &str) -> Vec<(String, TermKind)> {
    let Some(value) = pack.terms().get(normal_form(text)) else { return Vec::new() };
    pack.postings(value).map(|posting| (pack.code(posting.concept).to_owned(), posting.kind)).collect()
}

/// One code that a text names.
pub fn one(code: &str, kind: TermKind) -> Vec<(String, TermKind)> {
    vec![(code.to_owned(), kind)]
}
