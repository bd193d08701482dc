//! The REST service. Each file holds the routes of one thing; [`api`] puts them together, and the OpenAPI document is
//! made of what stands beside them.

mod agreement;
mod engines;
mod episode;
mod exports;
mod health;
mod machines;
mod oidc;
mod page;
mod reviews;
mod session;
mod users;
mod vocabulary;
mod work_list;

use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::caller::COOKIE;

pub(crate) use page::page;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "clinlink review desk",
        description = "Coders accept, correct and teach. State is changed with a session's cookie and its X-CSRF-Token, or with a service's token."
    ),
    security(("session" = []), ("token" = []))
)]
struct Document;

/// The routes, with their document.
pub(crate) fn api() -> OpenApiRouter<App> {
    let mut document = Document::openapi();
    let components = document.components.get_or_insert_default();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE)));
    components.add_security_scheme("session", cookie);
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let api = OpenApiRouter::new()
        .routes(routes!(session::get, session::post, session::delete))
        .routes(routes!(session::password))
        .routes(routes!(oidc::login))
        .routes(routes!(oidc::callback))
        .routes(routes!(work_list::get, work_list::post))
        .routes(routes!(work_list::assign))
        .routes(routes!(work_list::claim))
        .routes(routes!(work_list::requeue))
        .routes(routes!(episode::get))
        .routes(routes!(episode::candidates))
        .routes(routes!(reviews::get))
        .routes(routes!(reviews::decide))
        .routes(routes!(reviews::reopen))
        .routes(routes!(reviews::adjudicate))
        .routes(routes!(agreement::of_episode))
        .routes(routes!(agreement::of_all))
        .routes(routes!(vocabulary::systems))
        .routes(routes!(vocabulary::search))
        .routes(routes!(vocabulary::concept))
        .routes(routes!(machines::annotate))
        .routes(routes!(machines::code))
        .routes(routes!(exports::decisions))
        .routes(routes!(exports::codes))
        .routes(routes!(exports::log))
        .routes(routes!(engines::get))
        .routes(routes!(engines::promote))
        .routes(routes!(users::names))
        .routes(routes!(users::get, users::post))
        .routes(routes!(users::change))
        .routes(routes!(users::token, users::revoke));
    OpenApiRouter::with_openapi(document)
        .nest("/api/v1", api)
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}
