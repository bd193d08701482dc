//! Where sentences end within a paragraph, a list item or a table row.
//!
//! A full stop ends a sentence unless it belongs to an abbreviation, an initial, a number or a list mark:
//!
//! ```text
//! Seen by Dr. A. Smith. Takes aspirin 81 mg p.o. q.d. for CAD. BP 120/80.
//!                     ^                                      ^          ^
//! ```
//!
//! Question and exclamation marks end one if white space follows. "2)" or "2." inside a line, after "1)" or "1.",
//! starts the next item. Quotation marks and brackets that close belong to the sentence they close.

use std::ops::Range;

use crate::check_boxes::is_answer;

/// Abbreviations after which a sentence goes on, whatever follows.
const NEVER_LAST: [&str; 33] = [
    "dr", "drs", "mr", "mrs", "ms", "prof", "st", "vs", "v", "e.g", "i.e", "cf", "ca", "approx", "fig",
    "figs", "ref", "incl", "esp", "resp", "rev", "hon", "messrs", "mt", "ft", "viz", "al", "gen", "lt",
    "sgt", "capt", "cpl", "maj",
];

/// Abbreviations after which a sentence goes on unless a capital follows.
const SELDOM_LAST: [&str; 63] = [
    "mg", "mcg", "ml", "cc", "cm", "mm", "kg", "lb", "lbs", "oz", "hr", "hrs", "min", "mins", "sec", "wk",
    "wks", "mo", "mos", "yr", "yrs", "pt", "pts", "tab", "tabs", "cap", "caps", "inj", "sol", "susp", "supp",
    "oint", "temp", "wt", "ht", "abd", "ext", "resp", "hosp", "dept", "max", "neg", "pos", "dx", "hx", "rx",
    "tx", "sx", "fx", "bid", "tid", "qid", "qd", "po", "prn", "etc", "inc", "jr", "sr", "no", "nos", "est",
    "deg",
];

/// Months and days of the week, after which a sentence goes on with a number or another of them.
const DATES: [&str; 21] = [
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue",
    "tues", "wed", "thu", "thur", "thurs", "fri", "sat",
];

/// Words in lower case with which a sentence starts right after a full stop ("fever.no cough").
const GLUED_STARTERS: [&str; 10] =
    ["no", "denies", "denied", "he", "she", "patient", "pt", "the", "will", "has"];

/// Words with which a sentence goes on after a question mark ("otitis media? on the left").
const AFTER_DOUBT: [&str; 9] = ["on", "in", "of", "at", "with", "from", "or", "and", "vs"];

/// Words with which sentences start: after "vitamin C." or "M.D.", they tell a new sentence from a name.
const STARTERS: [&str; 34] = [
    "A",
    "After",
    "All",
    "An",
    "And",
    "As",
    "At",
    "Both",
    "But",
    "Denies",
    "Due",
    "For",
    "He",
    "Her",
    "His",
    "I",
    "If",
    "In",
    "It",
    "No",
    "On",
    "Otherwise",
    "Patient",
    "Pt",
    "She",
    "Since",
    "The",
    "There",
    "They",
    "This",
    "Today",
    "Was",
    "We",
    "With",
];

/// Calls `emit` with the range of tokens of each sentence of `tokens`, which are byte ranges of `text`.
pub(crate) fn sentences(text: &str, tokens: &[Range<usize>], mut emit: impl FnMut(Range<usize>)) {
    let mut start = 0;
    let mut item = 0;
    let mut at = 0;
    while at < tokens.len() {
        if item > 0 && at > start && starts_item(text, tokens, start, at, item) {
            emit(start..at);
            start = at;
        }
        if let Some(number) = item_number(text, tokens, at).filter(|_| at == start || item > 0) {
            item = number;
        }
        if ends_sentence(text, tokens, start, at) {
            at = closing(text, tokens, at);
            emit(start..at + 1);
            start = at + 1;
        }
        at += 1;
    }
    if start < tokens.len() {
        emit(start..tokens.len());
    }
}

/// The number of a list mark "2." or "2)" at token `at`.
fn item_number(text: &str, tokens: &[Range<usize>], at: usize) -> Option<u32> {
    if !text.as_bytes()[tokens[at].start].is_ascii_digit() {
        return None;
    }
    let mark = tokens.get(at + 1)?;
    let number = &text[tokens[at].clone()];
    if number.len() > 2 || mark.start != tokens[at].end || !matches!(&text[mark.clone()], ")" | ".") {
        return None;
    }
    // White space follows the mark.
    (tokens.get(at + 2)?.start > mark.end).then(|| number.parse().ok()).flatten()
}

