use std::collections::{BTreeMap, BTreeSet};

use clinlink_model::{Layout, Note, SectionKind, Span};
use clinlink_vocab::{is_function_word, visit_normal_words};
use serde::{Deserialize, Serialize};

/// What stands around the mentions of one thing in a note. It tells apart what the same words may name: `MS` with a murmur and
/// `MS` with a relapse.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings<'c> {
    /// The other words of their sentences, in normal form.
    words: BTreeSet<String>,
    /// The kinds of their sections, where they are known.
    sections: BTreeSet<SectionKind>,
    /// The codes of what else the note names.
    pub(crate) concepts: BTreeSet<&'c str>,
}

impl<'c> Surroundings<'c> {
    /// What stands around `mentions` of a note that also names `concepts`.
    pub(crate) fn of(
        (note, layout): (&Note, &Layout),
        mentions: impl Iterator<Item = Span>,
        concepts: BTreeSet<&'c str>,
    ) -> Self {
        let mut around = Self { concepts, ..Self::default() };
        for mention in mentions {
            let section = layout.kind_at(mention);
            if section != SectionKind::Unknown {
                around.sections.insert(section);
            }
            let Some(sentence) = layout.sentence_of(mention) else { continue };
            let start = sentence.span.start();
            visit_normal_words(&note[sentence.span], |range, form| {
                let outside = start + range.end <= mention.start() || mention.end() <= start + range.start;
                if outside && says_something(form) {
                    around.words.insert(form.to_owned());
                }
            });
        }
        around
    }
}

fn says_something(word: &str) -> bool {
    word.len() > 1 && !is_function_word(word) && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// In how many notes something stood around a concept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Company {
    /// In how many notes the concept was named.
    pub(super) notes: u32,
    words: BTreeMap<String, u32>,
    sections: BTreeMap<SectionKind, u32>,
    concepts: BTreeMap<String, u32>,
}

/// What speaks for a concept, or against it where it is below 0, by its surroundings.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fit {
    pub(super) words: f64,
    pub(super) sections: f64,
    pub(super) concepts: f64,
}

impl Company {
    /// Counts the surroundings of the concept in one note.
    pub(super) fn count(&mut self, around: &Surroundings<'_>) {
        self.notes += 1;
        count(&mut self.words, around.words.iter().cloned());
        count(&mut self.sections, around.sections.iter().copied());
        count(&mut self.concepts, around.concepts.iter().map(|&code| code.to_owned()));
    }

    /// How the surroundings fit this concept, where `all` is the company of all concepts together.
    pub(super) fn fit(&self, all: &Self, around: &Surroundings<'_>) -> Fit {
        let share = f64::from(self.notes) / f64::from(all.notes.max(1));
        let words = around.words.iter().map(|word| (self.words.get(word), all.words.get(word)));
        let sections = around.sections.iter().map(|kind| (self.sections.get(kind), all.sections.get(kind)));
        let concepts = around.concepts.iter().map(|&code| (self.concepts.get(code), all.concepts.get(code)));
        Fit { words: lift(share, words), sections: lift(share, sections), concepts: lift(share, concepts) }
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, u32>, there: impl Iterator<Item = K>) {
    for key in there {
        *counts.entry(key).or_default() += 1;
    }
}

/// Added to what was seen and to what was to be expected, so that what is rare says little.
const SHRINKAGE: f64 = 1.0;

/// How much oftener than by chance a concept stood with each of several things, in log odds, all together: ratios of observed
/// to expected counts, shrunken as in Norén, Hopstadius and Bate (Stat Methods Med Res 2013). `counts` are those with the concept and
/// those with any, of which its `share` was to be expected.
fn lift<'n>(share: f64, counts: impl Iterator<Item = (Option<&'n u32>, Option<&'n u32>)>) -> f64 {
    let of = |count: Option<&u32>| count.copied().map_or(0.0, f64::from);
    let ratio = |(own, all)| (of(own) + SHRINKAGE) / (of(all) * share + SHRINKAGE);
    counts.map(|pair| ratio(pair).ln()).sum()
}
