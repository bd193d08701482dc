//! Abbreviations that a text defines.
//!
//! ```text
//! congestive heart failure (CHF)               long form, then short form in brackets
//! glutathione peroxidase (EC 1.11.1.9; GPx)    among other things
//! CHF (congestive heart failure)               short form, then long form in brackets
//! (congestive heart failure, CHF)              both in brackets
//! congestive heart failure, or CHF,            without brackets: only if every letter is a first letter
//! CHF = congestive heart failure
//! right (RCA) and left (LCA) coronary artery   the head after the brackets
//! ```
//!
//! The places are those of Schwartz and Hearst (Pac Symp Biocomput 2003;451); which words are the long form is
//! settled by [`long_form`](crate::long_form). A short form has at most 15 characters and two words, holds a letter
//! and starts with a letter or a digit. One capital letter is one if the word before it starts with it ("placebo
//! (P)"); "(ii)" and "(2b)" are none. The long form has at most min(n + 5, 2n) words (n: the letters of the short
//! form), small ones not counted, and no verb. Both stand in one sentence.

use std::ops::Range;

use crate::long_form::{Fit, LongForm, SMALL_WORDS, long_form};
use crate::short_form::{is_short_form, letters, max_words, reordered};

/// The longest stretch in brackets, and the longest long form, that is looked at, in bytes.
const MAX_BYTES: usize = 200;
/// The most things in one bracket of which one may be a short form; more are a list ("(Al, B, Ba, Ca, Cr)").
const MAX_PIECES: usize = 4;
/// The most words after brackets that may be the head of what stands before them.
const MAX_HEAD: usize = 3;
/// Words that no long form holds.
const VERBS: [&str; 14] =
    ["is", "are", "was", "were", "has", "have", "had", "been", "be", "which", "who", "that", "where", "than"];

/// A definition; both ranges in bytes of the text in which it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub short: Range<usize>,
    pub long: Range<usize>,
    /// The words of the long form, where others stand between them.
    pub words: Option<String>,
}

impl Definition {
    fn new(short: &Range<usize>, from: usize, long: Range<usize>) -> Self {
        Self { short: short.clone(), long: from + long.start..from + long.end, words: None }
    }
}

/// The definitions in one sentence, in text order of their short forms.
pub(crate) fn definitions(sentence: &str) -> Vec<Definition> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = sentence[from..].find(['(', '[']).map(|at| from + at) {
        from = open + 1;
        let Some(close) = closing(sentence, open) else { continue };
        let before = found.len();
        in_bracket(sentence, open, close, &mut found);
        if found.len() > before {
            from = close;
        }
    }
    unbracketed(sentence, &mut found);
    found.sort_by_key(|definition| (definition.short.start, definition.short.end));
    found
}

