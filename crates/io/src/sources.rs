//! Paths on the command line → the files that hold notes, and the episode that each belongs to.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use walkdir::{DirEntry, WalkDir};

/// Why nothing can be read. Found before the first note is read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A path that does not exist.
    #[error("{}: no such file or folder; check the path", .path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// A folder that cannot be listed.
    #[error("{}: cannot be listed: {cause}", .path.display())]
    Unlistable {
        /// The folder that was named.
        path: PathBuf,
        /// What the file system said.
        cause: io::Error,
    },
    /// A folder that holds no notes, nor does any of its sub-folders.
    #[error(
        "{}: no notes in this folder (files of other kinds: {others}); it needs .txt, .text, .jsonl, .ndjson or .conll files",
        .path.display()
    )]
    NoNotes {
        /// The folder.
        path: PathBuf,
        /// How many files of other kinds it holds.
        others: usize,
    },
    /// Two folders of the same name, whose notes would be taken for one episode.
    #[error(
        "{} and {} both name the episode {episode}; name one folder above both, or rename one",
        .first.display(),
        .second.display()
    )]
    SameEpisode {
        /// The name.
        episode: String,
        /// The first folder.
        first: PathBuf,
        /// The second folder.
        second: PathBuf,
    },
}

/// One file that holds notes.
#[derive(Debug)]
pub(crate) enum Source {
    /// A text file: one note.
    Text { path: PathBuf, id: String, episode: Option<String> },
    /// A CoNLL file: its documents are called by its name and a number.
    Conll { path: PathBuf, name: String, episode: Option<String> },
    /// A JSON-lines file; the episode is that of records that name none.
    JsonLines { path: PathBuf, episode: Option<String> },
    /// JSON lines on standard input.
    Stdin,
    /// What lies in a folder and cannot be looked at: a link to nowhere or to a folder around it, a sub-folder that must
    /// not be listed.
    Unreadable { path: PathBuf, cause: io::Error },
}

/// The sources of a run in reading order.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) sources: Vec<Source>,
    /// Files in folders that hold no notes.
    pub(crate) skipped: Vec<PathBuf>,
    /// The folder of each episode that is named after one.
    folders: BTreeMap<String, PathBuf>,
}

/// What sort of file a name promises.
enum FileKind {
    Text,
    JsonLines,
    Conll,
    Other,
}

/// Lists the files that hold notes.
pub(crate) fn list(paths: &[PathBuf]) -> Result<Listing, ReadError> {
    let mut listing = Listing::default();
    for path in paths {
        if path == Path::new("-") {
            listing.sources.push(Source::Stdin);
        } else if path.is_dir() {
            listing.add_folder(path)?;
        } else if path.exists() {
            listing.add_file(path);
        } else {
            return Err(ReadError::Missing { path: path.clone() });
        }
    }
    Ok(listing)
}

impl Listing {
    fn add_file(&mut self, path: &Path) {
        let path = path.to_owned();
        self.sources.push(match kind_of(&path) {
            FileKind::JsonLines => Source::JsonLines { path, episode: None },
            FileKind::Conll => Source::Conll { name: stem(&path), path, episode: None },
            FileKind::Text | FileKind::Other => Source::Text { id: stem(&path), path, episode: None },
        });
    }

    fn add_folder(&mut self, root: &Path) -> Result<(), ReadError> {
        let before = (self.sources.len(), self.skipped.len());
        let (files, unreadable) = files_of(root)?;
        for file in files {
            let folder = file.parent().unwrap_or(root);
            match kind_of(&file) {
                FileKind::Other if is_standoff(&file) => {}
                FileKind::Other => self.skipped.push(file),
                FileKind::Text => {
                    let episode = self.episode_of(root, folder)?;
                    self.sources.push(Source::Text {
                        id: format!("{episode}/{}", stem(&file)),
                        episode: Some(episode),
                        path: file,
                    });
                }
                FileKind::Conll => {
                    let episode = self.episode_of(root, folder)?;
                    let name = format!("{episode}/{}", stem(&file));
                    self.sources.push(Source::Conll { name, episode: Some(episode), path: file });
                }
                FileKind::JsonLines => {
                    let episode = Some(self.episode_of(root, folder)?);
                    self.sources.push(Source::JsonLines { path: file, episode });
                }
            }
        }
        self.sources.extend(unreadable);
        if self.sources.len() == before.0 {
            return Err(ReadError::NoNotes { path: root.to_owned(), others: self.skipped.len() - before.1 });
        }
        Ok(())
    }

    /// The episode that a folder stands for: its path below `root`, or the name of `root` itself.
    fn episode_of(&mut self, root: &Path, folder: &Path) -> Result<String, ReadError> {
        let full = folder.canonicalize().map_err(|cause| unlistable(root, cause))?;
        let below = folder.strip_prefix(root).unwrap_or(Path::new(""));
        let episode = if below.as_os_str().is_empty() {
            // `.` and `..` have a name only once they are resolved.
            full.file_name().map_or_else(|| "/".to_owned(), lossy)
        } else {
            below.iter().map(lossy).collect::<Vec<_>>().join("/")
        };
        match self.folders.get(&episode) {
            Some(first) if *first != full => {
                Err(ReadError::SameEpisode { episode, first: first.clone(), second: full })
            }
            _ => {
                self.folders.insert(episode.clone(), full);
                Ok(episode)
            }
        }
    }
}

/// All files under `root` that are not hidden: a folder's own files in name order, then its sub-folders. And what cannot be
/// looked at.
fn files_of(root: &Path) -> Result<(Vec<PathBuf>, Vec<Source>), ReadError> {
    let (mut files, mut unreadable) = (Vec::new(), Vec::new());
    for entry in
        WalkDir::new(root).follow_links(true).into_iter().filter_entry(|e| e.depth() == 0 || !hidden(e))
    {
        match entry {
            Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
            Ok(_) => {}
            Err(cause) => match cause.path().filter(|_| cause.depth() > 0).map(Path::to_owned) {
                None => return Err(unlistable(root, cause.into())),
                // Editors leave hidden links to nowhere.
                Some(path) if path.file_name().is_some_and(is_hidden) => {}
                Some(path) => unreadable.push(Source::Unreadable { path, cause: why(cause) }),
            },
        }
    }
    files.sort_by(|a, b| (a.parent(), a.file_name()).cmp(&(b.parent(), b.file_name())));
    Ok((files, unreadable))
}

/// What the file system said, without the path.
fn why(cause: walkdir::Error) -> io::Error {
    let is_loop = cause.loop_ancestor().is_some();
    let cause = if is_loop { None } else { cause.into_io_error() };
    cause.unwrap_or_else(|| io::Error::other("a link to a folder that it lies in"))
}

fn unlistable(root: &Path, cause: io::Error) -> ReadError {
    ReadError::Unlistable { path: root.to_owned(), cause }
}

fn hidden(entry: &DirEntry) -> bool {
    is_hidden(entry.file_name())
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn kind_of(path: &Path) -> FileKind {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("jsonl" | "ndjson") => FileKind::JsonLines,
        Some("txt" | "text") => FileKind::Text,
        Some("conll" | "bio" | "iob") => FileKind::Conll,
        _ => FileKind::Other,
    }
}

/// Whether this is the brat file beside a text.
fn is_standoff(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "ann")
        && ["txt", "text"].iter().any(|e| path.with_extension(e).is_file())
}

/// The name of a file without its extension.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, lossy)
}

fn lossy(name: &OsStr) -> String {
    name.to_string_lossy().into_owned()
}
