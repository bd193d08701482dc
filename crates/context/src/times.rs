//! Dates and durations that stand beside mentions.
//!
//! | words | kind |
//! |---|---|
//! | "in 2014", "in March 2014", "on 3/14/2019" | date |
//! | "for 3 days", "x 2 weeks", "3-day history of", "over the past 2 months" | duration |
//! | "20 years ago", "2 weeks prior" | ago |
//! | "since 2010", "since Monday" | since |
//! | "at age 5", "at the age of 12" | age |
//!
//! A year makes a mention historical unless it is that of the note: the one of its date, or, where it has none, the
//! latest year that the note names beside an earlier one.

use std::borrow::Cow;

use clinlink_model::{Layout, Note, Temporality, TimeKind};

use crate::rules::{Direction, Reach, Role, Rule, Value};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NUMBERS: [&str; 17] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "few",
    "several", "couple", "many", "a",
];
const UNITS: [&str; 26] = [
    "minute", "minutes", "min", "mins", "hour", "hours", "hr", "hrs", "day", "days", "night", "nights",
    "week", "weeks", "wk", "wks", "month", "months", "mo", "mos", "year", "years", "yr", "yrs", "decade",
    "decades",
];
const STARTS: [&str; 17] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "yesterday",
    "childhood",
    "birth",
    "infancy",
    "adolescence",
    "admission",
    "surgery",
    "discharge",
    "then",
    "onset",
];

/// The rules that stated times set off.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    stated: [Rule; 5],
    past_year: Rule,
}

/// A stated time, in bytes of the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    pub start: usize,
    pub end: usize,
    pub kind: TimeKind,
    year: Option<u16>,
    /// Whether it is a year before that of the note.
    past: bool,
}

impl Times {
    pub(crate) fn new() -> Self {
        let stated = |id, kind| Rule {
            id: Cow::Borrowed(id),
            role: Role::Sets(vec![Value::Time(kind)]),
            direction: Direction::Both,
            reach: Reach { tokens: 12, phrase: true },
        };
        let historical = Value::Temporality(Temporality::Historical);
        Self {
            stated: [
                stated("time:date", TimeKind::Date),
                stated("time:duration", TimeKind::Duration),
                stated("time:ago", TimeKind::Ago),
                stated("time:since", TimeKind::Since),
                stated("time:age", TimeKind::Age),
            ],
            past_year: Rule {
                id: Cow::Borrowed("time:year"),
                role: Role::Sets(vec![historical]),
                direction: Direction::Both,
                reach: Reach { tokens: 12, phrase: true },
            },
        }
    }

    /// The rules that a stated time sets off.
    pub(crate) fn rules(&self, stated: &Stated) -> impl Iterator<Item = &Rule> {
        let kind = match stated.kind {
            TimeKind::Date => 0,
            TimeKind::Duration => 1,
            TimeKind::Ago => 2,
            TimeKind::Since => 3,
            TimeKind::Age => 4,
        };
        std::iter::once(&self.stated[kind]).chain(stated.past.then_some(&self.past_year))
    }
}

/// The stated times of a note, in text order and without overlap.
pub(crate) fn stated_times(note: &Note, layout: &Layout) -> Vec<Stated> {
    let words = Words { note, layout };
    let mut found: Vec<Stated> = Vec::new();
    let (mut earliest, mut latest) = (u16::MAX, 0);
    for at in 0..layout.tokens.len() {
        let word = words.at(at);
        if let Some(year) = year(word) {
            (earliest, latest) = (earliest.min(year), latest.max(year));
        }
        let stated = match word.as_bytes().first() {
            Some(byte) if byte.is_ascii_digit() => {
                words.year_at(at).or_else(|| words.date_at(at)).or_else(|| words.amount_at(at))
            }
            Some(_) if word.eq_ignore_ascii_case("since") => words.since_at(at),
            Some(_) if word.eq_ignore_ascii_case("at") => words.age_at(at),
            Some(_) if NUMBERS.iter().any(|number| number.eq_ignore_ascii_case(word)) => words.amount_at(at),
            _ => None,
        };
        found.extend(stated.filter(|new| found.last().is_none_or(|last| last.end <= new.start)));
    }
    let dated = note.date.as_deref().and_then(|date| date.get(..4)).and_then(year);
    let present = dated.or((earliest < latest).then_some(latest));
    for stated in &mut found {
        let before = |year| present.is_none_or(|present| year < present);
        stated.past = stated.kind == TimeKind::Date && stated.year.is_some_and(before);
    }
    found
}

