//! Calendar dates as notes write them, and whether they lie before the episode.

use std::cmp::Ordering;

/// How many days before the note a dated finding still belongs to the episode. Stays are shorter; what happened
/// between two visits of a season is still the same illness to most authors.
const EPISODE_DAYS: i32 = 90;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A date, as precisely as the words say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    year: u16,
    /// From 1.
    month: Option<u8>,
    /// From 1; none without a month.
    day: Option<u8>,
}

/// What a date says of when a finding was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearing {
    /// Before the episode.
    Past,
    /// Within it.
    Episode,
}

/// What is known of the day on which a note was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Present {
    /// The note comes with its date.
    Stated(Date),
    /// It does not; this is the latest date that it names, beside earlier ones.
    Latest(Date),
    /// Neither.
    Unknown,
}

impl Date {
    pub(crate) const fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Self {
        Self { year, month, day }
    }

    /// Whether it names a day.
    pub(crate) const fn has_day(self) -> bool {
        self.day.is_some()
    }

    /// A year of four digits, alone.
    pub(crate) fn year(word: &str) -> Option<Self> {
        year(word).map(|year| Self::new(year, None, None))
    }

    /// The same year, with month and day.
    pub(crate) const fn at(self, month: u8, day: Option<u8>) -> Self {
        Self { year: self.year, month: Some(month), day }
    }

    /// "2019-03-14", "3/14/2019", "3/14/19", "14.3.2019", "3/2019", "2019-03"; of "1998-2004" the end. Of two readings
    /// of day and month the American one.
    pub(crate) fn numeric(word: &str) -> Option<Self> {
        if !(6..=10).contains(&word.len()) || !word.is_ascii() {
            return None;
        }
        let parts: Vec<&str> = word.split(['/', '-', '.']).collect();
        let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() <= 2);
        match parts[..] {
            [first, last] => match (year(first), year(last)) {
                (Some(_), Some(end)) => Some(Self::new(end, None, None)),
                (Some(year), None) => Self::of(year, number(last)?, None),
                (None, Some(year)) => Self::of(year, number(first)?, None),
                (None, None) => None,
            },
            [first, middle, last] if first.len() == 4 => {
                Self::of(year(first)?, number(middle)?, Some(number(last)?))
            }
            [first, middle, last] => {
                let (first, middle) = (number(first)?, number(middle)?);
                let year = year(last).or_else(|| number(last).filter(|_| last.len() == 2).map(full))?;
                Self::of(year, first, Some(middle)).or_else(|| Self::of(year, middle, Some(first)))
            }
            _ => None,
        }
    }

    /// The date that a note comes with: any of the above, alone or before a time, or eight digits ("20190314").
    pub(crate) fn of_note(words: &str) -> Option<Self> {
        let word = words.trim().split(['T', ' ']).next()?;
        let digits = word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            return Self::of(year(&word[..4])?, word[4..6].parse().ok()?, Some(word[6..].parse().ok()?));
        }
        Self::numeric(word).or_else(|| Self::year(word))
    }

    fn of(year: u16, month: u8, day: Option<u8>) -> Option<Self> {
        let sound = (1..=12).contains(&month) && day.is_none_or(|day| (1..=31).contains(&day));
        sound.then_some(Self::new(year, Some(month), day))
    }

    /// The last day that it may mean, counted so that later days have greater numbers.
    fn last_day(self) -> i32 {
        let (year, month) = (i32::from(self.year), i32::from(self.month.unwrap_or(12)));
        // Days before a month, by Hinnant's civil calendar, whose years begin in March.
        let (shifted, from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let before = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * from_march + 2) / 5;
        before + i32::from(self.day.unwrap_or(30))
    }

    /// What it says of a finding, beside what is known of the note's own day. A year alone is compared with the
    /// note's year, since "in 2023" may mean any of its days; where the latest date of the text is a year alone, years
    /// are past.
    pub(crate) fn bearing(self, present: Present) -> Option<Bearing> {
        let (Present::Stated(now) | Present::Latest(now)) = present else {
            // Nobody writes the year or the month alone of what is happening now.
            return self.day.is_none().then_some(Bearing::Past);
        };
        if self.month.is_none() || now.month.is_none() {
            let years = matches!(present, Present::Latest(_)) && now.month.or(self.month).is_none();
            return (years || self.year < now.year).then_some(Bearing::Past);
        }
        let age = now.last_day() - self.last_day();
        if age > EPISODE_DAYS {
            return Some(Bearing::Past);
        }
        let sure = matches!(present, Present::Stated(_)) && age >= 0;
        sure.then_some(Bearing::Episode)
    }
}

impl Present {
    /// From the note's own date, else from those in its text.
    pub(crate) fn new(note: Option<&str>, named: impl Iterator<Item = Date>) -> Self {
        if let Some(date) = note.and_then(Date::of_note) {
            return Self::Stated(date);
        }
        let (mut latest, mut differ): (Option<Date>, bool) = (None, false);
        for date in named {
            let order = latest.map(|latest| date.last_day().cmp(&latest.last_day()));
            differ |= order.is_some_and(|order| order != Ordering::Equal);
            if order.is_none_or(|order| order == Ordering::Greater) {
                latest = Some(date);
            }
        }
        latest.filter(|_| differ).map_or(Self::Unknown, Self::Latest)
    }
}

