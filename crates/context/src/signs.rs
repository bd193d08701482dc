//! Signs before words: "+cough, -fever", "(+) headache (-) nausea".
//!
//! | text | reading |
//! |---|---|
//! | "+cough -fever, +rash" | a sign glued to a word speaks of that word, up to a comma |
//! | "(+) headache (-) nausea, vomiting" | a list that begins with a sign in brackets: each speaks of what follows it |
//! | "fever (-), cough (+)" | a list that begins with a word: the cues of the table read backward |
//! | "+ cough, - fever" | apart from their words, behind a mark, and a plus before a hyphen |
//! | "-pneumonia" alone on a line, "HTN -lisinopril" | a bullet, a dash |
//!
//! A hyphen glued to a word may be a bullet. It is a sign in a list that has a plus or a hyphen behind a comma, and in
//! a review of systems; at the start of a line only if another one follows soon.

use std::borrow::Cow;

use clinlink_model::{Layout, Note, Polarity, SectionKind, Sentence};

use crate::rules::{AXES, Direction, MAX_REACH, Reach, Role, Rule, Stop, Value};

/// Marks before which a glued sign may stand without a space.
const OPENERS: [&str; 6] = [":", "(", "[", ",", ";", "/"];
/// How far from the first of a line's signs the second stands, in tokens.
const NEXT_ITEM: u32 = 4;

/// A sign that speaks of the words after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sign {
    /// In bytes of the note.
    pub start: usize,
    /// In bytes of the note.
    pub end: usize,
    plus: bool,
    bracketed: bool,
}

/// The rules that signs set off.
#[derive(Debug, Clone)]
pub(crate) struct SignRules {
    plus: Rule,
    minus: Rule,
    /// In brackets, it reaches up to the next sign.
    minus_of_list: Rule,
}

impl SignRules {
    pub(crate) fn new() -> Self {
        let rule =
            |id, role, reach| Rule { id: Cow::Borrowed(id), role, direction: Direction::Forward, reach };
        let denies = || Role::Sets(vec![Value::Polarity(Polarity::Negated)]);
        let ends = AXES.map(|axis| axis == "polarity");
        Self {
            plus: rule("sign:plus", Role::Ends(ends), Reach { tokens: 0, stop: Stop::Sentence }),
            minus: rule("sign:minus", denies(), Reach { tokens: 8, stop: Stop::Phrase }),
            minus_of_list: rule("sign:minus", denies(), Reach { tokens: MAX_REACH, stop: Stop::Sentence }),
        }
    }

    pub(crate) const fn of(&self, sign: &Sign) -> &Rule {
        match (sign.plus, sign.bracketed) {
            (true, _) => &self.plus,
            (false, false) => &self.minus,
            (false, true) => &self.minus_of_list,
        }
    }
}

/// The signs of a note that speak of the words after them, in text order.
pub(crate) fn signs(note: &Note, layout: &Layout) -> Vec<Sign> {
    let mut found = Vec::new();
    for sentence in &layout.sentences {
        if note[sentence.span].contains(['+', '-', '−', '–']) {
            let list = List { note, layout, sentence };
            list.add_glued(&mut found);
            list.add_bracketed(&mut found);
        }
    }
    found.sort_unstable_by_key(|sign| sign.start);
    found
}

/// Whether a token is a plus; `None` if it is no sign.
fn plus(token: &str) -> Option<bool> {
    match token {
        "+" => Some(true),
        "-" | "−" | "–" => Some(false),
        _ => None,
    }
}

/// A sentence that may list findings with signs.
struct List<'n> {
    note: &'n Note,
    layout: &'n Layout,
    sentence: &'n Sentence,
}

