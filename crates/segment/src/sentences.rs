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

/// Abbreviations after which a sentence goes on, whatever follows.
const NEVER_LAST: [&str; 29] = [
    "dr", "drs", "mr", "mrs", "ms", "prof", "st", "vs", "v", "e.g", "i.e", "cf", "ca", "approx", "fig",
    "figs", "ref", "incl", "esp", "resp", "rev", "hon", "messrs", "mt", "ft", "viz", "al", "gen", "lt",
];

/// Abbreviations after which a sentence goes on unless a capital follows.
const SELDOM_LAST: [&str; 62] = [
    "mg", "mcg", "ml", "cc", "cm", "mm", "kg", "lb", "lbs", "oz", "hr", "hrs", "min", "mins", "sec", "wk",
    "wks", "mo", "mos", "yr", "yrs", "pt", "pts", "tab", "tabs", "cap", "caps", "inj", "sol", "susp", "supp",
    "oint", "temp", "wt", "ht", "abd", "ext", "resp", "hosp", "dept", "max", "neg", "pos", "dx", "hx", "rx",
    "tx", "sx", "fx", "bid", "tid", "qid", "qd", "po", "prn", "etc", "inc", "jr", "sr", "no", "nos", "est",
];

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
        if at > start && starts_item(text, tokens, start, at, item) {
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
        return (number == item + 1 || number == 1) && !opened();
    }
    let capital = text[tokens[at + 2].clone()].starts_with(char::is_uppercase);
    item > 0 && number == item + 1 && capital
}

/// Whether the sentence that starts at token `start` ends with token `at`.
fn ends_sentence(text: &str, tokens: &[Range<usize>], start: usize, at: usize) -> bool {
    let word = |token: &Range<usize>| &text[token.clone()];
    let next = tokens.get(at + 1);
    let close = next.is_some_and(|n| n.start == tokens[at].end);
    match word(&tokens[at]) {
        "." => full_stop(text, tokens, start, at),
        "?" | "!" | "。" => {
            // "?PE" and "? pneumonia" open a doubt; "fever?" asks.
            let after_space = at == start || tokens[at - 1].end < tokens[at].start;
            !after_space
                && next.is_some_and(|n| !close || is_closing(word(n)))
                && next.is_some_and(|n| !is_closing(word(n)) || tokens.get(at + 2).is_some())
        }
        _ => false,
    }
}

fn full_stop(text: &str, tokens: &[Range<usize>], start: usize, at: usize) -> bool {
    let Some(next) = tokens.get(at + 1) else { return true };
    if at == start {
        return false;
    }
    let (before, after) = (&text[tokens[at - 1].clone()], &text[next.clone()]);
    let touching = tokens[at - 1].end == tokens[at].start;
    if next.start == tokens[at].end && !is_closing(after) {
        // No space: "stable.The" is a slip, "e.coli" and "..." are not.
        let (mut upper, mut lower) = (after.chars(), before.chars().rev());
        return after.len() > 1
            && upper.next().is_some_and(char::is_uppercase)
            && upper.next().is_some_and(char::is_lowercase)
            && before.len() > 2
            && lower.next().is_some_and(char::is_lowercase);
    }
    if !touching {
        return true;
    }
    let capital = after.starts_with(|c: char| c.is_uppercase() || !c.is_alphanumeric()) || after.len() == 1;
    let starter = STARTERS.contains(&after);
    let digit = after.starts_with(|c: char| c.is_ascii_digit());
    if before.starts_with(|c: char| c.is_ascii_digit()) {
        // "1. Diabetes" at the start is a list mark; "5. 6" is a number torn apart.
        let mark = at == start + 1 && before.len() <= 2;
        return !(mark || (digit && before.len() <= 3)) && (capital || digit);
    }
    if is_listed(&NEVER_LAST, before) {
        return false;
    }
    if before.eq_ignore_ascii_case("no") && digit {
        return false;
    }
    let first = before.chars().next().unwrap_or(' ');
    if before.chars().nth(1).is_none() && first.is_alphabetic() {
        return single_letter(text, tokens, start, at, first, capital, starter);
    }
    if before.contains('.') {
        // "M.D. Anderson" against "b.i.d. He".
        return if first.is_uppercase() { starter } else { capital };
    }
    if is_listed(&SELDOM_LAST, before) {
        return capital;
    }
    true
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
    let name = earlier.starts_with(char::is_uppercase) || earlier == ".";
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
