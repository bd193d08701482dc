//! The marked cases of this folder, read strictly: a fault in a file is an error that names the line.
#![allow(dead_code, reason = "shared by a test and by examples, each of which needs a part")]

use clinlink_model::{Layout, Note, Segmenter};
use clinlink_segment::RuleSegmenter;

/// A note with the sentences that it holds.
#[derive(Debug)]
pub struct SentenceCase {
    pub phenomenon: &'static str,
    /// In the file, from 1.
    pub line: usize,
    pub text: String,
    pub sentences: Vec<String>,
    /// Marked as failing today.
    pub known: bool,
}

/// A note with its headers.
#[derive(Debug)]
pub struct HeaderCase {
    pub name: &'static str,
    pub text: String,
    /// Start in bytes, words, kinds from the outermost section to its own, in text order.
    pub headers: Vec<(usize, String, String)>,
}

/// The cases of `sentences.txt`.
pub fn sentence_cases() -> Vec<SentenceCase> {
    parse_sentences(include_str!("sentences.txt")).unwrap()
}

/// The cases of `headers.txt`.
pub fn header_cases() -> Vec<HeaderCase> {
    parse_headers(include_str!("headers.txt")).unwrap()
}

pub fn parse_sentences(file: &'static str) -> Result<Vec<SentenceCase>, String> {
    let (mut cases, mut phenomenon) = (Vec::<SentenceCase>::new(), "");
    for (at, row) in file.lines().enumerate() {
        let line = at + 1;
        if let Some(name) = row.strip_prefix("== ") {
            phenomenon = name;
        } else if !row.is_empty() && !row.starts_with("# ") && row != "#" {
            if phenomenon.is_empty() {
                return Err(format!("line {line}: a case before the first phenomenon"));
            }
            let (known, marked) = row.strip_prefix("KNOWN ").map_or((false, row), |rest| (true, rest));
            let marked = unescape(marked).map_err(|fault| format!("line {line}: {fault}"))?;
            let sentences: Vec<String> = marked.split('‖').map(|s| s.trim().to_owned()).collect();
            if sentences.iter().any(String::is_empty) {
                return Err(format!("line {line}: a sentence without text"));
            }
            let text = marked.replace('‖', "");
            if cases.iter().any(|case| case.text == text) {
                return Err(format!("line {line}: the case stands in the file before"));
            }
            cases.push(SentenceCase { phenomenon, line, text, sentences, known });
        }
    }
    Ok(cases)
}

fn unescape(row: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = row.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('u') => '\u{a0}',
                Some('\\') => '\\',
                other => return Err(format!("unknown escape {other:?}")),
            },
            c => c,
        });
    }
    Ok(out)
}

pub fn parse_headers(file: &'static str) -> Result<Vec<HeaderCase>, String> {
    let mut cases: Vec<HeaderCase> = Vec::new();
    let mut notes = file.split("\n== ");
    notes.next();
    for note in notes {
        let (name, marked) = note.split_once('\n').ok_or_else(|| format!("note {note:?} is empty"))?;
        let (text, headers) = unmark(marked).map_err(|fault| format!("note {name:?}: {fault}"))?;
        if text.trim().is_empty() {
            return Err(format!("note {name:?} is empty"));
        }
        cases.push(HeaderCase { name, text, headers });
    }
    Ok(cases)
}

type Headers = Vec<(usize, String, String)>;

fn unmark(marked: &str) -> Result<(String, Headers), String> {
    let (mut text, mut headers, mut rest) = (String::new(), Vec::new(), marked);
    while let Some(open) = rest.find('⟦') {
        text.push_str(&rest[..open]);
        let (words, after) = rest[open + '⟦'.len_utf8()..].split_once("⟧{").ok_or("⟦ without ⟧{kind}")?;
        let (kinds, after) = after.split_once('}').ok_or("{kind without }")?;
        for kind in kinds.split('/') {
            clinlink_model::SectionKind::from_name(kind).ok_or_else(|| format!("unknown kind {kind:?}"))?;
        }
        headers.push((text.len(), words.to_owned(), kinds.to_owned()));
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    if text.contains(['⟧', '⟦']) || text.contains("⟧{") {
        return Err("⟧ without ⟦".to_owned());
    }
    Ok((text, headers))
}

/// The sentences that the segmenter finds.
pub fn found_sentences(segmenter: &RuleSegmenter, text: &str) -> Vec<String> {
    let note = Note::new("case", text).unwrap();
    segmenter.segment(&note).sentences.iter().map(|s| note[s.span].to_owned()).collect()
}

/// The headers that the segmenter finds, as [`HeaderCase::headers`] has them.
pub fn found_headers(segmenter: &RuleSegmenter, text: &str) -> Headers {
    let note = Note::new("case", text).unwrap();
    let layout = segmenter.segment(&note);
    let with_header = layout.sections.iter().enumerate().filter_map(|(at, s)| Some((at, s.header?)));
    with_header.map(|(at, h)| (h.start(), note[h].to_owned(), path(&layout, at))).collect()
}

fn path(layout: &Layout, at: usize) -> String {
    let section = &layout.sections[at];
    match section.parent {
        Some(parent) => format!("{}/{}", path(layout, parent as usize), section.kind.name()),
        None => section.kind.name().to_owned(),
    }
}
