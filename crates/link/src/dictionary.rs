use std::ops::Range;
use std::sync::Arc;

use clinlink_model::{Label, Layout, Mention, MentionSource, Note, Span, TagError, Tagger};
use clinlink_vocab::{Pack, is_function_word};
use rustc_hash::FxHashSet;

use crate::eponym::eponym;
use crate::gate::{Found, Gate};
use crate::lexicon::Lexicon;
use crate::part::is_joint;
use crate::predicate::statements;
use crate::tail::with_tail;
use crate::walk::{TermMatch, Walker};
use crate::words::{MOST_SHORT, Words};

/// Lost for a mention that is an abbreviation.
const SHORT_FORM: f32 = 0.05;
/// Lost for a mention that says with a verb what the term says without.
const SAID_WITH_A_VERB: f32 = 0.04;
/// The score of a name that stands for a disease.
const EPONYM: f32 = 0.8;

/// The most words up to the `and` of terms that share their end.
const MOST_JOINED: usize = 5;
/// The most words of a place.
const MOST_PLACE: usize = 3;
/// The most words behind a comma that belong in front.
const MOST_INVERTED: usize = 2;

/// Marks the pack's terms in text: the longest one at each word, from left to right, within a sentence.
pub struct Dictionary {
    pack: Arc<Pack>,
    lexicon: Lexicon,
}

impl Dictionary {
    /// A dictionary of the terms of `pack`.
    pub fn new(pack: Arc<Pack>) -> Self {
        Self { pack, lexicon: Lexicon::embedded() }
    }

    /// The mentions of one note, in text order, without overlap.
    pub fn mentions(&self, note: &Note, layout: &Layout) -> Vec<Mention> {
        let mut mentions = Vec::new();
        for sentence in &layout.sentences {
            self.mark(note, sentence.span, MentionSource::Dictionary, &mut mentions);
        }
        mentions
    }

    /// The terms inside a mention, in text order, without overlap: not what is the whole of it.
    pub(crate) fn inside(&self, note: &Note, mention: &Mention) -> Vec<Mention> {
        let mut mentions = Vec::new();
        self.mark(note, mention.span, MentionSource::Nested, &mut mentions);
        mentions
    }