/// Whether token `at` starts the item after item number `item` of a list that runs on in one line.
fn starts_item(text: &str, tokens: &[Range<usize>], start: usize, at: usize, item: u32) -> bool {
    let Some(number) = item_number(text, tokens, at) else { return false };
    if tokens[at].start == tokens[at - 1].end {
        return false;
    }
    let bracket = &text[tokens[at + 1].clone()] == ")";
    // "(1 or 2)" is no item. The look back is bounded: brackets are short.
    let opened = || tokens[start.max(at.saturating_sub(12))..at].iter().any(|t| &text[t.clone()] == "(");
    if bracket {
        // "He has 1) gout and 2) asthma" is one statement: its list starts inside it.
        return (number == item + 1 || number == 1) && !opened();
    }
    let capital = text[tokens[at + 2].clone()].starts_with(char::is_uppercase);
    number == item + 1 && capital
}

/// Whether the sentence that starts at token `start` ends with token `at`, not counting the marks that close it.
fn ends_sentence(text: &str, tokens: &[Range<usize>], start: usize, at: usize) -> bool {
    // Most tokens are words, which end nothing.
    if text.as_bytes()[tokens[at].start].is_ascii_alphanumeric() {
        return false;
    }
    let word = |token: &Range<usize>| &text[token.clone()];
    let next = tokens.get(at + 1);
    let close = next.is_some_and(|n| n.start == tokens[at].end);
    let ends = match word(&tokens[at]) {
        "." => full_stop(text, tokens, start, at),
        "?" | "!" | "。" => {
            // "?PE" and "? pneumonia" open a doubt; "fever?" asks.
            let after_space = at == start || tokens[at - 1].end < tokens[at].start;
            !after_space
                && next.is_some_and(|n| !close || is_closing(word(n)))
                && next.is_some_and(|n| !is_closing(word(n)) || tokens.get(at + 2).is_some())
                && !next.is_some_and(|n| is_listed(&AFTER_DOUBT, word(n)))
                && !is_answered(text, tokens, at)
        }
        "…" => next.is_some_and(|n| word(n).starts_with(char::is_uppercase)),
        _ => false,
    };
    ends && !quoted_inside(text, tokens, at)
}

/// Whether all that follows a question is its answer on a form: "History of stroke? No", "Pain? [ ] Yes [x] No".
fn is_answered(text: &str, tokens: &[Range<usize>], at: usize) -> bool {
    let rest = &tokens[at + 1..];
    let mut answers = rest.iter().map(|token| &text[token.clone()]).filter(|word| is_answer(word));
    rest.len() <= 8
        && answers.next().is_some()
        && rest.iter().all(|token| {
            let word = &text[token.clone()];
            is_answer(word) || matches!(word, "[" | "]" | "(" | ")" | "x" | "X" | "/" | "☐" | "☑" | "☒")
        })
}

/// Whether the sentence goes on after marks that close a quotation or a bracket: `"Is it cancer?" and left`.
fn quoted_inside(text: &str, tokens: &[Range<usize>], at: usize) -> bool {
    // Bounded, since many ends in a row may be asked.
    let end = closing(text, &tokens[..tokens.len().min(at + 8)], at);
    end > at
        && is_closing(&text[tokens[end].clone()])
        && tokens.get(end + 1).is_some_and(|next| text[next.clone()].starts_with(char::is_lowercase))
}

fn full_stop(text: &str, tokens: &[Range<usize>], start: usize, at: usize) -> bool {
    let Some(next) = tokens.get(at + 1) else { return true };
    if at == start {
        return false;
    }
    let (before, after) = (&text[tokens[at - 1].clone()], &text[next.clone()]);
    let touching = tokens[at - 1].end == tokens[at].start;
    if next.start == tokens[at].end && !is_closing(after) {
        return is_glued(before, after);
    }
    if !touching {
        return true;
    }
    let capital = after.starts_with(|c: char| c.is_uppercase() || !c.is_alphanumeric());
    let starter = is_starter(after);
    let digit = after.starts_with(|c: char| c.is_ascii_digit());
    if before.starts_with(|c: char| c.is_ascii_digit()) {
        // "1. Diabetes" at the start is a list mark; "5. 6" is a number torn apart.
        let mark = at == start + 1 && before.len() <= 2;
        return !(mark || (digit && before.len() <= 3)) && (capital || digit);
    }
    if at == start + 1 && is_roman(before) {
        return false;
    }
    let measure = before.eq_ignore_ascii_case("ft") && at >= start + 2 && is_number(text, &tokens[at - 2]);
    if is_listed(&NEVER_LAST, before) && !measure {
        return false;
    }
    if is_listed(&DATES, before) {
        return !digit && capital && !is_listed(&DATES, after);
    }
    if before.eq_ignore_ascii_case("no") && digit {
        return false;
    }
    let first = before.chars().next().unwrap_or(' ');
    if before.chars().nth(1).is_none() && first.is_alphabetic() {
        return single_letter(text, tokens, start, at, first, capital, starter);
    }
    if before.contains('.') {
        // "M.D. Anderson" against "b.i.d. He" and "Smith, M.D. Reviewed".
        let degree = at >= start + 2 && &text[tokens[at - 2].clone()] == ",";
        return if first.is_uppercase() && !degree { starter } else { capital };
    }
    if measure || is_listed(&SELDOM_LAST, before) {
        return capital;
    }
    true
}

