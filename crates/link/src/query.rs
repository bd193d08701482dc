//! What is asked for: the words of a mention, as they stand and with their abbreviations written out.

use clinlink_model::{Expansion, ExpansionSource, Label, Layout, Mention, Note, Span};
use clinlink_vocab::Pack;

use crate::lexicon::Lexicon;
use crate::shorthand::written_out;

/// A mention to be linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Query<'t> {
    /// The words as they stand.
    pub(crate) text: &'t str,
    /// The same with every abbreviation replaced by its long form, if there is one.
    pub(crate) long: Option<&'t str>,
    /// Whether the note itself writes the abbreviations out.
    pub(crate) defined: bool,
    /// What sort of thing it names.
    pub(crate) label: Label,
    /// Whether the words around it show that it is part of the name of something else.
    pub(crate) is_other: bool,
}

/// A mention's words with its abbreviations written out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Long {
    pub(crate) text: String,
    /// Whether the note itself writes all of them out.
    pub(crate) defined: bool,
}

/// How a mention is said. Equal wordings mean the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wording {
    text: String,
    long: Option<Long>,
    label: Label,
    is_other: bool,
}

impl Wording {
    /// The wording of a mention of `note`.
    pub(crate) fn of(
        (note, layout): (&Note, &Layout),
        mention: &Mention,
        expansions: &[Expansion],
        (pack, lexicon): (&Pack, &Lexicon),
    ) -> Self {
        let long = long(note, mention, expansions, (pack, lexicon));
        let is_other = lexicon.other_things.name_around(note, layout, mention);
        Self { text: note[mention.span].to_owned(), long, label: mention.label, is_other }
    }

    /// What is asked for.
    pub(crate) fn query(&self) -> Query<'_> {
        let Self { text, long, label, is_other } = self;
        let defined = long.as_ref().is_some_and(|long| long.defined);
        Query {
            text,
            long: long.as_ref().map(|long| long.text.as_str()),
            defined,
            label: *label,
            is_other: *is_other,
        }
    }
}

impl<'t> Query<'t> {
    /// The words with the most in them.
    pub(crate) fn full(&self) -> &'t str {
        self.long.unwrap_or(self.text)
    }
}

/// The mention's words with its abbreviations written out, and what is written short without being listed as one: `w/`, `copd`.
pub(crate) fn long(
    note: &Note,
    mention: &Mention,
    expansions: &[Expansion],
    (pack, lexicon): (&Pack, &Lexicon),
) -> Option<Long> {
    let mut known: Vec<Expansion> =
        expansions.iter().filter(|e| mention.span.contains(e.short)).cloned().collect();
    let given = known.len();
    let text = &note[mention.span];
    for (range, word) in written_out(text, pack, lexicon) {
        let short = note.span_of(&text[range]);
        if !known[..given].iter().any(|known| known.short.overlaps(short)) {
            known.push(Expansion::sure(short, word, ExpansionSource::Lexicon));
        }
    }
    if known.len() == given {
        return expanded(note, mention, expansions);
    }
    let defined = given > 0 && known[..given].iter().all(|known| known.source != ExpansionSource::Lexicon);
    expanded(note, mention, &known).map(|long| Long { defined, ..long })
}

/// The mention's words with every abbreviation in them replaced by its long form; `None` if there is none. A definition
/// inside the mention is left out: `von Hippel-Lindau (VHL) disease` is `von Hippel-Lindau disease`.
pub(crate) fn expanded(note: &Note, mention: &Mention, expansions: &[Expansion]) -> Option<Long> {
    let mut inside: Vec<&Expansion> = expansions.iter().filter(|e| mention.span.contains(e.short)).collect();
    inside.sort_by_key(|e| (e.short.start(), e.source == ExpansionSource::Lexicon));
    let (mut long, mut at) = (String::new(), mention.span.start());
    for expansion in &inside {
        if expansion.short.start() < at {
            continue;
        }
        let before = &note.text()[at..expansion.short.start()];
        at = expansion.short.end();
        if is_defined_in(expansion, mention.span) {
            long.push_str(before.trim_end_matches(['(', '[', ' ']));
            let rest = &note.text()[at..mention.span.end()];
            at += rest.len() - rest.trim_start_matches([')', ']']).len();
        } else {
            long.push_str(before);
            long.push_str(&expansion.long);
        }
    }
    long.push_str(&note.text()[at..mention.span.end()]);
    let defined = inside.iter().all(|expansion| expansion.source != ExpansionSource::Lexicon);
    (!inside.is_empty()).then_some(Long { text: long, defined })
}

/// Whether both forms stand in the mention.
fn is_defined_in(expansion: &Expansion, mention: Span) -> bool {
    matches!(expansion.source, ExpansionSource::Defined(long) if mention.contains(long))
}

#[cfg(test)]
mod tests {
    use clinlink_model::MentionSource;

    use super::*;

    #[test]
    fn a_definition_inside_the_mention_is_left_out() {
        let note = Note::new("n", "von Hippel-Lindau (VHL) disease").unwrap();
        let span = |text: &str| note.span_of(&note.text()[note.text().find(text).unwrap()..][..text.len()]);
        let long = "von Hippel-Lindau";
        let source = ExpansionSource::Defined(span(long));
        let expansion = Expansion::sure(span("VHL"), long.to_owned(), source);
        let (label, by) = (Label::Disease, MentionSource::Given);
        let mention = Mention { span: note.whole(), label, score: 1.0, by };
        assert_eq!(expanded(&note, &mention, &[expansion]).unwrap().text, "von Hippel-Lindau disease");
        assert_eq!(expanded(&note, &mention, &[]), None);
    }
}
