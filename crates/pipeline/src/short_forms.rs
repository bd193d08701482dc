//! A name and the short form that the note defines for it are one thing, so both are mentions of the same label.
//!
//! `methotrexate (MTX)` is seen for a drug, its later `MTX` often is not. On the held-out documents of bc5cdr this took strict F1
//! of the token classifier's chemicals, with its weights of then, from 0.915 to 0.931, of its diseases from 0.836 to 0.838 (`benches/figures.py mentions`). A
//! short form whose name was not seen stays a mention: the name may be misspelt.

use std::cmp::Reverse;
use std::collections::HashMap;

use clinlink_model::{Expansion, ExpansionSource, Mention, MentionSource, Note};

use crate::merge::overlapping;

/// What joins a head to the name behind it.
const JOINS: [&str; 7] = ["of", "in", "to", "with", "by", "for", "from"];

/// The mentions of a note with its defined short forms labelled as their long forms are. Whatever is longer than a short
/// form (`MTX toxicity`) stays as it is. The end of a long form stands for all of it, being the head of an English name. A mention may
/// begin before the long form (`[severe veno-occlusive disease] (VOD)`), but not with another head: `deficiency of phenylalanine
/// hydroxylase (PAH)` makes no disease of PAH.
pub(crate) fn labelled_as_defined(
    note: &Note,
    mentions: Vec<Mention>,
    expansions: &[Expansion],
) -> Vec<Mention> {
    let (nested, mut all): (Vec<Mention>, Vec<Mention>) =
        mentions.into_iter().partition(|mention| mention.by == MentionSource::Nested);
    let mut long_forms: HashMap<&str, Mention> = HashMap::new();
    for expansion in expansions {
        let ExpansionSource::Defined(long) = expansion.source else { continue };
        let head = overlapping(&all, long).last().filter(|mention| {
            let before = note.text().get(mention.span.start()..long.start()).unwrap_or("");
            mention.span.end() == long.end() && !before.split_whitespace().any(|word| JOINS.contains(&word))
        });
        if let Some(head) = head {
            long_forms.entry(&expansion.long).or_insert_with(|| head.clone());
        }
    }
    let mut added = nested;
    for expansion in expansions.iter().filter(|expansion| expansion.source != ExpansionSource::Lexicon) {
        let Some(name) = long_forms.get(expansion.long.as_str()) else { continue };
        let span = expansion.short;
        let at = all.partition_point(|mention| mention.span.end() <= span.start());
        match overlapping(&all, span) {
            [] => added.push(Mention { span, ..name.clone() }),
            [mention] if mention.span == span => all[at].label = name.label,
            _ => {}
        }
    }
    if !added.is_empty() {
        all.extend(added);
        all.sort_by_key(|mention| (mention.span.start(), Reverse(mention.span.end())));
    }
    all
}

#[cfg(test)]
mod tests {
    use clinlink_model::Label;
    use rstest::rstest;

    use super::*;

    /// The mentions of a text, in which `MTX` is defined as the words before its first bracket, but for those up to an `of`.
    fn labelled(text: &str, mentions: &[(&str, Label)]) -> Vec<(String, Label)> {
        let note = Note::new("n", text).unwrap();
        let span = |start: usize, words: &str| note.span(start..start + words.len()).unwrap();
        let mention = |&(words, label): &(&str, Label)| {
            let (score, by) = (0.9, MentionSource::Model);
            Mention { span: span(text.find(words).unwrap(), words), label, score, by }
        };
        let from = text.find("of ").map_or(0, |at| at + "of ".len());
        let long = &text[from..text.find(" (MTX").unwrap()];
        let expansion = |(at, short): (usize, &str)| {
            let source = if text[..at].contains("MTX") {
                ExpansionSource::DefinedElsewhere
            } else {
                ExpansionSource::Defined(span(from, long))
            };
            Expansion::sure(span(at, short), long.to_owned(), source)
        };
        let expansions: Vec<Expansion> = text.match_indices("MTX").map(expansion).collect();
        let mentions = mentions.iter().map(mention).collect();
        let labelled = labelled_as_defined(&note, mentions, &expansions);
        labelled.into_iter().map(|mention| (note[mention.span].to_owned(), mention.label)).collect()
    }

    use Label::{Chemical, Disease};

    #[rstest]
    #[case::unseen(
        "Methotrexate (MTX) and MTX",
        &[("Methotrexate", Chemical)],
        &[("Methotrexate", Chemical), ("MTX", Chemical), ("MTX", Chemical)]
    )]
    #[case::of_another_label(
        "Methotrexate (MTX) given",
        &[("Methotrexate", Chemical), ("MTX", Disease)],
        &[("Methotrexate", Chemical), ("MTX", Chemical)]
    )]
    #[case::by_its_head(
        "Low-dose methotrexate (MTX) given",
        &[("methotrexate", Chemical)],
        &[("methotrexate", Chemical), ("MTX", Chemical)]
    )]
    #[case::whose_name_is_misspelt("Methotrxate (MTX) given", &[("MTX", Chemical)], &[("MTX", Chemical)])]
    #[case::another_part_of_it(
        "Methotrexate trial (MTX) ended",
        &[("Methotrexate", Chemical), ("MTX", Disease)],
        &[("Methotrexate", Chemical), ("MTX", Disease)]
    )]
    #[case::of_which_another_thing_is_said(
        "Lack of methotrexate (MTX) ended",
        &[("Lack of methotrexate", Disease)],
        &[("Lack of methotrexate", Disease)]
    )]
    #[case::in_a_longer_mention(
        "Methotrexate (MTX) and MTX toxicity",
        &[("Methotrexate", Chemical), ("MTX toxicity", Disease)],
        &[("Methotrexate", Chemical), ("MTX", Chemical), ("MTX toxicity", Disease)]
    )]
    fn short_forms_follow_their_names(
        #[case] text: &str,
        #[case] mentions: &[(&str, Label)],
        #[case] expected: &[(&str, Label)],
    ) {
        let expected: Vec<(String, Label)> =
            expected.iter().map(|&(words, label)| (words.to_owned(), label)).collect();
        assert_eq!(labelled(text, mentions), expected);
    }
}
