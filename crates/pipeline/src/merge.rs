//! Mentions of the token classifier and of the dictionary, put together.
//!
//! The rule: a mention that overlaps none of the other list stays, but for chemicals that the dictionary alone
//! finds, which are proteins, foods and measurements more often than not. Two with the same span become one, by
//! [`MentionSource::Both`], with the higher score and the dictionary's label, since a term's concepts say what it is
//! while the model guesses (`T2DM` looks like a drug to it). Of two that overlap otherwise the longer stays, the
//! model's if they are equally long: "[acute renal failure]" of the dictionary wins over "[renal failure]" of the
//! model. But a problem of the dictionary is not hidden in what the model takes for a part of the body (`left [black eye]`), for
//! a procedure that only begins with it (`[HTN].`, `[plantar wart] on the foot`) or for a problem that began on the line above.
//!
//! Strict F1 of diseases, model alone → merged: on 60 notes 0.910 → 0.878, on the held-out documents of bc5cdr
//! 0.846 → 0.787, where recall of overlapping spans rises from 0.914 to 0.969. Codes need that recall: micro-F1 on
//! codiesp dev 0.408 → 0.420 when it was measured, as much as with the dictionary alone (`benches/figures.py codes`). That takes the linker too:
//! of the model's mentions that hide a shorter term of the dictionary most are no term as a whole, and stand for the term
//! inside (`via` part). Before they did, merging cost 0.022 against the dictionary alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use clinlink_episode::LearnedTagger;
use clinlink_model::{Label, Layout, Mention, MentionSource, Note, Span, TagError, Tagger};

/// Two taggers as one.
pub struct MergedTagger {
    model: Arc<dyn Tagger>,
    dictionary: Arc<dyn Tagger>,
}

impl MergedTagger {
    /// Puts the mentions of `model` and of `dictionary` together.
    pub fn new(model: Arc<dyn Tagger>, dictionary: Arc<dyn Tagger>) -> Self {
        Self { model, dictionary }
    }
}

impl Tagger for MergedTagger {
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError> {
        let model = self.model.tag(batch)?;
        let dictionary = self.dictionary.tag(batch)?;
        let lists = batch.iter().zip(model.into_iter().zip(dictionary));
        Ok(lists.map(|((note, _), (model, dictionary))| merge(note, model, dictionary)).collect())
    }
}

/// The mentions of a tagger, and the words that a coder's model has learnt as evidence. Of two that overlap the longer
/// stays, the tagger's if they are equally long.
pub struct WithLearned {
    tagger: Arc<dyn Tagger>,
    learned: LearnedTagger,
}

impl WithLearned {
    /// Puts the mentions of `tagger` and of `learned` together.
    pub fn new(tagger: Arc<dyn Tagger>, learned: LearnedTagger) -> Self {
        Self { tagger, learned }
    }
}

impl Tagger for WithLearned {
    fn tag(&self, batch: &[(&Note, &Layout)]) -> Result<Vec<Vec<Mention>>, TagError> {
        let tagged = self.tagger.tag(batch)?;
        let learned = self.learned.tag(batch)?;
        Ok(tagged.into_iter().zip(learned).map(|(tagged, learned)| add(tagged, learned)).collect())
    }
}

/// The learned mentions that are longer than all that they overlap, and the tagged ones that overlap none of these. Both
/// lists are in text order and without overlap in themselves; so is the result.
fn add(mut tagged: Vec<Mention>, mut learned: Vec<Mention>) -> Vec<Mention> {
    learned.retain(|mention| {
        overlapping(&tagged, mention.span).iter().all(|rival| rival.span.len() < mention.span.len())
    });
    tagged.retain(|mention| overlapping(&learned, mention.span).is_empty());
    tagged.extend(learned);
    tagged.sort_by_key(|mention| mention.span.start());
    tagged
}

/// Those of `mentions`, which are in text order and without overlap, that share a byte with `span`.
pub(crate) fn overlapping(mentions: &[Mention], span: Span) -> &[Mention] {
    let first = mentions.partition_point(|mention| mention.span.end() <= span.start());
    let end = mentions.partition_point(|mention| mention.span.start() < span.end());
    &mentions[first..end.max(first)]
}

