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
        let pregnant = words.iter().any(|word| PREGNANT.contains(&word.form.as_str()));
        let weeks = |at: usize| weeks_at(words, at).filter(|_| pregnant).map(Self::of_weeks);
        (0..words.len()).filter_map(|at| named(at).or_else(|| weeks(at))).collect()
    }

    const fn of_weeks(weeks: u32) -> Self {
        match weeks {
            0..14 => Self::First,
            14..28 => Self::Second,
            _ => Self::Third,
        }
    }
}

/// The completed weeks that the words at a place tell: `25 weeks`, `25w3d`, `25 3/7 weeks`, `25+3 wk`.
fn weeks_at(words: &[Word], at: usize) -> Option<u32> {
    let is_number = |word: &&Word| word.form.chars().all(|c| c.is_ascii_digit());
    let before = at.checked_sub(1).map(|before| &words[before]);
    if before.is_some_and(|word| is_number(&word) || COUNTED_BEFORE.contains(&word.form.as_str())) {
        return None;
    }
    let weeks: u32 = words[at].form.parse().ok().filter(|weeks| (1..=LONGEST).contains(weeks))?;
    let days = words[at + 1..].iter().take_while(is_number).count();
    let rest = words.get(at + 1 + days..).filter(|_| days <= 2)?;
    let is_week = |word: &Word| matches!(word.form.as_str(), "week" | "weeks" | "wk" | "wks" | "w");
    let (unit, rest) = rest.split_first()?;
    let something_else = rest.first().is_some_and(|word| COUNTED_AFTER.contains(&word.form.as_str()));
    (is_week(unit) && !something_else).then_some(weeks)
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