/// The bracket that closes the one at `open`.
fn closing(sentence: &str, open: usize) -> Option<usize> {
    let bytes = sentence.as_bytes();
    let (opens, closes) = if bytes[open] == b'(' { (b'(', b')') } else { (b'[', b']') };
    let mut depth = 0_u32;
    for (at, byte) in bytes.iter().enumerate().skip(open).take(MAX_BYTES) {
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

fn in_bracket(sentence: &str, open: usize, close: usize, out: &mut Vec<Definition>) {
    let inner = trimmed(sentence, open + 1..close);
    let pieces = pieces(sentence, inner.clone());
    let before = out.len();
    if pieces.len() <= MAX_PIECES {
        // "(tea and extract)" is text; in "(PLS-1 and PLS-2)" all are short forms.
        let capital = |piece: &Range<usize>| sentence[piece.clone()].contains(char::is_uppercase);
        let forms = pieces.iter().filter(|piece| pieces.len() == 1 || capital(piece));
        out.extend(forms.filter_map(|piece| long_before(sentence, open, piece.clone())));
    }
    if out.len() > before {
        return;
    }
    // "(congestive heart failure, CHF)"
    if let [first, last] = &pieces[..] {
        let (long, short) = (&sentence[first.clone()], &sentence[last.clone()]);
        let found = is_short_form(short).then(|| long_form(short, long, Fit::AtEnd)).flatten();
        if let Some(LongForm { range, .. }) = found.filter(|found| found.cost <= letters(short) as u32) {
            out.push(Definition::new(last, first.start, range));
            return;
        }
    }
    let found = long_inside(sentence, open, inner);
    out.extend(found.or_else(|| with_later_head(sentence, open, close, pieces.first()?)));
}

/// The long form that ends right before the bracket at `open`.
fn long_before(sentence: &str, open: usize, short: Range<usize>) -> Option<Definition> {
    let word = &sentence[short.clone()];
    // "failure(CHF)" may lack its space, but in "Pt(II)" and "Arg(Mts)" the bracket belongs to the word.
    let attached = sentence[..open].ends_with(|c: char| !c.is_whitespace());
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    let capital = capitals >= 2 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let hangs = attached && !(capital && sentence[..open].ends_with(char::is_alphabetic));
    if hangs || !is_short_form(word) {
        return None;
    }
    let window = window(sentence, open, max_words(word));
    let stretch = &sentence[window.clone()];
    let LongForm { range, cost } = in_any_order(word, stretch)?;
    let long = &stretch[range.clone()];
    let single = letters(word) == 1 && (cost > 0 || long.len() < 4 || range.end < stretch.len());
    let lower = word.chars().all(|c| !c.is_uppercase());
    let doubtful = attached && cost > 1 || lower && cost > letters(word) as u32;
    if single || doubtful || !is_sound(word, long) {
        return None;
    }
    Some(Definition::new(&short, window.start, range))
}

/// The long form of a short form, or, where it has none, of its parts in the other order.
fn in_any_order(short: &str, stretch: &str) -> Option<LongForm> {
    long_form(short, stretch, Fit::AtEnd).or_else(|| {
        let other = reordered(short, stretch)?;
        long_form(&other, stretch, Fit::AtEnd)
    })
}

/// "polychromatic (PCE) and normochromatic (NCE) erythrocytes": the words after the bracket, or after the next one,
/// belong to the long form too.
fn with_later_head(sentence: &str, open: usize, close: usize, short: &Range<usize>) -> Option<Definition> {
    let word = &sentence[short.clone()];
    if letters(word) < 3 || !is_short_form(word) {
        return None;
    }
    let rest = &sentence[close + 1..sentence.floor_char_boundary(close + 1 + MAX_BYTES)];
    let joined = [" and ", " or ", ", "].iter().any(|join| rest.starts_with(join));
    let next = rest.find(['(', '[']).filter(|_| joined).map(|at| close + 1 + at);
    let from = next.and_then(|open| closing(sentence, open)).unwrap_or(close) + 1;
    let start = window(sentence, open, 1).start;
    let first = &sentence[start..trimmed(sentence, 0..open).end];
    let after = sentence[from..].strip_prefix(' ')?;
    let mut long = first.to_owned();
    let mut end = from;
    let mut best: Option<(u32, Definition)> = None;
    for word_after in after.split(' ').take(MAX_HEAD) {
        let bare = word_after.trim_end_matches(['.', ',', ';']);
        let is = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(bare));
        if bare.is_empty()
            || is(&SMALL_WORDS)
            || is(&VERBS)
            || !bare.chars().all(|c| c.is_alphabetic() || c == '-')
        {
            break;
        }
        long.push(' ');
        long.push_str(bare);
        end += 1 + bare.len();
        let cost = long_form(word, &long, Fit::Whole).map_or(u32::MAX, |found| found.cost);
        if cost <= 2 && best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((
                cost,
                Definition { short: short.clone(), long: start..end, words: Some(long.clone()) },
            ));
        }
        if bare.len() < word_after.len() {
            break;
        }
    }
    Some(best?.1)
}

/// The long form in brackets after a short form.
fn long_inside(sentence: &str, open: usize, inner: Range<usize>) -> Option<Definition> {
    let before = trimmed(sentence, 0..open);
    let start = sentence[before.clone()]
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + sentence[at..].chars().next().map_or(1, char::len_utf8));
    let short = unquoted(sentence, start..before.end);
    let word = &sentence[short.clone()];
    if letters(word) < 2 || !is_short_form(word) {
        return None;
    }
    let until = |mark: &str| sentence[inner.clone()].find(mark).map_or(inner.end, |at| inner.start + at);
    [inner.end, until("; "), until(", ")].into_iter().find_map(|end| {
        let long = &sentence[inner.start..end];
        let words = long.split_whitespace().count();
        let fits = words >= 2 && words <= max_words(word) && is_sound(word, long);
        let found = fits.then(|| long_form(word, long, Fit::Whole)).flatten()?;
        (found.range == (0..long.len())).then(|| Definition::new(&short, inner.start, found.range))
    })
}

