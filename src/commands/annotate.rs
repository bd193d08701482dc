//! `clinlink annotate`

use clinlink_io::{Schema, write_annotated, write_failure};

use super::notes::NotesArgs;
use crate::Outcome;
use crate::home::Home;
use crate::output::Output;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    notes: NotesArgs,
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let notes = &args.notes;
    let pipeline = notes.load(home)?;
    let mut out = Output::open(notes.output.as_deref())?;
    let failures = notes.run(
        &pipeline,
        Schema::Annotate,
        &mut out,
        |out, annotated| Ok(write_annotated(&annotated, out)?),
        |out, failure| Ok(write_failure(&failure, out)?),
    )?;
    out.finish()?;
    Ok(if failures == 0 { Outcome::Done } else { Outcome::SomeFailed })
}
