//! What annotates and codes: a pipeline with its pack, known by the versions of all its parts.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clinlink_episode::{Auditor, DrgGrouper};
use clinlink_fetch::sha256_file;
use clinlink_io::{AnnotatedRecord, CodeSetRecord, Input};
use clinlink_model::{
    AnnotatedNote, Assertion, CharOffsets, Episode, Label, Mention, MentionSource, Note, Span, System,
};
use clinlink_pipeline::{
    CodeConfig, Episodes, ExplainedMention, Mentions, NoteFailure, Pipeline, PipelineConfig, PipelineError,
    RunOptions,
};
use clinlink_vocab::{Pack, PackError};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::review::{Change, Place};
use crate::secrets::hex;

/// Hexadecimal digits of a hash that name a version.
const DIGITS: usize = 12;

/// Why an engine cannot be loaded.
#[derive(Debug, Error)]
pub enum EngineError {
    /// Its pipeline cannot be assembled.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    /// Its pack cannot be opened.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A file that it names cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Part {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        cause: io::Error,
    },
    /// What the pack says of itself cannot be written as JSON.
    #[error("the pack's manifest cannot be shown: {0}")]
    Manifest(#[from] serde_json::Error),
}

/// A pipeline that is loaded, with what names its version.
pub struct Engine {
    /// Names the versions of the program, the pack, the pipeline and its models.
    pub(crate) id: String,
    /// The pack, by name and version.
    pub(crate) pack_version: String,
    /// The pipeline, by name and version.
    pub(crate) pipeline_version: String,
    /// What the pipeline names beside its pack, each by file and version; empty if that is nothing.
    pub(crate) model_version: String,
    pipeline: Pipeline,
    pub(crate) pack: Arc<Pack>,
    pub(crate) auditor: Auditor,
    /// The code system of code sets.
    pub(crate) system: System,
}

/// What an engine makes of an episode.
pub(crate) struct Proposed {
    /// The notes, annotated, in the order in which they were taken.
    pub(crate) records: Vec<AnnotatedRecord>,
    pub(crate) codes: CodeSetRecord,
}

impl Engine {
    /// Loads the pipeline `name` that lies in `folder`, with a pack of the folder `packs`: the one named, or else the
    /// pipeline's own.
    ///
    /// # Errors
    /// If a part of it cannot be read.
    pub fn load(name: &str, folder: &Path, packs: &Path, pack: Option<&str>) -> Result<Self, EngineError> {
        let mut config = PipelineConfig::read(folder)?;
        if let Some(pack) = pack {
            pack.clone_into(&mut config.pack);
        }
        let CodeConfig::Rules(coder) = &mut config.code;
        // Every code in every status: what a purpose leaves out could not be reviewed.
        coder.purpose = None;
        let system = coder.system.clone();
        let pack_name = config.pack.clone();
        let pack = Arc::new(Pack::open(&packs.join(&pack_name))?);
        let pack_hash = digest(&serde_json::to_vec(pack.manifest())?);
        let pipeline_hash = digest(config.show()?.as_bytes());
        let model_version = parts(&config, folder)?.join(", ");
        let program = env!("CARGO_PKG_VERSION");
        let id = digest(format!("{program} {pack_hash} {pipeline_hash} {model_version}").as_bytes());
        Ok(Self {
            id,
            pack_version: format!("{pack_name} {pack_hash}"),
            pipeline_version: format!("{name} {pipeline_hash} of clinlink {program}"),
            model_version,
            auditor: Auditor::new(Arc::clone(&pack), system.clone()),
            pipeline: Pipeline::load(config, folder, packs)?,
            pack,
            system,
        })
    }

    /// Annotates notes on this thread, with the mentions that they come with where they come with any.
    pub(crate) fn annotate(&self, notes: Vec<Input>) -> Vec<Result<AnnotatedNote, NoteFailure>> {
        let options = RunOptions { threads: 1, mentions: Mentions::Given };
        let mut annotated = Vec::with_capacity(notes.len());
        let run = self.pipeline.run(options, notes.into_iter().map(Ok::<_, NoteFailure>), |outcome| {
            annotated.push(outcome.and_then(|done| done));
            Ok::<(), std::convert::Infallible>(())
        });
        match run {
            Ok(()) => annotated,
        }
    }

