use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::role::Role;

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

/// A provider by whose accounts people sign in, by OpenID Connect.
#[derive(Clone)]
pub struct Oidc {
    /// Its address; its document is at `/.well-known/openid-configuration` below it.
    pub issuer: String,
    /// What it calls this desk.
    pub client_id: String,
    /// What this desk proves itself to it with; a public client has none.
    pub client_secret: Option<String>,
    /// The address by which browsers know this desk.
    pub address: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that has a person's name at this desk.
    pub name_claim: String,
    /// The claim that has their groups: by its name, or a path with dots.
    pub roles_claim: String,
    /// Which groups have which roles. Of several the highest counts.
    pub roles: Vec<(String, Role)>,
}

impl fmt::Debug for Oidc {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.issuer).finish_non_exhaustive()
    }
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
    /// Sign-in by OpenID Connect, beside passwords.
    pub oidc: Option<Oidc>,
    /// What code sets are made for.
    pub purpose: Purpose,
    /// Threads that annotate episodes in the background.
    pub annotators: usize,
    /// Calls of `/annotate` and `/code` at work at the same time.
    pub concurrent: usize,
    /// Such calls that may wait beside those; more are refused with 429.
    pub waiting: usize,
    /// Calls of `/annotate` and `/code` that a user may make a minute; 0 for no limit.
    pub calls_a_minute: u32,
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
            oidc: None,
            purpose: Purpose::default(),
            annotators: cores.div_ceil(2),
            concurrent: cores,
            waiting: 4 * cores,
            calls_a_minute: 1200,
            body_mib: 64,
            timeout: Duration::from_mins(1),
        }
    }
}
