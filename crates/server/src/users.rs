//! The users of the review desk, and the tokens of services.

use serde::Serialize;
use sqlx::AssertSqlSafe;
use thiserror::Error;
use utoipa::ToSchema;

use crate::clock;
use crate::database::{Database, Write};
use crate::role::Role;
use crate::secrets::{self, LEAST_PASSWORD, MOST_PASSWORD};

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// The name to sign in with.
    pub name: String,
    /// The name to show.
    pub display: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub active: bool,
}

/// Why a user cannot be added or changed.
#[derive(Debug, Error)]
pub enum UserError {
    /// The name will not do.
    #[error("{0:?}: a name is 1 to 64 letters, digits or . _ - @")]
    Name(String),
    /// The password will not do.
    #[error("a password has at least {LEAST_PASSWORD} characters and at most {MOST_PASSWORD} bytes")]
    Password,
    /// There is such a user already, in the same letters or in others of upper and lower case.
    #[error("{0}: there is such a user already")]
    Exists(String),
    /// There is no such user.
    #[error("{0}: no such user")]
    Unknown(String),
    /// The user cannot be linked to an account.
    #[error("{0}: no such user, or a service, or the account is another user's")]
    Link(String),
    /// Tokens are for services.
    #[error("{0}: tokens are for users of the role service")]
    NotAService(String),
    /// The system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The database refused.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}

type Row = (String, String, String, i64);

fn user((name, display, role, active): Row) -> User {
    // Only names of roles are stored; a service may do least of what others do.
    let role = Role::from_name(&role).unwrap_or(Role::Service);
    User { name, display, role, active: active != 0 }
}

/// What a stored user is made of.
const COLUMNS: &str = "u.name, u.display, u.role, u.active";

impl Database {
    /// Adds a user; one without password signs in otherwise (token, OpenID Connect). Hashes the password on this
    /// thread.
    ///
    /// # Errors
    /// If there is such a user, or name or password will not do.
    pub async fn add_user(
        &self,
        name: &str,
        display: &str,
        role: Role,
        password: Option<&str>,
    ) -> Result<(), UserError> {
        checked_name(name)?;
        let password = password.map(hashed).transpose()?;
        let mut write = self.write().await?;
        not_taken(&mut write, name).await?;
        let done = sqlx::query(
            "INSERT INTO users (name, display, role, password, active, created) VALUES ($1, $2, $3, $4, 1, $5) \
             ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(display)
        .bind(role.name())
        .bind(password)
        .bind(clock::now())
        .execute(&mut *write.tx)
        .await?;
        write.commit().await?;
        if done.rows_affected() == 0 { Err(UserError::Exists(name.to_owned())) } else { Ok(()) }
    }

    /// Gives a user another password and ends their sessions. Hashes the password on this thread.
    ///
    /// # Errors
    /// If there is no such user or the password will not do.
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), UserError> {
        let hash = hashed(password)?;
        let mut write = self.write().await?;
        let update = sqlx::query("UPDATE users SET password = $2 WHERE name = $1").bind(name).bind(hash);
        let found = update.execute(&mut *write.tx).await?.rows_affected();
        sqlx::query("DELETE FROM sessions WHERE user_name = $1").bind(name).execute(&mut *write.tx).await?;
        write.commit().await?;
        if found == 0 { Err(UserError::Unknown(name.to_owned())) } else { Ok(()) }
    }

    /// Changes a user's role and whether they may sign in; who may not is signed out.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn change_user(&self, name: &str, role: Role, active: bool) -> Result<(), UserError> {
        let mut write = self.write().await?;
        let update = sqlx::query("UPDATE users SET role = $2, active = $3 WHERE name = $1");
        let update = update.bind(name).bind(role.name()).bind(i64::from(active));
        let found = update.execute(&mut *write.tx).await?.rows_affected();
        if !active {
            sqlx::query("DELETE FROM sessions WHERE user_name = $1")
                .bind(name)
                .execute(&mut *write.tx)
                .await?;
        }
        write.commit().await?;
        if found == 0 { Err(UserError::Unknown(name.to_owned())) } else { Ok(()) }
    }

