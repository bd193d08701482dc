//! The tables of the coding rules: the files of `vocab/rules/`, each of which says in its head what it holds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::admission::Admission;
use crate::birth::Births;
use crate::chronic::Chronic;
use crate::combine::Combination;
use crate::drg::Families;
use crate::drugs::{DrugTable, Drugs};
use crate::encounter::Encounters;
use crate::external::Externals;
use crate::facts::Measurements;
use crate::history::Histories;
use crate::neoplasm::Neoplasms;
use crate::own_words::Beside;
use crate::patient::Patients;
use crate::pregnancy::Pregnancies;
use crate::procedure::Procedures;
use crate::rules::Rule;
use crate::sequela::Sequelae;
use crate::sequence::Sequence;
use crate::sources::Sources;
use crate::specific::General;
use crate::status::{StatusCodes, StatusTable};
use crate::symptoms::Symptoms;
use crate::told_detail::Details;

/// All tables.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    rules: Vec<Rule>,
    pub(crate) chronic: Chronic,
    pub(crate) histories: Histories,
    pub(crate) status: StatusCodes,
    pub(crate) sources: Sources,
    pub(crate) general: Vec<General>,
    pub(crate) combinations: Vec<Combination>,
    /// Words that say that two diagnoses are not related.
    pub(crate) unrelated: Vec<String>,
    pub(crate) drugs: Drugs,
    pub(crate) neoplasms: Neoplasms,
    pub(crate) own_words: Vec<Beside>,
    pub(crate) births: Births,
    pub(crate) encounters: Encounters,
    pub(crate) details: Details,
    pub(crate) externals: Externals,
    pub(crate) sequelae: Sequelae,
    pub(crate) patients: Patients,
    pub(crate) pregnancies: Pregnancies,
    pub(crate) procedures: Procedures,
    pub(crate) symptoms: Vec<Symptoms>,
    pub(crate) sequence: Sequence,
    pub(crate) admission: Admission,
    pub(crate) measurements: Measurements,
    pub(crate) families: Arc<Families>,
}

