//! For those who keep the server running.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::app::App;
use crate::error::{ApiError, ErrorBody};

/// Whether the server runs
#[utoipa::path(get, path = "/health", tag = "operations", security(()), responses((status = 200, body = String)))]
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// Whether it can work: the database answers, and it is not stopping
#[utoipa::path(get, path = "/ready", tag = "operations", security(()),
    responses((status = 200, body = String), (status = 503, body = ErrorBody)))]
pub(crate) async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    sqlx::query("SELECT 1").execute(app.database.read()).await?;
    if *app.stopping.borrow() {
        return Err(ApiError::Stopping);
    }
    Ok("ready\n")
}

/// Counters for Prometheus
#[utoipa::path(get, path = "/metrics", tag = "operations", security(()),
    responses((status = 200, body = String, content_type = "application/openmetrics-text"), (status = 503, body = ErrorBody)))]
pub(crate) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, ApiError> {
    let text = app.metrics.text(&app.database.states().await?);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text))
}
