//! Who may do what: every route of the OpenAPI document with every role.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Client, Desk, PASSWORD, Store};

/// What nobody, a coder, a lead, an admin and a service are answered: whether they may.
struct Rule {
    method: &'static str,
    path: &'static str,
    /// Nobody, coder, lead, admin, service.
    may: [bool; 5],
}

const ALL: [bool; 5] = [true; 5];
const SIGNED_IN: [bool; 5] = [false, true, true, true, true];
const REVIEWERS: [bool; 5] = [false, true, true, true, false];
const LEADS: [bool; 5] = [false, false, true, true, false];
const ADMINS: [bool; 5] = [false, false, false, true, false];
const EXCHANGE: [bool; 5] = [false, false, true, true, true];

const fn rule(method: &'static str, path: &'static str, may: [bool; 5]) -> Rule {
    Rule { method, path, may }
}

/// Every route. One that is missing here fails the test.
const RULES: [Rule; 40] = [
    rule("get", "/health", ALL),
    rule("get", "/ready", ALL),
    rule("get", "/metrics", ALL),
    rule("get", "/api/v1/session", SIGNED_IN),
    rule("post", "/api/v1/session", ALL),
    rule("post", "/api/v1/session/password", REVIEWERS),
    rule("get", "/api/v1/oidc/login", ALL),
    rule("get", "/api/v1/oidc/callback", ALL),
    rule("get", "/api/v1/episodes", REVIEWERS),
    rule("post", "/api/v1/episodes", EXCHANGE),
    rule("get", "/api/v1/episodes/{id}", REVIEWERS),
    rule("get", "/api/v1/episodes/{id}/candidates", REVIEWERS),
    rule("post", "/api/v1/episodes/{id}/assign", LEADS),
    rule("post", "/api/v1/episodes/{id}/claim", REVIEWERS),
    rule("post", "/api/v1/episodes/{id}/requeue", LEADS),
    rule("get", "/api/v1/episodes/{id}/reviews/{review}", REVIEWERS),
    rule("post", "/api/v1/episodes/{id}/reviews/{review}/decisions", REVIEWERS),
    rule("post", "/api/v1/episodes/{id}/reviews/{review}/reopen", REVIEWERS),
    rule("post", "/api/v1/episodes/{id}/adjudicate", LEADS),
    rule("get", "/api/v1/episodes/{id}/agreement", LEADS),
    rule("get", "/api/v1/agreement", LEADS),
    rule("get", "/api/v1/vocabulary/systems", SIGNED_IN),
    rule("get", "/api/v1/vocabulary/search", SIGNED_IN),
    rule("get", "/api/v1/vocabulary/{system}/{code}", SIGNED_IN),
    rule("post", "/api/v1/annotate", SIGNED_IN),
    rule("post", "/api/v1/code", SIGNED_IN),
    rule("get", "/api/v1/exports/decisions", EXCHANGE),
    rule("get", "/api/v1/exports/codes", EXCHANGE),
    rule("get", "/api/v1/exports/log", EXCHANGE),
    rule("get", "/api/v1/engines", LEADS),
    rule("post", "/api/v1/engines/{id}/promote", ADMINS),
    rule("get", "/api/v1/users/names", LEADS),
    rule("get", "/api/v1/users", ADMINS),
    rule("post", "/api/v1/users", ADMINS),
    rule("put", "/api/v1/users/{name}", ADMINS),
    rule("post", "/api/v1/users/{name}/token", ADMINS),
    rule("delete", "/api/v1/users/{name}/token", ADMINS),
    // Last, since it signs out.
    rule("delete", "/api/v1/session", SIGNED_IN),
    rule("get", "/openapi.json", ALL),
    rule("get", "/", ALL),
];

fn people(desk: &Desk) -> [Client; 5] {
    [desk.nobody(), desk.user("anna"), desk.user("lea"), desk.user("ada"), desk.robot()]
}

/// What a route is sent; of things that do not exist, so that nothing changes.
fn body(path: &str) -> Value {
    match path {
        "/api/v1/session" => json!({"name": "nobody", "password": "wrong"}),
        "/api/v1/session/password" => json!({"old": "wrong", "new": "also wrong"}),
        "/api/v1/episodes" | "/api/v1/annotate" | "/api/v1/code" => json!([]),
        "/api/v1/users" => json!({"name": "", "role": "coder", "password": PASSWORD}),
        "/api/v1/users/{name}" => json!({"role": "coder", "active": true}),
        path if path.ends_with("/assign") => json!({"coders": []}),
        path if path.ends_with("/decisions") => json!({"version": 0, "decision": {"kind": "undo"}}),
        path if path.ends_with("/reopen") => json!({"reason": "why"}),
        _ => json!({}),
    }
}

fn asked(path: &str) -> String {
    let path = path.replace("{id}", "none").replace("{review}", "none").replace("{name}", "none");
    let path = path.replace("{system}", "ICD-10-CM").replace("{code}", "I10");
    match path.as_str() {
        "/api/v1/vocabulary/search" => format!("{path}?q=fever"),
        "/api/v1/episodes/none/candidates" => format!("{path}?note=n&start_char=0&end_char=1"),
        _ => path,
    }
}

#[test]
fn every_route_is_in_the_table() {
    let document = serde_json::to_value(clinlink_server::openapi()).unwrap();
    let mut routes = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            routes.insert((method.clone(), path.clone()));
        }
    }
    // The document does not hold itself, nor the page.
    let mut table: BTreeSet<(String, String)> =
        RULES.iter().map(|rule| (rule.method.to_owned(), rule.path.to_owned())).collect();
    table.retain(|(_, path)| path != "/openapi.json" && path != "/");
    assert_eq!(routes, table);
}