    /// Annotates and codes an episode, after `changes` of how its mentions are meant. The notes must be of that episode.
    pub(crate) fn propose(&self, notes: Vec<Input>, changes: &[Change]) -> Result<Proposed, NoteFailure> {
        let mut episodes = Episodes::default();
        let mut alone = None;
        for annotated in self.annotate(notes) {
            let mut annotated = annotated?;
            for change in changes {
                if change.place.note == annotated.note.id() {
                    apply(change, &mut annotated);
                }
            }
            alone = alone.or(episodes.add(annotated));
        }
        let no_notes = || NoteFailure { note: String::new(), cause: "the episode has no notes".to_owned() };
        let mut episode = alone.or_else(|| episodes.finish().next()).ok_or_else(no_notes)?;
        let codes = self.code(&mut episode)?;
        Ok(Proposed { records: episode.notes.iter().map(AnnotatedRecord::from).collect(), codes })
    }

    /// The code set of an episode.
    pub(crate) fn code(&self, episode: &mut Episode) -> Result<CodeSetRecord, NoteFailure> {
        let codes = self.pipeline.code(episode)?;
        CodeSetRecord::new(&codes, episode)
            .map_err(|cause| NoteFailure { note: episode.id.clone(), cause: cause.to_string() })
    }

    /// What finds the MS-DRGs of code sets.
    pub(crate) fn grouper(&self) -> &DrgGrouper {
        self.pipeline.grouper()
    }

    /// Why the words at a place are linked as they are.
    pub(crate) fn explain(&self, input: Input, span: Span) -> Result<ExplainedMention, NoteFailure> {
        self.pipeline.explain(input, Mentions::Given, span)
    }
}

/// A note with the mentions that were found in it before, so that the recogniser need not look for them again, and those
/// that `changes` speak of: words that were no mention become one, since a person has said how they are meant.
pub(crate) fn with_known_mentions(note: Note, record: &AnnotatedRecord, changes: &[Change]) -> Input {
    let known = record.mentions.iter().filter_map(|known| {
        let span = note.span(known.at.start..known.at.end).ok()?;
        Some(Mention { span, label: known.label, score: known.score as f32, by: known.by })
    });
    let mut mentions: Vec<Mention> = known.collect();
    for change in changes.iter().filter(|change| change.place.note == note.id()) {
        if let Some(span) = span_of(&note, &change.place)
            && !mentions.iter().any(|mention| mention.span.overlaps(span))
        {
            mentions.push(Mention { span, label: Label::Other, score: 1.0, by: MentionSource::Given });
        }
    }
    mentions.sort_by_key(|mention| mention.span);
    Input { note, given: Some(mentions) }
}

/// The span of characters of a note; `None` if it has none there.
pub(crate) fn span_of(note: &Note, place: &Place) -> Option<Span> {
    let offsets = CharOffsets::new(note.text());
    let (start, end) = (offsets.to_byte(place.start_char)?, offsets.to_byte(place.end_char)?);
    if start >= end {
        return None;
    }
    note.span(start..end).ok()
}

/// Sets an axis of the mentions at a place.
fn apply(change: &Change, annotated: &mut AnnotatedNote) {
    let Some(span) = span_of(&annotated.note, &change.place) else { return };
    for mention in annotated.mentions.iter_mut().filter(|mention| mention.mention.span.overlaps(span)) {
        change.set.apply(mention.assertion.get_or_insert_with(Assertion::plain));
    }
}

/// What a pipeline in `folder` names beside its pack, lexicons, tables and models, each with its version.
fn parts(config: &PipelineConfig, folder: &Path) -> Result<Vec<String>, EngineError> {
    let mut config = config.clone();
    let version = |path: &mut PathBuf| {
        let path = folder.join(&*path);
        let hash = hash(&path).map_err(|cause| EngineError::Part { path: path.clone(), cause })?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(format!("{name} {}", &hash[..DIGITS]))
    };
    config.files_mut().into_iter().map(version).collect()
}

/// The hash of a file, or of the files of a folder.
fn hash(path: &Path) -> io::Result<String> {
    if !path.is_dir() {
        return sha256_file(path);
    }
    let mut files: Vec<PathBuf> =
        path.read_dir()?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    let hashes = files.iter().map(|path| sha256_file(path)).collect::<io::Result<Vec<_>>>()?;
    Ok(hex(&Sha256::digest(hashes.concat())))
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))[..DIGITS].to_owned()
}
