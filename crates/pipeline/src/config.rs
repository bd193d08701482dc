//! The file `pipeline.toml`: which stage stands in each slot, with its settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clinlink_encoder::Precision;
use clinlink_episode::CoderConfig;
use clinlink_link::LinkerConfig;
use clinlink_ner::Meaning;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::PipelineError;
use crate::slot;

/// The name of the file in a pipeline's folder.
const FILE: &str = "pipeline.toml";

/// A pipeline: what stands in each slot. Every slot may be left out of the file; its default is then in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineConfig {
    /// The pack of vocabularies, by its name in the folder of packs.
    #[serde(default = "default_pack")]
    pub pack: String,
    /// Whether the pack's terms inside longer mentions are marked too; codes come from the longer ones. By default not.
    #[serde(default)]
    pub nested: bool,
    /// Sections, sentences, tokens.
    #[serde(default)]
    pub segment: SegmentConfig,
    /// Mentions.
    pub tag: TagConfig,
    /// Abbreviations.
    #[serde(default)]
    pub expand: ExpandConfig,
    /// Negation, certainty, temporality, experiencer.
    #[serde(default)]
    pub assert: AssertConfig,
    /// Concepts.
    #[serde(default)]
    pub link: LinkConfig,
    /// Code sets.
    #[serde(default)]
    pub code: CodeConfig,
    /// Codes of procedures beside those of `code`, which then is for diagnoses: a coder whose `system` is ICD-10-PCS, as a
    /// rule with a model of its own; mentions are linked to its system too. By default there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedures: Option<CodeConfig>,
}

fn default_pack() -> String {
    "default".to_owned()
}

/// Finds sections, sentences and tokens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "use", rename_all = "lowercase")]
pub enum SegmentConfig {
    /// Rules for clinical text, with a lexicon of section headers.
    Rules {
        /// The lexicon, relative to the pipeline's folder, in place of the built-in `vocab/sections.tsv`.
        #[serde(skip_serializing_if = "Option::is_none")]
        headers: Option<PathBuf>,
    },
}

impl Default for SegmentConfig {
    fn default() -> Self {
        Self::Rules { headers: None }
    }
}

impl<'de> Deserialize<'de> for SegmentConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Settings {
            headers: Option<PathBuf>,
        }
        let (_, Settings { headers }) = slot::read(deserializer, &["rules"])?;
        Ok(Self::Rules { headers })
    }
}

/// Finds mentions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "use", rename_all = "lowercase")]
pub enum TagConfig {
    /// The pack's terms, longest match.
    Dictionary,
    /// A token classifier.
    Model(ModelConfig),
    /// Both, merged: of two that overlap the longer one; no chemicals of the dictionary alone.
    Merged(ModelConfig),
}

impl<'de> Deserialize<'de> for TagConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, config) = slot::read(deserializer, &["dictionary", "model", "merged"])?;
        match name {
            "dictionary" if config == ModelConfig::default() => Ok(Self::Dictionary),
            "dictionary" => Err(D::Error::custom("the dictionary has no settings")),
            "model" => Ok(Self::Model(config)),
            _ => Ok(Self::Merged(config)),
        }
    }
}

/// A token classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// Its folder, relative to the pipeline's: model.safetensors, config.json, tokenizer.json.
    pub model: PathBuf,
    /// What the model's own entity names (`DISO`) or outputs (`LABEL_1`) stand for. Names that are not here must be among
    /// those that common corpora use.
    pub labels: BTreeMap<String, Meaning>,
    /// How exactly it reckons.
    pub precision: Precision,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self { model: "model".into(), labels: BTreeMap::new(), precision: Precision::default() }
    }
}

/// Says what abbreviations stand for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "use", rename_all = "lowercase")]
pub enum ExpandConfig {
    /// Definitions in the note (Schwartz and Hearst), then a lexicon.
    Abbreviations {
        /// The lexicon, relative to the pipeline's folder, in place of the built-in `vocab/abbreviations.tsv`.
        #[serde(skip_serializing_if = "Option::is_none")]
        lexicon: Option<PathBuf>,
    },
}

impl Default for ExpandConfig {
    fn default() -> Self {
        Self::Abbreviations { lexicon: None }
    }
}

impl<'de> Deserialize<'de> for ExpandConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Settings {
            lexicon: Option<PathBuf>,
        }
        let (_, Settings { lexicon }) = slot::read(deserializer, &["abbreviations"])?;
        Ok(Self::Abbreviations { lexicon })
    }
}

/// Says how mentions are meant.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "use", rename_all = "lowercase")]
pub enum AssertConfig {
    /// Cues with scope and terminators, and the sections' defaults.
    Cues {
        /// The cues, relative to the pipeline's folder, in place of the built-in `vocab/cues.tsv`.
        #[serde(skip_serializing_if = "Option::is_none")]
        cues: Option<PathBuf>,
    },
}

impl Default for AssertConfig {
    fn default() -> Self {
        Self::Cues { cues: None }
    }
}

impl<'de> Deserialize<'de> for AssertConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Settings {
            cues: Option<PathBuf>,
        }
        let (_, Settings { cues }) = slot::read(deserializer, &["cues"])?;
        Ok(Self::Cues { cues })
    }
}

/// Links mentions to concepts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "use", rename_all = "lowercase")]
pub enum LinkConfig {
    /// The pack's terms and its full-text index.
    Pack(LinkerConfig),
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self::Pack(LinkerConfig::default())
    }
}

impl<'de> Deserialize<'de> for LinkConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        slot::read(deserializer, &["pack"]).map(|(_, config)| Self::Pack(config))
    }
}

