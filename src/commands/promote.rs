//! `clinlink promote`

use anyhow::bail;
use clinlink_server::{Database, Engine, Role};

use super::serve::{DatabaseName, runtime};
use crate::Outcome;
use crate::home::Home;

#[derive(clap::Args)]
pub struct Args {
    /// The pipeline, by name or folder; promoting the one before rolls back
    #[arg(value_name = "NAME")]
    pipeline: String,
    /// The admin who answers for it
    #[arg(long, value_name = "USER")]
    by: String,
    /// The pack of vocabularies, in place of the pipeline's; as given to `clinlink serve`
    #[arg(long, value_name = "NAME")]
    pack: Option<String>,
    #[command(flatten)]
    database: DatabaseName,
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    let (name, packs) = (&args.pipeline, home.packs());
    let engine = Engine::load(name, &home.pipeline(name), &packs, args.pack.as_deref())?;
    runtime()?.block_on(async {
        let database = Database::open(&args.database.db).await?;
        let users = database.users().await?;
        if !users.iter().any(|user| user.name == args.by && user.role == Role::Admin && user.active) {
            bail!("{}: no admin of this review desk", args.by.escape_debug());
        }
        database.promote_engine(&args.by, &engine).await?;
        database.close().await;
        Ok(())
    })?;
    eprintln!("clinlink: promoted; start the review desk with --candidate {name}, or as its --pipeline");
    Ok(Outcome::Done)
}
