//! The words that state a time; the table in [`times`](crate::times) lists them.

use clinlink_model::{Layout, Note, TimeKind};

use crate::dates::{Date, month};

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

/// Words that may stand between a preposition and the date: "in early 2014".
const VAGUE: [&str; 6] = ["early", "mid", "late", "about", "around", "approximately"];
/// Words before a date with which something is compared, or that dates a report or a birth.
const COMPARING: [&str; 16] = [
    "compared",
    "comparison",
    "comparing",
    "compare",
    "than",
    "versus",
    "vs",
    "from",
    "dated",
    "study",
    "exam",
    "unchanged",
    "stable",
    "dob",
    "birth",
    "born",
];
/// How many tokens before a date they are looked for.
const COMPARING_REACH: usize = 4;
/// Words that make a date one of a diagnosis, how many tokens before it they stand, and what may not stand between.
const DIAGNOSED: [&str; 6] = ["diagnosed", "dx", "dx'd", "dxed", "dx'ed", "diagnosis"];
const DIAGNOSIS_REACH: usize = 8;
const CLAUSE_ENDS: [&str; 12] =
    ["", ",", ";", ".", ":", ")", "had", "has", "underwent", "suffered", "treated", "s/p"];
/// Words after which a number of four digits at the end of a phrase is no year: "given at 2000".
const BEFORE_CLOCK: [&str; 12] = [
    "at",
    "to",
    "until",
    "till",
    "by",
    "given",
    "notified",
    "approximately",
    "about",
    "total",
    "number",
    "room",
];

/// A stated time, in bytes of the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    pub start: usize,
    pub end: usize,
    pub kind: TimeKind,
    /// The day, month or year that it names.
    pub date: Option<Date>,
    /// Whether it is the date of something with which findings are compared.
    pub compared: bool,
    /// Whether it is the date of a diagnosis, which may well hold still.
    pub diagnosed: bool,
}

