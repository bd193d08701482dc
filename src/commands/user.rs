//! `clinlink user`

use std::io::{IsTerminal, Write, stdin};

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use clinlink_server::{Database, Role};
use console::Term;

use super::serve::{DatabaseName, runtime};
use crate::Outcome;
use crate::output::Output;

#[derive(Subcommand)]
pub enum Command {
    /// Add a user; the password is asked for, or read from stdin
    Add {
        /// 1 to 64 letters, digits or . _ - @
        name: String,
        /// What they may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// The name to show [default: the name]
        #[arg(long)]
        display: Option<String>,
        #[command(flatten)]
        database: DatabaseName,
    },
    /// Give a user another password; it is asked for, or read from stdin
    Password {
        /// The user
        name: String,
        #[command(flatten)]
        database: DatabaseName,
    },
    /// Make a token for a service and print it; it cannot be shown again
    Token {
        /// The service
        name: String,
        /// Make all earlier tokens invalid
        #[arg(long)]
        revoke: bool,
        #[command(flatten)]
        database: DatabaseName,
    },
    /// Let a user who has a password sign in by OpenID Connect, too
    Link {
        /// The user
        name: String,
        /// The provider's address, as given to `clinlink serve --oidc-issuer`
        #[arg(long, value_name = "URL")]
        issuer: String,
        /// What the provider calls the user: the claim `sub`
        #[arg(long, value_name = "SUB")]
        subject: String,
        #[command(flatten)]
        database: DatabaseName,
    },
    /// List the users
    List {
        #[command(flatten)]
        database: DatabaseName,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    /// Reviews episodes that are assigned to them or to nobody
    Coder,
    /// Reviews, assigns, adjudicates, imports and exports every episode
    Lead,
    /// A lead who also keeps users and engines
    Admin,
    /// A program with a token; reviews nothing
    Service,
}

pub fn run(command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Add { name, role, display, database } => add(name, *role, display.as_deref(), database)?,
        Command::Password { name, database } => {
            let password = password()?;
            with(database, async |database| Ok(database.set_password(name, &password).await?))?;
        }
        Command::Token { name, revoke, database } => {
            let token = with(database, async |database| {
                if *revoke {
                    database.revoke_tokens(name).await?;
                }
                Ok(database.add_token(name).await?)
            })?;
            let mut out = Output::open(None)?;
            writeln!(out, "{token}")?;
            out.finish()?;
        }
        Command::Link { name, issuer, subject, database } => {
            with(database, async |database| Ok(database.link_user(name, issuer, subject).await?))?;
        }
        Command::List { database } => {
            let users = with(database, async |database| Ok(database.users().await?))?;
            let mut out = Output::open(None)?;
            for user in users {
                let active = if user.active { "" } else { "  (may not sign in)" };
                writeln!(out, "{:<20} {:<8} {}{active}", user.name, user.role.name(), user.display)?;
            }
            out.finish()?;
        }
    }
    Ok(Outcome::Done)
}

fn add(name: &str, role: RoleName, display: Option<&str>, database: &DatabaseName) -> anyhow::Result<()> {
    let role = match role {
        RoleName::Coder => Role::Coder,
        RoleName::Lead => Role::Lead,
        RoleName::Admin => Role::Admin,
        RoleName::Service => Role::Service,
    };
    let password = if role == Role::Service { None } else { Some(password()?) };
    with(database, async |database| {
        Ok(database.add_user(name, display.unwrap_or(name), role, password.as_deref()).await?)
    })
}

fn with<T>(name: &DatabaseName, work: impl AsyncFnOnce(&Database) -> anyhow::Result<T>) -> anyhow::Result<T> {
    runtime()?.block_on(async {
        let database = Database::open(&name.db).await?;
        let done = work(&database).await?;
        database.close().await;
        Ok(done)
    })
}

/// A password, from a terminal without showing it, else the first line of stdin. Never from the command line, which
/// other users of the machine can read.
fn password() -> anyhow::Result<String> {
    let password = if stdin().is_terminal() {
        let term = Term::stderr();
        term.write_str("Password: ")?;
        let first = term.read_secure_line()?;
        term.write_str("Again: ")?;
        if term.read_secure_line()? != first {
            bail!("the two are not the same");
        }
        first
    } else {
        let mut line = String::new();
        stdin().read_line(&mut line).context("no password on stdin")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.is_empty() {
        bail!("no password: type it, or give it on stdin");
    }
    Ok(password)
}
