//! Recipes that read files given by hand, for formats whose sources are a few lines.

use std::fs;
use std::path::{Path, PathBuf};

use clinlink_fetch::Fetcher;
use clinlink_vocab::{Ingredients, Manifest, Pack, VocabError, build_with, compile};
use tempfile::TempDir;

/// A folder with recipes and the files that they read.
pub struct Listed {
    dir: TempDir,
    extra: Vec<(String, PathBuf)>,
}

impl Listed {
    pub fn new() -> Self {
        let listed = Self { dir: tempfile::tempdir().unwrap(), extra: Vec::new() };
        fs::create_dir(listed.dir.path().join("recipes")).unwrap();
        listed
    }

    /// The invented tabular list.
    pub fn tabular(self) -> Self {
        let text = include_str!("../data/tabular.xml");
        self.source("icd10cm", "format = \"icd10cm-tabular\"", &[("tabular.xml", text)])
    }

    /// A recipe, without licence and notice, and its files.
    pub fn source(self, name: &str, recipe: &str, files: &[(&str, impl AsRef<[u8]>)]) -> Self {
        let (before, options) = recipe.split_once("[options]").unwrap_or((recipe, ""));
        let options = if options.is_empty() { String::new() } else { format!("[options]{options}") };
        let text = format!("{before}\nlicence = \"none\"\nnotice = \"invented\"\n{options}\n");
        fs::write(self.dir.path().join(format!("recipes/{name}.recipe.toml")), text).unwrap();
        files.iter().fold(self, |listed, (file, bytes)| listed.file(name, file, bytes))
    }

    /// One more file for a recipe.
    fn file(self, name: &str, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.dir.path().join(file);
        fs::write(&path, bytes).unwrap();
        self.path(name, &path)
    }

    /// One more file or folder for a recipe, which is there already.
    pub fn path(mut self, name: &str, path: &Path) -> Self {
        self.extra.push((name.to_owned(), path.to_owned()));
        self
    }

    pub fn build(&self) -> Result<(Manifest, Pack), VocabError> {
        let fetcher = Fetcher::new(self.dir.path().join("cache"));
        let out = self.dir.path().join("pack");
        let manifest = build_with(&fetcher, &self.dir.path().join("recipes"), &self.extra, &out, &|_| {})?;
        Ok((manifest, Pack::open(&out)?))
    }

    /// The messages of what a lenient build skips.
    pub fn skipped(&self) -> Vec<String> {
        let fetcher = Fetcher::new(self.dir.path().join("cache"));
        let recipes = self.dir.path().join("recipes");
        let ingredients = Ingredients { recipes: &recipes, extra: &self.extra, lenient: true };
        let report = compile(&fetcher, &ingredients, &self.dir.path().join("pack"), &|_| {}).unwrap();
        report.problems.into_iter().map(|(_, problem)| problem.to_string()).collect()
    }

    /// The message of a build that fails.
    pub fn refusal(&self) -> String {
        match self.build() {
            Ok(_) => panic!("the source is at fault, and was read"),
            Err(error) => error.to_string(),
        }
    }
}
