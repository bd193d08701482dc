//! Abbreviations that one note of an episode defines and another one uses.
//!
//! The genetics letter says "angiomyolipoma (AML)", the radiologist writes "typical of AML": there AML is no leukaemia.

use std::collections::{BTreeMap, BTreeSet};

use clinlink_model::{AnnotatedNote, Episode, Expansion, ExpansionSource};

/// What each note of an episode, in the same order, gains from the definitions of the other notes: the expansions of
/// short forms of one word, and of their plurals, that some other note defines, that all notes define alike, and that
/// the note itself does not define. They win over the lexicon's at the same place. The order of the notes is of no
/// consequence.
pub fn shared_definitions(episode: &Episode) -> Vec<Vec<Expansion>> {
    // Short form → long forms in lower case → how the first of those notes writes it.
    let mut known: BTreeMap<&str, BTreeMap<String, &str>> = BTreeMap::new();
    for note in &episode.notes {
        for (short, long) in defined(note) {
            let spelled = known.entry(short).or_default().entry(long.to_lowercase()).or_insert(long);
            // Of several spellings always the same one, whatever the order of the notes.
            *spelled = long.min(spelled);
        }
    }
    known.retain(|_, longs| longs.len() == 1);
    episode.notes.iter().map(|note| gained(note, &known)).collect()
}

/// The definitions in a note.
fn defined(note: &AnnotatedNote) -> impl Iterator<Item = (&str, &str)> {
    let own = note.expansions.iter().filter(|e| matches!(e.source, ExpansionSource::Defined(_)));
    own.map(|expansion| (&note.note[expansion.short], expansion.long.as_str()))
}

fn gained(note: &AnnotatedNote, known: &BTreeMap<&str, BTreeMap<String, &str>>) -> Vec<Expansion> {
    let own: BTreeSet<&str> = defined(note).map(|(short, _)| short).collect();
    let mut gained = Vec::new();
    for token in &note.layout.tokens {
        let word = &note.note[token.span];
        let stem = word.strip_suffix('s').unwrap_or(word);
        let Some(short) = [word, stem].into_iter().find(|word| known.contains_key(word)) else { continue };
        if own.contains(short) {
            continue;
        }
        let long = known[short].values().next().map(|long| (*long).to_owned());
        let source = ExpansionSource::DefinedElsewhere;
        gained.extend(long.map(|long| Expansion::sure(token.span, long, source)));
    }
    gained
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Abbreviations;
    use clinlink_model::{Expander, Note, Segmenter};
    use clinlink_segment::RuleSegmenter;

    fn episode(texts: &[&str]) -> Episode {
        let annotated = |text: &&str| {
            let note = Note::new("n", *text).unwrap();
            let layout = RuleSegmenter::embedded().segment(&note);
            let expansions = Abbreviations::embedded().expand(&note, &layout, &[]);
            AnnotatedNote { note, layout, expansions, mentions: Vec::new() }
        };
        Episode { id: "e".to_owned(), notes: texts.iter().map(annotated).collect(), repeats: Vec::new() }
    }

    fn longs(texts: &[&str]) -> Vec<Vec<String>> {
        let of_note = |gained: Vec<Expansion>| gained.into_iter().map(|e| e.long).collect();
        shared_definitions(&episode(texts)).into_iter().map(of_note).collect()
    }

    #[test]
    fn a_definition_holds_in_the_other_notes_whatever_their_order() {
        let texts = ["Screen for angiomyolipoma (AML).", "Two lesions typical of AML.", "AMLs"];
        assert_eq!(longs(&texts), [vec![], vec!["angiomyolipoma"], vec!["angiomyolipoma"]]);
        let texts = ["AMLs", "Screen for angiomyolipoma (AML)."];
        assert_eq!(longs(&texts), [vec!["angiomyolipoma".to_owned()], vec![]]);
    }

    #[test]
    fn what_two_notes_define_differently_holds_in_neither_s_neighbours() {
        let texts = ["Multiple sclerosis (MS).", "Mitral stenosis (MS).", "MS is stable."];
        assert_eq!(longs(&texts), [Vec::<String>::new(), vec![], vec![]]);
    }
}