    /// Marks the terms of a stretch of text.
    fn mark(&self, note: &Note, within: Span, by: MentionSource, mentions: &mut Vec<Mention>) {
        let text = &note[within];
        let mut words = Words::of(text);
        words.read_short_forms(text, &self.lexicon);
        let walker = Walker::new(self.pack.terms(), &self.lexicon);
        let shouting = is_shouting(text);
        // Nested terms are less than the whole text.
        let fits = |at: usize, term: &TermMatch| by != MentionSource::Nested || term.end - at < words.len();
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            walker.terms_at(&words, at, &mut found);
            found.retain(|term| fits(at, term) && !is_overrun(&walker, &words, at, term));
            found.sort_by_key(|term| std::cmp::Reverse(term.rank()));
            let taken =
                found.iter().find_map(|term| Some((*term, self.mention(text, &words, at, term, shouting)?)));
            let taken = match self.short_form(text, &words, at).filter(|(term, _)| fits(at, term)) {
                Some(short) if taken.as_ref().is_none_or(|(term, _)| term.end <= short.0.end) => Some(short),
                _ => taken,
            };
            let longer = |term: &TermMatch| taken.as_ref().is_none_or(|(taken, _)| term.end > taken.end);
            let other = [Self::statement, Self::eponym, Self::told_short_form].into_iter();
            let other = other.filter_map(|find| find(self, text, &words, at));
            let other =
                other.filter(|(term, _)| fits(at, term) && longer(term)).max_by_key(|(term, _)| term.end);
            let taken = other.or(taken);
            let joined = self.joined(text, &words, at);
            let taken = match joined.filter(|(term, _)| fits(at, term)) {
                Some(joined) if taken.is_none_or(|(_, (_, label, _))| label != joined.1.1) => Some(joined),
                _ => taken,
            };
            match taken {
                Some((term, (_, label, score))) => {
                    let end = if by == MentionSource::Nested {
                        term.end
                    } else {
                        let end = with_tail(&walker, self.pack.terms(), &words, at..term.end);
                        let end = self.inverted(&words, at..end).unwrap_or(end);
                        let further = linked_end(&walker, &words, at..end);
                        let further = further.or_else(|| series_end(&self.pack, &words, at..end));
                        further.or_else(|| self.places_end(&walker, &words, at..end)).unwrap_or(end)
                    };
                    let span = note.span_of(closed(text, words.range(at..end)));
                    mentions.push(Mention { span, label, score, by });
                    at = end;
                }
                None => at += 1,
            }
        }
    }

    /// Terms that share their end, of which all but the last are only their first word, from `at` on: `liver and kidney failure`,
    /// `lung, breast and colon cancer`. The mention is all of them; the linker tells them apart.
    fn joined<'t>(
        &self,
        text: &'t str,
        words: &Words,
        at: usize,
    ) -> Option<(TermMatch, (&'t str, Label, f32))> {
        let is_and = |word: usize| matches!(words.form(word), "and" | "or");
        let most = words.len().min(at + MOST_JOINED);
        let joint = (at + 1..most).find(|&word| is_and(word) || !words.pauses_before(word))?;
        let second = joint + 1;
        let is_parted = words.breaks_before(joint) && !(joint > at + 1 && words.pauses_before(joint));
        if !is_and(joint) || is_parted || second + 1 >= words.len() || words.breaks_before(second) {
            return None;
        }
        let walker = Walker::new(self.pack.terms(), &self.lexicon);
        let mut lasts = Vec::new();
        walker.terms_at(words, second, &mut lasts);
        lasts.retain(|term| term.used > 1);
        lasts.sort_by_key(|term| std::cmp::Reverse(term.rank()));
        lasts.into_iter().find_map(|term| {
            let label = |first: usize| self.sharing(&walker, words, first, second + 1..term.end);
            let of_first = label(at)?;
            let (_, of_last, score) = self.mention(text, words, second, &term, false)?;
            let is_same = of_first == of_last && (at + 1..joint).all(|first| label(first) == Some(of_last));
            is_same.then_some((term, (&text[words.range(at..term.end)], of_last, score)))
        })
    }

    /// The label of the term that word `first` makes with the words that it shares.
    fn sharing(
        &self,
        walker: &Walker<'_>,
        words: &Words,
        first: usize,
        shared: Range<usize>,
    ) -> Option<Label> {
        let shared = shared.map(|word| words.form(word));
        let row = Words::given(std::iter::once(words.form(first)).chain(shared));
        let mut terms = Vec::new();
        walker.terms_at(&row, 0, &mut terms);
        let term = terms.iter().find(|term| term.end == row.len() && term.passed == 0)?;
        let form = row.forms(0..row.len());
        self.admitted(form, term.value, term.used).map(|(label, _)| label)
    }

    /// The label and score of a term of our own wording, if it may stand alone.
    fn admitted(&self, form: &str, value: u64, used: usize) -> Option<(Label, f32)> {
        let found = Found { surface: form, shouting: false, value, used };
        Gate { pack: &self.pack, lexicon: &self.lexicon }.admit(found, form)
    }

    /// The end of what stands behind the comma after a term, at the end of a phrase, and makes a term when it is said in
    /// front: `pulmonary fibrosis, idiopathic`. What is a problem on its own is the next one of a list, but for a deficiency,
    /// which says of what the disease is: `anemia, iron deficiency`.
    fn inverted(&self, words: &Words, term: Range<usize>) -> Option<usize> {
        let start = term.end;
        let most = words.len().min(start + MOST_INVERTED);
        let end = (start + 1..=most).find(|&end| end == words.len() || words.breaks_before(end))?;
        if !words.pauses_before(start) {
            return None;
        }
        let behind = words.forms(start..end);
        let is_problem = |value| {
            self.admitted(behind, value, end - start).is_some_and(|(label, _)| label == Label::Disease)
        };
        let is_term = self.pack.terms().contains_key(format!("{behind} {}", words.written(term)));
        let is_next = || self.pack.terms().get(behind).is_some_and(is_problem);
        (is_term && (behind.ends_with(" deficiency") || !is_next())).then_some(end)
    }

    /// The end of the further places that a term ends with one of: `metastases to liver, lung and bone`. Each must make a term
    /// with the words that all share, and begin none of its own: `pain in the knee and hip fracture`.
    fn places_end(&self, walker: &Walker<'_>, words: &Words, term: Range<usize>) -> Option<usize> {
        let links = |&at: &usize| matches!(words.form(at), "of" | "in" | "to" | "the");
        let place = term.clone().rev().find(links)? + 1;
        let is_place = |at: usize| self.lexicon.places.contains(words.form(at)) || is_joint(words.form(at));
        if place >= term.end || !(place..term.end).any(is_place) {
            return None;
        }
        let said = if words.form(place - 1) == "the" { place - 1 } else { place };
        let shared = words.forms(term.start..said);
        let (mut end, mut terms) = (term.end, Vec::new());
        loop {
            let joint = (end < words.len() && matches!(words.form(end), "and" | "or")).then_some(end);
            let next = joint.map_or(end, |joint| joint + 1);
            let next = if next < words.len() && words.form(next) == "the" { next + 1 } else { next };
            let is_joined = joint
                .is_some_and(|joint| !words.breaks_before(joint) || words.pauses_before(joint))
                || next < words.len() && words.pauses_before(next);
            if next >= words.len() || !is_joined || joint.is_some() && words.breaks_before(next) {
                return None;
            }
            let makes_term = |last: &usize| {
                let other = words.forms(next..*last);
                (next..*last).any(is_place) && self.pack.terms().contains_key(format!("{shared} {other}"))
            };
            let last = (next + 1..=words.len().min(next + MOST_PLACE)).rev().find(makes_term)?;
            walker.terms_at(words, next, &mut terms);
            if terms.iter().any(|own| own.end > last) {
                return None;
            }
            end = last;
            if joint.is_some() {
                return Some(end);
            }
        }
    }

    /// An abbreviation of one sense at word `at`, if the pack has what it stands for.
    fn short_form<'t>(
        &self,
        text: &'t str,
        words: &Words,
        at: usize,
    ) -> Option<(TermMatch, (&'t str, Label, f32))> {
        words.long(at).filter(|long| long.sure)?;
        (at..words.len().min(at + MOST_SHORT)).rev().find_map(|last| {
            let surface = &text[words.range(at..last + 1)];
            let long = self.lexicon.short_forms.get(surface)?;
            let value = self.pack.terms().get(long)?;
            let (label, score) = self.admitted(long, value, 1)?;
            let term = TermMatch { end: last + 1, value, used: 1, passed: 0, varied: 0 };
            Some((term, (surface, label, score - SHORT_FORM)))
        })
    }

    /// What is said of something, from word `at` on, if a term says the same: `ears are low-set`.
    fn statement<'t>(
        &self,
        text: &'t str,
        words: &Words,
        at: usize,
    ) -> Option<(TermMatch, (&'t str, Label, f32))> {
        let walker = Walker::new(self.pack.terms(), &self.lexicon);
        let mut found = Vec::new();
        statements(words, at, &self.lexicon).into_iter().find_map(|statement| {
            statement.wordings(words).iter().find_map(|wording| {
                let row = Words::given(wording.split(' '));
                walker.terms_at(&row, 0, &mut found);
                let term = *found.iter().find(|term| term.end == row.len())?;
                let (label, score) = self.admitted(wording, term.value, term.used)?;
                let surface = &text[words.range(at..statement.said.end)];
                let term = TermMatch { end: statement.said.end, ..term };
                (label == Label::Disease).then_some((term, (surface, label, score - SAID_WITH_A_VERB)))
            })
        })
    }

    /// A disease that is called by a name alone.
    fn eponym<'t>(
        &self,
        text: &'t str,
        words: &Words,
        at: usize,
    ) -> Option<(TermMatch, (&'t str, Label, f32))> {
        let (end, disease) = eponym(text, words, at, &self.lexicon.eponyms)?;
        let value = self.pack.terms().get(disease)?;
        let term = TermMatch { end, value, used: end - at, passed: 0, varied: 0 };
        Some((term, (&text[words.range(at..end)], Label::Disease, EPONYM)))
    }

    /// An abbreviation of several senses at word `at`, if words of the sentence speak for one of them alone and that is a
    /// problem. Which one it is, the stage that reads the whole note says.
    fn told_short_form<'t>(
        &self,
        text: &'t str,
        words: &Words,
        at: usize,
    ) -> Option<(TermMatch, (&'t str, Label, f32))> {
        let surface = &text[words.range(at..at + 1)];
        let senses = self.lexicon.near.get(surface)?;
        let is_told = |near: &FxHashSet<String>| {
            (0..words.len()).any(|other| other != at && near.contains(words.form(other)))
        };
        let mut told = senses.iter().filter(|sense| is_told(&sense.near));
        let (Some(sense), None) = (told.next(), told.next()) else { return None };
        let value = self.pack.terms().get(&sense.long)?;
        let (label, score) = self.admitted(&sense.long, value, 1)?;
        let term = TermMatch { end: at + 1, value, used: 1, passed: 0, varied: 0 };
        (label == Label::Disease).then_some((term, (surface, label, score - SHORT_FORM)))
    }

    /// The words, label and score of a term as a mention, unless it may not stand alone.
    fn mention<'t>(
        &self,
        text: &'t str,
        words: &Words,
        at: usize,
        term: &TermMatch,
        shouting: bool,
    ) -> Option<(&'t str, Label, f32)> {
        let surface = &text[words.range(at..term.end)];
        let (first, last) = (words.form(at), words.form(term.end - 1));
        // `Hepatitis A` ends with a letter.
        let is_open = is_function_word(last) && !surface.ends_with(" A");
        if term.used > 1 && (is_function_word(first) || is_open) {
            return None;
        }
        if self.lexicon.other_things.name(words, at..term.end) {
            return None;
        }
        let gate = Gate { pack: &self.pack, lexicon: &self.lexicon };
        let found = Found { surface, shouting, value: term.value, used: term.used };
        let (label, score) = gate.admit(found, words.forms(at..term.end))?;
        let liberties = 0.03 * (term.passed + term.varied) as f32;
        Some((surface, label, (score - liberties).max(0.0)))
    }
}

