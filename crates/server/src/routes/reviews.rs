//! Deciding.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::caller::{Leader, Reviewer};
use crate::error::{ApiError, ErrorBody};
use crate::extract::{Asked, At, JsonBody};
use crate::review::{Decision, Review};

/// What the caller knows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Known {
    /// The version that the caller has: if it is the last one still, nothing is sent.
    after: Option<i64>,
}

/// A review, without the notes; 204 if its version is still `after`
#[utoipa::path(get, path = "/episodes/{id}/reviews/{review}", tag = "review",
    params(("id" = String, Path), ("review" = String, Path), Known),
    responses((status = 200, body = Review), (status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn get(
    State(app): State<App>,
    caller: Reviewer,
    At((id, review)): At<(String, String)>,
    Asked(Known { after }): Asked<Known>,
) -> Result<Response, ApiError> {
    let (head, row) = app.row_for(&caller.user, &id, &review).await?;
    // Pages ask every few seconds, so this is all that is done for most of them.
    if after.is_some() && after == Some(app.database.version(&row.id).await?) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let loaded = app.load(head, row).await?;
    Ok(Json(app.view(&loaded).await?).into_response())
}

/// A decision, and the version of the review that it was made on.
#[derive(Deserialize, ToSchema)]
pub(crate) struct DecisionRequest {
    version: i64,
    decision: Decision,
}

/// Decide something. 409 with the review as it is now if somebody was quicker
#[utoipa::path(post, path = "/episodes/{id}/reviews/{review}/decisions", tag = "review",
    params(("id" = String, Path), ("review" = String, Path)), request_body = DecisionRequest,
    responses((status = 200, body = Review), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn decide(
    State(app): State<App>,
    caller: Reviewer,
    At((id, review)): At<(String, String)>,
    JsonBody(DecisionRequest { version, decision }): JsonBody<DecisionRequest>,
) -> Result<Json<Review>, ApiError> {
    let loaded = app.review_for(&caller.user, &id, &review).await?;
    Ok(Json(app.decide(&caller.user, loaded, version, decision).await?))
}

/// Why a review is opened again.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Reopening {
    #[schema(min_length = 1, max_length = 4000)]
    reason: String,
}

/// Open a signed review again: a new one, of the next revision; the old one stays as it was
#[utoipa::path(post, path = "/episodes/{id}/reviews/{review}/reopen", tag = "review",
    params(("id" = String, Path), ("review" = String, Path)), request_body = Reopening,
    responses((status = 200, body = Review), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn reopen(
    State(app): State<App>,
    caller: Reviewer,
    At((id, review)): At<(String, String)>,
    JsonBody(Reopening { reason }): JsonBody<Reopening>,
) -> Result<Json<Review>, ApiError> {
    let loaded = app.review_for(&caller.user, &id, &review).await?;
    Ok(Json(app.reopen(&caller.user, loaded, &reason).await?))
}

/// Begin a lead's review of what two coders have signed: what they agree on is decided, the rest is open
#[utoipa::path(post, path = "/episodes/{id}/adjudicate", tag = "review", params(("id" = String, Path)),
    responses((status = 200, body = Review), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn adjudicate(
    State(app): State<App>,
    caller: Leader,
    At(id): At<String>,
) -> Result<Json<Review>, ApiError> {
    let head = app.episode_for(&caller.user, &id).await?;
    Ok(Json(app.adjudicate(&caller.user, head).await?))
}
