//! `clinlink serve`

mod oidc;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::{ValueEnum, value_parser};
use clinlink_server::{Database, Engine, Purpose, Server, ServerOptions, Tls};
use tokio::signal::unix::{SignalKind, signal};

use self::oidc::OidcArgs;
use crate::Outcome;
use crate::home::Home;
use crate::memory;

#[derive(clap::Args)]
pub struct DatabaseName {
    /// The database: the path of an SQLite file, which is made if it is not there, or a postgres:// address
    #[arg(
        long,
        default_value = "clinlink.db",
        env = "CLINLINK_DB",
        hide_env_values = true,
        value_name = "DB"
    )]
    pub db: String,
}

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    database: DatabaseName,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// The pipeline, by name (`clinlink pipeline show`) or folder
    #[arg(long, default_value = "default", value_name = "NAME")]
    pipeline: String,
    /// A pipeline that an admin may promote to annotate in place of the other; may be given several times
    #[arg(long, value_name = "NAME")]
    candidate: Vec<String>,
    /// The pack of vocabularies, in place of the pipelines'
    #[arg(long, value_name = "NAME")]
    pack: Option<String>,
    /// What code sets are made for at this desk
    #[arg(long, value_enum, default_value_t = For::Billing)]
    purpose: For,
    /// The certificate for TLS, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Listen beyond this machine without TLS: behind a proxy that has it
    #[arg(long)]
    insecure_http: bool,
    /// Threads that annotate episodes in the background [default: half the cores]
    #[arg(long, value_name = "N")]
    annotators: Option<usize>,
    /// Calls of /annotate and /code that may wait; more are refused with 429 [default: four a core]
    #[arg(long, value_name = "N")]
    queue: Option<usize>,
    /// Calls of /annotate and /code that a user or service may make a minute; more are refused with 429; 0 for no limit
    #[arg(long, default_value_t = 1200, value_name = "N")]
    calls: u32,
    /// The largest body of a request, in MiB
    #[arg(long, default_value_t = 64, value_name = "MIB", value_parser = value_parser!(u32).range(1..=1 << 20))]
    body: u32,
    /// How long a request may take, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = value_parser!(u64).range(1..))]
    timeout: u64,
    #[command(flatten)]
    oidc: OidcArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum For {
    /// Claims: principal diagnosis, CC and MCC
    Billing,
    /// Studies
    Research,
}

pub fn run(args: &Args, home: &Home) -> anyhow::Result<Outcome> {
    log_to_stderr();
    let mut options = ServerOptions::new(args.listen);
    options.tls = args.tls_cert.clone().zip(args.tls_key.clone()).map(|(cert, key)| Tls { cert, key });
    options.oidc = args.oidc.provider(args.listen, options.tls.is_some())?;
    options.insecure_http = args.insecure_http;
    options.purpose = match args.purpose {
        For::Billing => Purpose::Billing,
        For::Research => Purpose::Research,
    };
    options.annotators = args.annotators.unwrap_or(options.annotators);
    options.waiting = args.queue.unwrap_or(options.waiting);
    options.calls_a_minute = args.calls;
    options.body_mib = args.body as usize;
    options.timeout = Duration::from_secs(args.timeout);
    let load = |name: &String| Engine::load(name, &home.pipeline(name), &home.packs(), args.pack.as_deref());
    let engine = load(&args.pipeline)?;
    let candidates = args.candidate.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    memory::give_back();
    let runtime = runtime()?;
    let done = runtime.block_on(serve(&args.database.db, engine, candidates, options));
    // An episode that is being annotated went back into the queue; its thread is not waited for.
    runtime.shutdown_background();
    done.map(|()| Outcome::Done)
}

async fn serve(
    db: &str,
    engine: Engine,
    candidates: Vec<Engine>,
    options: ServerOptions,
) -> anyhow::Result<()> {
    let database = Database::open(db).await?;
    let nobody = database.users().await?.is_empty();
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let server = Server::new(database, engine, candidates, options).await?;
    let (listening, stop) = (server.listening(), server.stopper());
    let mut terminate = signal(SignalKind::terminate()).context("signals cannot be caught")?;
    tokio::spawn(async move {
        if let Some(address) = listening.await {
            eprintln!("clinlink: review desk at {scheme}://{address}/");
        }
        if nobody {
            eprintln!(
                "clinlink: there are no users yet: `clinlink user add NAME --role admin`, with the same --db"
            );
        }
    });
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        eprintln!("clinlink: stopping");
        stop();
    });
    Ok(server.run().await?)
}

/// The runtime of the service and of what looks into its database.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().context("no threads")
}

/// Diagnostics go to stderr; `RUST_LOG` says how much.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,clinlink_server=info"));
    // Fails only if there is one already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
