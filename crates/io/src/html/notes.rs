//! The notes of the page: their text in segments, each with its marks.

use std::collections::BTreeMap;

use clinlink_model::{AnnotatedNote, CodeSet, Episode, SectionKind, Span, Status};

use super::Numbered;
use crate::marks::{Mark, Segment, segments};
use crate::wording;

/// One note.
pub(super) struct NoteView<'a> {
    /// The id of its element.
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) kind: &'a str,
    pub(super) date: &'a str,
    pub(super) patient: &'a str,
    pub(super) segments: Vec<SegmentView<'a>>,
}

/// A stretch of text under the same marks.
pub(super) struct SegmentView<'a> {
    pub(super) text: &'a str,
    /// Classes of the style sheet; empty for text without marks.
    pub(super) classes: String,
    /// The id of the element; empty if no evidence starts here.
    pub(super) anchor: String,
    /// The numbers of the evidence that it is part of.
    pub(super) evidence: String,
    /// The numbers of the evidence that it is a cue of.
    pub(super) cue_of: String,
    /// What the header stands for, at the end of a header that does not say so itself.
    pub(super) kind: String,
    /// What is said of it on hover, a line for each code and rule.
    pub(super) tip: String,
}

/// The notes, and for each piece of evidence the anchor at which its words start.
pub(super) fn note_views<'a>(
    numbered: &'a [Numbered<'a>],
    codes: &CodeSet,
    episode: &'a Episode,
) -> (Vec<NoteView<'a>>, Vec<String>) {
    let mut targets = vec![String::new(); numbered.len()];
    let views = episode.notes.iter().enumerate().map(|(index, annotated)| {
        let note = &annotated.note;
        let marked = Marked::new(index, annotated, numbered);
        let segments = segments(note.text(), &marked.marks);
        let views = segments.iter().enumerate().map(|(i, segment)| {
            let view = marked.view(segment, segments.get(i + 1), format!("n{index}s{i}"));
            for mark in segment.marks.iter().filter(|_| segment.starts) {
                if let Mark::Evidence(e) = *mark
                    && targets[e].is_empty()
                {
                    targets[e].clone_from(&view.anchor);
                }
            }
            view
        });
        NoteView {
            anchor: format!("n{index}"),
            name: wording::note_name(&codes.episode, note),
            kind: note.kind.as_deref().unwrap_or_default(),
            date: note.date.as_deref().unwrap_or_default(),
            patient: note.patient.as_deref().unwrap_or_default(),
            segments: views.collect(),
        }
    });
    let views = views.collect();
    (views, targets)
}

/// The marks of one note.
struct Marked<'a> {
    annotated: &'a AnnotatedNote,
    numbered: &'a [Numbered<'a>],
    marks: Vec<(Span, Mark)>,
    /// The cues in text order: the rules that they set off, and the evidence that they decided on.
    cues: Vec<(Vec<&'a str>, Vec<usize>)>,
}

impl<'a> Marked<'a> {
    fn new(index: usize, annotated: &'a AnnotatedNote, numbered: &'a [Numbered<'a>]) -> Self {
        let own = || numbered.iter().enumerate().filter(|(_, n)| n.evidence.note == index);
        let mut places: BTreeMap<Span, (Vec<&str>, Vec<usize>)> = BTreeMap::new();
        for (number, n) in own() {
            for cue in n.evidence.assertion.iter().flat_map(|a| &a.cues) {
                let (rules, evidence) = places.entry(cue.span).or_default();
                if !rules.contains(&cue.rule.as_ref()) {
                    rules.push(&cue.rule);
                }
                if evidence.last() != Some(&number) {
                    evidence.push(number);
                }
            }
        }
        let headers = annotated.layout.sections.iter().enumerate();
        let headers = headers.filter_map(|(i, section)| Some((section.header?, Mark::Header(i))));
        let cues = places.keys().enumerate().map(|(i, span)| (*span, Mark::Cue(i)));
        let evidence = own().map(|(number, n)| (n.evidence.span, Mark::Evidence(number)));
        let marks = headers.chain(cues).chain(evidence).collect();
        Self { annotated, numbered, marks, cues: places.into_values().collect() }
    }

    fn view(&self, segment: &Segment<'a>, next: Option<&Segment<'a>>, anchor: String) -> SegmentView<'a> {
        let (mut evidence, mut cue_of, mut tip) = (Vec::new(), Vec::new(), Vec::new());
        let mut classes = Vec::new();
        let mut kind = String::new();
        let mut best: Option<Status> = None;
        for mark in &segment.marks {
            match *mark {
                Mark::Header(section) => {
                    classes.push("header");
                    let goes_on = next.is_some_and(|next| next.marks.contains(mark));
                    kind = if goes_on { String::new() } else { self.kind_shown(section) };
                }
                Mark::Cue(cue) => {
                    let (rules, decided) = &self.cues[cue];
                    classes.push("cue");
                    cue_of.extend(decided);
                    tip.push(format!("cue: {}", rules.join(", ")));
                }
                Mark::Evidence(number) => {
                    let n = &self.numbered[number];
                    best = Some(best.map_or(n.entry.status, |b| b.min(n.entry.status)));
                    evidence.push(number);
                    let line = self.tip(n);
                    if !tip.contains(&line) {
                        tip.push(line);
                    }
                }
            }
        }
        if let Some(status) = best {
            classes.extend(["evidence", wording::class(status)]);
        }
        classes.dedup();
        cue_of.sort_unstable();
        cue_of.dedup();
        SegmentView {
            text: segment.text,
            classes: classes.join(" "),
            anchor: if segment.starts { anchor } else { String::new() },
            evidence: numbers(&evidence),
            cue_of: numbers(&cue_of),
            kind,
            tip: tip.join("\n"),
        }
    }

    /// What a section is about, where its header says it in other words.
    fn kind_shown(&self, section: usize) -> String {
        let section = &self.annotated.layout.sections[section];
        let header = section.header.map_or("", |header| &self.annotated.note[header]);
        match wording::section(section.kind) {
            Some(kind)
                if section.kind != SectionKind::Unknown && !kind.eq_ignore_ascii_case(header.trim()) =>
            {
                kind
            }
            _ => String::new(),
        }
    }

    /// "E11.9 Type 2 diabetes mellitus: accepted; affirmed, recent; by: no (negated.no)".
    fn tip(&self, n: &Numbered<'_>) -> String {
        let mut tip = format!(
            "{} {}: {}; {}",
            n.entry.code,
            n.entry.title,
            wording::status(n.entry.status).to_lowercase(),
            wording::context(n.evidence.assertion.as_ref())
        );
        let cues = wording::cues(&self.annotated.note, n.evidence.assertion.as_ref());
        if !cues.is_empty() {
            tip.push_str("; by: ");
            tip.push_str(&cues.join(", "));
        }
        tip
    }
}

fn numbers(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}
