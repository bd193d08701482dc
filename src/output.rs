//! Where data goes: stdout, a file that appears only when it is complete, or a pipe or device that is there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A place to write data to.
pub enum Output {
    /// Standard output.
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A pipe or a device (`/dev/null`), which must not be replaced by a file.
    Device(BufWriter<File>),
    /// A file, written under another name until [`finish`](Output::finish).
    File {
        /// What it is written to.
        writer: BufWriter<File>,
        /// The name while it is written.
        partial: PathBuf,
        /// The name in the end.
        path: PathBuf,
    },
}

impl Output {
    /// Standard output if `path` is `None`.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Stdout(BufWriter::new(io::stdout().lock())));
        };
        let written = || format!("{}: cannot be written", path.display());
        if fs::metadata(path).is_ok_and(|known| !known.is_file() && !known.is_dir()) {
            let device = OpenOptions::new().write(true).open(path).with_context(written)?;
            return Ok(Self::Device(BufWriter::new(device)));
        }
        let mut name =
            path.file_name().with_context(|| format!("{}: not a file name", path.display()))?.to_owned();
        name.push(".part");
        let partial = path.with_file_name(name);
        let file =
            File::create(&partial).with_context(|| format!("{}: cannot be written", partial.display()))?;
        Ok(Self::File { writer: BufWriter::new(file), partial, path: path.to_owned() })
    }

    /// Writes out what is buffered and gives a file its name.
    pub fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Stdout(mut writer) => Ok(writer.flush()?),
            Self::Device(mut writer) => Ok(writer.flush()?),
            Self::File { mut writer, partial, path } => {
                writer.flush()?;
                fs::rename(&partial, &path).with_context(|| format!("{}: cannot be written", path.display()))
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(writer) => writer.write(bytes),
            Self::Device(writer) | Self::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(writer) => writer.flush(),
            Self::Device(writer) | Self::File { writer, .. } => writer.flush(),
        }
    }
}
