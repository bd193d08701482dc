//! Check boxes and answers of forms, and the words that they are about.
//!
//! - A box stands before its words (`[x] Fever  [ ] Cough`, `☐ Fever`) or, where nothing follows the last box of a
//!   line, after them (`Fever [x]   Cough [ ]`).
//! - A box before "yes" or "no" answers what stands before it: `Fever: [ ] Yes [x] No`. If none is ticked, or both,
//!   the answer is open.
//! - Without boxes, a line that ends with "yes" or "no" after a colon, a question mark or a gap answers what stands
//!   before it (`Fever: No`); with both, nobody has answered (`Fever: Yes / No`).

use std::ops::Range;

use clinlink_model::Answer;

/// The longest question, in bytes.
const MAX_QUESTION: usize = 120;

/// A check box of a sentence; byte ranges of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub mark: Range<usize>,
    pub about: Range<usize>,
    pub answer: Answer,
}

/// A box without its words.
#[derive(Debug, Clone)]
struct Mark {
    range: Range<usize>,
    ticked: bool,
}

/// Whether a token that starts with that byte may be a box.
pub(crate) const fn may_be_box(first: u8) -> bool {
    matches!(first, b'[' | b'(' | b'_' | 0xE2)
}

/// Whether a token is an answer.
pub(crate) fn is_answer(token: &str) -> bool {
    answer(token).is_some()
}

/// Finds the check boxes of a sentence, in text order.
pub(crate) fn check_boxes(text: &str) -> Vec<Found> {
    let marks = marks(text);
    match marks.last() {
        None => written_answer(text).into_iter().collect(),
        Some(last) => {
            let lead = &text[..marks[0].range.start];
            let asks = lead.trim_end().ends_with([':', '?']);
            let after = trimmed(text, last.range.end..text.len()).is_empty();
            if after && !asks && !trimmed(text, 0..marks[0].range.start).is_empty() {
                behind_words(text, &marks)
            } else {
                before_words(text, &marks)
            }
        }
    }
}

/// Boxes that stand behind their words.
fn behind_words(text: &str, marks: &[Mark]) -> Vec<Found> {
    let mut start = 0;
    let mut found = Vec::new();
    for mark in marks {
        let about = trimmed(text, start..mark.range.start);
        push(&mut found, mark.range.clone(), about, yes_if(mark.ticked));
        start = mark.range.end;
    }
    found
}

/// Boxes that stand before their words, or before "yes" and "no".
fn before_words(text: &str, marks: &[Mark]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut question = trimmed(text, 0..marks[0].range.start);
    let mut answers: Vec<(&Mark, Answer)> = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        let end = marks.get(at + 1).map_or(text.len(), |next| next.range.start);
        let words = trimmed(text, mark.range.end..end);
        let first = text[words.clone()].split([' ', '\t', '.', ',', ';', '/']).next().unwrap_or_default();
        let Some(answer) = answer(first) else {
            close(&mut found, &question, &mut answers);
            push(&mut found, mark.range.clone(), words, yes_if(mark.ticked));
            question = end..end;
            continue;
        };
        answers.push((mark, answer));
        let next = trimmed(text, words.start + first.len()..words.end);
        if !next.is_empty() {
            close(&mut found, &question, &mut answers);
            question = next;
        }
    }
    close(&mut found, &question, &mut answers);
    found
}

/// Answers a question by the boxes before "yes" and "no".
fn close(found: &mut Vec<Found>, question: &Range<usize>, answers: &mut Vec<(&Mark, Answer)>) {
    let mut ticked = answers.iter().filter(|(mark, _)| mark.ticked);
    let (mark, answer) = match (ticked.next(), ticked.next()) {
        (Some((mark, answer)), None) => (mark.range.clone(), *answer),
        _ => match answers.first() {
            Some((first, _)) => (first.range.clone(), Answer::Open),
            None => return,
        },
    };
    answers.clear();
    push(found, mark, question.clone(), answer);
}

fn push(found: &mut Vec<Found>, mark: Range<usize>, about: Range<usize>, answer: Answer) {
    if !about.is_empty() {
        found.push(Found { mark, about, answer });
    }
}

/// "Fever: No", "Cough? yes", "Rash   Y / N".
fn written_answer(text: &str) -> Option<Found> {
    let end = text.trim_end_matches(['.', ' ']).len();
    let mut start = end;
    let mut said: Vec<Answer> = Vec::new();
    // At most two answers: "Yes / No".
    while said.len() < 2 {
        let word = text[..start].rsplit([' ', '\t', '/', ':', '?', '|']).next().unwrap_or_default();
        let Some(answer) = answer(word) else { break };
        said.push(answer);
        start -= word.len();
        let before = text[..start].trim_end_matches([' ', '/']);
        if before.ends_with([':', '?', '\t', '|']) {
            break;
        }
        start = before.len();
    }
    let mark_start =
        start + text[start..].len() - text[start..].trim_start_matches([' ', '/', '|', '\t']).len();
    let asks = text[..start].trim_end_matches(' ').ends_with([':', '?', '\t', '|'])
        || text[start..mark_start].starts_with("   ");
    let answer = match said[..] {
        [answer] => answer,
        [one, other] if one != other => Answer::Open,
        _ => return None,
    };
    let about = trimmed(text, 0..start);
    (asks && !about.is_empty() && about.len() <= MAX_QUESTION).then_some(Found {
        mark: mark_start..end,
        about,
        answer,
    })
}

fn answer(word: &str) -> Option<Answer> {
    match word.len() {
        1 if word.eq_ignore_ascii_case("y") => Some(Answer::Yes),
        1 if word.eq_ignore_ascii_case("n") => Some(Answer::No),
        2 if word.eq_ignore_ascii_case("no") => Some(Answer::No),
        3 if word.eq_ignore_ascii_case("yes") => Some(Answer::Yes),
        _ => None,
    }
}

