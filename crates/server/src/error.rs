//! What a request is answered when it cannot be done. No text of a note gets into an error.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

use crate::review::Review;

/// Why a request was not done.
#[derive(Debug, Error)]
pub(crate) enum ApiError {
    #[error("sign in first")]
    Unauthorized,
    #[error("name or password is wrong")]
    WrongPassword,
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("the header X-CSRF-Token is missing or wrong; load the page again")]
    Csrf,
    #[error("{0}")]
    NotFound(&'static str),
    #[error("{0}")]
    Invalid(String),
    #[error("someone else decided in the meantime; look at what changed")]
    Stale(Box<Review>),
    #[error("{0}")]
    Conflict(String),
    #[error("this review is signed off; reopen it to correct it")]
    Signed,
    #[error("too much at once; try again in {0} s")]
    Busy(u64),
    #[error("more than {0} MiB; send it in parts")]
    TooLarge(usize),
    #[error("the server is stopping")]
    Stopping,
    #[error("the database does not answer; try again")]
    Database(#[from] sqlx::Error),
    #[error("{0}; this is a defect of clinlink, please report it")]
    Internal(&'static str),
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// What is wrong, for people.
    pub(crate) error: String,
    /// What is wrong, for programs: `conflict`, `forbidden`, `not_found`, `invalid`, `unauthorized`, `busy`,
    /// `too_large`, `csrf`, `signed`, `unavailable`, `internal`.
    pub(crate) kind: &'static str,
    /// With `conflict`, where a decision came too late: the review as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub(crate) review: Option<Box<Review>>,
}

impl ApiError {
    const fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unauthorized | Self::WrongPassword => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::Csrf => (StatusCode::FORBIDDEN, "csrf"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
            Self::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
            Self::Stale(_) | Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::Signed => (StatusCode::CONFLICT, "signed"),
            Self::Busy(_) => (StatusCode::TOO_MANY_REQUESTS, "busy"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Database(_) | Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, kind) = self.status();
        match &self {
            // The driver's message may hold values; its kind does not.
            Self::Database(cause) => tracing::error!(fault = fault(cause), "database"),
            Self::Internal(what) => tracing::error!(what, "internal"),
            _ => {}
        }
        let wait = if let Self::Busy(seconds) = self { Some(seconds) } else { None };
        let error = self.to_string();
        let review = if let Self::Stale(review) = self { Some(review) } else { None };
        let mut response = (status, Json(ErrorBody { error, kind, review })).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What sort of fault the database reports.
fn fault(cause: &sqlx::Error) -> String {
    match cause {
        sqlx::Error::Database(cause) => format!("{:?} {}", cause.kind(), cause.code().unwrap_or_default()),
        sqlx::Error::PoolTimedOut => "no connection free".to_owned(),
        sqlx::Error::Io(cause) => cause.kind().to_string(),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} has another type"),
        sqlx::Error::ColumnNotFound(name) => format!("no column {name}"),
        _ => "other".to_owned(),
    }
}
