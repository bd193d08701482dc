//! The database: SQLite in a file or PostgreSQL, one code path.
//!
//! SQLite runs with a write-ahead log and `synchronous=FULL`: what was committed survives a killed process and a power
//! cut. Statements are plain SQL that both understand, with `$1` for arguments.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyPool, ConnectOptions, Executor, SqlSafeStr, Transaction};
use thiserror::Error;
use tokio::sync::{Mutex, MutexGuard};

use crate::episodes::Proposal;

/// Connections at most. SQLite has one writer at a time anyway.
const CONNECTIONS: u32 = 16;
/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

const SQLITE: &str = include_str!("../migrations/sqlite/0001_review_desk.sql");
const POSTGRES: &str = include_str!("../migrations/postgres/0001_review_desk.sql");
/// The same for both.
const LEASES: &str = include_str!("../migrations/0002_leases.sql");
/// Full: what is acknowledged is on the disk.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA busy_timeout = 10000;";

/// Why the database cannot be used.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// It cannot be opened.
    #[error("{database}: cannot be opened: {cause}")]
    Open {
        /// The database, without user and password.
        database: String,
        /// What the driver said.
        cause: sqlx::Error,
    },
    /// Its tables cannot be brought up to date.
    #[error("{database}: its tables cannot be brought up to date: {cause}")]
    Migrate {
        /// The database, without user and password.
        database: String,
        /// What went wrong.
        cause: sqlx::migrate::MigrateError,
    },
}

/// A pool of connections to the database.
#[derive(Debug)]
pub struct Database {
    pool: AnyPool,
    /// SQLite only: one writer at a time waits here rather than in the driver, in the order of asking.
    writer: Option<Mutex<()>>,
    /// Proposed code sets that were read, by id.
    pub(crate) proposals: std::sync::Mutex<HashMap<String, Arc<Proposal>>>,
}

/// A transaction that writes. Rolled back unless it is committed.
pub(crate) struct Write<'d> {
    pub(crate) tx: Transaction<'static, Any>,
    _turn: Option<MutexGuard<'d, ()>>,
}

impl Database {
    /// Opens the database: a `postgres://` address, or else the path of an SQLite file, which is made if it is not there.
    /// Its tables are brought up to date.
    ///
    /// # Errors
    /// If it cannot be opened, or its tables not brought up to date.
    pub async fn open(name: &str) -> Result<Self, DatabaseError> {
        install_default_drivers();
        let is_postgres = name.starts_with("postgres://") || name.starts_with("postgresql://");
        let url = if is_postgres { name.to_owned() } else { sqlite_url(Path::new(name)) };
        if !is_postgres {
            make_private(Path::new(name));
        }
        let database = shown(name);
        let failed = |cause| DatabaseError::Open { database: database.clone(), cause };
        let options = AnyConnectOptions::from_str(&url).map_err(failed)?;
        // Statements are of no use in a log, and slow ones are told by the metrics.
        let options = options.disable_statement_logging();
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if !is_postgres {
                        connection.execute(PRAGMAS).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(failed)?;
        let sql = if is_postgres { POSTGRES } else { SQLITE };
        let migrations = [(1, "review desk", sql), (2, "leases", LEASES)].map(|(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.to_vec())
            .run(&pool)
            .await
            .map_err(|cause| DatabaseError::Migrate { database, cause })?;
        Ok(Self { pool, writer: (!is_postgres).then(Mutex::default), proposals: std::sync::Mutex::default() })
    }

    /// For statements that read.
    pub(crate) fn read(&self) -> &AnyPool {
        &self.pool
    }

    /// Begins a transaction that writes.
    pub(crate) async fn write(&self) -> Result<Write<'_>, sqlx::Error> {
        let turn = match &self.writer {
            Some(writer) => Some(writer.lock().await),
            None => None,
        };
        let tx = if self.writer.is_some() {
            // Another process may write too, and an upgrade in the middle of a transaction would fail.
            self.pool.begin_with("BEGIN IMMEDIATE").await?
        } else {
            self.pool.begin().await?
        };
        Ok(Write { tx, _turn: turn })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Write<'_> {
    /// Makes it last.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await
    }
}

/// A count as it is stored.
pub(crate) fn stored(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Makes the file of an SQLite database, if it is not there, so that only its owner may read it: it holds notes, and hashes
/// of passwords. SQLite gives the files beside it (`-wal`, `-shm`) the same permissions. That it cannot be made, SQLite
/// says when it opens it.
fn make_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let _ = options.open(path);
}

/// The address of an SQLite file.
fn sqlite_url(path: &Path) -> String {
    let mut url = String::from("sqlite://");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                url.push(char::from(*byte));
            }
            other => {
                // Writing to a string does not fail.
                let _ = write!(url, "%{other:02X}");
            }
        }
    }
    url.push_str("?mode=rwc");
    url
}

/// The name of a database without user and password.
fn shown(name: &str) -> String {
    let bare = name.split('?').next().unwrap_or(name);
    match (bare.split_once("://"), bare.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        // A password may hold an unquoted "?", and what is left is a piece of it.
        (Some((scheme, _)), None) if name.contains('@') => format!("{scheme}://"),
        _ => bare.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("postgres://me:secret@db:5432/desk", "postgres://db:5432/desk")]
    #[case("postgres://me@db/desk?password=secret", "postgres://db/desk")]
    #[case("postgres://me@db/desk?password=se@cret", "postgres://db/desk")]
    #[case("postgres://me:sec?ret@db/desk", "postgres://")]
    #[case("desk.db", "desk.db")]
    fn passwords_are_not_shown(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(shown(name), expected);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_its_owner_may_read_a_database() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let database = Database::open(&path.display().to_string()).await.unwrap();
        database.add_user("ada", "Ada", crate::role::Role::Admin, None).await.unwrap();
        let mut files: Vec<(String, u32)> = folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
                (entry.file_name().to_string_lossy().into_owned(), mode)
            })
            .collect();
        files.sort();
        let expected = ["desk.db", "desk.db-shm", "desk.db-wal"].map(|name| (name.to_owned(), 0o600));
        assert_eq!(files, expected);
        database.close().await;
    }
}
