//! Normal forms: what terms and text are reduced to before they are compared.
//!
//! A normal form is made word by word. A word is a run of letters and digits; everything else separates words, but for `&`
//! between white space, which is the word `and` (`nausea & vomiting`; not `H&P`, `D & C`).
//! Each word loses case, accents, a possessive *'s* and its plural ending, and takes American spelling:
//! `Crohn's diseases` and `Crohn disease` both become `crohn disease`, `Anaemia, haemolytic` becomes
//! `anemia hemolytic`, `β-thalassaemia` becomes `beta thalassemia`. Roman numbers become arabic (`type II`, `type 2`; see
//! `numerals`): the one rule that may look at the word before. Words keep their order and none is left out.
//! The rules need not give true singulars: terms and text go through the same ones, so it is enough that they keep
//! apart what differs.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::numerals::arabic;
use crate::plural::make_singular;
use crate::spelling::make_american;

/// A word of a text in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormalWord {
    /// Where it stands, in bytes of the text given; a possessive *'s* is part of it.
    pub range: Range<usize>,
    /// Its normal form: never empty, without white space.
    pub form: String,
}

/// The words of `text` in normal form. Works word by word, so that the normal form of a term is found in a text by
/// comparing words one after another.
pub fn normal_words(text: &str) -> Vec<NormalWord> {
    // Clinical English has a word for six bytes or more.
    let mut words = Vec::with_capacity(text.len() / 6 + 1);
    visit_normal_words(text, |range, form| words.push(NormalWord { range, form: form.to_owned() }));
    words
}

/// The normal form of `text`: its normal words with one space between them.
pub fn normal_form(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    visit_normal_words(text, |_, form| {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(form);
    });
    joined
}

/// Calls `visit` with the range, in bytes of `text`, and the normal form of each word, in text order. The same words
/// as those of [`normal_words`], without an allocation a word.
pub fn visit_normal_words(text: &str, mut visit: impl FnMut(Range<usize>, &str)) {
    let (mut form, mut before) = (String::with_capacity(64), String::with_capacity(64));
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() {
            if byte == b'&' && before.len() != 1 && stands_alone(text, at) {
                visit(at..at + 1, "and");
                before.clear();
                before.push_str("and");
            }
            at += 1;
            continue;
        }
        if !byte.is_ascii() {
            let c = char_at(text, at);
            if !c.is_alphanumeric() {
                at += c.len_utf8();
                continue;
            }
        }
        form.clear();
        let end = read_word(text, at, &mut form);
        finish(&mut form);
        if let Some(number) = arabic(&form, &before) {
            form.clear();
            form.push_str(number);
        }
        if !form.is_empty() {
            visit(at..end, &form);
            std::mem::swap(&mut form, &mut before);
        }
        at = end;
    }
}

/// Whether white space or nothing is on both sides of the one byte at `at`.
fn stands_alone(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    bytes[..at].last().is_none_or(u8::is_ascii_whitespace)
        && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace)
}

/// Reads the word that starts at byte `at` into `form`, folded; returns the byte after it.
fn read_word(text: &str, mut at: usize, form: &mut String) -> usize {
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_alphanumeric() {
            form.push(byte.to_ascii_lowercase() as char);
            at += 1;
            continue;
        }
        if byte.is_ascii() && byte != b'\'' {
            break;
        }
        let c = char_at(text, at);
        let next = at + c.len_utf8();
        if is_apostrophe(c) {
            match after_apostrophe(text, next) {
                Apostrophe::Possessive => return next + 1,
                Apostrophe::Inside => {}
                Apostrophe::Quote => break,
            }
        } else if c.is_alphanumeric() {
            fold(c, form);
        } else if !is_combining_mark(c) {
            break;
        }
        at = next;
    }
    at
}

enum Apostrophe {
    /// *'s* at the end of a word.
    Possessive,
    /// Between letters: `don't`, `L'Hermitte`.
    Inside,
    /// Not followed by a letter or digit.
    Quote,
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | '\u{2018}')
}

/// What an apostrophe is, by the text from byte `at`, just after it.
fn after_apostrophe(text: &str, at: usize) -> Apostrophe {
    let mut rest = text[at..].chars();
    match rest.next() {
        Some('s' | 'S') if !rest.next().is_some_and(char::is_alphanumeric) => Apostrophe::Possessive,
        Some(c) if c.is_alphanumeric() => Apostrophe::Inside,
        _ => Apostrophe::Quote,
    }
}

fn char_at(text: &str, at: usize) -> char {
    // `at` is a character boundary before the end; a space would separate words, were it otherwise.
    text[at..].chars().next().unwrap_or(' ')
}

/// Adds a non-ASCII letter or digit without accent and in lower case.
fn fold(c: char, form: &mut String) {
    match c {
        'µ' | 'μ' => form.push('μ'),
        'æ' | 'Æ' => form.push_str("ae"),
        'œ' | 'Œ' => form.push_str("oe"),
        'ø' | 'Ø' => form.push('o'),
        'ł' | 'Ł' => form.push('l'),
        'ß' => form.push_str("ss"),
        _ => decompose_compatible(c, |part| {
            if part.is_alphanumeric() {
                form.extend(part.to_lowercase());
            }
        }),
    }
}

/// Applies the rules that need the whole word.
fn finish(form: &mut String) {
    if form.len() > 3 && form.bytes().all(|byte| byte.is_ascii_lowercase()) {
        make_american(form);
        make_singular(form);
    } else if form.chars().next().is_some_and(|first| !first.is_ascii()) {
        name_greek(form);
    }
}

/// Spells out a Greek letter that stands alone, and the micro sign as it is typed where there is none (`ug`).
fn name_greek(form: &mut String) {
    let mut chars = form.chars();
    let (first, alone) = (chars.next(), chars.next().is_none());
    let name = match first {
        Some('α') => "alpha",
        Some('β') => "beta",
        Some('γ') => "gamma",
        Some('δ') => "delta",
        Some('ε') => "epsilon",
        Some('κ') => "kappa",
        Some('λ') => "lambda",
        Some('μ') if alone => "mu",
        Some('μ') => "u",
        Some('σ') => "sigma",
        Some('ω') => "omega",
        _ => return,
    };
    if alone || first == Some('μ') {
        let rest = form.split_off(first.map_or(0, char::len_utf8));
        form.clear();
        form.push_str(name);
        form.push_str(&rest);
    }
}
