//! How far cues reach.

use std::ops::Range;

use clinlink_model::{Layout, Note, Span};

use crate::clause::{ANSWER_REACH, Words, is_in};
use crate::cue_finder::CueFinder;
use crate::denied_rows::{SHORT_REACH, denied_one_by_one, denies, denies_own_item};
use crate::rules::{Direction, MAX_REACH, Reach, Role, Rule, Stop, Value};
use crate::signs::{SignRules, signs};
use crate::times::{Times, stated_times};

/// A cue with its place among the tokens of the note and the tokens that it speaks of.
#[derive(Debug, Clone)]
pub(crate) struct Cue<'r> {
    pub rule: &'r Rule,
    pub span: Span,
    /// The relative that it names.
    pub relative: Option<&'static str>,
    /// Its own tokens, as indices into the layout's.
    pub tokens: (u32, u32),
    /// It speaks of mentions that end after this token ...
    pub from: u32,
    /// ... and not after this one, which is its own first, unless it recalls what was said earlier or holds the name of
    /// a test ("RPR nonreactive") ...
    pub until: u32,
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

    /// The text that it speaks of, itself included.
    pub(crate) fn scope(&self, layout: &Layout) -> Span {
        let token = |at: u32| layout.tokens[at as usize].span;
        let start = if self.from < self.tokens.0 { token(self.from) } else { self.span };
        let end = if self.to > self.tokens.1 { token(self.to - 1) } else { self.span };
        start.cover(end)
    }

    /// How many tokens lie between it and a mention of tokens `first..last`; `None` if that is out of its scope.
    pub(crate) fn distance(&self, first: u32, last: u32) -> Option<u32> {
        if first >= self.tokens.1 {
            return (first < self.to).then(|| first - self.tokens.1);
        }
        if last <= self.tokens.0.max(self.until) {
            return (last > self.from && last <= self.until).then(|| self.tokens.0.saturating_sub(last));
        }
        // "no acute" before the mention "acute distress" runs into it; "status post" may open the mention "status
        // post splenectomy", and then it speaks of the rest.
        let leads = self.tokens.0 <= first && self.tokens.1 < last && self.to > self.tokens.1;
        // ", severe, in remission" begins in the mention "alcohol use disorder, severe".
        let follows = first < self.tokens.0 && last < self.tokens.1 && self.from < self.tokens.0;
        (leads || follows || self.trails(first, last)).then_some(0)
    }

    /// Whether it ends a mention of tokens `first..last` and speaks of the rest of it: "HIV neg".
    pub(crate) fn trails(&self, first: u32, last: u32) -> bool {
        first < self.tokens.0 && self.tokens.1 == last && self.from < self.tokens.0
    }

    /// Whether it stands in a mention of tokens `first..last`.
    pub(crate) fn is_inside(&self, first: u32, last: u32) -> bool {
        first <= self.tokens.0 && self.tokens.1 <= last
    }
}

/// The cues of a note with their scopes, in text order.
pub(crate) fn cues<'r>(
    finder: &'r CueFinder,
    times: &'r Times,
    sign_rules: &'r SignRules,
    note: &Note,
    layout: &Layout,
) -> Vec<Cue<'r>> {
    let mut sorter = Places { note, layout, sentence: 0, placed: Vec::new() };
    let (stated, present) = stated_times(note, layout);
    let signs = signs(note, layout);
    let is_sign = |start: usize| signs.binary_search_by_key(&start, |sign| sign.start).is_ok();
    // The words of the table, but for signs that speak of what follows them.
    let words = finder.find(note).into_iter().filter(|hit| !is_sign(hit.start));
    let mut found: Vec<(Range<usize>, &Rule, Option<&'static str>)> =
        words.map(|hit| (hit.start..hit.end, finder.rule(&hit), hit.relative)).collect();
    found.extend(signs.iter().map(|sign| (sign.start..sign.end, sign_rules.of(sign), None)));
    for time in &stated {
        found.extend(times.rules(time, present).map(|rule| (time.start..time.end, rule, None)));
    }
    found.sort_by_key(|(bytes, ..)| bytes.start);
    for (bytes, rule, relative) in found {
        sorter.add(rule, bytes, relative);
    }
    let mut placed = sorter.placed;
    for at in 0..placed.len() {
        let (from, to) = scope(note, layout, &placed, at);
        let recalled = recalled(&placed, at);
        let cue = &mut placed[at].0;
        (cue.from, cue.to) = (from, to);
        if cue.rule.direction == Direction::Closing {
            cue.until = cue.tokens.0.max(cue.tokens.1 - 1);
        }
        if let Some((from, until)) = recalled {
            (cue.from, cue.until) = (from, until);
        }
    }
    placed.into_iter().map(|(cue, _)| cue).collect()
}