/// What may stand between a short form and the long form after it.
const BEFORE_LONG: [&str; 9] =
    [" = ", "=", ": ", ", i.e., ", ", or ", ", ", " - ", " stands for ", " is short for "];
/// What may stand between a long form and the short form after it.
const BEFORE_SHORT: [&str; 8] = [
    ", or ",
    ", abbreviated as ",
    ", abbreviated ",
    " abbreviated as ",
    " abbreviated ",
    ", known as ",
    " = ",
    ", ",
];

/// Definitions without brackets. They are believed only if the short form is in capitals in a sentence that is not,
/// and each of its letters is the first one of a word.
fn unbracketed(sentence: &str, out: &mut Vec<Definition>) {
    if !sentence.contains(|c: char| c.is_lowercase()) {
        return;
    }
    let mut at = 0;
    while let Some(skip) = sentence[at..].find(|c: char| c.is_ascii_uppercase()) {
        let start = at + skip;
        let run = &sentence[start..];
        let length = run.find(|c: char| !c.is_alphanumeric()).unwrap_or(run.len());
        at = start + length;
        let capital = (2..=6).contains(&length) && run[..length].bytes().all(|b| b.is_ascii_uppercase());
        if !capital || sentence[..start].ends_with(|c: char| c.is_alphanumeric() || c == '-') {
            continue;
        }
        let short = start..at;
        let found = unbracketed_after(sentence, &short).or_else(|| unbracketed_before(sentence, &short));
        out.extend(found.filter(|new| out.iter().all(|old| old.short != new.short)));
    }
}

fn unbracketed_after(sentence: &str, short: &Range<usize>) -> Option<Definition> {
    let after = &sentence[short.end..];
    let word = &sentence[short.clone()];
    let link = BEFORE_LONG.iter().find(|link| after.starts_with(**link))?;
    let rest = &after[link.len()..];
    let head = &rest[..rest.floor_char_boundary(MAX_BYTES)];
    let end = head.find([',', ';', '.', '(', ')', ':', '\n']).unwrap_or(head.len());
    let long = head[..end].trim_end();
    let found = long_form(word, long, Fit::Whole).filter(|found| found.cost == 0)?;
    let initials = long.split_whitespace().count() >= 2 && found.range == (0..long.len());
    let start = short.end + link.len();
    (initials && is_sound(word, long)).then(|| Definition::new(short, start, 0..long.len()))
}

fn unbracketed_before(sentence: &str, short: &Range<usize>) -> Option<Definition> {
    let after = &sentence[short.end..];
    if !after.is_empty() && !after.starts_with([',', ';', '.', ')']) {
        return None;
    }
    let before = &sentence[..short.start];
    let link = BEFORE_SHORT.iter().find(|link| before.ends_with(**link))?;
    let word = &sentence[short.clone()];
    let window = window(sentence, short.start - link.len(), max_words(word));
    let stretch = &sentence[window.clone()];
    let found = long_form(word, stretch, Fit::AtEnd).filter(|found| found.cost == 0)?;
    let long = &stretch[found.range.clone()];
    let sound = long.split_whitespace().count() >= 2 && is_sound(word, long);
    sound.then(|| Definition::new(short, window.start, found.range.clone()))
}

/// The words before `end` in which a long form may lie.
fn window(sentence: &str, end: usize, words: usize) -> Range<usize> {
    let end = trimmed(sentence, 0..end).end;
    let from = sentence.ceil_char_boundary(end.saturating_sub(MAX_BYTES));
    let mut start = end;
    let mut counted = 0;
    for word in sentence[from..end].rsplit(char::is_whitespace) {
        let at = word.as_ptr() as usize - sentence.as_ptr() as usize;
        let is = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
        let cut = at == from && from > 0;
        // The bracket in which all this stands opens here.
        let opened = word.strip_prefix(['(', '[']).filter(|rest| is_balanced(rest));
        if let Some(rest) = opened.filter(|_| counted < words) {
            start = at + word.len() - rest.len();
            break;
        }
        let bracket = word.starts_with(['(', '[']) && word.ends_with([')', ']']) || !is_balanced(word);
        if cut || bracket || is(&VERBS) || (start < end && word.ends_with([';', ':'])) {
            break;
        }
        if !word.is_empty() && !is(&SMALL_WORDS) {
            if counted == words {
                break;
            }
            counted += 1;
        }
        start = at;
    }
    unquoted(sentence, trimmed(sentence, start..end))
}

