//! Puts lines, headers, units, tokens and sentences together into a layout.

use std::ops::Range;

use clinlink_model::{
    CheckBox, Layout, Note, Section, SectionKind, Segmenter, Sentence, Span, Speaker, Token, Turn,
};

use crate::check_boxes::{check_boxes, is_answer, may_be_box};
use crate::header_lexicon::HeaderLexicon;
use crate::headers::{Around, Header, HeaderFinder};
use crate::lines::{is_blank, lines, offset, trim};
use crate::nesting::Outline;
use crate::sentences::sentences;
use crate::speakers::Dialogue;
use crate::tables::{cells, is_row};
use crate::tokens::tokens;
use crate::units::starts_unit;

/// The rule-based segmenter; see the crate's documentation for the rules.
#[derive(Debug, Clone)]
pub struct RuleSegmenter {
    lexicon: HeaderLexicon,
}

impl RuleSegmenter {
    /// A segmenter with the header lexicon that comes with clinlink.
    pub fn embedded() -> Self {
        Self::new(HeaderLexicon::embedded())
    }

    /// A segmenter with a header lexicon of your own.
    pub const fn new(lexicon: HeaderLexicon) -> Self {
        Self { lexicon }
    }
}

impl Default for RuleSegmenter {
    fn default() -> Self {
        Self::embedded()
    }
}

impl Segmenter for RuleSegmenter {
    fn segment(&self, note: &Note) -> Layout {
        let mut builder = Builder::new(note);
        let lines: Vec<&str> = lines(note.text()).collect();
        let mut finder = HeaderFinder::new(&self.lexicon);
        let mut dialogue = Dialogue::default();
        let (mut previous, mut width, mut after_header) = ("", 0, false);
        for (at, &line) in lines.iter().enumerate() {
            if is_blank(line) {
                builder.end_unit();
                previous = "";
                continue;
            }
            if previous.is_empty() {
                width = paragraph_width(&lines[at..]);
            }
            let speaker = dialogue.turn(&lines[at..]);
            let spoken = speaker.is_some();
            let next = next_line(&lines[at + 1..]);
            let around = Around { after_gap: previous.is_empty(), spoken, next };
            if builder.unit.is_some() && !after_header && (spoken || starts_unit(previous, line, width)) {
                builder.end_unit();
            }
            if let Some(speaker) = speaker {
                builder.turn = Spoken::Opens(speaker);
            }
            after_header = builder.add_line(line, &mut finder, around);
            previous = line;
        }
        builder.finish()
    }
}

/// The length of the longest line of the paragraph that starts with `lines`, in bytes.
fn paragraph_width(lines: &[&str]) -> usize {
    lines.iter().take_while(|line| !is_blank(line)).map(|line| trim(line).len()).max().unwrap_or(0)
}

/// The next line that is not blank, at most two lines on.
fn next_line<'a>(lines: &[&'a str]) -> Option<&'a str> {
    lines.iter().take(3).find(|line| !is_blank(line)).copied()
}

/// Who speaks the next sentence.
enum Spoken {
    /// It is of no dialogue.
    Nobody,
    /// It opens a turn.
    Opens(Speaker),
    /// It goes on with the last turn.
    GoesOn,
}

/// A layout in the making.
struct Builder<'n> {
    note: &'n Note,
    layout: Layout,
    /// The unit that is open, in bytes of the note.
    unit: Option<Range<usize>>,
    outline: Outline,
    turn: Spoken,
    /// Its tokens; kept to save allocations.
    tokens: Vec<Range<usize>>,
    /// Whether one of them may be a check box.
    boxes: bool,
    /// Its sentences, as ranges of `tokens`; kept to save allocations.
    found: Vec<Range<usize>>,
}

impl<'n> Builder<'n> {
    fn new(note: &'n Note) -> Self {
        Self {
            note,
            layout: Layout::default(),
            unit: None,
            outline: Outline::default(),
            turn: Spoken::Nobody,
            tokens: Vec::new(),
            boxes: false,
            found: Vec::new(),
        }
    }

    /// Adds a line that is not blank, with its headers. Whether it ends with a header.
    fn add_line(&mut self, line: &str, finder: &mut HeaderFinder<'_>, around: Around<'_>) -> bool {
        let base = offset(self.note.text(), line);
        let mut from = 0;
        let mut header = finder.at_start(line, around);
        loop {
            if let Some(found) = header {
                self.add_body(base + from..base + found.start);
                self.open_section(base, found);
                from = found.end;
            }
            header = finder.inside(line, from);
            if header.is_none() {
                break;
            }
        }
        let body = base + from..base + line.len();
        let ends_with_header = from > 0 && is_blank(&self.note.text()[body.clone()]);
        self.add_body(body);
        ends_with_header
    }

