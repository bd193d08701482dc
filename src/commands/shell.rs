//! `clinlink completions` and `clinlink man`

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::output::Output;
use crate::{Cli, Outcome};

/// Prints the completion script of a shell.
pub fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "clinlink", &mut script);
    print(&script)
}

/// Prints the man page.
pub fn man() -> anyhow::Result<Outcome> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    print(&page)
}

fn print(text: &[u8]) -> anyhow::Result<Outcome> {
    let mut out = Output::open(None)?;
    out.write_all(text)?;
    out.finish()?;
    Ok(Outcome::Done)
}
