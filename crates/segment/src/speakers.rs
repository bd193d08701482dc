//! Who speaks in a dialogue.
//!
//! ```text
//! DR: Any allergies?          [doctor] any allergies ?
//! PT: No, none.               [patient] no , none .
//! ```
//!
//! A role or a name with a title, in square brackets or with a colon, opens a turn. With a colon it does so only
//! where another speaker follows or went before within [`REACH`] lines: `PATIENT: John Doe` alone is a field.

use crate::lines::{is_blank, trim};

/// How many lines apart two turns of a dialogue may be.
const REACH: usize = 8;

const ROLES: [&str; 36] = [
    "doctor",
    "dr",
    "dr.",
    "physician",
    "md",
    "provider",
    "clinician",
    "therapist",
    "counselor",
    "interviewer",
    "examiner",
    "nurse",
    "rn",
    "np",
    "pa",
    "patient",
    "pt",
    "mother",
    "mom",
    "father",
    "dad",
    "parent",
    "wife",
    "husband",
    "daughter",
    "son",
    "sister",
    "brother",
    "caregiver",
    "guardian",
    "family",
    "guest_family",
    "guest_clinician",
    "interpreter",
    "q",
    "a",
];
const TITLES: [&str; 8] = ["dr.", "dr", "mr.", "mr", "mrs.", "mrs", "ms.", "ms"];

/// Tells the turns of a dialogue, line after line.
#[derive(Debug, Default)]
pub(crate) struct Dialogue {
    /// How many lines ago the last turn started.
    since_turn: Option<usize>,
}

impl Dialogue {
    /// Whether a turn starts with the first of `lines`, the lines from here on.
    pub(crate) fn turn(&mut self, lines: &[&str]) -> bool {
        self.since_turn = self.since_turn.map(|since| since + 1).filter(|&since| since <= REACH);
        let turn = lines.first().and_then(|line| speaker(line)).is_some_and(|who| {
            who.starts_with('[') || self.since_turn.is_some() || another_follows(who, &lines[1..])
        });
        if turn {
            self.since_turn = Some(0);
        }
        turn
    }
}

fn another_follows(who: &str, lines: &[&str]) -> bool {
    let near = lines.iter().take(REACH).filter(|line| !is_blank(line));
    near.filter_map(|line| speaker(line)).any(|other| !other.eq_ignore_ascii_case(who))
}

/// The speaker whose turn `line` may open: `DR`, or `[doctor` with its bracket.
fn speaker(line: &str) -> Option<&str> {
    let line = trim(line);
    if let Some(rest) = line.strip_prefix('[') {
        let end = rest.bytes().take(20).position(|b| b == b']')?;
        return is_role(&rest[..end]).then(|| &line[..=end]);
    }
    let end = line.bytes().take(40).position(|b| b == b':')?;
    let name = line[..end].trim_end();
    let titled = name.split_once(' ').is_some_and(|(first, rest)| {
        rest.split(' ').count() <= 3 && TITLES.iter().any(|title| first.eq_ignore_ascii_case(title))
    });
    (is_role(name) || titled).then_some(name)
}

fn is_role(name: &str) -> bool {
    ROLES.iter().any(|role| name.eq_ignore_ascii_case(role))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::two(&["DR: Any pain?", "PT: No."], &[true, true])]
    #[case::bracketed(&["[doctor] hi", "so"], &[true, false])]
    #[case::long_turn(&["Doctor: Any", "pain?", "", "Patient: No."], &[true, false, false, true])]
    #[case::titles(&["Dr. Lee: Hello.", "Mrs. Hall: Hello."], &[true, true])]
    #[case::a_field(&["PATIENT: John Doe", "DATE: today"], &[false, false])]
    #[case::the_same_twice(&["Patient: A", "Patient: B"], &[false, false])]
    #[case::no_speaker(&["Plan: rest", "PT: No."], &[false, false])]
    fn turns(#[case] lines: &[&str], #[case] expected: &[bool]) {
        let mut dialogue = Dialogue::default();
        let found: Vec<bool> = (0..lines.len()).map(|at| dialogue.turn(&lines[at..])).collect();
        assert_eq!(found, expected);
    }
}