impl Tagger for Dictionary {
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError> {
        Ok(batch.iter().map(|(note, layout)| self.mentions(note, layout)).collect())
    }
}

/// Whether a term that begins in another one at word `at`, which has an abbreviation, goes on behind it: of `T2DM with diabetic
/// CKD stage 3b` the stage must not be lost.
fn is_overrun(walker: &Walker<'_>, words: &Words, at: usize, term: &TermMatch) -> bool {
    if term.varied == 0 || (at..term.end).all(|word| words.long(word).is_none()) {
        return false;
    }
    let mut inner = Vec::new();
    (at + 1..term.end).any(|start| {
        walker.terms_at(words, start, &mut inner);
        inner.iter().any(|other| other.end > term.end && other.used > 1)
    })
}

/// The end of the longest term that begins with the last word of the one at `term`, goes on behind it and has more words that
/// say something: of `closed fracture of the left distal radius` the bone must not be lost.
fn linked_end(walker: &Walker<'_>, words: &Words, term: Range<usize>) -> Option<usize> {
    let telling = |row: Range<usize>| row.filter(|&at| !is_function_word(words.form(at))).count();
    let (mut others, last) = (Vec::new(), term.end - 1);
    if last == term.start {
        return None;
    }
    walker.terms_at(words, last, &mut others);
    let ends = others.iter().filter(|other| other.used > 1).map(|other| other.end);
    ends.filter(|&end| end > term.end && telling(last..end) > telling(term.clone())).max()
}