/// Finds the sentence and the tokens of cues that come in text order.
struct Places<'n, 'r> {
    note: &'n Note,
    layout: &'n Layout,
    /// The sentence of the last cue.
    sentence: usize,
    /// The cues, each with its sentence.
    placed: Vec<(Cue<'r>, usize)>,
}

impl<'r> Places<'_, 'r> {
    fn add(&mut self, rule: &'r Rule, bytes: Range<usize>, relative: Option<&'static str>) {
        let sentences = &self.layout.sentences;
        while sentences.get(self.sentence).is_some_and(|s| s.span.end() <= bytes.start) {
            self.sentence += 1;
        }
        let Some(found) = sentences.get(self.sentence) else { return };
        // A cue does not cross the end of a sentence.
        if found.span.start() > bytes.start || found.span.end() < bytes.end {
            return;
        }
        let Ok(span) = self.note.span(bytes.clone()) else { return };
        let start = found.tokens.start;
        let tokens = self.layout.tokens_of(found);
        let first = start + tokens.partition_point(|t| t.span.end() <= bytes.start) as u32;
        let last = start + tokens.partition_point(|t| t.span.start() < bytes.end) as u32;
        let tokens = (first, last);
        let cue = Cue { rule, span, relative, tokens, from: first, until: first, to: last };
        self.placed.push((cue, self.sentence));
    }
}

