//! How far cues reach.

use clinlink_model::{Layout, Span};

use crate::cue_finder::CueFinder;
use crate::rules::{Direction, Role, Rule, Value};
use crate::years::Years;

/// A cue with its place among the tokens of the note and the tokens that it speaks of.
#[derive(Debug, Clone)]
pub(crate) struct Cue<'r> {
    pub rule: &'r Rule,
    pub span: Span,
    /// Its own tokens, as indices into the layout's.
    pub tokens: (u32, u32),
    /// It speaks of mentions that start at this token or after it, and before the cue ...
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
            return (first >= self.from).then(|| self.tokens.0 - last);
        }
        // "status post splenectomy" may be one mention: what opens it speaks of the rest, but for negation, which
        // then is part of the name ("absent reflexes").
        let opens = self.tokens.0 == first && self.tokens.1 < last && self.to > self.tokens.1;
        opens.then_some(0)
    }

    /// Whether it stands in a mention that starts at token `first`.
    pub(crate) fn is_inside(&self, first: u32, last: u32) -> bool {
        self.tokens.0 < last && self.tokens.1 > first
    }
}

/// The cues of a note with their scopes, by the sentence in which they stand, in text order.
pub(crate) fn cues<'r>(
    finder: &'r CueFinder,
    years: &'r Years,
    note: &clinlink_model::Note,
    layout: &Layout,
) -> Vec<Cue<'r>> {
    let mut placed = Vec::new();
    let mut sentence = 0;
    let mut spoken = years.find(note, layout).into_iter().peekable();
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
    set_scopes(layout, placed)
}

fn set_scopes<'r>(layout: &Layout, mut placed: Vec<(Cue<'r>, usize)>) -> Vec<Cue<'r>> {
    for at in 0..placed.len() {
        let (cue, sentence) = &placed[at];
        let Role::Sets(values) = &cue.rule.role else { continue };
        let bounds = &layout.sentences[*sentence].tokens;
        let ends = |other: &&(Cue<'r>, usize)| match other.0.rule.role {
            Role::Ends(axes) => other.0.span != cue.span && values.iter().any(|value| axes[value.axis()]),
            _ => false,
        };
        let (mut from, mut to) = cue.tokens;
        if cue.rule.direction != Direction::Backward {
            to = bounds.end.min(cue.tokens.1 + cue.rule.reach);
            let near = placed[at + 1..].iter().take_while(|other| other.0.tokens.0 < to);
            to = near.clone().find(ends).map_or(to, |end| end.0.tokens.0.max(cue.tokens.1));
        }
        if cue.rule.direction != Direction::Forward {
            from = bounds.start.max(cue.tokens.0.saturating_sub(cue.rule.reach));
            let near = placed[..at].iter().rev().take_while(|other| other.0.tokens.1 > from);
            from = near.clone().find(ends).map_or(from, |end| end.0.tokens.1.min(cue.tokens.0));
        }
        (placed[at].0.from, placed[at].0.to) = (from, to);
    }
    placed.into_iter().map(|(cue, _)| cue).collect()
}
