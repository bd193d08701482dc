//! Details that a code leaves open and the words around its mention tell: `stage 2 sacral pressure ulcer` is L89.152.
//!
//! Titles of the same category differ in the detail only, so the code is the one whose title has it. What words tell of
//! which detail stands in `vocab/rules/details.toml` (Official Guidelines I.B.2, I.C.7.a, I.C.12.a).

use clinlink_model::{AnnotatedNote, Span};
use clinlink_vocab::ConceptId;
use serde::Deserialize;

use crate::claim::Rulebook;
use crate::detail::{self, titled_below, titled_beside};
use crate::encounter::Encounter;
use crate::rules;
use crate::side::Side;
use crate::tables::{any_prefix, category};
use crate::words::{Word, affirm, words_of};

/// The table `details.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Details {
    detail: Vec<Detail>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Detail {
    of: Vec<String>,
    open: Vec<String>,
    #[serde(default)]
    phrase: bool,
    told: Vec<Told>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    #[serde(default)]
    title: String,
    words: Vec<String>,
    /// The code below which the title is looked for, if not beside the one that leaves the detail open.
    below: Option<String>,
    /// The group of the code, if no title has what is told; side and encounter are those of the words.
    group: Option<String>,
}

/// The code beside `id` that has what the words around `span` tell. One detail may leave another open.
pub(crate) fn completed(
    id: ConceptId,
    note: &AnnotatedNote,
    span: Span,
    with: &Rulebook<'_>,
) -> Option<ConceptId> {
    let first = with_detail(id, note, span, with)?;
    Some(with_detail(first, note, span, with).unwrap_or(first))
}

fn with_detail(id: ConceptId, note: &AnnotatedNote, span: Span, with: &Rulebook<'_>) -> Option<ConceptId> {
    let concept = with.pack.concept(id);
    let details = with.tables.details.detail.iter().filter(|detail| any_prefix(&detail.of, concept.code));
    let mut opens = details.flat_map(|detail| detail.open.iter().map(move |open| (detail, open)));
    opens.find_map(|(detail, open)| {
        let title = concept.title.contains(open.as_str()).then_some(concept.title)?;
        let told = detail.told_by(&words(note, span, detail.phrase))?;
        if let Some(group) = &told.group {
            let group = with.pack.find(&with.config.system, group)?;
            let side = Side::of(&note.note, &note.layout, span);
            let encounter = Encounter::of(&note.note, &note.layout, span, &with.tables.encounters);
            let told = detail::Told { side, encounter, ..detail::Told::default() };
            let found = with.resolved.get(with.pack, group, told);
            return (found.rule != Some(rules::NOT_BILLABLE)).then_some(found.id);
        }
        let title = title.replacen(open, &told.title, 1);
        match &told.below {
            Some(code) => titled_below(with.pack, with.pack.find(&with.config.system, code)?, &title),
            None => titled_beside(with.pack, id, &title).or_else(|| {
                titled_below(with.pack, with.pack.find(&with.config.system, category(concept.code))?, &title)
            }),
        }
    })
}

impl Detail {
    /// What the words tell, if they tell one thing only.
    fn told_by(&self, words: &[Word]) -> Option<&Told> {
        let mut told = self.told.iter().filter(|told| affirm(words, &told.words));
        told.next().filter(|_| told.next().is_none())
    }
}

/// The words of the sentence at `span`, or of its part between commas.
fn words(note: &AnnotatedNote, span: Span, phrase: bool) -> Vec<Word> {
    let sentence = note.layout.sentence_of(span).map_or(span, |sentence| sentence.span.cover(span));
    if !phrase {
        return words_of(&note.note[sentence], 0);
    }
    let before = &note.note.text()[sentence.start()..span.start()];
    let after = &note.note.text()[span.end()..sentence.end()];
    let parts = [',', ';', ':'];
    let start = before.rfind(parts).map_or(sentence.start(), |at| sentence.start() + at + 1);
    let end = after.find(parts).map_or(sentence.end(), |at| span.end() + at);
    words_of(&note.note.text()[start..end], 0)
}
