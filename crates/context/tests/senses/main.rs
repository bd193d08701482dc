//! Senses of abbreviations, chosen by what is around them, on sentences written before the priors were.

#[path = "../phenomena/markup.rs"]
mod markup;
mod outcome;

use outcome::{Outcome, outcomes};

#[test]
fn most_senses_are_told_and_few_told_wrong() {
    let outcomes = outcomes();
    let faults: Vec<_> = outcomes.iter().filter(|outcome| !outcome.is_right()).collect();
    let wrong = faults.iter().filter(|outcome| outcome.found.is_some()).count();
    let named: Vec<_> = faults.iter().map(|o| (&o.short, &o.expected, &o.found, o.line)).collect();
    assert!(outcomes.len() >= 150 && faults.len() <= 8 && wrong <= 4, "{named:#?}");
}

#[test]
fn a_runner_up_is_another_sense_with_a_lower_score() {
    let several: Vec<Outcome> = outcomes().into_iter().filter(Outcome::is_right).collect();
    let scores = several.iter().filter_map(|outcome| outcome.found.as_ref());
    let both = scores.filter_map(|found| Some((found, found.runner_up.as_ref()?)));
    let both: Vec<_> = both.collect();
    assert!(both.len() >= 100, "{}", both.len());
    for (found, (long, score)) in both {
        assert!(*long != found.long && *score <= found.score && found.score + score <= 1.001, "{found:?}");
    }
}
