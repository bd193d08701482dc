//! Axum's extractors with our errors. None of them quotes what was sent: serde's own messages do.

use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::ApiError;

/// A body of JSON.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, app).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(json_error(&rejection, app.options.body_mib)),
        }
    }
}

fn json_error(rejection: &JsonRejection, most: usize) -> ApiError {
    let says = match rejection {
        JsonRejection::JsonDataError(_) => "the body lacks a field, or one has a value that it cannot have",
        JsonRejection::JsonSyntaxError(_) => "the body is not JSON",
        JsonRejection::MissingJsonContentType(_) => "the header Content-Type must be application/json",
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => return ApiError::TooLarge(most),
        _ => "the body cannot be read",
    };
    ApiError::Invalid(says.to_owned())
}

/// Why the bytes of a body cannot be taken.
pub(crate) fn bytes_error(rejection: &BytesRejection, most: usize) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::TooLarge(most);
    }
    ApiError::Invalid("the body cannot be read".to_owned())
}

/// The parameters behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(_) => {
                Err(ApiError::Invalid("a parameter is missing or has a value that it cannot have".to_owned()))
            }
        }
    }
}

/// The parameters in the path.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Path::<T>::from_request_parts(parts, app).await {
            Ok(Path(at)) => Ok(Self(at)),
            Err(_) => Err(ApiError::NotFound("no such thing")),
        }
    }
}
