//! Where clinlink finds its pipelines, recipes and packs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The folder that holds `pipelines/`, `vocab/` and, once they are built, `.clinlink/packs/`.
#[derive(Debug)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// The folder given, or else the nearest one above the current folder, or else above the program, that holds
    /// `pipelines/` and `vocab/`.
    pub fn find(given: Option<&Path>) -> anyhow::Result<Self> {
        let is_home = |folder: &Path| folder.join("pipelines").is_dir() && folder.join("vocab").is_dir();
        if let Some(given) = given {
            if !is_home(given) {
                bail!("{}: holds no pipelines/ and vocab/ (--home, CLINLINK_HOME)", given.display());
            }
            return Ok(Self { root: given.to_owned() });
        }
        let current = std::env::current_dir().context("the current folder cannot be read")?;
        let program = std::env::current_exe().unwrap_or_default();
        let root = current.ancestors().chain(program.ancestors()).find(|folder| is_home(folder));
        match root {
            Some(root) => Ok(Self { root: root.to_owned() }),
            None => bail!(
                "no folder above {} holds pipelines/ and vocab/: give the one that does with --home or CLINLINK_HOME",
                current.display()
            ),
        }
    }

    /// The folder of a pipeline: one of `pipelines/`, by name, or any folder that holds a `pipeline.toml`.
    pub fn pipeline(&self, name: &str) -> PathBuf {
        let named = self.pipelines().join(name);
        if named.is_dir() { named } else { PathBuf::from(name) }
    }

    /// The folder of the pipelines.
    pub fn pipelines(&self) -> PathBuf {
        self.root.join("pipelines")
    }

    /// The folder of the vocabularies' recipes.
    pub fn recipes(&self) -> PathBuf {
        self.root.join("vocab")
    }

    /// The folder of the compiled packs.
    pub fn packs(&self) -> PathBuf {
        self.root.join(".clinlink").join("packs")
    }
}
