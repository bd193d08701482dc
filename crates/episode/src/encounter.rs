//! The seventh character of an injury or a fracture, by what the words around it say (Official Guidelines I.C.19.a,
//! I.C.19.c).
//!
//! `Follow-up of healing fracture` is D, with `nonunion` K; `sequela of` is S; `open fracture` is B. Where nothing is said
//! the first encounter for a closed fracture is assumed, and a person must confirm it unless the kinds of the notes say that
//! injuries are under active treatment. The phrases stand in
//! `vocab/rules/encounters.toml`; which letter it is the titles say (`subsequent encounter for closed fracture with
//! nonunion`), so that each category has its own.

use clinlink_model::{Episode, Layout, Note, Span};
use serde::Deserialize;

use crate::rules;
use crate::sources::{has_word, kind_of};
use crate::tables::any_prefix;
use crate::words::{Word, affirm, has, words_of};

/// The table `encounters.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Encounters {
    sequela: Vec<String>,
    left_by: Vec<String>,
    malunion: Vec<String>,
    nonunion: Vec<String>,
    delayed: Vec<String>,
    routine: Vec<String>,
    placed: Vec<String>,
    active: Vec<String>,
    aftercare: Vec<String>,
    open: Vec<String>,
    severe: Vec<String>,
}

/// What the encounter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Encounter {
    stage: Stage,
    wound: Wound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Stage {
    /// Nothing is said: the first encounter.
    #[default]
    Assumed,
    Routine,
    Delayed,
    Nonunion,
    Malunion,
    Sequela,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Wound {
    #[default]
    Closed,
    Open,
    /// Gustilo type III.
    Severe,
}

/// How many words before and behind the mention may call it a sequela.
const NEAR: usize = 4;

impl Encounters {
    /// Whether the kinds of an episode's notes say that its injuries are under active treatment.
    pub(crate) fn are_treated(&self, episode: &Episode) -> bool {
        let is_of = |words| episode.notes.iter().any(|note| has_word(words, &kind_of(note)));
        is_of(&self.active) && !is_of(&self.aftercare)
    }

    /// Whether a code tells where an injury is, or what else is treated.
    pub(crate) fn is_placed(&self, code: &str) -> bool {
        any_prefix(&self.placed, code)
    }
}

impl Encounter {
    /// What the sentence of a mention says.
    pub(crate) fn of(note: &Note, layout: &Layout, span: Span, table: &Encounters) -> Self {
        let sentence = layout.sentence_of(span).map_or(span, |sentence| sentence.span.cover(span));
        let words = words_of(&note[sentence], sentence.start());
        let first = words.iter().take_while(|word| word.start < span.start()).count();
        let behind = words.iter().take_while(|word| word.start < span.end()).count();
        let near = &words[first.saturating_sub(NEAR)..(behind + NEAR).min(words.len())];
        let before = &words[first.saturating_sub(NEAR)..first];
        let own = &words[first.saturating_sub(1)..behind];
        Self { stage: Stage::of(&words, near, before, table), wound: Wound::of(own, &words, table) }
    }

    /// Whether a title of a seventh character speaks of this encounter.
    pub(crate) fn fits(self, title: &str) -> bool {
        let title = title.to_lowercase();
        let has = |words: &str| title.contains(words);
        let stage = match self.stage {
            Stage::Assumed => has("initial encounter"),
            Stage::Sequela => has("sequela"),
            healing => {
                has("subsequent encounter")
                    && HEALING.iter().all(|(words, stage)| !has(words) || *stage == healing)
            }
        };
        let wound = match self.wound {
            _ if !has(" fracture") => true,
            Wound::Closed => !has("open fracture"),
            Wound::Open => !has("closed fracture") && !has("open fracture type iii"),
            Wound::Severe => !has("closed fracture") && !has("open fracture type i or ii"),
        };
        stage && (wound || self.stage == Stage::Sequela)
    }

    /// The rule by which the character was found.
    pub(crate) const fn rule(self) -> &'static str {
        match self.stage {
            Stage::Assumed => rules::SEVENTH_CHARACTER,
            _ => rules::ENCOUNTER,
        }
    }
}

/// What titles say of healing.
const HEALING: [(&str, Stage); 4] = [
    ("routine healing", Stage::Routine),
    ("delayed healing", Stage::Delayed),
    ("nonunion", Stage::Nonunion),
    ("malunion", Stage::Malunion),
];

impl Stage {
    fn of(words: &[Word], near: &[Word], before: &[Word], table: &Encounters) -> Self {
        if affirm(near, &table.sequela) || affirm(before, &table.left_by) {
            return Self::Sequela;
        }
        let stages = [
            (&table.malunion, Self::Malunion),
            (&table.nonunion, Self::Nonunion),
            (&table.delayed, Self::Delayed),
            (&table.routine, Self::Routine),
        ];
        stages
            .into_iter()
            .find(|(phrases, _)| affirm(words, phrases))
            .map_or(Self::Assumed, |(_, stage)| stage)
    }
}

impl Wound {
    fn of(own: &[Word], words: &[Word], table: &Encounters) -> Self {
        match has(own, &table.open) {
            false => Self::Closed,
            true if has(words, &table.severe) => Self::Severe,
            true => Self::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::tables::Tables;

    fn stage(text: &str) -> Stage {
        let words = words_of(text, 0);
        Stage::of(&words, &words, &words, &Tables::embedded().encounters)
    }

    #[rstest]
    #[case("fracture of the radius", Stage::Assumed)]
    #[case("healing fracture of the radius", Stage::Routine)]
    #[case("fracture with nonunion, healing poorly", Stage::Nonunion)]
    #[case("no malunion, delayed healing", Stage::Delayed)]
    #[case("fracture, not healing", Stage::Assumed)]
    #[case("late effect of a fracture", Stage::Sequela)]
    #[case("pain due to old fracture", Stage::Sequela)]
    #[case("follow up with orthopedics in a week", Stage::Assumed)]
    fn words_say_the_stage(#[case] text: &str, #[case] expected: Stage) {
        assert_eq!(stage(text), expected);
    }

    #[rstest]
    #[case(Stage::Assumed, Wound::Closed, "initial encounter for closed fracture", true)]
    #[case(Stage::Assumed, Wound::Open, "initial encounter for closed fracture", false)]
    #[case(Stage::Assumed, Wound::Open, "initial encounter for open fracture type I or II", true)]
    #[case(Stage::Assumed, Wound::Severe, "initial encounter for open fracture", true)]
    #[case(Stage::Routine, Wound::Closed, "subsequent encounter", true)]
    #[case(Stage::Routine, Wound::Closed, "subsequent encounter for closed fracture with nonunion", false)]
    #[case(Stage::Nonunion, Wound::Closed, "subsequent encounter for fracture with nonunion", true)]
    #[case(Stage::Sequela, Wound::Open, "sequela", true)]
    #[case(Stage::Sequela, Wound::Closed, "initial encounter", false)]
    fn titles_say_the_stage(
        #[case] stage: Stage,
        #[case] wound: Wound,
        #[case] title: &str,
        #[case] fits: bool,
    ) {
        assert_eq!(Encounter { stage, wound }.fits(&format!("Fracture of radius, {title}")), fits);
    }
}
