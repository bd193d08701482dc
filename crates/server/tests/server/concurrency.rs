//! Two coders at once, and many.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use crate::desk::{Desk, Store, code, on};

#[rstest]
fn a_decision_on_an_old_version_is_refused_with_the_new(
    #[values(Store::Sqlite, Store::Postgres)] store: Store,
) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: pneumonia, hypertension.");
    let (anna, berta) = (desk.user("anna"), desk.user("berta"));
    let seen_by_both = anna.review("stay-1");
    anna.decided(&seen_by_both, &on("accept", "I10"));
    let late = berta.decide(&seen_by_both, &on("accept", "J18.9"));
    assert_eq!((late.status, &late.body["kind"]), (409, &json!("conflict")));
    let now = &late.body["review"];
    assert_eq!(code(now, "I10")["decision"], "accepted");
    let then = berta.decided(now, &on("accept", "J18.9"));
    assert_eq!(code(&then, "I10")["decision"], "accepted");
    assert_eq!(then["version"], 2);
}

/// Eight clients comment on one review as fast as they can, each trying again when somebody was quicker.
#[rstest]
fn no_update_is_lost(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    const EACH: usize = 5;
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Assessment: pneumonia.");
    let refused = AtomicUsize::new(0);
    let together = Barrier::new(8);
    let clients: Vec<_> =
        (0..8).map(|number| desk.user(if number % 2 == 0 { "anna" } else { "berta" })).collect();
    thread::scope(|scope| {
        for (number, client) in clients.into_iter().enumerate() {
            let (refused, together) = (&refused, &together);
            scope.spawn(move || {
                together.wait();
                let mut review = client.review("stay-1");
                for comment in 0..EACH {
                    let decision = json!({"kind": "comment", "text": format!("{number}-{comment}")});
                    loop {
                        let answer = client.decide(&review, &decision);
                        match answer.status {
                            200 => {
                                review = answer.body;
                                break;
                            }
                            409 => {
                                refused.fetch_add(1, Ordering::Relaxed);
                                review = answer.body["review"].clone();
                            }
                            other => panic!("{other}: {}", answer.body),
                        }
                    }
                }
            });
        }
    });
    let review = desk.user("anna").review("stay-1");
    let comments = review["comments"].as_array().unwrap();
    let texts: BTreeSet<&str> = comments.iter().map(|comment| comment["text"].as_str().unwrap()).collect();
    assert_eq!((comments.len(), texts.len()), (8 * EACH, 8 * EACH));
    assert_eq!(review["version"], 8 * EACH);
    assert!(refused.load(Ordering::Relaxed) > 0, "nobody was ever too late: nothing was tested");
}

#[rstest]
fn only_one_of_two_gets_an_episode_of_nobody(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    for number in 0..5 {
        let id = format!("stay-{number}");
        desk.import(&id, "Assessment: pneumonia.");
        let path = format!("/episodes/{id}/claim");
        let claim = |name: &'static str| {
            let client = desk.user(name);
            let path = path.clone();
            move || client.post(&path, &json!({})).status
        };
        let (anna, berta) = (claim("anna"), claim("berta"));
        let got = thread::scope(|scope| {
            let (a, b) = (scope.spawn(anna), scope.spawn(berta));
            [a.join().unwrap(), b.join().unwrap()]
        });
        assert_eq!(got.iter().filter(|status| **status == 204).count(), 1, "{got:?}");
        assert_eq!(
            desk.user("lea").get(&format!("/episodes/{id}")).body["assigned"].as_array().unwrap().len(),
            1
        );
    }
}

#[rstest]
fn two_who_sign_at_once_leave_the_rest_to_a_lead(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    let (coders, lea) = ([desk.user("anna"), desk.user("berta")], desk.user("lea"));
    for number in 0..8 {
        let id = format!("stay-{number}");
        desk.import(&id, "Assessment: pneumonia.");
        let assignment = json!({"coders": ["anna", "berta"]});
        assert_eq!(lea.post(&format!("/episodes/{id}/assign"), &assignment).status, 204);
        let together = Barrier::new(2);
        thread::scope(|scope| {
            for coder in coders.clone() {
                let (review, together) = (coder.review(&id), &together);
                scope.spawn(move || {
                    together.wait();
                    coder.decided(&review, &json!({"kind": "sign_off"}));
                });
            }
        });
        assert_eq!(lea.get(&format!("/episodes/{id}")).body["state"], "adjudication");
    }
}

/// Two servers on one database share the queue: each episode is annotated once.
#[rstest]
fn two_servers_share_the_queue(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    // Enough work that a server which looks into the queue once a second comes in time for some of it.
    const EPISODES: usize = 20;
    let Some(desk) = Desk::start(store) else { return };
    let other = desk.beside();
    let notes: Vec<_> = (0..EPISODES)
        .map(|at| json!({"id": format!("n{at}"), "episode": format!("stay-{at}"), "text": "Fever, no pneumonia. ".repeat(5000)}))
        .collect();
    assert_eq!(desk.user("lea").post("/episodes", &json!(notes)).body["episodes"], EPISODES);
    for at in 0..EPISODES {
        other.annotated(&format!("stay-{at}"));
    }
    let done = [&desk, &other].map(|desk| {
        let metrics = desk.nobody().send("GET", "/metrics", None).body;
        let line =
            metrics.as_str().unwrap().lines().find(|line| line.contains("annotated_total{outcome=\"done\"}"));
        line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap())
    });
    assert_eq!(done.iter().sum::<usize>(), EPISODES, "{done:?}");
    assert!(done.iter().all(|done| *done > 0), "one server did it all: {done:?}");
}

/// What a server that is gone was annotating is annotated again when its lease has run out, and not before.
#[rstest]
fn what_a_dead_server_had_is_taken_over(#[values(Store::Sqlite, Store::Postgres)] store: Store) {
    let Some(desk) = Desk::start(store) else { return };
    desk.import("stay-1", "Fever.");
    desk.sql(
        "UPDATE episodes SET state = 'annotating', leased_by = 'gone', leased_until = $1 WHERE id = 'stay-1'",
        3,
    );
    thread::sleep(Duration::from_millis(1500));
    let lea = desk.user("lea");
    assert_eq!(lea.get("/episodes/stay-1").body["state"], "annotating");
    desk.annotated("stay-1");
    assert_eq!(lea.review("stay-1")["history"][1]["kind"], "annotated");
}
