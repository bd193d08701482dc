//! Says what abbreviations stand for: by the note's own definitions first, then by the lexicon.
//!
//! "Marked splenomegaly (MS) was seen" makes every MS of that note marked splenomegaly. Without a definition, MS is
//! multiple sclerosis beside "relapsing", mitral stenosis in an echocardiogram report, morphine sulfate before "4 mg".

use std::collections::HashMap;
use std::path::Path;

use clinlink_model::{Expander, Expansion, ExpansionSource, Layout, Mention, Note, Span, Token};

use crate::abbreviation_lexicon::AbbreviationLexicon;
use crate::definitions::definitions;
use crate::error::LexiconError;
use crate::surroundings::Text;

/// Finds the abbreviations of a note: those that it defines, wherever they stand in it, and those of the lexicon
/// that are mentions or stand in one.
#[derive(Debug, Clone)]
pub struct Abbreviations {
    lexicon: AbbreviationLexicon,
}

impl Abbreviations {
    /// With the lexicon that comes with clinlink (`vocab/abbreviations.tsv`).
    pub fn embedded() -> Self {
        Self { lexicon: AbbreviationLexicon::embedded() }
    }

    /// With a lexicon from a file of the same layout as `vocab/abbreviations.tsv`.
    ///
    /// # Errors
    /// If the file cannot be read, or a line of it is not sound; the message names the line and the cause.
    pub fn from_tsv(path: &Path) -> Result<Self, LexiconError> {
        Ok(Self { lexicon: AbbreviationLexicon::from_tsv(path)? })
    }

    /// What the lexicon makes of the tokens of one mention.
    fn by_lexicon(&self, text: &Text<'_>, mention: &Mention, out: &mut Vec<Expansion>) {
        let tokens = tokens_in(text.layout, mention.span);
        let mut at = 0;
        while at < tokens.len() {
            // The longest abbreviation that starts here.
            let ends = (at..tokens.len().min(at + self.lexicon.longest * 2)).rev();
            let found = ends.clone().find_map(|end| {
                let short = tokens[at].span.cover(tokens[end].span);
                Some((end, self.read(text, short)?))
            });
            at = match found {
                Some((end, expansion)) => {
                    out.push(expansion);
                    end + 1
                }
                None => at + 1,
            };
        }
    }

    fn read(&self, text: &Text<'_>, short: Span) -> Option<Expansion> {
        let word = &text.note[short];
        let reading =
            self.lexicon.knows(word).then(|| self.lexicon.reading(word, || text.around(short)))??;
        let runner_up = reading.runner_up.map(|(long, score)| (long.to_owned(), score));
        let long = reading.long.to_owned();
        Some(Expansion { short, long, source: ExpansionSource::Lexicon, score: reading.score, runner_up })
    }
}

fn tokens_in(layout: &Layout, span: Span) -> &[Token] {
    let first = layout.tokens.partition_point(|t| t.span.start() < span.start());
    let last = layout.tokens.partition_point(|t| t.span.end() <= span.end());
    &layout.tokens[first..last.max(first)]
}

impl Expander for Abbreviations {
    fn expand(&self, note: &Note, layout: &Layout, mentions: &[Mention]) -> Vec<Expansion> {
        let mut expansions = defined(note, layout);
        let own = expansions.len();
        let text = Text::new(note, layout);
        for mention in mentions {
            self.by_lexicon(&text, mention, &mut expansions);
        }
        let lexicon = expansions.split_off(own);
        // What the note says of its abbreviations wins over the lexicon.
        let free = |expansion: &Expansion| {
            let after = expansions.partition_point(|e| e.short.start() < expansion.short.end());
            after.checked_sub(1).is_none_or(|last| !expansions[last].short.overlaps(expansion.short))
        };
        let mut lexicon: Vec<Expansion> = lexicon.into_iter().filter(free).collect();
        lexicon.sort_by_key(|e| (e.short.start(), std::cmp::Reverse(e.short.end())));
        lexicon.dedup_by(|a, b| a.short.overlaps(b.short));
        expansions.extend(lexicon);
        expansions.sort_by_key(|expansion| (expansion.short, std::cmp::Reverse(expansion.short.end())));
        expansions
    }
}

