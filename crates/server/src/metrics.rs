//! What the server counts, for Prometheus. No label holds anything of a note, a patient or a user.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: String,
}

/// The counters.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    episodes: Family<Outcome, Counter>,
    decisions: Counter,
    refused: Counter,
    states: Family<State, Gauge<i64, AtomicI64>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("clinlink");
        let requests = Family::<Request, Counter>::default();
        registry.register("requests", "Requests by route, method and status", requests.clone());
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 2.0, 15));
        let seconds = Family::new_with_constructor(histogram);
        registry.register("request_seconds", "Time to answer, by route", seconds.clone());
        let episodes = Family::<Outcome, Counter>::default();
        registry.register("episodes_annotated", "Episodes annotated in the background", episodes.clone());
        let decisions = Counter::default();
        registry.register("decisions", "Decisions written down", decisions.clone());
        let refused = Counter::default();
        registry.register(
            "refused_busy",
            "Calls refused because the queue was full or the user made too many",
            refused.clone(),
        );
        let states = Family::<State, Gauge<i64, AtomicI64>>::default();
        registry.register("episodes", "Episodes by state", states.clone());
        Self { registry, requests, seconds, episodes, decisions, refused, states }
    }

    pub(crate) fn request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let (route, method) = (route.to_owned(), method.to_owned());
        self.seconds.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Request { route, method, status }).inc();
    }

    pub(crate) fn annotated(&self, done: bool) {
        let outcome = if done { "done" } else { "failed" };
        self.episodes.get_or_create(&Outcome { outcome }).inc();
    }

    pub(crate) fn decided(&self) {
        self.decisions.inc();
    }

    pub(crate) fn refused(&self) {
        self.refused.inc();
    }

    /// The counters in Prometheus' text format, with the number of episodes in each state.
    pub(crate) fn text(&self, states: &[(String, i64)]) -> String {
        self.states.clear();
        for (state, count) in states {
            self.states.get_or_create(&State { state: state.clone() }).set(*count);
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
