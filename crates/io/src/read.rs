//! Files, folders and standard input → notes, one at a time.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::{fmt, iter};

use clinlink_model::{Mention, Note};

use crate::brat;
use crate::conll;
use crate::json_note::{self, Failed, Mentions};
use crate::raw_lines::{RawLineFault, RawLines};
use crate::record_error::{RecordError, RecordFault};
use crate::sources::{self, ReadError, Source};
use crate::text_note::{self, LIMIT};

/// A note, and the mentions that came with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The note.
    pub note: Note,
    /// The mentions of a JSON record, of a brat file beside the text, or of a CoNLL file, in text order; they may
    /// overlap. `None` for a text file alone and for a record without the field.
    pub given: Option<Vec<Mention>>,
}

/// Reads notes with the mentions that come with them.
///
/// A path is one of:
/// - a `.jsonl` or `.ndjson` file, or `-` for JSON lines on standard input: one note a line. A note without
///   an episode is an episode of its own.
/// - a `.conll`, `.bio` or `.iob` file: documents with the mentions of its last column, each an episode of its own.
/// - any other file: one note, with the mentions of a brat file beside it (`note.ann` beside `note.txt`). It is an episode of its own. Its id is the file's name without extension.
/// - a folder: its `.txt`, `.text`, `.jsonl`, `.ndjson`, `.conll`, `.bio` and `.iob` files belong to the episode of the folder's name, and
///   those of each sub-folder to an episode of the sub-folder's name (`a/b` if it lies deeper). Hidden files are
///   left out, other files are listed by [`Notes::skipped`]. The id of a text file is `episode/name`.
///
/// Files are read in name order, sub-folders after files. Only one file or line is held at a time, and the ids.
///
/// # Errors
/// If a path does not exist, a folder that is named holds no notes or cannot be listed, or two folders have the name of one
/// episode: nothing has been read then. What is wrong with a single note comes as an item of the iterator.
pub fn read_notes(paths: &[PathBuf]) -> Result<Notes, ReadError> {
    Notes::open(paths, Mentions::Read)
}

/// Reads notes as [`read_notes`] does, but passes over the mentions that come with them: [`Input::given`] is
/// `None`, and a record whose mentions are faulty or carry labels that clinlink does not know is read all the
/// same.
///
/// # Errors
/// As [`read_notes`].
pub fn read_texts(paths: &[PathBuf]) -> Result<Notes, ReadError> {
    Notes::open(paths, Mentions::PassOver)
}

/// Reads the note of one JSON object and passes over the mentions that come with it.
///
/// # Errors
/// What is wrong with it, and the note's id if that much could be read.
pub fn read_json_note(object: &[u8]) -> Result<Note, (Option<String>, RecordFault)> {
    json_note::parse(object, None, Mentions::PassOver).map(|input| input.note)
}

/// An iterator over notes, made by [`read_notes`].
pub struct Notes {
    sources: std::vec::IntoIter<Source>,
    skipped: Vec<PathBuf>,
    mentions: Mentions,
    /// The file that is open, and what is left of it.
    open: Option<(PathBuf, Records)>,
    seen: HashSet<String>,
}

/// The notes of one file, each with its line if the file has one note a line.
type Records = Box<dyn Iterator<Item = (Option<u64>, Result<Input, Failed>)> + Send>;

impl Notes {
    fn open(paths: &[PathBuf], mentions: Mentions) -> Result<Self, ReadError> {
        let listing = sources::list(paths)?;
        let (sources, skipped) = (listing.sources.into_iter(), listing.skipped);
        Ok(Self { sources, skipped, mentions, open: None, seen: HashSet::new() })
    }

    /// The files in the folders that are neither text nor JSON lines by their names, and are not read.
    pub fn skipped(&self) -> &[PathBuf] {
        &self.skipped
    }

    /// A second note of the same id is a fault, whatever file it stands in.
    fn unique(&mut self, input: Input) -> Result<Input, Failed> {
        if self.seen.insert(input.note.id().to_owned()) {
            Ok(input)
        } else {
            Err((Some(input.note.id().to_owned()), RecordFault::DuplicateId))
        }
    }
}

impl Iterator for Notes {
    type Item = Result<Input, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((path, records)) = &mut self.open
                && let Some((line, record)) = records.next()
            {
                let path = path.clone();
                let record = record.and_then(|input| self.unique(input));
                return Some(record.map_err(|(id, cause)| RecordError { path, line, id, cause }));
            }
            self.open = Some(open(self.sources.next()?, self.mentions));
        }
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.open.as_ref().map(|(path, _)| path);
        f.debug_struct("Notes").field("open", &open).field("left", &self.sources).finish_non_exhaustive()
    }
}

fn open(source: Source, mentions: Mentions) -> (PathBuf, Records) {
    match source {
        Source::Text { path, id, episode } => {
            let note = text_note::read(&path, &id, episode.as_deref());
            let record =
                note.and_then(|note| with_standoff(&path, note, mentions)).map_err(|e| (Some(id), e));
            (path, Box::new(iter::once((None, record))))
        }
        Source::Conll { path, name, episode } => {
            let records: Records = match text_note::read_file(&path) {
                Ok(text) => Box::new(conll_notes(&text, &name, episode.as_deref(), mentions).into_iter()),
                Err(fault) => Box::new(iter::once((None, Err((None, fault))))),
            };
            (path, records)
        }
        Source::JsonLines { path, episode } => {
            let records: Records = match File::open(&path) {
                Ok(file) => Box::new(json_notes(BufReader::new(file), episode, mentions)),
                Err(e) => Box::new(iter::once((None, Err((None, RecordFault::Unreadable(e)))))),
            };
            (path, records)
        }
        Source::Unreadable { path, cause } => {
            (path, Box::new(iter::once((None, Err((None, RecordFault::Unreadable(cause)))))))
        }
        Source::Stdin => {
            (PathBuf::from("-"), Box::new(json_notes(BufReader::new(io::stdin()), None, mentions)))
        }
    }
}

/// The note of a text file, with the mentions of the brat file beside it.
fn with_standoff(path: &Path, note: Note, mentions: Mentions) -> Result<Input, RecordFault> {
    let standoff = brat::beside(path).filter(|_| mentions == Mentions::Read);
    let given = standoff.map(|standoff| brat::read(&standoff, &note)).transpose()?;
    Ok(Input { note, given })
}

/// The notes of a CoNLL file.
fn conll_notes(
    text: &str,
    name: &str,
    episode: Option<&str>,
    mentions: Mentions,
) -> Vec<(Option<u64>, Result<Input, Failed>)> {
    let input = |(mut note, given): (Note, Vec<Mention>)| {
        note.episode = episode.map(str::to_owned);
        Input { note, given: Some(given).filter(|_| mentions == Mentions::Read) }
    };
    let documents = conll::documents(text, name).into_iter();
    documents.map(|(line, id, read)| (Some(line), read.map(input).map_err(|e| (Some(id), e)))).collect()
}

/// The notes of a JSON-lines stream.
fn json_notes(
    input: impl BufRead,
    episode: Option<String>,
    mentions: Mentions,
) -> impl Iterator<Item = (Option<u64>, Result<Input, Failed>)> {
    RawLines::new(input, LIMIT).map(move |(number, line)| {
        let note = match line {
            Ok(line) => json_note::parse(&line, episode.as_deref(), mentions),
            Err(RawLineFault::TooLong) => Err((None, RecordFault::TooLong { limit: LIMIT })),
            Err(RawLineFault::Unreadable(e)) => Err((None, RecordFault::Unreadable(e))),
        };
        (Some(number), note)
    })
}