    fn add_body(&mut self, body: Range<usize>) {
        let text = trim(&self.note.text()[body]);
        if text.is_empty() {
            return;
        }
        let start = offset(self.note.text(), text);
        let end = start + text.len();
        match &mut self.unit {
            Some(unit) => unit.end = end,
            None => self.unit = Some(start..end),
        }
    }

    fn open_section(&mut self, base: usize, header: Header) {
        self.end_unit();
        self.turn = Spoken::Nobody;
        let words = self.range(base + header.words.0..base + header.words.1);
        let span = self.range(base + header.start..base + header.end);
        let parent = self.outline.open(self.layout.sections.len() as u32, &header);
        self.layout.sections.push(Section { kind: header.kind, header: Some(words), span, parent });
        self.add_tokens(span.range());
        let all = 0..self.tokens.len();
        self.add_sentence(all);
    }

    /// The span of a range that lies on character boundaries, since it was cut at characters found in the text.
    fn range(&self, range: Range<usize>) -> Span {
        self.note.span_of(&self.note.text()[range])
    }

    fn add_tokens(&mut self, range: Range<usize>) {
        self.tokens.clear();
        self.boxes = false;
        let (kept, boxes, text) = (&mut self.tokens, &mut self.boxes, &self.note.text()[range.clone()]);
        tokens(text, |t| {
            *boxes |= may_be_box(text.as_bytes()[t.start]);
            kept.push(range.start + t.start..range.start + t.end);
        });
    }

    /// Cuts the open unit into tokens and sentences.
    fn end_unit(&mut self) {
        let Some(unit) = self.unit.take() else { return };
        self.add_tokens(unit.clone());
        let mut found = std::mem::take(&mut self.found);
        sentences(self.note.text(), &self.tokens, |range| found.push(range));
        for range in found.drain(..) {
            self.add_check_boxes(range.clone());
            self.add_sentence(range);
        }
        self.found = found;
        self.add_cells(unit);
    }

    /// Adds the cells of a unit, if it is a row of a table.
    fn add_cells(&mut self, unit: Range<usize>) {
        let text = &self.note.text()[unit];
        if is_row(text) {
            let note = self.note;
            cells(text, |cell| self.layout.cells.push(note.span_of(&text[cell])));
        }
    }

    /// Adds the check boxes of a sentence of those tokens of `self.tokens`.
    fn add_check_boxes(&mut self, range: Range<usize>) {
        let note = self.note;
        let tokens = &self.tokens[range];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let text = note.text();
        let ends_with_answer = tokens.iter().rev().take(2).any(|token| is_answer(&text[token.clone()]));
        if ends_with_answer || self.boxes {
            let text = &text[first.start..last.end];
            self.layout.check_boxes.extend(check_boxes(text).into_iter().map(|found| CheckBox {
                mark: note.span_of(&text[found.mark]),
                about: note.span_of(&text[found.about]),
                answer: found.answer,
            }));
        }
    }

    /// Adds a sentence of those of `self.tokens`, with its tokens, to the section that is open.
    fn add_sentence(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let span = self.range(self.tokens[range.start].start..self.tokens[range.end - 1].end);
        if self.layout.sections.is_empty() {
            self.layout.sections.push(Section {
                kind: SectionKind::Unknown,
                header: None,
                span,
                parent: None,
            });
        }
        let first = self.layout.tokens.len() as u32;
        for at in range {
            let token = Token { span: self.range(self.tokens[at].clone()) };
            self.layout.tokens.push(token);
        }
        let section = self.layout.sections.len() - 1;
        self.layout.sections[section].span = self.layout.sections[section].span.cover(span);
        self.add_to_turn(span);
        let tokens = first..self.layout.tokens.len() as u32;
        self.layout.sentences.push(Sentence { span, tokens, section: section as u32 });
    }

    /// Adds a sentence to the turn that it opens or goes on with.
    fn add_to_turn(&mut self, sentence: Span) {
        match std::mem::replace(&mut self.turn, Spoken::GoesOn) {
            Spoken::Nobody => self.turn = Spoken::Nobody,
            Spoken::Opens(speaker) => self.layout.turns.push(Turn { span: sentence, speaker }),
            Spoken::GoesOn => {
                if let Some(turn) = self.layout.turns.last_mut() {
                    turn.span = turn.span.cover(sentence);
                }
            }
        }
    }

    fn finish(mut self) -> Layout {
        self.end_unit();
        self.layout
    }
}