/// Why a folder of tables is not usable.
#[derive(Debug, Error)]
pub enum TablesError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {cause}; compare it with the file of that name in vocab/rules", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        cause: Box<toml::de::Error>,
    },
    /// A table names a rule that the catalogue does not have.
    #[error("{}: rule \"{rule}\" is not in catalogue.toml; add it there, or correct the name", path.display())]
    UnknownRule {
        /// The file.
        path: PathBuf,
        /// The name.
        rule: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeneralFile {
    general: Vec<General>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CombinationsFile {
    unrelated: Vec<String>,
    combination: Vec<Combination>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnWordsFile {
    beside: Vec<Beside>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SymptomsFile {
    disease: Vec<Symptoms>,
}

/// The files that are built in.
const FILES: [(&str, &str); 23] = [
    ("catalogue.toml", include_str!("../../../vocab/rules/catalogue.toml")),
    ("chronic.toml", include_str!("../../../vocab/rules/chronic.toml")),
    ("history.toml", include_str!("../../../vocab/rules/history.toml")),
    ("status.toml", include_str!("../../../vocab/rules/status.toml")),
    ("sources.toml", include_str!("../../../vocab/rules/sources.toml")),
    ("general.toml", include_str!("../../../vocab/rules/general.toml")),
    ("combinations.toml", include_str!("../../../vocab/rules/combinations.toml")),
    ("drugs.toml", include_str!("../../../vocab/rules/drugs.toml")),
    ("own-words.toml", include_str!("../../../vocab/rules/own-words.toml")),
    ("neoplasms.toml", include_str!("../../../vocab/rules/neoplasms.toml")),
    ("encounters.toml", include_str!("../../../vocab/rules/encounters.toml")),
    ("births.toml", include_str!("../../../vocab/rules/births.toml")),
    ("details.toml", include_str!("../../../vocab/rules/details.toml")),
    ("external.toml", include_str!("../../../vocab/rules/external.toml")),
    ("sequelae.toml", include_str!("../../../vocab/rules/sequelae.toml")),
    ("patient.toml", include_str!("../../../vocab/rules/patient.toml")),
    ("pregnancy.toml", include_str!("../../../vocab/rules/pregnancy.toml")),
    ("procedures.toml", include_str!("../../../vocab/rules/procedures.toml")),
    ("symptoms.toml", include_str!("../../../vocab/rules/symptoms.toml")),
    ("sequence.toml", include_str!("../../../vocab/rules/sequence.toml")),
    ("admission.toml", include_str!("../../../vocab/rules/admission.toml")),
    ("measurements.toml", include_str!("../../../vocab/rules/measurements.toml")),
    ("drg.toml", include_str!("../../../vocab/rules/drg.toml")),
];

impl Tables {
    /// The tables that are built in.
    pub(crate) fn embedded() -> Self {
        #[expect(clippy::expect_used, reason = "the files are compiled in and a test reads them")]
        Self::from_files(None).expect("the files of vocab/rules are well formed")
    }

    /// The tables of a folder; a file that it does not have is the one that is built in.
    pub(crate) fn read(folder: &Path) -> Result<Self, TablesError> {
        Self::from_files(Some(folder))
    }

    fn from_files(folder: Option<&Path>) -> Result<Self, TablesError> {
        let combinations: CombinationsFile = parse(folder, "combinations.toml")?;
        let tables = Self {
            rules: parse::<CatalogueFile>(folder, "catalogue.toml")?.rule,
            chronic: parse(folder, "chronic.toml")?,
            histories: parse(folder, "history.toml")?,
            status: StatusCodes::new(parse::<StatusTable>(folder, "status.toml")?),
            sources: parse(folder, "sources.toml")?,
            general: parse::<GeneralFile>(folder, "general.toml")?.general,
            combinations: combinations.combination,
            unrelated: combinations.unrelated,
            drugs: Drugs::new(parse::<DrugTable>(folder, "drugs.toml")?),
            own_words: parse::<OwnWordsFile>(folder, "own-words.toml")?.beside,
            neoplasms: parse(folder, "neoplasms.toml")?,
            births: parse(folder, "births.toml")?,
            encounters: parse(folder, "encounters.toml")?,
            details: parse(folder, "details.toml")?,
            externals: parse(folder, "external.toml")?,
            sequelae: parse(folder, "sequelae.toml")?,
            patients: parse(folder, "patient.toml")?,
            pregnancies: parse(folder, "pregnancy.toml")?,
            procedures: parse(folder, "procedures.toml")?,
            symptoms: parse::<SymptomsFile>(folder, "symptoms.toml")?.disease,
            sequence: parse(folder, "sequence.toml")?,
            admission: parse(folder, "admission.toml")?,
            measurements: parse(folder, "measurements.toml")?,
            families: Arc::new(parse(folder, "drg.toml")?),
        };
        let named = tables.combinations.iter().map(Combination::rule);
        if let Some(rule) = named.into_iter().find(|rule| tables.rule(rule).is_none()) {
            return Err(TablesError::UnknownRule {
                path: folder.unwrap_or(Path::new("vocab/rules")).join("combinations.toml"),
                rule: rule.to_owned(),
            });
        }
        Ok(tables)
    }

    /// A rule of the catalogue.
    pub(crate) fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The catalogue.
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// What stands before what, of the tables that are built in; the others are not read.
pub(crate) fn embedded_sequence() -> Sequence {
    #[expect(clippy::expect_used, reason = "the file is compiled in and a test reads it")]
    parse(None, "sequence.toml").expect("the files of vocab/rules are well formed")
}

/// Whether one of the prefixes starts a code.
pub(crate) fn any_prefix(prefixes: &[String], code: &str) -> bool {
    prefixes.iter().any(|prefix| code.starts_with(prefix.as_str()))
}

/// The category of a code: its first three characters.
pub(crate) fn category(code: &str) -> &str {
    code.get(..3).unwrap_or(code)
}

/// A code with `*` as the category of another.
pub(crate) fn filled(code: &str, of: &str) -> String {
    code.replace('*', category(of))
}

/// A file of the folder, or the one that is built in.
fn parse<T: DeserializeOwned>(folder: Option<&Path>, name: &str) -> Result<T, TablesError> {
    let own = folder.map(|folder| folder.join(name)).filter(|path| path.exists());
    let (path, text) = if let Some(path) = own {
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| TablesError::Unreadable { path: path.clone(), cause })?;
        (path, text)
    } else {
        let built_in = FILES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
        (Path::new("vocab/rules").join(name), built_in.to_owned())
    };
    toml::from_str(&text).map_err(|cause| TablesError::Malformed { path, cause: Box::new(cause) })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_star_is_the_category_of_the_other_code() {
        assert_eq!(filled("*.22", "E11.9"), "E11.22");
        assert_eq!(filled("I13.0", "I10"), "I13.0");
    }

    #[rstest]
    #[case::unknown_key("chronic.toml", "chronic = []\nchronik = []\n", "chronik")]
    #[case::unknown_rule(
        "combinations.toml",
        "unrelated = []\n[[combination]]\nrule = \"wiht\"\nof = [\"I10\"]\nwith = [\"N18\"]\ngives = \"I12.9\"\n",
        "rule \"wiht\" is not in catalogue.toml"
    )]
    fn a_fault_names_the_file(#[case] name: &str, #[case] text: &str, #[case] expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let error = Tables::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains(expected), "{error}");
    }

    #[test]
    fn a_folder_of_own_tables_leaves_the_others_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("chronic.toml"), "chronic = [\"J18\"]\n").unwrap();
        let tables = Tables::read(folder.path()).unwrap();
        assert!(tables.chronic.holds("J18.9") && !tables.chronic.holds("I10"));
        assert_eq!(tables.combinations.len(), Tables::embedded().combinations.len());
    }
}