const fn yes_if(ticked: bool) -> Answer {
    if ticked { Answer::Yes } else { Answer::No }
}

/// `range` without white space, list marks and punctuation around it.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let around =
        |c: char| c.is_whitespace() || matches!(c, ':' | '?' | '|' | ',' | ';' | '/' | '-' | '*' | '•');
    let part = &text[range.clone()];
    let part = part.trim_end_matches(|c| around(c) || c == '.');
    let inner = part.trim_start_matches(around);
    let start = range.start + part.len() - inner.len();
    start..start + inner.len()
}

/// The boxes of a text, in order.
fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut blanks = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(['[', '(', '_', '☐', '☑', '☒', '□', '■', '✓', '✔', '✗', '✘'])
    {
        let start = at + found;
        let rest = &text[start..];
        let (length, ticked) = match rest.as_bytes()[0] {
            b'[' => bracketed(rest, ']'),
            b'(' if text[..start].ends_with(|c: char| !c.is_whitespace()) => (1, None),
            b'(' => bracketed(rest, ')'),
            b'_' => blank(rest),
            _ => symbol(rest),
        };
        at = start + length;
        if let Some(ticked) = ticked {
            let is_blank = rest.starts_with('_') && !ticked;
            (if is_blank { &mut blanks } else { &mut marks }).push(Mark { range: start..at, ticked });
        }
    }
    // A blank line to fill in is a box only beside one that is ticked: "___ low _x_ high".
    if marks.iter().any(|mark| text[mark.range.clone()].starts_with('_')) {
        marks.append(&mut blanks);
        marks.sort_by_key(|mark| mark.range.start);
    }
    marks
}

/// `[ ]`, `[x]`, `[]`: its length and whether it is ticked; `None` if it is no box.
fn bracketed(rest: &str, close: char) -> (usize, Option<bool>) {
    let inner = &rest[1..];
    let Some(end) = inner.char_indices().take(4).find(|(_, c)| *c == close).map(|(end, _)| end) else {
        return (1, None);
    };
    let ticked = match inner[..end].trim() {
        "" => false,
        "x" | "X" | "✓" | "✔" | "✗" | "✘" | "*" => true,
        _ => return (1, None),
    };
    (end + 2, Some(ticked))
}

/// `_x_` or `___`.
fn blank(rest: &str) -> (usize, Option<bool>) {
    let length = rest.bytes().take_while(|b| matches!(b, b'_' | b'x' | b'X')).count();
    let inner = rest[..length].trim_matches('_');
    match inner {
        "" => (length, Some(false)),
        "x" | "X" if rest[..length].ends_with('_') => (length, Some(true)),
        _ => (length, None),
    }
}

fn symbol(rest: &str) -> (usize, Option<bool>) {
    let Some(symbol) = rest.chars().next() else { return (1, None) };
    (symbol.len_utf8(), Some(matches!(symbol, '☑' | '☒' | '■' | '✓' | '✔')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("[x] Fever", "[x] Fever=Yes")]
    #[case("- [ ] Cough", "[ ] Cough=No")]
    #[case("[] Anxiety", "[] Anxiety=No")]
    #[case("[x] fever [ ] cough, [X] rash", "[x] fever=Yes|[ ] cough=No|[X] rash=Yes")]
    #[case("( ) Smoker (x) Drinker", "( ) Smoker=No|(x) Drinker=Yes")]
    #[case("☒ Hypertension ☐ Stroke", "☒ Hypertension=Yes|☐ Stroke=No")]
    #[case("Fever: [ ] Yes [x] No", "[x] Fever=No")]
    #[case("Fever: [x] Yes [ ] No  Cough: [ ] Yes [x] No", "[x] Fever=Yes|[x] Cough=No")]
    #[case("Fever: [ ] Yes [ ] No", "[ ] Fever=Open")]
    #[case("Fever: [x] Yes [x] No", "[x] Fever=Open")]
    #[case("Do you smoke? [ ] Yes [X] No", "[X] Do you smoke=No")]
    #[case("Fever [x]   Cough [ ]", "[x] Fever=Yes|[ ] Cough=No")]
    #[case("| Fever | [x] |", "[x] Fever=Yes")]
    #[case("Fall risk: ___ low _x_ high", "___ low=No|_x_ high=Yes")]
    #[case("Symptoms: [x] fever [ ] cough", "[x] fever=Yes|[ ] cough=No")]
    #[case("Fever: No", "No Fever=No")]
    #[case("Fever: yes.", "yes Fever=Yes")]
    #[case("History of stroke? No", "No History of stroke=No")]
    #[case("Fever: Yes / No", "Yes / No Fever=Open")]
    #[case("Fever: Y/N", "Y/N Fever=Open")]
    #[case("Diabetes   Y  N", "Y  N Diabetes=Open")]
    #[case("Diabetes\tno", "no Diabetes=No")]
    #[case("Name: ____", "")]
    #[case("He said no", "")]
    #[case("No", "")]
    #[case("Yes No", "")]
    #[case("Edema (x 2 days) and [sic] pain", "")]
    #[case("f(x) grows", "")]
    #[case("[x]", "")]
    fn finds(#[case] text: &str, #[case] expected: &str) {
        let found = check_boxes(text);
        let show = |f: &Found| format!("{} {}={:?}", &text[f.mark.clone()], &text[f.about.clone()], f.answer);
        assert_eq!(found.iter().map(show).collect::<Vec<_>>().join("|"), expected);
    }
}