/// Whether a pair passes the checks against chance matches.
fn is_sound(short: &str, long: &str) -> bool {
    let stem = |word: &str| word.char_indices().next_back().map_or(0, |(at, _)| at);
    // Neither the short form itself nor its like: "PfSOD1, a second gene (PfSOD2)".
    let same = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let like = stem(short) >= 3 && bare.len() == short.len() && bare.starts_with(&short[..stem(short)]);
        like || bare.eq_ignore_ascii_case(short)
    };
    long.len() > short.len() && is_balanced(long) && !long.split_whitespace().any(same)
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

/// What stands in brackets, parted: "CHF, NYHA III", "EC 1.11.1.9; `GPx`", "PLS-1 and PLS-2".
fn pieces(sentence: &str, inner: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = inner.start;
    let marks = [", ", "; ", " or ", " and ", ": "];
    while pieces.len() <= MAX_PIECES {
        let rest = &sentence[start..inner.end];
        let next = marks.iter().filter_map(|mark| Some((rest.find(mark)?, mark.len()))).min();
        let end = next.map_or(inner.end, |(at, _)| start + at);
        pieces.push(unquoted(sentence, trimmed(sentence, start..end)));
        let Some((at, mark)) = next else { break };
        start += at + mark;
    }
    pieces
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

    fn pairs(sentence: &str) -> Vec<(&str, &str)> {
        let found = definitions(sentence);
        found.iter().map(|d| (&sentence[d.short.clone()], &sentence[d.long.clone()])).collect()
    }

    #[rstest]
    #[case("He has congestive heart failure (CHF).", "CHF", "congestive heart failure")]
    #[case("He has CHF (congestive heart failure).", "CHF", "congestive heart failure")]
    #[case("He has congestive heart failure(CHF).", "CHF", "congestive heart failure")]
    #[case("He has (congestive heart failure, CHF).", "CHF", "congestive heart failure")]
    #[case("non-small cell lung cancer (NSCLC)", "NSCLC", "non-small cell lung cancer")]
    #[case("acute kidney injury (AKI, stage 2)", "AKI", "acute kidney injury")]
    #[case("acute kidney injury (stage 2; AKI)", "AKI", "acute kidney injury")]
    #[case("deep vein thromboses (\"DVT\")", "DVT", "deep vein thromboses")]
    #[case("anti-human immunodeficiency virus (HIV)", "HIV", "human immunodeficiency virus")]
    #[case("the base 2,6-diaminopurine (DAP)", "DAP", "2,6-diaminopurine")]
    #[case("type 1) and mitral stenosis (MS)", "MS", "mitral stenosis")]
    #[case("forced flow (FF)/forced vital capacity (FVC)", "FF", "forced flow")]
    #[case("mean flow/forced vital capacity (FVC)", "FVC", "forced vital capacity")]
    #[case("treated with placebo (P, n = 6)", "P", "placebo")]
    #[case("has congestive heart failure, or CHF, since May", "CHF", "congestive heart failure")]
    #[case("CHF = congestive heart failure; stable", "CHF", "congestive heart failure")]
    #[case("CHF stands for congestive heart failure", "CHF", "congestive heart failure")]
    #[case("gamma-interferon (IFN-gamma)", "IFN-gamma", "gamma-interferon")]
    fn defined(#[case] sentence: &str, #[case] short: &str, #[case] long: &str) {
        let found = pairs(sentence);
        assert_eq!(found.first().copied().unwrap_or_default(), (short, long), "{found:?}");
    }

    #[rstest]
    #[case("as well as others (apathy)")]
    #[case("seen in clinic (USA)")]
    #[case("creatinine (1.2)")]
    #[case("heart failure (")]
    #[case("µ é (ÉÉ)")]
    #[case("(CHF)")]
    #[case("the eye injuries (ii)")]
    #[case("the bridged complex (2b)")]
    #[case("interacted with Pt(II) ions")]
    #[case("all elements (Al, B, Ba, Ca, Cr, Cu)")]
    #[case("vitamin D (A)")]
    #[case("PATIENT HAS CHF, CONGESTIVE HEART FAILURE, AND MORE")]
    #[case("HEENT: Head normal, eyes clear")]
    fn not_defined(#[case] sentence: &str) {
        assert_eq!(pairs(sentence), []);
    }
}
