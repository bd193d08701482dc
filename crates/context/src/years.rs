//! Years that place a mention in the past: "MI in 2014".
//!
//! "in", a month if there is one, and a year make a mention historical unless the year is that of the note: the one
//! of its date, or, where it has none, the latest year that the note names beside an earlier one.

use std::borrow::Cow;

use clinlink_model::{Layout, Note, Temporality};

use crate::rules::{Direction, Role, Rule, Value};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The rule of years, `time:year`.
#[derive(Debug, Clone)]
pub(crate) struct Years {
    rule: Rule,
}

impl Years {
    pub(crate) fn new() -> Self {
        let role = Role::Sets(vec![Value::Temporality(Temporality::Historical)]);
        Self { rule: Rule { id: Cow::Borrowed("time:year"), role, direction: Direction::Both, reach: 12 } }
    }

    pub(crate) fn rule(&self) -> &Rule {
        &self.rule
    }
}

/// The places of "in 2014" and the like that lie in the past, as bytes of the note, in text order.
pub(crate) fn past_years(note: &Note, layout: &Layout) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut earliest, mut latest) = (u16::MAX, 0);
    for (at, token) in layout.tokens.iter().enumerate() {
        let Some(year) = year(&note[token.span]) else { continue };
        (earliest, latest) = (earliest.min(year), latest.max(year));
        let word = |back: usize| at.checked_sub(back).map(|at| layout.tokens[at].span);
        let month = word(1).is_some_and(|span| is_month(&note[span]));
        let Some(before) = word(if month { 2 } else { 1 }) else { continue };
        if note[before].eq_ignore_ascii_case("in") {
            found.push((before.start(), token.span.end(), year));
        }
    }
    let dated = note.date.as_deref().and_then(|date| date.get(..4)).and_then(year);
    let present = dated.or((earliest < latest).then_some(latest));
    let past = found.into_iter().filter(|&(_, _, year)| present.is_none_or(|present| year < present));
    past.map(|(start, end, _)| (start, end)).collect()
}

fn year(word: &str) -> Option<u16> {
    if word.len() != 4 {
        return None;
    }
    word.parse().ok().filter(|year| (1900..2100).contains(year))
}

fn is_month(word: &str) -> bool {
    word.get(..3).is_some_and(|start| MONTHS.iter().any(|month| start.eq_ignore_ascii_case(month)))
}
