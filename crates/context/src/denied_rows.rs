//! Rows of findings that one word denies, and where they end.
//!
//! | text | denied |
//! |---|---|
//! | "no fever, cough or rash" | all |
//! | "flu and COVID negative" | both |
//! | "no fever, no cough, normal gait" | one by one |
//! | "PMH: HTN, no CKD, gout" | CKD: the list began without a denial |
//! | "no mass seen, mild edema" | the mass: its clause is closed |
//! | "no fever, cough improving", "no torsion, cyst 3 cm", "no pain, lungs clear" | the first: more is said of the other |

use clinlink_model::{Polarity, SectionKind};

use crate::clause::{JOINTS, Words, is_in};
use crate::rules::{MAX_REACH, Value};
use crate::scope::Cue;

/// A denial that reaches no further back is of the whole row that it ends: "flu and COVID negative".
pub(crate) const SHORT_REACH: u32 = 2;
/// How many tokens a member of such a row has, but for the last, and the whole row.
const MOST_MEMBER: u32 = 3;
const MOST_ROW: u32 = 12;

/// Words behind a finding that say that it is there, how it is, or its course.
const STATES: [&str; 34] = [
    "present",
    "improved",
    "improving",
    "unchanged",
    "stable",
    "persists",
    "persisting",
    "worsening",
    "worsened",
    "worse",
    "resolving",
    "resolved",
    "controlled",
    "healing",
    "healed",
    "clear",
    "soft",
    "intact",
    "supple",
    "regular",
    "symmetric",
    "reactive",
    "nontender",
    "wnl",
    "nl",
    "ok",
    "good",
    "elevated",
    "flat",
    "treated",
    "repaired",
    "excised",
    "removed",
    "drained",
];

/// Units of sizes.
const SIZES: [&str; 2] = ["cm", "mm"];

/// Words for what nobody denies.
const NORMAL: [&str; 2] = ["normal", "positive"];

/// Words that deny something of the finding before them.
const WITHOUT: [&str; 2] = ["without", "w/o"];

/// Words that say of what is denied before them that it was looked for.
const FOUND: [&str; 12] = [
    "seen",
    "noted",
    "identified",
    "elicited",
    "appreciated",
    "detected",
    "found",
    "observed",
    "evident",
    "visualized",
    "heard",
    "palpated",
];

/// Whether a cue denies.
pub(crate) fn denies(cue: &Cue<'_>) -> bool {
    cue.values().contains(&Value::Polarity(Polarity::Negated))
}

/// Whether a denial speaks of its own item of a list only: in "PMH: HTN, no CKD, gout" because the list began without
/// one, in "no fever, no cough, normal gait" because each item has its own.
pub(crate) fn denies_own_item(words: &Words<'_>, placed: &[(Cue<'_>, usize)], at: usize) -> bool {
    let (cue, sentence) = &placed[at];
    let first = cue.tokens.0;
    let of_diagnoses = || {
        matches!(
            words.layout.kind_at(cue.span),
            SectionKind::PastMedicalHistory | SectionKind::PastSurgicalHistory | SectionKind::ProblemList
        )
    };
    if is_in(&WITHOUT, words.at(first)) {
        return of_diagnoses();
    }
    let in_list = first > words.sentence.start && words.at(first - 1) == ",";
    if !in_list || !is_in(&["no"], words.at(first)) {
        return false;
    }
    let near = placed[..at]
        .iter()
        .rev()
        .take_while(|(other, of)| of == sentence && other.tokens.1 + MAX_REACH > first);
    match near.map(|(other, _)| other).find(|other| denies(other)) {
        Some(other) => {
            is_in(&["no"], words.at(other.tokens.0))
                && !(other.tokens.1..first - 1).any(|token| words.is_comma(token))
        }
        None => of_diagnoses(),
    }
}

/// Whether the items of a row that a "no" begins are denied one by one, so that it speaks of those before its first
/// comma only: "no fever, no cough, normal gait".
pub(crate) fn denied_one_by_one(
    words: &Words<'_>,
    placed: &[(Cue<'_>, usize)],
    at: usize,
    comma: u32,
) -> bool {
    let is_no = |cue: &Cue<'_>| denies(cue) && is_in(&["no"], words.at(cue.tokens.0));
    let mut after = placed[at..].iter().map(|(cue, _)| cue).take_while(|cue| cue.tokens.0 <= comma + 1);
    after.next().is_some_and(is_no) && after.any(|cue| cue.tokens.0 == comma + 1 && is_no(cue))
}

impl Words<'_> {
    /// Where a denied row ends before `to`: at the comma that closes a clause ("no mass seen, mild edema"), or before an
    /// item of which more is said, so that it is there ("no fever, cough improving", "no pain, line without redness").
    /// Its first comma stands at `comma`.
    pub(crate) fn end_of_row(&self, mut comma: u32, to: u32) -> u32 {
        let joint = self.last_joint(comma);
        let closes =
            |comma: u32| is_in(&FOUND, self.at(comma - 1)) && joint.is_none_or(|joint| joint < comma);
        if closes(comma) {
            return comma;
        }
        let mut joined = false;
        for at in comma + 1..to {
            let word = self.at(at);
            if word == "," {
                (comma, joined) = (at, false);
                if closes(comma) {
                    return comma;
                }
            } else if is_in(&JOINTS, word) {
                joined = true;
            } else if !joined && (is_in(&NORMAL, word) || at > comma + 1 && self.is_there(at)) {
                return comma;
            }
        }
        to
    }

    /// Whether a word says of the finding before it that it is there.
    fn is_there(&self, at: u32) -> bool {
        is_in(&WITHOUT, self.at(at)) || self.tells_state(at) || self.counts(at)
    }

    /// Whether a word gives a size or a number, which only what is there has: "no torsion, cyst 3 cm", "rib fracture x3".
    fn counts(&self, at: u32) -> bool {
        let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let word = self.at(at);
        if is_in(&SIZES, word) {
            return number(self.at(at - 1));
        }
        let times = word.strip_prefix(['x', 'X']).is_some_and(number);
        times && word.bytes().skip(1).all(|b| b.is_ascii_digit()) && self.close_their_clause((at, at + 1))
    }

    /// Whether a word ends its clause by saying how a finding is.
    fn tells_state(&self, at: u32) -> bool {
        is_in(&STATES, self.at(at)) && self.close_their_clause((at, at + 1))
    }

    /// Where the row begins whose last member stands from `from` to the cue. Commas part its members only before one that
    /// another word joins: of "asthma, HIV negative" only HIV is denied.
    pub(crate) fn row_before(&self, mut from: u32, cue: u32) -> u32 {
        let (least, mut end) = (self.sentence.start.max(cue.saturating_sub(MOST_ROW)), cue);
        let is_link = |at: u32| matches!(self.at(at), "/" | "and" | "or" | "&");
        let mut in_row = false;
        loop {
            let is_joint = |at: &u32| is_link(*at) || in_row && self.at(*at) == ",";
            let Some(joint) = (least.max(from.saturating_sub(1))..end).rev().find(is_joint) else {
                return from;
            };
            let member = (least.max(joint.saturating_sub(MOST_MEMBER))..joint).rev();
            from = member.take_while(|&at| !self.is_comma(at) && !is_link(at)).last().unwrap_or(joint);
            (end, in_row) = (joint, true);
        }
    }
}
