//! `clinlink import`

use std::path::PathBuf;

use clinlink_io::read_texts;
use clinlink_server::Database;

use super::serve::{DatabaseName, runtime};
use crate::Outcome;

#[derive(clap::Args)]
pub struct Args {
    /// Text files, folders (one an episode), .jsonl files, or - for JSON lines on stdin
    #[arg(required = true, value_name = "NOTES")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    database: DatabaseName,
}

pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut notes = Vec::new();
    let mut failures = 0;
    for input in read_texts(&args.paths)? {
        match input {
            Ok(input) => notes.push(input.note),
            Err(error) => {
                eprintln!("clinlink: {error}");
                failures += 1;
            }
        }
    }
    let imported = runtime()?.block_on(async {
        let database = Database::open(&args.database.db).await?;
        let imported = database.import_episodes(notes).await?;
        database.close().await;
        anyhow::Ok(imported)
    })?;
    for id in &imported.refused {
        eprintln!("clinlink: episode {}: there is one of this id already; passed over", id.escape_debug());
    }
    eprintln!(
        "clinlink: {} episodes with {} notes queued; a running `clinlink serve` annotates them",
        imported.episodes, imported.notes
    );
    let complete = failures == 0 && imported.refused.is_empty();
    Ok(if complete { Outcome::Done } else { Outcome::SomeFailed })
}
