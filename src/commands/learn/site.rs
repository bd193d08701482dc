//! The pipeline of a site: the one that annotates now, with what the site's coders taught.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clinlink_model::System;
use clinlink_pipeline::{CodeConfig, ExpandConfig, LinkConfig, PipelineConfig, TagConfig};

use super::decisions::{Decisions, Part};
use super::recogniser;
use crate::home::Home;

/// The pipeline for the folder `out`, which learns from a part of the decisions and writes its models there: a coder's and,
/// if they are asked for, a ranker's and a recogniser. Files that it shares with the live one, in `folder`, are named by
/// their absolute paths.
pub fn pipeline(
    live: &PipelineConfig,
    folder: &Path,
    out: &Path,
    home: &Home,
    (decisions, part): (&Decisions, Part),
    (ranker, fine_tune): (bool, bool),
) -> anyhow::Result<PipelineConfig> {
    let mut config = live.clone();
    for path in config.files_mut() {
        let file = folder.join(&*path);
        *path = file.canonicalize().with_context(|| format!("{}: cannot be found", file.display()))?;
    }
    let ExpandConfig::Abbreviations { lexicon } = &mut config.expand;
    let taught = decisions.abbreviations(part);
    if !taught.is_empty() {
        let known = lexicon.take().unwrap_or_else(|| home.recipes().join("abbreviations.tsv"));
        let text =
            fs::read_to_string(&known).with_context(|| format!("{}: cannot be read", known.display()))?;
        let file = PathBuf::from("abbreviations.tsv");
        let path = out.join(&file);
        fs::write(&path, with_taught(&text, &taught))
            .with_context(|| format!("{}: cannot be written", path.display()))?;
        *lexicon = Some(file);
    }
    if fine_tune && let TagConfig::Model(tagger) | TagConfig::Merged(tagger) = &mut config.tag {
        tagger.model = recogniser::FOLDER.into();
    }
    if ranker {
        let LinkConfig::Pack(link) = &mut config.link;
        link.model = Some("linker.json".into());
    }
    let CodeConfig::Rules(coder) = &mut config.code;
    coder.model = Some("coder.json".into());
    Ok(config)
}

/// The same without a learned order of candidates.
pub fn without_ranker(config: &PipelineConfig) -> PipelineConfig {
    let mut plain = config.clone();
    let LinkConfig::Pack(link) = &mut plain.link;
    link.model = None;
    plain
}

/// The code system of its code sets.
pub fn system(config: &PipelineConfig) -> System {
    let CodeConfig::Rules(coder) = &config.code;
    coder.system.clone()
}

/// Writes `pipeline.toml` into a folder.
pub fn write(config: &PipelineConfig, folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("pipeline.toml");
    let text = format!("# Made by `clinlink learn` from what coders decided.\n\n{}", config.show()?);
    fs::write(&path, text).with_context(|| format!("{}: cannot be written", path.display()))
}

/// The lexicon of abbreviations with those that coders taught in place of other senses of theirs.
fn with_taught(lexicon: &str, taught: &BTreeMap<&str, &str>) -> String {
    let is_other_sense = |line: &&str| {
        let short = line.split('\t').next().unwrap_or_default();
        !line.starts_with('#') && short.split('|').any(|short| taught.contains_key(short.trim()))
    };
    let kept = lexicon.lines().filter(|line| !is_other_sense(line)).map(str::to_owned);
    let taught = taught.iter().map(|(short, long)| format!("{short}\t{long}"));
    kept.chain(taught).map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taught_abbreviation_takes_the_place_of_other_senses() {
        let lexicon = "# senses\nshort\tlong\nMS|M.S.\tmultiple sclerosis\nMS\tmitral stenosis\nMI\tmyocardial infarction\n";
        let taught = BTreeMap::from([("MS", "morphine sulfate")]);
        assert_eq!(
            with_taught(lexicon, &taught),
            "# senses\nshort\tlong\nMI\tmyocardial infarction\nMS\tmorphine sulfate\n"
        );
    }
}
