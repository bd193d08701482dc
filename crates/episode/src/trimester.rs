//! The trimester of a pregnancy, which codes of chapter 15 ask for, from the weeks or the trimester that the notes tell.
//!
//! Before 14 weeks and 0 days it is the first, before 28 weeks and 0 days the second, then the third (ICD-10-CM, chapter
//! 15; Official Guidelines I.C.15.a.3). The sentence of the mention decides, else its note, else the episode; where one of
//! them tells of several trimesters, none is taken.

use clinlink_model::{AnnotatedNote, Span};

use crate::claim::Rulebook;
use crate::words::{Word, starts, words_of};

/// A trimester.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Trimester {
    First,
    Second,
    Third,
}

/// Words of which one must stand in the sentence of the weeks.
const PREGNANT: [&str; 14] = [
    "pregnant",
    "pregnancy",
    "gestation",
    "gestational",
    "intrauterine",
    "iup",
    "ga",
    "ega",
    "gravida",
    "fetus",
    "fetal",
    "antepartum",
    "obstetric",
    "trimester",
];
/// Words around weeks that count something else: `for 3 weeks`, `2 weeks ago`.
const COUNTED_BEFORE: [&str; 9] = ["for", "in", "every", "next", "past", "last", "over", "within", "another"];
const COUNTED_AFTER: [&str; 6] = ["ago", "postpartum", "post", "after", "later", "old"];
/// No pregnancy lasts longer, in weeks.
const LONGEST: u32 = 43;

impl Trimester {
    const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];

    /// The trimester of which the words at `span` of the note `number` speak.
    pub(crate) fn of(number: usize, span: Span, with: &Rulebook<'_>) -> Option<Self> {
        let note = &with.episode.notes[number];
        let sentence = note.layout.sentence_of(span).map_or(span, |sentence| sentence.span);
        match Self::told(&words_of(&note.note[sentence], 0)).as_slice() {
            [] => {}
            told => return only(told),
        }
        let of_notes = with.trimesters.get_or_init(|| with.episode.notes.iter().map(Self::of_note).collect());
        match of_notes[number].as_slice() {
            [] => {}
            told => return only(told),
        }
        only(&of_notes.concat())
    }

    /// As titles of codes have it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::First => "first trimester",
            Self::Second => "second trimester",
            Self::Third => "third trimester",
        }
    }

    fn of_note(note: &AnnotatedNote) -> Vec<Self> {
        let sentences = note.layout.sentences.iter();
        sentences.flat_map(|sentence| Self::told(&words_of(&note.note[sentence.span], 0))).collect()
    }

    /// The trimesters that a sentence tells, in its order.
    fn told(words: &[Word]) -> Vec<Self> {
        let named = |at: usize| {
            let ordinals = [["first", "1 st"], ["second", "2 nd"], ["third", "3 rd"]];
            let of = Self::ALL.into_iter().zip(ordinals).find(|(_, names)| {
                names.iter().any(|name| starts(&words[at..], &format!("{name} trimester")).is_some())
            });
            of.map(|(trimester, _)| trimester)
        };
        let weeks = weeks_told(words);
        let of_weeks = |at: usize| weeks.iter().find(|(_, (first, _))| *first == at);
        let told = |at: usize| named(at).or_else(|| of_weeks(at).map(|(weeks, _)| Self::of_weeks(*weeks)));
        (0..words.len()).filter_map(told).collect()
    }

    const fn of_weeks(weeks: u32) -> Self {
        match weeks {
            0..14 => Self::First,
            14..28 => Self::Second,
            _ => Self::Third,
        }
    }
}

/// The completed weeks of pregnancy that a sentence tells, each with its first and last word. Weeks with days (`28w4d`)
/// count nothing else; others need words of a pregnancy.
pub(crate) fn weeks_told(words: &[Word]) -> Vec<(u32, (usize, usize))> {
    let pregnant = words.iter().any(|word| PREGNANT.contains(&word.form.as_str()));
    let told = |at| {
        let (weeks, last) = weeks_at(words, at)?;
        let day = match words.get(last + 1..last + 3) {
            Some([day, unit]) if unit.form == "d" && day.form.len() == 1 && day.start == words[last].end => 2,
            // `39 weeks 3 days`: nothing else is counted so for so long.
            Some([day, unit])
                if matches!(unit.form.as_str(), "day" | "days")
                    && weeks >= COUNTED_BY_DAYS
                    && matches!(day.form.as_str(), "0" | "1" | "2" | "3" | "4" | "5" | "6") =>
            {
                2
            }
            _ => 0,
        };
        (pregnant || day > 0).then_some((weeks, (at, last + day)))
    };
    (0..words.len()).filter_map(told).collect()
}

/// Weeks with days are those of a pregnancy from here on.
const COUNTED_BY_DAYS: u32 = 20;

/// The completed weeks that the words at a place tell, and the last of these words: `25 weeks`, `25w3d`, `25 3/7 weeks`,
/// `25+3 wk`.
fn weeks_at(words: &[Word], at: usize) -> Option<(u32, usize)> {
    let before = at.checked_sub(1).map(|before| &words[before]);
    // `25 3/7 weeks` has one number of weeks, `G2P0 @ 28w4d` has one too.
    let goes_on = |word: &Word| word.is_number() && words[at].start - word.end <= 1;
    if before.is_some_and(|word| goes_on(word) || COUNTED_BEFORE.contains(&word.form.as_str())) {
        return None;
    }
    let form = Some(&words[at].form).filter(|form| form.len() <= 2)?;
    let weeks: u32 = form.parse().ok().filter(|weeks| (1..=LONGEST).contains(weeks))?;
    let days = words[at + 1..].iter().take_while(|word| word.is_number()).count();
    let rest = words.get(at + 1 + days..).filter(|_| days <= 2)?;
    let is_week = |word: &Word| matches!(word.form.as_str(), "week" | "weeks" | "wk" | "wks" | "w");
    let (unit, rest) = rest.split_first()?;
    let something_else = rest.first().is_some_and(|word| COUNTED_AFTER.contains(&word.form.as_str()));
    (is_week(unit) && !something_else).then_some((weeks, at + 1 + days))
}

/// The trimester, if there is one and it is the only one.
fn only(told: &[Trimester]) -> Option<Trimester> {
    told.first().copied().filter(|first| told.iter().all(|other| other == first))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Trimester::{First, Second, Third};
    use super::*;

    #[rstest]
    #[case("She is 13w6d pregnant", &[First])]
    #[case("G2P0010 @ 28w4d by LMP c/w 9wk US", &[Third])]
    #[case("seen at 12 wk", &[])]
    #[case("pregnancy at 14 weeks", &[Second])]
    #[case("IUP at 27 6/7 weeks", &[Second])]
    #[case("28 weeks' gestation", &[Third])]
    #[case("GA 38+2 wks", &[Third])]
    #[case("in her 2nd trimester", &[Second])]
    #[case("pregnant, nausea for 3 weeks", &[])]
    #[case("pregnant, seen 2 weeks ago", &[])]
    #[case("cough of 8 weeks", &[])]
    #[case("pregnant, 30 kg gained", &[])]
    #[case("pregnancy test at 5 weeks, ultrasound at 20 weeks", &[First, Second])]
    fn sentences_tell_trimesters(#[case] text: &str, #[case] expected: &[Trimester]) {
        assert_eq!(Trimester::told(&words_of(text, 0)), expected);
    }
}