impl List<'_> {
    fn at(&self, token: u32) -> &str {
        &self.note[self.layout.tokens[token as usize].span]
    }

    fn before(&self, token: u32) -> Option<&str> {
        (token > self.sentence.tokens.start).then(|| self.at(token - 1))
    }

    /// Whether nothing parts two tokens that follow each other.
    fn touch(&self, first: u32) -> bool {
        let tokens = &self.layout.tokens[first as usize..];
        tokens[0].span.end() == tokens[1].span.start()
    }

    fn starts_with(&self, token: u32, kind: fn(char) -> bool) -> bool {
        token < self.sentence.tokens.end && self.at(token).starts_with(kind)
    }

    fn sign(&self, first: u32, last: u32, plus: bool, bracketed: bool) -> Sign {
        let span = |token: u32| self.layout.tokens[token as usize].span;
        Sign { start: span(first).start(), end: span(last).end(), plus, bracketed }
    }

    fn add_glued(&self, found: &mut Vec<Sign>) {
        let mut items = self.glued();
        if self.begins_with_bullet(&items) {
            items.remove(0);
        }
        let in_phrase = |at| matches!(self.before(at), Some("," | ";" | "("));
        // "Seen for cough. -fever -chills": no bullets, since they stand within a line.
        let in_line = items.len() > 1 && self.follows_sentence();
        let sure = in_line || items.iter().any(|&(at, plus)| plus || in_phrase(at));
        let review = || self.layout.kind_at(self.sentence.span) == SectionKind::ReviewOfSystems;
        if !items.is_empty() && (sure || review()) {
            found.extend(items.into_iter().map(|(at, plus)| self.sign(at, at, plus, false)));
        }
    }

    /// The signs before words, as tokens, each with whether it is a plus. A hyphen counts where a list starts, or
    /// after another sign.
    fn glued(&self) -> Vec<(u32, bool)> {
        let mut items: Vec<(u32, bool)> = Vec::new();
        for at in self.sentence.tokens.clone() {
            let Some(plus) = plus(self.at(at)) else { continue };
            let leads =
                self.starts_with(at + 1, char::is_alphabetic) && !self.at(at + 1).eq_ignore_ascii_case("ve");
            let before = self.before(at);
            let opened = before.is_none_or(|before| OPENERS.contains(&before));
            let is_item = if leads && self.touch(at) {
                let apart = opened || !self.touch(at - 1);
                let either = before == Some("/") && self.before(at - 1) == Some("+");
                apart && !either && (plus || opened || !items.is_empty())
            } else {
                // "ROS: + cough, - fever": apart from its word, a hyphen is a sign only behind a plus.
                let has_plus = plus || items.iter().any(|&(_, plus)| plus);
                leads && opened && before.is_some() && has_plus
            };
            if is_item {
                items.push((at, plus));
            }
        }
        items
    }

    /// Whether the first sign is the bullet of its line.
    fn begins_with_bullet(&self, items: &[(u32, bool)]) -> bool {
        let Some(&(first, false)) = items.first() else { return false };
        if first > self.sentence.tokens.start || !self.opens_line() {
            return false;
        }
        let listed = items.get(1).is_some_and(|&(next, _)| {
            next - first <= NEXT_ITEM && (first..next).all(|at| self.at(at) != ":")
        });
        !(listed && items[1..].iter().any(|&(_, plus)| !plus))
    }

    fn opens_line(&self) -> bool {
        let before = self.note.text()[..self.sentence.span.start()].trim_end_matches([' ', '\t', '\u{feff}']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    }

    fn follows_sentence(&self) -> bool {
        self.note.text()[..self.sentence.span.start()].trim_end_matches([' ', '\t']).ends_with('.')
    }

    fn add_bracketed(&self, found: &mut Vec<Sign>) {
        // Whether the list begins with a sign, once that is known.
        let mut leads = None;
        for at in self.sentence.tokens.clone() {
            if let Some(plus) = self.bracketed(at) {
                if *leads.get_or_insert_with(|| self.speaks_forward(at + 3)) {
                    found.push(self.sign(at, at + 2, plus, true));
                }
            } else if self.at(at) == ":" {
                leads = None;
            } else if self.starts_with(at, char::is_alphanumeric) && !self.at(at).eq_ignore_ascii_case("ros")
            {
                leads.get_or_insert(false);
            }
        }
    }

    /// Whether "(+)" or "(-)" starts at a token, and which.
    fn bracketed(&self, at: u32) -> Option<bool> {
        let inside = at + 2 < self.sentence.tokens.end && self.at(at) == "(" && self.at(at + 2) == ")";
        inside.then(|| plus(self.at(at + 1))).flatten()
    }

    /// Whether a list begins with the sign before `after`: "Cardiac: (-) chest pain, palpitations", but not
    /// "Fever: (-) Cough: (+)", where it answers.
    fn speaks_forward(&self, after: u32) -> bool {
        let ends = |at: &u32| matches!(self.at(*at), ":" | "," | ";" | "(" | "+" | "-");
        let end = (after..self.sentence.tokens.end).find(ends);
        self.starts_with(after, char::is_alphanumeric) && end.is_none_or(|at| self.at(at) != ":")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinlink_model::Segmenter;
    use clinlink_segment::RuleSegmenter;
    use rstest::rstest;

    fn found(text: &str) -> Vec<(String, bool)> {
        let note = Note::new("n", text).unwrap();
        let layout = RuleSegmenter::embedded().segment(&note);
        let word = |sign: Sign| {
            let rest = text[sign.end..].trim_start();
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            (rest[..end].to_owned(), sign.plus)
        };
        signs(&note, &layout).into_iter().map(word).collect()
    }

    #[rstest]
    #[case::with_plus("+cough -fever, +rash", &[("cough", true), ("fever", false), ("rash", true)])]
    #[case::behind_a_comma("Seen for cough, −fever, -rash", &[("fever", false), ("rash", false)])]
    #[case::behind_a_sentence("Cough, dry. -fever -rash", &[("fever", false), ("rash", false)])]
    #[case::apart("Seen for: + cough, - fever, - rash", &[("cough", true), ("fever", false), ("rash", false)])]
    #[case::in_review("ROS: -fever -rash", &[("fever", false), ("rash", false)])]
    #[case::line_of_signs("-fever, -rash", &[("fever", false), ("rash", false)])]
    #[case::bullet_before_list("-Flu: +cough, -fever", &[("cough", true), ("fever", false)])]
    #[case::list_of_brackets("(+) cough (-) fever", &[("cough", true), ("fever", false)])]
    #[case::after_a_label("Heart: (-) angina, syncope", &[("angina", false)])]
    fn signs_of_words(#[case] text: &str, #[case] expected: &[(&str, bool)]) {
        let expected: Vec<_> = expected.iter().map(|&(word, plus)| (word.to_owned(), plus)).collect();
        assert_eq!(found(text), expected);
    }

    #[rstest]
    #[case::bullets("- fever\n- cough")]
    #[case::glued_bullets("-fever\n-cough")]
    #[case::bullets_of_review("ROS:\n-fever\n-cough")]
    #[case::bullets_in_line("Assessment: -gout -asthma")]
    #[case::dash("HTN -lisinopril")]
    #[case::dashes("Assessment: - gout, - asthma")]
    #[case::words("follow-up x-ray, HER2-positive")]
    #[case::either("+/-nausea")]
    #[case::result("RPR -ve, HIV +ve")]
    #[case::numbers("K 4, -5, +2")]
    #[case::backward("fever (-), cough (+)")]
    #[case::answers("Fever: (-) Cough: (+)")]
    fn no_signs(#[case] text: &str) {
        assert_eq!(found(text), []);
    }
}
