//! Signing in by OpenID Connect: to the provider, and back from it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use utoipa::IntoParams;

use crate::app::App;
use crate::caller::cookie_of;
use crate::error::{ApiError, ErrorBody};
use crate::extract::Asked;
use crate::oidc::{Person, Provider, Refusal, SIGN_IN_SECONDS};
use crate::routes::session::{cookie, secure};
use crate::sessions::SESSION_SECONDS;
use crate::users::{User, UserError};

/// The cookie that ties a sign-in to the browser that began it.
const SIGN_IN: &str = "clinlink_sign_in";

fn provider(app: &App) -> Result<Arc<Provider>, ApiError> {
    app.oidc.clone().ok_or(ApiError::NotFound("this desk has no OpenID Connect"))
}

/// Sign in by the site's accounts: sends the browser to their provider
#[utoipa::path(get, path = "/oidc/login", tag = "session", security(()),
    responses((status = 303), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn login(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    let (key, url) = provider(&app)?.begin().map_err(|_| ApiError::Internal("no random numbers"))?;
    // Lax: the browser comes back from another site, and must bring it along.
    let cookie = sign_in_cookie(&app, &headers, &key, SIGN_IN_SECONDS);
    redirect(&url, [cookie?])
}

/// What the provider sends back by the browser.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Answer {
    /// What tokens are had for; missing if the provider refuses.
    code: Option<String>,
    /// What the sign-in was begun with.
    #[serde(default)]
    #[param(required = false)]
    state: String,
}

/// Where the provider sends the browser back to: begins a session, or says on the page why not (`/?refused=…`)
#[utoipa::path(get, path = "/oidc/callback", tag = "session", security(()), params(Answer),
    responses((status = 303), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn callback(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(Answer { code, state }): Asked<Answer>,
) -> Result<Response, ApiError> {
    let provider = provider(&app)?;
    let gone = sign_in_cookie(&app, &headers, "", 0)?;
    let key = cookie_of(&headers, SIGN_IN).unwrap_or_default().to_owned();
    let finish = spawn_blocking(move || provider.finish(&key, &state, code)).await;
    let person = finish.map_err(|_| ApiError::Internal("signing in broke off"))?;
    let user = match person {
        Ok(person) => user(&app, &person).await?,
        Err(refusal) => Err(refusal),
    };
    match user {
        Ok(user) => {
            let session = app.database.begin_session(&user.name).await?;
            redirect("/", [gone, cookie(&app, &headers, &session.key, SESSION_SECONDS)?])
        }
        Err(refusal) => {
            tracing::warn!(why = refusal.says(), "sign-in by OpenID Connect refused");
            redirect(&format!("/?refused={}", refusal.name()), [gone])
        }
    }
}

/// The user that a person is here, made at their first sign-in.
async fn user(app: &App, person: &Person) -> Result<Result<User, Refusal>, ApiError> {
    let Person { subject, name, display, role } = person;
    match app.database.user_of_subject(subject, name, display, *role).await {
        Ok(user) if user.active => Ok(Ok(user)),
        Ok(_) => Ok(Err(Refusal::Inactive)),
        Err(UserError::Name(_) | UserError::Exists(_)) => Ok(Err(Refusal::Name)),
        Err(UserError::Database(cause)) => Err(ApiError::Database(cause)),
        Err(_) => Err(ApiError::Internal("a user cannot be made")),
    }
}

fn sign_in_cookie(app: &App, headers: &HeaderMap, key: &str, seconds: i64) -> Result<HeaderValue, ApiError> {
    let secure = secure(app, headers);
    let cookie =
        format!("{SIGN_IN}={key}; HttpOnly; SameSite=Lax; Path=/api/v1/oidc; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&cookie).map_err(|_| ApiError::Internal("a sign-in's key is no header"))
}

fn redirect<const N: usize>(to: &str, cookies: [HeaderValue; N]) -> Result<Response, ApiError> {
    let to = HeaderValue::from_str(to).map_err(|_| ApiError::Internal("an address is no header"))?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
