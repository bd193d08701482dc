//! How far cues reach.

use std::ops::Range;

use clinlink_model::{Layout, Note, Span};

use crate::cue_finder::CueFinder;
use crate::rules::{Direction, Role, Rule, Value};
use crate::years::{Years, past_years};

/// A cue with its place among the tokens of the note and the tokens that it speaks of.
#[derive(Debug, Clone)]
pub(crate) struct Cue<'r> {
    pub rule: &'r Rule,
    pub span: Span,
    /// Its own tokens, as indices into the layout's.
    pub tokens: (u32, u32),
    /// It speaks of mentions that end after this token and before the cue ...
    pub from: u32,
    /// ... or that start after the cue and before this token.
    pub to: u32,
}

impl Cue<'_> {
    /// The values that it sets.
    pub(crate) fn values(&self) -> &[Value] {
        match &self.rule.role {
            Role::Sets(values) => values,
            Role::Pseudo | Role::Ends(_) => &[],
        }
    }

    /// How many tokens lie between it and a mention of tokens `first..last`; `None` if that is out of its scope.
    pub(crate) fn distance(&self, first: u32, last: u32) -> Option<u32> {
        if first >= self.tokens.1 {
            return (first < self.to).then(|| first - self.tokens.1);
        }
        if last <= self.tokens.0 {
            return (last > self.from).then(|| self.tokens.0 - last);
        }
        // "no acute" before the mention "acute distress" runs into it; "status post" may open the mention "status
        // post splenectomy", and then it speaks of the rest.
        let leads = self.tokens.0 <= first && self.tokens.1 < last && self.to > self.tokens.1;
        leads.then_some(0)
    }

    /// Whether it stands in a mention of tokens `first..last`.
    pub(crate) fn is_inside(&self, first: u32, last: u32) -> bool {
        first <= self.tokens.0 && self.tokens.1 <= last
    }
}

/// The cues of a note with their scopes, by the sentence in which they stand, in text order.
pub(crate) fn cues<'r>(
    finder: &'r CueFinder,
    years: &'r Years,
    note: &Note,
    layout: &Layout,
) -> Vec<Cue<'r>> {
    let mut placed = Vec::new();
    let mut sentence = 0;
    let mut spoken = past_years(note, layout).into_iter().peekable();
    let mut place = |rule: &'r Rule, start: usize, end: usize, placed: &mut Vec<(Cue<'r>, usize)>| {
        while layout.sentences.get(sentence).is_some_and(|s| s.span.end() <= start) {
            sentence += 1;
        }
        let Some(found) = layout.sentences.get(sentence) else { return };
        // A cue does not cross the end of a sentence.
        if found.span.start() > start || found.span.end() < end {
            return;
        }
        let Ok(span) = note.span(start..end) else { return };
        let range = found.tokens.start as usize..found.tokens.end as usize;
        let tokens = &layout.tokens[range.clone()];
        let first = range.start + tokens.partition_point(|t| t.span.end() <= start);
        let last = range.start + tokens.partition_point(|t| t.span.start() < end);
        let tokens = (first as u32, last as u32);
        placed.push((Cue { rule, span, tokens, from: tokens.0, to: tokens.1 }, sentence));
    };
    for hit in finder.find(note) {
        while let Some((start, end)) = spoken.next_if(|year| year.0 < hit.start) {
            place(years.rule(), start, end, &mut placed);
        }
        place(finder.rule(&hit), hit.start, hit.end, &mut placed);
    }
    for (start, end) in spoken {
        place(years.rule(), start, end, &mut placed);
    }
    set_scopes(note, layout, placed)
}

fn set_scopes<'r>(note: &Note, layout: &Layout, mut placed: Vec<(Cue<'r>, usize)>) -> Vec<Cue<'r>> {
    for at in 0..placed.len() {
        let (cue, sentence) = &placed[at];
        let Role::Sets(values) = &cue.rule.role else { continue };
        let bounds = &layout.sentences[*sentence].tokens;
        let ends = |other: &&(Cue<'r>, usize)| match other.0.rule.role {
            Role::Ends(axes) => other.0.span != cue.span && values.iter().any(|value| axes[value.axis()]),
            _ => false,
        };
        let (mut from, mut to) = cue.tokens;
        let answer = answers(note, layout, bounds, cue.tokens);
        if cue.rule.direction != Direction::Backward && !answer {
            to = bounds.end.min(cue.tokens.1 + cue.rule.reach);
            let mut near = placed[at + 1..].iter().take_while(|other| other.0.tokens.0 < to);
            to = near.find(ends).map_or(to, |end| end.0.tokens.0.max(cue.tokens.1));
        }
        if cue.rule.direction != Direction::Forward || answer {
            let reach = if answer { ANSWER_REACH } else { cue.rule.reach };
            from = bounds.start.max(cue.tokens.0.saturating_sub(reach));
            let mut near = placed[..at].iter().rev().take_while(|other| other.0.tokens.1 > from);
            from = near.find(ends).map_or(from, |end| end.0.tokens.1.min(cue.tokens.0));
        }
        (placed[at].0.from, placed[at].0.to) = (from, to);
    }
    placed.into_iter().map(|(cue, _)| cue).collect()
}

/// How far before an answer its question stands, in tokens.
const ANSWER_REACH: u32 = 6;

/// Whether a cue is the answer to a label or question before it and has nothing after it: "Fever: no", "Cough? denies."
fn answers(note: &Note, layout: &Layout, sentence: &Range<u32>, cue: (u32, u32)) -> bool {
    let word = |at: u32| &note[layout.tokens[at as usize].span];
    let asked = cue.0 > sentence.start && matches!(word(cue.0 - 1), ":" | "-" | "–" | "?" | "=");
    asked && (cue.1 >= sentence.end || (cue.1 + 1 == sentence.end && matches!(word(cue.1), "." | "," | ";")))
}