/// The month that `word` names, in full or as its first three letters with or without a full stop, in capitals or
/// with a capital; from 1.
pub(crate) fn month(word: &str) -> Option<u8> {
    let word = word.strip_suffix('.').unwrap_or(word);
    if !(3..=9).contains(&word.len()) || !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let word = if word.eq_ignore_ascii_case("sept") { "sep" } else { word };
    let is = |name: &str| name.eq_ignore_ascii_case(word) || name[..3].eq_ignore_ascii_case(word);
    MONTHS.iter().position(|name| is(name)).map(|at| at as u8 + 1)
}

fn year(word: &str) -> Option<u16> {
    if word.len() != 4 || !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    word.parse().ok().filter(|year| (1900..2100).contains(year))
}

/// The year of two digits: those up to 50 are of this century.
fn full(short: u8) -> u16 {
    u16::from(short) + if short <= 50 { 2000 } else { 1900 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2019-03-14", Some((2019, Some(3), Some(14))))]
    #[case("3/14/2019", Some((2019, Some(3), Some(14))))]
    #[case("14/3/2019", Some((2019, Some(3), Some(14))))]
    #[case("14.3.2019", Some((2019, Some(3), Some(14))))]
    #[case("3/14/19", Some((2019, Some(3), Some(14))))]
    #[case("03/2019", Some((2019, Some(3), None)))]
    #[case("2019-03", Some((2019, Some(3), None)))]
    #[case("1998-2004", Some((2004, None, None)))]
    #[case("120/80", None)]
    #[case("13/13/2019", None)]
    #[case("3/0/2019", None)]
    #[case("10-15", None)]
    #[case("2/3/123", None)]
    #[case("1.2.3.4", None)]
    #[case("", None)]
    fn numbers(#[case] word: &str, #[case] date: Option<(u16, Option<u8>, Option<u8>)>) {
        assert_eq!(Date::numeric(word), date.map(|(year, month, day)| Date::new(year, month, day)));
    }

    #[rstest]
    #[case("2024-03-01T10:00:00Z")]
    #[case("20240301")]
    #[case("3/1/2024 10:00")]
    #[case(" 2024-03-01 ")]
    fn dates_of_notes(#[case] words: &str) {
        assert_eq!(Date::of_note(words), Some(Date::new(2024, Some(3), Some(1))));
    }

    #[rstest]
    #[case("2023-12-15", "3/1/2024", Some(Bearing::Episode))]
    #[case("2023-11-15", "3/1/2024", Some(Bearing::Past))]
    #[case("12/2023", "3/1/2024", Some(Bearing::Episode))]
    #[case("11/2023", "3/1/2024", Some(Bearing::Past))]
    #[case("3/1/2024", "3/1/2024", Some(Bearing::Episode))]
    #[case("3/2/2024", "3/1/2024", None)]
    #[case("2/28/2020", "2/2020", Some(Bearing::Episode))]
    fn beside_the_note_s_date(#[case] date: &str, #[case] note: &str, #[case] bearing: Option<Bearing>) {
        let present = Present::new(Some(note), std::iter::empty());
        assert_eq!(Date::numeric(date).unwrap().bearing(present), bearing);
    }

    #[rstest]
    #[case::a_year_before(&["2014", "2019"], "2014", Some(Bearing::Past))]
    #[case::the_latest_year(&["2014", "2019"], "2019", Some(Bearing::Past))]
    #[case::a_year_beside_its_day(&["2014", "9/1/2019"], "2019", None)]
    #[case::the_only_year(&["2014"], "2014", Some(Bearing::Past))]
    #[case::the_only_day(&["3/14/2019"], "3/14/2019", None)]
    #[case::a_day_long_before(&["3/14/2019", "9/1/2019"], "3/14/2019", Some(Bearing::Past))]
    #[case::a_day_before(&["3/14/2019", "3/20/2019"], "3/14/2019", None)]
    fn beside_other_dates(#[case] named: &[&str], #[case] date: &str, #[case] bearing: Option<Bearing>) {
        let read = |word: &str| Date::numeric(word).or_else(|| Date::year(word)).unwrap();
        let present = Present::new(None, named.iter().map(|word| read(word)));
        assert_eq!(read(date).bearing(present), bearing);
    }

    #[rstest]
    #[case("March", Some(3))]
    #[case("Mar.", Some(3))]
    #[case("SEPT", Some(9))]
    #[case("Sept", Some(9))]
    #[case("DEC", Some(12))]
    #[case("Marked", None)]
    #[case("may", None)]
    #[case("Ma", None)]
    fn months(#[case] word: &str, #[case] number: Option<u8>) {
        assert_eq!(month(word), number);
    }
}
