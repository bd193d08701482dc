//! The side of the body that is paralysed, and whether it is the dominant one (Official Guidelines I.C.6.a).
//!
//! `Left-sided hemiparesis` is G81.94, since the right hand is taken for the dominant one where nothing is said; of a
//! patient who is left-handed it is G81.92. Titles say which code it is: `affecting left non-dominant side`.

use clinlink_model::{AnnotatedNote, Span};
use clinlink_vocab::{ConceptId, Pack};

use crate::claim::Rulebook;
use crate::side::Side;
use crate::words::{affirm, words_of};

/// What codes begin with whose titles name a dominant side.
const SIDED: [&str; 3] = ["G81", "G83", "I69"];
/// What stands in such a title before the side.
const AFFECTING: &str = " affecting ";

/// The hand that a patient uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    /// The right one, or nothing is said.
    Right,
    Left,
    Both,
}

/// The code for the side that the words at `span` name, if `id` is for a side and another code is for that one.
pub(crate) fn of_side(
    id: ConceptId,
    note: &AnnotatedNote,
    span: Span,
    with: &Rulebook<'_>,
) -> Option<ConceptId> {
    let concept = with.pack.concept(id);
    if !SIDED.iter().any(|prefix| concept.code.starts_with(prefix)) {
        return None;
    }
    let (_, affected) = concept.title.split_once(AFFECTING)?;
    let side = named(affected).or_else(|| Side::of_body(&note.note, &note.layout, span))?;
    for_side(id, side, with).filter(|found| *found != id)
}

/// The code for a side that stands for the same as `id`, by its title.
pub(crate) fn for_side(id: ConceptId, side: Side, with: &Rulebook<'_>) -> Option<ConceptId> {
    let (stem, _) = with.pack.title(id).split_once(AFFECTING)?;
    let title = format!("{stem}{AFFECTING}{}", words(side, *with.hand.get_or_init(|| Hand::of(with)))?);
    let mut siblings = with.pack.children(with.pack.parent(id)?);
    // Titles have `nondominant` in G81 and `non-dominant` in I69.
    siblings.find(|other| with.pack.title(*other).replace("nondominant", "non-dominant") == title)
}

/// The side that the title of a code names.
pub(crate) fn side_of(pack: &Pack, id: ConceptId) -> Option<Side> {
    pack.title(id).split_once(AFFECTING).and_then(|(_, affected)| named(affected))
}

fn named(affected: &str) -> Option<Side> {
    [Side::Right, Side::Left].into_iter().find(|side| affected.starts_with(side.word()))
}

/// The side as titles have it: `left non-dominant side`.
fn words(side: Side, hand: Hand) -> Option<String> {
    let is_dominant = match side {
        Side::Right => hand != Hand::Left,
        Side::Left => hand != Hand::Right,
        Side::Bilateral => return None,
    };
    let dominant = if is_dominant { "dominant" } else { "non-dominant" };
    Some(format!("{} {dominant} side", side.word()))
}

impl Hand {
    /// The hand that a note of the episode tells.
    fn of(with: &Rulebook<'_>) -> Self {
        let table = &with.tables.sequelae;
        let sentences = with
            .episode
            .notes
            .iter()
            .flat_map(|note| note.layout.sentences.iter().map(move |sentence| &note.note[sentence.span]));
        for text in sentences {
            // Most sentences have neither word, and need not be parted into words.
            if !["hand", "lhd", "ambidex"].iter().any(|part| text.to_ascii_lowercase().contains(part)) {
                continue;
            }
            let words = words_of(text, 0);
            let told = |phrases| affirm(&words, phrases);
            if told(&table.left_handed) {
                return Self::Left;
            }
            if told(&table.ambidextrous) {
                return Self::Both;
            }
        }
        Self::Right
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Side::Right, Hand::Right, Some("right dominant side"))]
    #[case(Side::Left, Hand::Right, Some("left non-dominant side"))]
    #[case(Side::Right, Hand::Left, Some("right non-dominant side"))]
    #[case(Side::Left, Hand::Left, Some("left dominant side"))]
    #[case::ambidextrous(Side::Left, Hand::Both, Some("left dominant side"))]
    #[case::both_sides(Side::Bilateral, Hand::Right, None)]
    fn the_hand_decides_which_side_is_dominant(
        #[case] side: Side,
        #[case] hand: Hand,
        #[case] expected: Option<&str>,
    ) {
        assert_eq!(words(side, hand).as_deref(), expected);
    }
}
