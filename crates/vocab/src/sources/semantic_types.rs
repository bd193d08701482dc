//! Semantic types of concepts: MRSTY.RRF of the UMLS, RXNSTY.RRF of `RxNorm`.
//!
//! Columns: CUI, TUI, STN, STY, ATUI, CVF. A concept has one type or a few. The type gives the label, by the semantic
//! groups of `McCray`, Burgun and Bodenreider (Medinfo 2001): DISO is a disease, CHEM a chemical, PROC a procedure, ANAT
//! anatomy; all others are `Other`.

use std::collections::{BTreeMap, HashSet};

use clinlink_model::{Label, System};

use super::rrf::{Release, STY, concept_number};
use crate::builder::PackBuilder;
use crate::entry::Fact;
use crate::vocab_error::VocabError;

/// The semantic types of all concepts.
#[derive(Default)]
pub(super) struct SemanticTypes {
    /// Concept and type, by concept.
    pairs: Vec<(u32, u16)>,
    names: BTreeMap<u16, String>,
}

impl SemanticTypes {
    pub fn read(release: &Release, builder: &mut PackBuilder) -> Result<Self, VocabError> {
        let mut types = Self::default();
        release.read(STY, [0, 1, 3], builder, |[cui, tui, name], _| {
            let pair = (concept_number(cui)?, type_number(tui)?);
            types.pairs.push(pair);
            types.names.entry(pair.1).or_insert_with(|| name.to_owned());
            Ok(())
        })?;
        types.pairs.sort_unstable();
        types.pairs.dedup();
        Ok(types)
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The types of a concept, by number.
    pub fn of(&self, concept: u32) -> impl Iterator<Item = u16> + '_ {
        let start = self.pairs.partition_point(|&(known, _)| known < concept);
        self.pairs[start..].iter().take_while(move |&&(known, _)| known == concept).map(|&(_, tui)| tui)
    }

    /// The label of a concept: that of the first of its types that has one.
    pub fn label(&self, concept: u32) -> Label {
        self.of(concept).map(label).find(|&label| label != Label::Other).unwrap_or(Label::Other)
    }

    /// Adds the types of `concepts` as facts, in the order of their numbers: a pack's bytes do not depend on the order of
    /// a hash table. `code` makes a concept's code of its number.
    pub fn add_to(
        &self,
        system: &System,
        concepts: &HashSet<u32>,
        code: impl Fn(u32) -> String,
        builder: &mut PackBuilder,
    ) {
        if self.pairs.is_empty() {
            return;
        }
        let mut concepts: Vec<u32> = concepts.iter().copied().collect();
        concepts.sort_unstable();
        for concept in concepts {
            builder.select(system, &code(concept));
            for tui in self.of(concept) {
                builder.fact(Fact::SemanticType, &self.words(tui));
            }
        }
    }

    /// A type in words: `T047 Disease or Syndrome`.
    pub fn words(&self, tui: u16) -> String {
        format!("T{tui:03} {}", self.names.get(&tui).map_or("", String::as_str))
    }
}

/// The number of a type: `T047` is 47.
pub(super) fn type_number(tui: &str) -> Result<u16, String> {
    tui.strip_prefix('T')
        .filter(|digits| digits.len() == 3)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| format!("{tui:?} is no semantic type (T and three digits)"))
}

fn label(tui: u16) -> Label {
    match tui {
        19 | 20 | 33 | 37 | 46..=50 | 184 | 190 | 191 => Label::Disease,
        103 | 104 | 109 | 110 | 111 | 114..=127 | 129..=131 | 192 | 195..=197 | 200 => Label::Chemical,
        58..=61 | 63 | 65 => Label::Procedure,
        17 | 18 | 21..=26 | 29..=31 => Label::Anatomy,
        _ => Label::Other,
    }
}
