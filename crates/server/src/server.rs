//! Puts the service together and runs it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use thiserror::Error;
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::OpenApi;

use crate::annotator::annotate_queued;
use crate::app::App;
use crate::database::{Database, DatabaseError};
use crate::engine::Engine;
use crate::error::ApiError;
use crate::oidc::{OidcError, Provider};
use crate::options::ServerOptions;
use crate::routes::{api, page};
use crate::secrets;

/// How long requests in flight may take when the server stops.
const GRACE: Duration = Duration::from_secs(20);
/// How long a client may take over the head of a request.
const HEAD: Duration = Duration::from_secs(15);

/// Why the server cannot run.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database refused a statement.
    #[error("the database refused: {0}")]
    Refused(#[from] sqlx::Error),
    /// It would listen beyond this machine without TLS.
    #[error(
        "{0} is beyond this machine: give --tls-cert and --tls-key, or --insecure-http behind a proxy that has TLS"
    )]
    Insecure(SocketAddr),
    /// Sign-in by OpenID Connect cannot be set up.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// Looking for the OpenID Connect provider broke off.
    #[error("looking for the OpenID Connect provider broke off")]
    OidcBrokeOff,
    /// Certificate or key cannot be used.
    #[error("{cert}: certificate or key cannot be used: {cause}")]
    Tls {
        /// The certificate's file.
        cert: String,
        /// What is wrong.
        cause: io::Error,
    },
    /// The system gives no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
    /// The address cannot be listened on.
    #[error("{address}: cannot listen: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
}

/// A server that is ready to run.
pub struct Server {
    app: App,
    router: Router,
    stop: watch::Sender<bool>,
    handle: Handle<SocketAddr>,
}

impl Server {
    /// A server in which `engine` annotates, or that of the `candidates` which an admin promoted last.
    ///
    /// # Errors
    /// If the database cannot be used, or the options are not safe.
    pub async fn new(
        database: Database,
        engine: Engine,
        candidates: Vec<Engine>,
        options: ServerOptions,
    ) -> Result<Self, ServerError> {
        if options.tls.is_none() && !options.insecure_http && !options.listen.ip().is_loopback() {
            return Err(ServerError::Insecure(options.listen));
        }
        let oidc = match options.oidc.clone() {
            Some(oidc) => {
                let found = spawn_blocking(|| Provider::find(oidc)).await;
                Some(found.map_err(|_| ServerError::OidcBrokeOff)??)
            }
            None => None,
        };
        let engines: Vec<Arc<Engine>> = std::iter::once(engine).chain(candidates).map(Arc::new).collect();
        for engine in &engines {
            database.know_engine(engine).await?;
        }
        let promoted = database.promoted().await?;
        let is_promoted = |engine: &&Arc<Engine>| Some(&engine.id) == promoted.as_ref();
        let live = Arc::clone(engines.iter().find(is_promoted).unwrap_or(&engines[0]));
        if let Some(promoted) = promoted.filter(|promoted| *promoted != live.id) {
            let missing = database.engine_name(&promoted).await?;
            tracing::warn!(
                "the promoted pipeline, {missing}, is not on this server: {} annotates in its place; \
                 start it with --pipeline or --candidate and the promoted one's name, or promote another",
                live.pipeline_version
            );
        }
        let id = secrets::new_id().map_err(ServerError::Random)?;
        let (stop, stopping) = watch::channel(false);
        let app = App::new(id, database, engines, live, oidc, options, stopping);
        let router = router(&app);
        Ok(Self { app, router, stop, handle: Handle::new() })
    }

    /// Stops the server when it is called: it finishes the requests in flight, and puts the episodes that are being
    /// annotated back into the queue.
    pub fn stopper(&self) -> impl FnOnce() + Send + 'static {
        let (stop, handle) = (self.stop.clone(), self.handle.clone());
        move || {
            let _ = stop.send(true);
            handle.graceful_shutdown(Some(GRACE));
        }
    }

    /// The address, once it listens: of port 0 the port that was found. `None` if it cannot listen.
    pub fn listening(&self) -> impl Future<Output = Option<SocketAddr>> + Send + 'static {
        let handle = self.handle.clone();
        async move { handle.listening().await }
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// If it cannot listen, or certificate and key cannot be used.
    pub async fn run(self) -> Result<(), ServerError> {
        let options = &self.app.options;
        let address = options.listen;
        let mut annotators = JoinSet::new();
        for _ in 0..options.annotators {
            annotators.spawn(annotate_queued(self.app.clone()));
        }
        let service = self.router.into_make_service_with_connect_info::<SocketAddr>();
        let listen = |cause| ServerError::Listen { address, cause };
        match &options.tls {
            None => {
                let mut server = axum_server::bind(address).handle(self.handle);
                patient(server.http_builder());
                server.serve(service).await.map_err(listen)?;
            }
            Some(tls) => {
                // Fails only if a provider is installed already, and then there is one.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let config = RustlsConfig::from_pem_file(&tls.cert, &tls.key).await;
                let cert = tls.cert.display().to_string();
                let config = config.map_err(|cause| ServerError::Tls { cert, cause })?;
                let mut server = axum_server::bind_rustls(address, config).handle(self.handle);
                patient(server.http_builder());
                server.serve(service).await.map_err(listen)?;
            }
        }
        let _ = self.stop.send(true);
        annotators.join_all().await;
        self.app.database.close().await;
        Ok(())
    }

    /// The service without a listener, for tests.
    pub fn into_router(self) -> Router {
        self.router
    }
}

/// A client that sends its request one byte a minute holds nothing up.
fn patient(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
}

/// The OpenAPI document of the service, made of its routes.
pub fn openapi() -> OpenApi {
    api().into_openapi()
}

fn router(app: &App) -> Router {
    let (router, document) = api().split_for_parts();
    let document = Arc::new(document);
    router
        .route("/openapi.json", get(move || async move { Json((*document).clone()) }))
        .fallback(get(page))
        .layer(DefaultBodyLimit::max(app.options.body_mib << 20))
        .layer(middleware::from_fn_with_state(app.clone(), bounded))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, app.options.timeout))
        .layer(CatchPanicLayer::custom(|_| ApiError::Internal("the request broke off").into_response()))
        .layer(middleware::from_fn_with_state(app.clone(), watched))
        .with_state(app.clone())
}

/// Only what the page brings with it runs in it; nothing may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The name of a method. A client may invent more of them than a metric should have.
fn known(method: &Method) -> &'static str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS];
    let names = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];
    known.iter().zip(names).find(|(known, _)| *known == method).map_or("other", |(_, name)| name)
}

/// Refuses a body that says itself to be too large before any of it is read: a client that asks first (`Expect:
/// 100-continue`) then sends none of it.
async fn bounded(State(app): State<App>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > app.options.body_mib << 20 => {
            ApiError::TooLarge(app.options.body_mib).into_response()
        }
        _ => next.run(request).await,
    }
}

/// Counts and logs a request, and puts the headers of security on its answer. What is logged is the route, never the
/// path: ids may be patients'.
async fn watched(
    State(app): State<App>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let method = known(request.method());
    let is_api = request.uri().path().starts_with("/api/");
    let route = path.map_or_else(|| "page".to_owned(), |path| path.as_str().to_owned());
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    app.metrics.request(&route, method, status, took);
    tracing::info!(method, route, status, ms = took.as_millis() as u64, "request");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    let resource = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(resource, HeaderValue::from_static("same-origin"));
    if is_api {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if app.options.tls.is_some() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}
