//! The repository's recipes for files that users bring, on invented files.

use std::fs;
use std::path::{Path, PathBuf};

use clinlink_fetch::Fetcher;
use clinlink_model::System;
use clinlink_vocab::{Fact, Ingredients, Manifest, Pack, Relation, Source, VocabError, compile};
use tempfile::TempDir;

/// The folder of invented files.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// Recipes in a folder of their own.
pub struct Own {
    dir: TempDir,
    given: Vec<(String, PathBuf)>,
    lenient: bool,
}

/// A pack with what it says of itself.
pub struct Built {
    pub manifest: Manifest,
    /// What was skipped.
    pub problems: Vec<String>,
    pub pack: Pack,
    _dir: TempDir,
}

impl Own {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("recipes")).unwrap();
        Self { dir, given: Vec::new(), lenient: false }
    }

    /// Takes a recipe of the repository and gives it a file or folder of the invented ones.
    pub fn with(self, recipe: &str, file: &str) -> Self {
        self.with_file(recipe, data(file))
    }

    pub fn with_file(mut self, recipe: &str, file: PathBuf) -> Self {
        let name = format!("{recipe}.recipe.toml");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vocab").join(&name);
        let to = self.dir.path().join("recipes").join(&name);
        if !to.exists() {
            fs::copy(from, to).unwrap();
        }
        self.given.push((recipe.to_owned(), file));
        self
    }

    /// Takes a recipe with these lines instead of its options, on a text in a file of that name.
    pub fn with_text(self, recipe: &str, file: &str, text: &[u8]) -> Self {
        let path = self.dir.path().join(file);
        fs::write(&path, text).unwrap();
        self.with_file(recipe, path)
    }

    /// Replaces the options of a recipe that has been taken.
    pub fn options(self, recipe: &str, options: &str) -> Self {
        let path = self.dir.path().join("recipes").join(format!("{recipe}.recipe.toml"));
        let text = fs::read_to_string(&path).unwrap();
        let start = text.split("[options]").next().unwrap();
        fs::write(path, format!("{start}[options]\n{options}\n")).unwrap();
        self
    }

    pub fn lenient(self) -> Self {
        Self { lenient: true, ..self }
    }

    pub fn build(self) -> Result<Built, VocabError> {
        let fetcher = Fetcher::new(self.dir.path().join("cache"));
        let out = self.dir.path().join("pack");
        let recipes = self.dir.path().join("recipes");
        let ingredients = Ingredients { recipes: &recipes, extra: &self.given, lenient: self.lenient };
        let report = compile(&fetcher, &ingredients, &out, &|_| {})?;
        let problems = report.problems.iter().map(|(_, problem)| problem.to_string()).collect();
        Ok(Built { manifest: report.manifest, problems, pack: Pack::open(&out)?, _dir: self.dir })
    }

    /// The message of a build that must fail.
    pub fn refusal(self) -> String {
        match self.build() {
            Ok(_) => panic!("it was built"),
            Err(error) => error.to_string(),
        }
    }
}

impl Built {
    pub fn source(&self, name: &str) -> &Source {
        self.manifest.sources.iter().find(|source| source.name == name).unwrap()
    }

    /// The codes of a system.
    pub fn codes(&self, system: &System) -> Vec<&str> {
        self.pack.concepts(system).map(|id| self.pack.code(id)).collect()
    }

    pub fn title(&self, system: &System, code: &str) -> &str {
        self.pack.title(self.pack.find(system, code).unwrap())
    }

    pub fn terms(&self, system: &System, code: &str) -> Vec<&str> {
        self.pack.terms_of(self.pack.find(system, code).unwrap()).map(|(term, _)| term).collect()
    }

    pub fn parent(&self, system: &System, code: &str) -> Option<&str> {
        let parent = self.pack.parent(self.pack.find(system, code).unwrap())?;
        Some(self.pack.code(parent))
    }

    pub fn children(&self, system: &System, code: &str) -> Vec<&str> {
        let id = self.pack.find(system, code).unwrap();
        self.pack.children(id).map(|id| self.pack.code(id)).collect()
    }

    pub fn facts(&self, system: &System, code: &str) -> Vec<(Fact, &str)> {
        self.pack.facts(self.pack.find(system, code).unwrap()).collect()
    }

    /// Stated cross-references, as `SYSTEM CODE`.
    pub fn maps(&self, system: &System, code: &str) -> Vec<(String, Relation)> {
        let id = self.pack.find(system, code).unwrap();
        let name = |id| {
            let concept = self.pack.concept(id);
            format!("{} {}", concept.system, concept.code)
        };
        self.pack.maps(id).map(|(target, relation)| (name(target), relation)).collect()
    }

    /// What a cross-reference says of when it holds.
    pub fn detail(&self, system: &System, code: &str, target: &str) -> &str {
        let id = self.pack.find(system, code).unwrap();
        let mut references = self.pack.cross_references(id);
        references.find(|reference| self.pack.code(reference.target) == target).unwrap().detail
    }
}
