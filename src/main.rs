//! The command-line program: notes in, a code set with evidence for every code out.
//!
//! No logic of its own: each subcommand is one file in `commands/` that calls the library crates. stdout is data;
//! progress and diagnostics go to stderr. Exit status: 0 done, 1 done but some notes failed, 2 could not run.

#![expect(clippy::print_stderr, reason = "a command-line program reports on stderr")]

mod commands;
mod home;
mod memory;
mod output;
mod progress;
mod records;

use std::io;
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clinlink_io::WriteError;

use crate::home::Home;

/// Clinical notes in, a code set out in which every code points at the exact words that support it.
#[derive(Parser)]
#[command(name = "clinlink", version, about, arg_required_else_help = true)]
struct Cli {
    /// The folder that holds pipelines/ and vocab/ [default: the nearest one above the current folder or the
    /// program]
    #[arg(long, global = true, env = "CLINLINK_HOME", value_name = "FOLDER")]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Code episodes: a code set with evidence for each
    Code(commands::code::Args),
    /// Compare codes that episodes were given with what their notes support
    Audit(commands::audit::Args),
    /// Annotate notes: mentions with context and links, one JSON object a note
    Annotate(commands::annotate::Args),
    /// Say why a mention is linked as it is
    Explain(commands::explain::Args),
    /// Run the review desk: a web page and a REST service for coders
    Serve(Box<commands::serve::Args>),
    /// Queue notes at a review desk; a running `clinlink serve` annotates them
    Import(commands::import::Args),
    /// Make a pipeline that has learnt from what coders decided, and report what it changes
    Learn(commands::learn::Args),
    /// Let a pipeline annotate at a review desk from its next start on
    Promote(commands::promote::Args),
    /// Add and list the users of a review desk
    #[command(subcommand)]
    User(commands::user::Command),
    /// Fetch, build and search vocabularies
    #[command(subcommand)]
    Vocab(commands::vocab::Command),
    /// Show pipelines
    #[command(subcommand)]
    Pipeline(commands::pipeline::Command),
    /// Measure predictions against gold
    #[command(subcommand)]
    Eval(commands::eval::Command),
    /// Train models
    #[command(subcommand)]
    Train(commands::train::Command),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    Man,
}

/// How a command that ran came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything was done.
    Done,
    /// Some notes failed, or an audit found something; the rest was done.
    SomeFailed,
}

fn main() -> ExitCode {
    memory::share_arenas();
    quiet_panics();
    let cli = Cli::parse();
    match run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(1),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("clinlink: {}", said(&error));
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Outcome> {
    let home = || Home::find(cli.home.as_deref());
    match cli.command {
        Command::Code(args) => commands::code::run(&args, &home()?),
        Command::Audit(args) => commands::audit::run(&args, &home()?),
        Command::Annotate(args) => commands::annotate::run(&args, &home()?),
        Command::Explain(args) => commands::explain::run(&args, &home()?),
        Command::Serve(args) => commands::serve::run(&args, &home()?),
        Command::Import(args) => commands::import::run(&args),
        Command::Learn(args) => commands::learn::run(&args, &home()?),
        Command::Promote(args) => commands::promote::run(&args, &home()?),
        Command::User(command) => commands::user::run(&command),
        Command::Vocab(command) => commands::vocab::run(&command, &home()?),
        Command::Pipeline(command) => commands::pipeline::run(&command, &home()?),
        Command::Eval(command) => commands::eval::run(&command),
        Command::Train(command) => commands::train::run(&command, &home()?),
        Command::Completions { shell } => commands::shell::completions(shell),
        Command::Man => commands::shell::man(),
    }
}

/// An error with its causes. Some say their cause themselves; it is not said twice.
fn said(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.ends_with(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

/// A panic is a defect of ours. Its message may quote the text of a note, so only its place is reported.
fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        eprintln!("clinlink: internal error{place}; please report it");
    }));
}

/// Whoever read our output has had enough: not an error.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io_error = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<WriteError>() {
        Some(WriteError::Io(cause)) => Some(cause.kind()),
        _ => cause.downcast_ref::<io::Error>().map(io::Error::kind),
    };
    error.chain().any(|cause| io_error(cause) == Some(io::ErrorKind::BrokenPipe))
}
