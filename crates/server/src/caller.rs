//! Who makes a request, and whether they may.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::app::App;
use crate::error::ApiError;
use crate::role::Role;
use crate::secrets;
use crate::users::User;

/// The name of the session's cookie.
pub(crate) const COOKIE: &str = "clinlink_session";
/// The header that a request with a cookie must carry to change anything.
pub(crate) const CSRF: &str = "x-csrf-token";

/// A request's user, who has one of the roles in the set of bits `ROLES`.
#[derive(Debug, Clone)]
pub(crate) struct As<const ROLES: u8> {
    pub(crate) user: User,
    /// The session's CSRF token; `None` for a token of a service.
    pub(crate) csrf: Option<String>,
}

const LEADS: u8 = Role::Lead.bit() | Role::Admin.bit();
/// Who reviews.
pub(crate) type Reviewer = As<{ Role::Coder.bit() | LEADS }>;
/// Who directs the work.
pub(crate) type Leader = As<LEADS>;
/// Who keeps users and engines.
pub(crate) type Admin = As<{ Role::Admin.bit() }>;
/// Who brings notes and takes results: leads, and programs.
pub(crate) type Exchange = As<{ LEADS | Role::Service.bit() }>;
/// Anyone who is signed in, programs too.
pub(crate) type Anyone = As<{ Role::Coder.bit() | LEADS | Role::Service.bit() }>;

impl<const ROLES: u8> FromRequestParts<App> for As<ROLES> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = Self::of(&parts.headers, app).await?;
        if let Some(csrf) = &caller.csrf
            && !parts.method.is_safe()
        {
            let given = parts.headers.get(CSRF).and_then(|value| value.to_str().ok()).unwrap_or_default();
            if !secrets::same(given, csrf) {
                return Err(ApiError::Csrf);
            }
        }
        if caller.user.role.bit() & ROLES == 0 {
            return Err(ApiError::Forbidden("your role does not allow this"));
        }
        Ok(caller)
    }
}

impl<const ROLES: u8> As<ROLES> {
    async fn of(headers: &HeaderMap, app: &App) -> Result<Self, ApiError> {
        if let Some(token) = bearer(headers) {
            let user = app.database.user_of_token(token).await?.ok_or(ApiError::Unauthorized)?;
            return Ok(Self { user, csrf: None });
        }
        let key = session_key(headers).ok_or(ApiError::Unauthorized)?;
        let (user, csrf) = app.database.session(key).await?.ok_or(ApiError::Unauthorized)?;
        Ok(Self { user, csrf: Some(csrf) })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of the session's cookie.
pub(crate) fn session_key(headers: &HeaderMap) -> Option<&str> {
    cookie_of(headers, COOKIE)
}

/// The value of a cookie.
pub(crate) fn cookie_of<'h>(headers: &'h HeaderMap, cookie: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie).map(|(_, value)| value)
}
