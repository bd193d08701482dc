//! What the lexicon makes of the abbreviations in `sentences.txt`, beside what they mean there.

use clinlink_context::Abbreviations;
use clinlink_model::{Expander, Expansion, Label, Mention, MentionSource, Note, Segmenter};
use clinlink_segment::RuleSegmenter;

use crate::markup::{Expected, read};

/// One abbreviation.
#[derive(Debug)]
pub struct Outcome {
    pub line: &'static str,
    pub short: String,
    pub expected: String,
    pub found: Option<Expansion>,
}

impl Outcome {
    pub fn is_right(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.long == self.expected)
    }
}

/// All of them, in the order of the file.
///
/// # Panics
/// If a line is malformed.
pub fn outcomes() -> Vec<Outcome> {
    let (segmenter, abbreviations) = (RuleSegmenter::embedded(), Abbreviations::embedded());
    let lines = include_str!("sentences.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let mut outcomes = Vec::new();
    for line in lines {
        let (kind, markup) = line.split_once(" | ").unwrap_or_else(|| panic!("no \" | \": {line}"));
        let marked = read(markup);
        let mut note = Note::new("case", marked.text.as_str()).unwrap();
        note.kind = Some(kind.trim().to_owned()).filter(|kind| !kind.is_empty());
        let layout = segmenter.segment(&note);
        for (start, end, expected) in marked.mentions {
            let Expected::Long(expected) = expected else { panic!("no long form: {line}") };
            let span = note.span(start..end).unwrap();
            let mention = Mention { span, label: Label::Other, score: 1.0, by: MentionSource::Given };
            let found =
                abbreviations.expand(&note, &layout, &[mention]).into_iter().find(|e| e.short == span);
            outcomes.push(Outcome { line, short: note[span].to_owned(), expected, found });
        }
    }
    outcomes
}
