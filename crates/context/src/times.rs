//! Dates and durations that stand beside mentions, and which of them make a mention history.
//!
//! | words | kind |
//! |---|---|
//! | "in 2014", "March 2014", "on 3/14/2019", "Stroke (2011)", "CABG 2010." | date |
//! | "for 3 days", "x 2 weeks", "3-day history of", "over the past 2 months" | duration |
//! | "20 years ago", "2 weeks prior" | ago |
//! | "since 2010", "since Monday" | since |
//! | "at age 5", "at the age of 12" | age |
//!
//! What a date says of when a finding was (see [`Bearing`]):
//!
//! - The note comes with its date: more than 90 days before it is history (rule `time:past`), up to 90 days is this
//!   episode (`time:episode`), even under past history; a year alone is history if it is an earlier one.
//! - It does not: the latest date that the note names stands in, if it names an earlier one too; nothing is then said
//!   to be of this episode. Where it names years alone, or one month alone, they are history: nobody dates today so.
//!   Its only day says nothing: whether "CT on 3/14/2019 showed a mass" is of today cannot be known.
//!
//! The year or month of a diagnosis ("Crohn's disease diagnosed in 2015", "dx 2015") tells since when a finding is
//! known, not that it is over. The date of an event is not that of what stands before it ("CAD s/p stent 2018").
//! Dates after the note's, and dates of what a finding is compared with ("compared to 3/14/2015"), say nothing of it;
//! nor do durations: diabetes "for 20 years" is there now.

use std::borrow::Cow;

use clinlink_model::{Layout, Note, Temporality, TimeKind};

use crate::dates::{Bearing, Present};
use crate::rules::{Direction, Reach, Role, Rule, Stop, Value};
use crate::time_phrases::{Stated, stated};

/// How far from a mention its time stands.
const REACH: Reach = Reach { tokens: 12, stop: Stop::Phrase };

/// The rules that stated times set off.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    kinds: [Rule; 5],
    past: Rule,
    episode: Rule,
}

impl Times {
    pub(crate) fn new() -> Self {
        let rule = |id, value| Rule {
            id: Cow::Borrowed(id),
            role: Role::Sets(vec![value]),
            direction: Direction::Both,
            reach: REACH,
        };
        Self {
            kinds: [
                rule("time:date", Value::Time(TimeKind::Date)),
                rule("time:duration", Value::Time(TimeKind::Duration)),
                rule("time:ago", Value::Time(TimeKind::Ago)),
                rule("time:since", Value::Time(TimeKind::Since)),
                rule("time:age", Value::Time(TimeKind::Age)),
            ],
            past: rule("time:past", Value::Temporality(Temporality::Historical)),
            episode: rule("time:episode", Value::InEpisode),
        }
    }

    /// The rules that a stated time sets off in a note of that `present`.
    pub(crate) fn rules(&self, stated: &Stated, present: Present) -> impl Iterator<Item = &Rule> {
        let kind = match stated.kind {
            TimeKind::Date => 0,
            TimeKind::Duration => 1,
            TimeKind::Ago => 2,
            TimeKind::Since => 3,
            TimeKind::Age => 4,
        };
        let dates_finding = stated.kind == TimeKind::Date && !stated.compared;
        let bearing = stated.date.filter(|_| dates_finding).and_then(|date| date.bearing(present));
        let says = bearing.and_then(|bearing| match bearing {
            Bearing::Past => (!stated.diagnosed).then_some(&self.past),
            Bearing::Episode => Some(&self.episode),
        });
        std::iter::once(&self.kinds[kind]).chain(says)
    }
}

/// The stated times of a note, in text order and without overlap, with what is known of the note's own day.
pub(crate) fn stated_times(note: &Note, layout: &Layout) -> (Vec<Stated>, Present) {
    let found = stated(note, layout);
    let present = Present::new(note.date.as_deref(), found.iter().filter_map(|stated| stated.date));
    (found, present)
}
