//! A home folder with an invented vocabulary, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clinlink_model::{Label, System};
use clinlink_vocab::{PackBuilder, TermKind};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with the project's pipelines and a small pack.
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// With four common diagnoses.
    pub fn new() -> Self {
        Self::with_terms(&[
            ("I10", "Essential (primary) hypertension", "hypertension"),
            ("J18.9", "Pneumonia, unspecified organism", "pneumonia"),
            ("R50.9", "Fever, unspecified", "fever"),
            ("E11.9", "Type 2 diabetes mellitus without complications", "type 2 diabetes mellitus"),
        ])
    }

    /// With ICD-10-CM concepts of the given codes, titles and synonyms.
    pub fn with_terms(concepts: &[(&str, &str, &str)]) -> Self {
        Self::with_procedures(concepts, &[])
    }

    /// The same with ICD-10-PCS concepts too; one that others begin with is the row that they stand in.
    pub fn with_procedures(concepts: &[(&str, &str, &str)], procedures: &[(&str, &str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::create_dir(folder.path().join("vocab")).unwrap();
        let pipeline = folder.path().join("pipelines/dictionary");
        std::fs::create_dir_all(&pipeline).unwrap();
        std::fs::copy(project.join("pipelines/dictionary/pipeline.toml"), pipeline.join("pipeline.toml"))
            .unwrap();
        let home = Self { folder };
        home.build_pack(concepts, procedures);
        home
    }

    fn build_pack(&self, concepts: &[(&str, &str, &str)], procedures: &[(&str, &str, &str)]) {
        let mut pack = PackBuilder::new();
        for (code, title, synonym) in concepts {
            pack.concept(&System::ICD10CM, code, title, Label::Disease).term(synonym, TermKind::Synonym);
        }
        for (code, title, synonym) in procedures {
            let procedure = pack.concept(&System::ICD10PCS, code, title, Label::Procedure);
            procedure.term(synonym, TermKind::Synonym).billable(code.len() == 7);
            if code.len() == 7 {
                procedure.parent(&code[..4]);
            }
        }
        std::fs::create_dir_all(self.packs()).unwrap();
        pack.write(&self.pack()).unwrap();
    }

    pub fn packs(&self) -> PathBuf {
        self.folder.path().join(".clinlink/packs")
    }

    pub fn pack(&self) -> PathBuf {
        self.packs().join("default")
    }

    /// A path in the home folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the home folder.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The program, to be run in this home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clinlink"));
        command.current_dir(self.folder.path()).env("CLINLINK_HOME", self.folder.path()).args(arguments);
        command
    }

    /// Runs the program in this home.
    pub fn clinlink(&self, arguments: &[&str]) -> Run {
        Run(self.command(arguments).output().unwrap())
    }
}

/// What a run of the program left.
pub struct Run(Output);

impl Run {
    pub fn status(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).unwrap()
    }

    pub fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).unwrap()
    }

    /// The objects on stdout, which must be JSON lines.
    pub fn records(&self) -> Vec<Value> {
        self.stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
