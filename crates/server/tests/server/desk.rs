//! A review desk that runs, with users and an invented vocabulary, and clients that talk to it.

use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use clinlink_model::{Label, System};
use clinlink_server::{Database, Engine, Role, Server, ServerOptions};
use clinlink_vocab::{Fact, NoteKind, PackBuilder, TermKind};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::postgres::Postgres;

/// Where a desk keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    Sqlite,
    Postgres,
}

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// A desk. Stops when it is dropped.
pub struct Desk {
    pub address: SocketAddr,
    /// The token of the service `robot`.
    pub token: String,
    pub db: String,
    _folder: TempDir,
    stop: Stop,
    server: Option<JoinHandle<()>>,
    _postgres: Option<Postgres>,
}

impl Desk {
    /// A desk with the coders anna and berta, the lead lea, the admin ada and the service robot; `None` if there is no such
    /// store on this machine.
    pub fn start(store: Store) -> Option<Self> {
        Self::start_with(store, |_| {})
    }

    /// The same, with other options.
    pub fn start_with(store: Store, change: impl FnOnce(&mut ServerOptions)) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (postgres, db) = match store {
            Store::Sqlite => (None, folder.path().join("desk.db").display().to_string()),
            Store::Postgres => {
                let postgres = Postgres::start()?;
                let address = postgres.address();
                (Some(postgres), address)
            }
        };
        let engine = engine(folder.path());
        let mut options = ServerOptions::new("127.0.0.1:0".parse().unwrap());
        options.annotators = 1;
        change(&mut options);
        let runtime = Runtime::new().unwrap();
        let token = runtime.block_on(async { add_users(&Database::open(&db).await.unwrap()).await });
        let (address, stop, server) = serve(runtime, &db, engine, options);
        Some(Self { address, token, db, stop, server, _folder: folder, _postgres: postgres })
    }

    /// A second server on the same database.
    pub fn beside(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path());
        let mut options = ServerOptions::new("127.0.0.1:0".parse().unwrap());
        options.annotators = 1;
        let (address, stop, server) = serve(Runtime::new().unwrap(), &self.db, engine, options);
        let (token, db) = (self.token.clone(), self.db.clone());
        Self { address, token, db, stop, server, _folder: folder, _postgres: None }
    }

    /// Changes the database behind the servers' backs; `$1` is the time in so many seconds.
    pub fn sql(&self, statement: &'static str, seconds: u64) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let then = i64::try_from(now.as_secs() + seconds).unwrap();
        let is_postgres = self.db.starts_with("postgres");
        let url = if is_postgres { self.db.clone() } else { format!("sqlite://{}", self.db) };
        Runtime::new().unwrap().block_on(async {
            sqlx::any::install_default_drivers();
            let pool = sqlx::AnyPool::connect(&url).await.unwrap();
            let done = sqlx::query(statement).bind(then).execute(&pool).await.unwrap();
            assert_eq!(done.rows_affected(), 1);
            pool.close().await;
        });
    }

    /// Somebody who is signed in.
    pub fn user(&self, name: &str) -> Client {
        let mut client = self.nobody();
        let session = client.post("/session", &json!({"name": name, "password": PASSWORD}));
        assert_eq!(session.status, 200, "{}", session.body);
        client.cookie = session.cookie;
        session.body["csrf"].as_str().unwrap().clone_into(&mut client.csrf);
        client
    }

    /// Somebody who is not signed in.
    pub fn nobody(&self) -> Client {
        // A connection that idles may be closed by the server while the next request is on its way.
        let config = ureq::Agent::config_builder().max_idle_connections(0);
        let config = config.http_status_as_error(false).max_redirects(0).build();
        Client {
            agent: config.into(),
            base: format!("http://{}", self.address),
            cookie: String::new(),
            csrf: String::new(),
            token: String::new(),
        }
    }

    /// A browser that has a cookie.
    pub fn with_cookie(&self, cookie: String) -> Client {
        Client { cookie, ..self.nobody() }
    }

    /// A program with a token.
    pub fn robot(&self) -> Client {
        Client { token: self.token.clone(), ..self.nobody() }
    }

    /// Imports one note as an episode and waits until it is annotated.
    pub fn import(&self, episode: &str, text: &str) {
        let note = json!([{"id": format!("{episode}-1"), "episode": episode, "text": text}]);
        let imported = self.user("lea").post("/episodes", &note);
        assert_eq!(imported.body["episodes"], 1, "{}", imported.body);
        self.annotated(episode);
    }

    /// Waits until an episode is annotated.
    pub fn annotated(&self, episode: &str) {
        let lea = self.user("lea");
        let begun = Instant::now();
        loop {
            let state = lea.get(&format!("/episodes/{episode}")).body["state"].clone();
            match state.as_str().unwrap() {
                "queued" | "annotating" => {}
                "failed" => panic!("{episode} failed"),
                _ => return,
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{episode} is not annotated");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}

type Stop = Option<Box<dyn FnOnce() + Send>>;

/// Runs a server on a thread of its own; where it listens, and how to stop it.
fn serve(
    runtime: Runtime,
    db: &str,
    engine: Engine,
    options: ServerOptions,
) -> (SocketAddr, Stop, Option<JoinHandle<()>>) {
    let server = runtime.block_on(async {
        let database = Database::open(db).await.unwrap();
        Server::new(database, engine, Vec::new(), options).await.unwrap()
    });
    let (stop, listening) = (server.stopper(), server.listening());
    let (send, receive) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        runtime.spawn(async move { send.send(listening.await.unwrap()).unwrap() });
        runtime.block_on(server.run()).unwrap();
    });
    let address = receive.recv_timeout(Duration::from_secs(20)).unwrap();
    (address, Some(Box::new(stop)), Some(server))
}

async fn add_users(database: &Database) -> String {
    let people = [("anna", Role::Coder), ("berta", Role::Coder), ("lea", Role::Lead), ("ada", Role::Admin)];
    for (name, role) in people {
        database.add_user(name, name, role, Some(PASSWORD)).await.unwrap();
    }
    database.add_user("robot", "robot", Role::Service, None).await.unwrap();
    database.add_token("robot").await.unwrap()
}

/// The dictionary pipeline with a pack of a few codes.
pub fn engine(folder: &Path) -> Engine {
    let pipeline = folder.join("pipeline");
    std::fs::create_dir_all(&pipeline).unwrap();
    std::fs::write(pipeline.join("pipeline.toml"), "[tag]\nuse = \"dictionary\"\n").unwrap();
    let packs = folder.join("packs");
    std::fs::create_dir_all(&packs).unwrap();
    let mut pack = PackBuilder::new();
    let mut code = |code: &str, title: &str, synonym: &str| {
        pack.concept(&System::ICD10CM, code, title, Label::Disease).term(synonym, TermKind::Synonym);
    };
    code("I10", "Essential (primary) hypertension", "hypertension");
    code("I15", "Secondary hypertension", "secondary hypertension");
    code("J18.9", "Pneumonia, unspecified organism", "pneumonia");
    code("R50.9", "Fever, unspecified", "fever");
    code("E11.9", "Type 2 diabetes mellitus without complications", "type 2 diabetes mellitus");
    code("E85.4", "Organ-limited amyloidosis", "organ-limited amyloidosis");
    code("H42", "Glaucoma in diseases classified elsewhere", "amyloid glaucoma");
    pack.concept(&System::ICD10CM, "J18", "Lung troubles, organism not named", Label::Disease)
        .billable(false);
    assert!(pack.select(&System::ICD10CM, "H42"));
    pack.note(NoteKind::CodeFirst, "underlying condition, such as: amyloidosis (E85.-)");
    assert!(pack.select(&System::ICD10CM, "I10"));
    pack.note(NoteKind::Excludes1, "secondary hypertension (I15)");
    assert!(pack.select(&System::ICD10CM, "J18.9"));
    pack.fact(Fact::Severity, "MCC");
    for (drg, title, weight) in
        [("304", "HYPERTENSION WITH MCC", "1.19"), ("305", "HYPERTENSION WITHOUT MCC", "0.7551")]
    {
        pack.heading(&System::MS_DRG, drg, title, Label::Other);
        pack.fact(Fact::Mdc, "05").fact(Fact::DrgType, "MED").fact(Fact::Weight, weight);
    }
    pack.write(&packs.join("default")).unwrap();
    Engine::load("test", &pipeline, &packs, None).unwrap()
}

/// Someone who talks to a desk.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    base: String,
    pub cookie: String,
    pub csrf: String,
    pub token: String,
}

