//! How well a stretch of words explains the letters of a short form.
//!
//! The letters of the short form are laid over the words in their order, each at a price: nothing for the first
//! letter of a word or for the letter next to the one before ("max" in "maximum"), little for a letter further inside
//! a word, more for a word that is skipped. The cheapest way wins: in "International Index of Erectile Function
//! (IIEF)" four first letters cost less than the shorter "Index of Erectile Function", in which the second "I" would
//! have to be the one inside "Erectile". The prices order the strategies as `Ab3P` does (Sohn et al., BMC
//! Bioinformatics 2008;9:402), from the surest, all first letters, to the least sure, letters anywhere.

use std::ops::Range;

/// An inner letter of a word whose first letter counts too.
const INNER: u32 = 2;
/// An inner letter of a word whose first letter does not count.
const INNER_ONLY: u32 = 5;
/// A word that gives no letter; nothing for "of" and its kin.
const SKIPPED_WORD: u32 = 4;
/// A part of a hyphenated word that gives no letter.
const SKIPPED_PART: u32 = 2;
/// A number that is skipped.
const SKIPPED_NUMBER: u32 = 1;
/// A digit that the words do not hold ("cdc2", "PLS-1").
const DROPPED_DIGIT: u32 = 4;
/// A digit that a word spells ("3D", three-dimensional).
const SPELLED_DIGIT: u32 = 1;
/// A start inside a hyphenated word.
const INSIDE_WORD: u32 = 1;

/// Words that need give no letter, and with which no long form starts.
pub(crate) const SMALL_WORDS: [&str; 22] = [
    "of", "the", "and", "in", "for", "to", "a", "an", "with", "by", "on", "or", "at", "from", "plus", "as",
    "per", "de", "its", "their", "using", "via",
];

const SPELLED: [(char, &[&str]); 5] = [
    ('1', &["mono", "one", "first", "uni", "single"]),
    ('2', &["di", "bi", "two", "second"]),
    ('3', &["tri", "three", "third"]),
    ('4', &["tetra", "four", "quad"]),
    ('5', &["penta", "five", "fifth"]),
];

/// The long form of a short form in a stretch of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LongForm {
    /// Its place, in bytes of the stretch.
    pub range: Range<usize>,
    /// What it costs; 0 is a first letter for every letter.
    pub cost: u32,
}

/// How a long form may lie in its stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It ends with the stretch and starts anywhere.
    AtEnd,
    /// It is all of the stretch.
    Whole,
}

/// The cheapest long form of `short` in `stretch`, the shortest of several as cheap; `None` where the letters do not
/// occur in order, or where they cost more than a chance match of so many letters would.
pub(crate) fn long_form(short: &str, stretch: &str, fit: Fit) -> Option<LongForm> {
    let letters = letters(short, stretch);
    let parts = parts(stretch);
    if letters.is_empty() || parts.is_empty() {
        return None;
    }
    let counted = letters.iter().filter(|c| c.is_alphabetic()).count() as u32;
    let limit = if counted < 3 { counted * 2 + 2 } else { counted * 3 + 2 };
    let best = cheapest(&letters, stretch, &parts, fit)?;
    (best.cost <= limit).then_some(best)
}

/// The letters and digits of a short form, in lower case, without the "s" of a plural.
fn letters(short: &str, stretch: &str) -> Vec<char> {
    let plural = short
        .strip_suffix('s')
        .filter(|stem| stem.len() >= 2 && stem.chars().all(|c| !c.is_lowercase()) && stretch.ends_with('s'));
    let counted = plural.unwrap_or(short).chars().filter(|c| c.is_alphanumeric());
    counted.flat_map(char::to_lowercase).collect()
}

/// A run of letters and digits.
struct Part {
    /// In bytes of the stretch.
    range: Range<usize>,
    /// Whether white space or the start of the stretch is before it, but for marks.
    starts_word: bool,
    small: bool,
    number: bool,
}

impl Part {
    const fn skip_cost(&self) -> u32 {
        match (self.small, self.number, self.starts_word) {
            (true, ..) => 0,
            (_, true, _) => SKIPPED_NUMBER,
            (_, _, true) => SKIPPED_WORD,
            (_, _, false) => SKIPPED_PART,
        }
    }
}

fn parts(stretch: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut from = 0;
    for run in stretch.split(|c: char| !c.is_alphanumeric()) {
        let start = run.as_ptr() as usize - stretch.as_ptr() as usize;
        if run.is_empty() {
            continue;
        }
        let starts_word = parts.is_empty() || stretch[from..start].contains(char::is_whitespace);
        let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(run));
        let range = start..start + run.len();
        from = range.end;
        let small = is(&SMALL_WORDS);
        let number = run.bytes().all(|b| b.is_ascii_digit());
        parts.push(Part { range, starts_word, small, number });
    }
    parts
}

/// A way to lay the letters so far: what it costs, and the part where it starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    cost: u32,
    /// Of ways as cheap, the one that starts last.
    start: std::cmp::Reverse<usize>,
}

impl Way {
    const fn and(self, cost: u32) -> Self {
        Self { cost: self.cost + cost, ..self }
    }
}

/// For each character of the stretch that is a letter or a digit, the cheapest way that has the last letter there.
type Row = Vec<Option<Way>>;