/// What joins a problem to where it is, or to the next thing, and makes no procedure of it: `hernia repair` is one.
const BEHIND: [&str; 9] = ["of", "on", "in", "at", "to", "with", "behind", "under", "and"];

/// What may stand before it.
const SIDES: [&str; 5] = ["left", "right", "bilateral", "l", "r"];

/// Whether a problem of the dictionary would be lost in a mention of the model that is none, or of another line.
fn is_hidden(note: &Note, term: &Mention, by: &Mention) -> bool {
    if term.label != Label::Disease || term.span == by.span {
        return false;
    }
    let text = note.text();
    match by.label {
        Label::Anatomy => true,
        Label::Procedure => {
            let rest = text.get(term.span.end()..by.span.end()).unwrap_or("").trim_start();
            let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
            let before = text.get(by.span.start()..term.span.start()).unwrap_or("").trim_end();
            (before.is_empty() || SIDES.contains(&before.to_ascii_lowercase().as_str()))
                && (word.is_empty() || BEHIND.contains(&word))
        }
        Label::Disease => {
            let before = text.get(by.span.start()..term.span.start()).unwrap_or("");
            before.trim_end_matches(' ').ends_with('\n')
        }
        _ => false,
    }
}

/// Both lists are in text order and without overlap in themselves; so is the result.
fn merge(note: &Note, mut model: Vec<Mention>, dictionary: Vec<Mention>) -> Vec<Mention> {
    model.retain(|mention| {
        !overlapping(&dictionary, mention.span).iter().any(|term| is_hidden(note, term, mention))
    });
    let supported: HashSet<Span> = model.iter().map(|mention| mention.span).collect();
    let trusted = |mention: &Mention| mention.label != Label::Chemical || supported.contains(&mention.span);
    let mut all: Vec<Mention> = model.into_iter().chain(dictionary.into_iter().filter(trusted)).collect();
    // Longest first; at equal length the model's, which came first in the stable sort.
    all.sort_by_key(|mention| Reverse(mention.span.len()));
    let mut kept: Vec<Mention> = Vec::with_capacity(all.len());
    let mut by_start: BTreeMap<usize, usize> = BTreeMap::new();
    for mention in all {
        let before = by_start.range(..mention.span.end()).next_back().map(|(_, &at)| at);
        match before {
            Some(at) if kept[at].span == mention.span => {
                // Of two with the same span the model's came first.
                kept[at].by = MentionSource::Both;
                kept[at].label = mention.label;
                kept[at].score = kept[at].score.max(mention.score);
            }
            Some(at) if kept[at].span.overlaps(mention.span) => {}
            _ => {
                by_start.insert(mention.span.start(), kept.len());
                kept.push(mention);
            }
        }
    }
    kept.sort_by_key(|mention| mention.span.start());
    kept
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_else(&[], &["renal failure"], &["renal failure"])]
    #[case::longer(&["fever", "failure"], &["acute renal failure"], &["fever", "acute renal failure"])]
    #[case::as_long(&["fever"], &["fever"], &["fever"])]
    #[case::shorter(&["acute renal failure"], &["renal failure"], &["acute renal failure"])]
    fn learned_words_stand_where_they_are_longer(
        #[case] tagged: &[&str],
        #[case] learned: &[&str],
        #[case] expected: &[&str],
    ) {
        let note = Note::new("n", TEXT).unwrap();
        let [tagged, learned] =
            [tagged, learned].map(|words| mentions(&note, words, MentionSource::Dictionary));
        let all: Vec<&str> = add(tagged, learned).iter().map(|mention| &note[mention.span]).collect();
        assert_eq!(all, expected);
    }

    const TEXT: &str = "fever and acute renal failure";

    /// Mentions by their words, each of which stands once in the text.
    fn mentions(note: &Note, words: &[&str], by: MentionSource) -> Vec<Mention> {
        words
            .iter()
            .map(|word| {
                let start = note.text().find(word).unwrap();
                let span = note.span(start..start + word.len()).unwrap();
                Mention { span, label: Label::Disease, score: 0.5, by }
            })
            .collect()
    }

    #[test]
    fn the_dictionary_knows_what_its_term_is() {
        let note = Note::new("n", TEXT).unwrap();
        let mut model = mentions(&note, &["fever"], MentionSource::Model);
        model[0].label = Label::Chemical;
        model[0].score = 0.9;
        let merged = merge(&note, model, mentions(&note, &["fever"], MentionSource::Dictionary));
        assert_eq!((merged[0].label, merged[0].score), (Label::Disease, 0.9));
    }

    #[test]
    fn a_chemical_needs_the_model() {
        let note = Note::new("n", TEXT).unwrap();
        let mut dictionary = mentions(&note, &["fever", "failure"], MentionSource::Dictionary);
        for mention in &mut dictionary {
            mention.label = Label::Chemical;
        }
        let merged = merge(&note, mentions(&note, &["fever"], MentionSource::Model), dictionary);
        assert_eq!(merged.iter().map(|m| &note[m.span]).collect::<Vec<_>>(), ["fever"]);
    }

    #[rstest]
    #[case::a_part_of_the_body("left [black eye]", Label::Anatomy, true)]
    #[case::a_mark("[HTN].", Label::Procedure, true)]
    #[case::the_next_thing("[TTN] - CPAP", Label::Procedure, true)]
    #[case::its_place("[plantar wart] on the foot", Label::Procedure, true)]
    #[case::its_side("right [foot drop]", Label::Procedure, true)]
    #[case::a_procedure("[hernia] repair", Label::Procedure, false)]
    #[case::for_a_problem("repair of [hernia]", Label::Procedure, false)]
    #[case::of_the_next_line("lung cancer\n[seizure]", Label::Disease, true)]
    #[case::a_longer_problem("acute [renal failure]", Label::Disease, false)]
    fn a_problem_of_the_dictionary_is_not_hidden(
        #[case] marked: &str,
        #[case] label: Label,
        #[case] kept: bool,
    ) {
        let (before, rest) = marked.split_once('[').unwrap();
        let (term, after) = rest.split_once(']').unwrap();
        let note = Note::new("n", format!("{before}{term}{after}")).unwrap();
        let mention = |span, label, by| Mention { span, label, score: 0.9, by };
        let span = note.span(before.len()..before.len() + term.len()).unwrap();
        let dictionary = mention(span, Label::Disease, MentionSource::Dictionary);
        let model = mention(note.whole(), label, MentionSource::Model);
        let merged = merge(&note, vec![model], vec![dictionary]);
        assert_eq!(merged.iter().any(|mention| mention.by == MentionSource::Dictionary), kept);
    }

    #[rstest]
    #[case::apart(&["fever"], &["renal failure"], &["fever:model", "renal failure:dictionary"])]
    #[case::same(&["fever"], &["fever"], &["fever:both"])]
    #[case::the_longer_wins(&["renal failure"], &["acute renal failure"], &["acute renal failure:dictionary"])]
    #[case::the_model_wins_a_tie(&["and acute"], &["acute ren"], &["and acute:model"])]
    #[case::one_long_over_two_short(
        &["fever and acute renal failure"],
        &["fever", "acute renal failure"],
        &["fever and acute renal failure:model"]
    )]
    #[case::nothing(&[], &[], &[])]
    fn the_rule(#[case] model: &[&str], #[case] dictionary: &[&str], #[case] expected: &[&str]) {
        let note = Note::new("n", TEXT).unwrap();
        let model = mentions(&note, model, MentionSource::Model);
        let dictionary = mentions(&note, dictionary, MentionSource::Dictionary);
        let merged: Vec<String> = merge(&note, model, dictionary)
            .iter()
            .map(|m| format!("{}:{}", &note[m.span], format!("{:?}", m.by).to_lowercase()))
            .collect();
        assert_eq!(merged, expected);
    }
}
