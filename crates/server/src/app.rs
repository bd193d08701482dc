use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Notify, Semaphore, watch};

use crate::database::Database;
use crate::engine::Engine;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::oidc::Provider;
use crate::options::ServerOptions;
use crate::sessions::Failures;

/// What all requests share.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// See [`App`].
pub(crate) struct Shared {
    /// Names this server among those that work on the database, by chance.
    pub(crate) id: String,
    pub(crate) database: Database,
    /// The engines that may annotate.
    pub(crate) engines: Vec<Arc<Engine>>,
    live: RwLock<Arc<Engine>>,
    pub(crate) options: ServerOptions,
    pub(crate) metrics: Metrics,
    pub(crate) failures: Failures,
    pub(crate) limits: Limits,
    pub(crate) oidc: Option<Arc<Provider>>,
    /// Calls of `/annotate` and `/code` that are at work or wait.
    pub(crate) admitted: Arc<Semaphore>,
    /// Those at work.
    pub(crate) working: Arc<Semaphore>,
    /// Passwords that are checked at the same time: each takes a core for a while.
    pub(crate) hashing: Semaphore,
    /// Tells the annotators that there is something to do.
    pub(crate) wake: Notify,
    /// Whether the server is stopping.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl App {
    pub(crate) fn new(
        id: String,
        database: Database,
        engines: Vec<Arc<Engine>>,
        live: Arc<Engine>,
        oidc: Option<Provider>,
        options: ServerOptions,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self(Arc::new(Shared {
            id,
            database,
            engines,
            live: RwLock::new(live),
            metrics: Metrics::new(),
            failures: Failures::default(),
            limits: Limits::new(options.calls_a_minute),
            oidc: oidc.map(Arc::new),
            admitted: Arc::new(Semaphore::new(options.concurrent + options.waiting)),
            working: Arc::new(Semaphore::new(options.concurrent)),
            hashing: Semaphore::new(options.concurrent),
            wake: Notify::new(),
            stopping,
            options,
        }))
    }

    /// The engine that annotates now.
    pub(crate) fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets an engine annotate from now on. What is being annotated is finished by the one before.
    pub(crate) fn set_engine(&self, engine: Arc<Engine>) {
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = engine;
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
