//! Who speaks in a dialogue.
//!
//! ```text
//! DR: Any allergies?          [doctor] any allergies ?
//! PT: No, none.               [patient] no , none .
//! ```
//!
//! Each turn says who speaks: a clinician, the patient, a relative or another guest, or nobody knows.
//!
//! A role or a name with a title, in square brackets or with a colon, opens a turn. With a colon it does so only
//! where another speaker follows or went before within [`REACH`] lines: `PATIENT: John Doe` alone is a field.

use clinlink_model::Speaker::{self, Clinician, Family, Patient, Unknown};

use crate::lines::{is_blank, trim};

/// How many lines apart two turns of a dialogue may be.
const REACH: usize = 8;

const ROLES: [(&str, Speaker); 37] = [
    ("doctor", Clinician),
    ("dr", Clinician),
    ("dr.", Clinician),
    ("physician", Clinician),
    ("md", Clinician),
    ("provider", Clinician),
    ("clinician", Clinician),
    ("therapist", Clinician),
    ("counselor", Clinician),
    ("interviewer", Clinician),
    ("examiner", Clinician),
    ("nurse", Clinician),
    ("rn", Clinician),
    ("np", Clinician),
    ("pa", Clinician),
    ("guest_clinician", Clinician),
    ("q", Clinician),
    ("patient", Patient),
    ("pt", Patient),
    ("a", Patient),
    ("mother", Family),
    ("mom", Family),
    ("father", Family),
    ("dad", Family),
    ("parent", Family),
    ("wife", Family),
    ("husband", Family),
    ("daughter", Family),
    ("son", Family),
    ("sister", Family),
    ("brother", Family),
    ("caregiver", Family),
    ("guardian", Family),
    ("family", Family),
    ("guest_family", Family),
    ("patient_guest", Family),
    ("interpreter", Unknown),
];
const TITLES: [(&str, Speaker); 8] = [
    ("dr.", Clinician),
    ("dr", Clinician),
    ("mr.", Unknown),
    ("mr", Unknown),
    ("mrs.", Unknown),
    ("mrs", Unknown),
    ("ms.", Unknown),
    ("ms", Unknown),
];

/// Tells the turns of a dialogue, line after line.
#[derive(Debug, Default)]
pub(crate) struct Dialogue {
    /// How many lines ago the last turn started.
    since_turn: Option<usize>,
}

impl Dialogue {
    /// Who speaks if a turn starts with the first of `lines`, the lines from here on.
    pub(crate) fn turn(&mut self, lines: &[&str]) -> Option<Speaker> {
        self.since_turn = self.since_turn.map(|since| since + 1).filter(|&since| since <= REACH);
        let (name, speaker) = lines.first().and_then(|line| named(line))?;
        if !name.starts_with('[') && self.since_turn.is_none() && !another_follows(name, &lines[1..]) {
            return None;
        }
        self.since_turn = Some(0);
        Some(speaker)
    }
}

fn another_follows(name: &str, lines: &[&str]) -> bool {
    let near = lines.iter().take(REACH).filter(|line| !is_blank(line));
    near.filter_map(|line| named(line)).any(|(other, _)| !other.eq_ignore_ascii_case(name))
}

/// The name whose turn `line` may open, `DR` or `[doctor]`, and who that is.
fn named(line: &str) -> Option<(&str, Speaker)> {
    let line = trim(line);
    if let Some(rest) = line.strip_prefix('[') {
        let end = rest.bytes().take(20).position(|b| b == b']')?;
        return Some((&line[..end + 2], speaker(&ROLES, &rest[..end])?));
    }
    let end = line.bytes().take(40).position(|b| b == b':')?;
    let name = line[..end].trim_end();
    let titled = || {
        let (first, rest) = name.split_once(' ')?;
        speaker(&TITLES, first).filter(|_| rest.split(' ').count() <= 3)
    };
    Some((name, speaker(&ROLES, name).or_else(titled)?))
}

fn speaker(known: &[(&str, Speaker)], name: &str) -> Option<Speaker> {
    known.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|&(_, speaker)| speaker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::two(&["DR: Any pain?", "PT: No."], &[Some(Clinician), Some(Patient)])]
    #[case::bracketed(&["[doctor] hi", "so"], &[Some(Clinician), None])]
    #[case::long_turn(&["Doctor: Any", "pain?", "", "Mother: No."], &[Some(Clinician), None, None, Some(Family)])]
    #[case::titles(&["Dr. Lee: Hello.", "Mrs. Hall: Hello."], &[Some(Clinician), Some(Unknown)])]
    #[case::a_guest(&["[patient_guest] yeah ."], &[Some(Family)])]
    #[case::a_field(&["PATIENT: John Doe", "DATE: today"], &[None, None])]
    #[case::the_same_twice(&["Patient: A", "Patient: B"], &[None, None])]
    #[case::no_speaker(&["Plan: rest", "PT: No."], &[None, None])]
    fn turns(#[case] lines: &[&str], #[case] expected: &[Option<Speaker>]) {
        let mut dialogue = Dialogue::default();
        let found: Vec<Option<Speaker>> = (0..lines.len()).map(|at| dialogue.turn(&lines[at..])).collect();
        assert_eq!(found, expected);
    }
}
