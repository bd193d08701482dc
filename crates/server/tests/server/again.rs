//! Episodes that are annotated again.

use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Desk, Store, code, on};

fn annotate_again(desk: &Desk) {
    assert_eq!(desk.user("lea").post("/episodes/stay-1/requeue", &json!({})).status, 204);
    desk.annotated("stay-1");
}

/// What the work list shows of the only episode.
fn shown(desk: &Desk) -> [Value; 3] {
    let list = desk.user("lea").get("/episodes").body;
    ["state", "to_review", "accepted"].map(|field| list["items"][0][field].clone())
}

#[rstest]
fn what_nobody_decided_in_stays_ready(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: pneumonia.");
    let before = shown(&desk);
    assert_eq!(before, [json!("ready"), json!(0), json!(1)]);
    annotate_again(&desk);
    assert_eq!(shown(&desk), before);
    // Nor has its review begun.
    let assigned = desk.user("lea").post("/episodes/stay-1/assign", &json!({"coders": ["anna", "berta"]}));
    assert_eq!(assigned.status, 204, "{}", assigned.body);
}

#[rstest]
fn decisions_stay_in_force_and_in_the_work_list(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    const NOTE: &str = "Assessment: pneumonia, hypertension. No fever.";
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", NOTE);
    let anna = desk.user("anna");
    let mut review = anna.review("stay-1");
    for refused in ["J18.9", "I10"] {
        let mut reject = on("reject", refused);
        reject["reason"] = json!("historical");
        review = anna.decided(&review, &reject);
    }
    let at = NOTE.find("fever").unwrap();
    let affirmed = json!({"kind": "context", "note": "stay-1-1", "start_char": at, "end_char": at + 5,
        "axis": "polarity", "value": "affirmed"});
    let review = anna.decided(&review, &affirmed);
    let before = shown(&desk);
    assert_eq!(before[0], "in_review");
    annotate_again(&desk);
    assert_eq!(shown(&desk), before);
    let now = anna.review("stay-1");
    assert_eq!(now["history"].as_array().unwrap().last().unwrap()["kind"], "annotated");
    assert_eq!(now["codes"], review["codes"]);
    assert_ne!(code(&now, "R50.9")["reason"], "negated");
}