fn cheapest(letters: &[char], stretch: &str, parts: &[Part], fit: Fit) -> Option<LongForm> {
    let chars: Vec<(usize, usize, char)> = parts
        .iter()
        .enumerate()
        .flat_map(|(at, part)| {
            stretch[part.range.clone()].chars().enumerate().map(move |(place, c)| (at, place, lower(c)))
        })
        .collect();
    let mut row: Option<Row> = None;
    for &letter in letters {
        let next = match &row {
            None => first_row(letter, stretch, parts, &chars, fit),
            Some(row) => next_row(row, letter, stretch, parts, &chars),
        };
        row = Some(next);
    }
    let row = row?;
    // What the words cost that follow the last letter, by part.
    let mut rest = vec![0; parts.len()];
    for at in (1..parts.len()).rev() {
        rest[at - 1] = rest[at] + parts[at].skip_cost();
    }
    let ways = row.iter().zip(&chars).filter_map(|(way, &(part, ..))| Some((*way)?.and(rest[part])));
    let way = ways.min()?;
    let start = word_start(stretch, parts[way.start.0].range.start);
    Some(LongForm { range: start..stretch.len(), cost: way.cost })
}

/// The ways to lay the first letter: at the start of a part that is no small word.
fn first_row(letter: char, stretch: &str, parts: &[Part], chars: &[(usize, usize, char)], fit: Fit) -> Row {
    let way = |&(at, place, c): &(usize, usize, char)| {
        let part = &parts[at];
        let allowed = place == 0 && !(part.small && fit == Fit::AtEnd) && (at == 0 || fit == Fit::AtEnd);
        let price = if c == letter {
            0
        } else if spells(&stretch[part.range.clone()], letter) {
            SPELLED_DIGIT
        } else {
            return None;
        };
        let inside = if part.starts_word { 0 } else { INSIDE_WORD };
        allowed.then_some(Way { cost: price + inside, start: std::cmp::Reverse(at) })
    };
    chars.iter().map(way).collect()
}

fn next_row(row: &Row, letter: char, stretch: &str, parts: &[Part], chars: &[(usize, usize, char)]) -> Row {
    let mut next = Vec::with_capacity(chars.len());
    // The cheapest way that ends in an earlier part, and the cheapest one that ends in this part.
    let (mut earlier, mut here): (Option<Way>, Option<Way>) = (None, None);
    for (at, &(part, place, c)) in chars.iter().enumerate() {
        if place == 0 && at > 0 {
            let skipped = earlier.map(|way| way.and(parts[part - 1].skip_cost()));
            earlier = cheaper(skipped, here);
            here = None;
        }
        let mut way = None;
        if c == letter {
            let beside = (place > 0).then(|| row[at - 1]).flatten();
            let from_earlier = earlier.map(|way| way.and(if place == 0 { 0 } else { INNER_ONLY }));
            way = cheaper(cheaper(beside, here.map(|way| way.and(INNER))), from_earlier);
        } else if place == 0 && spells(&stretch[parts[part].range.clone()], letter) {
            way = earlier.map(|way| way.and(SPELLED_DIGIT));
        }
        if letter.is_ascii_digit() {
            way = cheaper(way, row[at].map(|way| way.and(DROPPED_DIGIT)));
        }
        next.push(way);
        here = cheaper(here, row[at]);
    }
    next
}

fn cheaper(a: Option<Way>, b: Option<Way>) -> Option<Way> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        _ => a.or(b),
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Whether `word` spells the digit: "three-dimensional" spells 3.
fn spells(word: &str, digit: char) -> bool {
    let starts = |start: &&str| word.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    SPELLED.iter().any(|(known, starters)| *known == digit && starters.iter().any(starts))
}

/// Where the long form starts whose first letter is at `start`: "2,6-diaminopurine" is one name, "anti-human" is not.
fn word_start(stretch: &str, start: usize) -> usize {
    let before = &stretch[..start];
    let from = before.rfind(|c: char| c.is_whitespace() || matches!(c, '/' | '(' | ')' | '[' | ']'));
    let word = from.map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let chemical = before[word..].contains(|c: char| c.is_ascii_digit());
    if chemical { word } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::initials("CHF", "has congestive heart failure", Some(("congestive heart failure", 0)))]
    #[case::small_words("DVT", "deep vein and thrombosis", Some(("deep vein and thrombosis", 0)))]
    #[case::longest_first_letters(
        "IIEF", "International Index of Erectile Function", Some(("International Index of Erectile Function", 0))
    )]
    #[case::inner("HCTZ", "hydrochlorothiazide", Some(("hydrochlorothiazide", 6)))]
    #[case::beside("Vmax", "velocity maximum", Some(("velocity maximum", 0)))]
    #[case::digit("PLS-1", "partial least squares", Some(("partial least squares", 4)))]
    #[case::spelled("3D", "three-dimensional", Some(("three-dimensional", 1)))]
    #[case::tail("AHY", "anterior hypothalamic nucleus", Some(("anterior hypothalamic nucleus", 4)))]
    #[case::plural("DVTs", "deep vein thromboses", Some(("deep vein thromboses", 0)))]
    #[case::not_in_order("DM", "myotonic dystrophy", None)]
    #[case::small_start("OF", "of failure", None)]
    #[case::empty("A", "", None)]
    #[case::other_script("ÄÖ", "ähnliche öfen", Some(("ähnliche öfen", 0)))]
    fn forms(#[case] short: &str, #[case] stretch: &str, #[case] long: Option<(&str, u32)>) {
        let found = long_form(short, stretch, Fit::AtEnd);
        assert_eq!(found.map(|f| (&stretch[f.range], f.cost)), long);
    }

    #[rstest]
    #[case("MS", "multiple sclerosis", true)]
    #[case("MS", "the multiple sclerosis", false)]
    #[case("MS", "multiple sclerosis with many relapses", false)]
    fn whole(#[case] short: &str, #[case] stretch: &str, #[case] fits: bool) {
        assert_eq!(long_form(short, stretch, Fit::Whole).is_some(), fits);
    }
}
