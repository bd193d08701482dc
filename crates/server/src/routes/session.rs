//! Signing in and out.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use crate::app::App;
use crate::caller::{Anyone, COOKIE, Reviewer, session_key};
use crate::error::{ApiError, ErrorBody};
use crate::extract::JsonBody;
use crate::options::Purpose;
use crate::role::Role;
use crate::secrets::{self, MOST_PASSWORD};
use crate::sessions::SESSION_SECONDS;
use crate::users::{User, UserError};

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    user: SessionUser,
    /// What requests that change something must carry as X-CSRF-Token.
    csrf: String,
    purpose: Purpose,
}

/// A signed-in user.
#[derive(Serialize, ToSchema)]
struct SessionUser {
    name: String,
    display: String,
    role: Role,
}

/// Nobody is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedOut {
    error: String,
    kind: &'static str,
    /// Whether one may sign in by OpenID Connect.
    oidc: bool,
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SignIn {
    name: String,
    password: String,
}

/// The old and the new password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewPassword {
    old: String,
    /// At least 10 characters.
    new: String,
}

fn view(app: &App, user: User, csrf: String) -> SessionView {
    let User { name, display, role, .. } = user;
    SessionView { user: SessionUser { name, display, role }, csrf, purpose: app.options.purpose }
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = SignedOut), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Result<Anyone, ApiError>,
) -> Result<Response, ApiError> {
    match caller {
        Ok(caller) => {
            let csrf = caller.csrf.unwrap_or_default();
            Ok(Json(view(&app, caller.user, csrf)).into_response())
        }
        Err(ApiError::Unauthorized) => {
            let error = ApiError::Unauthorized.to_string();
            let body = SignedOut { error, kind: "unauthorized", oidc: app.oidc.is_some() };
            Ok((StatusCode::UNAUTHORIZED, Json(body)).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The address that a request comes from, where the server knows it.
pub(crate) struct Peer(Option<String>);

impl FromRequestParts<App> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(peer.map(|ConnectInfo(address)| address.ip().to_string())))
    }
}

/// Sign in
#[utoipa::path(post, path = "/session", tag = "session", security(()), request_body = SignIn,
    responses((status = 200, body = SessionView), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn post(
    State(app): State<App>,
    Peer(peer): Peer,
    headers: HeaderMap,
    JsonBody(SignIn { name, password }): JsonBody<SignIn>,
) -> Result<Response, ApiError> {
    // The name alone would let anybody lock a user out: it counts together with the address.
    let peer = peer.unwrap_or_default();
    let keys = [format!("{name} {peer}")];
    if let Some(seconds) = app.failures.wait(&keys) {
        return Err(ApiError::Busy(seconds));
    }
    if name.len() > 64 || password.len() > MOST_PASSWORD {
        return Err(ApiError::WrongPassword);
    }
    if !is_password(&app, &name, password).await? {
        app.failures.note(&keys);
        return Err(ApiError::WrongPassword);
    }
    app.failures.forget(&keys[0]);
    let user = app.database.user(&name).await?.ok_or(ApiError::Unauthorized)?;
    begin(&app, &headers, user).await
}

/// Whether a user has a password.
async fn is_password(app: &App, name: &str, password: String) -> Result<bool, ApiError> {
    let hash = app.database.password(name).await?;
    let _turn = app.hashing.acquire().await.map_err(|_| ApiError::Stopping)?;
    let right = spawn_blocking(move || secrets::is_password(&password, hash.as_deref())).await;
    right.map_err(|_| ApiError::Internal("checking the password broke off"))
}

/// Begins a session and hands out its cookie.
async fn begin(app: &App, headers: &HeaderMap, user: User) -> Result<Response, ApiError> {
    let session = app.database.begin_session(&user.name).await?;
    let mut response = Json(view(app, user, session.csrf)).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(app, headers, &session.key, SESSION_SECONDS)?);
    Ok(response)
}

/// What a cookie needs where there is TLS.
pub(super) fn secure(app: &App, headers: &HeaderMap) -> &'static str {
    // A proxy with TLS says so. Who says so without one shuts only themselves out.
    let behind_tls = headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    if app.options.tls.is_some() || behind_tls { "; Secure" } else { "" }
}

/// The session's cookie; one that lasts 0 seconds takes it away.
pub(super) fn cookie(
    app: &App,
    headers: &HeaderMap,
    key: &str,
    seconds: i64,
) -> Result<HeaderValue, ApiError> {
    let secure = secure(app, headers);
    let cookie = format!("{COOKIE}={key}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&cookie).map_err(|_| ApiError::Internal("a session's key is no header"))
}

/// Sign out
#[utoipa::path(delete, path = "/session", tag = "session",
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn delete(
    State(app): State<App>,
    _caller: Anyone,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(key) = session_key(&headers) {
        app.database.end_session(key).await?;
    }
    let gone = cookie(&app, &headers, "", 0)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Change one's own password; signs out everywhere else, and here
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = NewPassword,
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn password(
    State(app): State<App>,
    caller: Reviewer,
    JsonBody(NewPassword { old, new }): JsonBody<NewPassword>,
) -> Result<StatusCode, ApiError> {
    let name = caller.user.name;
    let keys = [format!("{name} password")];
    if let Some(seconds) = app.failures.wait(&keys) {
        return Err(ApiError::Busy(seconds));
    }
    if old.len() > MOST_PASSWORD {
        return Err(ApiError::Invalid("the old password is wrong".to_owned()));
    }
    if !is_password(&app, &name, old).await? {
        app.failures.note(&keys);
        return Err(ApiError::Invalid("the old password is wrong".to_owned()));
    }
    app.database.set_password(&name, &new).await.map_err(user_error)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is wrong with a user, as an answer.
pub(crate) fn user_error(error: UserError) -> ApiError {
    match error {
        UserError::Database(cause) => ApiError::Database(cause),
        UserError::Random(_) => ApiError::Internal("no random numbers"),
        UserError::Unknown(_) | UserError::Link(_) => ApiError::NotFound("no such user"),
        UserError::Exists(_) => ApiError::Conflict(error.to_string()),
        UserError::Name(_) | UserError::Password | UserError::NotAService(_) => {
            ApiError::Invalid(error.to_string())
        }
    }
}
