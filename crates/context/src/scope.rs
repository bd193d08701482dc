//! How far cues reach.

use std::ops::Range;

use clinlink_model::{Layout, Note, Span};

use crate::cue_finder::CueFinder;
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
        if last <= self.tokens.0 {
            return (last > self.from).then(|| self.tokens.0 - last);
        }
        // "no acute" before the mention "acute distress" runs into it; "status post" may open the mention "status
        // post splenectomy", and then it speaks of the rest.
        let leads = self.tokens.0 <= first && self.tokens.1 < last && self.to > self.tokens.1;
        (leads || self.trails(first, last)).then_some(0)
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
        (placed[at].0.from, placed[at].0.to) = (from, to);
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
        self.placed.push((Cue { rule, span, relative, tokens, from: first, to: last }, self.sentence));
    }
}

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
    let Reach { tokens: reach, stop } = cue.rule.reach;
    let answer = words.answer(cue.tokens, header.is_some());
    let (forward, backward) = match cue.rule.direction {
        _ if answer => (false, true),
        Direction::Forward => (true, false),
        Direction::Backward => (false, true),
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
        let ends = |other: &&(Cue<'_>, usize)| ends(other) && !(heads_list && &note[other.0.span] == ";");
        to = near.find(ends).map_or(to, |end| end.0.tokens.0.max(cue.tokens.1));
        if let Some(comma) = (cue.tokens.1..to).find(|&token| words.is_comma(token)) {
            match stop {
                Stop::Sentence => {}
                Stop::Item if words.goes_on(comma) => {}
                Stop::Phrase | Stop::Item => to = comma,
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
        if stop != Stop::Sentence {
            from = (from..cue.tokens.0).rev().find(|&token| words.is_comma(token)).map_or(from, |at| at + 1);
        }
        from = header.unwrap_or(from);
    }
    (from, to)
}

/// How far before an answer its question stands, in tokens.
const ANSWER_REACH: u32 = 6;

/// A denial that reaches no further back is of the whole row that it ends: "flu and COVID negative".
const SHORT_REACH: u32 = 2;
/// How many tokens a member of such a row has, but for the last, and the whole row.
const MOST_MEMBER: u32 = 3;
const MOST_ROW: u32 = 12;

/// The words of a sentence.
struct Words<'n> {
    note: &'n Note,
    layout: &'n Layout,
    /// Its tokens.
    sentence: &'n Range<u32>,
}

impl Words<'_> {
    fn at(&self, token: u32) -> &str {
        &self.note[self.layout.tokens[token as usize].span]
    }

    fn is_comma(&self, token: u32) -> bool {
        matches!(self.at(token), "," | ";")
    }

    /// Whether the row of which a comma stands at `from`, or before it, goes on to an "or".
    fn goes_on(&self, from: u32) -> bool {
        let end = self.sentence.end.min(from + MAX_REACH);
        let mut row = (from..end).take_while(|&at| self.at(at) != ";");
        row.any(|at| ["or", "nor"].iter().any(|joint| joint.eq_ignore_ascii_case(self.at(at))))
    }

    /// Where what a cue in brackets says ends, if that is before `to`: "AF (converted, no CHF), gout".
    fn end_of_brackets(&self, cue: (u32, u32), to: u32) -> u32 {
        let mut open = 0_u32;
        for at in cue.1..to {
            match self.at(at) {
                "(" => open += 1,
                ")" if open > 0 => open -= 1,
                ")" => {
                    let before = (self.sentence.start.max(cue.0.saturating_sub(MAX_REACH))..cue.0).rev();
                    let opened = { before }.map(|at| self.at(at)).find(|mark| matches!(*mark, "(" | ")"));
                    return if opened == Some("(") { at } else { to };
                }
                _ => {}
            }
        }
        to
    }

    /// Whether a token begins its clause.
    fn opens_clause(&self, token: u32) -> bool {
        let mut before = (self.sentence.start..token).rev().map(|at| self.at(at));
        before.next().is_none_or(|mark| matches!(mark, "," | ";" | ":" | "." | "-" | "(" | "/"))
    }

    /// Where the row begins whose last member stands from `from` to the cue. Commas part its members only before one that
    /// another word joins: of "asthma, HIV negative" only HIV is denied.
    fn row_before(&self, mut from: u32, cue: u32) -> u32 {
        let (least, mut end) = (self.sentence.start.max(cue.saturating_sub(MOST_ROW)), cue);
        let is_link = |at: u32| matches!(self.at(at), "/" | "and" | "or" | "&");
        let mut in_row = false;
        loop {
            let is_joint = |at: &u32| is_link(*at) || in_row && self.at(*at) == ",";
            let Some(joint) = (least.max(from.saturating_sub(1))..end).rev().find(is_joint) else {
                return from;
            };
            let member = (least.max(joint.saturating_sub(MOST_MEMBER))..joint).rev();
            from = member.take_while(|&at| !self.is_comma(at) && !is_link(at)).last().unwrap_or(joint);
            (end, in_row) = (joint, true);
        }
    }

    /// The first token of the header that stands right before the cue, where the sentence starts with the cue:
    /// "AKI: resolved".
    fn header_before(&self, sentence: usize, cue: u32) -> Option<u32> {
        let (before, here) =
            (self.layout.sentences.get(sentence.checked_sub(1)?)?, &self.layout.sentences[sentence]);
        // Looked at first: the rest must not grow with a sentence that is all marks.
        let near = cue - before.tokens.start <= ANSWER_REACH + 2;
        let header = self.layout.sections.get(here.section as usize)?.header?;
        let is_header = before.section == here.section && before.span.overlaps(header);
        (near && is_header && self.opens_sentence(cue)).then_some(before.tokens.start)
    }

    /// Whether no word stands before a token.
    fn opens_sentence(&self, token: u32) -> bool {
        (self.sentence.start..token).all(|at| !self.at(at).starts_with(char::is_alphanumeric))
    }

    /// Where the list under a header ends that begins with the cue, as a token: after the sentence beside the header
    /// ("Differential diagnosis: pneumonia, GERD."), or after the lines below it, up to a blank one.
    fn list_under_header(&self, sentence: usize, cue: (u32, u32)) -> Option<u32> {
        let header = &self.layout.sentences[sentence];
        let words = self.layout.sections.get(header.section as usize)?.header?;
        if !words.overlaps(header.span) || !self.opens_sentence(cue.0) {
            return None;
        }
        let (mut before, mut end) = (header, None);
        let below = &self.layout.sentences[sentence + 1..];
        for next in below.iter().take_while(|next| next.section == header.section) {
            let gap = &self.note.text()[before.span.end()..next.span.start()];
            let breaks = gap.matches('\n').count().max(gap.matches('\r').count());
            if end.is_some() && breaks > 1 {
                break;
            }
            let beside = end.is_none() && breaks == 0;
            end = Some(next.tokens.end);
            if beside || next.tokens.end > cue.1 + MAX_REACH {
                break;
            }
            before = next;
        }
        end
    }

    /// Whether a cue is the answer to a label or question before it and has nothing after it: "Fever: no",
    /// "Cough? denies."
    fn answer(&self, cue: (u32, u32), after_header: bool) -> bool {
        let asked = cue.0 > self.sentence.start && matches!(self.at(cue.0 - 1), ":" | "-" | "–" | "?" | "=");
        let closed = self.sentence.end <= cue.1
            || (cue.1 + 1 == self.sentence.end && matches!(self.at(cue.1), "." | "," | ";"));
        (asked || after_header) && closed
    }

    /// Whether a colon follows the cue, and words after it.
    fn heads_list(&self, cue: (u32, u32)) -> bool {
        cue.1 + 1 < self.sentence.end && self.at(cue.1) == ":"
    }

    /// Whether no noun follows that the cue could belong to: the sentence ends, or a mark or a joining word follows.
    fn close_their_clause(&self, cue: (u32, u32)) -> bool {
        if cue.1 >= self.sentence.end {
            return true;
        }
        let next = self.at(cue.1);
        !next.starts_with(|c: char| c.is_alphanumeric())
            || CLOSERS.iter().any(|closer| closer.eq_ignore_ascii_case(next))
    }
}

/// Words that may follow a closing cue.
const CLOSERS: [&str; 28] = [
    "and",
    "or",
    "but",
    "on",
    "by",
    "in",
    "at",
    "for",
    "to",
    "with",
    "as",
    "per",
    "this",
    "since",
    "today",
    "x",
    "throughout",
    "bilaterally",
    "however",
    "although",
    "while",
    "so",
    "he",
    "she",
    "patient",
    "from",
    "given",
    "except",
];
