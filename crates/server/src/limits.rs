//! How many costly calls a user may make a minute, whatever sessions and tokens they have.
//!
//! The queue of `/annotate` and `/code` keeps the machine from drowning; this keeps one program from taking it all.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::error::ApiError;

/// The limit of each user.
pub(crate) struct Limits(Option<RateLimiter<String, HashMapStateStore<String>, DefaultClock>>);

impl Limits {
    /// So many calls a minute, which may also come all at once; 0 for no limit.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self(NonZeroU32::new(per_minute).map(|calls| RateLimiter::hashmap(Quota::per_minute(calls))))
    }

    /// Counts a call of `user`.
    ///
    /// # Errors
    /// [`ApiError::Busy`] with the seconds to wait, if they made too many.
    pub(crate) fn count(&self, user: &str) -> Result<(), ApiError> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        // Names of users are few, so nothing is ever forgotten.
        limiter.check_key(&user.to_owned()).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            ApiError::Busy((wait + Duration::from_millis(999)).as_secs().max(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_has_a_limit_of_their_own() {
        let limits = Limits::new(2);
        assert!(limits.count("robot").is_ok() && limits.count("robot").is_ok());
        let Err(ApiError::Busy(seconds)) = limits.count("robot") else { panic!("no limit") };
        assert!((1..=30).contains(&seconds), "{seconds}");
        assert!(limits.count("anna").is_ok());
        let none = Limits::new(0);
        assert!((0..100_000).all(|_| none.count("robot").is_ok()));
    }
}
