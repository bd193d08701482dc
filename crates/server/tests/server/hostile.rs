//! Notes and requests that mean harm.

use rstest::rstest;
use serde_json::json;

use crate::desk::{Desk, Store, on};

const HOSTILE: &str =
    "<script>alert(1)</script> '; DROP TABLE events; -- hypertension {{7*7}} \u{202e}fever%00";

#[rstest]
fn a_note_is_only_text(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", HOSTILE);
    let anna = desk.user("anna");
    let answer = anna.get("/episodes/stay-1");
    assert_eq!(answer.body["notes"][0]["text"], HOSTILE);
    assert_eq!(answer.headers["content-type"], "application/json");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let review = anna.decided(&answer.body["review"], &json!({"kind": "comment", "text": HOSTILE}));
    assert_eq!(review["comments"][0]["text"], HOSTILE);
    assert_eq!(anna.get("/episodes?q='%3B%20DROP%20TABLE%20events%3B--").body["total"], 0);
    assert_eq!(anna.get("/episodes/'%3B%20DROP%20TABLE%20events%3B--").status, 404);
}

#[rstest]
fn what_cannot_be_taken_is_refused_and_not_quoted(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start_with(store, |options| options.body_mib = 1) else { return };
    desk.import("stay-1", "Assessment: pneumonia.");
    let (anna, lea) = (desk.user("anna"), desk.user("lea"));
    let review = anna.review("stay-1");
    let path = format!("/api/v1/episodes/stay-1/reviews/{}/decisions", review["id"].as_str().unwrap());
    let mut reject = on("reject", "J18.9");
    reject["reason"] = json!("canary");
    let mut misspelt = on("accept", "J18.9");
    misspelt["canary"] = json!(1);
    let mut long = on("add", "I10");
    long["evidence"] = json!([{"note": "stay-1-1", "start_char": 5, "end_char": usize::MAX}]);
    let comment = json!({"kind": "comment", "text": "canary".repeat(1000)});
    let of_no_code =
        json!({"kind": "comment", "text": "why", "code": {"system": "canary", "code": "canary"}});
    let decisions = [
        reject,
        misspelt,
        long,
        comment,
        of_no_code,
        on("accept", "canary"),
        on("add", "I10"),
        json!("canary"),
    ];
    for decision in decisions {
        let body = json!({"version": 0, "decision": decision}).to_string();
        let answer = anna.send("POST", &path, Some(("application/json", &body)));
        assert_eq!((answer.status, &answer.body["kind"]), (400, &json!("invalid")), "{decision}");
        assert!(!answer.body.to_string().contains("canary"), "{}", answer.body);
    }
    for body in ["{", "[1, \"canary\"]", "canary", "[{\"id\": \"n\", \"text\": 5}]"] {
        let answer = lea.send("POST", "/api/v1/episodes", Some(("application/json", body)));
        assert!(answer.status == 400 || !answer.body["failed"].as_array().unwrap().is_empty(), "{body}");
        assert!(!answer.body.to_string().contains("canary"), "{}", answer.body);
    }
    let large = json!([{"id": "n", "text": "x".repeat(2 << 20)}]);
    let answer = lea.post("/episodes", &large);
    assert_eq!((answer.status, &answer.body["kind"]), (413, &json!("too_large")));
    assert_eq!(review["version"], anna.review("stay-1")["version"], "nothing of this was written down");
}

#[rstest]
fn an_import_takes_what_it_can_and_says_what_it_cannot(
    #[values(Store::Sqlite, Store::Postgres)] store: Store,
) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("known", "Fever.");
    let lea = desk.user("lea");
    let lines = concat!(
        "{\"id\": \"a\", \"text\": \"Fever.\", \"episode\": \"e\"}\n",
        "\n",
        "{\"id\": \"a\", \"text\": \"Fever.\", \"episode\": \"e\"}\n",
        "{\"id\": \"b\"}\n",
        "{\"id\": \"c\", \"text\": \"Fever.\", \"episode\": \"known\"}\n",
        "{\"id\": \"d\", \"text\": \"nul \\u0000\"}\n",
        "{\"id\": \"f\", \"text\": \"Pneumonia.\", \"episode\": \"e\", \"chart\": {\"problems\": [\"I10\"]}}\n",
    );
    let answer = lea.send("POST", "/api/v1/episodes", Some(("application/x-ndjson", lines)));
    assert_eq!((&answer.body["episodes"], &answer.body["notes"]), (&json!(1), &json!(2)), "{}", answer.body);
    let failed = answer.body["failed"].as_array().unwrap();
    let at: Vec<u64> = failed.iter().map(|fault| fault["line"].as_u64().unwrap()).collect();
    assert_eq!(at, [3, 4, 5, 6], "{failed:?}");
    desk.annotated("e");
}

#[test]
fn the_log_only_grows() {
    for store in [Store::Sqlite, Store::Postgres] {
        let Some(desk) = Desk::start(store) else { continue };
        desk.import("stay-1", "Assessment: pneumonia.");
        let anna = desk.user("anna");
        anna.decided(&anna.review("stay-1"), &on("accept", "J18.9"));
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            sqlx::any::install_default_drivers();
            let url = if store == Store::Sqlite { format!("sqlite://{}", desk.db) } else { desk.db.clone() };
            let pool = sqlx::AnyPool::connect(&url).await.unwrap();
            for change in ["UPDATE events SET who = 'berta'", "DELETE FROM events", "DELETE FROM proposals"] {
                let refused = sqlx::query(change).execute(&pool).await.unwrap_err();
                assert!(
                    refused.to_string().contains("append-only")
                        || refused.to_string().contains("never changed"),
                    "{refused}"
                );
            }
        });
    }
}
