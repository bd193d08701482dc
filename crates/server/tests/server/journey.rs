//! A coder's way from import to sign-off.

use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Desk, Store, code, on, standing};

const NOTE: &str =
    "History: hypertension. Assessment: pneumonia. No fever. The word µ😀 stands before diabetes.";

#[rstest]
fn from_import_to_sign_off_and_a_correction(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", NOTE);
    let anna = desk.user("anna");

    let list = anna.get("/episodes?order=gain").body;
    assert_eq!(list["total"], 1, "{list}");
    assert_eq!(list["items"][0]["state"], "ready");
    assert_eq!(list["progress"]["ready"], 1);

    let episode = anna.get("/episodes/stay-1").body;
    assert_eq!(episode["notes"][0]["text"], NOTE);
    assert!(episode["notes"][0]["record"]["mentions"].as_array().unwrap().len() >= 3);
    let review = episode["review"].clone();
    assert_eq!(standing(&review), ["I10", "J18.9"]);
    assert_eq!(code(&review, "R50.9")["status"], "rejected");
    let words = &code(&review, "J18.9")["evidence"][0];
    let (start, end) = (words["start_char"].as_u64().unwrap(), words["end_char"].as_u64().unwrap());
    let said: String = NOTE
        .chars()
        .skip(usize::try_from(start).unwrap())
        .take(usize::try_from(end - start).unwrap())
        .collect();
    assert_eq!((said.as_str(), words["text"].as_str().unwrap()), ("pneumonia", "pneumonia"));

    // Accept, reject, take back.
    let review = anna.decided(&review, &on("accept", "J18.9"));
    assert_eq!(code(&review, "J18.9")["decision"], "accepted");
    let mut reject = on("reject", "I10");
    reject["reason"] = json!("historical");
    let review = anna.decided(&review, &reject);
    assert_eq!(standing(&review), ["J18.9"]);
    assert_eq!(code(&review, "I10")["reason"], "historical");
    let review = anna.decided(&review, &json!({"kind": "undo"}));
    assert_eq!(standing(&review), ["I10", "J18.9"]);
    assert!(review["history"].as_array().unwrap().iter().any(|line| line["undone"] == true));

    // Add with words behind characters of several bytes; what excludes itself is told.
    let at = NOTE.chars().position(|c| c == '😀').unwrap() + " stands before ".chars().count() + 1;
    let mut add = on("add", "E11.9");
    add["evidence"] = json!([{"note": "stay-1-1", "start_char": at, "end_char": at + 8}]);
    let review = anna.decided(&review, &add);
    let added = code(&review, "E11.9");
    assert_eq!((&added["decision"], &added["evidence"][0]["text"]), (&json!("added"), &json!("diabetes")));
    // A category cannot be reported, so it is not brought in.
    let mut category = on("add", "J18");
    category["evidence"] = add["evidence"].clone();
    let mut by_category = on("replace", "E11.9");
    by_category["with"] = json!({"system": "ICD-10-CM", "code": "J18"});
    for decision in [category, by_category] {
        let refused = anna.decide(&review, &decision);
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert!(refused.body["error"].as_str().unwrap().contains("J18 is a category"), "{}", refused.body);
    }
    let mut replace = on("replace", "E11.9");
    replace["with"] = json!({"system": "ICD-10-CM", "code": "I15"});
    let review = anna.decided(&review, &replace);
    assert_eq!(standing(&review), ["I10", "I15", "J18.9"]);
    assert_eq!(code(&review, "I15")["replaces"]["code"], "E11.9");
    assert_eq!(code(&review, "I15")["evidence"][0]["text"], "diabetes");
    assert!(kinds(&review).contains(&"excludes1".to_owned()), "{}", review["conflicts"]);
    let review = anna.decided(&review, &json!({"kind": "undo"}));
    assert!(!kinds(&review).contains(&"excludes1".to_owned()));
    assert_eq!(standing(&review), ["E11.9", "I10", "J18.9"]);

    let review = anna.decided(&review, &on("principal", "I10"));
    assert_eq!(code(&review, "I10")["principal"], true);
    assert_eq!(review["severity"]["mcc"], 1, "{}", review["severity"]);

    // The MS-DRG is that of the codes that stand, after every decision.
    let drg = &review["drg"];
    assert_eq!(
        (&drg["code"], &drg["source"], &drg["moved_by"]),
        (&json!("304"), &json!("families"), &json!(["J18.9"]))
    );
    let says = "alone carries MCC: without it 305, weight 0.7551";
    assert_eq!((&drg["codes"][0]["says"], &drg["codes"][0]["stands"]), (&json!(says), &json!(true)));
    let mut refuse = on("reject", "J18.9");
    refuse["reason"] = json!("not-supported");
    let refused = anna.decided(&review, &refuse);
    assert_eq!((&refused["drg"]["code"], &refused["severity"]["mcc"]), (&json!("305"), &json!(0)));
    let review = anna.decided(&refused, &json!({"kind": "undo"}));
    assert_eq!(review["drg"]["code"], "304");
    let review = anna.decided(&review, &json!({"kind": "comment", "text": "ask the ward"}));
    assert_eq!(review["comments"][0]["text"], "ask the ward");
    let synonym = json!({"kind": "synonym", "term": "sugar", "system": "ICD-10-CM", "code": "E11.9"});
    let review = anna.decided(&review, &synonym);
    let review =
        anna.decided(&review, &json!({"kind": "abbreviation", "short": "HTN", "long": "hypertension"}));
    assert_eq!(review["teachings"].as_array().unwrap().len(), 2);

    let signed = anna.decided(&review, &json!({"kind": "sign_off"}));
    assert_eq!(signed["state"], "signed");
    let refused = anna.decide(&signed, &on("accept", "I10"));
    assert_eq!((refused.status, &refused.body["kind"]), (409, &json!("signed")));
    assert_eq!(anna.get("/episodes/stay-1").body["state"], "signed");

    // A correction is a new version; the old one stays as it was.
    let path = format!("/episodes/stay-1/reviews/{}/reopen", signed["id"].as_str().unwrap());
    assert_eq!(desk.user("berta").post(&path, &json!({"reason": "no"})).status, 403);
    let again = anna.post(&path, &json!({"reason": "forgot the fever"})).body;
    assert_eq!((&again["revision"], &again["state"]), (&json!(2), &json!("open")));
    assert_eq!(standing(&again), ["E11.9", "I10", "J18.9"]);
    let again = anna.decided(&again, &on("accept", "R50.9"));
    anna.decided(&again, &json!({"kind": "sign_off"}));
    let old = anna.get(&format!("/episodes/stay-1?review={}", signed["id"].as_str().unwrap())).body;
    assert_eq!(standing(&old["review"]), ["E11.9", "I10", "J18.9"]);
    assert_eq!(old["reviews"].as_array().unwrap().len(), 2);

    exported(&desk);
}

