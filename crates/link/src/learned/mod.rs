//! What is learnt from linked mentions: which concepts words were linked to, and how much each sign of a concept says.
//!
//! `clinlink train ranker` makes a [`LinkModel`] from notes whose mentions have concepts of one system: an annotated corpus,
//! or what coders decided. It holds
//!
//! - counts: in how many notes words, in normal form, were linked to each concept. `nephrotoxicity` is no term of the
//!   default pack's MeSH, and annotators link it to D007674 (kidney diseases). Words that were seen are candidates, under
//!   their normal form or after reductions, and those most like the mention's (`alike.rs`); in how many notes words of the
//!   sentence, sections and other concepts stood around each concept (`surroundings.rs`).
//! - weights of a logistic regression over what is known of a candidate (`features.rs`): how a term was reached, how like it
//!   is, how often the words and the concept came together, whether the note names the concept or a relative elsewhere, and
//!   whether what stands around fits it. Its probability
//!   becomes the candidate's score, for the candidates of the model's system only. Candidates of other systems keep the
//!   scores of the rules, as all do without a model.
//!
//! The weights are fitted to candidates of notes whose counts are not in the model (five parts, each scored by the counts
//! of the other four), as those of a new note are not.

mod alike;
mod features;
mod learn;
mod model;
mod seen;
mod surroundings;

pub(crate) use features::{Features, features};
pub use learn::{LinkedNote, learn_linker};
pub use model::{LinkModel, LinkModelError};
pub(crate) use seen::{Learned, Seen};
pub(crate) use surroundings::Surroundings;
