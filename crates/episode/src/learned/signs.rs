//! What a classifier of whole episodes looks at: the words, and the mentions as they are meant.

use std::collections::BTreeSet;

use clinlink_model::{AnnotatedMention, AnnotatedNote, Assertion, Certainty, Experiencer, Polarity};
use clinlink_model::{Episode, SectionKind, System, Temporality};
use clinlink_vocab::{normal_form, normal_words};

/// The signs of an episode: `fever`, `fever and`, `impression: fever`, `pneumonia denied`, `impression: 486 uncertain`.
pub(super) fn signs(episode: &Episode, system: &System) -> BTreeSet<String> {
    let mut signs = BTreeSet::new();
    for note in &episode.notes {
        for sentence in &note.layout.sentences {
            of_words(&note.note[sentence.span], note.layout.kind_at(sentence.span), &mut signs);
        }
        for (_, mention) in note.outer_mentions() {
            signs.extend(signs_of(note, mention, system));
        }
    }
    signs
}

fn of_words(sentence: &str, section: SectionKind, signs: &mut BTreeSet<String>) {
    let mut words = normal_words(sentence);
    // Numbers hardly come again in the same sense.
    words.retain(|word| !word.form.bytes().all(|byte| byte.is_ascii_digit()));
    for (at, word) in words.iter().enumerate() {
        add(word.form.clone(), section, signs);
        if let Some(next) = words.get(at + 1) {
            add(format!("{} {}", word.form, next.form), section, signs);
        }
    }
}

/// The signs of one mention.
pub(super) fn signs_of(
    note: &AnnotatedNote,
    mention: &AnnotatedMention,
    system: &System,
) -> BTreeSet<String> {
    let mut signs = BTreeSet::new();
    let span = mention.mention.span;
    let (section, meant) = (note.layout.kind_at(span), meant(mention.assertion.as_ref()));
    let expansion = note.expansions.iter().find(|expansion| expansion.short == span);
    let words = expansion.map_or(&note.note[span], |expansion| expansion.long.as_str());
    let mut names: BTreeSet<String> = [format!("\"{}\"", normal_form(words))].into();
    // ICD-10-CM has more names than older systems, so that more words come to the same.
    for system in [system, &System::ICD10CM] {
        let Some(link) = mention.links.iter().find(|link| link.system == *system) else { continue };
        names.insert(format!("[{}]", link.code));
        names.extend(link.code.get(..3).map(|category| format!("[{category}-]")));
    }
    for name in names {
        add(format!("{name} {meant}"), section, &mut signs);
        add(name, section, &mut signs);
    }
    signs
}

/// A sign, and the same with its section, where that is known.
fn add(sign: String, section: SectionKind, signs: &mut BTreeSet<String>) {
    if section != SectionKind::Unknown {
        signs.insert(format!("{}: {sign}", section.name()));
    }
    signs.insert(sign);
}

/// How a mention is meant, in a word.
fn meant(assertion: Option<&Assertion>) -> &'static str {
    let Some(said) = assertion else { return "unknown" };
    match (said.experiencer, said.polarity, said.temporality, said.certainty) {
        (Experiencer::Family | Experiencer::Other, ..) => "another's",
        (_, Polarity::Negated, ..) => "denied",
        (_, _, Temporality::Hypothetical, _) => "hypothetical",
        (_, _, Temporality::Historical, _) => "past",
        (_, _, _, Certainty::Certain) => "stated",
        _ => "uncertain",
    }
}
