//! `clinlink serve` as a process: it is killed and loses nothing, is asked to stop and stops, and logs no text of a note.

#[expect(dead_code, reason = "other tests use the rest of it")]
mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::common::Home;

const PASSWORD: &str = "correct horse battery";

/// A server that is killed when it is dropped.
struct Serve {
    process: Child,
    address: String,
    /// What it says on stderr, when it has ended.
    said: Option<thread::JoinHandle<String>>,
}

impl Serve {
    fn start(home: &Home) -> Self {
        Self::start_with(home, "http", &[])
    }

    fn start_with(home: &Home, scheme: &str, options: &[&str]) -> Self {
        let serve = ["serve", "--pipeline", "dictionary", "--listen", "127.0.0.1:0", "--db", "desk.db"];
        let mut process = home
            .command(&[&serve[..], options].concat())
            .env("RUST_LOG", "debug")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let before = said.len();
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "{said}");
            if let Some((_, rest)) = said[before..].split_once(&format!("review desk at {scheme}://")) {
                break rest.trim_end().trim_end_matches('/').to_owned();
            }
        };
        let rest = thread::spawn(move || {
            lines.read_to_string(&mut said).unwrap();
            said
        });
        Self { process, address, said: Some(rest) }
    }

    fn signal(&self, signal: &str) {
        assert!(
            Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap().success()
        );
    }

    /// Waits for its end; what it said.
    fn ended(mut self) -> (Option<i32>, String) {
        let status = self.process.wait().unwrap();
        (status.code(), self.said.take().unwrap().join().unwrap())
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Someone who is signed in. Sessions outlive the server.
#[derive(Clone, Default)]
struct Client {
    cookie: String,
    csrf: String,
}

impl Client {
    fn sign_in(address: &str, name: &str) -> Self {
        let sign_in = json!({"name": name, "password": PASSWORD});
        let mut answer = ureq::post(format!("http://{address}/api/v1/session")).send_json(sign_in).unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let body: Value = answer.body_mut().read_json().unwrap();
        Self { cookie, csrf: body["csrf"].as_str().unwrap().to_owned() }
    }

    fn get(&self, address: &str, path: &str) -> Result<String, ureq::Error> {
        let request = ureq::get(format!("http://{address}/api/v1{path}")).header("cookie", &self.cookie);
        request.call()?.body_mut().read_to_string()
    }

    fn post(&self, address: &str, path: &str, body: &Value) -> Result<Value, ureq::Error> {
        let request = ureq::post(format!("http://{address}/api/v1{path}")).header("cookie", &self.cookie);
        request.header("x-csrf-token", &self.csrf).send_json(body)?.body_mut().read_json()
    }
}

/// Adds a user to the desk of a home.
fn add_user(home: &Home, name: &str, role: &str) {
    let mut add = home
        .command(&["user", "add", name, "--role", role, "--db", "desk.db"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(add.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(add.wait().unwrap().success());
}

/// A home with the lead lea and one imported note.
fn desk(text: &str) -> Home {
    let home = Home::new();
    add_user(&home, "lea", "lead");
    home.write("stay-1/note.txt", text);
    assert_eq!(home.clinlink(&["import", "stay-1", "--db", "desk.db"]).status(), 0);
    // A second time it is there already.
    assert_eq!(home.clinlink(&["import", "stay-1", "--db", "desk.db"]).status(), 1);
    home
}

fn review(client: &Client, address: &str) -> Value {
    let begun = Instant::now();
    loop {
        let episode: Value = serde_json::from_str(&client.get(address, "/episodes/stay-1").unwrap()).unwrap();
        if episode["review"].is_object() {
            return episode["review"].clone();
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{episode}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The server is killed 20 times while a coder comments as fast as it answers. What it acknowledged is in the log.
#[test]
fn nothing_acknowledged_is_lost_by_kill() {
    let home = desk("Assessment: pneumonia.");
    let mut client = None;
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..20 {
        let server = Serve::start(&home);
        let address = server.address.clone();
        let client = client.get_or_insert_with(|| Client::sign_in(&address, "lea")).clone();
        let (send, receive) = mpsc::channel();
        let coder = thread::spawn(move || {
            let mut now = review(&client, &address);
            let path = format!("/episodes/stay-1/reviews/{}/decisions", now["id"].as_str().unwrap());
            for number in 0.. {
                let text = format!("{round}-{number}");
                let decision =
                    json!({"version": now["version"], "decision": {"kind": "comment", "text": text}});
                match client.post(&address, &path, &decision) {
                    Ok(after) => now = after,
                    Err(_) => return,
                }
                send.send(text).unwrap();
            }
        });
        // At least one is acknowledged, and the moment of the blow differs.
        acknowledged.push(receive.recv_timeout(Duration::from_secs(30)).unwrap());
        thread::sleep(Duration::from_millis(13 * (round % 7)));
        server.signal("-KILL");
        server.ended();
        coder.join().unwrap();
        acknowledged.extend(receive.try_iter());
    }
    let server = Serve::start(&home);
    let log = client.unwrap().get(&server.address, "/exports/log").unwrap();
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let written: Vec<&str> =
        events.iter().filter_map(|event| event["payload"]["decision"]["text"].as_str()).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|text| !written.contains(&text.as_str())).collect();
    assert!(lost.is_empty(), "of {} acknowledged decisions {lost:?} are lost", acknowledged.len());
    let versions: Vec<u64> = events.iter().map(|event| event["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, (0..events.len() as u64).collect::<Vec<_>>());
}

#[test]
fn it_stops_when_it_is_asked_and_logs_no_text_of_a_note() {
    let home = desk("Canary pneumonia <script>canary</script>.");
    let server = Serve::start(&home);
    let client = Client::sign_in(&server.address, "lea");
    let now = review(&client, &server.address);
    let path = format!("/episodes/stay-1/reviews/{}/decisions", now["id"].as_str().unwrap());
    let comment = json!({"version": now["version"], "decision": {"kind": "comment", "text": "canary"}});
    client.post(&server.address, &path, &comment).unwrap();
    client.post(&server.address, &path, &comment).unwrap_err();
    client.post(&server.address, &path, &json!({"canary": "canary"})).unwrap_err();
    client
        .post(&server.address, "/episodes", &json!([{"id": "n", "text": "canary", "date": {"canary": 1}}]))
        .unwrap();
    client.get(&server.address, "/vocabulary/search?q=canary").unwrap();
    server.signal("-TERM");
    let (status, said) = server.ended();
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("/api/v1/episodes/{id}"), "requests are logged: {said}");
    assert!(!said.to_lowercase().contains("canary"), "{said}");
    assert!(!said.contains(PASSWORD) && !said.contains("argon2"), "{said}");
}

/// With a certificate it answers HTTPS, and nothing without it.
#[test]
fn it_speaks_tls_and_nothing_else() {
    let home = desk("Assessment: pneumonia.");
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    home.write("cert.pem", signed.cert.pem());
    home.write("key.pem", signed.signing_key.serialize_pem());
    let server = Serve::start_with(&home, "https", &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let port = server.address.rsplit(':').next().unwrap();
    let health = format!("https://localhost:{port}/health");
    let trusting = |roots: RootCerts| -> ureq::Agent {
        let tls = TlsConfig::builder()
            .root_certs(roots)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()));
        ureq::Agent::config_builder().tls_config(tls.build()).build().into()
    };
    let own = [Certificate::from_der(signed.cert.der()).to_owned()];
    let agent = trusting(RootCerts::new_with_certs(&own));

    let mut answer = agent.get(&health).call().unwrap();
    assert_eq!(answer.body_mut().read_to_string().unwrap(), "ok\n");
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    let sign_in = json!({"name": "lea", "password": PASSWORD});
    let session = agent.post(format!("https://localhost:{port}/api/v1/session")).send_json(sign_in).unwrap();
    let cookie = session.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; Secure"), "{cookie}");

    // Who does not know the certificate does not trust it, and plain HTTP gets no answer.
    trusting(RootCerts::PlatformVerifier).get(&health).call().unwrap_err();
    assert!(ureq::get(format!("http://127.0.0.1:{port}/health")).call().is_err());
    agent.get(&health).call().unwrap();
}

/// Whoever promoted a pipeline takes it to be at work.
#[test]
fn a_promoted_pipeline_that_is_not_on_is_missed() {
    let home = desk("Fever.");
    add_user(&home, "ada", "admin");
    home.write("pipelines/site3/pipeline.toml", "nested = true\n[tag]\nuse = \"dictionary\"\n");
    let run = home.clinlink(&["promote", "site3", "--by", "ada", "--db", "desk.db"]);
    assert_eq!(run.status(), 0, "{}", run.stderr());
    for (options, missed) in [(&[][..], true), (&["--candidate", "site3"], false)] {
        let serve = Serve::start_with(&home, "http", options);
        serve.signal("-TERM");
        let (_, said) = serve.ended();
        let told = said.lines().any(|line| {
            line.contains("WARN")
                && line.contains("the promoted pipeline, site3 ")
                && line.contains("dictionary ")
        });
        assert_eq!(told, missed, "{said}");
    }
}

#[rstest]
#[case("--timeout", "0")]
#[case("--body", "0")]
#[case("--body", "18446744073709551615")]
fn a_limit_that_nothing_passes_is_refused(#[case] option: &str, #[case] value: &str) {
    let home = Home::new();
    let run = home.clinlink(&["serve", "--pipeline", "dictionary", option, value]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains(option), "{}", run.stderr());
}

#[test]
fn beyond_this_machine_it_wants_tls() {
    let home = Home::new();
    let run =
        home.clinlink(&["serve", "--pipeline", "dictionary", "--listen", "0.0.0.0:0", "--db", "desk.db"]);
    assert_eq!(run.status(), 2);
    assert!(run.stderr().contains("--tls-cert"), "{}", run.stderr());
}
