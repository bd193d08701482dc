//! Users and tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use crate::app::App;
use crate::caller::{Admin, Leader};
use crate::error::{ApiError, ErrorBody};
use crate::extract::{At, JsonBody};
use crate::role::Role;
use crate::routes::session::user_error;
use crate::users::User;

/// The names of those who may be assigned an episode
#[utoipa::path(get, path = "/users/names", tag = "users",
    responses((status = 200, body = Vec<String>), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn names(State(app): State<App>, _caller: Leader) -> Result<Json<Vec<String>>, ApiError> {
    let users = app.database.users().await?.into_iter();
    let reviews = users.filter(|user| user.active && user.role != Role::Service);
    Ok(Json(reviews.map(|user| user.name).collect()))
}

/// All users
#[utoipa::path(get, path = "/users", tag = "users",
    responses((status = 200, body = Vec<User>), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn get(State(app): State<App>, _caller: Admin) -> Result<Json<Vec<User>>, ApiError> {
    Ok(Json(app.database.users().await?))
}

/// A new user.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewUser {
    /// 1 to 64 letters, digits or . _ - @
    name: String,
    /// The name to show; the name itself if it is left out.
    #[serde(default)]
    display: Option<String>,
    role: Role,
    /// At least 10 characters; a service needs none.
    #[serde(default)]
    password: Option<String>,
}

/// Add a user
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser,
    responses((status = 201), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn post(
    State(app): State<App>,
    _caller: Admin,
    JsonBody(new): JsonBody<NewUser>,
) -> Result<StatusCode, ApiError> {
    if new.password.is_none() && new.role != Role::Service {
        return Err(ApiError::Invalid("a user who is no service needs a password".to_owned()));
    }
    let display = new.display.unwrap_or_else(|| new.name.clone());
    if display.chars().count() > 100 || display.contains('\0') {
        return Err(ApiError::Invalid("the name to show is too long".to_owned()));
    }
    // Hashing takes its time.
    let (handle, database) = (Handle::current(), app.clone());
    let adding = spawn_blocking(move || {
        let database = &database.database;
        handle.block_on(database.add_user(&new.name, &display, new.role, new.password.as_deref()))
    });
    adding.await.map_err(|_| ApiError::Internal("adding broke off"))?.map_err(user_error)?;
    Ok(StatusCode::CREATED)
}

/// What changes of a user.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChangedUser {
    role: Role,
    active: bool,
    /// Another password; it stays as it is if it is left out.
    #[serde(default)]
    password: Option<String>,
}

/// Change a user's role, password, and whether they may sign in
#[utoipa::path(put, path = "/users/{name}", tag = "users", params(("name" = String, Path)),
    request_body = ChangedUser,
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Admin,
    At(name): At<String>,
    JsonBody(changed): JsonBody<ChangedUser>,
) -> Result<StatusCode, ApiError> {
    if name == caller.user.name && (changed.role != Role::Admin || !changed.active) {
        return Err(ApiError::Conflict("an admin cannot shut themselves out".to_owned()));
    }
    app.database.user(&name).await?.ok_or(ApiError::NotFound("no such user"))?;
    let (handle, database) = (Handle::current(), app.clone());
    let changing = spawn_blocking(move || {
        let database = &database.database;
        handle.block_on(async {
            if let Some(password) = &changed.password {
                database.set_password(&name, password).await?;
            }
            database.change_user(&name, changed.role, changed.active).await
        })
    });
    changing.await.map_err(|_| ApiError::Internal("changing broke off"))?.map_err(user_error)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token, shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    token: String,
}

/// Make a token for a service; it is shown this once
#[utoipa::path(post, path = "/users/{name}/token", tag = "users", params(("name" = String, Path)),
    responses((status = 200, body = Token), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn token(
    State(app): State<App>,
    _caller: Admin,
    At(name): At<String>,
) -> Result<Json<Token>, ApiError> {
    Ok(Json(Token { token: app.database.add_token(&name).await.map_err(user_error)? }))
}

/// Make all tokens of a service invalid
#[utoipa::path(delete, path = "/users/{name}/token", tag = "users", params(("name" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn revoke(
    State(app): State<App>,
    _caller: Admin,
    At(name): At<String>,
) -> Result<StatusCode, ApiError> {
    app.database.revoke_tokens(&name).await.map_err(user_error)?;
    Ok(StatusCode::NO_CONTENT)
}