/// The tokens of which the last doubt speaks before a cue that recalls one, if it stands in its sentence or the one
/// before that.
fn recalled(placed: &[(Cue<'_>, usize)], at: usize) -> Option<(u32, u32)> {
    let (cue, sentence) = &placed[at];
    if cue.rule.direction != Direction::Recalling {
        return None;
    }
    let near = placed[..at]
        .iter()
        .rev()
        .take_while(|(other, of)| of + 1 >= *sentence && other.tokens.1 + MAX_REACH > cue.tokens.0);
    let doubts = |other: &&Cue<'_>| other.values().iter().any(|value| matches!(value, Value::Certainty(_)));
    let mut doubts = near.map(|(other, _)| other).filter(doubts);
    let doubt = doubts.find(|doubt| doubt.from < doubt.tokens.0 || doubt.to > doubt.tokens.1)?;
    let from = if doubt.from < doubt.tokens.0 { doubt.from } else { doubt.tokens.1 };
    let until = if doubt.to > doubt.tokens.1 { doubt.to } else { doubt.tokens.0 };
    Some((from, until.min(cue.tokens.0)))
}

/// Words after which a date is of what they name: "CAD s/p stent 2018".
const EVENTS: [&str; 5] = ["s/p", "since", "after", "following", "post"];

/// How far back and forth the cue at `at` reaches, as tokens.
fn scope(note: &Note, layout: &Layout, placed: &[(Cue<'_>, usize)], at: usize) -> (u32, u32) {
    let (cue, sentence) = &placed[at];
    let (mut from, mut to) = cue.tokens;
    let Role::Sets(values) = &cue.rule.role else { return (from, to) };
    let words = Words { note, layout, sentence: &layout.sentences[*sentence].tokens };
    let header = words.header_before(*sentence, cue.tokens.0);
    let ends = |other: &&(Cue<'_>, usize)| match other.0.rule.role {
        Role::Ends(axes) => {
            let (rule, of_axis) = (other.0.rule, values.iter().any(|value| axes[value.axis()]));
            let goes_on = || rule.reach.stop == Stop::Item && words.goes_on(other.0.tokens.1);
            other.0.span != cue.span && of_axis && !goes_on()
        }
        _ => false,
    };
    let Reach { tokens: reach, mut stop } = cue.rule.reach;
    if denies(cue) && stop == Stop::Sentence && denies_own_item(&words, placed, at) {
        stop = Stop::Item;
    }
    let answer = words.answer(cue.tokens, header.is_some());
    let (forward, backward) = match cue.rule.direction {
        _ if answer => (false, true),
        Direction::Forward => (true, false),
        Direction::Backward | Direction::Recalling => (false, true),
        Direction::General => (true, words.has_bare_subject(cue.tokens.0)),
        Direction::Review => (words.opens_review(cue), false),
        Direction::Closing => (false, words.close_their_clause(cue.tokens)),
        Direction::Opening => (words.opens_clause(cue.tokens.0), false),
        Direction::Both => (true, true),
    };
    if forward {
        let doubts = values.iter().all(|value| matches!(value, Value::Certainty(_)));
        let under = doubts.then(|| words.list_under_header(*sentence, cue.tokens)).flatten();
        // "Ruled out: pneumonia; pulmonary embolism." heads a list.
        let heads_list = under.is_some() || words.heads_list(cue.tokens);
        let reach = if heads_list { MAX_REACH } else { reach };
        to = under.unwrap_or(words.sentence.end).min(cue.tokens.1 + reach);
        let mut near = placed[at + 1..].iter().take_while(|other| other.0.tokens.0 < to);
        // "Likely ATN, no obstruction": what is denied is not likely; but "probably not".
        let denied = |other: &Cue<'_>| match other.rule.direction {
            _ if other.tokens.0 <= cue.tokens.1 => false,
            Direction::Forward => denies(other),
            Direction::Opening => denies(other) && words.opens_clause(other.tokens.0),
            _ => false,
        };
        let ends = |other: &&(Cue<'_>, usize)| match other.0.rule.role {
            Role::Ends(_) => ends(other) && !(heads_list && &note[other.0.span] == ";"),
            _ => doubts && denied(&other.0),
        };
        to = near.find(ends).map_or(to, |end| end.0.tokens.0.max(cue.tokens.1));
        if let Some(comma) = (cue.tokens.1..to).find(|&token| words.is_comma(token)) {
            match stop {
                Stop::Sentence if denies(cue) && denied_one_by_one(&words, placed, at, comma) => to = comma,
                Stop::Sentence => {}
                Stop::Item if words.goes_on(comma) => {}
                Stop::Phrase if heads_list => {}
                Stop::Phrase | Stop::Item => to = comma,
            }
            if denies(cue) {
                to = words.end_of_row(comma, to);
            }
        }
        to = words.end_of_brackets(cue.tokens, to);
    }
    if backward {
        let reach = if answer { ANSWER_REACH } else { reach };
        from = words.sentence.start.max(cue.tokens.0.saturating_sub(reach));
        if reach <= SHORT_REACH && values.iter().any(|value| matches!(value, Value::Polarity(_))) {
            from = words.row_before(from, cue.tokens.0);
        }
        let mut near = placed[..at].iter().rev().take_while(|other| other.0.tokens.1 > from);
        // "epilepsy; febrile seizures in her mother"; but "spasms; these have not come back".
        let whose = values.iter().any(|value| matches!(value, Value::Experiencer(_)));
        let ends = |other: &&(Cue<'_>, usize)| ends(other) || whose && &note[other.0.span] == ";";
        from = near.find(ends).map_or(from, |end| end.0.tokens.1.min(cue.tokens.0));
        if cue.rule.id.starts_with("time:") {
            let event = (from..cue.tokens.0).rev().find(|&token| is_in(&EVENTS, words.at(token)));
            from = event.map_or(from, |at| at + 1);
        }
        if stop != Stop::Sentence {
            from = (from..cue.tokens.0).rev().find(|&token| words.is_comma(token)).map_or(from, |at| at + 1);
        }
        // "AKI: resolved", but not "AKI: likely prerenal".
        let of_header = answer || words.close_their_clause(cue.tokens);
        from = header.filter(|_| of_header).unwrap_or(from);
    }
    (from, to)
}
