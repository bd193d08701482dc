//! The review desk's page in a real browser (`web/tests/desk/`), against `clinlink serve` on a database of its own.
//! `make page` installs what it needs of npm; the browser is Debian's Chromium (`CHROMIUM` names another one).

#![expect(clippy::print_stderr, reason = "says why it is skipped, and what the server says")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

const PASSWORD: &str = "a password for tests";
const USERS: [(&str, &str); 4] = [("anna", "coder"), ("ben", "coder"), ("lena", "lead"), ("ada", "admin")];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What the test needs and this machine lacks.
fn missing() -> Option<String> {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let needed = [
        (root().join(".clinlink/packs/default"), "make vocab"),
        (root().join("web/node_modules/vitest/vitest.mjs"), "make page"),
        (PathBuf::from(chromium), "apt-get install chromium"),
    ];
    if Command::new("node").arg("--version").output().is_err() {
        return Some("node: install Node.js 20.19 or later".to_owned());
    }
    needed
        .into_iter()
        .find(|(path, _)| !path.exists())
        .map(|(path, mend)| format!("{}: {mend}", path.display()))
}

fn clinlink(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_clinlink"));
    program.current_dir(root()).env("CLINLINK_HOME", root()).args(arguments);
    program
}

fn add_user(database: &str, name: &str, role: &str) {
    let mut command = clinlink(&["user", "add", name, "--role", role, "--db", database]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(child.wait().unwrap().success(), "user {name} could not be added");
}

/// A running server; stopped when dropped.
struct Desk {
    child: Child,
    address: String,
}

impl Desk {
    fn start(database: &str, candidate: &str) -> Self {
        // The dictionary's pipeline annotates in moments, and its codes do not change with a model.
        let serve = ["serve", "--listen", "127.0.0.1:0", "--pipeline", "dictionary", "--db", database];
        let serve = [&serve[..], &["--candidate", candidate]].concat();
        // A line for each request would hide the scenario that failed.
        let mut child = clinlink(&serve).env("RUST_LOG", "warn").stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                eprintln!("{line}");
                if let Some((_, address)) = line.split_once("review desk at ") {
                    // Nobody listens any more if the test has given up.
                    let _ = tell.send(address.trim_end_matches('/').to_owned());
                }
            }
        });
        let address = told.recv_timeout(Duration::from_mins(1)).expect("the server says where it listens");
        Self { child, address }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run_scenarios(address: &str, web: &Path) -> bool {
    let mut vitest = Command::new("node");
    vitest
        .current_dir(web)
        .args(["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.desk.config.ts"])
        .env("CLINLINK_DESK", address)
        .env("CLINLINK_DESK_PASSWORD", PASSWORD);
    vitest.status().unwrap().success()
}

#[test]
fn scenarios_of_the_review_desk() {
    if let Some(missing) = missing() {
        eprintln!("skipped: the page is not tried in a browser: {missing}");
        return;
    }
    let folder = TempDir::new().unwrap();
    let database = folder.path().join("desk.db");
    let database = database.to_str().unwrap();
    for (name, role) in USERS {
        add_user(database, name, role);
    }
    // A pipeline that an admin may promote.
    let candidate = folder.path().join("candidate");
    fs::create_dir(&candidate).unwrap();
    fs::write(
        candidate.join("pipeline.toml"),
        "[tag]\nuse = \"dictionary\"\n\n[code]\nuse = \"rules\"\naccept = 0.9\n",
    )
    .unwrap();
    let desk = Desk::start(database, candidate.to_str().unwrap());
    assert!(run_scenarios(&desk.address, &root().join("web")), "see the scenarios that failed above");
}
