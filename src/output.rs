//! Where data goes: stdout, a file that appears only when it is complete, or a pipe or device that is there.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

/// A place to write data to.
pub enum Output {
    /// Standard output.
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A file, or a pipe or a device (`/dev/null`), which must not be replaced by a file.
    File {
        /// What it is written to.
        writer: BufWriter<File>,
        /// The name in the end.
        path: PathBuf,
        /// The file under its name until [`finish`](Output::finish); `None` for a pipe or a device.
        part: Option<Part>,
    },
}

/// A file that is not complete. It is removed when it is dropped, or the program interrupted: what it holds may be text of
/// notes.
pub struct Part(PathBuf);

/// The files that are not complete.
static PARTS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn parts() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    PARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Part {
    fn new(path: PathBuf) -> Self {
        static WATCHED: Once = Once::new();
        // Who cannot watch writes all the same.
        WATCHED.call_once(|| drop(remove_when_interrupted()));
        parts().insert(path.clone());
        Self(path)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        parts().remove(&self.0);
        // A complete one has its own name by now.
        let _ = fs::remove_file(&self.0);
    }
}

/// Removes the files that are not complete and ends the program when it is interrupted (Ctrl-C) or told to end.
#[expect(clippy::exit, reason = "a signal ends the program wherever it is")]
fn remove_when_interrupted() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut interrupted, mut told) = {
        let _entered = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    thread::spawn(move || {
        let status = runtime.block_on(async {
            tokio::select! {
                _ = interrupted.recv() => 130,
                _ = told.recv() => 143,
            }
        });
        for part in parts().iter() {
            let _ = fs::remove_file(part);
        }
        std::process::exit(status);
    });
    Ok(())
}

impl Output {
    /// Standard output if `path` is `None`.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        match path {
            Some(path) => Self::file(path, 0o666),
            None => Ok(Self::Stdout(BufWriter::new(io::stdout().lock()))),
        }
    }

    /// A file that only its owner may read, for text of notes that nobody asked to have at this place.
    pub fn private(path: &Path) -> anyhow::Result<Self> {
        Self::file(path, 0o600)
    }

    /// A file of this mode, less what the umask takes away.
    fn file(path: &Path, mode: u32) -> anyhow::Result<Self> {
        let written = || format!("{}: cannot be written", path.display());
        if fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir()) {
            let device = OpenOptions::new().write(true).open(path).with_context(written)?;
            return Ok(Self::File { writer: BufWriter::new(device), path: path.to_owned(), part: None });
        }
        let mut name =
            path.file_name().with_context(|| format!("{}: not a file name", path.display()))?.to_owned();
        name.push(".part");
        let partial = path.with_file_name(name);
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(mode);
        let file =
            options.open(&partial).with_context(|| format!("{}: cannot be written", partial.display()))?;
        let writer = BufWriter::new(file);
        Ok(Self::File { writer, path: path.to_owned(), part: Some(Part::new(partial)) })
    }

    /// Writes out what is buffered and gives a file its name.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.flush()?;
        match self {
            Self::File { path, part: Some(part), .. } => {
                fs::rename(&part.0, &path).with_context(|| format!("{}: cannot be written", path.display()))
            }
            Self::Stdout(_) | Self::File { .. } => Ok(()),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(writer) => writer.write(bytes),
            Self::File { writer, path, .. } => writer.write(bytes).map_err(|cause| named(path, &cause)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(writer) => writer.flush(),
            Self::File { writer, path, .. } => writer.flush().map_err(|cause| named(path, &cause)),
        }
    }
}

/// A fault of a file with its name.
fn named(path: &Path, cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("{}: cannot be written: {cause}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_finished_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let names = || folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name());
        let path = folder.path().join("page.html");
        let mut out = Output::open(Some(&path)).unwrap();
        out.write_all(b"secret").unwrap();
        out.flush().unwrap();
        assert_eq!(names().collect::<Vec<_>>(), ["page.html.part"]);
        drop(out);
        assert_eq!(names().count(), 0);
        let mut out = Output::open(Some(&path)).unwrap();
        out.write_all(b"done").unwrap();
        out.finish().unwrap();
        assert_eq!(names().collect::<Vec<_>>(), ["page.html"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_named() {
        let mut out = Output::open(Some(Path::new("/dev/full"))).unwrap();
        out.write_all(b"x").unwrap();
        let error = format!("{:#}", out.finish().unwrap_err());
        assert!(error.starts_with("/dev/full: cannot be written: "), "{error}");
    }

    #[test]
    fn only_its_owner_may_read_a_private_file() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("decisions.jsonl");
        Output::private(&path).unwrap().finish().unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
