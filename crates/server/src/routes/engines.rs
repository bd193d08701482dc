//! What annotates.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::caller::{Admin, Leader};
use crate::error::{ApiError, ErrorBody};
use crate::extract::At;

/// An engine that is or was in use.
#[derive(Serialize, ToSchema)]
pub(crate) struct KnownEngine {
    id: String,
    pack: String,
    pipeline: String,
    model: String,
    /// When it was first in use, in RFC 3339.
    first_seen: String,
    /// Whether it annotates now.
    live: bool,
    /// Whether it is loaded, and may be promoted.
    loaded: bool,
}

/// The engines that were in use, the earliest first
#[utoipa::path(get, path = "/engines", tag = "engines",
    responses((status = 200, body = Vec<KnownEngine>), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn get(State(app): State<App>, _caller: Leader) -> Result<Json<Vec<KnownEngine>>, ApiError> {
    let live = app.engine();
    let known = app.database.engines().await?.into_iter();
    let engine = |(id, pack, pipeline, model, first_seen): (String, String, String, String, String)| {
        let live = id == live.id;
        let loaded = app.engines.iter().any(|engine| engine.id == id);
        KnownEngine { id, pack, pipeline, model, first_seen, live, loaded }
    };
    Ok(Json(known.map(engine).collect()))
}

/// Let an engine annotate from now on, also after a restart; promoting the one before rolls back
#[utoipa::path(post, path = "/engines/{id}/promote", tag = "engines", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn promote(
    State(app): State<App>,
    caller: Admin,
    At(id): At<String>,
) -> Result<StatusCode, ApiError> {
    let loaded = app.engines.iter().find(|engine| engine.id == id);
    let engine = loaded.ok_or(ApiError::NotFound("no such engine is loaded; serve it as --candidate"))?;
    app.database.promote(&caller.user.name, &engine.id).await?;
    app.set_engine(Arc::clone(engine));
    Ok(StatusCode::NO_CONTENT)
}