/// What the journey leaves behind.
fn exported(desk: &Desk) {
    let robot = desk.robot();
    let lines = |path: &str| -> Vec<Value> {
        let answer = robot.get(path);
        assert_eq!(answer.status, 200);
        // One line is one JSON value, several are none.
        match answer.body {
            Value::String(text) => text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
            one => vec![one],
        }
    };
    let log = lines("/exports/log");
    let seqs: Vec<i64> = log.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert!(seqs.is_sorted());
    assert!(log.iter().all(|event| event["engine"].as_str().unwrap().len() == 12), "{log:?}");
    assert_eq!(log.iter().filter(|event| event["kind"] == "sign_off").count(), 2);
    let codes = lines("/exports/codes");
    assert_eq!(codes.len(), 3 + 4);
    let decisions = lines("/exports/decisions");
    assert_eq!(decisions.len(), 2);
    assert!(decisions[1]["codes"].as_array().unwrap().contains(&json!("R50.9")));
    assert_eq!(decisions[0]["provenance"]["coder"], "anna");
    let csv = robot.get("/exports/codes?format=csv");
    assert!(csv.body.as_str().unwrap().starts_with("episode,review,coder,"));
}

fn kinds(review: &Value) -> Vec<String> {
    let conflicts = review["conflicts"].as_array().unwrap();
    conflicts.iter().map(|conflict| conflict["kind"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
fn a_change_of_context_asks_the_machine_again(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: pneumonia. No fever.");
    let anna = desk.user("anna");
    let review = anna.review("stay-1");
    let review = anna.decided(&review, &on("accept", "J18.9"));
    let affirmed = json!({"kind": "context", "note": "stay-1-1", "start_char": 26, "end_char": 31,
        "axis": "polarity", "value": "affirmed"});
    let review = anna.decided(&review, &affirmed);
    assert_ne!(code(&review, "R50.9")["reason"], "negated", "{}", code(&review, "R50.9"));
    assert_eq!(code(&review, "J18.9")["decision"], "accepted");
    assert_eq!(review["context"].as_array().unwrap().len(), 1);
    let review = anna.decided(&review, &json!({"kind": "undo"}));
    assert_eq!(code(&review, "R50.9")["reason"], "negated");
    let wrong = json!({"kind": "context", "note": "stay-1-1", "start_char": 26, "end_char": 31,
        "axis": "polarity", "value": "family"});
    assert_eq!(anna.decide(&review, &wrong).status, 400);
    let nowhere = json!({"kind": "context", "note": "stay-1-1", "start_char": 26, "end_char": 3100,
        "axis": "polarity", "value": "negated"});
    assert_eq!(anna.decide(&review, &nowhere).status, 400);
}

#[rstest]
fn words_have_candidates_and_codes_have_surroundings(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", NOTE);
    let anna = desk.user("anna");
    let found = anna.get("/episodes/stay-1/candidates?note=stay-1-1&start_char=9&end_char=21").body;
    assert_eq!(found["mention"]["text"], "hypertension", "{found}");
    assert_eq!(found["candidates"][0]["code"], "I10");
    assert_eq!(found["candidates"][0]["chosen"], true);
    let found = anna.get("/vocabulary/search?q=pneumonia&system=ICD-10-CM").body;
    assert_eq!(found["items"][0]["code"], "J18.9");
    let concept = anna.get("/vocabulary/ICD-10-CM/i10").body;
    assert_eq!(concept["notes"][0]["kind"], "excludes1");
    assert_eq!(anna.get("/vocabulary/ICD-10-CM/X99").status, 404);
}