/// The tokens of a note as words.
struct Words<'n> {
    note: &'n Note,
    layout: &'n Layout,
}

impl<'n> Words<'n> {
    /// The token at that index; empty beyond the ends.
    fn at(&self, at: usize) -> &'n str {
        self.layout.tokens.get(at).map_or("", |token| &self.note[token.span])
    }

    /// The token `back` places before `at`; empty before the first.
    fn before(&self, at: usize, back: usize) -> &'n str {
        at.checked_sub(back).map_or("", |at| self.at(at))
    }

    fn stated(&self, first: usize, last: usize, kind: TimeKind) -> Option<Stated> {
        let (first, last) = (self.layout.tokens.get(first)?, self.layout.tokens.get(last)?);
        Some(Stated { start: first.span.start(), end: last.span.end(), kind, year: None, past: false })
    }

    /// "in 2014", "since March 2014".
    fn year_at(&self, at: usize) -> Option<Stated> {
        let year = year(self.at(at))?;
        let start = if is_month(self.before(at, 1)) { 2 } else { 1 };
        let kind = match lower(self.before(at, start)).as_str() {
            "in" | "of" | "on" => TimeKind::Date,
            "since" => TimeKind::Since,
            _ => return None,
        };
        let spoken = self.stated(at - start, at, kind)?;
        Some(Stated { year: (kind == TimeKind::Date).then_some(year), ..spoken })
    }

    /// "3/14/2019", "2019-03-14", with "on" or "since" before it.
    fn date_at(&self, at: usize) -> Option<Stated> {
        let word = self.at(at);
        let parts = || word.split(['/', '-']);
        let numbers = parts().all(|part| matches!(part.len(), 1 | 2 | 4) && part.parse::<u16>().is_ok());
        let whole = parts().count() == 3 || (parts().count() == 2 && parts().any(|part| part.len() == 4));
        if !numbers || !whole {
            return None;
        }
        match lower(self.before(at, 1)).as_str() {
            "since" => self.stated(at - 1, at, TimeKind::Since),
            "on" | "in" => self.stated(at - 1, at, TimeKind::Date),
            _ => self.stated(at, at, TimeKind::Date),
        }
    }

    /// A number and a unit: "for 3 days", "20 years ago", "3-day history of".
    fn amount_at(&self, at: usize) -> Option<Stated> {
        let word = lower(self.at(at));
        let joined = word.split_once('-').is_some_and(|(n, unit)| is_number(n) && is_unit(unit));
        // "3-day" is one token or three.
        let hyphen = self.at(at + 1) == "-";
        let unit = if joined { at } else { at + 1 + usize::from(hyphen) };
        let parted = || is_number(&word) && is_unit(&lower(self.at(unit)));
        if !(joined || parted()) {
            return None;
        }
        match lower(self.at(unit + 1)).as_str() {
            "ago" | "prior" | "earlier" | "before" => return self.stated(at, unit + 1, TimeKind::Ago),
            "history" | "hx" | "course" => return self.stated(at, unit, TimeKind::Duration),
            _ => {}
        }
        // "for the past 3 days": from the number back to the preposition.
        for back in 1..=3 {
            match lower(self.before(at, back)).as_str() {
                "for" | "x" | "times" | "over" | "during" | "within" => {
                    return self.stated(at - back, unit, TimeKind::Duration);
                }
                "the" | "past" | "last" | "about" | "approximately" | "a" | "at" => {}
                _ => return None,
            }
        }
        None
    }

    /// "since Monday", "since the surgery".
    fn since_at(&self, at: usize) -> Option<Stated> {
        let skip =
            usize::from(matches!(lower(self.at(at + 1)).as_str(), "the" | "his" | "her" | "last" | "early"));
        let start = lower(self.at(at + 1 + skip));
        let named = STARTS.contains(&start.as_str()) || (skip == 0 && is_month_name(&start));
        named.then(|| self.stated(at, at + 1 + skip, TimeKind::Since)).flatten()
    }

    /// "at age 5", "at the age of 12".
    fn age_at(&self, at: usize) -> Option<Stated> {
        let long = lower(self.at(at + 1)) == "the" && lower(self.at(at + 3)) == "of";
        let (age, number) = if long { (at + 2, at + 4) } else { (at + 1, at + 2) };
        let spoken = lower(self.at(age)) == "age" && is_number(&lower(self.at(number)));
        spoken.then(|| self.stated(at, number, TimeKind::Age)).flatten()
    }
}