/// What was answered.
/// The client asks before it sends a body of more bytes.
const LARGE: usize = 1 << 20;

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// JSON, or text that is none as a string.
    pub body: Value,
    pub cookie: String,
    pub headers: ureq::http::HeaderMap,
}

impl Client {
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", &format!("/api/v1{path}"), None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", &format!("/api/v1{path}"), Some(("application/json", &body.to_string())))
    }

    /// Any request to any path.
    pub fn send(&self, method: &str, path: &str, body: Option<(&str, &str)>) -> Answer {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        if !self.csrf.is_empty() {
            request = request.header("x-csrf-token", &self.csrf);
        }
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let answer = match body {
            Some((kind, body)) => {
                // A body that is refused unread would break the connection while it is sent.
                if body.len() > LARGE {
                    request = request.header("expect", "100-continue");
                }
                let request = request.header("content-type", kind).body(body.to_owned()).unwrap();
                self.agent.run(request)
            }
            None => self.agent.run(request.body(String::new()).unwrap()),
        };
        let mut answer = answer.unwrap();
        let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
        let text = answer.body_mut().with_config().limit(1 << 30).read_to_string().unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status: answer.status().as_u16(), body, cookie, headers: answer.headers().clone() }
    }

    /// The review of an episode.
    pub fn review(&self, episode: &str) -> Value {
        let answer = self.get(&format!("/episodes/{episode}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["review"].clone()
    }

    /// Decides on a review as it is.
    pub fn decide(&self, review: &Value, decision: &Value) -> Answer {
        let (episode, id) = (review["episode"].as_str().unwrap(), review["id"].as_str().unwrap());
        let path = format!("/episodes/{episode}/reviews/{id}/decisions");
        self.post(&path, &json!({"version": review["version"], "decision": decision}))
    }

    /// The same, which must be taken. Returns the review after it.
    pub fn decided(&self, review: &Value, decision: &Value) -> Value {
        let answer = self.decide(review, decision);
        assert_eq!(answer.status, 200, "{decision}: {}", answer.body);
        answer.body
    }
}

/// A decision about a code of ICD-10-CM.
pub fn on(kind: &str, code: &str) -> Value {
    json!({"kind": kind, "system": "ICD-10-CM", "code": code})
}

/// What a review says of a code.
pub fn code<'r>(review: &'r Value, code: &str) -> &'r Value {
    review["codes"].as_array().unwrap().iter().find(|known| known["code"] == code).unwrap_or(&Value::Null)
}

/// The codes that stand, in order.
pub fn standing(review: &Value) -> Vec<String> {
    let mut codes: Vec<String> =
        review["final"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes
}
