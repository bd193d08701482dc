//! Two coders who do not see each other, and a lead who decides.

use rstest::rstest;
use serde_json::json;

use crate::desk::{Desk, Store, code, on, standing};

#[rstest]
fn two_code_blindly_and_a_lead_adjudicates(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: pneumonia, hypertension. No fever.");
    let (anna, berta, lea) = (desk.user("anna"), desk.user("berta"), desk.user("lea"));
    let assigned = lea.post("/episodes/stay-1/assign", &json!({"coders": ["berta", "anna"]}));
    assert_eq!(assigned.status, 204, "{}", assigned.body);
    assert_eq!(lea.post("/episodes/stay-1/adjudicate", &json!({})).status, 409);

    let hers = anna.review("stay-1");
    assert_eq!((&hers["kind"], &hers["coder"]), (&json!("double"), &json!("anna")));
    let theirs = berta.review("stay-1");
    assert_ne!(hers["id"], theirs["id"]);
    // Neither sees, nor decides in, the other's.
    assert_eq!(anna.get("/episodes/stay-1").body["reviews"].as_array().unwrap().len(), 1);
    let path = format!("/episodes/stay-1?review={}", theirs["id"].as_str().unwrap());
    assert_eq!(anna.get(&path).status, 403);
    assert_eq!(anna.decide(&theirs, &on("accept", "I10")).status, 403);
    assert_eq!(lea.decide(&theirs, &on("accept", "I10")).status, 403);

    let mut reject = on("reject", "I10");
    reject["reason"] = json!("historical");
    let hers = anna.decided(&hers, &reject);
    let mut add = on("add", "E11.9");
    add["evidence"] = json!([{"note": "stay-1-1", "start_char": 0, "end_char": 10}]);
    let hers = anna.decided(&hers, &add);
    anna.decided(&hers, &json!({"kind": "sign_off"}));
    assert_eq!(anna.get(&path).status, 403, "berta has not signed yet");
    assert_eq!(lea.get("/episodes/stay-1").body["state"], "in_review");
    berta.decided(&theirs, &json!({"kind": "sign_off"}));
    assert_eq!(anna.get(&path).status, 200);
    assert_eq!(lea.get("/episodes/stay-1").body["state"], "adjudication");

    let pair = &lea.get("/episodes/stay-1/agreement").body["pairs"][0];
    assert_eq!(pair["both"], json!(["J18.9"]), "{pair}");
    assert_eq!((&pair["only_a"], &pair["only_b"]), (&json!(["E11.9"]), &json!(["I10"])));
    assert_eq!(pair["f1"], 0.5);
    let total = lea.get("/agreement").body;
    assert_eq!((&total["episodes"], &total["f1"]), (&json!(1), &json!(0.5)));

    let last = lea.post("/episodes/stay-1/adjudicate", &json!({})).body;
    assert_eq!(last["kind"], "adjudication");
    assert_eq!(code(&last, "J18.9")["decision"], "accepted");
    assert_eq!(code(&last, "I10")["decision"], "proposed");
    assert_eq!(code(&last, "E11.9")["decision"], "proposed");
    assert_eq!(anna.decide(&last, &on("accept", "I10")).status, 403);
    let last = lea.decided(&last, &on("accept", "E11.9"));
    let last = lea.decided(&last, &reject);
    let last = lea.decided(&last, &json!({"kind": "sign_off"}));
    assert_eq!(standing(&last), ["E11.9", "J18.9"]);
    assert_eq!(lea.get("/episodes/stay-1").body["state"], "signed");
}

#[rstest]
fn a_review_that_has_begun_stays_single(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: pneumonia.");
    let (anna, lea) = (desk.user("anna"), desk.user("lea"));
    anna.decided(&anna.review("stay-1"), &on("accept", "J18.9"));
    let answer = lea.post("/episodes/stay-1/assign", &json!({"coders": ["berta", "anna"]}));
    assert_eq!(answer.status, 409, "{}", answer.body);
}

#[rstest]
fn a_coder_who_was_replaced_counts_no_more(
    #[values(Store::Sqlite, Store::Postgres)] store: Store,
    #[values(false, true)] had_signed: bool,
) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: pneumonia.");
    let (anna, berta, lea) = (desk.user("anna"), desk.user("berta"), desk.user("lea"));
    let assign = |coders: [&str; 2]| {
        let answer = lea.post("/episodes/stay-1/assign", &json!({"coders": coders}));
        assert_eq!(answer.status, 204, "{}", answer.body);
    };
    let sign_off = json!({"kind": "sign_off"});
    assign(["anna", "berta"]);
    if had_signed {
        berta.decided(&berta.review("stay-1"), &sign_off);
    }
    assign(["anna", "lea"]);
    for coder in [&anna, &lea] {
        coder.decided(&coder.review("stay-1"), &sign_off);
    }
    assert_eq!(lea.get("/episodes/stay-1").body["state"], "adjudication");
    let pair = &lea.get("/episodes/stay-1/agreement").body["pairs"][0];
    assert_eq!((&pair["a"], &pair["b"]), (&json!("anna"), &json!("lea")));
    assert_eq!(lea.post("/episodes/stay-1/adjudicate", &json!({})).status, 200);
}
