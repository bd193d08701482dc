//! Who is signed in.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;
use crate::database::Database;
use crate::error::ApiError;
use crate::role::Role;
use crate::secrets;
use crate::users::User;

/// How long a session lasts, in seconds: a shift.
pub(crate) const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// A session that has just begun.
pub(crate) struct NewSession {
    /// The cookie's value.
    pub(crate) key: String,
    /// What requests that change something must carry.
    pub(crate) csrf: String,
}

impl Database {
    /// Begins a session.
    pub(crate) async fn begin_session(&self, name: &str) -> Result<NewSession, ApiError> {
        let random = |_| ApiError::Internal("no random numbers");
        let session = NewSession {
            key: secrets::new_secret().map_err(random)?,
            csrf: secrets::new_secret().map_err(random)?,
        };
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM sessions WHERE expires < $1")
            .bind(clock::seconds())
            .execute(&mut *write.tx)
            .await?;
        sqlx::query("INSERT INTO sessions (hash, user_name, csrf, expires) VALUES ($1, $2, $3, $4)")
            .bind(secrets::stored(&session.key))
            .bind(name)
            .bind(&session.csrf)
            .bind(clock::seconds() + SESSION_SECONDS)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await?;
        Ok(session)
    }

    /// Ends a session.
    pub(crate) async fn end_session(&self, key: &str) -> Result<(), ApiError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM sessions WHERE hash = $1")
            .bind(secrets::stored(key))
            .execute(&mut *write.tx)
            .await?;
        Ok(write.commit().await?)
    }

    /// The user of a session, and its CSRF token.
    pub(crate) async fn session(&self, key: &str) -> Result<Option<(User, String)>, sqlx::Error> {
        let row: Option<(String, String, String, String)> = sqlx::query_as(
            "SELECT u.name, u.display, u.role, s.csrf FROM sessions s JOIN users u ON u.name = s.user_name \
             WHERE s.hash = $1 AND s.expires >= $2 AND u.active = 1",
        )
        .bind(secrets::stored(key))
        .bind(clock::seconds())
        .fetch_optional(self.read())
        .await?;
        Ok(row.and_then(|(name, display, role, csrf)| {
            Some((User { name, display, role: Role::from_name(&role)?, active: true }, csrf))
        }))
    }
}

/// Failed sign-ins, by a name and an address together, and failed changes of a password, by name.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<HashMap<String, (u32, Instant)>>);

/// Failures that a key has free.
const FREE: u32 = 8;
/// After how long they are forgotten.
const FORGOTTEN: Duration = Duration::from_mins(5);
/// Keys kept at most; the oldest goes first.
const KEPT: usize = 10_000;

impl Failures {
    /// How many seconds to wait before another try with any of these keys; `None` if it may be made now.
    pub(crate) fn wait(&self, keys: &[String]) -> Option<u64> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = keys.iter().filter_map(|key| {
            let (count, last) = failures.get(key)?;
            (*count >= FREE)
                .then(|| FORGOTTEN.saturating_sub(last.elapsed()).as_secs())
                .filter(|left| *left > 0)
        });
        left.max()
    }

    /// Notes a failure.
    pub(crate) fn note(&self, keys: &[String]) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if failures.len() >= KEPT && !failures.contains_key(key) {
                failures.retain(|_, (_, last)| last.elapsed() < FORGOTTEN);
                if failures.len() >= KEPT {
                    let oldest =
                        failures.iter().min_by_key(|(_, (_, last))| *last).map(|(key, _)| key.clone());
                    oldest.map(|key| failures.remove(&key));
                }
            }
            let (count, last) = failures.entry(key.clone()).or_insert((0, Instant::now()));
            *count = if last.elapsed() < FORGOTTEN { *count + 1 } else { 1 };
            *last = Instant::now();
        }
    }

    /// Forgets the failures of a key: it has signed in.
    pub(crate) fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_failed_too_often_must_wait_and_others_need_not() {
        let failures = Failures::default();
        let anna = [String::from("anna")];
        for _ in 0..FREE {
            assert_eq!(failures.wait(&anna), None);
            failures.note(&anna);
        }
        assert!(failures.wait(&anna).is_some());
        assert_eq!(failures.wait(&["berta".to_owned()]), None);
        failures.forget("anna");
        assert_eq!(failures.wait(&anna), None);
    }

    #[test]
    fn many_failures_of_others_open_no_door() {
        let failures = Failures::default();
        failures.note(&["oldest".to_owned()]);
        let anna = [String::from("anna")];
        (0..FREE).for_each(|_| failures.note(&anna));
        for other in 0..KEPT - 1 {
            failures.note(&[other.to_string()]);
        }
        assert!(failures.wait(&anna).is_some());
        let kept = failures.0.lock().unwrap();
        assert!(kept.len() == KEPT && !kept.contains_key("oldest"), "{}", kept.len());
    }
}
