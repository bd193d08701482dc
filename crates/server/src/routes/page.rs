//! The page: files built from `web/`, inside the program.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Page;

/// Built files have their hash in their names, and never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASSETS: &str = "assets/";

const NO_PAGE: &str = "The page is not built into this program; the service is at /api/v1.\n";

/// A file of the page; for any other path the page itself, which knows what to show.
pub(crate) async fn page(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return crate::error::ApiError::NotFound("no such route").into_response();
    }
    let (name, file) = match Page::get(path) {
        Some(file) => (path, file),
        // A missing file is missing; only paths of the page's own are answered with the page.
        None if path.starts_with(ASSETS) => return StatusCode::NOT_FOUND.into_response(),
        None => match Page::get("index.html") {
            Some(file) => ("index.html", file),
            None => return (StatusCode::NOT_FOUND, NO_PAGE).into_response(),
        },
    };
    let caching = if name.starts_with(ASSETS) { FOR_EVER } else { "no-cache" };
    let kind = HeaderValue::from_str(file.metadata.mimetype()).ok();
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = Response::new(Body::from(file.data));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}
