use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What code sets are made for at this desk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Claims: principal diagnosis, CC and MCC.
    #[default]
    Billing,
    /// Studies.
    Research,
}

/// Certificate and key, as PEM files.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate, with those between it and the root.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How the desk is run.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// TLS; without it the service speaks plain HTTP.
    pub tls: Option<Tls>,
    /// Whether to listen beyond this machine without TLS, behind a proxy that has it.
    pub insecure_http: bool,
    /// What code sets are made for.
    pub purpose: Purpose,
    /// Threads that annotate episodes in the background.
    pub annotators: usize,
    /// Calls of `/annotate` and `/code` at work at the same time.
    pub concurrent: usize,
    /// Such calls that may wait beside those; more are refused with 429.
    pub waiting: usize,
    /// The largest body of a request, in MiB.
    pub body_mib: usize,
    /// How long a request may take.
    pub timeout: Duration,
}

impl ServerOptions {
    /// The defaults, on `listen`.
    pub fn new(listen: SocketAddr) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            listen,
            tls: None,
            insecure_http: false,
            purpose: Purpose::default(),
            annotators: cores.div_ceil(2),
            concurrent: cores,
            waiting: 4 * cores,
            body_mib: 64,
            timeout: Duration::from_mins(1),
        }
    }
}