/// Whether a full stop without a space after it ends a sentence: "stable.The" and "fever.no cough" are slips,
/// "e.coli" and "..." are not.
fn is_glued(before: &str, after: &str) -> bool {
    let (mut upper, mut lower) = (after.chars(), before.chars().rev());
    let ends_word = before.len() >= 2 && lower.next().is_some_and(char::is_alphabetic);
    let starts_word = after.len() > 1
        && upper.next().is_some_and(char::is_uppercase)
        && upper.next().is_some_and(char::is_lowercase);
    ends_word
        && !is_listed(&NEVER_LAST, before)
        && (starts_word || (before.len() > 2 && GLUED_STARTERS.contains(&after)))
}

fn is_starter(word: &str) -> bool {
    STARTERS.contains(&word)
        || (word.len() > 1
            && word.len() <= 9
            && !word.contains(char::is_lowercase)
            && STARTERS.iter().any(|starter| starter.eq_ignore_ascii_case(word)))
}

fn is_roman(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|b| matches!(b, b'i' | b'v' | b'x' | b'I' | b'V' | b'X'))
}

fn is_number(text: &str, token: &Range<usize>) -> bool {
    text[token.clone()].starts_with(|c: char| c.is_ascii_digit())
}

/// A letter and a full stop: an initial ("John A. Smith"), a list mark ("a. Diabetes") or the end of a sentence
/// ("hepatitis C. He").
fn single_letter(
    text: &str,
    tokens: &[Range<usize>],
    start: usize,
    at: usize,
    letter: char,
    capital: bool,
    starter: bool,
) -> bool {
    if at == start + 1 {
        return false;
    }
    if letter.is_lowercase() {
        return capital;
    }
    let earlier = &text[tokens[at - 2].clone()];
    let name = earlier.starts_with(char::is_uppercase) || matches!(earlier, "." | "by");
    capital && (starter || !name)
}

/// The last of the marks that close right after token `at`.
fn closing(text: &str, tokens: &[Range<usize>], mut at: usize) -> usize {
    while let Some(next) = tokens.get(at + 1) {
        let mark = &text[next.clone()];
        if next.start != tokens[at].end || !(is_closing(mark) || matches!(mark, "." | "?" | "!")) {
            break;
        }
        at += 1;
    }
    at
}

fn is_closing(mark: &str) -> bool {
    matches!(mark, ")" | "]" | "\"" | "'" | "”" | "’" | "»")
}

fn is_listed(list: &[&str], word: &str) -> bool {
    word.len() <= 6 && list.iter().any(|listed| word.eq_ignore_ascii_case(listed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("No fever. No chills.", "No fever.|No chills.")]
    #[case("Seen by Dr. A. Smith. Stable.", "Seen by Dr. A. Smith.|Stable.")]
    #[case(
        "Aspirin 81 mg p.o. q.d. for CAD. Statin b.i.d. He feels well.",
        "Aspirin 81 mg p.o. q.d. for CAD.|Statin b.i.d.|He feels well."
    )]
    #[case("CT vs. MRI; no mass; no bleed.", "CT vs. MRI; no mass; no bleed.")]
    #[case("T 98.6. BP 120/80. Creat 1.5 today.", "T 98.6.|BP 120/80.|Creat 1.5 today.")]
    #[case("1. Diabetes. 2. Gout. 3. CHF", "1. Diabetes.|2. Gout.|3. CHF")]
    #[case("1. Diabetes 2. Gout 3. CHF", "1. Diabetes|2. Gout|3. CHF")]
    #[case("1) colitis  2) No lesions", "1) colitis|2) No lesions")]
    #[case("grade (1 or 2) edema", "grade (1 or 2) edema")]
    #[case("Pain was stable.The patient left.", "Pain was stable.|The patient left.")]
    #[case("Has hepatitis C. The liver is firm.", "Has hepatitis C.|The liver is firm.")]
    #[case("Seen at M.D. Anderson. Well.", "Seen at M.D. Anderson.|Well.")]
    #[case("Fever? None. ?PE seen. ? pneumonia.", "Fever?|None.|?PE seen.|? pneumonia.")]
    #[case("He said \"I am fine.\" Then he left.", "He said \"I am fine.\"|Then he left.")]
    #[case("pt doing well. will follow.", "pt doing well.|will follow.")]
    #[case("Waited... then left... Ok", "Waited... then left...|Ok")]
    #[case("a. Diabetes, type 2", "a. Diabetes, type 2")]
    #[case("Wound 3 x 2 cm. in size. No. 5 suture.", "Wound 3 x 2 cm. in size.|No. 5 suture.")]
    fn ends(#[case] text: &str, #[case] expected: &str) {
        let mut tokens = Vec::new();
        crate::tokens::tokens(text, |range| tokens.push(range));
        let mut found = Vec::new();
        sentences(text, &tokens, |range| {
            found.push(&text[tokens[range.start].start..tokens[range.end - 1].end]);
        });
        assert_eq!(found.join("|"), expected);
    }
}