/// The end of a second member of a series whose first one ends the term at `term`: `hepatitis A and B`.
fn series_end(pack: &Pack, words: &Words, term: Range<usize>) -> Option<usize> {
    let (last, second) = (term.end - 1, term.end + 1);
    let is_joint = second < words.len() && matches!(words.form(term.end), "and" | "or");
    if !is_joint || words.breaks_before(term.end) || words.breaks_before(second) || last == term.start {
        return None;
    }
    let is_member = |at: usize| words.form(at).len() <= MOST_MEMBER;
    let other = format!("{} {}", words.forms(term.start..last), words.form(second));
    (is_member(last) && is_member(second) && pack.terms().contains_key(other)).then_some(second + 1)
}

/// What tells the members of a series apart has at most this many bytes: `type 2`, `hepatitis B`.
const MOST_MEMBER: usize = 2;

/// The words at `range` with the bracket that closes one of theirs: `CKD (stage 3)`.
fn closed(text: &str, range: Range<usize>) -> &str {
    let is_open = text[range.clone()].contains('(') && text[range.end..].starts_with(')');
    &text[range.start..range.end + usize::from(is_open)]
}

/// Whether a sentence is written in upper case, as many headers and some whole notes are. A row of abbreviations (`PMH: CKD4,
/// HTN`) is not: no word of it is longer than they are.
fn is_shouting(text: &str) -> bool {
    let (mut upper, mut lower) = (0_usize, 0_usize);
    for byte in text.bytes() {
        upper += usize::from(byte.is_ascii_uppercase());
        lower += usize::from(byte.is_ascii_lowercase());
    }
    let is_word =
        |word: &str| word.len() > LONGEST_ABBREVIATION && word.bytes().all(|b| b.is_ascii_uppercase());
    upper > 2 * lower && text.split(|c: char| !c.is_alphanumeric()).any(is_word)
}

/// Longer abbreviations in upper case are rare.
const LONGEST_ABBREVIATION: usize = 5;
