//! Abbreviations, and negation, temporality, experiencer and certainty of each mention.
//!
//! - [`Abbreviations`] finds the abbreviations that a note defines, in the places of Schwartz and Hearst (Pac Symp
//!   Biocomput 2003;451) with a price for each way to explain the letters, and knows some 600 common clinical ones
//!   (`vocab/abbreviations.tsv`): in "CHF. Congestive heart failure (CHF) since 2010", both CHF are "Congestive
//!   heart failure". Of an abbreviation of several senses it takes the one that prior, section, specialty and the words
//!   near speak for, if one outweighs the others: in "Sat 97 % on RA", RA is room air.
//! - [`Context`] says how mentions are meant, by cues (`vocab/cues.tsv`) with scope and terminators, after ConText
//!   (Harkema et al., J Biomed Inform 2009;42:839): in "No fever, but cough", "No" denies what follows up to "but".
//!   What no cue touches gets the default of its section: in "Family History: gout", gout is the family's. Dates beside a mention are held against the note's own; an answer decides about what its
//!   question asks.
//!
//! Measured on the NegEx test kit's sentences (`--example testkit`, development part): negation F1 0.987, historical
//! F1 0.794 (two thirds of what is missed are bare list entries, of which the sentence cannot tell when they were);
//! definitions on MED1250 (`--example med1250`, development part): precision 0.978, F1 0.921.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod abbreviation_lexicon;
mod abbreviations;
mod answers;
mod asserter;
mod clause;
mod cue_finder;
mod cue_table;
mod dates;
mod definitions;
mod denied_rows;
mod episode_definitions;
mod error;
mod kin;
mod long_form;
mod rules;
mod scope;
mod short_form;
mod signs;
mod surroundings;
mod time_phrases;
mod times;

pub use abbreviations::Abbreviations;
pub use asserter::Context;
pub use episode_definitions::shared_definitions;
pub use error::LexiconError;
