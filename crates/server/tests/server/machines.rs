//! Notes in, records out, for programs; and what keeps the server running.

use std::thread;
use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Desk, Store};

#[rstest]
fn notes_are_annotated_and_coded(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    let robot = desk.robot();
    let note = json!({"id": "n1", "text": "Assessment: pneumonia."});
    let annotated = robot.post("/annotate", &note).body;
    assert_eq!(annotated[0]["schema"], "clinlink/annotate/1", "{annotated}");
    assert_eq!(annotated[0]["mentions"][0]["text"], "pneumonia");
    let coded = robot.post("/code", &json!([note, {"id": "n2", "text": 5}])).body;
    let records: Vec<&Value> = coded.as_array().unwrap().iter().collect();
    assert_eq!(records.len(), 2);
    let codes = records.iter().find(|record| record["codes"].is_array()).unwrap();
    assert_eq!(codes["codes"][0]["code"], "J18.9");
    let failed = records.iter().find(|record| record["error"].is_string()).unwrap();
    assert_eq!((&failed["note"], &failed["line"]), (&json!("n2"), &json!(2)));

    let lines: Vec<String> =
        (0..50).map(|n| format!("{{\"id\": \"n{n}\", \"text\": \"No fever.\"}}")).collect();
    let lines = lines.join("\n");
    let answer = robot.send("POST", "/api/v1/annotate", Some(("application/x-ndjson", &lines)));
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    let ids: Vec<Value> = answer
        .body
        .as_str()
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["note"].clone())
        .collect();
    assert_eq!(ids, (0..50).map(|n| json!(format!("n{n}"))).collect::<Vec<_>>());
}

/// Two notes of one id would be one episode, with evidence that nobody can tell apart.
#[rstest]
#[case(&["x", "x", "y"], &["x", "y"], &[2])]
#[case(&["12345678901234567890123", "12345678901234567890124"], &["12345678901234567890123", "12345678901234567890124"], &[])]
fn the_second_note_of_an_id_fails(
    #[values("/annotate", "/code")] path: &str,
    #[case] ids: &[&str],
    #[case] done: &[&str],
    #[case] failed: &[u64],
) {
    let Some(desk) = Desk::start(Store::Sqlite) else { return };
    let written = |id: &&str| if id.parse::<f64>().is_ok() { (*id).to_owned() } else { format!("\"{id}\"") };
    let notes: Vec<String> =
        ids.iter().map(|id| format!("{{\"id\": {}, \"text\": \"Fever.\"}}", written(id))).collect();
    let body = format!("[{}]", notes.join(","));
    let answer = desk.robot().send("POST", &format!("/api/v1{path}"), Some(("application/json", &body)));
    let records = answer.body.as_array().unwrap();
    let (faults, records): (Vec<&Value>, Vec<&Value>) =
        records.iter().partition(|record| record["error"].is_string());
    let named = |record: &&Value| record.get("episode").unwrap_or(&record["note"]).clone();
    assert_eq!(records.iter().map(named).collect::<Vec<_>>(), done);
    assert_eq!(faults.iter().map(|fault| fault["line"].as_u64().unwrap()).collect::<Vec<_>>(), failed);
    assert!(faults.iter().all(|fault| fault["error"].as_str().unwrap().contains("same id")), "{faults:?}");
}

#[rstest]
fn a_full_queue_refuses_and_says_when_to_come_again(#[values(Store::Sqlite)] store: Store) {
    let change = |options: &mut clinlink_server::ServerOptions| {
        options.concurrent = 1;
        options.waiting = 1;
    };
    let Some(desk) = Desk::start_with(store, change) else { return };
    let text = "Assessment: pneumonia, hypertension, fever. ".repeat(4_000);
    let note = json!({"id": "n1", "text": text});
    let answers: Vec<_> = thread::scope(|scope| {
        let calls: Vec<_> = (0..8)
            .map(|_| {
                let (robot, note) = (desk.robot(), &note);
                scope.spawn(move || robot.post("/code", note))
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty() && refused.len() < 8, "{} of 8 refused", refused.len());
    assert!(refused.iter().all(|answer| answer.headers["retry-after"] == "1"));
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 429)));
    thread::sleep(Duration::from_millis(200));
    assert_eq!(desk.robot().post("/code", &json!({"id": "n", "text": "Fever."})).status, 200);
}

#[rstest]
fn who_calls_too_often_waits_and_others_do_not(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start_with(store, |options| options.calls_a_minute = 3) else { return };
    let note = json!({"id": "n1", "text": "Fever."});
    let (robot, anna) = (desk.robot(), desk.user("anna"));
    let paths = ["/code", "/annotate", "/code", "/annotate", "/code"];
    let answers: Vec<_> = paths.iter().map(|path| robot.post(path, &note)).collect();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let wait: u64 = answers[3].headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(answers[3].body["kind"], "busy");
    // Another token or session of the same user does not help; another user has a limit of their own.
    assert_eq!(desk.robot().post("/code", &note).status, 429);
    assert_eq!(anna.post("/code", &note).status, 200);
    assert_eq!(robot.get("/vocabulary/systems").status, 200);
}

#[rstest]
fn health_metrics_and_document(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    let nobody = desk.nobody();
    assert_eq!(nobody.send("GET", "/health", None).status, 200);
    assert_eq!(nobody.send("GET", "/ready", None).status, 200);
    desk.import("canary-7", "Canary fever.");
    let metrics = nobody.send("GET", "/metrics", None).body;
    let metrics = metrics.as_str().unwrap();
    assert!(metrics.contains("clinlink_requests_total{route=\"/api/v1/episodes/{id}\""), "{metrics}");
    assert!(metrics.contains("clinlink_episodes{state=\"ready\"} 1"), "{metrics}");
    assert!(!metrics.to_lowercase().contains("canary"), "{metrics}");
    let document = nobody.send("GET", "/openapi.json", None).body;
    assert!(document["paths"]["/api/v1/episodes/{id}/reviews/{review}/decisions"]["post"].is_object());
    assert_eq!(nobody.send("GET", "/api/v1/none", None).status, 404);
}