/// The stated times of a note, in text order and without overlap.
pub(crate) fn stated(note: &Note, layout: &Layout) -> Vec<Stated> {
    let words = Words { note, layout };
    let mut found: Vec<Stated> = Vec::new();
    for at in 0..layout.tokens.len() {
        let word = words.at(at);
        let stated = match word.as_bytes().first() {
            Some(byte) if byte.is_ascii_digit() => words.date_at(at).or_else(|| words.amount_at(at)),
            Some(_) if word.eq_ignore_ascii_case("since") => words.since_at(at),
            Some(_) if word.eq_ignore_ascii_case("at") => words.age_at(at),
            Some(_) if NUMBERS.iter().any(|number| number.eq_ignore_ascii_case(word)) => words.amount_at(at),
            Some(byte) if byte.is_ascii_uppercase() => words.month_at(at),
            _ => None,
        };
        found.extend(stated.filter(|new| found.last().is_none_or(|last| last.end <= new.start)));
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
        let (start, end) = (first.span.start(), last.span.end());
        Some(Stated { start, end, kind, date: None, compared: false, diagnosed: false })
    }

    /// The date of tokens `first..=last`, with the preposition before it; of "March 14" the year is not known.
    fn dated(&self, first: usize, last: usize, date: Option<Date>) -> Option<Stated> {
        let vague = usize::from(VAGUE.contains(&lower(self.before(first, 1)).as_str()));
        let before = lower(self.before(first, 1 + vague));
        let (first, kind) = match before.as_str() {
            "since" => (first - 1 - vague, TimeKind::Since),
            "in" | "on" | "of" | "circa" => (first - 1 - vague, TimeKind::Date),
            _ => (first, TimeKind::Date),
        };
        let compared = (1..=COMPARING_REACH).any(|back| is_one_of(&COMPARING, self.before(first, back)));
        // A day is that of an event; a year or a month, that from which a disease is known.
        let diagnosed = date.is_some_and(|date| !date.has_day()) && self.dates_diagnosis(first);
        Some(Stated { date, compared, diagnosed, ..self.stated(first, last, kind)? })
    }

    /// Whether a date that starts at `first` is that of a diagnosis: "diagnosed in", "(dx", "diagnosed with lupus in".
    fn dates_diagnosis(&self, first: usize) -> bool {
        let words = (1..=DIAGNOSIS_REACH).map(|back| (first.saturating_sub(back), self.before(first, back)));
        let mut clause = words.take_while(|(_, word)| !is_one_of(&CLAUSE_ENDS, word));
        let Some((at, _)) = clause.find(|(_, word)| is_one_of(&DIAGNOSED, word)) else { return false };
        let sentence = self.layout.sentence_of(self.layout.tokens[first].span);
        sentence.is_some_and(|sentence| sentence.tokens.start as usize <= at)
    }

    /// "2014", "3/14/2019", "14 March 2019".
    fn date_at(&self, at: usize) -> Option<Stated> {
        let word = self.at(at);
        let year = || Date::year(word).filter(|_| self.is_year(at));
        if let Some(date) = Date::numeric(word).or_else(year) {
            return self.dated(at, at, Some(date));
        }
        let number = self.month_and_year(at + 1).filter(|_| is_day(word));
        number.and_then(|(last, date)| self.dated(at, last, Some(date)))
    }

    /// Whether the number of four digits at `at` is a year: after a preposition, in brackets, before the colon that
    /// it starts a line with, or as the last word of a phrase ("s/p CABG 2010.").
    fn is_year(&self, at: usize) -> bool {
        let (before, after) = (lower(self.before(at, 1)), self.at(at + 1));
        match before.as_str() {
            "in" | "of" | "on" | "since" | "circa" | "dx" | "diagnosed" | "early" | "mid" | "late" => {
                return true;
            }
            "(" | "[" => return matches!(after, ")" | "]" | "," | ";"),
            _ => {}
        }
        let closed = matches!(after, "" | "," | ";" | "." | ")") || self.ends_sentence(at);
        let word = before.len() > 1 && before.bytes().all(|b| b.is_ascii_alphabetic() || b == b'/');
        let starts = self.starts_sentence(at) && matches!(after, ":" | "-" | "–");
        starts || (closed && word && !BEFORE_CLOCK.contains(&before.as_str()))
    }

    fn starts_sentence(&self, at: usize) -> bool {
        let Some(token) = self.layout.tokens.get(at) else { return false };
        let sentence = self.layout.sentence_of(token.span);
        sentence.is_some_and(|sentence| sentence.tokens.start as usize == at)
    }

    fn ends_sentence(&self, at: usize) -> bool {
        let Some(token) = self.layout.tokens.get(at) else { return false };
        let sentence = self.layout.sentence_of(token.span);
        sentence.is_some_and(|sentence| sentence.tokens.end as usize == at + 1)
    }

    /// "March 2019", "March 14, 2019", "Mar. 14".
    fn month_at(&self, at: usize) -> Option<Stated> {
        let month = month(self.at(at))?;
        if let Some((last, date)) = self.month_and_year(at) {
            return self.dated(at, last, Some(date));
        }
        let day_at = at + 1 + usize::from(self.at(at + 1) == ".");
        let day = Some(self.at(day_at)).filter(|word| is_day(word))?;
        let year_at = day_at + 1 + usize::from(self.at(day_at + 1) == ",");
        let year = Date::year(self.at(year_at));
        let last = if year.is_some() { year_at } else { day_at };
        self.dated(at, last, year.map(|year| year.at(month, day.parse().ok())))
    }

    /// The month at `at` and the year after it ("March 2019", "Mar. 2019", "March of 2019"), with the last token.
    fn month_and_year(&self, at: usize) -> Option<(usize, Date)> {
        let month = month(self.at(at))?;
        let skip = usize::from(matches!(self.at(at + 1), "." | "," | "of"));
        let year = Date::year(self.at(at + 1 + skip))?;
        let day = Some(self.before(at, 1)).filter(|word| is_day(word)).and_then(|day| day.parse().ok());
        Some((at + 1 + skip, year.at(month, day)))
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
        let named = STARTS.contains(&start.as_str()) || (skip == 0 && month(self.at(at + 1)).is_some());
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

/// Whether `word` may be the day of a month.
fn is_day(word: &str) -> bool {
    word.len() <= 2 && word.parse().is_ok_and(|day: u8| (1..=31).contains(&day))
}

fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinlink_model::Segmenter;
    use clinlink_segment::RuleSegmenter;
    use rstest::rstest;

    fn found(text: &str) -> Vec<(&str, TimeKind)> {
        let note = Note::new("n", text).unwrap();
        let found = stated(&note, &RuleSegmenter::embedded().segment(&note));
        found.iter().map(|t| (&text[t.start..t.end], t.kind)).collect()
    }

    #[rstest]
    #[case("MI in 2014.", "in 2014", TimeKind::Date)]
    #[case("MI in March 2014.", "in March 2014", TimeKind::Date)]
    #[case("MI in early 2014.", "in early 2014", TimeKind::Date)]
    #[case("MI (2014)", "2014", TimeKind::Date)]
    #[case("2014: MI", "2014", TimeKind::Date)]
    #[case("s/p CABG 2014, doing well", "2014", TimeKind::Date)]
    #[case("MI 3/2014", "3/2014", TimeKind::Date)]
    #[case("MI on March 14, 2014 with stent", "on March 14, 2014", TimeKind::Date)]
    #[case("MI on 14 March 2014 with stent", "on 14 March 2014", TimeKind::Date)]
    #[case("Fell on Mar. 14", "on Mar. 14", TimeKind::Date)]
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
        assert_eq!(found(text), [(words, kind)]);
    }

    #[rstest]
    #[case("BP 120/80, 3 L, 40 mg for pain")]
    #[case("He coughs at times")]
    #[case("Given 2000 mL of saline")]
    #[case("RN notified at 2000.")]
    #[case("Strength 5/5, marked edema")]
    #[case("Marked 3 lesions; may 2 return")]
    #[case("")]
    #[case("for 3")]
    #[case("since")]
    #[case("at the age of")]
    fn no_time(#[case] text: &str) {
        assert_eq!(found(text), []);
    }
}
