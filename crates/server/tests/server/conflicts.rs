//! What does not go together, told after every decision.

use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{Desk, Store, on};

fn pairs(review: &Value) -> Vec<&Value> {
    let conflicts = review["conflicts"].as_array().unwrap().iter();
    conflicts.filter(|conflict| conflict["kind"] == "pair").collect()
}

/// A manifestation is told as half of a pair until the disease that it comes from stands.
#[rstest]
fn half_of_a_pair_is_told_until_the_other_half_stands(#[values(Store::Sqlite)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: amyloid glaucoma, pneumonia, organ-limited amyloidosis.");
    let anna = desk.user("anna");
    let review = anna.decided(&anna.review("stay-1"), &on("accept", "H42"));
    let mut reject = on("reject", "E85.4");
    reject["reason"] = json!("uncertain");
    let review = anna.decided(&review, &reject);
    let told = pairs(&review);
    assert_eq!(told.len(), 1, "{}", review["conflicts"]);
    assert_eq!(told[0]["codes"], json!(["H42"]));
    assert!(told[0]["says"].as_str().unwrap().contains("amyloidosis (E85.-)"), "{}", told[0]);
    let review = anna.decided(&review, &on("accept", "E85.4"));
    assert!(pairs(&review).is_empty(), "{}", review["conflicts"]);
}