/// The abbreviations that the note defines, at every place where they stand, in text order.
fn defined(note: &Note, layout: &Layout) -> Vec<Expansion> {
    let mut found = Vec::new();
    let mut before: Option<Span> = None;
    for sentence in &layout.sentences {
        // "Acme Corp. (AC)": brackets open no sentence.
        let opens = note[sentence.span].starts_with(['(', '[']);
        let near = |last: &Span| opens && sentence.span.start() - last.end() <= 2;
        let span = before.filter(near).map_or(sentence.span, |last| last.cover(sentence.span));
        before = Some(sentence.span);
        let text = &note[span];
        for definition in definitions(text) {
            let (short, long) = (note.span_of(&text[definition.short]), note.span_of(&text[definition.long]));
            let words = definition.words.unwrap_or_else(|| note[long].to_owned());
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let source = ExpansionSource::Defined(long);
            if sentence.span.contains(short) {
                found.push(Expansion::sure(short, words, source));
            }
        }
    }
    let elsewhere = elsewhere(note, layout, &found);
    found.extend(elsewhere);
    found.sort_by_key(|expansion| expansion.short);
    found.dedup_by(|later, earlier| later.short.overlaps(earlier.short));
    found
}

/// The other places of abbreviations that are `defined`. Where one is defined twice, the last definition before
/// the place counts, or the first one of all.
fn elsewhere(note: &Note, layout: &Layout, defined: &[Expansion]) -> Vec<Expansion> {
    if defined.is_empty() {
        return Vec::new();
    }
    // By the first token; a short form may have several ("FEV 1").
    let mut by_first: HashMap<&str, Vec<ShortForm<'_>>> = HashMap::new();
    for expansion in defined {
        let Some(first) = tokens_in(layout, expansion.short).first() else { continue };
        let known = by_first.entry(&note[first.span]).or_default();
        let text = &note[expansion.short];
        if let Some(short) = known.iter_mut().find(|short| short.text == text) {
            short.places.push(expansion);
        } else if known.len() < MAX_SHORT_FORMS {
            known.push(ShortForm { text, places: vec![expansion] });
        }
    }
    let mut found = Vec::new();
    for token in &layout.tokens {
        let word = &note[token.span];
        // The plural "DVTs" of "DVT".
        let Some(known) = by_first.get(word).or_else(|| by_first.get(word.strip_suffix('s')?)) else {
            continue;
        };
        // The longest that stands here.
        let here = known.iter().filter(|short| short.stands_at(note, token.span));
        let Some(short) = here.max_by_key(|short| short.text.len()) else { continue };
        let expansion = short.defined_for(token.span);
        let length = short.text.len().max(token.span.len());
        let Ok(span) = note.span(token.span.start()..token.span.start() + length) else { continue };
        if !expansion.short.overlaps(span) {
            let source = ExpansionSource::DefinedElsewhere;
            found.push(Expansion::sure(span, expansion.long.clone(), source));
        }
    }
    found
}

/// How many short forms with the same first token are kept: real notes have one or two, and the work at each token
/// must not grow with the note.
const MAX_SHORT_FORMS: usize = 16;

/// A short form with the places that define it, in text order.
struct ShortForm<'n> {
    text: &'n str,
    places: Vec<&'n Expansion>,
}

impl ShortForm<'_> {
    /// Whether it, or its plural, stands where `token` starts.
    fn stands_at(&self, note: &Note, token: Span) -> bool {
        let text = &note.text()[token.start()..];
        let Some(after) = text.strip_prefix(self.text) else { return false };
        let after =
            if token.len() > self.text.len() { after.strip_prefix('s').unwrap_or(after) } else { after };
        !after.starts_with(char::is_alphanumeric)
    }

    /// The definition that holds at `token`: the last one before it, or the first one of all.
    fn defined_for(&self, token: Span) -> &Expansion {
        let before = self.places.partition_point(|place| place.short.start() <= token.start());
        self.places[before.saturating_sub(1)]
    }
}
