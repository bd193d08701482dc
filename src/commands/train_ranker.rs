//! `clinlink train ranker`

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::bail;
use clinlink_io::{Input, read_notes};
use clinlink_model::{CharOffsets, System};
use clinlink_pipeline::{LinkConfig, NoteLinks, PipelineConfig, learn_linker};
use clinlink_score::{comparable_code, concept_of};
use clinlink_vocab::Pack;
use serde::Deserialize;

use crate::Outcome;
use crate::home::Home;
use crate::progress;
use crate::records;

#[derive(clap::Args)]
pub struct Args {
    /// JSON lines: notes with `mentions`, each with `start`, `end` in characters, `label` and `ids`
    #[arg(required = true, value_name = "NOTES")]
    paths: Vec<PathBuf>,
    /// The pipeline, by name or folder: its `[link]` names the model to write (`model = "linker.json"`)
    #[arg(long, value_name = "NAME")]
    pipeline: String,
    /// The code system of the `ids`, by its name in the output
    #[arg(long, default_value = "MeSH")]
    system: String,
}

/// What a note's record says of its mentions' concepts. The rest is read as for any note.
#[derive(Deserialize)]
struct Record {
    id: String,
    mentions: Vec<RawMention>,
}

#[derive(Deserialize)]
struct RawMention {
    start: usize,
    end: usize,
    #[serde(default)]
    ids: Vec<String>,
}

const EXPECTED: &str = r#"no linked note, {"id": …, "text": …, "mentions": [{"start": …, "end": …, "label": …, "ids": [id, …]}]}"#;

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let folder = home.pipeline(&args.pipeline);
    let system = System::from(args.system.as_str());
    learn(&PipelineConfig::read(&folder)?, &folder, home, &system, &args.paths)?;
    Ok(Outcome::Done)
}

/// Learns the model of `system` that the pipeline of `folder` names, and writes it there.
pub fn learn(
    config: &PipelineConfig,
    folder: &Path,
    home: &Home,
    system: &System,
    paths: &[PathBuf],
) -> anyhow::Result<()> {
    let LinkConfig::Pack(link) = &config.link;
    let Some(model) = &link.model else {
        bail!("{}: names no model to write: add model = \"linker.json\" under [link]", folder.display());
    };
    let out = folder.join(model);
    let pack = Pack::open(&home.packs().join(&config.pack))?;
    // Gold writes codes in other ways than the pack: `MESH:D003000`, `HP_0001250`.
    let codes: HashMap<String, &str> =
        pack.concepts(system).map(|id| pack.code(id)).map(|code| (comparable_code(code), code)).collect();
    if codes.is_empty() {
        bail!("{system}: the pack {} has no concepts of this system", config.pack);
    }
    let notes = linked_notes(paths, |id| {
        concept_of(id, &system.to_string()).and_then(|code| codes.get(&code).map(|&code| code.to_owned()))
    })?;
    let links: usize = notes.iter().map(|(_, links)| links.len()).sum();
    eprintln!("clinlink: {} notes with {links} mentions that have a concept of {system}", notes.len());
    let bar = progress::task();
    let (model, share) = learn_linker(config, folder, &home.packs(), system, &notes)?;
    bar.finish_and_clear();
    model.write(&out)?;
    eprintln!("clinlink: {share:.3} of the mentions linked rightly by what the other four fifths teach");
    eprintln!("clinlink: {}: the model, with {} terms", out.display(), model.terms());
    Ok(())
}

fn linked_notes(
    paths: &[PathBuf],
    code_of: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Vec<NoteLinks>> {
    let mut notes = Vec::new();
    let mut seen = HashSet::new();
    // File by file: a document that several corpora hold is taken once.
    for path in paths {
        let mut records_of = HashMap::new();
        records::each(path, EXPECTED, |record: Record| {
            records_of.insert(record.id.clone(), record);
        })?;
        for input in read_notes(std::slice::from_ref(path))? {
            let input = input?;
            let Some(record) = records_of.get(input.note.id()) else { continue };
            if seen.insert(input.note.id().to_owned()) {
                let links = links(&input, record, &code_of)?;
                notes.push((input, links));
            }
        }
    }
    notes.retain(|(_, links)| !links.is_empty());
    if notes.is_empty() {
        bail!("the files hold no note with a mention that has a concept of the system");
    }
    Ok(notes)
}

fn links(
    input: &Input,
    record: &Record,
    code_of: &impl Fn(&str) -> Option<String>,
) -> anyhow::Result<Vec<(clinlink_model::Span, Vec<String>)>> {
    let offsets = CharOffsets::new(input.note.text());
    let mut links = Vec::new();
    for (at, mention) in record.mentions.iter().enumerate() {
        let place = (mention.start, mention.end);
        let span = records::span(&input.note, &offsets, place, format_args!("mention {at}"))?;
        let codes: Vec<String> =
            mention.ids.iter().flat_map(|ids| ids.split('|')).filter_map(code_of).collect();
        if !codes.is_empty() {
            links.push((span, codes));
        }
    }
    Ok(links)
}