/// In lower case; empty if longer than any word that counts, so that no work is wasted on long tokens.
fn lower(word: &str) -> String {
    if word.len() > 16 { String::new() } else { word.to_ascii_lowercase() }
}

fn is_number(word: &str) -> bool {
    let digits = |word: &str| (1..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    NUMBERS.contains(&word) || word.split('-').all(digits)
}

fn is_unit(word: &str) -> bool {
    UNITS.contains(&word)
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

/// Whether `word` is a month and not a word that starts like one ("marked", "decreased"); "may" is left out.
fn is_month_name(word: &str) -> bool {
    const NAMES: [&str; 11] = [
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    NAMES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinlink_model::Segmenter;
    use clinlink_segment::RuleSegmenter;
    use rstest::rstest;

    #[rstest]
    #[case("MI in 2014.", "in 2014", TimeKind::Date)]
    #[case("MI in March 2014.", "in March 2014", TimeKind::Date)]
    #[case("Fell on 3/14/2019.", "on 3/14/2019", TimeKind::Date)]
    #[case("Cough for 3 days.", "for 3 days", TimeKind::Duration)]
    #[case("Cough x 2 weeks", "x 2 weeks", TimeKind::Duration)]
    #[case("Cough over the past few months", "over the past few months", TimeKind::Duration)]
    #[case("A 3-day history of cough", "3-day", TimeKind::Duration)]
    #[case("Stroke 20 years ago", "20 years ago", TimeKind::Ago)]
    #[case("Diabetes since 2010", "since 2010", TimeKind::Since)]
    #[case("Cough since Monday", "since Monday", TimeKind::Since)]
    #[case("Asthma at age 5", "at age 5", TimeKind::Age)]
    #[case("Seizure at the age of twelve", "at the age of twelve", TimeKind::Age)]
    fn times(#[case] text: &str, #[case] words: &str, #[case] kind: TimeKind) {
        let note = Note::new("n", text).unwrap();
        let found = stated_times(&note, &RuleSegmenter::embedded().segment(&note));
        let found: Vec<_> = found.iter().map(|t| (&text[t.start..t.end], t.kind)).collect();
        assert_eq!(found, [(words, kind)]);
    }

    #[rstest]
    #[case("BP 120/80, 3 L, 40 mg for pain")]
    #[case("since then he coughs at times")]
    #[case("")]
    #[case("for 3")]
    #[case("since")]
    #[case("at the age of")]
    fn no_time(#[case] text: &str) {
        let note = Note::new("n", text).unwrap();
        let found = stated_times(&note, &RuleSegmenter::embedded().segment(&note));
        assert!(found.iter().all(|t| t.kind == TimeKind::Since && &text[t.start..t.end] == "since then"));
    }
}