#[rstest]
fn every_role_may_what_the_table_says(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    let people = people(&desk);
    for rule in &RULES {
        let body = body(rule.path).to_string();
        let sent = (rule.method != "get").then_some(("application/json", body.as_str()));
        for (who, (client, may)) in people.iter().zip(rule.may).enumerate() {
            let answer = client.send(&rule.method.to_uppercase(), &asked(rule.path), sent);
            let refused = match (rule.path, rule.method) {
                // Signing in with a wrong password is refused with the same status.
                ("/api/v1/session", "post") => answer.body["kind"] != "unauthorized",
                _ => matches!(answer.status, 401 | 403),
            };
            let place = format!("{} {} by {who}: {} {}", rule.method, rule.path, answer.status, answer.body);
            assert_eq!(refused, !may, "{place}");
            assert!(answer.status < 500, "{place}");
            if refused && rule.method != "get" {
                let expected = if who == 0 { "unauthorized" } else { "forbidden" };
                assert_eq!(answer.body["kind"], expected, "{place}");
            }
        }
    }
}

#[rstest]
fn a_cookie_alone_changes_nothing(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    let mut lea = desk.user("lea");
    lea.csrf.clear();
    assert_eq!(lea.get("/episodes").status, 200);
    let answer = lea.post("/episodes", &json!([{"id": "n", "text": "fever"}]));
    assert_eq!((answer.status, &answer.body["kind"]), (403, &json!("csrf")));
    "0".repeat(64).clone_into(&mut lea.csrf);
    assert_eq!(lea.post("/episodes", &json!([])).body["kind"], "csrf");
    assert_eq!(lea.send("DELETE", "/api/v1/session", None).body["kind"], "csrf");
    // Another's token is no good either.
    lea.csrf = desk.user("ada").csrf;
    assert_eq!(lea.post("/episodes", &json!([])).body["kind"], "csrf");
}

#[rstest]
fn a_coder_sees_what_is_theirs_or_nobodys(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("free", "Fever.");
    desk.import("annas", "Fever.");
    let (anna, berta, lea) = (desk.user("anna"), desk.user("berta"), desk.user("lea"));
    assert_eq!(lea.post("/episodes/annas/assign", &json!({"coders": ["anna"]})).status, 204);
    let ids = |client: &Client, asked: &str| -> Vec<String> {
        let list = client.get(&format!("/episodes?order=id{asked}")).body;
        let items = list["items"].as_array().unwrap();
        assert_eq!(list["total"], items.len());
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&anna, ""), ["annas", "free"]);
    assert_eq!(ids(&berta, ""), ["free"]);
    assert_eq!(ids(&lea, ""), ["annas", "free"]);
    assert_eq!(ids(&lea, "&assigned=none"), ["free"]);
    assert_eq!(ids(&anna, "&assigned=me"), ["annas"]);
    assert_eq!(ids(&lea, "&q=ANN"), ["annas"]);
    assert_eq!(ids(&lea, "&q=%25"), [""; 0]);
    assert_eq!(ids(&lea, "&state=signed"), [""; 0]);
    assert_eq!(berta.get("/episodes/annas").status, 403);
    assert_eq!(berta.get("/episodes/annas/candidates?note=annas-1&start_char=0&end_char=5").status, 403);
    let review = anna.review("annas");
    assert_eq!(berta.decide(&review, &json!({"kind": "comment", "text": "x"})).status, 403);
    assert_eq!(berta.post("/episodes/annas/claim", &json!({})).status, 409);
    assert_eq!(berta.post("/episodes/free/claim", &json!({})).status, 204);
    assert_eq!(ids(&anna, ""), ["annas"]);
}

#[rstest]
fn sessions_end_and_passwords_are_guessed_in_vain(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    let anna = desk.user("anna");
    let begun = desk.nobody().post("/session", &json!({"name": "anna", "password": PASSWORD}));
    let cookie = begun.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(anna.send("DELETE", "/api/v1/session", None).status, 204);
    assert_eq!(anna.get("/session").status, 401);
    assert_eq!(anna.get("/session").body["oidc"], false);

    let anna = desk.user("anna");
    let new = "another horse battery";
    assert_eq!(anna.post("/session/password", &json!({"old": PASSWORD, "new": "short"})).status, 400);
    assert_eq!(anna.post("/session/password", &json!({"old": PASSWORD, "new": new})).status, 204);
    assert_eq!(anna.get("/session").status, 401, "all sessions end with the password");

    let ada = desk.user("ada");
    assert_eq!(
        ada.send(
            "PUT",
            "/api/v1/users/berta",
            Some(("application/json", r#"{"role": "coder", "active": false}"#))
        )
        .status,
        204
    );
    let berta = desk.nobody().post("/session", &json!({"name": "berta", "password": PASSWORD}));
    assert_eq!(berta.status, 401);

    let guess = || desk.nobody().post("/session", &json!({"name": "lea", "password": "guess"}));
    let answers: Vec<u16> = (0..10).map(|_| guess().status).collect();
    assert_eq!(answers, [401, 401, 401, 401, 401, 401, 401, 401, 429, 429]);
    assert!(guess().headers.contains_key("retry-after"));
    // Now the right one must wait too, but nobody else.
    assert_eq!(desk.nobody().post("/session", &json!({"name": "lea", "password": PASSWORD})).status, 429);
    desk.user("ada");
}

/// Who reads a log or a work list would take the two for one.
#[rstest]
fn names_that_differ_by_case_only_are_one(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    let new = json!({"name": "ADA", "display": "Ada", "role": "coder", "password": PASSWORD});
    let refused = desk.user("ada").post("/users", &new);
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert!(refused.body["error"].as_str().unwrap().starts_with("ada: "), "{}", refused.body);
}
