//! Abbreviations that a text defines, after Schwartz and Hearst (Pac Symp Biocomput 2003;451).
//!
//! ```text
//! congestive heart failure (CHF)      long form, then short form
//! CHF (congestive heart failure)      short form, then long form
//! ```
//!
//! A short form has 2 to 10 characters, at most two words, a letter, and starts with a letter or a digit. The long
//! form is the shortest stretch of at most min(n + 5, 2n) words next to it (n: the letters of the short form) whose
//! letters hold those of the short form in order, the first at the start of a word. Both stand in one sentence.

use std::ops::Range;

/// The longest stretch in brackets that is looked at, in bytes.
const MAX_BRACKET: usize = 200;

/// A definition; both ranges in bytes of the text in which it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub short: Range<usize>,
    pub long: Range<usize>,
}

/// The definitions in one sentence, in text order.
pub(crate) fn definitions(sentence: &str) -> Vec<Definition> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = sentence[from..].find(['(', '[']).map(|at| from + at) {
        from = open + 1;
        let Some(close) = closing(sentence, open) else { continue };
        let definition = definition(sentence, open, close);
        if definition.is_some() {
            from = close;
        }
        found.extend(definition);
    }
    found
}

/// The bracket that closes the one at `open`.
fn closing(sentence: &str, open: usize) -> Option<usize> {
    let bytes = sentence.as_bytes();
    let (opens, closes) = if bytes[open] == b'(' { (b'(', b')') } else { (b'[', b']') };
    let mut depth = 0_u32;
    for (at, byte) in bytes.iter().enumerate().skip(open).take(MAX_BRACKET) {
        if *byte == opens {
            depth += 1;
        } else if *byte == closes {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn definition(sentence: &str, open: usize, close: usize) -> Option<Definition> {
    let inner = trimmed(sentence, open + 1..close);
    let first = first_part(sentence, inner.clone());
    if is_short_form(&sentence[first.clone()]) {
        let long = long_form_before(sentence, open, &sentence[first.clone()]);
        if let Some(long) = long {
            return Some(Definition { short: first, long });
        }
    }
    let before = trimmed(sentence, 0..open);
    let start = sentence[before.clone()]
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + sentence[at..].chars().next().map_or(1, char::len_utf8));
    let short = unquoted(sentence, start..before.end);
    let long = &sentence[inner.clone()];
    let words = long.split_whitespace().count();
    let limit = max_words(&sentence[short.clone()]);
    if is_short_form(&sentence[short.clone()]) && words >= 2 && words <= limit {
        let at = matching(&sentence[short.clone()], long)?;
        if at == 0 && sound(&sentence[short.clone()], long) {
            return Some(Definition { short, long: inner });
        }
    }
    None
}

/// The long form that ends right before `open`.
fn long_form_before(sentence: &str, open: usize, short: &str) -> Option<Range<usize>> {
    let before = trimmed(sentence, 0..open);
    let limit = max_words(short);
    let start = sentence[before.clone()]
        .rmatch_indices(char::is_whitespace)
        .map(|(at, space)| (at, at + space.len()))
        .scan(before.end, |next, (at, end)| {
            let word = end < *next;
            *next = at;
            Some((end, word))
        })
        .filter(|&(_, word)| word)
        .map(|(end, _)| end)
        .nth(limit - 1)
        .unwrap_or(before.start);
    let stretch = &sentence[start..before.end];
    let at = start + matching(short, stretch)?;
    let long = unquoted(sentence, at..before.end);
    sound(short, &sentence[long.clone()]).then_some(long)
}

fn max_words(short: &str) -> usize {
    let letters = short.chars().filter(|c| c.is_alphanumeric()).count().max(1);
    (letters + 5).min(letters * 2)
}

/// Where the shortest end of `stretch` starts that holds the letters of `short`, from right to left.
fn matching(short: &str, stretch: &str) -> Option<usize> {
    let long: Vec<(usize, char)> = stretch.char_indices().collect();
    let letters: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut at = long.len();
    for (index, letter) in letters.iter().enumerate().rev() {
        loop {
            at = at.checked_sub(1)?;
            let starts_word = at == 0 || !long[at - 1].1.is_alphanumeric();
            if same(long[at].1, *letter) && (index > 0 || starts_word) {
                break;
            }
        }
    }
    // "2,6-diaminopurine" is one name, "anti-human" is not.
    let word = stretch[..long.get(at)?.0].rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let word = stretch.ceil_char_boundary(word);
    let chemical = stretch[word..long[at].0].contains(|c: char| c.is_ascii_digit());
    Some(if chemical { word } else { long[at].0 })
}

fn same(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

/// Whether a pair passes the checks against chance matches.
fn sound(short: &str, long: &str) -> bool {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let longest = long.split_whitespace().count() <= max_words(short);
    longest
        && long.len() > short.len()
        && is_balanced(long)
        && !long.split_whitespace().any(|word| bare(word) == short)
}

/// Whether every bracket in `text` has its partner: "(1 mg) or two" has, "1 mg) or two" has not.
fn is_balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        depth += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn is_short_form(text: &str) -> bool {
    let length = text.chars().count();
    // "radiation" is a word; "10 mg" is a dose.
    if length > 4 && text.chars().all(char::is_lowercase)
        || text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(' ')
    {
        return false;
    }
    (2..=10).contains(&length)
        && text.split_whitespace().count() <= 2
        && text.starts_with(char::is_alphanumeric)
        && text.chars().any(char::is_alphabetic)
}

/// What stands in brackets before a comma or semicolon: "(CHF, NYHA III)", "(CHF; 2010)".
fn first_part(sentence: &str, inner: Range<usize>) -> Range<usize> {
    let text = &sentence[inner.clone()];
    let end =
        [", ", "; ", " or ", ": "].into_iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    unquoted(sentence, trimmed(sentence, inner.start..inner.start + end))
}

fn trimmed(sentence: &str, range: Range<usize>) -> Range<usize> {
    let text = &sentence[range.clone()];
    let start = range.start + text.len() - text.trim_start().len();
    start..start.max(range.start + text.trim_end().len())
}

fn unquoted(sentence: &str, range: Range<usize>) -> Range<usize> {
    let marks = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '(' | '[' | ',' | ';' | ':');
    let text = &sentence[range.clone()];
    let start = range.start + text.len() - text.trim_start_matches(marks).len();
    start..start.max(range.start + text.trim_end_matches(marks).len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("He has congestive heart failure (CHF).", Some(("CHF", "congestive heart failure")))]
    #[case("He has CHF (congestive heart failure).", Some(("CHF", "congestive heart failure")))]
    #[case("non-small cell lung cancer (NSCLC)", Some(("NSCLC", "non-small cell lung cancer")))]
    #[case("acute kidney injury (AKI, stage 2)", Some(("AKI", "acute kidney injury")))]
    #[case("deep vein thromboses (\"DVT\")", Some(("DVT", "deep vein thromboses")))]
    #[case("anti-human immunodeficiency virus (HIV)", Some(("HIV", "human immunodeficiency virus")))]
    #[case("the base 2,6-diaminopurine (DAP)", Some(("DAP", "2,6-diaminopurine")))]
    #[case("as well as others (apathy)", None)]
    #[case("type 1) and mitral stenosis (MS)", Some(("MS", "mitral stenosis")))]
    #[case("seen in clinic (USA)", None)]
    #[case("creatinine (1.2)", None)]
    #[case("heart failure (", None)]
    #[case("µ é (ÉÉ)", None)]
    #[case("(CHF)", None)]
    fn pairs(#[case] sentence: &str, #[case] expected: Option<(&str, &str)>) {
        let found = definitions(sentence);
        let pair = found.first().map(|d| (&sentence[d.short.clone()], &sentence[d.long.clone()]));
        assert_eq!(pair, expected);
    }
}