/// Makes code sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "use", rename_all = "lowercase")]
pub enum CodeConfig {
    /// The coding rules.
    Rules(CoderConfig),
}

impl Default for CodeConfig {
    fn default() -> Self {
        Self::Rules(CoderConfig::default())
    }
}

impl<'de> Deserialize<'de> for CodeConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        slot::read(deserializer, &["rules"]).map(|(_, config)| Self::Rules(config))
    }
}

impl PipelineConfig {
    /// Reads `pipeline.toml` in `folder`.
    ///
    /// # Errors
    /// If the file is missing, is not TOML, or names a setting that does not exist.
    pub fn read(folder: &Path) -> Result<Self, PipelineError> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| PipelineError::Unreadable { path: path.clone(), cause })?;
        toml::from_str(&text).map_err(|cause| PipelineError::Invalid { path, cause: Box::new(cause) })
    }

    /// The file as it would be with every default written out.
    ///
    /// # Errors
    /// Never for a configuration that was read from a file.
    pub fn show(&self) -> Result<String, PipelineError> {
        toml::to_string_pretty(self).map_err(|cause| PipelineError::NotShown { cause: Box::new(cause) })
    }

    /// The files and folders that the pipeline names beside its pack: lexicons, tables, models.
    pub fn files_mut(&mut self) -> Vec<&mut PathBuf> {
        let SegmentConfig::Rules { headers } = &mut self.segment;
        let tagger = match &mut self.tag {
            TagConfig::Dictionary => None,
            TagConfig::Model(model) | TagConfig::Merged(model) => Some(&mut model.model),
        };
        let ExpandConfig::Abbreviations { lexicon } = &mut self.expand;
        let AssertConfig::Cues { cues } = &mut self.assert;
        let LinkConfig::Pack(link) = &mut self.link;
        let dense = link.dense.as_mut().map(|dense| &mut dense.model);
        let coders = std::iter::once(&mut self.code).chain(&mut self.procedures);
        let coders =
            coders.flat_map(|CodeConfig::Rules(coder)| [coder.tables.as_mut(), coder.model.as_mut()]);
        let others = [headers.as_mut(), tagger, lexicon.as_mut(), cues.as_mut(), link.model.as_mut(), dense];
        others.into_iter().chain(coders).flatten().collect()
    }

    /// The folder of the model, if the pipeline has one, for a pipeline in `folder`.
    pub fn model_folder(&self, folder: &Path) -> Option<PathBuf> {
        match &self.tag {
            TagConfig::Dictionary => None,
            TagConfig::Model(model) | TagConfig::Merged(model) => Some(folder.join(&model.model)),
        }
    }
}

#[cfg(test)]
mod tests {
    use clinlink_model::Label;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::tagger("[tag]\nuse = \"moon\"", 2, "merged")]
    #[case::precision("[tag]\nuse = \"model\"\nprecision = \"int9\"", 3, "int8")]
    #[case::before_use("[tag]\nprecision = \"int9\"\nuse = \"model\"", 2, "int8")]
    #[case::label(
        "[tag]\nuse = \"model\"\n\n[tag.labels]\nDISO = \"disease\"\nCHEM = \"chemicl\"",
        6,
        "chemical"
    )]
    #[case::unknown_setting("[tag]\nuse = \"model\"\nmodle = \"m\"", 3, "modle")]
    #[case::no_use("nested = true\n[tag]\nmodel = \"m\"", 2, "use")]
    #[case::settings_of_another("[tag]\nuse = \"dictionary\"\nmodel = \"m\"", 1, "no settings")]
    #[case::segmenter("[tag]\nuse = \"dictionary\"\n[segment]\nuse = \"rulez\"", 4, "rules")]
    #[case::linker("[tag]\nuse = \"dictionary\"\n[link]\nuse = \"pack\"\nsearch = \"no\"", 5, "boolean")]
    #[case::inside(
        "[tag]\nuse = \"dictionary\"\n[link]\nuse = \"pack\"\n[link.dense]\nmodel = \"m\"\nprecision = \"x\"",
        7,
        "int8"
    )]
    #[case::coder("[tag]\nuse = \"dictionary\"\n[code]\nuse = \"rules\"\npurpose = \"fun\"", 5, "billing")]
    #[case::accept("[tag]\nuse = \"dictionary\"\n[code]\nuse = \"rules\"\naccept = 3", 5, "from 0 to 1")]
    #[case::precision_of_codes(
        "[tag]\nuse = \"dictionary\"\n[code]\nuse = \"rules\"\nprecision = -0.5",
        5,
        "from 0 to 1"
    )]
    fn a_fault_is_placed_at_its_own_line(#[case] text: &str, #[case] line: usize, #[case] named: &str) {
        let error = toml::from_str::<PipelineConfig>(text).unwrap_err().to_string();
        assert!(error.contains(&format!("line {line},")) && error.contains(named), "{error}");
    }

    #[test]
    fn what_is_shown_is_read_again() {
        let text =
            "[tag]\nuse = \"model\"\nlabels = { LABEL_0 = \"O\", LABEL_1 = \"B-disease\", GENE = \"other\" }";
        let config: PipelineConfig = toml::from_str(text).unwrap();
        let TagConfig::Model(model) = &config.tag else { panic!("{config:?}") };
        assert_eq!(
            (model.labels["LABEL_0"], model.labels["GENE"]),
            (Meaning::Outside, Meaning::Label(Label::Other))
        );
        assert_eq!(toml::from_str::<PipelineConfig>(&config.show().unwrap()).unwrap(), config);
    }
}