    /// All users, by name.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn users(&self) -> Result<Vec<User>, sqlx::Error> {
        let sql = format!("SELECT {COLUMNS} FROM users u ORDER BY u.name");
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(self.read()).await?;
        Ok(rows.into_iter().map(user).collect())
    }

    /// The user that OpenID Connect knows by `subject`, as the provider describes them now; made at their first sign-in, with
    /// no password. A user of that name who is not known by it is another person, and not taken over.
    pub(crate) async fn user_of_subject(
        &self,
        subject: &str,
        name: &str,
        display: &str,
        role: Role,
    ) -> Result<User, UserError> {
        let mut write = self.write().await?;
        let update = "UPDATE users SET display = $2, role = $3 WHERE subject = $1 RETURNING name, active";
        let known: Option<(String, i64)> = sqlx::query_as(update)
            .bind(subject)
            .bind(display)
            .bind(role.name())
            .fetch_optional(&mut *write.tx)
            .await?;
        if let Some((name, active)) = known {
            write.commit().await?;
            return Ok(User { name, display: display.to_owned(), role, active: active != 0 });
        }
        checked_name(name)?;
        not_taken(&mut write, name).await?;
        let insert = "INSERT INTO users (name, display, role, subject, active, created) \
                      VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (name) DO NOTHING";
        let done = sqlx::query(insert)
            .bind(name)
            .bind(display)
            .bind(role.name())
            .bind(subject)
            .bind(clock::now())
            .execute(&mut *write.tx)
            .await?;
        write.commit().await?;
        if done.rows_affected() == 0 {
            return Err(UserError::Exists(name.to_owned()));
        }
        Ok(User { name: name.to_owned(), display: display.to_owned(), role, active: true })
    }

    /// Lets a user who has a password sign in by OpenID Connect, too: as `subject` of `issuer`.
    ///
    /// # Errors
    /// If there is no such user, or it is a service, or another user is known by that.
    pub async fn link_user(&self, name: &str, issuer: &str, subject: &str) -> Result<(), UserError> {
        let mut write = self.write().await?;
        let update = "UPDATE users SET subject = $2 WHERE name = $1 AND role <> 'service' \
                      AND NOT EXISTS (SELECT 1 FROM users WHERE subject = $2 AND name <> $1)";
        let update = sqlx::query(update).bind(name).bind(format!("{issuer} {subject}"));
        let found = update.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        if found == 0 { Err(UserError::Link(name.to_owned())) } else { Ok(()) }
    }

    /// The user of a name.
    pub(crate) async fn user(&self, name: &str) -> Result<Option<User>, sqlx::Error> {
        let sql = format!("SELECT {COLUMNS} FROM users u WHERE u.name = $1");
        let row: Option<Row> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(name).fetch_optional(self.read()).await?;
        Ok(row.map(user))
    }

    /// The hash of an active user's password.
    pub(crate) async fn password(&self, name: &str) -> Result<Option<String>, sqlx::Error> {
        let query = sqlx::query_as("SELECT password FROM users WHERE name = $1 AND active = 1");
        let row: Option<(Option<String>,)> = query.bind(name).fetch_optional(self.read()).await?;
        Ok(row.and_then(|(hash,)| hash))
    }

    /// Makes a token for a service and returns it; it cannot be shown again. Earlier tokens stay valid.
    ///
    /// # Errors
    /// If there is no such user, or it is not a service.
    pub async fn add_token(&self, name: &str) -> Result<String, UserError> {
        let user = self.user(name).await?.ok_or_else(|| UserError::Unknown(name.to_owned()))?;
        if user.role != Role::Service {
            return Err(UserError::NotAService(name.to_owned()));
        }
        let token = secrets::new_secret()?;
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO tokens (hash, user_name, created) VALUES ($1, $2, $3)")
            .bind(secrets::stored(&token))
            .bind(name)
            .bind(clock::now())
            .execute(&mut *write.tx)
            .await?;
        write.commit().await?;
        Ok(token)
    }

    /// Makes all tokens of a service invalid. Returns how many there were.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn revoke_tokens(&self, name: &str) -> Result<u64, UserError> {
        let mut write = self.write().await?;
        let delete = sqlx::query("DELETE FROM tokens WHERE user_name = $1").bind(name);
        let revoked = delete.execute(&mut *write.tx).await?.rows_affected();
        write.commit().await?;
        Ok(revoked)
    }

    /// The active service that a token belongs to.
    pub(crate) async fn user_of_token(&self, token: &str) -> Result<Option<User>, sqlx::Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM tokens t JOIN users u ON u.name = t.user_name WHERE t.hash = $1 AND u.active = 1"
        );
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(secrets::stored(token));
        let row: Option<Row> = query.fetch_optional(self.read()).await?;
        Ok(row.map(user))
    }
}

fn checked_name(name: &str) -> Result<(), UserError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
        return Err(UserError::Name(name.to_owned()));
    }
    Ok(())
}

/// Refuses a name that a user has already. ADA and ada are one person to everyone who reads them.
async fn not_taken(write: &mut Write<'_>, name: &str) -> Result<(), UserError> {
    let query = sqlx::query_as("SELECT name FROM users WHERE LOWER(name) = LOWER($1)").bind(name);
    let taken: Option<(String,)> = query.fetch_optional(&mut *write.tx).await?;
    taken.map_or(Ok(()), |(name,)| Err(UserError::Exists(name)))
}

fn hashed(password: &str) -> Result<String, UserError> {
    let long_enough = password.chars().count() >= LEAST_PASSWORD && password.len() <= MOST_PASSWORD;
    long_enough.then(|| secrets::hash_password(password)).flatten().ok_or(UserError::Password)
}
